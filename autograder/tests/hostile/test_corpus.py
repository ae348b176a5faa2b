"""Over two hundred hostile programs are handed in with honest ones: each gets what it earns, and nobody notices."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.tests import here
from autograder.tests.gradebook.laid_out import hand_in, lay_out
from autograder.tests.hostile.nobody import NOBODY, become_nobody
from autograder.tests.hostile.pages import faults
from autograder.tests.hostile.programs import EARNS, FAMILIES, RIGHT, Program, programs

pytestmark = pytest.mark.timeout(900)  # half a minute of work, and as much of waiting; more on a busy machine
LEVELS = ("bubblewrap", "landlock", "seccomp")
SECRETS = ("secret", "suite", "other", "database", "environment", "open file")
EVERY = 12  # so many hostile submissions stand between two honest ones
SAME_FOR_ALL = """\
import locale, os, random, sys, warnings
import numpy as np
seen = [np.random.rand(), random.random(), np.asarray([2, 1]).tolist(), sorted(os.environ), locale.getlocale()]
print(seen, len(sys.path), len(sys.meta_path), np.geterr(), len(warnings.filters), os.umask(0o22), id(3) < id(4))
"""
LEFT = "zm_left"  # how files are called that programs of the corpus try to leave


@dataclass(frozen=True)
class Attacked:
    """A class that was graded with the whole corpus in it."""

    root: Path
    programs: list[Program]
    secrets: dict[str, str]
    said: dict[str, Any]
    before: dict[str, str]

    def outcomes(self, *families: str) -> dict[str, float]:
        """Return the marks of hostile programs that are not what their family earns."""
        mine = [program for program in self.programs if program.family in families]
        scores = {f"{p.student}: {p.name}": (self.said["scores"].get(p.student), EARNS[p.family]) for p in mine}
        return {name: score for name, (score, earns) in scores.items() if score != earns}

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield by student all that came of a submission: record, graded notebook and page."""
        for student, record in self.said["records"].items():
            graded = self.root / "class" / "autograded" / student / "small" / "small.ipynb"
            page = self.root / "class" / "feedback" / student / "small" / "small.html"
            yield student, "".join([json.dumps(record), graded.read_text(), page.read_text()])


def _runs() -> list[tuple[str, str]]:
    """Return levels and users: the strongest at a desk; in CI all, and as root also as a user who is nobody."""
    if not here.ci():
        return [(here.strongest(), "this user")]
    users = ["this user", "nobody"] if os.geteuid() == 0 else ["this user"]
    return [(level, user) for level in LEVELS for user in users]


def _hand_in_all(root: Path, words: dict[str, str]) -> list[Program]:
    """Lay out the course and hand in the corpus, an honest submission every now and then, and one with a secret."""
    release = lay_out(root, remark=words["suite"])
    (root / "secret").write_text(words["secret"])
    (root / "held").mkdir()
    (root / "held" / words["open file"]).touch()
    other = hand_in(root / "class", "other", release, RIGHT, own=f"# {words['other']}")
    paths = {"SECRET": root / "secret", "SUITE": root / "suites" / "small" / "test_double.py", "OTHER": other}
    found = programs({**{k: str(v) for k, v in paths.items()}, "DATABASE": str(root / "class" / "gradebook.db")})
    for number, program in enumerate(found):
        answers, own = program.answers()
        hand_in(root / "class", program.student, release, answers, own)
        if number % EVERY == 0:
            hand_in(root / "class", f"{program.student}-honest", release, RIGHT, SAME_FOR_ALL)
    hand_in(root / "class", "zz-honest", release, RIGHT, SAME_FOR_ALL)
    return found


def _digests(root: Path) -> dict[str, str]:
    """Return what every file that is there before grading holds, and may still hold afterwards."""
    files = [path for path in root.rglob("*") if path.is_file() and path.name != "gradebook.db"]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module", params=_runs(), ids=" as ".join)
