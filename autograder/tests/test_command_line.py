"""Every command of `autograder`, on a course of one exercise; every way to use one wrongly ends in one sentence."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from sqlalchemy.exc import OperationalError

from autograder import __main__ as command_line
from autograder.authoring import build as building
from autograder.authoring import course
from autograder.gradebook import ledger
from autograder.gradebook.records import Records
from autograder.judge import mutation
from autograder.reports import gallery, lecture
from autograder.sample import bench, run
from autograder.sandbox import isolation

pytestmark = pytest.mark.slow

ROOT = course.ROOT
FILES = {
    "solutions/a1_tiny/a1_tiny.py": '''\
# %% [markdown]
# # A tiny assignment

# %%
import numpy as np

# %% exercise="double" points=2
def double(x):
    """Return twice `x`."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% check="double"
check(double)
''',
    "autograder/suites/a1_tiny/test_double.py": '''\
import numpy as np
from autograder.suite import expect_close, expect_dtype, misconception, points, variant

@points(1, visible=True)
def test_doubles(student, reference, rng):
    """doubles a few numbers"""
    x = rng.standard_normal(3)
    expect_close(student.double(x), reference.double(x))

@points(1)
def test_float32(student, rng):
    """float32 stays float32"""
    expect_dtype(student.double(rng.standard_normal(3).astype(np.float32)), np.float32)

@misconception("double", hint="You add two.")
def added(x):
    return x + 2

@misconception("double", hint="Which line changes the dtype?")
def promoted(x):
    return 2 * x.astype(float)

@variant("double")
def adds_itself(x):
    return x + x

@variant("double")
def takes_half_away(x):
    return x / 0.5
