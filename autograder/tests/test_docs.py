"""What the documents say is there: commands, targets, numbers; and what is there is documented."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.__main__ import main
from autograder.authoring import course

ROOT = Path(__file__).resolve().parents[2]
PAGES = [page for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")) if ".ipynb_checkpoints" not in page.parts]
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in PAGES if path.name != "CHANGELOG.md")
TARGETS = set(re.findall(r"^([a-z]+):(?!=)", (ROOT / "Makefile").read_text(), re.MULTILINE))
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHANGES = [path for path in (ROOT / "docs" / "changes").glob("*.md") if path.name not in ("README.md", "template.md")]


def test_every_target_is_documented_and_every_one_named_exists() -> None:
    """`make help` lists what the Makefile can do; README and docs speak of each, and of no other."""
    named = set(re.findall(r"`make ([a-z]+)", TEXT)) | set(re.findall(r"^make ([a-z]+)", TEXT, re.MULTILINE))
    assert named - TARGETS == set(), "named, but not there"
    assert TARGETS - named == set(), "there, but not named"


def test_every_command_is_documented_and_every_one_named_exists() -> None:
    """Each command of `autograder` is in the documents, by itself or by the target that runs it."""
    named = set(re.findall(r"(?:`|bin/)autograder ([a-z]+)", TEXT))
    by_make = set(re.findall(r"\$\(BIN\)/autograder ([a-z]+)", (ROOT / "Makefile").read_text()))
    assert named - set(main.commands) == set(), "named, but not there"
    assert set(main.commands) - named - by_make == set(), "there, but not named"


def test_options_that_are_named_exist() -> None:
    """An option of `autograder grade` that the guide for instructors names can be given."""
    guide = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    known = {option for command in main.commands.values() for each in command.params for option in each.opts}
    of_nbgrader = {"--student", "--duedate"}
    assert set(re.findall(r"--[a-z]+", guide)) - known - of_nbgrader == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """A link to a file of ours is to one that is there."""
    prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\((?!https?:)([^)#\s]+)", prose):
        assert (page.parent / target).exists(), target


def _title(source: Path) -> str:
    return re.search(r"^# # (.+)$", source.read_text(encoding="utf-8"), re.MULTILINE)[1]


def test_the_readme_counts_right() -> None:
    """The table of what is in it has a row for every lecture and assignment, with their numbers."""
    rows = []
    for source in course.lectures():
        demos = source.read_text(encoding="utf-8").count(".demo()")
        rows.append(f"| [{_title(source)}](lectures/{source.stem}/) | {demos} demos | |")
    for name in course.assignments():
        one = course.load(name)
        graded, words = (sum(cell.points for cell in cells) for cells in (one.exercises, one.questions))
        what = f"{len(one.exercises)} exercises, {len(one.questions)} questions in words"
        title = _title(course.SOLUTIONS / name / f"{name}.py")
        rows.append(f"| [{title}](assignments/{name}/) | {what} | {graded:g} + {words:g} |")
    table = README.split("## What is in it so far")[1].split("##")[0]
    assert [line for line in table.splitlines() if line.startswith("| [")] == rows


def test_the_start_page_leads_to_every_notebook() -> None:
    """What `make lab` opens on has a link to each lecture and each assignment."""
    start = (ROOT / "docs" / "start.md").read_text(encoding="utf-8")
    notebooks = [f"lectures/{source.stem}/{source.stem}.ipynb" for source in course.lectures()]
    notebooks += [f"assignments/{name}/{name}.ipynb" for name in course.assignments()]
    assert [path for path in notebooks if f"(../{path})" not in start] == []


def test_every_change_is_one_sentence_of_a_known_kind() -> None:
    """A fragment is `<slug>.<course|grader|build>.md`, a single line that ends with its only full stop."""
    for path in CHANGES:
        assert re.fullmatch(r"[a-z0-9-]+\.(course|grader|build)\.md", path.name), path.name
        text = path.read_text(encoding="utf-8")
        assert re.fullmatch(r"\S.*\.\n?", text), f"{path.name}: one line that ends with a full stop"
        words = re.sub(r"`[^`]*`", "", text)
        assert not re.search(r"[.!?] [A-Z]", words), f"{path.name}: more than one sentence"


def test_the_changelog_can_be_made() -> None:
    """Each fragment gets its place, by kind, under the version."""
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "9.9.9"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "## 9.9.9 (" in made
    for path in CHANGES:
        kind = path.name.split(".")[-2]
        assert f"- {kind}: {path.read_text(encoding='utf-8').strip()}" in made