def attacked(request: pytest.FixtureRequest) -> Iterator[Attacked]:
    """Grade the class at a level, as a user."""
    level, user = request.param
    here.need(level)
    words = {name: f"canary{secrets.token_hex(8)}" for name in SECRETS}
    root = Path(tempfile.mkdtemp(prefix="attacked-"))
    found = _hand_in_all(root, words)
    for path in (root, *root.rglob("*")) if user == "nobody" else ():
        os.chown(path, NOBODY, NOBODY)
    reached = [*map(Path, (sys.prefix, sys.base_prefix)), Path(__file__).parents[3], root]
    become = partial(become_nobody, reached) if user == "nobody" else None
    before = _digests(root)
    environment = {"PATH": os.defpath, "HOME": str(root), "WORD": words["environment"], "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "autograder.tests.hostile.attacked", str(root), level, words["database"]]
    options: dict[str, Any] = {"cwd": "/", "env": environment, "capture_output": True, "text": True, "timeout": 800}
    try:
        done = subprocess.run(command, preexec_fn=become, **options)
    except subprocess.SubprocessError as error:
        if "preexec_fn" not in str(error):
            raise
        here.missing(f"The corpus cannot be run as an ordinary user: folders above {reached[2]} are closed to others.")
    assert done.returncode == 0, done.stderr[-3000:]
    yield Attacked(root, found, words, json.loads(done.stdout), before)
    shutil.rmtree(root, ignore_errors=True)


def test_the_corpus_is_large_and_in_families() -> None:
    """There are at least 120 programs, some of each family, and no two are alike."""
    found = programs({})
    assert len(found) >= 120
    assert {program.family for program in found} == set(FAMILIES)
    assert len({program.code for program in found}) == len({program.name for program in found}) == len(found)


def test_the_run_goes_through(attacked: Attacked) -> None:
    """Everybody is graded and has a page, no mark is held by a fault of ours, and the level is on record."""
    summary = attacked.said["summary"]
    assert (summary["stopped"], summary["held"], summary["left"], attacked.said["unwritten"]) == ("", [], 0, {})
    assert len(attacked.said["scores"]) == len(list((attacked.root / "class" / "submitted").iterdir()))
    (level,) = {record["isolation"] for record in attacked.said["records"].values()}
    assert f"Isolation while grading: {level}" in (attacked.root / "class" / "reports" / "small.html").read_text()


def test_nothing_is_earned_without_an_answer(attacked: Attacked) -> None:
    """Neither a forged result nor a changed library makes a point."""
    assert attacked.outcomes("forging", "corrupting") == {}


def test_nothing_is_lost_but_what_is_broken(attacked: Attacked) -> None:
    """Right answers keep their marks beside a cell that reads, shows or breaks; only the broken exercise is lost."""
    assert attacked.outcomes("leaking", "showing", "breaking") == {}


def test_nobody_else_notices(attacked: Attacked) -> None:
    """Honest submissions between the hostile ones have all marks, and see one and the same world."""
    honest = [student for student in attacked.said["scores"] if student.endswith("honest")]
    assert len(honest) > 10
    assert {student: attacked.said["scores"][student] for student in honest} == dict.fromkeys(honest, 6.0)
    seen = set()
    for student in honest:
        graded = attacked.root / "class" / "autograded" / student / "small" / "small.ipynb"
        (own,) = [cell for cell in nbformat.read(graded, 4).cells if cell.source.strip() == SAME_FOR_ALL.strip()]
        seen.add(own.outputs[0].text)
    assert len(seen) == 1, seen


def test_no_byte_is_read(attacked: Attacked) -> None:
    """The words in a file, a suite, another's notebook, the database, the environment and a name come out nowhere."""
    leaks = [
        (student, name)
        for student, text in attacked.texts()
        for name, word in attacked.secrets.items()
        if word in text and (student, name) != ("other", "other")
    ]
    assert leaks == []


def test_the_machine_is_unharmed(attacked: Attacked) -> None:
    """No file is changed, made or gone, and no process is left."""
    after = _digests(attacked.root)
    assert {path: after.get(path) for path in attacked.before} == attacked.before
    assert attacked.said["left"] == []
    places = [*map(Path, ("/", "/tmp", "/dev/shm", *sys.path)), attacked.root, *Path("/tmp").glob("zeromean-*")]
    assert [path for place in places if place.is_dir() for path in place.glob(f"*{LEFT}*")] == []


def test_pages_are_harmless(attacked: Attacked) -> None:
    """Nothing on a page of feedback or in the report acts, fetches, or moves a terminal."""
    pages = [*(attacked.root / "class").glob("feedback/*/small/small.html"), attacked.root / "class/reports/small.html"]
    wrong = {path.parts[-3]: faults(path.read_text(encoding="utf-8")) for path in pages}
    assert len(wrong) > 200
    assert {student: found for student, found in wrong.items() if found} == {}
