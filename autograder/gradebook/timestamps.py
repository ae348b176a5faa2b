"""Reads when something was handed in; a time that has not exactly one reading is told to the instructor."""

from __future__ import annotations

import codecs
import datetime as dt
import re
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

UNREAD = "The time in timestamp.txt"
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?"
    r"(?: ?(Z|UTC|GMT)| ?([+-])(\d\d):?(\d\d)| ([A-Z][a-z]+/[A-Z][A-Za-z_/-]+))?",
    re.IGNORECASE,
)
_FIRST_YEAR = 2015
_SHOWN = 40
LARGEST = 4096  # bytes of the file; a time has some thirty


def read_time(folder: Path) -> tuple[dt.datetime | None, str]:
    """Return the time in ``timestamp.txt`` of a folder, in UTC (None if there is none), and what is odd about it."""
    path = folder / "timestamp.txt"
    if path.is_symlink():
        return None, f"{UNREAD} is a link, which is not followed; the submission counts as in time."
    if not path.is_file():
        return None, ""
    try:
        with path.open("rb") as file:
            text = _decoded(file.read(LARGEST)).strip()
    except (OSError, ValueError):
        return None, f"{UNREAD} could not be read; the submission counts as in time."
    if not text:
        return None, f"{UNREAD} is missing: the file is blank; the submission counts as in time."
    found = _TIME.fullmatch(text)
    try:
        time = _utc(found) if found else None
    except (ValueError, OverflowError):
        time = None
    if found is None or time is None:
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."
        return None, f"{UNREAD} has no single reading; the submission counts as in time. Got {shown!r}."
    if not (found[8] or found[9] or found[12]):
        return time, f"{UNREAD} names no time zone; it was read as UTC. Got {text!r}."
    if time.year < _FIRST_YEAR or time > dt.datetime.now(dt.UTC).replace(tzinfo=None) + dt.timedelta(days=1):
        return time, f"{UNREAD} cannot be right; it was counted as it stands. Got {text!r}."
    return time, ""


def _decoded(raw: bytes) -> str:
    """Decode UTF-8 or, as Windows PowerShell writes it, UTF-16; with a byte order mark or without."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16")
    if b"\0" in raw[:2]:
        return raw.decode("utf-16-be" if raw[:1] == b"\0" else "utf-16-le")
    return raw.decode("utf-8-sig")


def _utc(found: re.Match[str]) -> dt.datetime:
    year, month, day, hour, minute, second = (int(found[group] or 0) for group in range(1, 7))
    time = dt.datetime(year, month, day, hour, minute, second, int((found[7] or "0").ljust(6, "0")))
    if found[12]:
        return _of_a_place(time, found[12])
    if not found[9]:
        return time
    hours, minutes = int(found[10]), int(found[11])
    if hours > 14 or minutes > 59:
        raise ValueError(f"There is no such time zone. Got {found[0]!r}.")
    return time - dt.timedelta(hours=hours, minutes=minutes) * (1 if found[9] == "+" else -1)


def _of_a_place(time: dt.datetime, place: str) -> dt.datetime:
    """Return the time of a place, such as Europe/Paris, in UTC; ValueError if its clocks showed it twice, or never."""
    try:
        first = time.replace(tzinfo=ZoneInfo(place))
    except (ZoneInfoNotFoundError, OSError):
        raise ValueError(f"There is no such time zone. Got {place!r}.") from None
    if first.utcoffset() != first.replace(fold=1).utcoffset():
        raise ValueError(f"The clocks of {place} were changed at this time. Got {time}.")
    return first.astimezone(dt.UTC).replace(tzinfo=None)


def let_nbgrader_read_times() -> None:
    """Have nbgrader's own commands read times as we do: theirs end for the whole class at one that is odd."""
    from nbgrader.coursedir import CourseDirectory  # here: processes that grade read times, and need nothing of it

    CourseDirectory.get_existing_timestamp = lambda _self, folder: read_time(Path(folder))[0]
