"""The numbers that five demos of lecture 5 show: rates of contraction, walks, turns, landscapes, and runs on digits."""

from __future__ import annotations

import numpy as np
import pytest
from zeromean.demos.l05_optimizers import natural_gradient, race, rate_and_friction, rate_dial, turned_ravine


@pytest.mark.parametrize(
    ("rate", "friction", "factor"),
    [(1.98019802, 0.0, 0.980198), (3.30578512, 0.669421, 0.818182), (1.0, 0.9, 0.948683)],
)
def test_contraction_at_condition_100(rate: float, friction: float, factor: float) -> None:
    """The best of gradient descent, of momentum, and momentum at rate 1/L shrink an error as the theory says."""
    assert rate_and_friction.shrink(rate, friction, 100.0) == pytest.approx(factor, abs=1e-3)
    sizes = np.linalg.norm(rate_and_friction.path(rate, friction, 100.0, 400), axis=1)
    assert (sizes[300:].max() / sizes[100:200].max()) ** (1 / 200) == pytest.approx(factor, abs=0.006)


@pytest.mark.parametrize("condition", [10.0, 100.0])
def test_the_marked_place_is_the_best(condition: float) -> None:
    """No place of the map is faster than the one that is marked."""
    rate, friction = np.meshgrid(*rate_and_friction.GRID)
    marked = rate_and_friction.shrink(*rate_and_friction.best(condition), condition)
    assert rate_and_friction.shrink(rate, friction, condition).min() >= marked - 1e-9
    assert marked == pytest.approx((condition**0.5 - 1) / (condition**0.5 + 1), abs=1e-6)


@pytest.mark.parametrize("friction", rate_and_friction.FRICTIONS[:-1])
def test_the_border_is_two_times_one_plus_friction(friction: float) -> None:
    """Just left of the line a walk comes home, just right of it it leaves."""
    for side, comes_home in ((0.99, True), (1.01, False)):
        x = rate_and_friction.path(side * 2 * (1 + friction), friction, 10.0, 1500)
        assert (np.abs(x[-1]).max() < 0.1) == comes_home


def test_the_goal_of_the_map_is_the_best_place() -> None:
    """Of all settings only those at the marked place gain a digit in fewer than 12 steps."""
    there = [
        (rate, friction)
        for rate in rate_and_friction.RATES
        for friction in rate_and_friction.FRICTIONS
        if rate_and_friction.compute({"rate": rate, "friction": friction, "condition": "100"})["there"]
    ]
    assert there == [(3.306, 0.67)]


