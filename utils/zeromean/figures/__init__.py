"""The figures of the assignments, a file each; ``figures.name`` finds a figure whichever file it is in."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    """Return the figure called `name`; AttributeError if no assignment has it."""
    if not name.startswith("_"):
        for module in pkgutil.iter_modules(__path__):
            found = vars(import_module(f"{__name__}.{module.name}")).get(name)
            if callable(found) and found.__module__ == f"{__name__}.{module.name}":
                return found
    raise AttributeError(f"No assignment has a figure {name!r}.")
