"""Cells run as in a notebook: output in order, rich display, figures, magics; errors show the student's lines only."""

from __future__ import annotations

import base64
from typing import Any

import nbformat
import pytest

from autograder.sandbox.outputs import Outputs, Stream, checked, clean
from autograder.sandbox.pool import CellOutcome, Session


def run(session: Session, *cells: str) -> CellOutcome:
    """Run cells, and return what the last one did; its outputs must be such as a notebook may hold."""
    outcome = session.run(cells)[-1]
    cell = nbformat.v4.new_code_cell("", outputs=[nbformat.from_dict(output) for output in outcome.outputs])
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
    return outcome


def kinds(outcome: CellOutcome) -> list[str]:
    """Return the kind of each output."""
    return [output.get("name", output["output_type"]) for output in outcome.outputs]


def test_output_in_order(session: Session) -> None:
    """What is printed, warned of, displayed and returned comes in the order in which it happened."""
    outcome = run(
        session,
        "import sys, warnings\nprint('a')\nprint('b')\nprint('c', file=sys.stderr)\ndisplay({'k': 1})\n"
        "print('d')\nwarnings.warn('careful')\n40 + 2",
    )
    assert kinds(outcome) == ["stdout", "stderr", "display_data", "stdout", "stderr", "execute_result"]
    assert outcome.outputs[0]["text"] == "a\nb\n"
    assert "Cell 1:7: UserWarning: careful" in outcome.outputs[4]["text"]
    assert outcome.outputs[5]["data"] == {"text/plain": "42"}
    assert outcome.outputs[5]["execution_count"] == 1
    assert outcome.error is None


@pytest.mark.parametrize("cell", ["", "   \n", "# words", "42;", "x = 1", "None", "pass"])
def test_cells_that_show_nothing(session: Session, cell: str) -> None:
    """Nothing is shown for what a notebook shows nothing for."""
    assert run(session, cell) == CellOutcome([], None)


def test_names_live_on(session: Session) -> None:
    """Cells share their names, and the last result is `_`; nothing else is there before."""
    assert run(session, "x = 20", "def f(): return x + 1", "2 * f()").outputs[0]["data"]["text/plain"] == "42"
    assert run(session, "_ + 1").outputs[0]["data"]["text/plain"] == "43"
    assert "NameError: name 'np' is not defined" in (run(session, "np").error or "")


def test_rich_display(session: Session) -> None:
    """Objects show themselves as HTML, LaTeX and so on."""
    outcome = run(
        session,
        "from IPython.display import HTML, Markdown, Math\nclass T:\n    def _repr_html_(self): return '<b>t</b>'\n"
        "display(HTML('<i>h</i>'), Math('x^2'), metadata={'text/html': {'isolated': True}})\nT()",
    )
    html, math, value = outcome.outputs
    assert html["data"]["text/html"] == "<i>h</i>"
    assert html["metadata"] == {"text/html": {"isolated": True}}
    assert math["data"]["text/latex"] == "$\\displaystyle x^2$"
    assert value["data"]["text/html"] == "<b>t</b>"


def test_display_under_a_name(session: Session) -> None:
    """What is displayed under a name can be replaced, and output can be cleared."""
    outcome = run(
        session,
        "from IPython.display import clear_output\nprint('gone')\nclear_output()\n"
        "handle = display('one', display_id=True)\nhandle.update('two')\nhandle.update('three')",
    )
    assert [output["data"]["text/plain"] for output in outcome.outputs] == ["'three'"]


@pytest.mark.parametrize("magic", ["", "%matplotlib inline\n"])
def test_figures(session: Session, magic: str) -> None:
    """A figure is shown as a picture after its cell, or at `show`, once."""
    cell = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('a')\nplt.show()\nplt.figure()\nplt.plot([3])"
    outcome = run(session, magic + cell)
    assert kinds(outcome) == ["display_data", "execute_result", "display_data"]
    for output in (outcome.outputs[0], outcome.outputs[2]):
        assert base64.b64decode(output["data"]["image/png"]).startswith(b"\x89PNG")
        assert output["data"]["text/plain"].startswith("<Figure size")
    assert run(session, "plt.gcf().number;").error is None


