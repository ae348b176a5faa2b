"""No answer ships, anywhere: each kind of leak, planted, stops the build; what is given on purpose does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nbformat import v4

from autograder.authoring import build, course, leaks, notebooks
from autograder.authoring.course import Assignment, SourceError, parse

FIRST = '''# %%
import numpy as np

# %% [markdown]
# We write
#
#     std = np.sqrt(var + eps).astype(x.dtype)

# %% exercise="dense" points=2
def dense_backward(dout, cache):
    """Return the gradients."""
    ### BEGIN SOLUTION
    x, W = cache
    if x.ndim != 2:
        raise ValueError(f"x must be a matrix (got {x.ndim} axes, with {len(W)} weights).")
    std = np.sqrt(var + eps).astype(x.dtype)
    dx = dout @ W.T
    dW = x.T @ dout  # (D, M)
    db = np.einsum("nm->m", dout * (1 - out**2))  # (M,)
    return dx, dW, db
    ### END SOLUTION

# %% check="dense"
check(dense_backward)

# %% [markdown] question="why" points=1
# Why?
#
# ### BEGIN SOLUTION
# Because the gradient of a sum is the sum of the gradients.
# ### END SOLUTION
'''
SECOND = """# %% [markdown]
# # The second

# %% {option}
{code}

# %% exercise="other" points=1
def other(x):
    ### BEGIN SOLUTION
    return x
    ### END SOLUTION

# %% check="other"
check(other)
"""
ANSWER = 'db = np.einsum("nm->m", dout * (1 - out**2))'


def _second(tmp_path: Path, option: str, code: str, **files: str) -> tuple[Assignment, list[Assignment], Path]:
    """Return the second assignment, all of them, and the folder of its release."""
    first, second = parse(FIRST, "a1"), parse(SECOND.format(option=option, code=code), "a2")
    release = tmp_path / "a2"
    notebooks.write(notebooks.source_notebook(second), release / "a2.ipynb")
    for name, text in files.items():
        (release / name.replace("_", ".")).write_text(text)
    return second, [first, second], release


@pytest.mark.parametrize(
    "code",
    [
        ANSWER,
        f"# {ANSWER}",
        'db=np.einsum("nm->m",dout*(1-out**2))',
        f"    {ANSWER}  # another comment",
        "dx = dout @ W.T\ndW = x.T @ dout",
        "# Because the gradient of a sum is the sum of the gradients.",
    ],
)
def test_an_answer_in_another_release_stops_the_build(tmp_path: Path, code: str) -> None:
    """A line, however it is spaced, two short ones together, and a line of a rubric are found."""
    with pytest.raises(leaks.LeakError, match=r"the release of a2, a2\.ipynb, cell code-") as refused:
        leaks.refuse_in_release(*_second(tmp_path, "", code))
    said = str(refused.value)
    assert "holds the answer of a1 to" in said
    assert "# %% given=" in said


@pytest.mark.parametrize(
    "code",
    [
        "dx = dout @ W.T",
        "x, W = cache",
        "return dx, dW, db",
        "std = np.sqrt(var + eps).astype(x.dtype)",
        "if x.ndim != 2:",
        'raise ValueError(f"x must be a matrix (got {x.ndim} axes, with {len(W)} weights).")',
        f"my_{ANSWER}",
    ],
)
def test_what_anybody_would_write_is_no_leak(tmp_path: Path, code: str) -> None:
    """One short line, names alone, an error's message, and what the first assignment shows itself are not answers."""
    leaks.refuse_in_release(*_second(tmp_path, "", code))


def test_what_is_given_may_stand_in_its_cell_only(tmp_path: Path) -> None:
    """The cell that says what it gives is allowed; the same line in a file beside it is not."""
    leaks.refuse_in_release(*_second(tmp_path, 'given="dense"', ANSWER))
    beside = json.dumps({"hint": [ANSWER]})
    with pytest.raises(leaks.LeakError, match=r"a2, a2\.checks\.json, holds the answer of a1 to dense: `db = "):
        leaks.refuse_in_release(*_second(tmp_path, 'given="dense"', ANSWER, a2_checks_json=beside))


@pytest.mark.parametrize("name", ["dens", "other"])
def test_a_gift_that_names_nothing_is_refused(tmp_path: Path, name: str) -> None:
    """What no other assignment asks for cannot be given; the message lists what can."""
    with pytest.raises(leaks.LeakError, match=f"a2: a cell gives '{name}', .* There are: dense"):
        leaks.refuse_in_release(*_second(tmp_path, f'given="dense, {name}"', "pass"))


def test_only_locked_code_can_give(tmp_path: Path) -> None:
    """An exercise, or a text, cannot be a gift."""
    with pytest.raises(SourceError, match=r"given is a code cell\. Got markdown"):
        parse('# %% [markdown] given="dense"\n# Text.\n', "a2")
    given = parse('# %% given="dense, more"\nx = 1\n', "a2").cells[0]
    assert (given.kind, given.given) == ("code", ("dense", "more"))
    cell = notebooks.source_notebook(parse('# %% given="dense"\nx = 1\n', "a2")).cells[0]
    assert cell.metadata.nbgrader.locked


LECTURE = "lectures/l01/l01.ipynb"


@pytest.mark.parametrize(
    "name",
    ["README.md", "lectures/l01/l01.py", LECTURE, "docs/recipes/x.md", "utils/zeromean/training/x.py"],
)
def test_an_answer_in_what_students_read_stops_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Lectures and their notebooks, pages and the students' package are searched, and nothing can be given there."""
    monkeypatch.setattr(course, "ROOT", tmp_path)
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    code = f"# %% given='dense'\n{ANSWER}\n"
    text = json.dumps(v4.new_notebook(cells=[v4.new_code_cell(code)])) if name == LECTURE else code
    path.write_text(text.replace(ANSWER, "x = 1") if name != LECTURE else text.replace("einsum", "other"))
    leaks.refuse_elsewhere([parse(FIRST, "a1")], tmp_path)
    path.write_text(text)
    with pytest.raises(leaks.LeakError, match=f"^{name}, holds the answer of a1 to dense"):
        leaks.refuse_elsewhere([parse(FIRST, "a1")], tmp_path)


def test_the_course_gives_nothing_away() -> None:
    """Every answer of every assignment, searched for in every release and in all that students read."""
    everyone = [course.load(name) for name in course.assignments()]
    assert all(len(list(leaks.answers(assignment))) >= 3 * len(assignment.exercises) for assignment in everyone)
    for assignment in everyone:
        leaks.refuse_in_release(assignment, everyone, course.ROOT / "assignments" / assignment.name)
    leaks.refuse_elsewhere(everyone)


def test_every_build_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole build ends with the search in lectures, pages and package."""
    monkeypatch.setattr(course, "assignments", list)
    monkeypatch.setattr(course, "lectures", list)
    looked: list[Path] = []
    monkeypatch.setattr(leaks, "refuse_elsewhere", lambda everyone, root: looked.append(root))
    build.build_all(tmp_path)
    assert looked == [tmp_path]
