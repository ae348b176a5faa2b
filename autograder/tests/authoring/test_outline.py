"""What a notebook holds is written down for the student's progress, and the steps of a derivation with it."""

from __future__ import annotations

import numpy as np
import pytest
from zeromean.checking.encoding import decode

from autograder.authoring import notebooks
from autograder.authoring.course import SourceError, parse
from autograder.authoring.outline import outline
from autograder.judge.reference import Reference

SOURCE = '''# %% [markdown]
# # Toy
#
# ## 1 · Doubling

# %%
import numpy as np

# %% scratch=true
guess, other = None, None  # a number each
kept = 3

# %% stages="double"
def in_steps(x):
    """Return the steps."""
    ### BEGIN SOLUTION
    half = x / 3  # (2,), a part
    whole = 6 * half
    ### END SOLUTION
    return {"half": half, "whole": whole}

# %% figure=true
stages("double", in_steps(np.array([1.0, 2.0])))

# %% exercise="double" points=2 minutes=10
def double(x):
    """Return twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% check="double"
check(double)

# %% figure=true
print("a picture")

# %% [markdown]
# ## 2 · Words

# %% [markdown] question="why" points=1
# **Why two.** Say it in a sentence.
#
# ### BEGIN SOLUTION
# Because.
# ### END SOLUTION
'''


def test_outline_of_a_notebook() -> None:
    """Exercises, predictions and questions stand with their headings, marks and minutes."""
    assignment = parse(SOURCE, "toy")
    made = outline(assignment, Reference(assignment.reference_cells))
    entry = {"name": "double", "cell": "double", "points": 2.0, "minutes": 10, "heading": "1 · Doubling"}
    assert made["exercises"] == [entry]
    assert [entry["name"] for entry in made["predictions"]] == ["guess", "other"]
    assert made["questions"] == [
        {"name": "why", "cell": "why", "points": 1.0, "heading": "2 · Words", "title": "Why two"}
    ]
    names, values = zip(*made["stages"]["double"], strict=True)
    assert names == ("half", "whole")
    np.testing.assert_allclose(decode(values[1]), [2, 4])


def test_students_get_names_and_no_steps() -> None:
    """The steps of a derivation become names with None behind them; comments stay, and the rest of the cell."""
    notebook = notebooks.source_notebook(parse(SOURCE, "toy"))
    (cell,) = (cell for cell in notebook.cells if "def in_steps" in cell.source)
    assert "    half = None  # (2,), a part\n    whole = None\n    return" in cell.source
    assert "x / 3" not in cell.source
    assert cell.metadata.zeromean.kind == "scratch"


def test_figures_are_folded() -> None:
    """Plotting code is out of the way of who solves the exercise."""
    notebook = notebooks.source_notebook(parse(SOURCE, "toy"))
    folded = [cell.metadata.get("jupyter") for cell in notebook.cells if cell.metadata.zeromean.kind == "figure"]
    assert folded == [{"source_hidden": True}] * 2


def test_stages_that_nothing_compares_are_refused() -> None:
    """A derivation that the cell below does not compare is a slip of the author."""
    assignment = parse(SOURCE.replace('stages("double", in_steps', 'print("double", in_steps'), "toy")
    with pytest.raises(SourceError, match="the cell below stages='double' must compare them"):
        outline(assignment, Reference(assignment.reference_cells))


def test_stages_of_nothing_are_refused() -> None:
    """Stages belong to an exercise."""
    with pytest.raises(SourceError, match="stages 'triple' have no exercise of that name"):
        parse(SOURCE.replace('stages="double"', 'stages="triple"'), "toy")
