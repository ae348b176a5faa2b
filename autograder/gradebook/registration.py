"""Enters an assignment into the gradebook when ``nbgrader autograde`` meets it for the first time."""

from __future__ import annotations

from pathlib import Path


def register_built(*, assignment: str, db_url: str, release: Path, **_: object) -> None:
    """Enter a built assignment into the gradebook if it is not there, as ``nbgrader generate_assignment`` does.

    nbgrader calls this before each submission, with more than is wanted.
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
