"""Lines and cells that talk to the machine: each says one sentence, and the cell goes on without it."""

from __future__ import annotations

import re
import sys
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import SList

PASSED_OVER = "`{}` was passed over: graded code runs by itself, without a shell, a network, pip or extensions."
INLINE_ONLY = "`{}` was read as `%matplotlib inline`: figures stand in the notebook here."
_LINES = frozenset({
    "pip", "conda", "mamba", "micromamba", "uv", "load_ext", "reload_ext", "unload_ext", "autoreload", "aimport",
    "system", "sx", "gui", "edit", "ed", "notebook", "connect_info", "qtconsole", "pastebin", "debug", "pdb", "kill",
})  # fmt: skip
_CELLS = frozenset({"bash", "sh", "script", "cmd", "perl", "ruby", "system", "sx", "!", "debug"})
_PYTHON = frozenset({"python", "python3", "pypy"})
_ONCE = re.compile(r"\s*-[nr]")
_SHOWN = 80


class MachineLines(InteractiveShell):  # type: ignore[misc]  # IPython's types are skipped in strict mode
    """A shell without a machine behind it."""

    def pass_over(self, line: str, sentence: str = PASSED_OVER) -> None:
        """Say that a line was not obeyed."""
        line = line.strip().partition("\n")[0]
        sys.stderr.write(sentence.format(line if len(line) <= _SHOWN else f"{line[:_SHOWN]} ...") + "\n")

    def system(self, cmd: str) -> None:
        """Pass over ``!command``."""
        self.pass_over(f"!{cmd}")

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> SList | str:
        """Pass over ``x = !command``, which gives no lines."""
        self.pass_over(f"!{cmd}")
        return SList() if split else ""

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        """Obey a line magic that needs no machine; measure once what would be measured many times."""
        if magic_name in _LINES or self.find_line_magic(magic_name) is None:
            return self.pass_over(f"%{magic_name} {line}")
        if magic_name == "matplotlib":
            if line.strip() not in ("", "inline"):
                self.pass_over(f"%matplotlib {line}", INLINE_ONLY)
            line = "inline"
        if magic_name == "timeit":
            line = _once(line)
        return super().run_line_magic(magic_name, line, _stack_depth + 1)

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        """Obey a cell magic; what is Python below one that cannot be obeyed is run, and what it defines is kept."""
        if magic_name in _CELLS:
            return self.pass_over(f"%%{magic_name} {line}")
        if magic_name in _PYTHON or self.find_cell_magic(magic_name) is None:
            self.pass_over(f"%%{magic_name} {line}")
            return self._run_below(cell)
        if magic_name == "timeit":
            self._run_below(cell)
            return super().run_cell_magic(magic_name, _once(line), cell)
        if magic_name == "prun":
            return self._run_below(cell)
        return super().run_cell_magic(magic_name, line, cell)

    def _run_below(self, cell: str) -> None:
        self.run_cell(cell, store_history=False)


def _once(line: str) -> str:
    """Return the options of ``timeit`` with one loop, unless there are some: nobody reads the times of a grader."""
    return line if _ONCE.match(line) else f"-n 1 -r 1 {line}"


def keep_inline(matplotlib: Any, shell: MachineLines) -> None:
    """Let ``matplotlib.use`` of a window system say a sentence instead of failing."""

    def use(backend: str, *, force: bool = True) -> None:
        shell.pass_over(f"matplotlib.use({backend!r})", INLINE_ONLY)

    matplotlib.use = use
