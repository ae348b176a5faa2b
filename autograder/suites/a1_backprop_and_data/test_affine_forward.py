"""The affine layer, forward: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, expect_close, points, slips, unchanged, variant
from autograder.suite.inputs import batch
from autograder.suites.a1_backprop_and_data import oracle


def layer(rng, shape, m):
    """Return x of a shape (N, d1, ..., dk), w (D, M) and b (M,), with biases far from 0."""
    n, d = shape[0], int(np.prod(shape[1:]))
    return batch(rng, n, d).reshape(shape), rng.normal(size=(d, m)), rng.uniform(1, 3, m)


def layers(rng):
    """Yield a layer whose sizes all differ."""
    yield layer(rng, (4, 3), 5)


def problems(rng):
    """Yield an ordinary forward pass and an upstream gradient, for tables and for images."""
    for shape in ((4, 3), (2, 2, 3)):
        yield layer(rng, shape, 2), rng.normal(size=(shape[0], 2))


def special(rng):
    """Yield layers with axes of length 1, and with equal sizes."""
    for shape, m in (((1, 3), 2), ((4, 3), 1), ((4, 1), 3), ((3, 3), 3), ((1, 1), 1), ((2, 1, 3, 1), 2)):
        yield layer(rng, shape, m)


@points(2, visible=True)
def test_values(student, rng):
    """each neuron adds up its weighted inputs and its bias"""
    x, w, b = layer(rng, (4, 3), 5)
    expected = oracle.affine(x, w, b)
    out, _ = student.affine_forward(x, w, b)
    expect_close(out, expected)


@points(1.5, visible=True)
def test_images(student, rng):
    """images are laid out in a row each, in the order of memory"""
    x, w, b = layer(rng, (2, 3, 2, 4), 5)
    expected = oracle.affine(x, w, b)
    out, _ = student.affine_forward(x, w, b)
    expect_close(out, expected)


@points(0.5, after="test_values")
def test_nothing_given_is_edited(student, rng):
    """what you are given keeps its values and its shape"""
    x, w, b = layer(rng, (3, 2, 2), 2)
    with unchanged(x=x, w=w, b=b):
        student.affine_forward(x, w, b)


test_cache = contract.cache_serves("affine", problems, points=1, after="test_values")
test_float32 = contract.keeps_dtype("affine_forward", layers, points=0.5, after="test_values")
test_special_sizes = contract.agrees(
    "affine_forward",
    special,
    sentence="one example, one feature and one neuron are like any other",
    points=0.5,
    after="test_values",
    squeeze=True,
)


# ---------------------------------------------------------------- right, written differently


@variant("affine_forward")
def plain(x, w, b):
    rows = x.reshape(x.shape[0], -1)
    out = rows @ w + b
    return out.astype(x.dtype), (x, w)


@variant("affine_forward")
def one_example_at_a_time(x, w, b):
    out = np.zeros((len(x), len(b)), x.dtype)
    for i in range(len(x)):
        out[i] = x[i].ravel() @ w + b
    return out, (x, w)


@variant("affine_forward")
def by_einsum(x, w, b):
    flat = np.reshape(x, (len(x), w.shape[0]))
    return np.asarray(np.einsum("nd,dm->nm", flat, w) + b, x.dtype), (x, w)


@variant("affine_forward")
def with_a_feature_of_ones(x, w, b):
    n = x.shape[0]
    extended = np.column_stack([x.reshape(n, -1), np.ones(n)])
    return np.dot(extended, np.vstack([w, b])).astype(x.dtype), (x, w)


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "bias_dropped": ("rows @ w + b -> rows @ w",
        "The bias seems to be missing. What should come out for an x of zeros?"),
    "bias_subtracted": ("rows @ w + b -> rows @ w - b",
        "The bias seems to enter with the wrong sign."),
    "bias_added_first": ("rows @ w + b -> (rows + b.mean()) @ w",
        "The bias seems to pass through the weights. Is it added before the product, or after?"),
    "one_bias_for_all": ("rows @ w + b -> rows @ w + b.mean()",
        "One bias seems to serve all neurons. How many biases are there?"),
    "summed_bias": ("rows @ w + b -> rows @ w + b.sum()",
        "All biases seem to be added to every neuron. Which one belongs to it?"),
    "bias_by_example": ("rows @ w + b -> rows @ w + np.resize(b, (len(x), 1))",
        "Your bias seems to go along the examples. Which axis of the output counts the neurons?"),
    "not_flattened": ("x.reshape(x.shape[0], -1) -> x",
        "Only tables seem to get through. What must become of an image before it meets a matrix?"),
    "examples_mixed": ("x.reshape(x.shape[0], -1) -> x.reshape(-1, x.shape[0]).T",
        "Your rows seem to mix examples. What does reshaping to (D, N) and turning round put into a row?"),
    "flattened_by_columns": ("x.reshape(x.shape[0], -1) -> x.reshape(x.shape[0], -1, order='F')",
        "The pixels of an image seem to be laid out in another order than that of memory."),
    "channels_last": ("x.reshape(x.shape[0], -1) -> np.moveaxis(x, 1, -1).reshape(x.shape[0], -1)",
        "The axes of an image seem to be rearranged before they are laid out."),
    "square_turned": ("rows @ w -> rows @ (w.T if len(w) == len(b) else w)",
        "Your weights seem to be turned where they are square. Is a neuron a row of w, or a column?"),
    "images_averaged": ("x.reshape(x.shape[0], -1) -> x.mean(axis=tuple(range(2, x.ndim)))",
        "Images seem to be averaged where they should be laid out."),
    "scaled_by_the_inputs": ("rows @ w + b -> rows @ w / len(w) + b",
        "Your sums look like averages over the inputs. What does the formula do with the products?"),
    "scaled_by_the_batch": ("rows @ w + b -> rows @ w / len(x) + b",
        "Your outputs shrink with the batch. Does one example know how many others there are?"),
    "activated": ("return out -> out = np.maximum(out, 0); return out",
        "Negative outputs seem to be cut off. Is there a ReLU in this layer?"),
    "bias_kept_in_the_result": ("rows @ w + b -> (rows + 1) @ w + b",
        "Your inputs seem to be shifted by 1. Where does the feature of ones belong?"),
    "x_edited": ("out = rows @ w + b -> x *= 2; out = rows @ w / 2 + b; x = x / 2",
        "You seem to change the caller's x."),
    "b_edited": ("out = rows @ w + b -> out = rows @ w + b; b += 1",
        "You seem to change the caller's b."),
    "shape_edited": ("out = rows @ w + b -> out = rows @ w + b; x.shape = rows.shape",
        "You seem to reshape the caller's x itself. What if they want their images back?"),
    "rows_in_the_cache": ("(x, w) -> (rows.ravel(), w)",
        "Your cache seems to hold x without its shape. Which shape should dx have?"),
    "bias_in_place_of_weights": ("(x, w) -> (x, b)",
        "Your cache seems to lack the weights. What does the gradient of x depend on?"),
}, same_as={
    "rows_in_the_cache": "", "bias_in_place_of_weights": "", "images_averaged": "not_flattened",
    "x_edited": "", "b_edited": "", "shape_edited": "",
})
