"""Where this machine keeps its files is nobody's business: its folders are taken out of what a student reads."""

from __future__ import annotations

import re
import sys
import sysconfig
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
_PACKAGES = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), sysconfig.get_path("stdlib")})
_FOLDERS = [path for path in _PACKAGES if path.count("/") > 1] + [str(HERE)]
_FOLDERS += [path for path in (sys.prefix, sys.base_prefix) if path.count("/") > 1]
_SCRATCH = (f"{tempfile.gettempdir()}/zeromean-", "/tmp/scratch")  # noqa: S108 - as launch.py names it
_PATTERN = re.compile(
    "|".join(f"{re.escape(path)}/" for path in sorted(_FOLDERS, key=len, reverse=True))
    + "|"
    + "|".join(rf"{re.escape(path)}[\w-]*(?:/\d+-\d+)?/?" for path in _SCRATCH)
)
_SIGNS = (*_FOLDERS, *_SCRATCH)


def hidden(text: str) -> str:
    """Return `text` without the folders of Python, of this project and of the sandbox; the rest of each path stays."""
    return _PATTERN.sub("", text) if any(sign in text for sign in _SIGNS) else text
