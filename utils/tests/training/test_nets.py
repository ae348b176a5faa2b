from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from zeromean import digits
from zeromean.training import nets, norms
from zeromean.training.loop import train
from zeromean.training.nets import Net

RNG_SEED = 5
EVERY_NORM = [{"norm": norm, "groups": 2} for norm in norms.NAMES]
EVERY_BLOCK = [
    {"block": "plain"},
    {"block": "plain", "place": "post"},
    {"block": "residual"},
    {"block": "preact"},
]


def small(**options: Any) -> tuple[Net, dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Return a net with random parameters (gamma not 1, beta not 0), and ten examples."""
    rng = np.random.default_rng(RNG_SEED)
    net = Net((4, 6, 6, 6, 3), act="tanh", **options)
    params, state = nets.init(net, rng)
    params = {name: value + 0.1 * rng.standard_normal(value.shape) for name, value in params.items()}
    state = {name: value + 0.1 * rng.random(value.shape) for name, value in state.items()}
    return net, params, state, rng.standard_normal((10, 4)), rng.integers(0, 3, 10)


def test_plain_forward_by_hand() -> None:
    """Without normalization, a network is affine maps with tanh between them."""
    net, params, state, x, _ = small()
    h = x
    for i in range(3):
        h = np.tanh(h @ params[f"W{i}"] + params[f"b{i}"])
    scores, _ = nets.forward(net, params, state, x)
    np.testing.assert_allclose(scores, h @ params["W3"] + params["b3"], rtol=1e-12)


@pytest.mark.parametrize("block", EVERY_BLOCK)
@pytest.mark.parametrize("norm", EVERY_NORM[:3] + EVERY_NORM[4:])
def test_gradient_agrees_with_a_difference(norm: dict[str, Any], block: dict[str, Any]) -> None:
    """Along a random direction, the loss changes as autograd says, for every norm but renorm (see below)."""
    net, params, state, x, t = small(**norm, **block)
    loss, grads, _ = nets.loss_and_grad(net, params, state, x, t)
    rng = np.random.default_rng(1)
    along = {name: rng.standard_normal(value.shape) for name, value in params.items()}

    def at(h: float) -> float:
        moved = {name: value + h * along[name] for name, value in params.items()}
        return nets.loss_and_grad(net, moved, state, x, t)[0]

    difference = (8 * (at(1e-3) - at(-1e-3)) - (at(2e-3) - at(-2e-3))) / 12e-3
    slope = sum(float(np.sum(grads[name] * along[name])) for name in grads)
    assert abs(slope - difference) < 1e-6 * max(1.0, abs(slope))
    assert np.isfinite(loss)


@pytest.mark.parametrize(("act", "below"), [("relu", 0.0), ("leaky", -0.02), ("leaky_tenth", -0.2), ("elu", -0.8647)])
def test_rectifiers(act: str, below: float) -> None:
    """Positive sums go through as they are; what becomes of -2 tells the rectifiers apart."""
    found = nets.ACTIVATIONS[act](np.array([-2.0, 0.0, 3.0]))
    np.testing.assert_allclose(found, [below, 0.0, 3.0], atol=1e-4)


def test_batch_norm_sets_mean_and_spread_of_every_feature() -> None:
    """After batch norm, feature j has mean beta_j and standard deviation |gamma_j|, up to eps."""
    net, params, state, x, _ = small(norm="batch", eps=1e-12)
    _, trace = nets.forward(net, params, state, x, training=True)
    np.testing.assert_allclose(trace.pre[0].mean(axis=0), params["beta0"], atol=1e-10)
    np.testing.assert_allclose(trace.pre[0].std(axis=0), abs(params["gamma0"]), rtol=1e-8)


def test_layer_norm_sets_mean_and_spread_of_every_example() -> None:
    """With gamma 1 and beta 0, layer norm gives every example mean 0 and standard deviation 1."""
    net, params, state, x, _ = small(norm="layer", eps=1e-12)
    params |= {"gamma0": np.ones(6), "beta0": np.zeros(6)}
    _, trace = nets.forward(net, params, state, x, training=True)
    np.testing.assert_allclose(trace.pre[0].mean(axis=1), 0, atol=1e-10)
    np.testing.assert_allclose(trace.pre[0].std(axis=1), 1, rtol=1e-8)


def test_one_group_is_layer_norm() -> None:
    """Group norm with a single group is layer norm."""
    net, params, state, x, _ = small(norm="group", groups=1)
    layer = Net(net.sizes, act="tanh", norm="layer")
    np.testing.assert_allclose(
        nets.forward(net, params, state, x)[0], nets.forward(layer, params, state, x)[0], rtol=1e-12
    )


def test_mean_only_keeps_the_scale() -> None:
    """Mean-only batch norm moves every feature's mean to beta and leaves its spread alone."""
    net, params, state, x, _ = small(norm="mean_only")
    _, trace = nets.forward(net, params, state, x, training=True)
    before = x @ params["W0"] + params["b0"]
    np.testing.assert_allclose(trace.pre[0].mean(axis=0), params["beta0"], atol=1e-12)
    np.testing.assert_allclose(trace.pre[0].std(axis=0), before.std(axis=0), rtol=1e-12)


def test_unclipped_renorm_normalizes_by_the_running_statistics() -> None:
    """As long as nothing is clipped, batch renormalization gives in training what it gives at test time."""
    net, params, state, x, _ = small(norm="renorm")
    state = {name: value * (0.5 if name[0] == "v" else 1.0) for name, value in state.items()}
    train_scores, _ = nets.forward(net, params, state, x, training=True)
    test_scores, _ = nets.forward(net, params, state, x)
    np.testing.assert_allclose(train_scores, test_scores, rtol=1e-10)


def test_renorm_clips_its_corrections(monkeypatch: pytest.MonkeyPatch) -> None:
    """With rmax = 1 and dmax = 0, batch renormalization is batch norm, and so is its gradient."""
    monkeypatch.setattr(norms, "RMAX", 1.0)
    monkeypatch.setattr(norms, "DMAX", 0.0)
    net, params, state, x, t = small(norm="renorm")
    batch = Net(net.sizes, act="tanh", norm="batch")
    loss, grads, _ = nets.loss_and_grad(net, params, state, x, t)
    same_loss, same_grads, _ = nets.loss_and_grad(batch, params, state, x, t)
    assert loss == pytest.approx(same_loss, rel=1e-12)
    np.testing.assert_allclose(grads["W0"], same_grads["W0"], rtol=1e-10, atol=1e-14)


def test_test_mode_does_not_look_at_the_neighbours() -> None:
    """With running statistics, an example scores the same alone and in a crowd; in training mode it does not."""
    net, params, state, x, _ = small(norm="batch")
    crowd, _ = nets.forward(net, params, state, x)
    alone, _ = nets.forward(net, params, state, x[:1])
    np.testing.assert_allclose(alone, crowd[:1], rtol=1e-12)
    crowd, _ = nets.forward(net, params, state, x, training=True)
    alone, _ = nets.forward(net, params, state, x[:1], training=True)
    assert abs(alone - crowd[:1]).max() > 0.01


def test_alone_in_its_batch_an_example_teaches_nothing_below_batch_norm() -> None:
    """With one example a batch, the output of batch norm is beta, and every gradient below it is exactly 0."""
    net, params, state, x, t = small(norm="batch")
    _, grads, trace = nets.loss_and_grad(net, params, state, x[:1], t[:1])
    np.testing.assert_array_equal(np.asarray(trace.batch[0][1]), 0)
    for name in ("W0", "b0", "gamma0", "beta0", "W1", "W2", "gamma2"):
        assert not grads[name].any(), name
    assert grads["W3"].any()


def test_a_bias_before_batch_norm_has_no_gradient() -> None:
    """The mean takes a bias away again; so its gradient is 0 up to rounding."""
    net, params, state, x, t = small(norm="batch")
    _, grads, _ = nets.loss_and_grad(net, params, state, x, t)
    assert abs(grads["b0"]).max() < 1e-15
    assert abs(grads["beta0"]).max() > 1e-3


def test_initial_scales() -> None:
    """Every scheme has its standard deviation, `scale` multiplies the hidden weights, and biases start at 0."""
    for scheme, std in {"he": (2 / 400) ** 0.5, "lecun": 0.05, "small": 0.01, "unit": 1.0}.items():
        params, _ = nets.init(Net((400, 300, 10), init=scheme, scale=3.0), np.random.default_rng(0))
        assert params["W0"].std() == pytest.approx(3 * std, rel=0.01)
        assert not params["b0"].any()
    assert params["W1"].std() == pytest.approx(1.0, rel=0.05)


def test_short_cuts_carry_the_signal() -> None:
    """With zero weights in the blocks, a pre-activation stream is the first layer's output, all the way up."""
    net, params, state, x, _ = small(norm="none", block="preact")
    params |= {name: np.zeros_like(params[name]) for name in ("W2", "b2")}
    _, trace = nets.forward(net, params, state, x)
    np.testing.assert_allclose(trace.stream[0], x @ params["W0"] + params["b0"], rtol=1e-12)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"act": "swish"}, "act is one of relu, tanh, sigmoid, leaky, leaky_tenth, elu. Got 'swish'."),
        ({"norm": "bn"}, "norm is one of none, batch"),
        ({"place": "before"}, "place is one of pre, post. Got 'before'."),
        ({"init": "zeros"}, "init is one of zero, small, unit, lecun, he. Got 'zeros'."),
        ({"block": "dense"}, "block is one of plain, residual, preact. Got 'dense'."),
        ({"block": "residual"}, r"residual blocks need 1 \+ 2k hidden layers of one width. Got \(6, 6\)."),
        ({"norm": "group", "groups": 4}, r"4 groups must divide every hidden width. Got \(6, 6\)."),
    ],
)
def test_a_net_that_makes_no_sense_is_refused(options: dict[str, Any], message: str) -> None:
    """The refusal names the choice, what there is, and what was given."""
    with pytest.raises(ValueError, match=message):
        Net((4, 6, 6, 3), **options)


def test_scores_far_apart_give_a_finite_loss() -> None:
    """The loss subtracts the largest score first, so 1000 does not overflow."""
    scores = np.array([[1000.0, 0.0], [-1000.0, 0.0]])
    assert nets.cross_entropy(scores, np.array([0, 0])) == pytest.approx(500.0)


def accuracy(lr: float, **options: Any) -> float:
    """Return the test accuracy of four hidden layers of 100 after 160 steps."""
    data = digits.load(0)
    net = Net((64, 100, 100, 100, 100, 10), **options)
    step = train(net, data.x, data.t, lr=lr, steps=160)
    return nets.accuracy(net, step.params, step.state, data.x_test, data.t_test)


def test_batch_norm_survives_a_rate_that_kills_the_plain_net() -> None:
    """At rate 3, four layers of 100 end above 90 % with batch norm and at chance without."""
    assert accuracy(3.0, norm="batch") > 0.9
    assert accuracy(3.0) < 0.2


def test_batch_norm_forgives_small_weights() -> None:
    """With hidden weights a tenth of He's, the plain net stays at chance and the normalized one learns."""
    assert accuracy(0.1, scale=0.1, norm="batch") > 0.93
    assert accuracy(0.1, scale=0.1) < 0.2