@pytest.mark.parametrize("condition", ["10", "100"])
@pytest.mark.parametrize("angle", [0, 30, 75])
def test_lines_of_equal_loss_are_true(condition: str, angle: int) -> None:
    """On each line that a picture draws around a bottom the loss is the same, inwards to outwards."""
    turn, ravine = turned_ravine.turns()[angle // 5], np.diag([1 / float(condition), 1.0])
    turned = turned_ravine.compute({"condition": condition, "angle": angle})
    mapped = rate_and_friction.compute({"rate": 1.0, "friction": 0.0, "condition": condition})
    for shown, H, levels in (
        (turned, turn @ ravine @ turn.T, turned_ravine.RADII**2 / 2),
        (mapped, ravine, rate_and_friction.LEVELS),
    ):
        w = np.stack([shown["ring_x"], shown["ring_y"]], axis=-1)
        loss = np.einsum("lti,ij,ltj->lt", w, H, w) / 2
        np.testing.assert_allclose(loss, np.broadcast_to(levels[:, None], loss.shape), rtol=1e-9)


@pytest.mark.parametrize("stretch", natural_gradient.STRETCHES)
def test_the_natural_gradient_goes_straight(stretch: float) -> None:
    """Its path is a straight line from every start, and one step of rate 1 is enough."""
    F, start = natural_gradient.fisher(stretch), np.array([1.0, -2.0])
    _, green = natural_gradient.walks(F, start, 0.3)
    np.testing.assert_allclose(green, start * 0.7 ** np.arange(17)[:, None], atol=1e-12)
    assert np.abs(natural_gradient.walks(F, start, 1.0)[1][1]).max() < 1e-12


@pytest.mark.parametrize("stretch", natural_gradient.STRETCHES)
def test_lines_of_the_natural_bowl_are_true(stretch: float) -> None:
    """On each line around the bottom the loss w F w / 2 is its level."""
    shown = natural_gradient.compute({"stretch": stretch, "where": 45, "rate": 0.3})
    w = np.stack([shown["bowl_x"], shown["bowl_y"]], axis=-1)
    loss = np.einsum("lti,ij,ltj->lt", w, natural_gradient.fisher(stretch), w) / 2
    np.testing.assert_allclose(loss, np.broadcast_to(natural_gradient.LEVELS[:, None], loss.shape), rtol=1e-9)


def test_the_gradient_starts_sideways() -> None:
    """At a condition number of 64 the steepest way is 72 degrees off the way home, 15 degrees beside the flat axis."""
    shown = natural_gradient.compute({"stretch": 8.0, "where": 45, "rate": 0.3})
    assert shown["condition"] == 64
    assert shown["turned"] == pytest.approx(71.6, abs=0.1)
    assert shown["astray"]


def test_who_depends_on_the_axes() -> None:
    """Gradient descent and momentum need as many steps at every angle; AdaGrad and Adam lose more than they had won."""
    needed = {name: turned_ravine.walks(name, 100.0)[1] for name in turned_ravine.NAMES}
    assert (needed["sgd"] == 250).all()
    assert (needed["momentum"] == 88).all()
    assert needed["adagrad"][[0, 9, -1]].tolist() == [14, 485, 14]
    assert needed["adam"][[0, 9, -1]].tolist() == [39, 313, 39]


def test_at_the_diagonal_both_weights_have_one_rate() -> None:
    """Along an axis Adam's effective rates differ by a factor of tens; at 45 degrees hardly."""
    aligned = turned_ravine.compute({"angle": 0, "condition": "100"})
    turned = turned_ravine.compute({"angle": 45, "condition": "100"})
    assert aligned["apart"] > 20
    assert turned["apart"] == pytest.approx(1, abs=0.15)


def lowest(landscape: str, x: float = -1.6, **changed: float) -> dict[str, object]:
    """Return what the race shows on a landscape."""
    start = race.PLACES.index((x, 0.8))
    usual = {"factor": 1.0, "rho": 0.9, "noise": 0.0, "steep": 1.0, "angle": 0}
    return race.compute({"landscape": landscape, "start": start, **usual, **changed})


def test_only_momentum_gets_over_the_hill() -> None:
    """From the shallow valley momentum rolls over; the five others stay, 0.7 above the bottom."""
    path, _ = race.walk(race.Land("two valleys"), (1.6, 0.8), 1.0, 0.9, 0.0)
    crossed = dict(zip(race.NAMES, path[:, -1, 0] < 0, strict=True))
    assert [name for name, over in crossed.items() if over] == ["momentum"]


def test_who_wins_in_the_straight_ravine() -> None:
    """AdaGrad and RMSProp end a thousand times lower than the others, and Adam, which overshoots, last."""
    land = race.Land("ravine")
    ends, _ = race.walk(land, (-1.6, 0.8), 1.0, 0.9, 0.0)
    above = dict(zip(race.NAMES, land.above(ends[:, -1]), strict=True))
    order = sorted(above, key=above.__getitem__)
    assert set(order[:2]) == {"adagrad", "rmsprop"}
    assert above[order[1]] < above[order[2]] / 1000
    assert order[-1] == "adam"


def test_nobody_leaves_the_ridge_of_a_saddle() -> None:
    """Exactly on the ridge all six come to the saddle; a hair beside it all six leave."""
    on, _ = race.walk(race.Land("saddle"), (-1.6, 0.0), 1.0, 0.9, 0.0, 400)
    beside, _ = race.walk(race.Land("saddle"), (-1.6, 1e-6), 1.0, 0.9, 0.0, 400)
    assert (on[:, -1, 1] == 0).all()
    assert (np.abs(beside[:, -1, 1]) > 0.5).all()


def test_the_goal_of_the_race_can_be_reached() -> None:
    """At twice the rates five of six leave the saddle in time."""
    assert lowest("saddle", x=-0.3, factor=2.0)["five"]
    assert not lowest("ravine")["five"]


def test_without_rho_momentum_is_descent() -> None:
    """With rho 0 momentum and Nesterov walk as descent does at their rate; with 0.99 they are still far away."""
    still, _ = race.walk(race.Land("ravine"), (-1.6, 0.8), 1.0, 0.0, 0.0)
    descent = np.array([-1.6, 0.8]) * (1 - 0.02 * np.array([1, 30])) ** np.arange(race.STEPS + 1)[:, None]
    for name in race.WITH_RHO:
        assert np.allclose(still[list(race.RATES).index(name)], descent)
    far, _ = race.walk(race.Land("ravine"), (-1.6, 0.8), 1.0, 0.99, 0.0)
    assert abs(far[list(race.RATES).index("momentum"), -1]).max() > 0.5


@pytest.mark.parametrize("angle", race.ANGLES)
@pytest.mark.parametrize("steep", race.STEEPS)
def test_the_lowest_points_are_the_lowest(steep: float, angle: float) -> None:
    """No place of a landscape is lower than what its losses are measured from, however steep and turned it is."""
    places = np.stack(np.meshgrid(*[np.linspace(-2, 2, 401)] * 2), axis=-1)
    for name in race.LANDSCAPES:
        above = race.Land(name, steep, angle).above(places)
        assert above.min() == pytest.approx(0, abs=0.01)
        assert above.min() >= -1e-9


@pytest.mark.parametrize(
    ("name", "kappa"), [("bowl", 1), ("ravine", 30), ("saddle", 2), ("two valleys", 4.5), ("bent valley", 256)]
)
def test_kappa_is_that_of_the_bottom(name: str, kappa: float) -> None:
    """The condition number is the one that the second derivatives give, and a turn leaves it as it is."""
    assert race.Land(name).condition == pytest.approx(kappa, rel=0.02)
    assert race.Land(name, 1.0, 45).condition == pytest.approx(race.Land(name).condition)
    if name in ("bowl", "ravine"):
        assert race.Land(name, 3.0).condition == pytest.approx(3 * kappa)


def test_a_turn_costs_those_with_a_rate_for_each_weight() -> None:
    """SGD, momentum and Nesterov walk the turned ravine as the straight one; AdaGrad and Adam do not."""
    turn = np.array([[1, 1], [-1, 1]]) / 2**0.5
    straight, _ = race.walk(race.Land("ravine"), (-1.6, 0.8), 1.0, 0.9, 0.0)
    turned, _ = race.walk(race.Land("ravine", angle=45), tuple(np.array([-1.6, 0.8]) @ turn), 1.0, 0.9, 0.0)
    rules = list(race.RATES)
    for rule, same in (("sgd", True), ("momentum", True), ("nesterov", True), ("adagrad", False), ("adam", False)):
        assert np.allclose(straight[rules.index(rule)] @ turn, turned[rules.index(rule)], atol=1e-6) == same, rule


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule", "inputs", "lr"), [("sgd", "centred", 3.0), ("adam", "raw", 0.01), ("momentum", "raw", 1.0)]
)
def test_stored_runs_can_be_made_again(rule: str, inputs: str, lr: float) -> None:
    """What is stored is what the code computes, but for the last digits."""
    losses, end = rate_dial.run(rule, inputs, lr, 0)
    kept = rate_dial._grid()[rule, inputs, lr]
    assert kept["end"][0] == pytest.approx(end, rel=0.05)
    assert len(losses) == len(kept["loss"])


