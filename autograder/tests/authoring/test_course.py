"""The percent format is read exactly, and what is not understood is refused by name."""

from __future__ import annotations

import nbformat
import pytest

from autograder.authoring import course, notebooks
from autograder.authoring.course import SourceError, parse
from autograder.errors import UsageError

GOOD = '''# %% [markdown]
# # Doubling

# %%
import numpy as np

# %% exercise="double" points=2
def double(x):
    """Return twice x."""
    ### BEGIN SOLUTION
    return 2 * np.asarray(x)
    ### END SOLUTION

# %% check="double"
check(double)

# %% scratch=true
guess = None

# %% figure=true
print("a picture")

# %% [markdown] question="why" points=1
# Why?
#
# ### BEGIN SOLUTION
# Because.
# ### END SOLUTION
'''


def test_kinds_and_names_are_read_in_order() -> None:
    """Each option of the format gives its kind, name and points."""
    cells = parse(GOOD, "toy").cells
    assert [cell.kind for cell in cells] == ["text", "code", "exercise", "check", "scratch", "figure", "question"]
    assert (cells[2].name, cells[2].points, cells[2].functions) == ("double", 2.0, ("double",))
    assert cells[6].points == 1.0


def test_inserting_a_cell_leaves_every_other_id_alone() -> None:
    """Ids are made of names and content, never of positions."""
    before = {cell.id for cell in parse(GOOD, "toy").cells}
    after = {cell.id for cell in parse("# %% [markdown]\n# New.\n\n" + GOOD, "toy").cells}
    assert before < after
    assert len(after) == len(before) + 1


def test_equal_cells_get_different_ids() -> None:
    """Two cells that say the same are told apart."""
    cells = parse("# %% [markdown]\n# Same.\n\n# %% [markdown]\n# Same.\n", "toy").cells
    assert cells[0].id != cells[1].id


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("# %% [markdown]\n# # D", "# %% markdown\n# # D", "write `# %% [markdown]`"),
        ("points=2", "points=2 colour='red'", "unknown option 'colour'"),
        ("points=2", "", "needs points=N"),
        ("points=2", "points=-1", "needs points=N"),
        ('check="double"', 'check="triple"', "check 'triple' has no exercise"),
        ("    ### END SOLUTION\n\n# %% check", "\n# %% check", "Mark what the student must write"),
        ("# %% scratch=true\nguess = None", '# %% check="double"\ncheck(double)', "two cells are called"),
        ('# %% check="double"\ncheck(double)\n\n', "", "has no check cell"),
        ('# %% [markdown] question="why"', '# %% question="why"', "question is a markdown cell. Got code"),
        ('# %% exercise="double"', '# %% [markdown] exercise="double"', "exercise is a code cell. Got markdown"),
    ],
)
def test_what_is_not_understood_is_refused(old: str, new: str, says: str) -> None:
    """Each mistake in a source is named, with its fix."""
    assert old in GOOD
    with pytest.raises(SourceError, match=says.replace("[", r"\[").replace("(", r"\(").replace("'", "'")):
        parse(GOOD.replace(old, new), "toy")


def test_an_unknown_assignment_is_refused_with_the_list() -> None:
    """The message says which assignments there are."""
    with pytest.raises(UsageError, match=r"There is no assignment 'a99'\. There are: a1_backprop"):
        course.load("a99")


def test_nbgrader_metadata_of_each_kind() -> None:
    """Exercise, check and question cells carry what nbgrader needs; scratch cells carry nothing."""
    notebook = notebooks.source_notebook(parse(GOOD, "toy"))
    nbformat.validate(notebook)
    flags = {cell.id: dict(cell.metadata.get("nbgrader", {})) for cell in notebook.cells}
    assert flags["double"]["solution"] is True
    assert flags["double"]["grade"] is False
    assert (flags["check-double"]["grade"], flags["check-double"]["points"]) == (True, 2.0)
    assert (flags["why"]["grade"], flags["why"]["solution"], flags["why"]["points"]) == (True, True, 1.0)
    assert all(not data for name, data in flags.items() if name.startswith("scratch"))
