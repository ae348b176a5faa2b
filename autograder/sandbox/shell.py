"""An IPython shell without a kernel: magics, rich display and inline figures, gathered as nbformat outputs."""

from __future__ import annotations

import ast
import builtins
import io
import sys
import warnings
from typing import Any, NoReturn

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from traitlets import Type
from traitlets.config import Config

from autograder.sandbox import faults
from autograder.sandbox.magics import MachineLines, keep_inline
from autograder.sandbox.outputs import Outputs, Stream

_PROMPT = "In ["  # pasted from IPython; to Python it is an annotation


class _Compiler(CachingCompiler):  # type: ignore[misc]  # IPython's types are skipped in strict mode
    """Names a cell as the student's traceback shows it."""

    parsed: tuple[str, ast.Module] = ("", ast.Module([], []))

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return f"Cell {number}"

    def ast_parse(self, source: str, filename: str = "<unknown>", symbol: str = "exec") -> ast.Module:
        """Return the tree of a cell, which may be there already."""
        cell, tree = self.parsed
        return tree if cell is source else super().ast_parse(source, filename, symbol)


class _Hook(DisplayHook):  # type: ignore[misc]  # as above
    """Gathers the value of a cell's last expression."""

    @property
    def prompt_count(self) -> int:
        return int(self.shell.execution_count)

    def quiet(self) -> bool:
        return bool(self.semicolon_at_end_of_expression(self.shell.source))

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        self.shell.outputs.rich("execute_result", format_dict, md_dict, execution_count=self.prompt_count)

    def log_output(self, format_dict: dict[str, Any]) -> None:
        pass

    def finish_displayhook(self) -> None:
        self._is_active = False


class _Publisher(DisplayPublisher):  # type: ignore[misc]  # as above
    """Gathers what is displayed."""

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_ignored: Any,
    ) -> None:
        name = (transient or {}).get("display_id")
        if name is None:
            self.shell.outputs.rich("display_data", data, metadata)
        else:
            self.shell.outputs.named(str(name), data, update)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear()


class StudentShell(MachineLines):
    """Runs the cells of one submission."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    compiler_class = Type(_Compiler)

    outputs: Outputs
    cells: faults.Cells
    source = ""
    fault: BaseException | None = None

    def transform_cell(self, raw_cell: str) -> str:
        """Return what Python runs for a cell; one that is all Python is only parsed, for a tenth of the work."""
        if self.input_transformers_post or not _is_plain(raw_cell):
            return str(super().transform_cell(raw_cell))
        cell = raw_cell if raw_cell.endswith("\n") else raw_cell + "\n"
        try:
            tree = self.compile.ast_parse(cell, f"Cell {self.execution_count}")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return str(super().transform_cell(raw_cell))
        self.compile.parsed = (cell, tree)
        return cell

    def should_run_async(self, raw_cell: str, *, transformed_cell: str | None = None, **rest: Any) -> bool:
        """Whether a cell awaits something at its top."""
        if self.compile.parsed[0] is transformed_cell:
            return False
        return bool(super().should_run_async(raw_cell, transformed_cell=transformed_cell, **rest))

    def enable_gui(self, gui: str | None = None) -> None:
        """Do nothing: there is no window system here."""

    def ask_exit(self) -> NoReturn:
        """Make ``quit`` and ``exit`` an error of their cell."""
        raise SystemExit("quit() ends nothing here; leave it out.")

    def showtraceback(self, exc_tuple: Any = None, *_args: Any, **_kwargs: Any) -> None:
        """Gather the exception at hand as the error that ended the cell."""
        error = exc_tuple[1] if exc_tuple else sys.exc_info()[1]
        if error is not None:
            self.fault = error
            self.outputs.error(type(error).__name__, faults.message(error), faults.trace(error, self.cells))

    def showsyntaxerror(self, *_args: Any, **_kwargs: Any) -> None:
        """Gather a syntax error like any other."""
        self.showtraceback()

    def forget(self) -> None:
        """Drop what was displayed or drawn outside a cell."""
        self.outputs.restart()
        drawing = sys.modules.get("matplotlib.pyplot")
        if drawing is not None and drawing.get_fignums():
            drawing.close("all")

    def run(self, number: int, source: str) -> str | None:
        """Run the cell of a number; return a sentence if it ended in an error."""
        self.execution_count, self.source, self.fault = number, source, None
        self.cells.add(f"Cell {number}", source)
        sys.stdout, sys.stderr = Stream("stdout", self.outputs), Stream("stderr", self.outputs)
        try:
            self.run_cell(source, store_history=False)
        finally:
            sys.stdout, sys.stderr = Stream("stdout", None), Stream("stderr", None)
        return faults.sentence(self.fault, self.cells) if self.fault is not None else None


def _is_plain(cell: str) -> bool:
    """Whether IPython would run a cell as it is if it is Python: a single line may be a magic without its sign."""
    trimmed = cell[:1].isspace() or _PROMPT in cell
    return "\n" in cell.strip("\n") and not trimmed and not any(word in cell for word in ("async", "await"))


# What is used once before forking need not be loaded in every worker; at the third level it cannot be loaded there.
_WARM = ("import numpy as np\nnp.ones(2)", "%timeit -n 1 -r 1 1", "%time 1", "1 / 0", "def", "%%capture\nprint(1)")
_WARM_FIGURES = (
    "%matplotlib inline\nimport matplotlib.pyplot as plt",
    "plt.figure(dpi=30)\nplt.plot([1, 2], label=r'$\\alpha^2$')\nplt.title('a', weight='bold')\n"
    "plt.xlabel('a', style='italic')\nplt.text(0, 1, r'$\\mathbf{a} \\mathit{b} \\sum \\sqrt{x} \\ell$')\n"
    "plt.legend();",
)


def make_shell(output_bytes: int, *, figures: bool) -> StudentShell:
    """Return the one shell of this process, warmed up; call it before forking."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    shell: StudentShell = StudentShell.instance(config=config)
    shell.outputs, shell.cells = Outputs(output_bytes), faults.Cells()
    warnings.filterwarnings("ignore", message="To exit: use")
    builtins.input = _no_input
    sys.stdin = io.StringIO()
    for number, cell in enumerate((*_WARM, *(_WARM_FIGURES if figures else ())), start=1):
        shell.run(number, cell)
    if figures:
        keep_inline(sys.modules["matplotlib"], shell)
    shell.reset(new_session=True)
    shell.outputs.restart()
    shell.cells = faults.Cells()
    return shell


def _no_input(_prompt: object = "") -> NoReturn:
    raise EOFError("input() cannot be used here: nobody is there to answer. Write the value into the cell.")
