"""A4 as a student meets it: it runs from top to bottom, finished or untouched, and its stubs are complete."""

from __future__ import annotations

import doctest
import re

import numpy as np
import pytest

from autograder.authoring import course, stages
from autograder.authoring.course import BEGIN, END, load

ASSIGNMENT = load("a4_batch_norm")
EXERCISES = [(cell, name) for cell in ASSIGNMENT.exercises for name in cell.functions]
PREDICTION = re.compile(r"^(?P<names>[a-z_0-9, ]+) = None(, None)*(?P<rest>.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def a4():
    """Return the names that the reference solution defines."""
    namespace: dict = {}
    for source in ASSIGNMENT.reference_cells:
        exec(source, namespace)
    return namespace


@pytest.fixture
def shown(monkeypatch):
    """Collect what the cells display."""
    texts: list[str] = []
    for module in ("zeromean.waiting", "zeromean.style"):
        monkeypatch.setattr(f"{module}.display", lambda data, raw: texts.append(data["text/plain"]))
    for module in ("progress", "stages"):
        monkeypatch.setattr(f"zeromean.checking.{module}.show", lambda rich, plain: texts.append(plain))
    monkeypatch.chdir(course.ROOT / "assignments" / ASSIGNMENT.name)
    return texts


def run_all(cells, *, solved: bool, predicted: bool) -> dict:
    """Run every cell but the checks, as a student would from top to bottom."""
    namespace: dict = {}
    for cell in cells:
        source = cell.source
        if cell.kind == "exercise" and not solved:
            source = re.sub(rf"(?s){BEGIN}.*?{END}", "raise NotImplementedError()", source)
        if cell.stages and not solved:
            source = stages.stub(source)
        if cell.kind == "scratch" and predicted:
            source = PREDICTION.sub(lambda m: f"{m['names']} = {', '.join('1' for _ in m['names'].split(','))}", source)
        if cell.kind in ("code", "exercise", "figure", "scratch"):
            exec(source, namespace)
    return namespace


def test_solved_notebook_draws_every_figure(shown, capsys):
    """With the solutions and predictions in place, every figure is there and no cell is asked to wait."""
    namespace = run_all(ASSIGNMENT.cells, solved=True, predicted=True)
    waiting = [text for text in shown if re.search("something to show|cannot be shown|cells above|First make", text)]
    assert waiting == []
    assert sum("predicted" in text for text in shown) == sum("reveal(" in cell.source for cell in ASSIGNMENT.cells)
    assert any(text.startswith("6 of 6 steps are right.") for text in shown)
    assert shown[-1].startswith("8 of 8 exercises pass their visible checks, worth 19 of 19 marks. 27 of 27 predictions")
    assert capsys.readouterr().out == "After your correction: 1.01, 1.00, 1.00\n"
    plain, normalized = namespace["plain"], namespace["normalized"]
    assert namespace["trained"](plain) == [1.0]
    assert namespace["trained"](normalized) == [1.0, 0.3, 0.1]


def test_untouched_notebook_is_calm(shown):
    """With nothing written, each figure says what it waits for, and nothing is raised."""
    run_all(ASSIGNMENT.cells, solved=False, predicted=False)
    calm = "something to show|First make a guess|told as soon as|0 of 6 steps|0 of 8 exercises|In a table of examples"
    assert [text for text in shown if not re.search(calm, text)] == []
    assert len(shown) == sum("when_ready():" in cell.source for cell in ASSIGNMENT.cells) + 3


def test_prediction_comes_first(shown):
    """A figure with a prediction before it waits for the prediction, solved or not."""
    run_all(ASSIGNMENT.cells, solved=True, predicted=False)
    waits = sum(text.startswith("First make a guess") for text in shown)
    assert waits == sum("reveal(" in cell.source for cell in ASSIGNMENT.cells)


@pytest.mark.parametrize("seed", range(4))
def test_claims_about_training(a4, seed):
    """What the text says about training holds for other seeds than the one that is drawn."""
    cell = next(cell for cell in ASSIGNMENT.cells if "def train_step" in cell.source)
    namespace = dict(a4)
    exec(cell.source.replace("default_rng(4)", f"default_rng({seed})"), namespace)
    train, run_net = namespace["train"], namespace["run_net"]
    (plain, plain_loss, plain_band), (net, loss, band) = train(1.0, False), train(1.0, True)
    x, y = namespace["spiral"](600, np.random.default_rng(50))
    accuracy, plain_accuracy = ((run_net(n, x, "test")[0].argmax(axis=1) == y).mean() for n in (net, plain))
    assert accuracy > 0.94
    assert plain_accuracy > accuracy - 0.12
    assert np.diff(plain_loss[-75:]).std() < np.diff(loss[-75:]).std()
    assert np.ptp(plain_band[:, 1]) > 1.5 * np.ptp(band[:, 1])
    assert train(0.1, False)[1][-10:].mean() > 1.0 > 0.55 > train(0.1, True)[1][-10:].mean()
    alone = np.concatenate([run_net(net, row[None], "train")[0] for row in x]).argmax(axis=1)
    assert len(set(alone)) == 1


@pytest.mark.parametrize(("cell", "name"), EXERCISES, ids=[name for _, name in EXERCISES])
def test_docstring_example_runs(a4, cell, name):
    """The example in a stub gives what it says."""
    (test,) = doctest.DocTestFinder(recurse=False).find(a4[name], name, globs=dict(a4))
    assert test.examples, f"{name} has no example"
    assert doctest.DocTestRunner().run(test).failed == 0


@pytest.mark.parametrize(("cell", "name"), EXERCISES, ids=[name for _, name in EXERCISES])
def test_docstring_is_complete(a4, cell, name):
    """A stub states parameters with shapes, results, and what it raises."""
    doc = a4[name].__doc__
    for part in ("Parameters\n", "Returns\n", "shape (", "Examples\n"):
        assert part in doc
    solution = cell.source.split(f"def {name}")[1].split(END)[0]
    assert ("raise ValueError" in solution) <= ("Raises\n" in doc)


def test_every_question_has_a_rubric():
    """A marker finds in each question what earns the mark and which wrong ideas to expect."""
    assert len(ASSIGNMENT.questions) == 3
    for question in ASSIGNMENT.questions:
        rubric = question.source.split(BEGIN)[1]
        assert "**Rubric.**" in rubric
        assert "**Common wrong ideas.**" in rubric
