"""Signs of gradients: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import equivalent, expect_close, points, slips, unchanged, variant


def gradients(rng, d=5, h=7):
    """Return gradients (D, H): some neurons of one sign, some of mixed signs, some with a zero among them."""
    dW = np.abs(rng.normal(size=(d, h))) + 0.1
    dW[:, 1] *= -1
    dW[0, 2] *= -1
    dW[:2, 3] *= -1
    dW[0, 4] = 0.0
    dW[1:, 5] *= -1
    return dW[:, rng.permutation(h)]


@points(2, visible=True)
def test_share_of_one_sign(student, rng):
    """a neuron counts if all its gradients are positive or all are negative; a 0 has no sign"""
    dW = gradients(rng)
    expected = by_counting(dW)[0]
    same, _ = student.gradient_sign_stats(dW)
    expect_close(same, expected, "same")


@points(2, visible=True)
def test_majority(student, rng):
    """the majority of a neuron is the more frequent sign's share of all its gradients, averaged over the neurons"""
    dW = gradients(rng)
    expected = by_counting(dW)[1]
    _, majority = student.gradient_sign_stats(dW)
    expect_close(majority, expected, "majority")


@points(1, after="test_share_of_one_sign")
def test_one_positive_example(student, rng):
    """one example with positive inputs gives every neuron a single sign"""
    dW = np.outer(rng.uniform(0.1, 1, 10), rng.normal(size=30))
    expect_close(student.gradient_sign_stats(dW), (1.0, 1.0), "the result")


@points(1, after="test_majority")
def test_dead_neurons(student, rng):
    """a neuron whose gradients are all 0 has no sign and no majority"""
    dW = gradients(rng)
    dW[:, :2] = 0.0
    expected = by_counting(dW)
    expect_close(student.gradient_sign_stats(dW), expected, "the result")


@points(1, after="test_majority")
def test_other_shapes(student, rng):
    """one input, one neuron, as many neurons as inputs, an even number of inputs split in halves"""
    halves = np.array([[1.0, -1.0], [2.0, 3.0], [-1.0, 1.0], [-4.0, 2.0]])
    for dW in (rng.normal(size=(1, 4)), rng.normal(size=(4, 1)), rng.normal(size=(4, 4)), halves, 1e-300 * halves):
        expected = by_counting(dW)
        expect_close(student.gradient_sign_stats(dW), expected, "the result")


@points(0.5, after="test_majority")
def test_input_is_kept(student, rng):
    """the array that you are given keeps its values"""
    dW = gradients(rng)
    with unchanged(dW=dW):
        student.gradient_sign_stats(dW)


def by_counting(dW):
    """Return both numbers, one neuron after the other."""
    same, majority = 0, 0.0
    for column in dW.T:
        most = max(sum(g > 0 for g in column), sum(g < 0 for g in column))
        same += most == len(column)
        majority += most / len(column)
    return same / dW.shape[1], majority / dW.shape[1]


# ---------------------------------------------------------------- right, written differently


NUMBER = "a number of either kind is a number"
HARMLESS = equivalent(
    "gradient_sign_stats",
    {
        "positive, negative = ((dW > 0).sum(axis=0), (dW < 0).sum(axis=0)) -> "
        "positive, negative = ((dW < 0).sum(axis=0), (dW > 0).sum(axis=0))": "the larger of the two has no order",
        "(most == len(dW)).mean() -> (most == len(dW)).mean().astype(float)": NUMBER,
        "(most / len(dW)).mean() -> (most / len(dW)).mean().astype(float)": NUMBER,
        "dW -> dW.astype(float)": "only signs are looked at",
    },
)


@variant(
    "gradient_sign_stats",
    equivalent={
        "same.mean() -> same.mean().astype(float)": NUMBER,
        "(most / dW.shape[0]).mean() -> (most / dW.shape[0]).mean().astype(float)": NUMBER,
        "dW -> dW.astype(float)": "only signs are looked at",
    },
)
def plain(dW):
    up = (dW > 0).sum(axis=0)
    down = (dW < 0).sum(axis=0)
    most = np.maximum(up, down)
    same = most == dW.shape[0]
    return same.mean(), (most / dW.shape[0]).mean()


@variant(
    "gradient_sign_stats",
    equivalent={
        "sum(same) / len(same) -> (sum(same) / len(same)).astype(float)": NUMBER,
        "sum(share) / len(share) -> (sum(share) / len(share)).astype(float)": NUMBER,
        "dW -> dW.astype(float)": "only signs are looked at",
    },
)
def one_neuron_at_a_time(dW):
    same, share = [], []
    for column in dW.T:
        most = max(sum(g > 0 for g in column), sum(g < 0 for g in column))
        same.append(most == len(column))
        share.append(most / len(column))
    return sum(same) / len(same), sum(share) / len(share)