def test_what_centring_buys_each_rule() -> None:
    """Best of twelve rates: centring divides the loss of SGD by nine; every rule gains; raw, SGD is last."""
    centred = {rule: rate_dial.best(rule, "centred") for rule in rate_dial.NAMES}
    raw = {rule: rate_dial.best(rule, "raw") for rule in rate_dial.NAMES}
    assert all(centred[rule][1] < raw[rule][1] for rule in raw)
    assert max(raw, key=lambda rule: raw[rule][1]) == "sgd"
    assert (raw["sgd"][0], centred["sgd"][0], centred["adam"][0]) == (0.3, 3.0, 0.03)
    assert raw["sgd"][1] == pytest.approx(0.18, abs=0.03)
    assert centred["sgd"][1] == pytest.approx(0.018, abs=0.006)


def test_the_four_words() -> None:
    """Momentum on centred pixels has all four curves; the words go from low over good and high to very high."""
    words = [rate_dial.word("momentum", "centred", lr) for lr in rate_dial.RATES]
    assert list(dict.fromkeys(words)) == ["low", "good", "high", "very high"]


def test_the_dial_says_the_loss_that_is_beyond_its_picture() -> None:
    """A run that diverged ends above the picture, where its handle stops; the words say how far above."""
    shown = rate_dial.compute({"rule": "momentum", "inputs": "centred", "lr": 10.0})
    assert shown["here"] == 90 < shown["loss"]
    good = rate_dial.compute({"rule": "Adam", "inputs": "centred", "lr": 0.03})
    assert good["here"] == good["loss"] == good["best_end"]
