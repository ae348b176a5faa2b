"""The stage without a browser: tables, messages to and from the page, exports, and what it refuses."""

from __future__ import annotations

import base64
import json
import re
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from zeromean.stage import marks, table
from zeromean.stage import stage as module
from zeromean.stage.export import EXPORT, share
from zeromean.stage.parts import Action, Axis, Check, Choice, Goal, Handle, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

RECIPE = Path(__file__).parents[3] / "docs/recipes/add-a-demo.md"
SPEED = Slider("speed", "Speed", [0.0, 1.0, 2.0], 1.0)
SIGN = Choice("sign", "Sign", ("plus", "minus"), "plus")


def compute(params: Any) -> dict[str, Any]:
    """Return a line of the given slope."""
    x, sign = np.arange(4.0), 1 if params["sign"] == "plus" else -1
    y = sign * params["speed"] * x
    return {"x": x, "y": y, "last": y[-1], "word": f"{params['sign']}!", "fast": params["speed"] > 1}


def view(*drawn: Any, alt: str = "a line up to {last:.1f}", **more: Any) -> View:
    """Return a picture of the line, or of the marks given."""
    return View("Line", Axis("x", 0, 3), Axis("y", -6, 6), drawn or [marks.line("x", "y", "y")], alt, **more)


def stage(**changes: Any) -> Stage:
    """Return a small stage with something changed."""
    given: dict[str, Any] = {
        "compute": compute,
        "controls": [SPEED, SIGN],
        "views": [view()],
        "readout": "{word} {last:.1f}",
    }
    given |= changes
    return Stage("Line", given.pop("compute"), given.pop("controls"), given.pop("views"), **given)


def looked_up(spec: Any, data: bytes, name: str, where: list[int]) -> Any:
    """Return an array as the page reads it out of the bytes."""
    entry = spec["table"][name]
    start = sum(s * w for s, w in zip(entry["strides"], where, strict=True))
    dtype = np.dtype(entry["dtype"])
    count = int(np.prod(entry["shape"]))
    flat = np.frombuffer(data, dtype, count, entry["offset"] + start * dtype.itemsize)
    return [entry["words"][i] for i in flat] if "words" in entry else flat.reshape(entry["shape"])


def answers(one: Stage, *messages: dict[str, Any]) -> list[tuple[dict[str, Any], bytes]]:
    """Return what the stage sends for the messages."""
    sent: list[tuple[dict[str, Any], bytes]] = []
    one.send = lambda content, buffers=None: sent.append((content, *(buffers or [b""])))
    for message in messages:
        one._answer(one, message, [])
    return sent


def test_table_holds_every_setting() -> None:
    """Each setting of the grid gives the same numbers and words as compute."""
    one = stage()
    for i, speed in enumerate(SPEED.values):
        for j, sign in enumerate(SIGN.values):
            expected = compute({"speed": speed, "sign": sign})
            np.testing.assert_allclose(looked_up(one.spec, one.data, "y", [i, j]), expected["y"])
            assert looked_up(one.spec, one.data, "word", [i, j]) == [expected["word"]]
            assert looked_up(one.spec, one.data, "fast", [i, j]) == expected["fast"]


def test_table_stores_what_does_not_change_once() -> None:
    """An array that no control touches has no strides, one that a single control touches has one."""
    spec = stage().spec["table"]
    assert spec["x"]["strides"] == [0, 0]
    assert spec["word"]["strides"] == [0, 1]
    assert spec["fast"]["strides"] == [1, 0]
    assert spec["y"]["strides"] == [8, 4]


def test_table_keeps_nan_and_small_integers() -> None:
    """A NaN counts as equal to itself, and uint8 stays one byte."""
    arrays = {"gap": np.full((3, 2), np.nan), "hill": np.zeros((3, 5), np.uint8)}
    layout, data = table.pack(arrays, controls=1)
    assert layout["gap"]["strides"] == [0]
    assert (layout["hill"]["dtype"], len(data)) == ("uint8", 16)


def test_kernel_answers_a_setting() -> None:
    """A request for a setting brings its arrays back under the same number, with no more to come."""
    sent = answers(stage(coarse={"speed": 2}), {"id": 7, "at": {"speed": 2, "sign": 1}})
    content, data = sent[0]
    assert (content["id"], content["done"], content["more"]) == (7, False, False)
    np.testing.assert_allclose(looked_up(content, data, "y", []), [0, -2, -4, -6])


