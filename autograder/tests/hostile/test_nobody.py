"""The ordinary user of the corpus is one, and reaches the project wherever it lies."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from autograder.tests.hostile.nobody import NOBODY, become_nobody


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_nobody_reaches_what_is_meant_and_nothing_else(tmp_path: Path) -> None:
    """Below a folder that is closed to others, the project can be read, and what lies beside it cannot."""
    for name in ("project", "python", "beside"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(f"{name}\n")
    tmp_path.chmod(0o700)
    asked = ["/bin/sh", "-c", 'id -u; cat "$0"/*/file; cat "$0/beside/file" || ls "$0"', str(tmp_path)]
    paths = [tmp_path / "project", tmp_path / "python", Path("/usr/bin")]
    done = subprocess.run(asked, preexec_fn=lambda: become_nobody(paths), capture_output=True, text=True)
    assert done.stdout == f"{NOBODY}\nproject\npython\nproject\npython\n"
    assert (tmp_path / "beside" / "file").read_text() == "beside\n"
