from __future__ import annotations

import itertools

import numpy as np
import pytest
from zeromean import digits
from zeromean.training.loop import curve, descent, minibatches, running, train
from zeromean.training.nets import Net, init, loss_and_grad
from zeromean.training.rules import adam


def test_an_epoch_shows_each_example_at_most_once_and_drops_the_rest() -> None:
    """Ten examples in batches of four: two batches an epoch, in a new order each time."""
    batches = list(itertools.islice(minibatches(10, 4, np.random.default_rng(0)), 4))
    assert [len(rows) for rows in batches] == [4, 4, 4, 4]
    first, second = np.concatenate(batches[:2]), np.concatenate(batches[2:])
    assert len(set(first)) == len(set(second)) == 8
    assert first.tolist() != second.tolist()


@pytest.mark.parametrize("size", [0, 11])
def test_a_batch_that_does_not_fit_is_refused(size: int) -> None:
    """The refusal says how large a batch may be."""
    with pytest.raises(ValueError, match=f"A batch has 1 to 10 examples here. Got {size}."):
        next(minibatches(10, size, np.random.default_rng(0)))


def test_running_statistics_weight_the_new_batch_by_alpha() -> None:
    """E <- (1 - alpha) E + alpha * batch, in new arrays, for the mean and the biased variance."""
    net = Net((4, 6, 3), norm="batch", alpha=0.25)
    state = {"mean0": np.full(6, 2.0), "var0": np.full(6, 4.0)}
    new = running(net, state, [(np.full(6, 10.0), np.full(6, 8.0))])
    np.testing.assert_allclose(new["mean0"], 0.75 * 2 + 0.25 * 10)
    np.testing.assert_allclose(new["var0"], 0.75 * 4 + 0.25 * 8)
    assert state["mean0"][0] == 2.0


def test_renorm_averages_the_standard_deviation() -> None:
    """Batch renormalization averages sigma, and stores its square."""
    net = Net((4, 6, 3), norm="renorm", alpha=0.5, eps=0.0)
    new = running(net, {"mean0": np.zeros(6), "var0": np.ones(6)}, [(np.zeros(6), np.full(6, 9.0))])
    np.testing.assert_allclose(new["var0"], 4.0)


def test_a_step_is_plain_gradient_descent() -> None:
    """After one step, every parameter has moved by -lr times its gradient on the first batch."""
    data, net = digits.load(), Net((64, 8, 10), norm="batch")
    rng = np.random.default_rng(7)
    params, state = init(net, rng)
    rows = next(minibatches(len(data.x), 32, rng))
    loss, grads, _ = loss_and_grad(net, params, state, data.x[rows], data.t[rows])
    step = next(descent(net, data.x, data.t, lr=0.5, batch=32, rng=np.random.default_rng(7)))
    assert step.loss == loss
    for name, value in params.items():
        np.testing.assert_allclose(step.params[name], value - 0.5 * grads[name], rtol=1e-12)


def test_one_seed_gives_one_run() -> None:
    """Training twice with one seed gives the same numbers, another seed others."""
    data, net = digits.load(), Net((64, 16, 10))
    one, two, other = (train(net, data.x, data.t, lr=0.1, steps=5, seed=seed).loss for seed in (1, 1, 2))
    assert one == two != other


def test_divergence_ends_the_descent_without_a_warning() -> None:
    """A rate that overflows ends the run at the first loss that is not a number."""
    data, net = digits.load(), Net((64, 50, 50, 50, 50, 10))
    step = train(net, data.x, data.t, lr=1e4, steps=200)
    assert step.number < 200
    assert not np.isfinite(step.loss)


def test_a_schedule_gives_the_rate_of_each_step() -> None:
    """Rates are asked for by number, from 0; a rate of 0 leaves everything where it is."""
    data, net, asked = digits.load(), Net((64, 8, 10)), []

    def schedule(number: int) -> float:
        asked.append(number)
        return 0.1 if number == 0 else 0.0

    one, still = itertools.islice(descent(net, data.x, data.t, lr=schedule, rng=np.random.default_rng(0)), 2)
    assert asked == [0, 1]
    np.testing.assert_array_equal(one.params["W0"], still.params["W0"])


def test_another_rule_takes_other_steps() -> None:
    """Adam's first step moves every weight that has a gradient by the rate, whatever the gradient is."""
    data, net = digits.load(), Net((64, 8, 10))
    start, _ = init(net, np.random.default_rng(0))
    step = next(descent(net, data.x, data.t, lr=0.01, rule=adam, rng=np.random.default_rng(0)))
    moved = abs(step.params["W1"] - start["W1"])
    np.testing.assert_allclose(moved[moved > 0], 0.01, rtol=1e-3)


def test_a_curve_is_means_of_losses_and_stays_empty_after_divergence() -> None:
    """Losses are averaged in groups; where there are none, the curve says NaN."""
    data, net = digits.load(), Net((64, 8, 10))
    losses, last = curve(descent(net, data.x, data.t, lr=0.1, rng=np.random.default_rng(0)), 6, 2)
    again = [s.loss for s in itertools.islice(descent(net, data.x, data.t, lr=0.1, rng=np.random.default_rng(0)), 6)]
    np.testing.assert_allclose(losses, np.reshape(again, (3, 2)).mean(axis=1))
    assert last.number == 6
    deep = Net((64, 50, 50, 50, 50, 10))
    losses, last = curve(descent(deep, data.x, data.t, lr=1e4, rng=np.random.default_rng(0)), 40, 4)
    assert np.isnan(losses[-1])
    assert last.number < 40
