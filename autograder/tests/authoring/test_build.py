"""What is generated is committed, fresh, and the same on every build."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from autograder.authoring import build, course
from autograder.authoring.judging import judge_for
from autograder.errors import CourseError
from autograder.sample.students import NAME

pytestmark = pytest.mark.slow  # everything is built


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder into which everything has just been built."""
    folder = tmp_path_factory.mktemp("fresh")
    build.build_all(folder)
    return folder


def test_what_is_committed_is_what_the_sources_make(fresh: Path) -> None:
    """Every generated file equals, byte for byte, a build made now; otherwise: `make build`, and commit."""
    assert build.stale(fresh) == []


def test_laid_out_is_what_was_built(tmp_path: Path) -> None:
    """The sample class starts from the very release that students have, though nothing is proved for it."""
    assignment = course.load(NAME)
    build.lay_out(assignment, judge_for(assignment), tmp_path)
    laid_out = tmp_path / "build" / "release" / NAME
    for path in (course.ROOT / "assignments" / NAME).iterdir():
        assert (laid_out / path.name).read_bytes() == path.read_bytes()


def test_what_was_never_built_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An assignment without the data of its visible checks cannot be laid out."""
    assignment = course.load(NAME)
    judge = judge_for(assignment)
    monkeypatch.setattr(course, "ROOT", tmp_path)
    with pytest.raises(CourseError, match=rf"{NAME} was never built: .* is not there. Run `make build`."):
        build.lay_out(assignment, judge, tmp_path)


def test_a_file_that_was_changed_by_hand_is_named(fresh: Path, tmp_path: Path) -> None:
    """A generated file that differs, and one that is missing, are both listed."""
    changed = tmp_path / "lectures" / "99_hand" / "99_hand.ipynb"
    changed.parent.mkdir(parents=True)
    changed.write_text("{}")
    listed = build.stale(fresh, tmp_path)
    assert "lectures/99_hand/99_hand.ipynb" in listed
    assert f"assignments/{NAME}/{NAME}.ipynb" in listed


def test_generated_notebooks_carry_the_course_s_kernel_and_no_outputs(fresh: Path) -> None:
    """A student on any machine gets the kernel called python3, and nothing that was run on ours."""
    for path in [*fresh.glob("assignments/*/*.ipynb"), *fresh.glob("lectures/*/*.ipynb")]:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert notebook.metadata.kernelspec.name == "python3"
        assert all(not cell.get("outputs") and not cell.get("execution_count") for cell in notebook.cells)


def test_students_get_the_probes_beside_the_notebook(fresh: Path) -> None:
    """The folder of an assignment holds the notebook and the data of its visible checks, and nothing else."""
    names = sorted(path.name for path in (fresh / "assignments" / NAME).iterdir())
    assert names == [f"{NAME}.checks.json", f"{NAME}.ipynb"]


def test_points_and_ids_survive_nbgrader(fresh: Path) -> None:
    """The release has every exercise and question of the source, with its marks where nbgrader reads them."""
    notebook = nbformat.read(fresh / "assignments" / NAME / f"{NAME}.ipynb", as_version=4)
    graded = [cell for cell in notebook.cells if cell.metadata.zeromean.kind in ("check", "question")]
    assignment = course.load(NAME)
    given = sorted((cell.id.removeprefix("check-"), cell.metadata.nbgrader.points) for cell in graded)
    assert given == sorted((cell.name, cell.points) for cell in (*assignment.exercises, *assignment.questions))
    assert [cell.id for cell in notebook.cells] == [cell.id for cell in course.load(NAME).cells]
