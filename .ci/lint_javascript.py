"""Lints the JavaScript: lines of at most 120 characters, no name undeclared or unused, and what Biome recommends.

Biome comes from npm, once and in one version, into build/. Without it the rest is looked at, and that is said; where
CI=true it fails. The stage's files become one module when a page is made, so they are linted as one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from zeromean.stage import export

ROOT = Path(__file__).resolve().parents[1]
VERSION = "2.6.8"
HOME = ROOT / "build" / f"biome-{VERSION}"
BIOME = HOME / "node_modules" / ".bin" / "biome"
BESIDE = (ROOT / "autograder" / "tests" / "browser" / "latency.js",)  # in no module of the stage
WIDTH = 120
Line = tuple[Path, int]


def module() -> tuple[str, list[Line]]:
    """Return the stage's module, and for each of its lines the file and line that it comes from."""
    paths = [Path(export.__file__).with_name(f"{name}.js") for name in export._PARTS]
    origins = [(path, n) for path in paths for n in range(1, len(path.read_text("utf-8").split("\n")) + 1)]
    return export.SCRIPT, origins


def alone(path: Path) -> tuple[str, list[Line]]:
    """Return a script that stands alone, as a module that gives away what it defines, and its lines."""
    text = path.read_text("utf-8").replace("\nfunction ", "\nexport function ")
    return text, [(path, n) for n in range(1, text.count("\n") + 2)]


def too_long(path: Path) -> Iterator[str]:
    """Yield a sentence for each line that does not fit."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if len(line) > WIDTH:
            yield f"{path.relative_to(ROOT)}:{number}: the line has {len(line)} characters; {WIDTH} fit."


def biome() -> str:
    """Fetch Biome where it is not there; return why it cannot be had, or nothing."""
    if BIOME.exists():
        return ""
    npm = shutil.which("npm")
    if npm is None:
        return "there is no npm. Install Node.js (`apt install nodejs npm`)."
    options = ["--silent", "--no-audit", "--no-fund", "--no-save", "--prefix", str(HOME)]
    try:
        subprocess.run([npm, "install", *options, f"@biomejs/biome@{VERSION}"], check=True, timeout=120, cwd=ROOT)
    except (subprocess.SubprocessError, OSError) as error:
        return f"npm could not fetch Biome {VERSION} ({type(error).__name__})."
    return ""


def complaints(text: str, origins: list[Line]) -> Iterator[str]:
    """Yield what Biome says about a text, at the lines that its lines come from."""
    joined = HOME / "stage.js"
    joined.write_text(text, encoding="utf-8")
    command = [str(BIOME), "lint", "--reporter=json", "--max-diagnostics=none", str(joined)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    for each in json.loads(done.stdout)["diagnostics"]:
        path, line = origins[each["location"]["start"]["line"] - 1]
        yield f"{path.relative_to(ROOT)}:{line}: {each['category']}: {each['message']}"


def main() -> int:
    """Print every complaint; return the exit code."""
    text, origins = module()
    found = [sentence for path in [*dict(origins), *BESIDE] for sentence in too_long(path)]
    missing = biome()
    if missing:
        print(f"The JavaScript is only half linted: {missing}", file=sys.stderr)
    else:
        for piece, lines in [(text, origins), *map(alone, BESIDE)]:
            found += complaints(piece, lines)
    print("\n".join(found), end="\n" if found else "")
    return int(bool(found) or (bool(missing) and os.environ.get("CI") == "true"))


if __name__ == "__main__":
    sys.exit(main())