def test_training_sends_frame_after_frame() -> None:
    """A compute that yields is drawn frame by frame, each when the page asks for it."""

    def train(params: Any) -> Any:
        for step in (1, 2):
            yield {**compute(params), "last": float(step)}

    sent = answers(stage(compute=train, coarse={}), {"id": 1, "at": {"speed": 0, "sign": 0}}, {"id": 1}, {"id": 1})
    assert [content["done"] for content, _ in sent] == [False, False, True]
    assert looked_up(sent[1][0], sent[1][1], "last", []) == 2


def test_what_is_asked_for_ahead_leaves_the_training_alone() -> None:
    """Of a setting asked for ahead comes the first frame; the training that goes on is at its next frame afterwards."""

    def train(params: Any) -> Any:
        yield from ({**compute(params), "last": params["speed"] + step} for step in range(9))

    begin, ahead = {"id": 1, "at": {"speed": 0, "sign": 0}}, {"id": 2, "at": {"speed": 2, "sign": 0}, "ahead": True}
    sent = answers(stage(compute=train, coarse={}), begin, ahead, {"id": 1})
    assert [(content["id"], content["more"]) for content, _ in sent] == [(1, True), (2, True), (1, True)]
    assert [looked_up(content, data, "last", []) for content, data in sent] == [0, 2, 1]


def test_new_setting_ends_the_training_before() -> None:
    """A request for another setting starts anew and drops the frames that were left."""

    def train(params: Any) -> Any:
        yield from ({**compute(params), "last": float(step)} for step in range(9))

    messages = [{"id": 1, "at": {"speed": 0, "sign": 0}}, {"id": 2, "at": {"speed": 2, "sign": 0}}]
    sent = answers(stage(compute=train, coarse={}), *messages)
    assert [content["id"] for content, _ in sent] == [1, 2]
    assert looked_up(sent[1][0], sent[1][1], "last", []) == 0


def test_action_runs_on_request() -> None:
    """An action's arrays come when its button asks, for the setting shown."""
    more = Action("More", lambda params: {"extra": np.full(4, params["speed"])}, gives=["extra"])
    one = stage(views=[view(marks.points("x", "extra"))], actions=[more])
    content, data = answers(one, {"id": 3, "act": "More", "at": {"speed": 2, "sign": 0}})[0]
    np.testing.assert_allclose(looked_up(content, data, "extra", []), 2)


def test_action_may_show_its_progress() -> None:
    """An action that yields sends one frame for each request, and says when it has no more."""

    def more(params: Any) -> Any:
        yield from ({"extra": np.full(4, params["speed"] + k)} for k in range(2))

    one = stage(views=[view(marks.points("x", "extra"))], actions=[Action("More", more, gives=["extra"])])
    sent = answers(one, {"id": 3, "act": "More", "at": {"speed": 2, "sign": 0}}, {"id": 3}, {"id": 3})
    assert [(content["more"], content["done"]) for content, _ in sent] == [(True, False), (True, False), (True, True)]
    np.testing.assert_allclose(looked_up(*sent[1], "extra", []), 3)


def test_failure_in_compute_reaches_the_page() -> None:
    """When compute fails on demand, the page gets a sentence and the kernel lives on."""

    def fails(params: Any) -> Any:
        if params["speed"] == 2:
            raise ValueError("too fast")
        return compute(params)

    sent = answers(stage(compute=fails, coarse={}), {"id": 1, "at": {"speed": 2, "sign": 0}})
    assert sent[0][0] == {"id": 1, "error": "ValueError: too fast"}


def test_export_holds_spec_and_data() -> None:
    """The piece of HTML holds the table, and nothing in it ends the script early."""
    one = stage(readout="</script> {word}")
    page = one.to_html()
    name = re.search(r'data-zm="(\w+)"', page)[1]
    text = re.search(rf'id="{name}">(.*?)</script>', page)[1]
    packed = re.search(rf'id="{name}-data">(.*?)</script>', page)[1]
    assert json.loads(text)["readout"] == "</script> {word}"
    assert zlib.decompress(base64.b64decode(packed)) == one.data


