"""Every demo of the package: it builds in time, says what it shows, can be reached, and lives without a kernel."""

from __future__ import annotations

import pkgutil
import re
import time
from importlib import import_module
from string import Formatter
from typing import Any

import numpy as np
import pytest
from zeromean import demos
from zeromean.stage.stage import Stage

NAMES = sorted(m.name for m in pkgutil.walk_packages(demos.__path__, "zeromean.demos.") if not m.ispkg)


@pytest.fixture(scope="module", params=NAMES)
def demo(request: pytest.FixtureRequest) -> Stage:
    """Return one demo."""
    start = time.process_time()
    made: Stage = import_module(request.param).demo()
    assert time.process_time() - start < 15, "a table that takes this long belongs to the kernel"
    return made


def settings(demo: Stage) -> list[dict[str, Any]]:
    """Return the start, the presets, and the setting of the prediction."""
    spec, controls = demo.spec, demo.spec["controls"]
    named = [preset["at"] for preset in spec["presets"]] + [spec["prediction"]["at"], {}]
    return [{c["name"]: c["values"][at.get(c["name"], c["start"])] for c in controls} for at in named]


def test_everything_a_demo_has(demo: Stage) -> None:
    """A demo has a prediction, a goal, two presets or more, a read-out, and an alt text with a number in each view."""
    spec = demo.spec
    assert spec["prediction"]["because"]
    assert spec["goal"]["text"].endswith(".")
    assert len(spec["presets"]) >= 2
    assert any(name for _, name, _, _ in Formatter().parse(spec["readout"]))
    for view in spec["views"]:
        assert any(name for _, name, _, _ in Formatter().parse(view["alt"])), view["title"]


def test_one_picture_is_the_idea(demo: Stage) -> None:
    """One picture is large, a talk has room for the controls, and presets are named in words."""
    assert [view["size"] for view in demo.spec["views"]].count("large") == 1
    controls = demo.spec["controls"]
    assert len(controls) <= (7 if all(len(c["label"]) <= 12 for c in controls) else 5)
    assert len(demo.spec["presets"]) <= 8
    for preset in demo.spec["presets"]:
        assert re.fullmatch(r"[\w ,?'-]+", preset["name"]), preset["name"]
        assert re.search(r"[a-z]{3}", preset["name"]), preset["name"]


def test_words_at_every_preset(demo: Stage) -> None:
    """At each preset the read-out is a whole sentence without a NaN."""
    for at in settings(demo):
        words = demo.read_out(**at)
        assert words.endswith((".", "!"))
        assert "nan" not in words


def test_numbers_in_words_are_set(demo: Stage) -> None:
    """No word of a demo holds a number as a program prints it: 1e-05, or a hyphen for a minus."""
    spec, printed = demo.spec, re.compile(r"\de[-+]?\d|(?<![\w⁻])-\d")
    asked = spec["prediction"]
    words = [asked["question"], asked["because"], *asked["choices"], *(p["note"] for p in spec["presets"])]
    words += [word for c in spec["controls"] for word in c.get("words") or []]
    for at in settings(demo):
        frame = demo._compute(at)
        values = (frame if isinstance(frame, dict) else list(frame)[-1]).values()
        words += [str(word) for value in values for word in np.ravel(value) if isinstance(word, str)]
    assert [word for word in words if printed.search(word)] == []


def test_goal_is_not_reached_at_the_start(demo: Stage) -> None:
    """The goal is something to look for."""
    start = settings(demo)[-1]
    frame = demo._compute(start)
    frame = frame if isinstance(frame, dict) else list(frame)[-1]
    assert not frame[demo.spec["goal"]["reached"]]


def test_export_is_small(demo: Stage) -> None:
    """The piece of HTML is below 700 kB, so that a lecture with ten demos can be sent by mail."""
    assert len(demo.to_html()) < 700_000
