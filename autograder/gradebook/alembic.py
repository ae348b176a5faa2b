"""Lets nbgrader find ``alembic``, with which it makes its database: the program, and without one the library."""

from __future__ import annotations

import os
import sys
from importlib.resources import files
from pathlib import Path


def find_alembic() -> None:
    """Put this Python's folder on the PATH: nbgrader looks there, by name."""
    here = str(Path(sys.executable).parent)
    if here not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([here, os.environ.get("PATH", "")])


def version_of_a_new_gradebook() -> str:
    """Return what ``alembic heads`` prints; the program takes seconds to start, the library is loaded."""
    from alembic.script import ScriptDirectory

    head = ScriptDirectory(str(files("nbgrader") / "alembic")).get_current_head()
    return str(head)