def test_figures_of_the_course(session: Session) -> None:
    """The course's own way of showing a figure carries its text along."""
    cell = "import matplotlib.pyplot as plt\nfrom zeromean import style\nstyle.use()\nfig, ax = plt.subplots()\n"
    outcome = run(session, cell + "ax.plot([1, 2])\nstyle.show(fig, 'a line that rises')")
    assert outcome.outputs[0]["data"]["text/plain"] == "a line that rises"
    assert 'aria-label="a line that rises"' in outcome.outputs[0]["data"]["text/html"]
    assert len(outcome.outputs) == 1


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("%timeit -n 2 -r 2 1 + 1", "per loop"),
        ("%%timeit -n 1 -r 1\nx = 1", "per loop"),
        ("%time sum(range(10))", "Wall time"),
        ("%%capture kept\nprint('hidden')", ""),
        ("%who", "Interactive namespace is empty"),
        ("await __import__('asyncio').sleep(0, 'slept')", "slept"),
        ("print?", "Print"),
    ],
)
def test_magics(session: Session, cell: str, shown: str) -> None:
    """Magics that need no program work."""
    outcome = run(session, cell)
    assert outcome.error is None
    assert shown in str(outcome.outputs)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("x = 20\n2 * x + 2", "42"),
        ("In [1]: x = 20\n2 * x + 2", "42"),
        (">>> x = 20\n>>> 2 * x + 2", "42"),
        ("\n\n  x = 20\n  2 * x + 2", "42"),
        ("import asyncio\nawait asyncio.sleep(0)\n42", "42"),
        ("async def f(): return 42\nawait f()", "42"),
        ("x = %who_ls\nlen(x) + 42", "42"),
        ("from __future__ import annotations\ndef f(x: no): return x\nf(42)", "42"),
        ("def f(x: no): return x\nf(42)", None),
    ],
)
def test_cells_that_are_all_python_and_cells_that_are_not(session: Session, cell: str, shown: str | None) -> None:
    """What IPython would translate is translated, and what it would leave alone is run as it stands."""
    outcome = run(session, cell)
    assert (outcome.error is None) == (shown is not None)
    assert shown is None or outcome.outputs[-1]["data"]["text/plain"] == shown


def test_a_students_own_translation_counts_for_later_cells(session: Session) -> None:
    """Whoever tells IPython to read cells in another way is obeyed."""
    own = "def other(lines):\n    return ['42\\n']\nget_ipython().input_transformers_post.append(other)"
    assert run(session, own, "x = 1\nx").outputs[0]["data"]["text/plain"] == "42"


def test_a_warning_of_the_compiler_is_shown_once(session: Session) -> None:
    """A cell is not compiled a second time only to see whether it could be."""
    text = run(session, "x = 5\nx is 5").outputs[0]["text"]
    assert text.count("SyntaxWarning") == 1
    assert text.startswith("Cell 1:2: SyntaxWarning")


def test_an_error(session: Session) -> None:
    """An error shows the student's frames, innermost last, and none of ours or NumPy's."""
    outcome = run(
        session,
        "import numpy as np\ndef inner(x):\n    return np.ones(3) @ x\ndef outer(x):\n    return inner(x) + 1",
        "print('before')\nouter(np.ones(4))\nprint('after')",
    )
    text, error = outcome.outputs
    assert text["text"] == "before\n"
    assert error["ename"] == "ValueError"
    assert error["traceback"][:6] == [
        "Cell 2, line 2", "    outer(np.ones(4))", "Cell 1, line 5, in outer", "    return inner(x) + 1",
        "Cell 1, line 3, in inner", "    return np.ones(3) @ x",
    ]  # fmt: skip
    assert error["traceback"][6].startswith("ValueError: matmul:")
    assert outcome.error is not None
    assert outcome.error.endswith("(in your inner, line 3: `return np.ones(3) @ x`)")


