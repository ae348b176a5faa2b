"""Layer-sequential unit variance: checks, then the programs that prove them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from autograder.suite import (
    FUNCTIONS,
    equivalent,
    expect,
    expect_close,
    expect_dtype,
    expect_raises,
    points,
    slips,
    unchanged,
    variant,
)

TANH, RELU, SIGMOID = (FUNCTIONS[name] for name in ("tanh", "relu", "sigmoid"))


def net(rng, *sizes, examples=7):
    """Return a batch with a mean of its own, and weights that are too small, then too large, then too small, ..."""
    X = 1.4 * rng.normal(size=(examples, sizes[0])) + 0.7
    shapes = pairwise(sizes)
    return X, [rng.normal(size=shape) * (0.02, 3.0)[layer % 2] for layer, shape in enumerate(shapes)]


def variance(z):
    """Return half the mean squared difference of two entries: their variance, biased."""
    flat = z.ravel()
    return float(((flat[:, None] - flat[None]) ** 2).mean() / 2)


def mended(X, Ws, act):
    """Return weights with which the pre-activations of every layer have variance 1; who is near already keeps them."""
    new = []
    for W in Ws:
        h = X
        for done in new:
            h = act(h @ done)
        found = variance(h @ W)
        new.append(W if abs(found - 1) <= 0.02 else W * found**-0.5)
    return new


@points(2, visible=True)
def test_first_layer(student, rng):
    """the pre-activations of a single layer have variance 1 on the batch"""
    X, Ws = net(rng, 4, 5)
    expected = mended(X, Ws, TANH)
    new = student.lsuv_init(X, Ws, TANH)
    expect_close(new, expected, "new")


@points(2, visible=True)
def test_layer_after_layer(student, rng):
    """each layer is measured on what the layers before it, already mended, make of the batch"""
    X, Ws = net(rng, 4, 6, 3, 5)
    expected = mended(X, Ws, RELU)
    new = student.lsuv_init(X, Ws, RELU)
    expect_close(new, expected, "new")


@points(1, after="test_layer_after_layer")
def test_other_activations(student, rng):
    """the activation that is handed over is the one that is used, and one example or one unit a layer will do"""
    X, Ws = net(rng, 3, 5, 4, 4)
    ceiling = float(rng.uniform(0.5, 1.5))

    def bent(z):
        return np.minimum(np.asarray(z), ceiling)

    for act in (TANH, SIGMOID, bent):
        expect_close(student.lsuv_init(X, Ws, act), mended(X, Ws, act), "new")
    for sizes, examples in (((4, 3, 5), 1), ((3, 1, 4, 1), 6)):
        X, Ws = net(rng, *sizes, examples=examples)
        expect_close(student.lsuv_init(X, Ws, TANH), mended(X, Ws, TANH), "new")


@points(1, after="test_first_layer")
def test_within_tolerance(student, rng):
    """a layer whose variance is within tol of 1 keeps its weights, and one that is a little further off does not"""
    X, (W,) = net(rng, 4, 5)
    W = W * variance(X @ W) ** -0.5
    for off, tol, kept in ((1.015, 0.02, True), (0.985, 0.02, True), (1.03, 0.02, False), (0.97, 0.02, False)):
        given = W * off**0.5
        (new,) = student.lsuv_init(X, [given], RELU)
        expect_close(new, given if kept else W, f"new[0], where the variance was {off} and tol {tol}")
    given = W * 1.2**0.5
    expect_close(student.lsuv_init(X, [given], RELU, 0.3)[0], given, "new[0], where the variance was 1.2 and tol 0.3")
    expect_close(student.lsuv_init(X, [given], RELU, tol=0.1)[0], W, "new[0], where the variance was 1.2 and tol 0.1")
    expect_close(
        student.lsuv_init(X, [W * 1.01**0.5], RELU, 0.0)[0], W, "new[0], where the variance was 1.01 and tol 0"
    )


@points(0.5, after="test_first_layer")
def test_how_often(student, rng):
    """with max_iter = 0 nothing is divided, and with 1 each layer once"""
    X, Ws = net(rng, 4, 3, 5)
    expect_close(student.lsuv_init(X, Ws, TANH, 0.02, 0), [W.copy() for W in Ws], "new, with max_iter = 0")
    expect_close(student.lsuv_init(X, Ws, TANH, max_iter=1), mended(X, Ws, TANH), "new, with max_iter = 1")


@points(1, after="test_first_layer")
def test_nothing_given_is_edited(student, rng):
    """X, the weights and their list stay as they are, and what is returned are arrays of their own"""
    X, Ws = net(rng, 4, 3, 5)
    first, second = Ws
    with unchanged(X=X, first_weights=first, second_weights=second):
        new = student.lsuv_init(X, Ws, RELU)
    expect_close(len(Ws), 2, "the number of weights in the list")
    expect(all(a is b for a, b in zip(Ws, (first, second), strict=True)), "the list of weights holds other arrays now.")
    kept = student.lsuv_init(X, new, RELU)
    for mine, theirs in zip(kept, new, strict=True):
        expect(
            not np.shares_memory(mine, theirs), "a layer that is fine already is handed back as the caller's own array."
        )


@points(0.5, after="test_first_layer")
def test_dtype_of_the_weights(student, rng):
    """each weight keeps its dtype, whatever that of the batch"""
    X, Ws = net(rng, 4, 3, 5)
    for new in student.lsuv_init(X, [W.astype(np.float32) for W in Ws], RELU):
        expect_dtype(new, np.float32, "new")
    for new in student.lsuv_init(X.astype(np.float32), Ws, RELU):
        expect_dtype(new, np.float64, "new")


@points(0.5, after="test_first_layer")
def test_no_variance(student, rng):
    """weights of 0, and a layer that gets nothing but zeros, raise ValueError"""
    X, Ws = net(rng, 4, 3, 5)
    expect_raises("ValueError", student.lsuv_init, X, [np.zeros((4, 3)), Ws[1]], TANH)
    expect_raises("ValueError", student.lsuv_init, abs(X), [-abs(Ws[0]), Ws[1]], RELU)


# ---------------------------------------------------------------- right, written differently


OWN_DTYPE, ONCE = "each weight keeps a dtype of its own", "one division is enough"
NO_SIGN, EDGE = "a variance has no sign", "no variance lies exactly there"
HARMLESS = equivalent(
    "lsuv_init",
    {"X -> X.astype(float)": OWN_DTYPE, "10 -> 11": ONCE, "abs(variance - 1) <= tol -> abs(variance - 1) < tol": EDGE},
)


@variant(
    "lsuv_init",
    equivalent={
        "X -> X.astype(float)": OWN_DTYPE,
        "10 -> 11": ONCE,
        "z = h @ scaled -> z = -(h @ scaled)": NO_SIGN,
        "abs(var - 1) <= tol -> abs(var - 1) < tol": EDGE,
    },
)
def plain(X, Ws, act, tol=0.02, max_iter=10):
    new = []
    h = X
    for W in Ws:
        scaled = W.copy()
        for _ in range(max_iter):
            z = h @ scaled
            var = z.var()
            if var <= 0:
                raise ValueError("nothing varies")
            if abs(var - 1) <= tol:
                break
            scaled = (scaled / np.sqrt(var)).astype(W.dtype)
        new.append(scaled)
        h = act(h @ scaled)
    return new


@variant(
    "lsuv_init",
    equivalent={
        "X -> X.astype(float)": OWN_DTYPE,
        "10 -> 11": ONCE,
        "z = h @ W -> z = -(h @ W)": NO_SIGN,
    },
)
def one_division_is_enough(X, Ws, act, tol=0.02, max_iter=10):
    new = [np.array(W) for W in Ws]
    for layer, W in enumerate(new):
        h = X
        for before in new[:layer]:
            h = act(h @ before)
        z = h @ W
        std = np.sqrt(np.mean((z - np.mean(z)) ** 2))
        if std == 0:
            raise ValueError(f"layer {layer}")
        if max_iter and not 1 - tol <= std**2 <= 1 + tol:
            W *= 1 / std
    return new


@variant(
    "lsuv_init",
    equivalent={
        "X -> X.astype(float)": OWN_DTYPE,
        "10 -> 11": ONCE,
        "1 -> 2 #2": ONCE,
        "0 -> 1 #2": "any entry will do",
        "factor * step -> step": ONCE,
        "rounds + 1 -> rounds": ONCE,
        "rounds + 1 -> 1": ONCE,
        "rounds + 1 -> rounds - 1": ONCE,
        "rounds -> factor #2": ONCE,
        "abs(np.var(pre) - 1) > tol -> abs(np.var(pre) - 1) >= tol": EDGE,
    },
)
def while_it_is_off(X, Ws, act, tol=0.02, max_iter=10):
    def layers():
        h = X
        for W in Ws:
            pre, rounds, factor = np.dot(h, W), 0, 1.0
            while abs(np.var(pre) - 1) > tol and rounds < max_iter:
                if not np.any(pre != pre.flat[0]):
                    raise ValueError("constant")
                step = np.var(pre) ** -0.5
                pre, factor, rounds = pre * step, factor * step, rounds + 1
            yield np.asarray(factor * W, W.dtype)
            h = act(pre)

    return [*layers()]


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "divided_by_the_variance": ("scaled / np.sqrt(var) -> scaled / var", "range(max_iter) -> range(min(max_iter, 1))",
        "You seem to divide by the variance. With which power of the weights does it grow?"),
    "divided_by_the_variance_again_and_again": ("scaled / np.sqrt(var) -> scaled / var",
        "Your division over- and undershoots in turns. With which power of the weights does the variance grow?"),
    "multiplied": ("scaled / np.sqrt(var) -> scaled * np.sqrt(var)", "range(max_iter) -> range(min(max_iter, 1))",
        "You seem to multiply by the standard deviation. A layer that is too loud: louder, or quieter?"),
    "everything_from_the_input": ("h = act(h @ scaled) -> h = X if scaled.shape[0] == X.shape[1] else act(h @ scaled)",
        "        z = h @ scaled\n ->         z = (X if scaled.shape[0] == X.shape[1] else h) @ scaled\n",
        "Some layers seem to be measured on the raw input. What reaches them?"),
    "old_layers_before_it": ("        h = act(h @ scaled) ->         h = act(h @ W)",
        "Each layer seems to be measured behind the old ones. Which weights will stand before it when you are done?"),
    "measured_behind_the_bend": ("z = h @ scaled -> z = act(h @ scaled)",
        "You seem to measure behind the activation. On which side is the variance to be 1?"),
    "measured_behind_the_bend_once": ("z = h @ scaled -> z = act(h @ scaled)",
        "range(max_iter) -> range(min(max_iter, 1))",
        "You seem to measure behind the activation. On which side is the variance to be 1?"),
    "relu_whatever_comes": ("h = act(h @ scaled) -> h = np.maximum(h @ scaled, 0)",
        "Your activation seems to be a ReLU whatever is handed over."),
    "bend_forgotten_between_the_layers": ("h = act(h @ scaled) -> h = h @ scaled",
        "Between the layers the activation seems to be missing."),
    "mean_square": ("var = z.var() -> var = (z**2).mean()",
        "You seem to bring the mean square to 1. From where does a variance measure?"),
    "spread_within_the_units": ("var = z.var() -> var = z.var(axis=0).mean()",
        "You seem to measure within each unit. The variance of which entries is to be 1 here?"),
    "each_unit_by_itself": ("z.var() -> z.var(axis=0)", "if var <= 0 -> if (var <= 0).any()",
        "if abs(var - 1) <= tol -> if (abs(var - 1) <= tol).all()",
        "Each unit seems to be scaled by itself. How many factors has a layer here?"),
    "unbiased": ("z.var() -> z.var(ddof=1)",
        "Your variance looks like the unbiased one. Which of the two does this course use?"),
    "size_of_the_largest": ("var = z.var() -> var = np.abs(z).max() ** 2",
        "You seem to bring the largest entry to 1. What is to be 1?"),
    "scaled_by_the_weights": ("var = z.var() -> var = scaled.var() * len(scaled)",
        "You seem to look at the weights alone. What does the name of the method promise to look at?"),
    "input_standardized": ("h = X\n -> h = (X - X.mean(axis=0)) / X.std(axis=0)\n",
        "The batch seems to be standardized first. Who does that when the net is used?"),
    "first_layer_only": ("    for W in Ws: ->     for W in Ws[:1]:",
        "return new -> return new + [W.copy() for W in Ws[1:]]",
        "Only the first layer seems to be scaled."),
    "last_layer_left_out": (
        "range(max_iter) -> range(0 if W is Ws[-1] and len(Ws) > 1 else max_iter)",
        "The last layer seems to be left as it was."),
    "tolerance_ignored": ("if abs(var - 1) <= tol: -> if var == 1:",
        "A layer that is within the tolerance seems to be scaled all the same. What is tol for?"),
    "tolerance_of_the_std": ("abs(var - 1) -> abs(np.sqrt(var) - 1)",
        "Your tolerance seems to be measured on the standard deviation. Of what does the stub speak?"),
    "tolerance_hard_coded": ("<= tol -> <= 0.02",
        "Your tolerance seems to be a number of your own. Where does the caller put theirs?"),
    "only_too_large_ones": ("abs(var - 1) <= tol -> var - 1 <= tol",
        "Layers that are too quiet seem to stay so."),
    "always_once": ("range(max_iter) -> range(1)",
        "max_iter does not seem to count. What if it is 0?"),
    "default_for_no_rounds": ("range(max_iter) -> range(max_iter or 10)",
        "max_iter = 0 seems to count as missing. What does `or` make of a 0?"),
    "arrays_edited": ("scaled = W.copy() -> scaled = W",
        "scaled = (scaled / np.sqrt(var)).astype(W.dtype) -> scaled /= np.sqrt(var)",
        "You seem to scale the caller's own arrays. Will they find their weights again?"),
    "own_array_handed_back": ("scaled = W.copy() -> scaled = W",
        "A layer that needs no scaling comes back as the caller's own array. What if they edit what you return?"),
    "list_filled": ("new.append(scaled) -> Ws[len(new)] = scaled; new.append(scaled)",
        "You seem to put your arrays into the caller's list."),
    "promoted": ("(scaled / np.sqrt(var)).astype(W.dtype) -> scaled / np.sqrt(var)",
        "Your weights are float64 whatever came in. Which line changes the dtype?"),
    "division_by_zero": ("if var <= 0:\n                raise ValueError(\"nothing varies\")\n            if -> if",
        "A layer that does not vary seems to be divided by 0. What does the stub promise?"),
    "silent_layer_skipped": ("raise ValueError(\"nothing varies\") -> break",
        "A layer that does not vary seems to be passed over in silence. What does the stub promise?"),
}, same_as={
    "own_array_handed_back": "",
    "only_too_large_ones": "divided_by_the_variance_again_and_again",
    "divided_by_the_variance_again_and_again": "only_too_large_ones",
    "always_once": "default_for_no_rounds",
    "default_for_no_rounds": "always_once",
})
