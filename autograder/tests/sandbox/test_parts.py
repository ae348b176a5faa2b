"""What a few modules of a package need is found by reading, and nothing beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.sandbox import launch
from autograder.sandbox.parts import parts

FILES = {
    "__init__.py": "from package.checks import check",
    "checks/__init__.py": "",
    "checks/check.py": "import json\n\ndef later():\n    from ..words import say",
    "words.py": "",
    "nets/__init__.py": "",
    "nets/net.py": "import autodiff.numpy as np\nfrom package.nets import rules",
    "nets/rules.py": "",
    "pictures/__init__.py": "import pkgutil  # looks its modules up by name",
    "pictures/one.py": "",
    "data/numbers.csv": "1",
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Return the folder of a package."""
    for name, text in FILES.items():
        path = tmp_path / "package" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "package"


@pytest.mark.parametrize(
    ("modules", "more", "others"),
    [
        (["package"], [], {"json"}),
        (["package", "numpy"], [], {"json"}),
        (["package.nets.rules"], ["nets/__init__.py", "nets/rules.py"], {"json"}),
        (["package.nets.net"], ["nets/__init__.py", "nets/net.py", "nets/rules.py"], {"json", "autodiff"}),
        (["package.pictures"], ["pictures/__init__.py", "pictures/one.py"], {"json", "pkgutil"}),
    ],
)
def test_parts(package: Path, modules: list[str], more: list[str], others: set[str]) -> None:
    """Imports are followed, those inside functions and relative ones too; data comes along, other code does not."""
    always = ["__init__.py", "checks/__init__.py", "checks/check.py", "words.py", "data"]
    files, found = parts(package, modules)
    assert {path.relative_to(package).as_posix() for path in files} == {*always, *more}
    assert found == others


def test_where_too_much_would_have_to_be_listed_the_folder_stays(tmp_path: Path) -> None:
    """A library among a thousand files is not worth a thousand walls for each worker."""
    hidden = tmp_path / "autodiff"
    hidden.mkdir()
    for number in range(10):
        (tmp_path / f"{number}.so").touch()
    assert len(launch._without_all([tmp_path], [hidden])) == 10
    for number in range(launch.MOST_PATHS + 1):
        (tmp_path / f"{number}.so").touch()
    assert launch._without_all([tmp_path], [hidden]) == [tmp_path]
