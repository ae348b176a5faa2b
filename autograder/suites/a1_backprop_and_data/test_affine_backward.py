"""The affine layer, backward: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, expect_close, gradients_of, points, slips, variant, vjp
from autograder.suites.a1_backprop_and_data import oracle
from autograder.suites.a1_backprop_and_data.test_affine_forward import layer


def problem(rng, shape, m):
    """Return the arguments of a forward pass, and an upstream gradient."""
    return layer(rng, shape, m), rng.normal(size=(shape[0], m)) + 0.5


def some(rng):
    """Yield an ordinary problem."""
    yield problem(rng, (4, 3), 2)


def several(rng):
    """Yield problems of equal and of other sizes."""
    yield from (problem(rng, (n, 3), 2) for n in (4, 4, 5))


def special(rng):
    """Yield problems with axes of length 1."""
    for shape, m in (((1, 3), 2), ((4, 3), 1), ((4, 1), 3), ((1, 1), 1), ((2, 1, 3, 1), 2)):
        yield problem(rng, shape, m)


@points(2, visible=True)
def test_dx(student, rng):
    """dx gathers, for each input, what every neuron makes of it"""
    forward, dout = problem(rng, (4, 3), 2)
    expected = vjp(oracle.affine, *forward, dout=dout)[0]
    dx, _, _ = gradients_of(student, "affine", forward, dout)
    expect_close(dx, expected, "dx")


@points(2, visible=True)
def test_dw(student, rng):
    """dw gathers, over the batch, what each example contributes to the gradient of a weight"""
    forward, dout = problem(rng, (4, 3), 2)
    expected = vjp(oracle.affine, *forward, dout=dout)[1]
    _, dw, _ = gradients_of(student, "affine", forward, dout)
    expect_close(dw, expected, "dw")


@points(1, visible=True)
def test_db(student, rng):
    """db gathers, over the batch, what each example contributes to the gradient of a bias"""
    forward, dout = problem(rng, (4, 3), 2)
    expected = vjp(oracle.affine, *forward, dout=dout)[2]
    _, _, db = gradients_of(student, "affine", forward, dout)
    expect_close(db, expected, "db")


@points(1, visible=True)
def test_images(student, rng):
    """for images, dx has the shape of the images"""
    forward, dout = problem(rng, (2, 2, 3, 2), 3)
    expected = vjp(oracle.affine, *forward, dout=dout)[0]
    dx, _, _ = gradients_of(student, "affine", forward, dout)
    expect_close(dx, expected, "dx")


@points(0.5, after="test_dw")
def test_weights_of_images(student, rng):
    """for images, dw is right as well"""
    forward, dout = problem(rng, (2, 2, 3, 2), 3)
    expected = vjp(oracle.affine, *forward, dout=dout)[1]
    _, dw, _ = gradients_of(student, "affine", forward, dout)
    expect_close(dw, expected, "dw")


@points(1, after="test_dx")
def test_square(student, rng):
    """as many examples as inputs as neurons: nothing is turned by mistake"""
    forward, dout = problem(rng, (3, 3), 3)
    expected = vjp(oracle.affine, *forward, dout=dout)
    got = gradients_of(student, "affine", forward, dout)
    for part, right, name in zip(got, expected, ("dx", "dw", "db"), strict=True):
        expect_close(part, right, name)


test_float32 = contract.keeps_dtype_back("affine", some, points=0.5, after="test_dx")
test_cache_is_kept = contract.same_twice("affine", some, points=0.5, after="test_dx")
test_passes_apart = contract.passes_apart("affine", several, points=0.5, after="test_dx")
test_special_sizes = contract.agrees_back(
    "affine",
    special,
    sentence="one example, one feature and one neuron are like any other",
    points=0.5,
    after="test_dx",
    squeeze=True,
)


# ---------------------------------------------------------------- right, written differently


@variant("affine_backward")
def plain(dout, cache):
    x, w = (np.asarray(part, dout.dtype) for part in cache)
    rows = x.reshape(len(x), -1)
    dx = dout @ w.T
    dw = rows.T @ dout
    db = dout.sum(axis=0)
    return dx.reshape(x.shape), dw, db


@variant("affine_backward")
def by_einsum(dout, cache):
    x, w = cache
    flat = x.reshape(dout.shape[0], w.shape[0])
    dx = np.einsum("nm,dm->nd", dout, w).reshape(x.shape)
    dw, db = np.einsum("nd,nm->dm", flat, dout), np.einsum("nm->m", dout)
    return dx.astype(dout.dtype), dw.astype(dout.dtype), db


@variant("affine_backward")
def one_example_at_a_time(dout, cache):
    x, w = (np.asarray(part, dout.dtype) for part in cache)
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(dout[0])
    for i, push in enumerate(dout):
        dx[i] = (w @ push).reshape(x[i].shape)
        dw += np.outer(x[i], push)
        db += push
    return dx, dw, db


@variant("affine_backward")
def with_a_feature_of_ones(dout, cache):
    x, w = (np.asarray(part, dout.dtype) for part in cache)
    extended = np.column_stack([x.reshape(len(x), -1), np.ones(len(x), dout.dtype)])
    both = (dout.T @ extended).T
    return (w @ dout.T).T.reshape(x.shape), both[:-1], both[-1]


@variant("affine_forward", "affine_backward")
class WithACacheOfItsOwn:
    """The cache holds the rows, the turned weights and the shape."""

    @staticmethod
    def affine_forward(x, w, b):
        rows = x.reshape(len(x), -1)
        return (rows @ w + b).astype(x.dtype), {"rows": rows, "back": w.T, "shape": x.shape}

    @staticmethod
    def affine_backward(dout, cache):
        rows, back = (np.asarray(cache[key], dout.dtype) for key in ("rows", "back"))
        return (dout @ back).reshape(cache["shape"]), rows.T @ dout, dout.sum(axis=0)


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "averaged_over_the_batch": (
        "dw = rows.T @ dout -> dw = rows.T @ dout / len(x)",
        "dout.sum(axis=0) -> dout.mean(axis=0)",
        "dw and db seem to be averaged over the batch. Where does the 1/N of the loss stand already?"),
    "dw_averaged": ("dw = rows.T @ dout -> dw = rows.T @ dout / len(x)",
        "dw seems to be averaged over the batch, db is not. Where does the 1/N of the loss stand already?"),
    "db_averaged": ("dout.sum(axis=0) -> dout.mean(axis=0)",
        "db seems to be averaged over the batch, dw is not. Where does the 1/N of the loss stand already?"),
    "everything_averaged": ("dx = dout @ w.T -> dout = dout / len(x); dx = dout @ w.T",
        "All your gradients are N times too small. Where does the 1/N of the loss stand already?"),
    "db_not_summed": ("dout.sum(axis=0) -> dout.copy()",
        "There seems to be one db for each example. How many biases are there?"),
    "db_over_neurons": ("dout.sum(axis=0) -> dout.sum(axis=1)",
        "db seems to be summed over the neurons. Who shares a bias?"),
    "db_one_number": ("dout.sum(axis=0) -> dout.sum()",
        "db seems to be a single number. Does each neuron not have its own bias?"),
    "db_with_an_extra_axis": ("dout.sum(axis=0) -> dout.sum(axis=0, keepdims=True)",
        "db has grown an axis of length 1. Could you subtract it from b in place?"),
    "db_of_ones": ("dout.sum(axis=0) -> np.full_like(dout[0], len(dout))",
        "db seems to count the examples. What does the loss feel when a bias moves?"),
    "db_through_the_weights": ("dout.sum(axis=0) -> (dout * np.abs(w).sum(axis=0)).sum(axis=0)",
        "Weights seem to enter db. In which order do product and bias come?"),
    "weights_not_turned": ("dout @ w.T -> dout @ w",
        "Your shapes do not meet in dx. Which axis of w counts the neurons?"),
    "weights_turned_to_fit": ("dout @ w.T -> dout @ (w if w.shape[0] == w.shape[1] else w.T)",
        "Your shapes decide which way round w is used, and where it is square they decide wrongly."),
    "dw_turned": ("dw = rows.T @ dout -> dw = dout.T @ rows",
        "dw seems to be on its side. Which shape does the thing have whose gradient it is?"),
    "dw_of_images_turned": ("dw = rows.T @ dout -> dw = x.T.reshape(-1, len(x)) @ dout",
        "For images, the rows of dw seem to stand in another order than the pixels."),
    "dw_from_sums": ("dw = rows.T @ dout -> dw = np.outer(rows.sum(axis=0), dout.sum(axis=0))",
        "dw looks like a product of two sums over the batch. Is that the sum of the products?"),
    "dw_of_the_last_example": ("dw = rows.T @ dout -> dw = np.outer(rows[-1], dout[-1])",
        "Only the last example seems to reach dw. What happened to the others?"),
    "dw_with_centred_x": ("dw = rows.T @ dout -> dw = (rows - rows.mean(axis=0)).T @ dout",
        "Your dw seems to be made of a centred x. Was it centred on the way forward?"),
    "dw_through_the_weights": ("dw = rows.T @ dout -> dw = rows.T @ dout * w",
        "w seems to enter dw. What does out change by when one weight moves a little?"),
    "dx_flat": ("dx.reshape(x.shape) -> dx",
        "dx has lost the shape of the images. Which shape does the thing have whose gradient it is?"),
    "dx_mixed": ("dx.reshape(x.shape) -> dx.T.reshape(x.shape)",
        "dx seems to be turned before it is shaped. Which example does a row belong to?"),
    "dx_summed_over_the_batch": ("dx = dout @ w.T -> dx = np.broadcast_to(dout.sum(axis=0) @ w.T, rows.shape)",
        "Every example seems to get the same dx. Does an example change the output of another?"),
    "dx_with_bias": ("dx = dout @ w.T -> dx = dout @ w.T + dout.sum()",
        "Something is added to your dx that x does not pass through."),
    "dx_by_sign": ("dx = dout @ w.T -> dx = dout @ np.abs(w).T",
        "The weights seem to have lost their signs in dx."),
    "sign_turned": ("dx = dout @ w.T -> dout = -dout; dx = dout @ w.T",
        "All your gradients point the other way. Who takes the step downhill?"),
    "upstream_ignored": ("dx = dout @ w.T -> dout = np.ones_like(dout); dx = dout @ w.T",
        "Your gradients are those of the sum of all outputs. What does the loss do with them?"),
    "x_through_a_relu": ("dx = dout @ w.T -> dx = dout @ w.T * (rows > 0)",
        "dx seems to be cut off where x is negative. Is there a ReLU in this layer?"),
    "dx_and_dw_exchanged": ("return dx.reshape(x.shape), dw, db -> return dw, dx.reshape(x.shape), db",
        "dx and dw seem to have changed places. In which order are they returned?"),
    "dout_edited": ("dx = dout @ w.T -> dout *= 1.5; dx = dout @ w.T",
        "You seem to multiply inside the caller's dout. Another layer may still need it."),
})