''',
    "lectures/01_tiny/01_tiny.py": "# %% [markdown]\n# # A tiny lecture\n\n# %%\n1 + 1\n",
}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Put a course of one exercise and one lecture, built, in the place of the real one."""
    root = tmp_path_factory.mktemp("tiny")
    with pytest.MonkeyPatch.context() as patch:
        move_in(root, FILES, patch)
        building.build_all(root)
        yield root


def move_in(root: Path, files: Mapping[str, str], patch: pytest.MonkeyPatch) -> None:
    """Write a course below `root` and put it in the place of the real one."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True)
        (root / name).write_text(text)
    places = {"ROOT": "", "SOLUTIONS": "solutions", "LECTURES": "lectures", "SUITES": "autograder/suites"}
    for name, below in places.items():
        patch.setattr(course, name, root / below)


@pytest.fixture
def folder(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the class folder, with one right submission."""
    for name in ("ZEROMEAN_CLASS", "ZEROMEAN_DB"):
        monkeypatch.delenv(name, raising=False)
    there = tiny / "class" / "submitted" / "ann" / "a1_tiny"
    there.mkdir(parents=True)
    shutil.copy(tiny / "build" / "source" / "a1_tiny" / "a1_tiny.ipynb", there)
    yield tiny / "class"
    shutil.rmtree(tiny / "class")


def call(*arguments: str, code: int = 0) -> Result:
    """Run a command; it must end with the exit code `code`, and not by an error of Python's."""
    result = CliRunner().invoke(command_line.main, list(arguments))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def refused(*arguments: str, code: int) -> str:
    """Run a command that must be refused, with nothing on standard output; return its sentence."""
    result = call(*arguments, code=code)
    assert result.stdout == ""
    said = re.fullmatch(r"Error: (.*)\n", result.stderr)
    assert said, f"not one sentence: {result.stderr}"
    return said[1]


def test_help_names_every_command() -> None:
    """`--help` is the list of commands, and each has help of its own."""
    listed = call("--help").stdout
    for name in command_line.main.commands:
        assert re.search(rf"^  {name}  ", listed, re.MULTILINE), name
        assert call(name, "-h").stdout.startswith(f"Usage: main {name}")


def test_help_needs_none_of_the_rooms() -> None:
    """What a command needs is imported when it runs: `--help` loads no notebook library and no NumPy."""
    heavy = {"nbgrader", "nbformat", "nbconvert", "numpy", "jupytext", "jsonschema", "pytest", "sqlalchemy", "rich"}
    show = "import autograder.__main__, sys; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    assert heavy & set(done.stdout.split()) == set()


def test_ctrl_c_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a command is at, it ends with what to do, not with a traceback."""

    def stopped() -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr(course, "assignments", stopped)
    assert refused("suites", code=1) == "Stopped by Ctrl-C. Run the same command again to go on."


def test_levels_are_those_of_the_sandbox() -> None:
    """`--isolation` offers what there is, strongest first."""
    assert tuple(level.name for level in isolation.LEVELS) == command_line.LEVELS


def test_build_and_check(tiny: Path, tmp_path: Path) -> None:
    """`build` writes what `build --check` then finds unchanged; a changed file is named."""
    assert call("build").stdout == "Built a1_tiny and 1 lectures.\n"
    assert call("build", "--check").output == ""
    notebook = tiny / "lectures" / "01_tiny" / "01_tiny.ipynb"
    notebook.write_text("{}")
    said = call("build", "--check", code=1).stderr
    assert said == "lectures/01_tiny/01_tiny.ipynb is not what its source makes. Run `make build` and commit it.\n"
    call("build")


def test_build_one(tiny: Path) -> None:
    """A lecture or an assignment is built by itself; a name that neither has is told with those there are."""
    notebook = tiny / "lectures" / "01_tiny" / "01_tiny.ipynb"
    notebook.unlink()
    assert call("build", "01_tiny", "a1_tiny").stdout == "Built 01_tiny.\nBuilt a1_tiny.\n"
    assert notebook.is_file()
    said = refused("build", "a1_tinny", code=2)
    assert said == "There is no assignment or lecture 'a1_tinny'. Did you mean a1_tiny or 01_tiny?"
    said = refused("build", "01_tiny", "--check", code=2)
    assert said == "--check looks at everything that is generated. Leave the names out."


def test_suites(tiny: Path) -> None:
    """The kill table is printed, as words or as data."""
    assert "added" in call("suites").stdout
    assert list(json.loads(call("suites", "a1_tiny", "--json").stdout)["exercises"]) == ["double"]
    assert "double: 2 of 2 misconceptions caught" in call("suites", "a1_tiny", "double").stdout
    said = refused("suites", "a1_tiny", "doubel", code=2)
    assert said == refused("suites", "--diagnosis", "a1_tiny", "doubel", code=2)
    assert said == "There is no exercise 'doubel' in a1_tiny. Did you mean double?"


def test_luck(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Right programs are tried with as many random numbers as are asked for; one that luck rejects is named."""
    assert call("suites", "--seeds", "3").stdout == "double: 3 right programs pass with 3 seeds.\n"
    monkeypatch.setattr(mutation, "matters_of_luck", lambda judge, suite, seeds: [f"added is rejected {len(seeds)}"])
    assert call("suites", "a1_tiny", "double", "--seeds", "3", code=1).stdout == "double: added is rejected 3\n"
    found = json.loads(call("suites", "a1_tiny", "--seeds", "3", "--json", code=1).stdout)
    assert found == {"seeds": 3, "exercises": {"double": ["added is rejected 3"]}}
    said = refused("suites", "--seeds", "3", "--diagnosis", code=2)
    assert said == "--diagnosis and --seeds are two questions. Ask them one after the other."


def test_bench_measures_one_thing() -> None:
    """A large class and a cluster are measured one after the other."""
    said = refused("bench", "--load", "2", "--cluster", code=2)
    assert said == "--load and --cluster measure two things. Give one of them."


def test_diagnosis(tiny: Path) -> None:
    """How well suites diagnose is printed, as words or as data."""
    assert "in all" in call("suites", "--diagnosis").stdout
    found = json.loads(call("suites", "--diagnosis", "a1_tiny", "double", "--json").stdout)
    assert found["in all"]["rejected"] == found["exercises"]["double"]["wrong"] > 0


def test_grade_feedback_report(folder: Path) -> None:
    """The three commands of an instructor, one after another; the outcome as words and as data."""
    said = call("grade", "a1_tiny", "--jobs", "1").stdout
    assert said.strip().splitlines()[-1].startswith("a1_tiny: 1 graded, 0 unchanged, in ")
    again = json.loads(call("grade", "a1_tiny", "--json", "--student", "ann").stdout)
    assert (again["graded"], again["unchanged"], again["mean"]) == (0, 1, 2.0)
    assert call("feedback", "a1_tiny").stdout == f"Wrote 1 pages of feedback into {folder}/feedback.\n"
    assert call("report", "a1_tiny").stdout == f"Open {folder}/reports/a1_tiny.html\n"
    assert (folder / "reports" / "a1_tiny.html").is_file()


def test_explain_and_replay(folder: Path) -> None:
    """Why a mark is what it is, and that it comes out the same; as words and as data, of one exercise or of all."""
    call("grade", "a1_tiny", "--jobs", "1")
    assert call("explain", "ann", "double").stdout.startswith("ann, double (a1_tiny): 2 of 2 marks\n")
    told = json.loads(call("explain", "ann", "double", "--assignment", "a1_tiny", "--json").stdout)
    assert (told["score"], told["changed_since"], told["origin"]["seed"]) == (2.0, [], 0)
    assert call("replay", "ann").stdout == "ann, a1_tiny: the same.\n"
    found = json.loads(call("replay", "ann", "double", "--json").stdout)
    assert found["same"] is True
    with Records(f"sqlite:///{folder}/gradebook.db") as records:
        record = records.load("a1_tiny", "ann")
        assert record is not None
        (one,) = record.exercises
        wrong = replace(one, checks=tuple(replace(check, outcome="failed") for check in one.checks))
        records.save(replace(record, exercises=(wrong,)))
    said = call("replay", "ann", code=1).stdout
    assert said.startswith("ann, a1_tiny: different.\ndouble: 0 of 2 marks then, 2 of 2 marks now.\n")
    assert json.loads(call("replay", "ann", "--json", code=1).stdout)["same"] is False


def test_explain_and_replay_of_what_is_not_there(folder: Path) -> None:
    """No gradebook, an unknown student, exercise or assignment: one sentence each."""
    step = "Run `autograder grade <assignment>` first."
    assert refused("replay", "ann", code=2) == f"There is no gradebook {folder}/gradebook.db yet. {step}"
    call("grade", "a1_tiny", "--jobs", "1")
    assert refused("explain", "ann", "doubel", code=2) == "There is no exercise 'doubel'. Did you mean double?"
    assert refused("explain", "anne", "double", code=2).endswith("by anne is graded. Did you mean ann?")
    assert refused("replay", "anne", "--assignment", "a1_tyni", code=2).endswith("Did you mean a1_tiny?")
    assert refused("replay", "anne", code=2).startswith("Nothing of 'anne' is graded yet. Is the name that of a fol")


def test_a_folder_that_was_renamed_is_named(folder: Path) -> None:
    """Who handed in under nearly the right name is told to the instructor, not passed over."""
    shutil.copytree(folder / "submitted" / "ann" / "a1_tiny", folder / "submitted" / "bob" / "A1 tiny")
    result = call("grade", "a1_tiny", "--json", "--jobs", "1")
    assert json.loads(result.stdout)["graded"] == 1
    bob = folder / "submitted" / "bob"
    assert result.stderr == f"{bob}/A1 tiny is not graded: it should be {bob}/a1_tiny.\n"


def test_a_file_in_the_place_of_a_folder_is_named(folder: Path) -> None:
    """What a file blocks is told with the file: a submission, graded notebooks, reports."""
    (folder / "submitted" / "bob").mkdir()
    bob = folder / "submitted" / "bob" / "a1_tiny"
    bob.write_text("my answers")
    said = f"{bob} is not graded: it should be {bob}/.\n"
    assert call("grade", "a1_tiny", "--jobs", "1").stderr == said
    for name, command in {"autograded": "grade", "reports": "report"}.items():
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).write_text("")
        said = refused(command, "a1_tiny", *["--force"] * (command == "grade"), code=1)
        assert said.startswith(
            f"{folder / name}: File exists. A folder should be there; move what is in its place away,"
        )


def test_a_name_that_cannot_be_written_stops_nobody(folder: Path) -> None:
    """A folder whose name an archive left in another encoding is named; all others are graded."""
    shutil.copytree(os.fsencode(folder / "submitted" / "ann"), os.fsencode(folder / "submitted") + b"/M\xfcller")
    result = call("grade", "a1_tiny", "--json", "--jobs", "1")
    assert json.loads(result.stdout)["graded"] == 1
    named = folder / "submitted" / r"M\udcfcller"
    assert result.stderr == f"{named} is not graded: its name is not written in UTF-8. Rename it.\n"


def test_site(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lectures and assignments are written, and the page that leads to them is named."""
    monkeypatch.setattr(gallery, "modules", lambda: iter(()))
    folder = tiny / "build" / "site"
    assert call("site").stdout == f"Open {folder.as_uri()}/index.html\n"
    start = (folder / "index.html").read_text()
    for page in ("01_tiny.html", "a1_tiny.html", "a1_tiny.zip"):
        assert f'href="{page}"' in start
        assert (folder / page).is_file()


def test_sample_fails_when_a_mark_is_not_the_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code of `sample` says whether every mark is right, of the usual classes or of whole ones."""
    asked = []
    for right in (True, False):
        monkeypatch.setattr(run, "run", lambda console, *, whole, right=right: asked.append(whole) or right)
        call("sample", code=int(not right))
        call("sample", "--all", code=int(not right))
    assert asked == [False, True] * 2


def test_bench_prints_a_table_or_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures are printed with their ratios, or as data."""
    wall = {"stock_cli": 3800.0, "plugin_cli": 475.0, "bulk": 84.0, "floor": 80.0, "feedback": 40.0}
    figures = {f"{key}_ms": value for key, value in wall.items()} | {f"{key}_cpu_ms": 2 * wall[key] for key in wall}
    figures |= {"bulk_cpu_ms": 200.0, "stock_cli_stuck_s": 240.0, "bulk_stuck_s": 12.0}
    monkeypatch.setattr(bench, "run", lambda rounds, log: figures)
    printed = call("bench").stdout
    assert "1.05, 1.25" in printed
    assert "45.2, 38.0" in printed
    assert "12.0 s, 20 times as fast" in " ".join(printed.split())
    assert json.loads(call("bench", "--rounds", "1", "--json").stdout) == figures


def test_several_machines(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Dask the option says how to get it; with a number of processes too, it is unclear who should grade."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = refused("grade", "a1_tiny", "--json", "--scheduler", "tcp://127.0.0.1:8786", code=2)
    assert said.endswith("which is not installed. Get it: pip install -c constraints.txt -e '.[cluster]'.")
    said = refused("grade", "a1_tiny", "--jobs", "2", "--scheduler", "tcp://127.0.0.1:8786", code=2)
    assert said == "--jobs counts processes here, and the workers of --scheduler are elsewhere. Give one of them."


@pytest.mark.parametrize("system", ["darwin", "win32"])
@pytest.mark.parametrize("command", [["grade", "a1_tiny"], ["replay", "ann"], ["sample"], ["bench"]])
def test_grading_is_refused_elsewhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch, system: str, command: list[str]
) -> None:
    """On other systems whatever runs student code ends at the door, with what to do instead."""
    monkeypatch.setattr(sys, "platform", system)
    assert refused(*command, code=1) == (
        "Grading needs Linux, since the walls around student code are Linux's own. On Windows use WSL 2, on macOS a "
        f"virtual machine or a container with Linux; what students do needs neither. Got {system!r}."
    )


@pytest.mark.parametrize("missing", [["resource"], ["fcntl"]])
def test_the_door_needs_nothing_of_linux(folder: Path, missing: list[str]) -> None:
    """The sentence comes where modules that only Linux has cannot even be imported."""
    code = f"import sys, click\nsys.modules.update(dict.fromkeys({missing}))\nsys.platform = 'darwin'\n"
    code += "from autograder.__main__ import main\nmain(['grade', 'a1_tiny'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: Grading needs Linux, since")


# ---- wrong use -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["suites", "grade", "feedback", "report"])
def test_unknown_assignment(folder: Path, command: str) -> None:
    """A misspelt assignment comes with the near ones, any other with all."""
    assert refused(command, "a1_tyni", code=2) == "There is no assignment 'a1_tyni'. Did you mean a1_tiny?"
    assert refused(command, "report", code=2) == "There is no assignment 'report'. There are: a1_tiny."


@pytest.mark.parametrize("command", ["grade", "feedback", "report"])
def test_no_class_folder(tiny: Path, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a class folder, the message says where submissions go."""
    monkeypatch.setenv("ZEROMEAN_CLASS", "autumn")
    said = refused(command, "a1_tiny", code=2)
    assert said.startswith(f"There is no class folder {tiny}/autumn. Put submissions into {tiny}/autumn/submitted/<st")


def test_nothing_handed_in(folder: Path) -> None:
    """An empty class and an unknown student are told; so is a student with a near name."""
    assert "by anne in" in refused("grade", "a1_tiny", "--student", "anne", code=2)
    assert refused("grade", "a1_tiny", "--student", "anne", code=2).endswith("Did you mean ann?")
    shutil.rmtree(folder / "submitted")
    assert refused("grade", "a1_tiny", code=2).startswith("No submissions of a1_tiny in ")


@pytest.mark.parametrize("command", ["feedback", "report"])
def test_before_grading(folder: Path, command: str) -> None:
    """Before anything is graded, with and without a gradebook, the step to do first is named."""
    wanted = "Run `autograder grade a1_tiny` first."
    assert refused(command, "a1_tiny", code=2) == f"There is no gradebook {folder}/gradebook.db yet. {wanted}"
    with Records(f"sqlite:///{folder}/gradebook.db") as records:
        records.prepare()
    assert re.search(r"graded yet\. Run `autograder grade( a1_tiny)?` first\.$", refused(command, "a1_tiny", code=2))


@pytest.mark.parametrize(
    ("address", "code", "sentence"),
    [
        ("marks.db", 2, r"ZEROMEAN_DB needs an address such as sqlite:////home/me/marks\.db\. Got 'marks\.db'\."),
        ("oracles://x", 2, r"ZEROMEAN_DB needs an address .* Got 'oracles://x'\."),
        ("postgresql://me:secret@localhost/marks", 1, r".* needs the Python package 'psycopg2?'\. Install it\."),
        ("sqlite:////nowhere/marks.db", 1, r"The gradebook sqlite:////nowhere/marks\.db cannot be opened: .*\."),
    ],
)
def test_databases_that_are_not_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch, address: str, code: int, sentence: str
) -> None:
    """An address that is none, a driver that is missing, a place that is not there: no password is shown."""
    monkeypatch.setenv("ZEROMEAN_DB", address)
    said = refused("grade", "a1_tiny", code=code)
    assert re.fullmatch(sentence, said), said
    assert "secret" not in said


def test_a_class_folder_that_cannot_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever command meets it, the place, the reason and the remedy are named, and nothing is half written."""
    real = Path.mkdir

    def mkdir(path: Path, *args: Any, **kwargs: Any) -> None:
        for where, number in (("autograded", errno.EACCES), ("reports", errno.ENOSPC)):
            if path.is_relative_to(folder / where):
                raise OSError(number, os.strerror(number), str(path))
        real(path, *args, **kwargs)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    said = refused("grade", "a1_tiny", "--jobs", "1", "--json", code=1)
    remedy = "Permission denied. Make it readable and writable for you, and run the same command again."
    assert said == f"{folder}/autograded: {remedy}"
    assert not (folder / "autograded").exists()
    with Records(f"sqlite:///{folder}/gradebook.db") as records:
        assert records.load_all("a1_tiny") == {}


def test_a_gradebook_that_cannot_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that may only be read takes no marks, and says so; nothing is graded for nothing."""
    call("grade", "a1_tiny", "--jobs", "1")
    monkeypatch.setenv("ZEROMEAN_DB", f"sqlite:///file:{folder}/gradebook.db?mode=ro&uri=true")
    said = refused("grade", "a1_tiny", "--json", "--force", "--jobs", "1", code=1)
    remedy = "Make its file and its folder writable, and run the same command again."
    assert said == f"The gradebook: attempt to write a readonly database. {remedy}"


@pytest.mark.parametrize("command", ["grade", "feedback", "report"])
@pytest.mark.parametrize("what", ["no database", "of something else", "locked"])
def test_databases_that_are_no_gradebook(
    folder: Path, monkeypatch: pytest.MonkeyPatch, command: str, what: str
) -> None:
    """A file that is no database, another program's, or one that somebody else is writing, ends in a sentence."""
    monkeypatch.setenv("ZEROMEAN_DB", f"sqlite:///{folder}/other.db?timeout=0.2")
    path = folder / "other.db"
    if what == "no database":
        path.write_bytes(b"These are my marks.\n" * 100)
        assert refused(command, "a1_tiny", code=1).endswith(" cannot be opened: file is not a database.")
        return
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE student (name TEXT)")
        other.commit()
        if what == "locked":
            other.execute("BEGIN EXCLUSIVE")
        end = (
            "database is locked."
            if what == "locked"
            else "no gradebook of nbgrader's. Name another one in ZEROMEAN_DB."
        )
        assert refused(command, "a1_tiny", code=1).endswith(end)


@pytest.mark.slow
def test_a_gradebook_that_is_locked_in_the_middle(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else's lock ends a run in a sentence; run again, it goes on."""
    monkeypatch.setenv("ZEROMEAN_DB", f"sqlite:///{folder}/gradebook.db?timeout=0.2")

    def locked(*_: object) -> None:
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked"))

    with monkeypatch.context() as patch:
        patch.setattr(ledger.Ledger, "write", locked)
        said = refused("grade", "a1_tiny", "--json", "--jobs", "1", code=1)
    assert said.startswith("The gradebook: database is locked. Wait until nobody else writes to it")
    assert json.loads(call("grade", "a1_tiny", "--json", "--jobs", "1").stdout)["graded"] == 1


@pytest.mark.parametrize("below", ["", "submitted"])
def test_a_class_that_is_a_file(folder: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch, below: str) -> None:
    """A file in the place of a folder is no class."""
    monkeypatch.setenv("ZEROMEAN_CLASS", "spring")
    path = tiny / "spring" / below
    path.parent.mkdir(exist_ok=True)
    path.write_text("") if below else (tiny / "spring").write_text("")
    said = refused("grade", "a1_tiny", "--json", code=2)
    assert said.startswith("No submissions of a1_tiny in " if below else "There is no class folder ")
    shutil.rmtree(tiny / "spring") if below else (tiny / "spring").unlink()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["grade", "a1_tyni", "--json"], "There is no assignment 'a1_tyni'. Did you mean a1_tiny?"),
        (["grade", "a1_tiny", "--json", "--student", "anne"], "Did you mean ann?"),
        (["suites", "a1_tiny", "doubel", "--json"], "Did you mean double?"),
    ],
)
def test_refusals_of_data_are_sentences_too(folder: Path, arguments: list[str], sentence: str) -> None:
    """Who asked for data gets none, a sentence where errors go, and an exit code."""
    assert refused(*arguments, code=2).endswith(sentence)


def test_one_bad_hand_in_stops_nobody(folder: Path) -> None:
    """Files that are no notebooks, no files, no folders and no text are graded with the class, and named."""
    for student in ("bob", "cem", "dan", "eva"):
        (folder / "submitted" / student / "a1_tiny").mkdir(parents=True)
    (folder / "submitted" / "bob" / "a1_tiny" / "a1_tiny.ipynb").write_bytes(b"\xff\xfe\0")
    os.mkfifo(folder / "submitted" / "cem" / "a1_tiny" / "a1_tiny.ipynb")
    (folder / "submitted" / "dan" / "a1_tiny" / "a1_tiny.ipynb").mkdir()
    (folder / "submitted" / "eva" / "a1_tiny" / "timestamp.txt").write_bytes(b"\xff")
    (folder / "submitted" / "fay").write_text("my homework")
    summary = json.loads(call("grade", "a1_tiny", "--json", "--jobs", "1").stdout)
    assert (summary["graded"], summary["look_at"], summary["odd_times"]) == (5, ["bob", "cem", "dan", "eva"], ["eva"])
    assert call("feedback", "a1_tiny").stdout.startswith("Wrote 5 pages")
    call("report", "a1_tiny")
    page = (folder / "reports" / "a1_tiny.html").read_text()
    assert "The notebook could not be read" in page
    assert "The time in timestamp.txt could not be read" in page


def test_not_built(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An assignment that was never built is not graded against nothing."""
    release = course.ROOT / "build" / "release"
    release.rename(release.with_name("away"))
    try:
        assert refused("grade", "a1_tiny", code=2).endswith("a1_tiny.ipynb. Run `make build`.")
    finally:
        release.with_name("away").rename(release)


SOURCE, SUITE = "solutions/a1_tiny/a1_tiny.py", "autograder/suites/a1_tiny/test_double.py"
SPOILT = {
    "a source": (SOURCE, "points=2", "points=0", "a1_tiny, cell 3: exercise 'double' needs points=N with N > 0."),
    "a reference": (SOURCE, "import numpy as np", "import no_such_module", "No module named 'no_such_module'. Mend"),
    "a leak": (SOURCE, "# # A tiny", "# # adds_itself, a tiny", "the suite's name 'adds_itself'"),
    "a suite": (SUITE, "@points(1, visible=True)\n", "", "Put @points(weight) above it."),
    "a check": (SUITE, "reference.double(x))", "x)", "test_doubles fails with the reference"),
    "a proof": (SUITE, "return x / 0.5", "return x / 0.25", "takes_half_away is rejected by test_doubles"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_fault_in_the_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """What an author wrote wrongly ends the build with the sentence that names it."""
    name, before, after, sentence = SPOILT[what]
    assert before in FILES[name]
    move_in(tmp_path, FILES | {name: FILES[name].replace(before, after)}, monkeypatch)
    assert sentence in refused("build", code=1)


def test_a_sandbox_that_does_not_work(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A level that this machine has not got is refused in a sentence."""
    monkeypatch.setattr(isolation, "why_not", lambda level: "it was taken away.")
    said = refused("grade", "a1_tiny", "--isolation", "landlock", "--jobs", "1", "--json", code=1)
    assert said == "Isolation level 'landlock' does not work here: it was taken away."


def test_slides_without_npm(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without npm, slides are refused before a lecture is run."""
    monkeypatch.setattr(lecture, "run", lambda source: pytest.fail("the lecture was run"))
    monkeypatch.setenv("PATH", "")
    assert "Install Node.js, or take `make site`." in refused("site", "--slides", code=1)


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is nobody's slip but ours is not dressed up as one."""

    def fails(console: Console, *, whole: bool) -> bool:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(run, "run", fails)
    with pytest.raises(ZeroDivisionError, match="ours"):
        call("sample")


# ---- nbgrader's own commands ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_nbgrader_autograde_on_a_fresh_class(folder: Path, tiny: Path) -> None:
    """The command of docs/instructors.md works where nothing was prepared: no gradebook, nothing on the PATH."""
    patched = "".join(
        f"course.{name} = __import__('pathlib').Path({str(getattr(course, name))!r})\n"
        for name in ("ROOT", "SOLUTIONS", "SUITES")
    )
    config = (ROOT / "nbgrader_config.py").read_text().replace("from __future__ import annotations\n", "")
    (tiny / "nbgrader_config.py").write_text(f"from autograder.authoring import course\n{patched}{config}")
    environment = {**os.environ, "PATH": os.defpath}
    command = [sys.executable, "-m", "nbgrader", "autograde", "a1_tiny", "--student", "ann"]
    done = subprocess.run(command, cwd=tiny, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with Records(f"sqlite:///{folder}/gradebook.db") as records:
        assert records.load("a1_tiny", "ann").score == 2.0
