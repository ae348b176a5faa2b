"""Before ``nbgrader autograde`` grades a submission: it must know the assignment, and the notebook by its name."""

from __future__ import annotations

from pathlib import Path


def prepare(*, assignment: str, notebooks: list[str], db_url: str, release: Path, **_: object) -> None:
    """Enter a built assignment into the gradebook, and have one notebook graded, under the name that nbgrader knows.

    nbgrader calls this before each submission, with more than is wanted. It skips notebooks of other names; our first
    step looks for the answers in the folder, whatever the file is called.
    """
    from autograder.authoring import course  # here: the configuration of every command imports this
    from autograder.gradebook.grading import released
    from autograder.gradebook.ledger import register
    from autograder.gradebook.records import open_gradebook

    if assignment not in course.assignments():
        return  # one that the instructor made with nbgrader alone
    with open_gradebook(db_url) as gradebook:
        known = {found.name for found in gradebook.assignments if found.notebooks}
        if assignment not in known:
            register(gradebook, assignment, released(course.load(assignment), release))
    notebooks[:] = [str(Path(notebooks[0]).with_name(f"{assignment}.ipynb"))]