@pytest.mark.parametrize(
    ("cell", "error"),
    [
        ("def f(:\n    pass", "SyntaxError: invalid syntax (line 1: `def f(:`)"),
        ("x = 1\n  y = 2", "IndentationError: unexpected indent (line 2: `y = 2`)"),
        ("return 1", "SyntaxError: 'return' outside function (line 1: `return 1`)"),
        ("1 / 0", "ZeroDivisionError: division by zero (line 1: `1 / 0`)"),
        ("[1 / x for x in (1, 0)]", "ZeroDivisionError: division by zero (line 1: `[1 / x for x in (1, 0)]`)"),
        ("raise ValueError", "ValueError:  (line 1: `raise ValueError`)"),
        ("assert False, 'no'", "AssertionError: no (line 1: `assert False, 'no'`)"),
        ("eval('1 +')", "SyntaxError: invalid syntax (line 1: ``)"),
        ("raise ExceptionGroup('two', [ValueError('a')])", "ExceptionGroup: two (1 sub-exception) (line 1: "
         "`raise ExceptionGroup('two', [ValueError('a')])`)"),
        ("input('name? ')", "EOFError: input() cannot be used here: nobody is there to answer. Write the value into "
         "the cell. (line 1: `input('name? ')`)"),
        ("quit()", "SystemExit: quit() ends nothing here; leave it out. (line 1: `quit()`)"),
    ],
)  # fmt: skip
def test_errors_in_one_line(session: Session, cell: str, error: str) -> None:
    """The sentence says what, and where in the student's code."""
    outcome = run(session, cell)
    assert outcome.error == error
    assert kinds(outcome) == ["error"]


def test_printing_in_a_call(session: Session) -> None:
    """What is printed or drawn in a call is not shown, then or later."""
    body = "    print('x')\n    display(1)\n    plt.figure()\n    return 1"
    session.run([f"import matplotlib.pyplot as plt\ndef f():\n{body}"])
    assert session.call("f") == 1
    assert run(session, "y = 2").outputs == []


@pytest.mark.parametrize("name", ["scipy", "pandas.core", "nbformat", "psutil", "autograder", "PIL", "traitlets"])
def test_imports_that_are_refused(session: Session, name: str) -> None:
    """A module that is not allowed is named, and so is what is allowed."""
    top = name.partition(".")[0]
    refusal = f"{top} cannot be used here: graded code may import "
    refusal += "NumPy, the standard library, IPython, matplotlib, zeromean and zeromean.style."
    for cell in (f"import {name}", f"from {name} import x", f"def f():\n    import {name} as y\nf()"):
        assert refusal in (run(session, cell).error or "")


def test_imports_that_are_allowed(session: Session) -> None:
    """NumPy, the standard library and what was named can be imported, at once or later."""
    for name in ("numpy.linalg", "csv", "sqlite3", "xml.dom.minidom", "matplotlib.animation", "zeromean", "__future__"):
        assert run(session, f"import {name}").error is None
    assert "cannot be used here" in (run(session, "import importlib\nimportlib.import_module('scipy')").error or "")


def test_the_same_random_numbers_everywhere(session: Session) -> None:
    """Code that forgets to seed draws the same in every worker."""
    cell = "import numpy as np, random\nprint(np.random.rand(), random.random(), hash('x'), {'a', 'b', 'c'})"
    with Session(session._zygote) as other:
        assert run(session, cell).outputs == run(other, cell).outputs


@pytest.mark.parametrize(
    "items",
    [
        None, {}, [1, None, []], [{}], [{"output_type": "stream"}], [{"output_type": "display_data", "data": []}],
        [{"output_type": "stream", "name": "x", "parts": ["a"]}], [{"output_type": ["error"]}],
    ],
    ids=repr,
)  # fmt: skip
def test_forged_outputs_are_left_out(items: Any) -> None:
    """What is no output is none."""
    assert checked(items) == []


def test_forged_outputs_are_made_plain() -> None:
    """Of what looks like an output, only text is kept."""
    forged = [
        {"output_type": "error", "ename": 7, "evalue": "\ud800", "traceback": [None, "x"], "more": 1},
        {"output_type": "execute_result", "data": {"a": 1, "b": "c"}, "metadata": [1], "execution_count": "x"},
        {"output_type": "stream", "name": "stdout", "parts": "abc"},
    ]
    assert checked(forged) == [
        {"output_type": "error", "ename": "", "evalue": "?", "traceback": ["", "x"]},
        {"output_type": "execute_result", "data": {"a": "", "b": "c"}, "metadata": {}, "execution_count": None},
        {"output_type": "stream", "name": "stdout", "text": ""},
    ]
    assert clean("x" * 9, 5) == "xxxxx ..."


def test_a_stream_takes_text_only() -> None:
    """Writing anything else says so, as a file does."""
    stream = Stream("stdout", Outputs(10))
    assert stream.write("abc") == 3
    with pytest.raises(TypeError, match=r"write\(\) takes a string. Got bytes."):
        stream.write(b"x")  # type: ignore[arg-type]
