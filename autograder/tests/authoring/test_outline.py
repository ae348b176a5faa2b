"""What a notebook holds is written down for the student's progress, and the steps of a derivation with it."""

from __future__ import annotations

import numpy as np
import pytest
from zeromean.checking.encoding import decode

from autograder.authoring import notebooks, stages
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
x = np.array([1.0, 2.0])
### BEGIN SOLUTION
half = x / 3  # (2,), a part
whole = 6 * half
### END SOLUTION

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

# %% figure=true show=true
print("worth reading")

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
    assert made["exercises"] == [{"name": "double", "points": 2.0, "minutes": 10, "heading": "1 · Doubling"}]
    assert [entry["name"] for entry in made["predictions"]] == ["guess", "other"]
    assert made["questions"] == [{"name": "why", "points": 1.0, "heading": "2 · Words", "title": "Why two"}]
    names, values = zip(*made["stages"]["double"], strict=True)
    assert names == ("half", "whole")
    np.testing.assert_allclose(decode(values[1]), [2, 4])


def test_students_get_names_and_no_steps() -> None:
    """The steps of a derivation become names with None behind them; comments stay, and the rest of the cell."""
    notebook = notebooks.source_notebook(parse(SOURCE, "toy"))
    (cell,) = (cell for cell in notebook.cells if "x = np.array" in cell.source)
    assert cell.source == "x = np.array([1.0, 2.0])\nhalf = None  # (2,), a part\nwhole = None"
    assert cell.metadata.zeromean.kind == "scratch"


def test_figures_are_folded_unless_they_are_worth_reading() -> None:
    """Plotting code is out of the way of who solves the exercise."""
    notebook = notebooks.source_notebook(parse(SOURCE, "toy"))
    folded = [cell.metadata.get("jupyter") for cell in notebook.cells if cell.metadata.zeromean.kind == "figure"]
    assert folded == [{"source_hidden": True}, None]


def test_stages_without_a_step_are_refused() -> None:
    """A derivation of which nothing is asked is a slip of the author."""
    assignment = parse(SOURCE.replace("half = x / 3  # (2,), a part\nwhole = 6 * half", "print(x)"), "toy")
    (cell,) = (cell for cell in assignment.cells if cell.stages)
    with pytest.raises(SourceError, match="stages 'double': no line of the solution assigns a name"):
        stages.values(cell, {"np": np})


def test_stages_of_nothing_are_refused() -> None:
    """Stages belong to an exercise."""
    with pytest.raises(SourceError, match="stages 'triple' have no exercise of that name"):
        parse(SOURCE.replace('stages="double"', 'stages="triple"'), "toy")