def test_export_of_a_kernel_demo_stores_a_coarse_table() -> None:
    """An exported kernel demo stores few positions, but every preset's own."""
    wide = Slider("speed", "Speed", np.arange(21.0), 5.0)
    one = stage(controls=[wide, SIGN], coarse={"speed": 3}, presets=[Preset("Odd", {"speed": 7.0})])
    assert one.spec["stored"] == [[5], [0]]
    spec = json.loads(re.search(r'application/json" id="\w+">(.*?)</script>', one.to_html())[1])
    assert spec["stored"] == [[0, 5, 7, 10, 20], [0, 1]]


def test_export_is_the_same_twice() -> None:
    """Two exports are equal byte for byte."""
    assert stage().to_html() == stage().to_html()


def test_share_keeps_one_script() -> None:
    """A page of two demos keeps one copy of the script and of the style, and both demos."""
    page = share(stage().to_html() + stage(readout="{word}").to_html())
    assert page.count('class="zm-shared"') == 2
    assert page.count('class="zm-host"') == 2
    assert page.index("<style") < page.index("application/json")


def test_display_is_a_widget_or_html(monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook gets the widget and words; with the export switched on it gets HTML and the same words."""
    one = stage()
    live, _ = one._repr_mimebundle_()
    assert live["text/plain"] == "Line. plus! 3.0"
    assert live["text/html"].endswith(
        "<b>Line. plus! 3.0</b><br>This demo is asleep: run its cell to bring it alive.</p>"
    )
    assert "application/vnd.jupyter.widget-view+json" in live
    monkeypatch.setenv(EXPORT, "1")
    assert one._repr_mimebundle_() == {"text/html": one.to_html(), "text/plain": "Line. plus! 3.0"}


def test_a_notebook_gets_the_widget_and_the_sentence_beneath(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a cell the widget comes first and the sentence for a saved notebook second; an export is one output."""
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(module, "display", lambda data, **_: shown.append(data))
    stage()._ipython_display_()
    assert [sorted(data)[-1] for data in shown] == ["text/plain", "text/html"]
    assert "run its cell" in shown[1]["text/html"]
    monkeypatch.setenv(EXPORT, "1")
    stage()._ipython_display_()
    assert shown[2] == {"text/html": stage().to_html(), "text/plain": "Line. plus! 3.0"}


def test_read_out_of_a_setting() -> None:
    """The read-out of a setting has that setting's numbers in it."""
    assert stage().read_out(speed=2.0, sign="minus") == "minus! -6.0"


def test_recipe_runs() -> None:
    """The demo in the recipe works as printed."""
    code = re.search(r"```python\n(.*?)```", RECIPE.read_text("utf8"), re.DOTALL)[1]
    space: dict[str, Any] = {}
    exec(compile(code, "recipe", "exec"), space)
    assert space["demo"]().read_out(rate=1.04).startswith("Rate 1.04: the iteration diverges")


def uneven(params: Any) -> dict[str, Any]:
    """Return arrays whose shape changes with the setting."""
    return {**compute(params), "y": np.zeros(4 + int(params["speed"]))}


def moody(params: Any) -> dict[str, Any]:
    """Return names that change with the setting."""
    return {**compute(params), **({"more": 1.0} if params["speed"] else {})}


def huge(params: Any) -> dict[str, Any]:
    """Return more than a table can take."""
    return {**compute(params), "y": np.full(500_000, params["speed"])}


REFUSED = {
    "a mark's array": (
        lambda: stage(views=[view(marks.line("x", "z"))]),
        "The view 'Line' uses 'z', which is not there",
    ),
    "alt text": (lambda: stage(views=[view(alt="{hm}")]), "The alt text of 'Line' uses 'hm'"),
    "read-out": (lambda: stage(readout="{hm}"), "The read-out uses 'hm'"),
    "goal": (lambda: stage(goal=Goal("win", "won")), "The goal uses 'won'"),
    "prediction": (lambda: stage(prediction=Prediction("?", ["a"], 0, "{hm}")), "The prediction uses 'hm'"),
    "axis end": (
        lambda: stage(views=[View("Line", Axis("x", 0, "far"), Axis("y", 0, 1), [], "none")]),
        "An axis of 'Line' uses 'far'",
    ),
    "handle": (lambda: stage(views=[view(handles=[Handle("Grip", x="hm")])]), "The handle 'Grip' uses 'hm'"),
    "idle handle": (
        lambda: stage(views=[view(handles=[Handle("Grip", x="last")])]),
        "The handle 'Grip' moves no control",
    ),
    "preset value": (
        lambda: stage(presets=[Preset("p", {"speed": 9})]),
        "'speed' cannot be 9. Its 3 values: 0.0, 1.0, 2.0",
    ),
    "preset name": (
        lambda: stage(presets=[Preset("p", {"pace": 1})]),
        "There is no control 'pace'; the controls are speed",
    ),
    "coarse name": (lambda: stage(coarse={"pace": 3}), "`coarse` names no control of this demo: pace"),
    "start": (lambda: Slider("a", "A", range(9), 0.5), "'a' cannot be 0.5. Its 9 values: 0, 1, 2, 3, 4, 5, ..."),
    "flag for a number": (lambda: stage(presets=[Preset("p", {"speed": "1"})]), "'speed' cannot be '1'"),
    "answer": (lambda: Prediction("?", ["a", "b"], 2, ""), "must be below 2, the choices. Got 2"),
    "log axis": (lambda: Axis("x", 0, 1, log=True), "The log axis 'x' needs ends above 0. Got 0 and 1"),
    "flat axis": (lambda: Axis("x", 1, 1), "The axis 'x' needs two different ends. Got 1 twice"),
    "path": (
        lambda: stage(views=[view(handles=[Handle("Grip", along="pace", path=[(0, 0)])])]),
        "The handle 'Grip' uses 'pace', which is not there. There are: sign, speed",
    ),
    "formula": (lambda: stage(formula="{hm}"), "The formula uses 'hm'"),
    "formula's colour": (
        lambda: stage(formula="[red:w]"),
        "The formula uses 'red', which is not there",
    ),
    "number in a question": (
        lambda: stage(
            controls=[Slider("speed", "Speed", [0.0, 44.0], 44.0, unit="°"), SIGN],
            prediction=Prediction("A cloud lies at 45°. How thin?", ["a"], 0, ""),
        ),
        "The question says 45 °, but 'speed' then shows 44.0 °",
    ),
    "words of a slider": (lambda: Slider("a", "A", [1, 2], 1, words=["one"]), "'a' has 2 values. Got 1 words"),
    "size of a view": (lambda: view(size="huge"), "The size of 'Line' is small, large or wide. Got 'huge'"),
    "colour": (lambda: marks.line("x", "y", color="red"), "one of blue, orange, .*. Got 'red'"),
    "rule": (lambda: marks.rule(), r"rule\(\) needs either x or y"),
    "shape": (
        lambda: stage(compute=uneven),
        r"'y' has shape \(5,\) at .* but \(4,\) at the first setting; fill the rest",
    ),
    "names": (lambda: stage(compute=moody), "same names at every setting; at .* these differ: more"),
    "size": (lambda: stage(compute=huge), r"The table of 3 x 2 settings takes .* MB, more than 6. Give `coarse`"),
    "type": (lambda: table.as_array("z", np.array([1j])), "'z' is complex128; a demo shows floats"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refuses(what: str) -> None:
    """What cannot be shown is refused where the author is looking, with the fix."""
    make, message = REFUSED[what]
    with pytest.raises(ValueError, match=message):
        make()


def test_check_and_path_are_described() -> None:
    """A checkbox and a handle on a path reach the page as positions and points."""
    path = [(0.0, 0.0), (1.0, 1.0), (2.0, 0.0)]
    one = stage(
        controls=[SPEED, SIGN, Check("on", "On", True)],
        views=[view(handles=[Handle("Grip", along="speed", path=path)])],
    )
    assert one.spec["controls"][2]["start"] == 1
    assert one.spec["views"][0]["handles"][0]["path"] == path
    assert one.spec["views"][0]["handles"][0]["along"] == ("speed",)


def test_a_grip_is_never_of_the_colour_of_its_curve() -> None:
    """Without a colour of its own, a grip takes one that no mark of the picture has."""
    for color, grip in (("blue", "vermilion"), ("vermilion", "purple")):
        assert view(marks.line("x", "y", color=color), handles=[Handle("Grip", x="speed")]).handles[0].color == grip
