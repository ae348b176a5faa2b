"""Statistics of a net's activations: checks, then the programs that prove them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from autograder.suite import FUNCTIONS, contract, equivalent, expect_close, points, slips, unchanged, variant
from autograder.suites.a2_activations_and_init import oracle

TANH, RELU, SIGMOID = (FUNCTIONS[name] for name in ("tanh", "relu", "sigmoid"))


def net(rng, *sizes, examples=6):
    """Return a batch and the weights of a net, sized so that neither fades."""
    X = rng.normal(size=(examples, sizes[0])) + 0.4
    return X, [1.3 * rng.normal(size=shape) / shape[0] ** 0.5 for shape in pairwise(sizes)]


def special(rng):
    """Yield nets of one layer, with one unit, one input, one example, and equal sizes."""
    yield from ((*net(rng, *sizes), TANH) for sizes in ((4, 3), (4, 1, 3), (1, 5), (4, 4, 4)))
    yield *net(rng, 3, 5, 2, examples=1), RELU
    yield *net(rng, 1, 1, examples=1), TANH


@points(2, visible=True)
def test_one_layer(student, rng):
    """of one layer: the mean of all activations, their standard deviation, and their spread within a unit"""
    X, Ws = net(rng, 4, 5)
    expected = oracle.net_statistics(X, Ws, SIGMOID)
    stats = student.activation_stats(X, Ws, SIGMOID)
    expect_close(stats, expected, "stats")


@points(2, visible=True)
def test_several_layers(student, rng):
    """each layer works on what the layer before it returned, and has three numbers of its own"""
    X, Ws = net(rng, 4, 6, 3, 5)
    expected = oracle.net_statistics(X, Ws, TANH)
    stats = student.activation_stats(X, Ws, TANH)
    expect_close(stats, expected, "stats")


@points(1, after="test_several_layers")
def test_deep_net_of_sigmoids(student, rng):
    """in a deep net of sigmoids the standard deviation stays, while the spread within a unit fades"""
    X, Ws = net(rng, *[30] * 9, examples=12)
    expected = oracle.net_statistics(X, Ws, SIGMOID)
    stats = student.activation_stats(X, Ws, SIGMOID)
    for layer, (got, right) in enumerate(zip(stats, expected, strict=True)):
        expect_close(got, right, f"stats[{layer}]", atol=1e-12, rtol=1e-6)


@points(1, after="test_several_layers")
def test_any_activation(student, rng):
    """the function that is handed over is used as it is, behind every layer, also the last one"""
    X, Ws = net(rng, 3, 4, 5)
    shift, slope = rng.uniform(0.5, 1.5, 2)

    def bent(z):
        return np.where(np.asarray(z) > 0, z, slope * np.asarray(z)) + shift

    expected = oracle.net_statistics(X, Ws, bent)
    expect_close(student.activation_stats(X, Ws, bent), expected, "stats")
    expect_close(student.activation_stats(X, Ws, RELU), oracle.net_statistics(X, Ws, RELU), "stats")


@points(0.5, after="test_one_layer")
def test_large_mean(student, rng):
    """activations around a million are measured as well as any others"""
    X, Ws = net(rng, 4, 5)

    def far_away(z):
        return np.asarray(z) + 1e6

    expected = oracle.net_statistics(X, Ws, far_away)
    expect_close(student.activation_stats(X, Ws, far_away), expected, "stats", rtol=1e-6, atol=1e-6)


@points(0.5, after="test_one_layer")
def test_nothing_given_is_edited(student, rng):
    """X, the weights, and the list of weights stay as they are"""
    X, Ws = net(rng, 4, 3, 5)
    first, second = Ws
    with unchanged(X=X, first_weights=first, second_weights=second):
        student.activation_stats(X, Ws, RELU)
    expect_close(len(Ws), 2, "the number of weights in the list")


test_special_sizes = contract.agrees(
    "activation_stats",
    special,
    sentence="one layer, one unit, one input, one example, and equal sizes are like any other",
    points=0.5,
    after="test_one_layer",
)


# ---------------------------------------------------------------- right, written differently


NUMBERS = "what is returned are numbers"
HARMLESS = equivalent("activation_stats", {"X -> X.astype(float)": NUMBERS})


@variant("activation_stats", equivalent={"X -> X.astype(float)": NUMBERS})
def plain(X, Ws, act):
    stats = []
    for W in Ws:
        X = act(X @ W)
        mean = X.mean()
        std = X.std()
        within = np.sqrt(X.var(axis=0).mean())
        stats.append((mean, std, within))
    return stats


@variant("activation_stats", equivalent={"X -> X.astype(float)": NUMBERS})
def by_deviations(X, Ws, act):
    layers = [X]
    for W in Ws:
        layers.append(act(np.dot(layers[-1], W)))
    found = []
    for h in layers[1:]:
        m = np.sum(h) / h.size
        own = np.sum(h, axis=0) / len(h)
        found.append([m, (np.sum((h - m) ** 2) / h.size) ** 0.5, (np.sum((h - own) ** 2) / h.size) ** 0.5])
    return found


@variant(
    "activation_stats",
    equivalent={
        "X -> X.astype(float)": NUMBERS,
        "float(np.mean(h[:, j])) -> np.mean(h[:, j])": NUMBERS,
        "float(np.mean((h[:, j] - units[j]) ** 2)) -> np.mean((h[:, j] - units[j]) ** 2)": NUMBERS,
        "float(np.var(units)) -> np.var(units)": NUMBERS,
    },
)
def by_the_sum_of_both_spreads(X, Ws, act):
    stats, h = [], X
    for W in Ws:
        h = act(np.einsum("nd,dm->nm", h, W))
        units = [float(np.mean(h[:, j])) for j in range(h.shape[1])]
        squares = [float(np.mean((h[:, j] - units[j]) ** 2)) for j in range(h.shape[1])]
        within, between = sum(squares) / len(squares), float(np.var(units))
        stats.append((sum(units) / len(units), np.sqrt(within + between), np.sqrt(within)))
    return stats


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "input_fed_to_every_layer": ("X = act(X @ W) -> h = act(X @ W)", "X.mean() -> h.mean()", "X.std() -> h.std()",
        "X.var(axis=0) -> h.var(axis=0)",
        "Every layer seems to be fed with the input. What does the second layer see?"),
    "measured_before_the_bend": ("X = act(X @ W) -> z = X @ W; X = act(z)",
        "X.mean() -> z.mean()", "X.std() -> z.std()", "X.var(axis=0) -> z.var(axis=0)",
        "You seem to measure in front of the activation. Which side of it do the lectures show?"),
    "no_bend": ("X = act(X @ W) -> X = X @ W",
        "The activation does not seem to be used. What is it handed over for?"),
    "bent_twice": ("act(X @ W) -> act(act(X @ W))",
        "The activation seems to be applied twice."),
    "bent_before_the_weights": ("act(X @ W) -> act(X) @ W",
        "The activation seems to act on the input of a layer. What comes first, the weights or the bend?"),
    "last_layer_straight": ("X = act(X @ W) -> X = X @ W if W is Ws[-1] else act(X @ W)",
        "Your last layer seems to have no activation."),
    "tanh_of_its_own": ("act(X @ W) -> np.tanh(X @ W)",
        "Your activation seems to be tanh whatever is handed over."),
    "variances_returned": ("std = X.std() -> std = X.var()", "np.sqrt(X.var(axis=0).mean()) -> X.var(axis=0).mean()",
        "You seem to return variances. In which units is a standard deviation?"),
    "total_not_rooted": ("std = X.std() -> std = X.var()",
        "Your second number looks like a variance. What is still missing?"),
    "within_rooted_twice": ("X.var(axis=0).mean() -> X.std(axis=0).mean()",
        "Your third number has a root too many. Of what is the mean taken: variances, or standard deviations?"),
    "within_around_zero": ("np.sqrt(X.var(axis=0).mean()) -> np.sqrt((X**2).mean())",
        "Your third number measures from 0. From where should each unit be measured?"),
    "weights_left_out": ("act(X @ W) -> act(X)",
        "The weights do not seem to be used. What stands between two layers?"),
    "means_of_the_examples": ("np.sqrt(X.var(axis=0).mean()) -> X.mean(axis=1).std()",
        "Your third number compares the means of the examples. Whose spread is it to be?"),
    "within_not_rooted": ("np.sqrt(X.var(axis=0).mean()) -> X.var(axis=0).mean()",
        "Your third number looks like a variance. What is still missing?"),
    "deviations_averaged": ("np.sqrt(X.var(axis=0).mean()) -> X.std(axis=0).mean()",
        "You seem to average standard deviations. Is the root of a mean the mean of the roots?"),
    "within_an_example": ("X.var(axis=0).mean() -> X.var(axis=1).mean()",
        "Your third number looks at how the units of one example differ. Between what should it compare?"),
    "between_the_units": ("np.sqrt(X.var(axis=0).mean()) -> X.mean(axis=0).std()",
        "Your third number compares the means of the units. That is the other part of the spread."),
    "total_twice": ("np.sqrt(X.var(axis=0).mean()) -> X.std()",
        "Your second and third number are the same. From which mean does each of them measure?"),
    "within_as_total": ("std = X.std() -> std = np.sqrt(X.var(axis=0).mean())",
        "Your second number measures from the mean of each unit. From which mean should it?"),
    "spreads_exchanged": ("(mean, std, within) -> (mean, within, std)",
        "Your second and third number seem to have changed places."),
    "spread_around_zero": ("X.std() -> np.sqrt((X**2).mean())",
        "Your standard deviation measures from 0. From where should it?"),
    "unbiased": ("X.std() -> X.std(ddof=1)", "X.var(axis=0) -> X.var(axis=0, ddof=1)",
        "Your spreads look like unbiased ones. Which of the two does this course use?"),
    "one_pass": ("X.std() -> np.sqrt((X**2).mean() - X.mean() ** 2)",
        "Around a million your standard deviation loses its digits. What happens when two large numbers "
        "that are nearly equal are subtracted?"),
    "mean_of_sizes": ("mean = X.mean() -> mean = np.abs(X).mean()",
        "Your mean never is negative. Does it see the signs?"),
    "mean_of_each_unit": ("mean = X.mean() -> mean = X.mean(axis=0)",
        "Your mean is an array. How many numbers describe a layer?"),
    "median": ("mean = X.mean() -> mean = np.median(X)",
        "Your mean looks like a median."),
    "input_counted_as_a_layer": ("stats = [] -> stats = [(X.mean(), X.std(), np.sqrt(X.var(axis=0).mean()))]",
        "The input seems to count as a layer."),
    "last_layer_only": ("    return stats ->     return stats[-1:]",
        "Only the last layer seems to be measured."),
    "normalized_on_the_way": ("act(X @ W) -> act((X - X.mean(axis=0)) @ W)",
        "Something seems to be centred on the way. Is there any normalization in this net?"),
    "weights_edited": ("X = act(X @ W) -> W *= 1.5; X = act(X @ W / 1.5)",
        "You seem to work inside the caller's weights. Will they find their net again?"),
    "list_emptied": ("for W in Ws: -> while Ws:\n        W = Ws.pop(0)",
        "The caller's list of weights is empty afterwards. Will they find their net again?"),
})
