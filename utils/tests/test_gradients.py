"""The gradient checker tells right from wrong, and a wrong gradient from one that no trial can judge."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from zeromean.gradients import check_gradient

X = np.array([[0.5, -1.2, 2.0], [1.5, 0.7, -0.4]])


def labels(f: Any, x: Any, df: Any, dout: Any = 1.0) -> list[str]:
    """Return the label of every entry."""
    return [str(label) for label in check_gradient(f, np.asarray(x), np.asarray(df), dout).labels.ravel()]


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_a_right_gradient_agrees_whatever_its_size(scale: float) -> None:
    """Upstream gradients of any size, and a function that returns an array."""
    dout = scale * np.array([[1.0, -2.0, 0.5], [3.0, 1.0, -1.0]])
    assert labels(np.exp, X, np.exp(X) * dout, dout) == ["agree"] * 6


@pytest.mark.parametrize("wrong", [1.0005, 0.999, -1.0, 0.0, 2.0])
def test_one_wrong_entry_disagrees_and_no_other(wrong: float) -> None:
    """A factor of 1.0005 is enough."""
    df = 3 * X**2
    df[1, 1] *= wrong
    report = check_gradient(lambda x: (x**3).sum(), X, df)
    assert [str(label) for label in report.labels.ravel()] == ["agree"] * 4 + ["disagree", "agree"]
    assert not report.right


@pytest.mark.parametrize("at", [0.0, 1e-9, 1e-5, 3e-4, 8e-4, -2e-4])
def test_a_kink_within_a_step_is_a_kink(at: float) -> None:
    """At the kink, and beside it, nearer than a step, where the right slope is that of one side."""
    slope = 1.0 if at > 0 else 0.0
    assert labels(lambda x: np.maximum(x, 0).sum(), [at, 2.0], [slope, 1.0]) == ["kink", "agree"]


def test_at_a_kink_every_slope_between_the_sides_is_accepted() -> None:
    """The slope at a kink is a convention."""
    assert labels(lambda x: np.maximum(x, 0).sum(), [0.0, 0.0, 0.0], [0.0, 0.5, 1.0]) == ["kink"] * 3


def test_a_small_kink_in_a_large_sum_is_seen() -> None:
    """One ReLU of many, with a small weight, has its kink in the step."""
    assert labels(lambda x: 10 * x[0] + 0.02 * np.maximum(x[0], 0), [0.0], [10.0]) == ["kink"]


def test_a_slope_outside_both_sides_disagrees_at_a_kink_too() -> None:
    """A kink is no excuse for a slope of 2."""
    assert labels(lambda x: np.abs(x).sum(), [0.0, 0.0], [2.0, -1.5]) == ["disagree", "disagree"]


@pytest.mark.parametrize("f", [np.sin, np.exp, lambda x: x**4, lambda x: 1 / (1 + np.exp(-20 * x)), np.tanh])
def test_what_is_smooth_is_no_kink(f: Any) -> None:
    """Not where it is curved, flat, or steep."""
    x = np.linspace(-0.6, 0.7, 8)
    h = 1e-5
    df = (f(x + h) - f(x - h)) / (2 * h)
    assert set(labels(lambda at: f(at), x, df, np.ones(8))) <= {"agree", "zero", "too small"}


def test_a_zero_by_symmetry_needs_a_zero() -> None:
    """The cosine is even about 0; an input that is not read changes nothing."""
    assert labels(lambda x: np.cos(x).sum(), [0.0, 0.0], [0.0, 0.1]) == ["zero", "disagree"]
    assert labels(lambda x: x[0] ** 2, [3.0, 5.0], [6.0, 0.0]) == ["agree", "zero"]


def test_what_drowns_in_rounding_is_too_small_to_tell() -> None:
    """Beside a sum of 1e6 nobody can see a slope of 1e-9, right or wrong."""
    for slope in (1e-9, -1e-9, 3e-9):
        assert labels(lambda x: 1e6 + 1e-9 * x.sum(), [1.0], [slope]) == ["too small"]


def test_single_precision_is_given_its_own_noise() -> None:
    """A right gradient in float32 agrees, one that is half of it does not, and seven digits hide a small one."""
    x = X.astype(np.float32)
    df = 2 * X
    df[0, 0] /= 2
    assert labels(lambda at: at**2, x, df, np.ones((2, 3))) == ["disagree"] + ["agree"] * 5
    assert labels(lambda at: np.float32(1e4) + at.sum() * np.float32(1e-4), x[:1, :1], [[1e-4]]) == ["too small"]


def test_the_map_has_a_sign_for_every_entry_and_a_reason_for_every_label() -> None:
    """As text, and as HTML with the reason at each cell."""
    report = check_gradient(
        lambda x: np.abs(x).sum(), np.array([[1.0, 0.0], [-2.0, 3.0]]), np.array([[1.0, 0], [-1, 2]])
    )
    text = repr(report).splitlines()
    assert text[:3] == ["4 entries: 2 agree, 1 disagree, 1 kink.", "= ^", "= ×"]
    assert text[4].startswith("× disagree: the trial says something else. E.g. entry [1, 1]: given 2, tried 1")
    page = report._repr_html_()
    assert page.count("<td") == 4
    assert 'title="slope -1 below, 1 above; given 0"' in page
    assert 'aria-label="4 entries: 2 agree, 1 disagree, 1 kink."' in page


def test_single_numbers_and_large_arrays_are_drawn() -> None:
    """A number has a map of one cell; of a large array the first rows and columns are drawn."""
    assert repr(check_gradient(lambda x: x**2, np.array(3.0), np.array(6.0))).splitlines()[1] == "="
    many = np.ones((40, 50))
    assert check_gradient(lambda x: x.sum(), many, many)._repr_html_().count("<td") == 32 * 32


def test_what_was_given_stays_as_it_is() -> None:
    """The checker moves entries of a copy."""
    x = X.copy()
    check_gradient(lambda at: (at**2).sum(), x, 2 * x)
    np.testing.assert_array_equal(x, X)


def test_refusals_name_the_shapes_and_the_dtype() -> None:
    """Another shape, and whole numbers."""
    with pytest.raises(ValueError, match=r"has the shape of what it belongs to, \(2, 3\). Got \(3, 2\)."):
        check_gradient(np.sum, X, X.T)
    with pytest.raises(ValueError, match=r"x must hold floating-point numbers. Got int64."):
        check_gradient(np.sum, np.array([1, 2]), np.array([1.0, 1.0]))
