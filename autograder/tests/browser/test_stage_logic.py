"""The stage's own arithmetic, called in a page: names apart, curves that leave, ways between frames, formulas."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page
from zeromean import words
from zeromean.stage.export import SCRIPT

from autograder.tests.browser.guard import Guarded


@pytest.fixture
def page(guarded: Guarded) -> Page:
    """Give an empty page that knows the functions of the stage."""
    guarded.page.goto("about:blank")
    guarded.page.add_script_tag(content=SCRIPT.replace("export default", "void"))
    return guarded.page


@pytest.mark.parametrize(
    ("heights", "expected"),
    [
        ([10, 50, 90], [10, 50, 90]),
        ([52, 50, 90], [65, 50, 90]),
        ([99, 98, 97], [100, 85, 70]),
        ([1, 0], [15, 0]),
    ],
)
def test_names_move_apart_and_stay_inside(page: Page, heights: list[float], expected: list[float]) -> None:
    """Names keep their order and a gap of 15, between 0 and 100."""
    assert page.evaluate("(heights) => apart(heights, 15, 0, 100)", heights) == expected


@pytest.mark.parametrize(
    ("spots", "expected"),
    [
        ([[0, 50], [10, 50]], None),
        ([[0, 50], [10, -50]], [5, 0]),
        ([[0, 50], [10, 150]], [5, 100]),
        ([[0, 50], [10, None]], [10, 0]),
        ([[0, None], [10, None]], [12, 0]),
        ([[0, 50], [None, None]], None),
        ([[0, 50], [5, -50], [10, 50]], None),
    ],
)
def test_where_a_curve_leaves_for_good(page: Page, spots: list[Any], expected: list[float] | None) -> None:
    """A curve that crosses the edge leaves there, one of no number goes up; one that comes back or waits stays."""
    leave = """(spots) => leaves({ box: { left: 0, top: 0, bottom: 100 }, size: 12 },
      spots.map(([x, y]) => [x ?? NaN, y ?? NaN]))"""
    assert page.evaluate(leave, spots) == expected


NUMBERS = [
    (4.7e-11, ".1e", "4.7×10⁻¹¹"),
    (4.7e-11, ".0e", "5×10⁻¹¹"),
    (-1234.5, ".2e", "−1.23×10³"),
    (1e-5, ".0e", "1×10⁻⁵"),
    (4.54e-5, ".2g", "4.5×10⁻⁵"),
    (100, ".2g", "100"),
    (0.25, ".3g", "0.25"),
    (-4, ".3g", "−4"),
    (99960, ".3g", "1×10⁵"),
    (0, ".3g", "0"),
]


@pytest.mark.parametrize(("number", "spec", "expected"), NUMBERS)
def test_numbers_are_written(page: Page, number: float, spec: str, expected: str) -> None:
    """With as many digits as Python's format gives, a true minus, and powers of ten raised."""
    assert page.evaluate("([number, spec]) => write(number, spec)", [number, spec]) == expected
    if spec.endswith("g"):
        assert words.write(number, int(spec[1])) == expected


def test_ticks_do_not_stand_on_one_another(page: Page) -> None:
    """Of ten layers, ten pixels apart, every second is named, and the last; with room all are, and words always."""
    left = (
        """([words, gap]) => thinned(words.map((word, i) => [i, word]), (v) => v * gap, 18).map(([, word]) => word)"""
    )
    layers = [str(n) for n in range(1, 11)]
    assert page.evaluate(left, [layers, 10]) == ["2", "4", "6", "8", "10"]
    assert page.evaluate(left, [layers, 20]) == layers
    assert page.evaluate(left, [["tanh", "ReLU"], 10]) == ["tanh", "ReLU"]


def test_frames_glide_by_equal_factors_where_they_are_far_apart(page: Page) -> None:
    """Half of the way from 0 to 10 is 5; from 0.01 to 100 it is 1; what is no number jumps."""
    assert page.evaluate("mix([0, 0.01, NaN], [10, 100, 7], 0.5)") == [5, pytest.approx(1), 7]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("[1, NaN]", "[1, NaN]", True),
        ("[1, 2]", "[1, 3]", False),
        ("[1, 2]", "[1]", False),
        ("['on']", "['off']", False),
        ("[0]", "[-0]", False),
    ],
)
def test_arrays_are_alike_by_what_they_hold(page: Page, a: str, b: str, expected: bool) -> None:
    """Numbers and words are compared one by one; NaN is NaN."""
    assert page.evaluate(f"alike({{ data: {a}, shape: [2] }}, {{ data: {b}, shape: [2] }})") == expected


