"""Population statistics from batch statistics: checks, then the programs that prove them."""

from __future__ import annotations

from itertools import product

import numpy as np

from autograder.suite import contract, expect_close, expect_raises, points, slips, unchanged, variant
from autograder.suite.inputs import batch
from autograder.suites.a4_batch_norm import oracle


def statistics(batches):
    """Return means and biased variances (B, D) of B batches."""
    x = np.array(batches)
    return x.mean(axis=1), ((x[:, :, None] - x[:, None]) ** 2).mean(axis=(1, 2)) / 2


def some(rng):
    """Yield the arguments of a call."""
    yield *statistics([batch(rng, 3, 2) for _ in range(4)]), 3


def special(rng):
    """Yield calls with one feature, one batch, equal sizes, a constant feature, and a mean of 1e8."""
    for batches, d in ((4, 1), (1, 3), (3, 3)):
        yield *statistics([batch(rng, 3, d) for _ in range(batches)]), 3
    means, variances = statistics([batch(rng, 4, 3) for _ in range(2)])
    yield means + 1e8, variances * [1, 0, 1], 4


@points(1, visible=True)
def test_mean(student, rng):
    """the mean of the population is estimated by the average of the batch means"""
    means, variances = statistics([batch(rng, 4, 3) for _ in range(5)])
    expected = oracle.mean(means)
    mean, _ = student.population_stats(means, variances, 4)
    expect_close(mean, expected, "mean")


@points(1.5, visible=True)
def test_variance(student, rng):
    """the variance of the population is estimated by the average of the batch variances, freed from their bias"""
    means, variances = statistics([batch(rng, 2, 3) for _ in range(4)])
    expected = oracle.mean(variances) * 2  # of two examples, the biased variance is half of the unbiased one
    _, var = student.population_stats(means, variances, 2)
    expect_close(var, expected, "var")


@points(1.5, after="test_variance")
def test_unbiased(student, rng):
    """over all batches that can be drawn from a few examples, the variance is exactly theirs"""
    population = batch(rng, 3, 2)
    for m in (2, 4):
        means, variances = statistics([population[list(drawn)] for drawn in product(range(3), repeat=m)])
        _, var = student.population_stats(means, variances, m)
        expect_close(var, oracle.variance(population), "var")


@points(0.5, after="test_variance")
def test_single_batch(student, rng):
    """of a single batch, the variance is that of its examples, divided by m - 1 instead of m"""
    x = batch(rng, 7, 4)
    _, var = student.population_stats(oracle.mean(x)[None], oracle.variance(x)[None], 7)
    expect_close(var, np.cov(x.T).diagonal(), "var")


test_float32 = contract.keeps_dtype(
    "population_stats", some, points=0.5, after="test_mean", mixed=False, sentence="float32 in, float32 out"
)
test_special_numbers = contract.agrees(
    "population_stats",
    special,
    sentence="one feature, one batch, equal sizes, a variance of 0 and a huge mean are like any other",
    points=0.5,
    after="test_variance",
    squeeze=True,
)


@points(0.5, after="test_mean")
def test_nothing_given_is_edited(student, rng):
    """batch_means and batch_vars stay as they are"""
    means, variances = statistics([batch(rng, 3, 2) for _ in range(4)])
    with unchanged(batch_means=means, batch_vars=variances):
        student.population_stats(means, variances, 3)


@points(0.5, visible=True, after="test_mean")
def test_too_small_batches(student, rng):
    """batches of fewer than two examples raise ValueError"""
    means, variances = statistics([batch(rng, 3, 2) for _ in range(4)])
    for m in (1, 0):
        expect_raises("ValueError", student.population_stats, means, variances, m)


# ---------------------------------------------------------------- right, written differently


@variant("population_stats")
def plain(batch_means, batch_vars, m):
    if m < 2:
        raise ValueError("m must be at least 2")
    mean = batch_means.mean(axis=0)
    var = batch_vars.mean(axis=0) * m / (m - 1)
    return mean, var


@variant(
    "population_stats",
    equivalent={
        "zip(batch_means, batch_vars, strict=True) -> zip(batch_means, batch_vars)": "the lengths are equal",
    },
)
def corrected_batch_by_batch(batch_means, batch_vars, m):
    if m <= 1:
        raise ValueError("a variance needs two examples")
    mean = var = 0
    for one_mean, one_var in zip(batch_means, batch_vars, strict=True):
        mean += one_mean
        var += m * one_var / (m - 1)
    return mean / len(batch_means), var / len(batch_means)


