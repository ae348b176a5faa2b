"""Lines that talk to the machine say one sentence, and the cell goes on; what stands below a magic is defined."""

from __future__ import annotations

import sys

import pytest

from autograder.sandbox.places import HERE, hidden
from autograder.sandbox.pool import Session

PASSED = "was passed over: graded code runs by itself, without a shell, a network, pip or extensions."
READ = "was read as `%matplotlib inline`: figures stand in the notebook here."
F = "def f():\n    return 1"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("!pip install --quiet numpy", PASSED),
        ("!!ls", PASSED),
        ("here = !pwd", PASSED),
        ("%pip install numpy", PASSED),
        ("%conda install numpy", PASSED),
        ("%load_ext autoreload", PASSED),
        ("%load_ext line_profiler", PASSED),
        ("%autoreload 2", PASSED),
        ("%ls -l", PASSED),
        ("%sx ls", PASSED),
        ("x = %sx ls", PASSED),
        ("%lprun -f f f()", PASSED),
        ("%memit 1", PASSED),
        ("get_ipython().system('ls')", PASSED),
        ("get_ipython().getoutput('ls')", PASSED),
        ("get_ipython().run_line_magic('pip', 'install x')", PASSED),
        ("%matplotlib widget", READ),
        ("%matplotlib notebook", READ),
        ("%matplotlib qt", READ),
        ("%matplotlib", ""),
        ("%matplotlib inline", ""),
        ("import matplotlib\nmatplotlib.use('TkAgg')", READ),
        ("%config InlineBackend.figure_format = 'retina'", ""),
    ],
)
def test_a_line_says_its_sentence_and_the_cell_goes_on(session: Session, line: str, sentence: str) -> None:
    """On top of an answer, within it or below it, the line costs nothing."""
    (outcome,) = session.run([f"{line}\n{F}\n{line}"], keep=["f"])
    assert outcome.error is None
    shown = "".join(output.get("text", "") for output in outcome.outputs)
    assert shown.count(sentence) == 2 if sentence else not shown
    assert session.call("f") == 1


@pytest.mark.parametrize(
    "magic",
    ["time", "capture", "capture kept --no-stderr", "prun -q", "timeit", "timeit -n 2 -r 1", "python", "memit", "heat"],
)  # fmt: skip
def test_what_stands_below_a_magic_is_defined(session: Session, magic: str) -> None:
    """A function below any magic that is about Python is there, also where Jupyter would have dropped it."""
    (outcome,) = session.run([f"%%{magic}\nimport math\n{F}\nx = 1"], keep=["f"])
    assert outcome.error is None
    assert session.call("f") == 1
    assert session.run(["x + math.floor(1.5)"])[0].error is None


@pytest.mark.parametrize("magic", ["bash", "sh", "script bash", "perl", "ruby", "!"])
def test_cells_in_other_languages_are_passed_over(session: Session, magic: str) -> None:
    """A cell for the shell says its sentence, and none of it is run as Python."""
    (outcome,) = session.run([f"%%{magic}\nls -l | wc"])
    assert outcome.error is None
    assert PASSED in outcome.outputs[0]["text"]


def test_an_error_below_a_magic_is_the_cells(session: Session) -> None:
    """A magic that is passed over does not hide what goes wrong below it."""
    for magic in ("memit", "prun", "timeit"):
        assert "ZeroDivisionError: division by zero" in (session.run([f"%%{magic}\n1 / 0"])[0].error or "")


def test_timing_takes_one_loop(session: Session) -> None:
    """What takes a second is timed within the seconds that a cell has; who asks for more loops gets them."""
    session.run(["seen = []\ndef f():\n    seen.append(1)"])
    session.run(["%timeit f()"])
    assert session.run(["len(seen)"])[0].outputs[0]["data"]["text/plain"] == "1"
    session.run(["%timeit -r 2 -n 3 f()"])
    assert session.run(["len(seen)"])[0].outputs[0]["data"]["text/plain"] == "7"


def test_a_figure_of_a_widget_backend_is_shown(session: Session) -> None:
    """The figure stands under its cell, as a picture."""
    (outcome,) = session.run(["%matplotlib widget\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);"])
    assert any("image/png" in output.get("data", {}) for output in outcome.outputs)


def test_no_folder_of_this_machine_is_shown(session: Session) -> None:
    """Paths in what is printed, raised or displayed are cut down to what is below this machine's folders."""
    cell = "import sys, os, numpy\nprint(sys.executable, numpy.__file__, os.getcwd())\nsys.path\n"
    outcome = session.run([cell + "from numpy import nothing"])[0]
    shown = f"{outcome}"
    assert "cannot import name 'nothing'" in shown
    for folder in (sys.prefix, str(HERE), "/tmp/"):
        assert f"{folder}/" not in shown.replace("//", "/")
    assert hidden(f"see {sys.prefix}/bin/python") == "see bin/python"
    assert hidden("a/b") == "a/b"