def test_arrays_of_another_shape_are_not_alike(page: Page) -> None:
    """Six numbers in two rows are not six numbers in three."""
    assert not page.evaluate(
        "alike({ data: [1, 2, 3, 4, 5, 6], shape: [2, 3] }, { data: [1, 2, 3, 4, 5, 6], shape: [3, 2] })"
    )


def test_a_name_in_a_description_is_found_wherever_it_stands(page: Page) -> None:
    """Arrays of marks, ends of axes, handles and words in braces count; alt text alone does not."""
    words = "[...wordsOf({ marks: [{ y: 'loss' }], x: { hi: 'most' }, name: 'at {rate:.2f}', alt: '{told}' })]"
    found = set(page.evaluate(words))
    assert {"loss", "most", "rate"} <= found
    assert "told" not in found


def test_only_stored_settings_are_left_without_a_kernel(page: Page) -> None:
    """Values, presets and a path over two controls are those of the stored positions."""
    control = {"kind": "slider", "values": [10, 20, 30], "start": 2}
    spec = {
        "controls": [{**control, "name": "a"}, {**control, "name": "b"}],
        "stored": [[0, 2], [1, 2]],
        "presets": [{"at": {"a": 0, "b": 2}}],
        "prediction": None,
        "views": [{"handles": [{"along": ["a", "b"], "path": [[i, j] for i in range(3) for j in range(3)]}]}],
    }
    found = page.evaluate("(spec) => storedOnly(spec)", spec)
    assert [c["values"] for c in found["controls"]] == [[10, 30], [20, 30]]
    assert found["presets"][0]["at"] == {"a": 0, "b": 1}
    assert found["views"][0]["handles"][0]["path"] == [[0, 1], [0, 2], [2, 1], [2, 2]]


def test_a_formula_is_set(page: Page) -> None:
    """Letters are variables, indices are lowered, a colour is a tint, and a number follows the frame."""
    template = "[blue:x̂_1] = (x_(ij) − {mu:.1f})^2 of w"
    set_ = """(template) => {
      const formula = new Formula(template);
      formula.show({ mu: { data: [0.25] } });
      return [formula.el.innerText, formula.el.innerHTML.replace(/ style="[^"]*"/g, '')];
    }"""
    text, html = page.evaluate(set_, template)
    assert text == "x̂1 = (xij − 0.3)2 of w"
    assert html == (
        '<span class="zm-tint"><i>x̂</i><sub>1</sub></span> = (<i>x</i><sub>ij</sub> − '
        '<span class="zm-slot">0.3</span>)<sup>2</sup> of <i>w</i>'
    )


def test_a_formula_keeps_its_widths_until_it_forgets(page: Page) -> None:
    """Under the hand a number keeps the room of the longest, so that nothing trembles; another case begins anew."""
    widths = """() => {
      const formula = new Formula('{mu}'), width = () => formula.slots[0].el.style.minWidth;
      return [1234.5, 1, null, 1].map((mu) => {
        if (mu === null) formula.forget(); else formula.show({ mu: { data: [mu] } });
        return parseFloat(width());
      });
    }"""
    long, kept, _, fresh = page.evaluate(widths)
    assert long == kept > 3 * fresh


def test_who_is_followed_is_told_by_its_curve(page: Page) -> None:
    """Points on a named curve are called after it, others after their picture."""
    view = "{ title: 'Paths', marks: [{ name: 'gradient', x: 'a', y: 'b' }] }"
    assert page.evaluate(f"titleOf({view}, {{ x: 'a', y: 'b' }})") == "Paths, gradient"
    assert page.evaluate(f"titleOf({view}, {{ x: 'a', y: 'c' }})") == "Paths"