@variant("population_stats")
def from_sums_of_squares(batch_means, batch_vars, m):
    batches = batch_means.shape[0]
    if m - 1 < 1:
        raise ValueError(m)
    return np.einsum("bd->d", batch_means) / batches, np.sum(m * batch_vars, axis=0) / (batches * (m - 1))


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "biased": (" * m / (m - 1) -> ",
        "Your variance is the plain average of biased ones. Are small batches as spread out as the population?"),
    "correction_upside_down": ("* m / (m - 1) -> * (m - 1) / m",
        "Your correction makes the variance smaller. Does a small batch show too much of the spread, or too little?"),
    "standard_deviations_averaged": ("batch_vars.mean(axis=0) -> np.sqrt(batch_vars).mean(axis=0) ** 2",
        "You seem to average standard deviations. Is the square of an average the average of the squares?"),
    "spread_of_the_means_added": ("* m / (m - 1) -> * m / (m - 1) + batch_means.var(axis=0)",
        "You seem to add the spread of the batch means, and to correct the bias as well. That counts one thing "
        "twice."),
    "spread_of_the_means_instead": ("* m / (m - 1) -> + batch_means.var(axis=0)",
        "You seem to add the spread of the batch means to the average variance. What if there is just one batch?"),
    "spread_of_the_means_alone": ("batch_vars.mean(axis=0) -> batch_means.var(axis=0)",
        "Your variance seems to be that of the batch means. How much do means vary, compared with single examples?"),
    "corrected_by_the_number_of_batches": ("* m / (m - 1) -> * len(batch_vars) / max(len(batch_vars) - 1, 1)",
        "Your correction seems to count the batches. What is m?"),
    "floor_division": ("* m / (m - 1) -> * m // (m - 1)",
        "Your variance seems to be rounded down. Which division keeps the fraction?"),
    "correction_rounded_down": ("* m / (m - 1) -> * (m // (m - 1))",
        "Your correction seems to be rounded down to a whole number. Which division keeps the fraction?"),
    "correction_one_off": ("* m / (m - 1) -> * (m + 1) / m",
        "Your correction is nearly there, but one off: how many differences from their own mean do m examples have?"),
    "divided_once_more": ("* m / (m - 1) -> / (m - 1)",
        "Your variance is divided by m - 1, but it was divided before. By what?"),
    "mean_corrected_too": ("batch_means.mean(axis=0) -> batch_means.mean(axis=0) * m / (m - 1)",
        "Your mean seems to be corrected like the variance. Is the mean of a small batch biased?"),
    "summed": (".mean(axis=0) -> .sum(axis=0)",
        "Your estimates grow with the number of batches. What turns a sum into an average?"),
    "averaged_over_features": (".mean(axis=0) -> .mean(axis=1)",
        "You seem to average over the features. Which axis counts the batches?"),
    "one_number_for_all_features": (".mean(axis=0) -> .mean()",
        "You seem to average over batches and features at once. How many features are there to describe?"),
    "last_batch_only": (".mean(axis=0) -> [-1]",
        "Your estimates look like those of a single batch. What do the others say?"),
    "standard_deviation_returned": ("return mean, var -> return mean, np.sqrt(var)",
        "You seem to return a standard deviation in place of the variance."),
    "mean_and_variance_exchanged": ("return mean, var -> return var, mean",
        "Mean and variance seem to have changed places in what you return."),
    "batch_vars_edited": ("var = batch_vars -> batch_vars *= m; var = batch_vars", " * m / (m - 1) ->  / (m - 1)",
        "You seem to work inside the caller's batch_vars. Will they find their statistics again?"),
    "single_examples_accepted": ("if m < 2: -> if m < 1:",
        "A batch size that says nothing about the spread seems to be welcome. What does your formula divide by "
        "then?"),
    "division_by_zero_dodged": ("m / (m - 1) -> m / max(m - 1, 1)", "if m < 2: -> if m < 0:",
        "You seem to dodge the division by zero. May the caller believe the number that comes out?"),
    "promoted_to_float64": ("mean = batch_means -> batch_means = batch_means.astype(float); mean = batch_means",
        "Your statistics are float64 whatever the batches were. Which line changes the dtype?"),
})
