"""The small network, forward and back: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, equivalent, expect, expect_close, points, slips, unchanged, variant, vjp
from autograder.suites.a1_backprop_and_data import oracle


def network(rng, d, h, k, spread=1.0):
    """Return x (D,), t (K,), W2 (H, D+1) and W3 (K, H+1), bias weights first and unlike the others."""
    W2, W3 = spread * rng.normal(size=(h, d + 1)), spread * rng.normal(size=(k, h + 1))
    return 2 * rng.normal(size=d), rng.uniform(0, 1, k), W2, W3


def networks(rng):
    """Yield a network whose sizes all differ."""
    yield network(rng, 4, 5, 3)


def special(rng):
    """Yield networks with sizes of 1, and with equal sizes."""
    for sizes in ((1, 2, 3), (2, 1, 3), (3, 2, 1), (1, 1, 1), (3, 3, 3)):
        yield network(rng, *sizes)


@points(1, visible=True)
def test_loss(student, rng):
    """the loss is the squared error of what comes out of both layers"""
    x, t, W2, W3 = network(rng, 4, 5, 3)
    expected = oracle.mlp_loss(x, W2, W3, t)
    loss, _, _, _ = student.mlp_backprop(x, t, W2, W3)
    expect_close(loss, expected, "loss")


@points(1, visible=True)
def test_upper_weights(student, rng):
    """dW3 is the gradient of the upper weights, that of the biases in its first column"""
    x, t, W2, W3 = network(rng, 4, 5, 3)
    expected = gradients(x, t, W2, W3)[2]
    _, _, dW3, _ = student.mlp_backprop(x, t, W2, W3)
    expect_close(dW3, expected, "dW3")


@points(1.5, visible=True)
def test_lower_weights(student, rng):
    """dW2 is the gradient of the lower weights, that of the biases in its first column"""
    x, t, W2, W3 = network(rng, 4, 5, 3)
    expected = gradients(x, t, W2, W3)[1]
    _, dW2, _, _ = student.mlp_backprop(x, t, W2, W3)
    expect_close(dW2, expected, "dW2")


@points(1, visible=True)
def test_dx(student, rng):
    """dx is the gradient of the inputs, without their bias unit"""
    x, t, W2, W3 = network(rng, 4, 5, 3)
    expected = gradients(x, t, W2, W3)[0]
    _, _, _, dx = student.mlp_backprop(x, t, W2, W3)
    expect_close(dx, expected, "dx")


@points(1, after="test_lower_weights")
def test_other_sizes(student, rng):
    """all gradients are right for one output, two hidden units and five inputs"""
    x, t, W2, W3 = network(rng, 5, 2, 1)
    expected = gradients(x, t, W2, W3)
    _, dW2, dW3, dx = student.mlp_backprop(x, t, W2, W3)
    for part, right, name in zip((dx, dW2, dW3), expected, ("dx", "dW2", "dW3"), strict=True):
        expect_close(part, right, name)


@points(0.5, after="test_lower_weights")
def test_saturated(student, rng):
    """with huge weights every number is finite"""
    x, t, W2, W3 = network(rng, 4, 5, 3, spread=2000.0)
    for part in student.mlp_backprop(x, t, W2, W3):
        expect(bool(np.isfinite(np.asarray(part)).all()), "with weights around 2000, not every number is finite.")


@points(0.5, after="test_lower_weights")
def test_nothing_given_is_edited(student, rng):
    """what you are given keeps its values"""
    x, t, W2, W3 = network(rng, 4, 5, 3)
    with unchanged(x=x, t=t, W2=W2, W3=W3):
        student.mlp_backprop(x, t, W2, W3)


test_float32 = contract.keeps_dtype("mlp_backprop", networks, points=0.5, after="test_lower_weights")
test_special_sizes = contract.agrees(
    "mlp_backprop",
    special,
    sentence="one input, one hidden unit, one output and equal sizes are like any other",
    points=0.5,
    after="test_lower_weights",
    squeeze=True,
)


def gradients(x, t, W2, W3):
    """Return the gradients for x, W2 and W3, by automatic differentiation."""
    return vjp(lambda *at: oracle.mlp_loss(*at, t), x, W2, W3, dout=np.float64(1.0))


# ---------------------------------------------------------------- right, written differently


NUMBER = "a number of either kind is a number"
HARMLESS = equivalent(
    "mlp_backprop",
    {
        "((y - t) ** 2).sum() -> ((y - t) ** 2).sum().astype(float)": "a number of either kind is a number",
    },
)


@variant(
    "mlp_backprop",
    equivalent={
        "((y - t) ** 2).sum() -> ((y - t) ** 2).sum().astype(float)": "a number of either kind is a number",
    },
)
def plain(x, t, W2, W3):
    kind = x.dtype
    t, W2, W3 = t.astype(kind), W2.astype(kind), W3.astype(kind)
    x0 = np.append(np.ones(1, kind), x)
    h = 0.5 + 0.5 * np.tanh(0.5 * (W2 @ x0))
    h0 = np.append(np.ones(1, kind), h)
    y = 0.5 + 0.5 * np.tanh(0.5 * (W3 @ h0))
    dy = 2 * (y - t)
    da3 = dy * y * (1 - y)
    dh0 = W3.T @ da3
    da2 = dh0[1:] * h * (1 - h)
    dx0 = W2.T @ da2
    return ((y - t) ** 2).sum(), np.outer(da2, x0), np.outer(da3, h0), dx0[1:]


@variant(
    "mlp_backprop",
    equivalent={
        "error @ error -> (error @ error).astype(float)": "a number of either kind is a number",
    },
)
def biases_apart(x, t, W2, W3):
    kind = x.dtype
    b2, V2, b3, V3 = W2[:, 0], W2[:, 1:], W3[:, 0], W3[:, 1:]
    h = 1 / (1 + np.exp(-(V2 @ x) - b2))
    y = 1 / (1 + np.exp(-(V3 @ h) - b3))
    error = y - t
    up = 2 * error * (y - y**2)
    down = (V3.T @ up) * (h - h**2)
    dW2 = np.column_stack([down, np.outer(down, x)])
    dW3 = np.column_stack([up, np.outer(up, h)])
    return error @ error, dW2.astype(kind), dW3.astype(kind), (V2.T @ down).astype(kind)


@variant(
    "mlp_backprop",
    equivalent={
        "loss -> loss.astype(float)": "a number of either kind is a number",
    },
)
def one_unit_at_a_time(x, t, W2, W3):
    x0 = [1.0, *x]
    h0 = [1.0] + [1 / (1 + np.exp(-np.dot(row, x0))) for row in W2]
    y = [1 / (1 + np.exp(-np.dot(row, h0))) for row in W3]
    dW2, dW3 = np.zeros(W2.shape, x.dtype), np.zeros(W3.shape, x.dtype)
    dh, dx, loss = np.zeros(len(h0)), np.zeros(len(x)), 0.0
    for k in range(len(t)):
        loss += (t[k] - y[k]) ** 2
        push = -2 * (t[k] - y[k]) * y[k] * (1 - y[k])
        for j in range(len(h0)):
            dW3[k, j] = push * h0[j]
            dh[j] += push * W3[k, j]
    for j in range(1, len(h0)):
        push = dh[j] * h0[j] * (1 - h0[j])
        dW2[j - 1] = push * np.array(x0)
        dx += push * W2[j - 1, 1:]
    return loss, dW2, dW3, dx.astype(x.dtype)


@variant(
    "mlp_backprop",
    equivalent={
        "np.linalg.norm(y - t) ** 2 -> (np.linalg.norm(y - t) ** 2).astype(float)": NUMBER,
    },
)
def as_a_batch_of_one(x, t, W2, W3):
    one = np.ones((1, 1))
    rows = np.hstack([one, x[None]])
    hidden = np.hstack([one, 0.5 + 0.5 * np.tanh(rows @ W2.T / 2)])
    y = 0.5 + 0.5 * np.tanh(hidden @ W3.T / 2)
    g3 = 2 * (y - t) * y * (1 - y)
    g2 = (g3 @ W3 * hidden * (1 - hidden))[:, 1:]
    parts = (g2.T @ rows, g3.T @ hidden, (g2 @ W2)[0, 1:])
    return (np.linalg.norm(y - t) ** 2, *(part.astype(x.dtype) for part in parts))


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "factor_two_lost": ("2 * (y - t) -> (y - t)",
        "Your gradients are half of what they should be. What is the derivative of a square?"),
    "sign_of_the_error": ("2 * (y - t) -> 2 * (t - y)",
        "Your gradients point the other way. The square does not care about t - y or y - t: does its derivative?"),
    "error_forgotten": ("2 * (y - t) -> np.ones_like(y)",
        "Your gradients do not depend on the target. What does the loss do with y?"),
    "absolute_error": ("2 * (y - t) -> np.sign(y - t)",
        "Your gradients know only on which side of the target you are."),
    "mean_of_the_squares": (".sum() -> .mean()", "2 * (y - t) -> 2 * (y - t) / len(t)",
        "Your loss seems to be a mean over the outputs. What does the formula do?"),
    "only_the_loss_is_a_mean": (".sum() -> .mean()",
        "Your loss seems to be a mean, your gradients are those of the sum."),
    "half_of_the_square": ("((y - t) ** 2).sum() -> ((y - t) ** 2).sum() / 2", "2 * (y - t) -> (y - t)",
        "Your loss seems to have a factor ½ in front. It is convenient; does the formula have it?"),
    "upper_slope_forgotten": ("da3 = dy * y * (1 - y) -> da3 = dy",
        "Your gradient passes the upper sigmoid as if it were a straight line."),
    "lower_slope_forgotten": ("dh0[1:] * h * (1 - h) -> dh0[1:]",
        "Your gradient passes the lower sigmoid as if it were a straight line."),
    "both_slopes_forgotten": ("da3 = dy * y * (1 - y) -> da3 = dy", "dh0[1:] * h * (1 - h) -> dh0[1:]",
        "Your gradient passes both sigmoids as if they were straight lines."),
    "slope_at_the_value": (
        "dh0[1:] * h * (1 - h) -> dh0[1:] * (0.5 + 0.5 * np.tanh(0.5 * h)) * (0.5 - 0.5 * np.tanh(0.5 * h))",
        "You seem to take the sigmoid of h once more. What is h already?"),
    "upper_slope_at_the_value": (
        "dy * y * (1 - y) -> dy * (0.5 + 0.5 * np.tanh(0.5 * y)) * (0.5 - 0.5 * np.tanh(0.5 * y))",
        "You seem to take the sigmoid of y once more. What is y already?"),
    "slope_of_tanh": ("dh0[1:] * h * (1 - h) -> dh0[1:] * (1 - h**2)",
        "The slope of the lower layer looks like that of a tanh."),
    "slope_of_the_wrong_layer": ("dh0[1:] * h * (1 - h) -> dh0[1:] * (dy * y * (1 - y)).mean()",
        "The slope of the upper layer seems to serve the lower one too."),
    "last_unit_dropped": ("dh0[1:] -> dh0[:-1]",
        "You seem to leave out the last hidden unit on the way back. Which of them is the bias unit?"),
    "last_input_dropped": ("dx0[1:] -> dx0[:-1]",
        "You seem to leave out the last input. Which of them is the bias unit?"),
    "bias_unit_kept_in_dx": ("dx0[1:] -> dx0",
        "dx seems to contain the bias unit. How many inputs are there?"),
    "weights_not_turned": ("dh0 = W3.T @ da3 -> dh0 = W3 @ da3",
        "Shapes do not meet on the way back. Which axis of W3 counts the outputs?"),
    "weights_turned_when_square": (
        "dx0 = W2.T @ da2 -> dx0 = (W2[:, 1:] if W2.shape[0] == W2.shape[1] - 1 else W2.T[1:]) @ da2",
        "dx0[1:] -> dx0",
        "Where there are as many hidden units as inputs, W2 seems to be used the wrong way round."),
    "outer_products_turned": ("np.outer(da2, x0), np.outer(da3, h0) -> np.outer(x0, da2), np.outer(h0, da3)",
        "Your weight gradients seem to be on their side. Which shape do the weights have?"),
    "gradients_exchanged": ("np.outer(da2, x0), np.outer(da3, h0) -> np.outer(da3, h0), np.outer(da2, x0)",
        "dW2 and dW3 seem to have changed places."),
    "bias_unit_zero": ("np.append(np.ones(1, kind), h) -> np.append(np.zeros(1, kind), h)",
        "The hidden bias unit seems to be 0. What is it that never changes?"),
    "input_bias_unit_zero": ("np.append(np.ones(1, kind), x) -> np.append(np.zeros(1, kind), x)",
        "The bias unit of the inputs seems to be 0. What is it that never changes?"),
    "bias_unit_last": ("np.append(np.ones(1, kind), h) -> np.append(h, np.ones(1, kind))", "dh0[1:] -> dh0[:-1]",
        "The hidden bias unit seems to stand last. Where does the stub put it?"),
    "input_bias_unit_last": ("np.append(np.ones(1, kind), x) -> np.append(x, np.ones(1, kind))", "dx0[1:] -> dx0[:-1]",
        "The bias unit of the inputs seems to stand last. Where does the stub put it?"),
    "linear_output": ("0.5 + 0.5 * np.tanh(0.5 * (W3 @ h0)) -> W3 @ h0", "da3 = dy * y * (1 - y) -> da3 = dy",
        "Your output layer seems to have no sigmoid."),
    "linear_hidden_layer": ("0.5 + 0.5 * np.tanh(0.5 * (W2 @ x0)) -> W2 @ x0", "dh0[1:] * h * (1 - h) -> dh0[1:]",
        "Your hidden layer seems to have no sigmoid. What are two linear layers together?"),
    "overflow": ("0.5 + 0.5 * np.tanh(0.5 * (W2 @ x0)) -> np.exp(W2 @ x0) / (1 + np.exp(W2 @ x0))",
        "With huge weights your sigmoid becomes infinity over infinity. You have written a better one."),
    "errors_through_updated_weights": ("dh0 = W3.T @ da3 -> dh0 = (W3 - 0.1 * np.outer(da3, h0)).T @ da3",
        "Your error seems to come back through weights that were stepped already. Which weights did the forward "
        "pass use?"),
    "weights_edited": ("dx0 = W2.T @ da2 -> dx0 = W2.T @ da2; x *= 0.5",
        "You seem to change an array that you were given."),
}, same_as={"overflow": "", "weights_edited": ""})
