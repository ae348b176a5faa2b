"""``check.last``: the call that a check did not accept, to be looked at and made again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zeromean.checking.made import copied
from zeromean.checking.outcome import FailedCall

NONE_YET = "No call has failed a visible check yet. When one does, check.last holds it."
TELLS = "check.last holds the call in question: .arguments, .got, .expected. check.last() makes it again."


class LastCall:
    """The last call that failed a check; calling this object makes it again, with the function as it is now.

    Attributes
    ----------
    function : str
        The name of your function; "" while no call has failed.
    what : str
        What of the call was wrong, such as "dx"; "" where it brought no result of the right kind.
    error : str
        What it raised, in a sentence, or "".
    """

    def __init__(self, failed: FailedCall | None = None, names: Mapping[str, Any] | None = None) -> None:
        self._failed, self._names = failed, names or {}
        self.function = failed.function if failed else ""
        self.what = failed.what if failed else ""
        self.error = failed.error if failed else ""

    @property
    def arguments(self) -> dict[str, Any]:
        """Return the arguments by name, as they were before the call: new copies each time."""
        return {name: copied(value) for name, value in self._failed.given.items()} if self._failed else {}

    @property
    def got(self) -> Any:
        """Return a copy of what came: `what`, or all that the call returned; None if it raised."""
        return copied(self._failed.got) if self._failed else None

    @property
    def expected(self) -> Any:
        """Return a copy of what `what` should be, or None where there is no single right answer."""
        return copied(self._failed.expected) if self._failed else None

    def __call__(self) -> Any:
        """Call the function that now has the name, with new copies of the arguments, and return what it returns.

        Raises
        ------
        LookupError
            If no call has failed yet, or nothing has the name any more.
        """
        if self._failed is None:
            raise LookupError(NONE_YET)
        if not callable(function := self._names.get(self.function)):
            raise LookupError(f"{self.function} is not defined any more. Run the cell that defines it.")
        values = list(self.arguments.items())
        first, rest = values[: self._failed.positional], values[self._failed.positional :]
        return function(*(value for _, value in first), **dict(rest))

    def __repr__(self) -> str:
        if self._failed is None:
            return NONE_YET
        said = f"it raised: {self.error}" if self.error else f"{self.what or 'the result'} was not as expected"
        came = f"what came as {self.what}" if self.what else "what came"
        return (
            f"{self.function}({', '.join(self._failed.given)}): {said}.\n"
            "  check.last.arguments   what it was given, by name (copies)\n"
            f"  check.last.got         {came}\n"
            "  check.last.expected    what should have come, where there is one answer\n"
            "  check.last()           makes the call again, with your function as it is now"
        )
