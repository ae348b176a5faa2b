"""Maxout, forward and backward: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, expect_close, gradients_of, points, slips, unchanged, variant, vjp
from autograder.suites.a2_activations_and_init import oracle
from autograder.suites.a2_activations_and_init.inputs import upstream


def problem(rng, n, d, k, m):
    """Return the arguments of n examples, d inputs, k pieces and m units, and an upstream gradient."""
    args = (rng.normal(size=(n, d)) + 0.3, rng.normal(size=(k, d, m)), rng.normal(size=(k, m)))
    return args, upstream(rng, n, m)


def contest(rng):
    """Return a problem in which every piece of every unit wins for some example."""
    while True:
        (x, W, b), dout = problem(rng, 7, 4, 3, 2)
        winners = (np.einsum("nd,kdm->nkm", x, W) + b).argmax(axis=1)
        if all(set(of_one_unit) == {0, 1, 2} for of_one_unit in winners.T):
            return (x, W, b), dout


def forward_only(rng):
    """Yield the arguments of forward passes."""
    yield problem(rng, 4, 3, 2, 5)[0]


def several(rng):
    """Yield problems of equal and of other sizes."""
    yield from (problem(rng, n, 3, 3, 2) for n in (4, 4, 5))


def special_back(rng):
    """Yield problems with one unit, one input, one example, one piece, many pieces, and all sizes equal."""
    sizes = ((4, 3, 2, 1), (4, 1, 2, 3), (1, 4, 3, 2), (4, 3, 1, 2), (3, 2, 6, 4), (3, 3, 3, 3), (1, 1, 1, 1))
    yield from (problem(rng, *size) for size in sizes)


def special(rng):
    """Yield the forward passes of the same problems."""
    yield from (args for args, _ in special_back(rng))


@points(2, visible=True)
def test_out(student, rng):
    """each unit returns the largest of its own pieces, also where all of them are negative"""
    (x, W, b), _ = contest(rng)
    b[:, 1] -= 9
    expected = oracle.maxout(x, W, b)
    out, _ = student.maxout_forward(x, W, b)
    expect_close(out, expected)


@points(2, visible=True)
def test_dx(student, rng):
    """dx gathers what comes back through the winning piece of every unit"""
    args, dout = contest(rng)
    expected, _, _ = vjp(oracle.maxout, *args, dout=dout)
    dx, _, _ = gradients_of(student, "maxout", args, dout)
    expect_close(dx, expected, "dx")


@points(2, visible=True)
def test_weights_gradient(student, rng):
    """dW gathers, for each piece, what the examples that it has won contribute"""
    args, dout = contest(rng)
    _, expected, _ = vjp(oracle.maxout, *args, dout=dout)
    _, dW, _ = gradients_of(student, "maxout", args, dout)
    expect_close(dW, expected, "dW")


@points(1, visible=True)
def test_bias_gradient(student, rng):
    """db gathers, for each piece, the dout of the examples that it has won"""
    args, dout = contest(rng)
    _, _, expected = vjp(oracle.maxout, *args, dout=dout)
    _, _, db = gradients_of(student, "maxout", args, dout)
    expect_close(db, expected, "db")


@points(1, after="test_dx")
def test_bends_of_before(student, rng):
    """with a second piece of 0 a unit is a ReLU, and with a tenth of the first a leaky one, on both ways"""
    (x, W, b), dout = problem(rng, 6, 3, 2, 4)
    for alpha in (0.0, 0.1):
        W[1], b[1] = alpha * W[0], alpha * b[0]
        z = x @ W[0] + b[0]
        expected, _ = vjp(oracle.leaky, z, alpha, dout=dout)
        out, _ = student.maxout_forward(x, W, b)
        expect_close(out, oracle.leaky(z, alpha))
        dx, _, _ = gradients_of(student, "maxout", (x, W, b), dout)
        expect_close(dx, expected @ W[0].T, "dx")


@points(1, after="test_dx")
def test_ties(student, rng):
    """pieces that tie do not all get the gradient: it goes to the first of them, once"""
    (x, W, b), dout = contest(rng)
    W[2], b[2] = W[1], b[1]
    dx, dW, db = vjp(oracle.maxout, x, W[:2], b[:2], dout=dout)
    found = gradients_of(student, "maxout", (x, W, b), dout)
    expect_close(found[0], dx, "dx")
    expect_close(found[1], np.concatenate([dW, 0 * dW[:1]]), "dW")
    expect_close(found[2], np.concatenate([db, 0 * db[:1]]), "db")


@points(0.5, after="test_dx")
def test_nothing_given_is_edited(student, rng):
    """neither pass edits x, W, b or dout"""
    (x, W, b), dout = problem(rng, 6, 3, 3, 2)
    with unchanged(x=x, W=W, b=b, dout=dout):
        student.maxout_forward(x, W, b)
        _, cache = student.forward_for_backward("maxout_forward", x, W, b)
        student.maxout_backward(dout, cache)


test_float32 = contract.keeps_dtype("maxout_forward", forward_only, points=0.5, after="test_out")
test_float32_back = contract.keeps_dtype_back("maxout", several, points=0.5, after="test_dx")
test_cache = contract.cache_serves("maxout", several, points=0.5, after="test_out")
test_second_backward = contract.same_twice("maxout", several, points=0.5, after="test_dx", proof=False)
test_passes_apart = contract.passes_apart("maxout", several, points=0.5, after="test_dx")
test_special_sizes = contract.agrees(
    "maxout_forward",
    special,
    sentence="one unit, one input, one example, one piece, six pieces, and equal sizes are like any other",
    points=0.5,
    after="test_out",
    squeeze=True,
)
test_special_gradients = contract.agrees_back(
    "maxout",
    special_back,
    sentence="the gradients are right with one unit, input, example or piece, with six pieces, and with equal sizes",
    points=0.5,
    after="test_dx",
    squeeze=True,
)


# ---------------------------------------------------------------- right, written differently


@variant("maxout_forward")
def plain_forward(x, W, b):
    z = np.stack([x @ W[k] + b[k] for k in range(len(W))])
    out, winner = z.max(axis=0), z.argmax(axis=0)
    return out.astype(x.dtype), (x, W, winner)


@variant("maxout_backward")
def plain_backward(dout, cache):
    x, W, winner = cache
    dx, dW, db = 0, [], []
    for k in range(len(W)):
        dz = np.where(winner == k, dout, 0)
        dx = dx + dz @ W[k].T
        dW.append(x.T @ dz)
        db.append(dz.sum(axis=0))
    return dx.astype(dout.dtype), np.array(dW).astype(dout.dtype), np.array(db)


@variant(
    "maxout_forward",
    equivalent={
        "np.zeros((len(x), W.shape[2]), dtype=int) -> np.zeros((len(x), W.shape[2]))": "np.where makes "
        "integers of them; and where there is one piece only, 0.0 finds it as well",
    },
)
def one_piece_after_another(x, W, b):
    out, winner = x @ W[0] + b[0], np.zeros((len(x), W.shape[2]), dtype=int)
    for k in range(1, len(W)):
        z = x @ W[k] + b[k]
        winner = np.where(z > out, k, winner)
        out = np.maximum(out, z)
    return out.astype(x.dtype), (x, W, winner)


@variant("maxout_backward")
def by_sums_over_letters(dout, cache):
    x, W, winner = cache
    won = np.eye(len(W), dtype=dout.dtype)[winner]
    dz = np.einsum("nmk,nm->knm", won, dout)
    dx = np.einsum("knm,kdm->nd", dz, W).astype(dout.dtype)
    return dx, np.einsum("nd,knm->kdm", x, dz).astype(dout.dtype), np.einsum("knm->km", dz)


@variant("maxout_forward", "maxout_backward")
class KeepsTheWinnersWeights:
    """The cache holds the weights of the winners, one example at a time."""

    @staticmethod
    def maxout_forward(x, W, b):
        z = np.einsum("nd,kdm->nkm", x, W) + b
        winner = np.argmax(z, axis=1)
        out = np.take_along_axis(z, winner[:, None], axis=1)[:, 0]
        return out.astype(x.dtype), {"x": x, "W": W, "winner": winner}

    @staticmethod
    def maxout_backward(dout, cache):
        x, W, winner = cache["x"], cache["W"], cache["winner"]
        dx = np.zeros(x.shape, dout.dtype)
        dW, db = np.zeros(W.shape, dout.dtype), np.zeros((len(W), W.shape[2]), dout.dtype)
        for n, m in np.ndindex(dout.shape):
            k = winner[n, m]
            dx[n] += dout[n, m] * W[k, :, m]
            dW[k, :, m] += dout[n, m] * x[n]
            db[k, m] += dout[n, m]
        return dx, dW, db


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG_FORWARD = slips(plain_forward, {
    "pieces_added": ("z.max(axis=0), -> z.sum(axis=0),",
        "Your out seems to add the pieces up. Which of them counts?"),
    "pieces_averaged": ("z.max(axis=0), -> z.mean(axis=0),",
        "Your out seems to average the pieces. Which of them counts?"),
    "smallest_piece": ("z.max(axis=0), z.argmax(axis=0) -> z.min(axis=0), z.argmin(axis=0)",
        "Your out seems to be the smallest piece."),
    "largest_in_size": ("z.max(axis=0), z.argmax(axis=0) -> "
        "np.take_along_axis(z, np.abs(z).argmax(axis=0)[None], axis=0)[0], np.abs(z).argmax(axis=0)",
        "You seem to compare sizes without their signs. Is -5 larger than 3?"),
    "bias_forgotten": ("x @ W[k] + b[k] -> x @ W[k]",
        "The bias seems to be missing."),
    "bias_after_the_maximum": ("x @ W[k] + b[k] for -> x @ W[k] for", "out.astype -> (out + b[0]).astype",
        "The bias seems to be added after the maximum. Does each piece have one of its own?"),
    "bias_of_the_first_piece": ("+ b[k] -> + b[0]",
        "All pieces seem to share the first bias. How many biases has a unit?"),
    "biases_averaged": ("+ b[k] -> + b.mean(axis=0)",
        "All pieces seem to share one bias. How many biases has a unit?"),
    "first_piece_alone": ("z.max(axis=0), -> z[0],",
        "Your out seems to be the first piece everywhere."),
    "cut_off_at_zero": ("z.max(axis=0), -> np.maximum(z.max(axis=0), 0),",
        "Your out is never negative. Is there a ReLU in a maxout unit?"),
    "starts_at_zero": ("out, winner = z.max(axis=0), z.argmax(axis=0) -> "
        "out, winner = np.zeros(z.shape[1:]), np.zeros(z.shape[1:], int)\n    for k in range(len(W)):\n"
        "        out, winner = np.maximum(out, z[k]), np.where(z[k] > out, k, winner)",
        "Your search for the largest piece seems to start at 0. What if all are negative?"),
    "units_compete": ("z.max(axis=0), -> np.broadcast_to(z.max(axis=(0, 2))[:, None], z.shape[1:]),",
        "All units of an example seem to return the same. Who competes: pieces, or units?"),
    "examples_compete": ("z.max(axis=0), -> np.broadcast_to(z.max(axis=(0, 1)), z.shape[1:]),",
        "All examples seem to get the same. Who competes: pieces, or examples?"),
    "one_winner_for_an_example": (
        "z.max(axis=0), -> z[z.sum(axis=2).argmax(axis=0), np.arange(len(x))],",
        "One piece seems to win for all units of an example. Does each unit choose for itself?"),
    "softly": ("z.max(axis=0), -> np.log(np.exp(z).sum(axis=0)),",
        "Your maximum is a soft one: a little of every piece is in it."),
    "always_two_pieces": ("range(len(W)) -> range(min(2, len(W)))",
        "You seem to look at two pieces only. How many are there?"),
}, same_as={
    "starts_at_zero": "cut_off_at_zero",
    "cut_off_at_zero": "starts_at_zero",
    "bias_of_the_first_piece": "bias_after_the_maximum",
    "bias_after_the_maximum": "bias_of_the_first_piece",
})

WRONG_BACKWARD = slips(plain_backward, {
    "gradient_to_every_piece": ("np.where(winner == k, dout, 0) -> dout",
        "Every piece seems to get the gradient. Whose change would the output have felt?"),
    "gradient_shared_out": ("np.where(winner == k, dout, 0) -> dout / len(W)",
        "The gradient seems to be shared out among the pieces. Whose change would the output have felt?"),
    "gradient_to_the_losers": ("winner == k -> winner != k",
        "The gradient seems to go to the pieces that have lost."),
    "ties_counted_twice": ("dz = np.where(winner == k, dout, 0) -> "
        "same = [i for i in range(len(W)) if np.array_equal(W[i], W[k])]; "
        "dz = np.where(np.isin(winner, same), dout, 0)",
        "Pieces that tie seem to get the gradient each. How much does the output move when one of them does?"),
    "ties_to_the_last": ("winner == k -> winner == next(i for i in range(len(W)) if np.array_equal(W[i], W[k]))",
        "dx = dx + dz @ W[k].T -> "
        "dz = dz if k == max(i for i in range(len(W)) if np.array_equal(W[i], W[k])) else 0 * dz; "
        "dx = dx + dz @ W[k].T",
        "Of pieces that tie, the last seems to get the gradient. Which one did we agree on?"),
    "last_piece_in_dx": ("dx = dx + dz -> dx = dz",
        "Your dx seems to come through one piece only. Who else reads x?"),
    "dx_averaged": ("dx + dz @ W[k].T -> dx + dz @ W[k].T / len(W)",
        "Your dx seems to be averaged over the pieces. How often is x read?"),
    "dx_with_the_first_weights": ("dz @ W[k].T -> dz @ W[0].T",
        "Your dx seems to use the weights of the first piece for all."),
    "dx_through_the_mean_weights": ("dz @ W[k].T -> dz @ W.mean(axis=0).T",
        "Your dx seems to use an average of the weights. Whose weights has an example met?"),
    "dW_averaged": ("x.T @ dz -> x.T @ dz / len(x)",
        "dW seems to be averaged over the batch. Where is the 1/N of the loss already?"),
    "dW_without_the_gate": ("x.T @ dz -> x.T @ dout",
        "Every piece seems to get the same dW. Which examples has it won?"),
    "dW_without_x": ("x.T @ dz -> np.ones_like(x).T @ dz",
        "x seems to be missing in dW. What multiplies a weight?"),
    "db_averaged": ("dz.sum(axis=0) -> dz.mean(axis=0)",
        "db seems to be averaged over the batch. Where is the 1/N of the loss already?"),
    "db_without_the_gate": ("dz.sum(axis=0) -> dout.sum(axis=0)",
        "Every piece seems to get the same db. Which examples has it won?"),
    "db_summed_over_units": ("dz.sum(axis=0) -> np.full(dz.shape[1], dz.sum())",
        "db seems to be summed over the units, too. Who shares a bias?"),
    "gate_without_dout": ("np.where(winner == k, dout, 0) -> np.where(winner == k, 1.0, 0.0).astype(dout.dtype)",
        "dout seems to be missing. How much does the loss care about each output?"),
    "dout_edited": ("dz = np.where(winner == k, dout, 0) -> dout[winner < k] = 0; dz = np.where(winner == k, dout, 0)",
        "You seem to cut off inside the caller's dout. The next piece needs it as well."),
    "winner_edited": ("dx, dW, db = 0, [], [] -> dx, dW, db = 0, [], []; winner += 1",
        "winner == k -> winner == k + 1",
        "You seem to count on inside the cache. Could the backward pass be run once more?"),
}, same_as={"winner_edited": ""})
