"""Softmax and cross-entropy: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, equivalent, expect, expect_close, points, slips, unchanged, variant, vjp
from autograder.suites.a1_backprop_and_data import oracle


def problem(rng, n=5, c=4, spread=2.0):
    """Return scores (N, C) and labels (N,), no class in its turn."""
    return spread * rng.normal(size=(n, c)) + rng.normal(size=(n, 1)), (np.arange(n) + rng.integers(c)) % c


def problems(rng):
    """Yield an ordinary batch."""
    yield problem(rng)


def special(rng):
    """Yield batches of one example, of one class, of two, and with as many examples as classes."""
    for n, c in ((1, 4), (3, 1), (4, 2), (4, 4)):
        yield problem(rng, n, c)


@points(2, visible=True)
def test_loss(student, rng):
    """the loss is the mean of minus the logarithm of what the right classes get"""
    scores, y = problem(rng)
    expected = oracle.cross_entropy(scores, y)
    loss, _ = student.softmax_loss(scores, y)
    expect_close(loss, expected, "loss")


@points(2, visible=True)
def test_gradient(student, rng):
    """dscores is the gradient of that loss"""
    scores, y = problem(rng)
    expected = gradient(scores, y)
    _, dscores = student.softmax_loss(scores, y)
    expect_close(dscores, expected, "dscores")


@points(1, visible=True)
def test_no_preference(student, rng):
    """scores that are all alike cost the logarithm of the number of classes"""
    scores, y = np.full((3, 6), rng.uniform(1, 2)), rng.integers(0, 6, 3)
    loss, _ = student.softmax_loss(scores, y)
    expect_close(loss, np.log(6), "loss")


@points(1, visible=True)
def test_huge_scores(student, rng):
    """rows near +1000 and near -1000 are like any other: what counts are the differences"""
    scores, y = problem(rng, 4, 3)
    shift = np.array([[1000.0], [-1000.0], [0.0], [1000.0]])
    expected, slope = oracle.cross_entropy(scores, y), gradient(scores, y)
    loss, dscores = student.softmax_loss(scores + shift, y)
    expect_close(loss, expected, "loss", rtol=1e-7, atol=1e-7)
    expect_close(dscores, slope, "dscores", rtol=1e-7, atol=1e-7)


@points(1, after="test_loss")
def test_hopeless_example(student, rng):
    """a right class thousands below the best costs thousands, not infinity"""
    scores, y = problem(rng, 3, 4)
    scores[1, y[1]] -= 4000
    expected = oracle.cross_entropy(np.delete(scores, 1, axis=0), np.delete(y, 1)) * 2
    rest = np.delete(scores[1], y[1])
    expected += np.log(np.exp(rest - rest.max()).sum()) + rest.max() - scores[1, y[1]]
    loss, dscores = student.softmax_loss(scores, y)
    expect_close(loss, expected / 3, "loss")
    expect(bool(np.isfinite(np.asarray(dscores)).all()), "dscores holds numbers that are not finite.")


@points(0.5, after="test_gradient")
def test_nothing_given_is_edited(student, rng):
    """scores and labels keep their values"""
    scores, y = problem(rng)
    with unchanged(scores=scores, y=y):
        student.softmax_loss(scores, y)


test_float32 = contract.keeps_dtype("softmax_loss", problems, points=0.5, after="test_gradient", mixed=False)
test_special_sizes = contract.agrees(
    "softmax_loss",
    special,
    sentence="one example, one class and two classes are like any other",
    points=0.5,
    after="test_gradient",
    squeeze=True,
)


def gradient(scores, y):
    """Return the gradient of the loss for the scores, by automatic differentiation."""
    return vjp(lambda at: oracle.cross_entropy(at, y), scores, dout=np.float64(1.0))[0]


# ---------------------------------------------------------------- right, written differently


NUMBER = "a number of either kind is a number"
HARMLESS = equivalent("softmax_loss", {"float(log_p[rows, y].mean()) -> log_p[rows, y].mean()": NUMBER})


@variant("softmax_loss", equivalent={"-picked.mean() -> (-picked.mean()).astype(float)": NUMBER})
def plain(scores, y):
    n = len(scores)
    shifted = scores - scores.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    total = e.sum(axis=1, keepdims=True)
    p = e / total
    picked = shifted[np.arange(n), y] - np.log(total[:, 0])
    target = np.zeros_like(p)
    target[np.arange(n), y] = 1
    return -picked.mean(), (p - target) / n


@variant("softmax_loss", equivalent={"float(loss) -> loss": NUMBER})
def by_logaddexp(scores, y):
    n, c = scores.shape
    log_p = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    onehot = np.eye(c, dtype=scores.dtype)[y]
    loss = -(onehot * log_p).sum() / n
    return float(loss), (np.exp(log_p) - onehot) / n


@variant("softmax_loss", equivalent={"loss / len(y) -> (loss / len(y)).astype(float)": NUMBER})
def one_example_at_a_time(scores, y):
    loss, dscores = 0.0, np.zeros_like(scores)
    for i, row in enumerate(scores):
        label = y[i]
        e = np.exp(row - row.max())
        loss += row.max() - row[label] + np.log(e.sum())
        dscores[i] = e / e.sum()
        dscores[i, label] -= 1
    return loss / len(y), dscores / len(y)


@variant("softmax_loss", equivalent={"losses.mean() -> losses.mean().astype(float)": NUMBER})
def by_differences_to_the_right_score(scores, y):
    rows = np.arange(scores.shape[0])
    margins = scores - scores[rows, y][:, None]
    top = margins.max(axis=1)
    losses = top + np.log(np.exp(margins - top[:, None]).sum(axis=1))
    dscores = np.exp(margins - losses[:, None])
    dscores[rows, y] -= 1
    return losses.mean(), dscores / len(y)


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "nothing_subtracted": ("scores - scores.max(axis=1, keepdims=True) -> scores * 1.0",
        "Your exponentials overflow. What may be subtracted from a row without changing its probabilities?"),
    "maximum_of_the_whole_batch": ("scores.max(axis=1, keepdims=True) -> scores.max()",
        "One maximum seems to serve all rows. What becomes of a row that lies far below it?"),
    "mean_subtracted": ("scores.max(axis=1, keepdims=True) -> scores.mean(axis=1, keepdims=True)",
        "You seem to subtract the mean of a row. Can a score still lie far above it?"),
    "probabilities_over_the_batch": ("e.sum(axis=1, keepdims=True) -> e.sum(axis=0, keepdims=True)",
        "np.log(total[:, 0]) -> np.log(total[0, y])",
        "Your probabilities seem to sum to 1 over the examples. Between whom does an example decide?"),
    "probabilities_over_everything": ("e.sum(axis=1, keepdims=True) -> np.full((n, 1), e.sum())",
        "Your probabilities seem to sum to 1 over the whole batch. Between whom does an example decide?"),
    "summed_loss": ("-picked.mean() -> -picked.sum()",
        "Your loss grows with the batch. What does the formula do with the losses of the examples?"),
    "gradient_of_the_sum": ("(p - target) / n -> p - target",
        "Your gradient is N times too large. Is it the gradient of a sum, or of a mean?"),
    "both_of_the_sum": ("-picked.mean() -> -picked.sum()", "(p - target) / n -> p - target",
        "Loss and gradient both seem to be those of a sum over the batch. What does the formula do?"),
    "divided_by_the_classes": ("(p - target) / n -> (p - target) / scores.shape[1]",
        "Your gradient seems to be divided by the number of classes. Over what does the loss average?"),
    "mean_over_all_entries": ("(p - target) / n -> (p - target) / scores.size",
        "Your gradient seems to be averaged over all entries. Over what does the loss average?"),
    "sign_of_the_loss": ("-picked.mean() -> picked.mean()",
        "Your loss is negative. What sign has the logarithm of a probability?"),
    "sign_of_the_gradient": ("(p - target) / n -> (target - p) / n",
        "Your gradient points the other way. Should the score of the right class not rise when you step against it?"),
    "right_class_forgotten": ("(p - target) / n -> p / n",
        "Your gradient is made of probabilities alone. What is special about the right class?"),
    "only_the_right_class": ("(p - target) / n -> (p - target) * target / n",
        "Your gradient is 0 for all classes but one. Do the scores of the others not matter?"),
    "softmax_differentiated_again": ("(p - target) / n -> (p - target) * p * (1 - p) / n",
        "A slope seems to be multiplied in once too often. Is your gradient one for the scores already?"),
    "squared_error": ("-picked.mean() -> ((p - target) ** 2).sum(axis=1).mean()",
        "Your loss looks like a squared error. Which loss goes with probabilities here?"),
    "probability_for_its_logarithm": ("- np.log(total[:, 0]) -> * 0 + p[np.arange(n), y]",
        "Your loss is made of probabilities without a logarithm."),
    "logarithm_to_base_two": ("-picked.mean() -> -picked.mean() / np.log(2)",
        "Your loss seems to be counted in bits. Which logarithm does the formula have?"),
    "logarithm_with_a_floor": (
        "picked = shifted[np.arange(n), y] - np.log(total[:, 0]) -> picked = np.log(p[np.arange(n), y] + 1e-12)",
        "Something seems to be added inside your logarithm. What does a hopeless example cost then?"),
    "logarithm_of_a_quotient": (
        "picked = shifted[np.arange(n), y] - np.log(total[:, 0]) -> picked = np.log(p[np.arange(n), y])",
        "The logarithm of a probability that was rounded to 0 is infinite. Can you take it before anything is "
        "divided?"),
    "all_classes_counted": ("-picked.mean() -> -(shifted - np.log(total)).sum(axis=1).mean()",
        "Your loss seems to add up all classes. Whose logarithm does an example pay for?"),
    "labels_off_by_one": ("    shifted -> \n    y = (y + 1) % scores.shape[1]\n    shifted",
        "Your labels seem to be off by one. Which number does the first class have?"),
    "best_class_for_the_right_one": ("    shifted -> \n    y = scores.argmax(axis=1)\n    shifted",
        "The class with the highest score seems to be taken for the right one. What are the labels for?"),
    "hard_decision": ("p - target -> (p == p.max(axis=1, keepdims=True)) - target",
        "Your gradient knows only right and wrong. Where are the probabilities?"),
    "without_the_total": (" - np.log(total[:, 0]) -> ",
        "Your loss seems to lack the normalizing sum."),
    "temperature": ("e = np.exp(shifted) -> e = np.exp(shifted / 2)",
        "Your probabilities are flatter than they should be."),
    "scores_edited": (
        "shifted = scores - scores.max(axis=1, keepdims=True) -> scores -= scores.max(axis=1, keepdims=True); "
        "shifted = scores",
        "You seem to subtract inside the caller's scores."),
})
