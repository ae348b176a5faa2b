"""A zygote at each level of isolation, and proof after every hostile submission that it serves the next one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from autograder.sandbox.pool import Limits, Session, Zygote
from autograder.tests import here

QUICK = Limits(cell_wall=3.0, call_wall=1.0, patience=60.0, memory_mb=150, file_mb=4, scratch_mb=8, cpu=20)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test at the strongest level that works here, or at those that its marker names."""
    if "zygote" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("levels")
        metafunc.parametrize("zygote", marker.args if marker else [here.strongest()], indirect=True, scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the corpus to `make test`: it attacks the sandbox, which few changes touch."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


def pytest_configure(config: pytest.Config) -> None:
    """Say what the marker means."""
    config.addinivalue_line("markers", "levels(*names): the levels of isolation that a hostile test is run at")


@pytest.fixture(scope="session")
def zygote(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    """Return a zygote at the level asked for."""
    here.need(request.param)
    with Zygote(QUICK, isolation=request.param) as zygote:
        yield zygote


@pytest.fixture
def session(zygote: Zygote) -> Iterator[Session]:
    """Return the worker of a hostile submission; afterwards, an honest one is served by the same zygote."""
    starts, before = zygote.starts, children()
    with Session(zygote) as hostile:
        yield hostile
    assert zygote.starts == starts, "the zygote had to be started again"
    assert children() == before, "a process was left behind"
    with Session(zygote) as honest:
        assert honest.run(["import numpy as np\ndef f(x):\n    return x.sum() + np.ones(2).sum()"])[0].error is None
        assert honest.call("f", (np.ones(3),)) == 5.0
        assert honest.lost == []


def children() -> set[int]:
    """Return the processes that this one has started, and theirs."""
    return {process.pid for process in psutil.Process().children(recursive=True)}
