"""Lets nbgrader find ``alembic``, the program with which it makes its database."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def find_alembic() -> None:
    """Put this Python's folder on the PATH: nbgrader looks there, by name."""
    here = str(Path(sys.executable).parent)
    if here not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([here, os.environ.get("PATH", "")])