def test_what_draws_nothing_has_no_table(page: Page) -> None:
    """A series or matrix without a number, or with an empty other half, gives no table of dashes."""
    count = """() => {
      const at = (...data) => ({ data, shape: [data.length] }), spec = { title: 'A', x: {}, y: {} };
      const frame = { x: at(1, 2), y: at(3, NaN), no: at(NaN, NaN), words: at('a', 'b') };
      frame.empty = { data: [NaN, NaN], shape: [1, 2] };
      const marks = [{ x: 'x', y: 'y' }, { x: 'x', y: 'no' }, { x: 'x', y: 'y', words: 'words' }, { z: 'empty' }];
      return marks.map((m) => tablesOf(m, frame, spec).length);
    }"""
    assert page.evaluate(count) == [1, 0, 1, 0]


def test_an_address_names_positions(page: Page) -> None:
    """Numbers go to the nearest value, words and flags to their own, and another demo's address is not ours."""
    page.evaluate("location.hash = 'demo=a-b&rate=0.29&kind=tanh&on=true'")
    spec = {
        "title": "A b: more words",
        "controls": [
            {"name": "rate", "kind": "slider", "values": [0.1, 0.3, 1]},
            {"name": "kind", "kind": "choice", "values": ["relu", "tanh"]},
            {"name": "on", "kind": "check", "values": [False, True]},
        ],
    }
    assert page.evaluate("(spec) => fromAddress(spec)", spec) == {"rate": 1, "kind": 1, "on": 1}
    assert page.evaluate("(spec) => fromAddress({ ...spec, title: 'Other' })", spec) is None


PEN = """const canvas = Object.assign(document.createElement('canvas'), { width: 40, height: 40 });
const sheet = (m, width, height) => {
  const small = Object.assign(document.createElement('canvas'), { width, height });
  return { canvas: small, ctx: small.getContext('2d') };
};
const ink = { blue: '#0072b2', words: {} }, box = { left: 0, top: 0, right: 40, bottom: 40 };
const ctx = canvas.getContext('2d', { willReadFrequently: true });
const p = { ctx, X: (v) => 10 * v, Y: (v) => 10 * v, sheet, ink, box, labels: [], scale: 1 };
"""


def test_an_image_is_drawn_as_pixels(page: Page) -> None:
    """Grey and coloured pixels come out as they are, row 0 at the first end of y, without smoothing."""
    draw = """() => {%s
      const rgb = { data: [1, 0, 0, 0, 0, 1], shape: [1, 2, 3] };
      const frame = { grey: { data: [0, 1, 1, 0.5], shape: [2, 2] }, rgb };
      const seen = (z, spots) => {
        MARKS.image({ ...p, frame }, { z, xs: [0, 2], ys: [0, 2], limits: [0, 1] });
        return spots.map(([x, y]) => [...p.ctx.getImageData(x, y, 1, 1).data.slice(0, 3)]);
      };
      return [seen('grey', [[9, 9], [11, 9], [11, 11]]), seen('rgb', [[9, 9], [11, 9]])];
    }"""
    grey, coloured = page.evaluate(draw % PEN)
    assert grey == [[0, 0, 0], [255, 255, 255], [128, 128, 128]]
    assert coloured == [[255, 0, 0], [0, 0, 255]]


def test_a_cross_on_a_dotted_curve_is_whole(page: Page) -> None:
    """The curve is stroked with its dots, its crosses without."""
    draw = """() => {%s
      const dashes = [], stroke = p.ctx.stroke.bind(p.ctx);
      p.ctx.stroke = () => { dashes.push(p.ctx.getLineDash().length); stroke(); };
      const frame = { x: { data: [1, 2], shape: [2] }, y: { data: [1, 2], shape: [2] } };
      const look = { color: 'blue', dash: 'dot', marker: 'x', width: 2, alpha: 1, name: 'a', lost: '', follow: '' };
      MARKS.line({ ...p, frame, named: true }, { x: 'x', y: 'y', ...look });
      return [dashes, p.labels.map((l) => [l.words, l.at])];
    }"""
    assert page.evaluate(draw % PEN) == [[2, 0, 0], [["a", [20, 20]]]]
