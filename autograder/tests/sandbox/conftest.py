"""One zygote with matplotlib for all tests of the sandbox, and a fresh worker for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.sandbox.pool import Limits, Session, Zygote


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """Return a zygote at the strongest level that this machine has."""
    with Zygote(Limits(call_wall=5.0), ["matplotlib.pyplot", "zeromean", "zeromean.style"]) as zygote:
        yield zygote


@pytest.fixture
def session(zygote: Zygote) -> Iterator[Session]:
    """Return a submission's worker."""
    with Session(zygote, ["matplotlib.*", "zeromean", "zeromean.style", "IPython.*"]) as session:
        yield session
