"""What slides take from elsewhere: reveal.js, by its name and version, with a hash of what must arrive."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from markupsafe import Markup

from autograder.errors import CourseError

PACKAGE = "reveal.js@4.6.1"
SHA512 = "1CW0auaXNPmwmvQ7TwpszwVxMi2Xr5cTS3J3EBC/HHgbPF32Dn7aiu/LKWDOGjMbaDwKQiGmfqcoGQ74HUHCMw=="
FILES = ("dist/reveal.css", "dist/theme/white.css", "dist/reveal.js", "plugin/notes/notes.js")
_IMPORT = re.compile(r"^@import .*$", re.MULTILINE)  # of fonts, which are the system's here


def assets(folder: Path) -> dict[str, Markup]:
    """Return the text of reveal.js's files, fetched once from npm into `folder`.

    Raises
    ------
    CourseError
        If npm is missing, cannot fetch the package, or brings something else.
    """
    if not folder.is_dir():
        npm = shutil.which("npm")
        if npm is None:
            raise CourseError("Slides need reveal.js, and npm to fetch it. Install Node.js, or take `make site`.")
        with tempfile.TemporaryDirectory() as scratch:
            done = subprocess.run([npm, "pack", "--silent", PACKAGE], cwd=scratch, capture_output=True, text=True)
            if done.returncode:
                raise CourseError(f"npm could not fetch {PACKAGE}:\n{done.stderr.strip()}")
            unpack(next(Path(scratch).glob("*.tgz")), folder)
    texts = {name.rsplit("/", 1)[-1]: (folder / name).read_text("utf-8") for name in FILES}
    return {name: Markup(_IMPORT.sub("", text)) for name, text in texts.items()}  # noqa: S704 - the bytes we know


def unpack(archive: Path, folder: Path) -> None:
    """Take `FILES` out of the package into `folder`, if it is the one that we know."""
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != SHA512:
        raise CourseError(f"npm brought another {PACKAGE} than the one we know: sha512 {digest}. Nothing was unpacked.")
    with tarfile.open(archive) as files:
        found = {name: files.extractfile(f"package/{name}") for name in FILES}
        for name, file in found.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(file.read() if file else b"")
