"""What holds for every lecture: it fits a screen, asks before it shows, and its words are for those who were not there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

LECTURES = Path(__file__).parents[3] / "lectures"
Cells = tuple[Any, ...]
DEMO = re.compile(r"^\w+\.demo\(\)", re.MULTILINE)
NOTES = ("minutes", "**Ask", "**Move", "**Say")
# Documents that the lectures discuss, by the name that a short reference has; each is introduced by its title.
DOCUMENTS = {
    "Arpit": "Normalization techniques",
    "Huang": "Normalization techniques\nin training of deep neural networks",
    "Xuming He": "CNNs II",
    "Training neural networks, part I": "no author named",
}
INSIDERS = re.compile(r"\b(?:quiz \d+|lecture \d+'s|lecture [2-9]\b(?! of)|the seeds?\b)", re.IGNORECASE)


def slide(cell: Any) -> str:
    """Return the slide type of a cell."""
    return str(cell.metadata.get("slideshow", {}).get("slide_type", "-"))


def tags(cell: Any) -> list[str]:
    """Return the tags of a cell."""
    return list(cell.metadata.get("tags", []))


def slides(cells: Cells) -> list[list[Any]]:
    """Return the cells of each slide."""
    found: list[list[Any]] = []
    for cell in cells:
        if slide(cell) in ("slide", "subslide") or not found:
            found.append([])
        if slide(cell) != "skip":
            found[-1].append(cell)
    return found


def is_demo(cell: Any) -> bool:
    """Tell whether a cell shows a demo."""
    return cell.cell_type == "code" and bool(DEMO.search(cell.source))


def test_every_cell_fits_on_a_screen(cells: Cells) -> None:
    """A cell has 24 lines at most, and lines of code 88 characters; one that only draws is hidden, and has 40."""
    for cell in cells:
        hidden, lines = "hide-input" in tags(cell), cell.source.splitlines()
        assert len(lines) <= (40 if hidden else 24), cell.source[:200]
        assert cell.cell_type == "markdown" or max(map(len, lines)) <= (120 if hidden else 88), cell.source[:200]


def test_what_is_shown_is_a_table_a_figure_or_a_demo(cells: Cells) -> None:
    """Nothing is printed: a printed dictionary cannot be read from the last row."""
    for cell in cells:
        assert cell.cell_type == "markdown" or not re.search(r"^\s*print\(", cell.source, re.MULTILINE), cell.source


def test_a_demo_s_slide_has_words_notes_and_a_look_back(cells: Cells) -> None:
    """On one slide stand a few words, the demo, which asks, and what was to be seen; the notes say what to do."""
    for shown in slides(cells):
        places = [at for at, cell in enumerate(shown) if is_demo(cell)]
        if not places:
            continue
        assert len(places) == 1, "one demo a slide"
        before, after = shown[: places[0]], shown[places[0] + 1 :]
        words = [cell.source for cell in before if cell.cell_type == "markdown" and slide(cell) != "notes"]
        assert words, "say what the demo is about"
        assert "**Predict" not in "".join(words), f"the demo asks its question itself: {shown[0].source}"
        answers = [c for c in after if "answer" in tags(c) and slide(c) == "fragment"]
        assert any("What you should have seen" in cell.source for cell in answers), shown[0].source
        notes = "".join(cell.source for cell in shown if slide(cell) == "notes")
        assert [word for word in NOTES if word not in notes] == [], shown[0].source


def test_no_prediction_is_spoiled(cells: Cells) -> None:
    """What answers a question is tagged, appears on a click or in no slide, and is folded where code shows it."""
    for cell in cells:
        if "answer" in tags(cell):
            assert slide(cell) in ("fragment", "skip"), cell.source
            if re.search(r"^(Table|show)\(", cell.source, re.MULTILINE):
                assert "fold=True" in cell.source, cell.source
        else:
            assert "fold=True" not in cell.source, f"tag it `answer`: {cell.source}"
            assert "What you should have seen" not in cell.source, f"tag it `answer`: {cell.source}"


def test_after_a_prediction_an_answer(cells: Cells) -> None:
    """Whoever was asked to predict finds an answer, and nothing else is displayed before it."""
    for at, cell in enumerate(cells):
        if cell.cell_type == "markdown" and "**Predict" in cell.source:
            shown = [c for c in cells[at + 1 :] if "answer" in tags(c) or is_demo(c) or _displays(c)]
            assert shown, cell.source
            assert "answer" in tags(shown[0]) or is_demo(shown[0]), cell.source


def _displays(cell: Any) -> bool:
    return cell.cell_type == "code" and bool(re.search(r"^(Table|show)\(", cell.source, re.MULTILINE))


def test_every_column_of_a_table_has_a_name(cells: Cells) -> None:
    """Who hears a table hears the names of its columns: none is empty, in words or in code."""
    for cell in cells:
        heads = re.findall(r"^(\|.*\|)\n\|[-:| ]+\|$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else []
        for head in heads:
            assert all(name.strip() for name in head.strip("|").split("|")), head
        assert not re.search(r"Table\(\s*\[\s*\"\"", cell.source), cell.source


def test_section_slides_make_a_claim(cells: Cells) -> None:
    """The heading of a numbered section says something: it has four words or more."""
    heads = [m[1] for c in cells for m in re.finditer(r"^## \d+ · (.+)$", c.source, re.MULTILINE)]
    assert all(len(head.split()) >= 4 for head in heads), heads


def test_documents_are_introduced_before_they_are_cited(cells: Cells) -> None:
    """At its first mention, a document that the reader does not have is named with its title."""
    texts = [cell.source for cell in cells if cell.cell_type == "markdown" and slide(cell) != "notes"]
    for author, title in DOCUMENTS.items():
        first = next((text for text in texts if re.search(rf"(?<![\w-]){author}\b", text)), None)
        assert first is None or " ".join(title.split()) in " ".join(first.split()), f"{author} in: {first}"


def test_no_words_of_insiders(cells: Cells) -> None:
    """Nobody needs to know numbers of quizzes, or that another course's lecture 7 is not L7."""
    for cell in cells:
        assert not INSIDERS.search(cell.source), cell.source


def test_links_to_the_course_lead_somewhere(cells: Cells) -> None:
    """Each relative link of a lecture is a file of the repository; at least one leads to another notebook."""
    found = [m[1] for c in cells for m in re.finditer(r"\]\((?!https?:|#)([^)]+)\)", c.source)]
    assert found
    for link in found:
        assert (LECTURES / "any" / link).resolve().is_file(), link


@pytest.mark.parametrize("name", [path.parent.name for path in sorted(LECTURES.glob("*/*.py"))])
def test_somebody_vouches_for_its_numbers(name: str) -> None:
    """Each lecture has a test of its own, in which all its cells run and what its text says is compared with them."""
    path = Path(__file__).with_name(f"test_{name}.py")
    assert path.is_file(), f"Nobody vouches for what {name} says. Write {path}"
    assert "(lecture: dict[str, Any]" in path.read_text(encoding="utf-8"), f"{path} never runs the lecture"
