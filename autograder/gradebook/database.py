"""The gradebook's address, as ZEROMEAN_DB gives it: refused in a sentence where nothing answers there."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from autograder.errors import CourseError, UsageError

_OURS = frozenset({"student", "assignment", "notebook", "grade", "comment"})


def checked(db_url: str, *, graded: str = "") -> str:
    """Return `db_url` if a gradebook is there, or can be made there; one that holds marks, if an assignment is named.

    Raises
    ------
    UsageError
        If the address is none, or nothing has been graded into it yet.
    CourseError
        If the database does not answer, or is something else.
    """
    try:
        url = make_url(db_url)
        engine = sa.create_engine(url)
    except (ArgumentError, NoSuchModuleError):
        raise UsageError(f"ZEROMEAN_DB needs an address such as sqlite:////home/me/marks.db. Got {db_url!r}.") from None
    except ModuleNotFoundError as error:
        raise CourseError(f"A database of this kind needs the Python package {error.name!r}. Install it.") from None
    if url.get_backend_name() == "sqlite" and graded and not Path(url.database or "").is_file():
        raise UsageError(f"There is no gradebook {url.database} yet. Run `autograder grade {graded}` first.")
    try:
        tables = set(sa.inspect(engine).get_table_names())
    except DBAPIError as error:
        raise CourseError(f"The gradebook {url!r} cannot be opened: {error.orig}.") from None
    finally:
        engine.dispose()
    if tables & _OURS and "alembic_version" not in tables:
        raise CourseError(f"The database {url!r} is no gradebook of nbgrader's. Name another one in ZEROMEAN_DB.")
    return db_url