@variant(
    "gradient_sign_stats",
    equivalent={
        "np.average(same) -> np.average(same).astype(float)": NUMBER,
        "np.average(shares.max(axis=0)) -> np.average(shares.max(axis=0)).astype(float)": NUMBER,
        "dW -> dW.astype(float)": "only signs are looked at",
    },
)
def by_least_and_largest(dW):
    same = np.logical_or(dW.min(axis=0) > 0, dW.max(axis=0) < 0)
    shares = np.stack([(dW > 0).mean(axis=0), (dW < 0).mean(axis=0)])
    return np.average(same), np.average(shares.max(axis=0))


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "neurons_in_rows": ("(axis=0) -> (axis=1)", "dW.shape[0] -> dW.shape[1]",
        "Your statistics seem to run along the inputs. Is a neuron a row of dW, or a column?"),
    "positive_only": ("most == dW.shape[0] -> up == dW.shape[0]",
        "Only neurons whose gradients are all positive seem to count. Is all negative not one sign too?"),
    "negative_only": ("most == dW.shape[0] -> down == dW.shape[0]",
        "Only neurons whose gradients are all negative seem to count. Is all positive not one sign too?"),
    "zero_counts_as_positive": ("dW > 0 -> dW >= 0",
        "A gradient of 0 seems to count as positive. In which direction does it push?"),
    "zero_counts_as_negative": ("dW < 0 -> dW <= 0",
        "A gradient of 0 seems to count as negative. In which direction does it push?"),
    "zero_counts_as_both": ("dW > 0 -> dW >= 0", "dW < 0 -> dW <= 0",
        "A gradient of 0 seems to count on both sides. In which direction does it push?"),
    "zeros_left_out": ("most == dW.shape[0] -> (most == up + down) & (most > 0)",
        "A neuron with a 0 among its gradients seems to pass as one of a single sign."),
    "share_among_those_with_a_sign": ("(most / dW.shape[0]).mean() -> (most / np.maximum(up + down, 1)).mean()",
        "Your majority seems to leave out gradients of 0. A share of what is asked for?"),
    "dead_neurons_pass": ("most == dW.shape[0] -> (most == dW.shape[0]) | (most == 0)",
        "A neuron whose gradients are all 0 seems to pass as one of a single sign."),
    "minority": ("np.maximum(up, down) -> np.minimum(up, down)",
        "The rarer sign seems to be counted. Which one is the majority?"),
    "positive_share": ("(most / dW.shape[0]).mean() -> (up / dW.shape[0]).mean()",
        "Your majority is the share of positive gradients. What if most are negative?"),
    "balance": ("(most / dW.shape[0]).mean() -> (np.abs(up - down) / dW.shape[0]).mean()",
        "Your majority looks like a difference of the two counts. What is it for half and half?"),
    "one_majority_for_all": ("(most / dW.shape[0]).mean() -> max(up.sum(), down.sum()) / dW.size",
        "One majority seems to be found for all neurons together. May each not have its own?"),
    "same_for_all": ("return same.mean() -> return float((up.sum() == dW.size) or (down.sum() == dW.size))",
        "All neurons seem to be asked for the same sign. May each not have its own?"),
    "counted_not_shared": ("same.mean() -> same.sum()",
        "You seem to count neurons where a share is asked for."),
    "majority_counted": ("(most / dW.shape[0]).mean() -> most.mean()",
        "Your majority is a number of gradients, not a share."),
    "majority_summed": ("(most / dW.shape[0]).mean() -> (most / dW.shape[0]).sum()",
        "Your majority is a sum over the neurons, not a mean."),
    "share_of_the_neurons": ("(most / dW.shape[0]).mean() -> (most / dW.shape[1]).mean()",
        "Your majority seems to be divided by the number of neurons. A share of what is asked for?"),
    "sign_of_the_sum": ("return same.mean() -> same = np.abs(dW.sum(axis=0)) > 0; return same.mean()",
        "The sign of a sum seems to decide. Can a sum be positive while some of its terms are not?"),
    "more_than_half": ("most == dW.shape[0] -> most > dW.shape[0] / 2",
        "A mere majority seems to pass as a single sign."),
    "all_but_one": ("most == dW.shape[0] -> most >= dW.shape[0] - 1",
        "One exception seems to be forgiven."),
    "tiny_ones_have_no_sign": ("dW > 0 -> dW > 1e-12", "dW < 0 -> dW < -1e-12",
        "Tiny gradients seem to count as 0. Is there a smallest number with a sign?"),
    "results_exchanged": (
        "return same.mean(), (most / dW.shape[0]).mean() -> return (most / dW.shape[0]).mean(), same.mean()",
        "Your two results seem to have changed places."),
    "edited": ("same = most -> dW *= 2; same = most",
        "You seem to change the array that you were given."),
}, same_as={"zero_counts_as_both": "zero_counts_as_positive", "one_majority_for_all": "positive_share"})
