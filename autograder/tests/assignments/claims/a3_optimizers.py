"""What A3 says, beside the code that shows it."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.tests.assignments.text import listing

# ---- formulas ------------------------------------------------------------------------------------------------------

RNG = np.random.default_rng(0)
W, V = RNG.normal(size=(2, 4))
G = RNG.normal(size=(3, 4))
SQUARES = RNG.uniform(0.5, 2, 4)
BEND = RNG.uniform(0.5, 3, 4)
H = np.array([[5.0, 2.0], [2.0, 3.0]])
SMALL, LARGE = np.linalg.eigvalsh(H)


def against_the_gradient(solution):
    """Check one step of sgd."""
    return ((solution["sgd"](W, G[0], {"lr": 0.1}), W - 0.1 * G[0]),)


def ball(solution):
    """Check velocity and place after one step of momentum."""
    state = {"lr": 0.1, "rho": 0.6, "v": V}
    w = solution["momentum"](W, G[0], state)
    return (state["v"], 0.6 * V - 0.1 * G[0]), (w, W + state["v"])


def look_ahead(solution):
    """Check that the rule follows the ball whose slope is felt ahead, here of a bowl."""
    x, v, rho = W, 0 * W, 0.6
    w, state = W, {"lr": 0.1, "rho": rho}
    for _ in range(5):
        w = solution["nesterov"](w, BEND * w, state)
        v = rho * v - 0.1 * BEND * (x + rho * v)
        x = x + v
        yield w, x + rho * v


def change_of_variables(solution):
    """Check that w stays ahead of the ball, from a velocity that is not 0."""
    state, x = {"lr": 0.1, "rho": 0.6, "v": V}, W - 0.6 * V
    w = solution["nesterov"](W, G[0], state)
    return ((w, x + state["v"] + 0.6 * state["v"]),)


def nesterov_in_one_line(solution):
    """Check the closed form of a step of Nesterov."""
    state = {"lr": 0.1, "rho": 0.6, "v": V}
    w, v_new = solution["nesterov"](W, G[0], state), 0.6 * V - 0.1 * G[0]
    return (state["v"], v_new), (w, W - 0.6 * V + 1.6 * v_new)


def fading(solution):
    """Check that the part along an eigenvector fades by its own factor."""
    curvatures, directions = np.linalg.eigh(H)
    w = np.array([1.5, -0.7])
    after = solution["sgd"](w, H @ w, {"lr": 0.05})
    return ((directions.T @ after, (1 - 0.05 * curvatures) * (directions.T @ w)),)


def heavy_ball(solution):
    """Check the best rate and friction of momentum."""
    _, _, rate, rho = solution["optimal_rates"](H)
    low, high = np.sqrt(SMALL), np.sqrt(LARGE)
    return (rate, 4 / (high + low) ** 2), (rho, ((high - low) / (high + low)) ** 2)


def best_rate(solution):
    """Check where the two outermost factors are equal."""
    rate, contraction, _, _ = solution["optimal_rates"](H)
    kappa = LARGE / SMALL
    factors = abs(1 - rate * LARGE), abs(1 - rate * SMALL)
    return (rate, 2 / (LARGE + SMALL)), (factors, [contraction] * 2), (contraction, (kappa - 1) / (kappa + 1))


def adagrad_step(solution):
    """Check the sum of squares and the step of AdaGrad."""
    state = {"lr": 0.1, "eps": 0.2, "g2": SQUARES}
    w = solution["adagrad"](W, G[0], state)
    return (state["g2"], SQUARES + G[0] ** 2), (w, W - 0.1 * G[0] / (np.sqrt(state["g2"]) + 0.2))


def rmsprop_step(solution):
    """Check the mean of squares and the step of RMSProp."""
    state = {"lr": 0.1, "decay": 0.7, "eps": 0.2, "g2": SQUARES}
    w = solution["rmsprop"](W, G[0], state)
    return (state["g2"], 0.7 * SQUARES + 0.3 * G[0] ** 2), (w, W - 0.1 * G[0] / (np.sqrt(state["g2"]) + 0.2))


def walk_of_adam(solution):
    """Return the states and places of Adam after each gradient of G."""
    state, w, walk = {"lr": 0.1, "beta1": 0.6, "beta2": 0.7, "eps": 0.01}, W, []
    for gradient in G:
        w = solution["adam"](w, gradient, state)
        walk.append((dict(state), w))
    return walk


def memories(solution):
    """Check both running means after two gradients."""
    state = walk_of_adam(solution)[1][0]
    return (state["m"], 0.6 * 0.4 * G[0] + 0.4 * G[1]), (state["v"], 0.7 * 0.3 * G[0] ** 2 + 0.3 * G[1] ** 2)


def step_of_adam(solution):
    """Check the third step against its formula."""
    (_, before), (state, after) = walk_of_adam(solution)[1:]
    m, v = state["m"] / (1 - 0.6**3), state["v"] / (1 - 0.7**3)
    return ((after, before - 0.1 * m / (np.sqrt(v) + 0.01)),)


def weights_of_the_past(solution):
    """Check the running mean as a weighted sum, and what the weights add up to."""
    state = walk_of_adam(solution)[2][0]
    weights = 0.4 * 0.6 ** np.array([2, 1, 0])
    return (state["m"], weights @ G), (weights.sum(), 1 - 0.6**3)


def corrections(solution):
    """Check the third step, made of true averages of all gradients and of all squares."""
    (_, before), (_, after) = walk_of_adam(solution)[1:]
    m = np.average(G, axis=0, weights=0.6 ** np.array([2, 1, 0]))
    v = np.average(G**2, axis=0, weights=0.7 ** np.array([2, 1, 0]))
    return ((after, before - 0.1 * m / (np.sqrt(v) + 0.01)),)


def natural(solution):
    """Check a natural step with damping, by the inverse."""
    w = solution["natural_gradient_step"](W[:2], G[0, :2], H, 0.3, 0.2)
    return ((w, W[:2] - 0.3 * np.linalg.inv(H + 0.2 * np.eye(2)) @ G[0, :2]),)


def schedules(solution):
    """Check five schedules at a step in the middle."""
    rate, first, k, t, horizon = solution["lr_schedule"], 0.3, 0.1, 7, 20
    yield rate("exponential", t, first, k=k), first * np.exp(-k * t)
    yield rate("inverse", t, first, k=k), first / (1 + k * t)
    yield rate("cosine", t, first, T=horizon), first / 2 * (1 + np.cos(np.pi * t / horizon))
    yield rate("linear", t, first, T=horizon), first * (1 - t / horizon)
    yield rate("inverse_sqrt", t, first), first / np.sqrt(t)


FORMULAS = {
    r"w \leftarrow w - \eta\,g": against_the_gradient,
    r"v \leftarrow \rho\,v - \eta\,g \qquad w \leftarrow w + v": ball,
    r"v \leftarrow \rho\,v - \eta\,\nabla L(x + \rho\,v) \qquad x \leftarrow x + v": look_ahead,
    r"w = x + \rho\,v": change_of_variables,
    r"w \leftarrow w - \rho\,v + (1+\rho)\,v', \qquad v' = \rho\,v - \eta\,g": nesterov_in_one_line,
    r"w_\lambda \leftarrow (1-\eta\lambda)\,w_\lambda": fading,
    r"\eta = \frac{4}{(\sqrt L+\sqrt\mu)^2} \qquad "
    r"\rho = \left(\frac{\sqrt L-\sqrt\mu}{\sqrt L+\sqrt\mu}\right)^2": heavy_ball,
    r"\eta = \frac{2}{L+\mu} \qquad |1-\eta L| = |1-\eta\mu| = \frac{\kappa-1}{\kappa+1}": best_rate,
    r"G \leftarrow G + g^2 \qquad w \leftarrow w - \eta\,\frac{g}{\sqrt G+\varepsilon}": adagrad_step,
    r"G \leftarrow \beta\,G + (1-\beta)\,g^2 \qquad "
    r"w \leftarrow w - \eta\,\frac{g}{\sqrt G+\varepsilon}": rmsprop_step,
    r"m \leftarrow \beta_1 m + (1-\beta_1)\,g \qquad v \leftarrow \beta_2 v + (1-\beta_2)\,g^2": memories,
    r"w \leftarrow w - \eta\,\frac{\hat m}{\sqrt{\hat v}+\varepsilon}": step_of_adam,
    r"m^{(t)} = (1-\beta_1)\sum_{i=1}^t \beta_1^{t-i} g_i \qquad "
    r"(1-\beta)\sum_{i=1}^t \beta^{t-i} = 1-\beta^t": weights_of_the_past,
    r"\hat m = \frac{m}{1-\beta_1^t} \qquad \hat v = \frac{v}{1-\beta_2^t} \qquad "
    r"w \leftarrow w - \eta\,\frac{\hat m}{\sqrt{\hat v}+\varepsilon}": corrections,
    r"w \leftarrow w - \eta\,(F+\delta I)^{-1} g": natural,
    r"\eta_0\,e^{-kt} \qquad \frac{\eta_0}{1+kt} \qquad "
    r"\tfrac{1}{2}\,\eta_0\left(1+\cos\frac{\pi t}{T}\right) \qquad "
    r"\eta_0\left(1-\frac{t}{T}\right) \qquad \frac{\eta_0}{\sqrt t}": schedules,
}


# ---- numbers -------------------------------------------------------------------------------------------------------


def sgd_by_hand(solution, says):
    """The two steps of exercise 1, and the three factors."""
    places = solution["descend"](solution["sgd"], lambda w: 4 * w, [1.0], 2, lr=0.1)[:, 0]
    says(f"$g = 4$ and $w = {places[1]:g}$; then $g = {4 * places[1]:g}$ and $w = {places[2]:.2f}$")
    says("by $-0.9$, by $-1$, by $-1.1$")
    for rate, factor in ((0.019, -0.9), (0.02, -1), (0.021, -1.1)):
        assert solution["sgd"](np.ones(1), np.full(1, 100.0), {"lr": rate}) == pytest.approx(factor)


def a_plus_climbs(says):
    """With the sign of the printed code the loss of a small bowl explodes."""
    says("writes the formula with a minus and the code below it with `+=`")
    w = np.ones(2)
    for _ in range(50):
        w = w + 0.05 * np.array([10.0, 1.0]) * w
    assert w == pytest.approx([6.4e8, 11.5], rel=0.01)


def momentum_by_hand(solution, says):
    """The table of exercise 2, and the speed in the end."""
    state, w = {"lr": 1.0, "rho": 0.5}, np.zeros(1)
    speeds, places = [], []
    for _ in range(3):
        w = solution["momentum"](w, np.ones(1), state)
        speeds.append(listing(state["v"]))
        places.append(listing(w))
    says(f"| $v$ | {' | '.join(speeds)} | → −2 |")
    says(f"| $w$ | {' | '.join(places)} | |")
    says("it grows to $\\eta\\,g/(1-\\rho)$, ten times the step of `sgd`")


def two_forms(solution, says):
    """The two forms of momentum walk one path while the rate is constant, and part when it drops."""
    says("While the rate is constant the two forms walk the same path")
    state, w, other, push = {"lr": 0.05}, W, W, 0 * W
    for step in range(40):
        if step == 30:
            state["lr"] = 0.005
        before, other_before = w, other
        w = solution["momentum"](w, BEND * w, state)
        push = 0.9 * push + BEND * other
        other = other - state["lr"] * push
        if step < 30:
            np.testing.assert_allclose(w, other, atol=1e-12)
        if step == 30:
            assert np.linalg.norm(w - before) > 2 * np.linalg.norm(other - other_before)


def nesterov_by_hand(solution, says):
    """The two steps of exercise 3."""
    state, w, places = {"lr": 1.0, "rho": 0.5}, np.zeros(1), []
    for _ in range(2):
        w = solution["nesterov"](w, np.ones(1), state)
        places.append(w - 0.5 * state["v"])
        places.append(w)
    says(f"$x = {listing(places[0], places[2])}$".replace("−", "-"))
    says(f"$w = {listing(places[1], places[3])}$".replace("−", "-"))


def swings(solution, says):
    """How the two balls swing across the ravine, and where each diverges."""
    steep, _ = solution["ravine"]()

    def walk(rule, rate, steps=50):
        return solution["descend"](solution[rule], lambda w: steep @ w, [1.3, 0.7], steps, lr=rate)

    walks = [walk(rule, 0.005) for rule in ("momentum", "nesterov")]
    changed = [int((places[1:, 1] * places[:-1, 1] < 0).sum()) for places in walks]
    says(f"{changed[0]} and {changed[1]} times")
    last = [np.abs(places[-10:, 1]).max() for places in walks]
    says(f"momentum still swings by {last[0]:.2f}")
    says("by less than a ten-millionth")
    assert last[1] < 1e-7
    says("beyond the rate $1.36/L$, momentum only beyond $3.8/L$")
    assert 2 * 1.9 / 2.8 == pytest.approx(1.36, abs=0.005)
    with np.errstate(all="ignore"):
        for rule, border in (("nesterov", 2 * 1.9 / 2.8 / 100), ("momentum", 2 * 1.9 / 100)):
            assert np.abs(walk(rule, 0.98 * border, 3000)[-1]).max() < 1 < np.abs(walk(rule, 1.02 * border, 3000)[-1]).max()


def steps_to_a_millionth(solution, rule, bend, **state):
    """Return after how many steps the distance has fallen to a millionth."""
    w, steps = np.ones(len(bend)), 0
    while np.linalg.norm(w) > 1e-6 * np.sqrt(len(bend)):
        w, steps = solution[rule](w, bend @ w, state), steps + 1
    return steps


def best_rates(solution, notebook, says):
    """What the best rates reach on the ravine, and what too much momentum costs."""
    bend = np.diag([100.0, 1.0])
    rate, contraction, heavy, rho = solution["optimal_rates"](bend)
    assert (rate, contraction, heavy, rho) == pytest.approx((0.019802, 0.980198, 0.033058, 0.669421), abs=1e-6)
    assert steps_to_a_millionth(solution, "sgd", bend, lr=rate) == notebook.names["needed"]["sgd"][1] == 691
    assert steps_to_a_millionth(solution, "momentum", bend, lr=heavy, rho=rho) == notebook.names["needed"]["momentum"][1]
    assert notebook.names["needed"]["sgd"] == [69, 691, 6908]
    assert notebook.names["needed"]["momentum"] == [27, 93, 315]
    slow = steps_to_a_millionth(solution, "momentum", bend, lr=0.01, rho=0.99)
    plain = steps_to_a_millionth(solution, "sgd", bend, lr=0.01)
    says(f"momentum takes {slow} steps here, and `sgd` with the same rate {plain}")
    says("$1/L$ is safe, and about half as fast as the best")
    assert plain / 691 == pytest.approx(2, abs=0.1)


def a_turned_bowl(solution, says):
    """The bowl of exercise 4 that is turned: its eigenvalues, and the best rate."""
    turned = np.array([[2.0, 1.0], [1.0, 2.0]])
    assert np.linalg.eigvalsh(turned) == pytest.approx([1, 3])
    rate, contraction, _, _ = solution["optimal_rates"](turned)
    says(f"The best rate is $\\eta = {rate:g}$: then the factors are $+{contraction:g}$ and $-{contraction:g}$")


def near_a_saddle(solution, says):
    """Question 1: how sgd and momentum leave a saddle, and what the noise floor costs."""
    says(f"\\approx {np.log(0.5e8) / np.log(1.1):.0f}$ steps")

    def leaves(rule, y):
        w, state, steps = np.array([0.0, y]), {"lr": 0.1}, 0
        while abs(w[1]) < 0.5 and steps < 1000:
            w, steps = solution[rule](w, np.array([w[0], -w[1]]), state), steps + 1
        return steps

    assert leaves("sgd", 1e-8) == pytest.approx(186, abs=2)
    says("Momentum escapes several times faster")
    assert leaves("sgd", 1e-8) > 2.5 * leaves("momentum", 1e-8)
    assert leaves("sgd", 0.0) == leaves("momentum", 0.0) == 1000
    says("the noise of the batches is amplified about tenfold")
    floors = [0.1 * (1 + rho) / ((1 - rho) * (2 * (1 + rho) - 0.1)) for rho in (0.0, 0.9)]
    assert floors[1] / floors[0] == pytest.approx(10, rel=0.05)


def adagrad_by_hand(solution, says):
    """The two steps of exercise 5, and the law of the root of t."""
    state, w = {"lr": 1.0, "eps": 0.0}, np.zeros(1)
    first = solution["adagrad"](w, np.array([3.0]), state)
    second = solution["adagrad"](first, np.array([4.0]), state) - first
    says(f"$-3/3 = {first[0]:g}$ and $-4/5 = {second[0]:g}$")
    says("$\\eta/\\sqrt t$ after $t$ equal gradients")
    lengths = solution["step_lengths"](solution["adagrad"], np.array([1e-3, 1e3]), 100)
    np.testing.assert_allclose(lengths, np.tile(1 / np.sqrt(np.arange(1, 101))[:, None], 2), rtol=2e-4)


def rmsprop_by_hand(solution, says):
    """The three steps of exercise 6, the first step, and where it hovers."""
    lengths = solution["step_lengths"](solution["rmsprop"], np.array([2.0]), 3, decay=0.75, eps=0.0)[:, 0]
    says(f"$-{lengths[0]:g}$, $-{lengths[1]:.4f}$, $-{lengths[2]:.4f}$, … towards $-1$")
    long = solution["step_lengths"](solution["rmsprop"], np.ones(1), 1000)[:, 0]
    says("the first step is $1/\\sqrt{1-\\beta} = 10$ times too long")
    assert (long[0], long[-1]) == pytest.approx((10, 1), abs=1e-3)
    says("half a step on either side")
    hovering = solution["descend"](solution["rmsprop"], lambda w: w, [1.0], 3000, lr=0.01)[-100:, 0]
    np.testing.assert_allclose(np.abs(hovering), 0.005, rtol=0.01)


def adam_by_hand(solution, says):
    """The two steps that are followed by hand."""
    state = {"lr": 1.0, "beta1": 0.5, "beta2": 0.5, "eps": 0.0}
    w = solution["adam"](np.zeros(1), np.array([3.0]), state)
    says(f"| 1 | 3 | {state['m'][0]:g} | {state['v'][0]:g} | 3 | 9 | −{-w[0]:g} |")
    new = solution["adam"](w, np.array([1.0]), state)
    m, v = state["m"][0], state["v"][0]
    says(f"| 2 | 1 | {m:g} | {v:g} | {m / 0.75:.4f} | {v / 0.75:.4f} | −{(w - new)[0]:.4f} |")


def first_steps(solution, says):
    """A gradient of any size gives a first step of lr; what the corrections are for."""
    moved = -solution["adam"](np.zeros(2), np.array([1e-6, 1e6]), {"lr": 1.0})
    assert moved == pytest.approx([0.990, 1.0], abs=1e-3)
    says("a hundredth is missing where")
    says(f"it is $0.1/\\sqrt{{0.001}} = {0.1 / 0.001**0.5:.2f}$ times `lr`")
    t = np.arange(1, 4001)
    uncorrected = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
    says(f"the steps grow to {uncorrected.max():.2f} times at $t = {t[uncorrected.argmax()]}$")
    says(f"({uncorrected.max():.2f} times $\\eta$ at $t = {t[uncorrected.argmax()]}$)")
    says(f"within a hundredth of `lr` only after {(uncorrected > 1.01).sum()} steps")


def natural_by_hand(solution, says):
    """The step of exercise 8, and the one that the diagonal would take."""
    F, g = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([3.0, 0.0])
    step = solution["natural_gradient_step"](np.zeros(2), g, F)
    says(f"the step is $({listing(step)})$".replace("\N{MINUS SIGN}", "-"))
    says(f"would give $(-{g[0] / F[0, 0]:g}, 0)$")


def turned_ravine(solution, says):
    """Turned by 45 degrees, the ravine takes Adam far longer, and the natural gradient one step."""
    says("every parameter is as steep as the next")
    lengths = []
    for degrees in (0, 45):
        bend, turn = solution["ravine"](degrees)
        start = turn @ np.array([1.3, 0.7])
        places = solution["descend"](solution["adam"], lambda w, bend=bend: bend @ w, start, 3000, lr=0.03)
        lengths.append((np.linalg.norm(places, axis=1) < 0.1).argmax())
        assert solution["natural_gradient_step"](start, bend @ start, bend) == pytest.approx(np.zeros(2), abs=1e-9)
    assert lengths[1] > 8 * lengths[0] > 0


def schedule_by_hand(solution, says):
    """The numbers of exercise 9."""
    rate = solution["lr_schedule"]
    cosine = ", ".join(f"{rate('cosine', t, 1.0, T=60):g}" for t in (0, 20, 30, 60))
    says(f"`cosine` at 0, 20, 30, 60 is {cosine}")
    assert rate("exponential", 3, 1.0, k=np.log(2)) == pytest.approx(1 / 8)
    says("half after $1/k$ steps, a third after $2/k$")
    assert [rate("inverse", t, 1.0, k=0.1) for t in (10, 20)] == pytest.approx([1 / 2, 1 / 3])
    with pytest.raises(ValueError, match=r"There is no schedule of the kind 'cosines'\. Take one of those"):
        rate("cosines", 1, 1.0, T=3)


def floor_of_the_noise(solution, says):
    """The floor is proportional to the rate, and a schedule goes below it, for other seeds than the one that is drawn."""
    says("the floor is proportional to the rate, as long as the rate is small")
    bend, _ = solution["ravine"]()
    ends = {}
    for rate in (0.0005, 0.001):
        walks = [
            solution["noisy_walk"](solution["sgd"], bend, [0.0, 0.0], np.full(4000, rate), np.random.default_rng(seed))
            for seed in range(100, 110)
        ]
        ends[rate] = np.mean([walk[-1000:].mean() for walk in walks])
    assert ends[0.001] / ends[0.0005] == pytest.approx(2, rel=0.5)
    plans = [np.full(300, 0.015), [solution["lr_schedule"]("cosine", t, 0.015, T=300) for t in range(300)]]
    constant, cosine = (
        np.mean([
            solution["noisy_walk"](solution["sgd"], bend, [0.2, 0.2], plan, np.random.default_rng(seed))[-1]
            for seed in range(200, 220)
        ])
        for plan in plans
    )
    assert constant > 4 * cosine


def warm_up(notebook, says):
    """The two weights arrive with a warm-up and fly away without."""
    says("Without them the third step is already beyond all numbers")
    with_it, without = notebook.names["walks"].values()
    assert (with_it < 1e-8).argmax() == 12
    assert without[3] > 1e8


def who_wins_the_race(notebook, says):
    """The rules that know no axes do not notice the turn; to the others the straight ravine is a bowl."""
    says("To them the straight ravine is a bowl, to the very step")
    table = notebook.names["table"]
    for name in ("sgd", "momentum", "nesterov"):
        assert table[name]["ravine"] == table[name]["turned"]
    for name in ("adagrad", "rmsprop", "adam"):
        assert table[name]["ravine"] == table[name]["bowl"]
        assert table[name]["turned"] > 2 * table[name]["ravine"]
        assert table[name]["saddle"] < min(table[other]["saddle"] for other in ("sgd", "momentum", "nesterov"))
    assert min(table, key=lambda name: table[name]["ravine"]) == "adagrad"
    assert min(table, key=lambda name: table[name]["turned"]) == "momentum"


def schedule_on_digits(notebook, says):
    """With wrong labels and small batches, cosine beats its own first rate, and a fourth of the rate comes near."""
    says("The loss is halved and more")
    train, momentum, rate = (notebook.names[name] for name in ("train", "momentum", "lr_schedule"))

    def tested(plan):
        return np.mean([train(momentum, plan, 300, 8, 0.1, seed)[1] for seed in (5, 6, 7)])

    cosine = tested(lambda t: rate("cosine", t, 0.2, T=300))
    assert tested(lambda t: 0.2) > 1.6 * cosine
    says("a fourth of it comes near the schedule")
    assert tested(lambda t: 0.05) == pytest.approx(cosine, rel=0.35)


def a_race_of_rates(notebook, says):
    """All six rules learn the digits, and plain descent with a better rate overtakes two of the others."""
    says("plain `sgd` with rate 2 in place of 0.5 overtakes momentum with 0.1 and Adam with 0.01")
    rates = {"sgd": 0.5, "momentum": 0.1, "nesterov": 0.1, "adagrad": 0.05, "rmsprop": 0.005, "adam": 0.01}

    def end(name, rate):
        return notebook.names["train"](notebook.names[name], lambda t: rate, 150, 32, seed=1)[0][-20:].mean()

    ends = {name: end(name, rate) for name, rate in rates.items()}
    assert max(ends.values()) < np.log(10) / 5
    assert end("sgd", 2.0) < 0.9 * min(ends["momentum"], ends["adam"])
