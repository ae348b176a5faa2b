"""The best rates on a quadratic: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, equivalent, expect, expect_close, points, slips, unchanged, variant

NEAR = 1e-5  # a double root is known to half of the digits


def bowl(rng, curvatures):
    """Return a symmetric matrix with these eigenvalues, in no special direction."""
    turn, _ = np.linalg.qr(rng.normal(size=(len(curvatures), len(curvatures))))
    H = turn @ np.diag(curvatures) @ turn.T
    return (H + H.T) / 2


def curvatures(rng, d):
    """Return d curvatures, in no order, that span about a factor of a hundred."""
    return rng.permutation(np.geomspace(rng.uniform(0.2, 0.4), rng.uniform(20, 40), d))


def bowls(rng):
    """Yield ordinary bowls."""
    for d in (2, 4):
        yield (bowl(rng, curvatures(rng, d)),)


def special(rng):
    """Yield bowls that are round, of one dimension, huge, and tiny."""
    yield (3.0 * np.eye(3),)
    yield (np.array([[rng.uniform(2, 5)]]),)
    for scale in (1e6, 1e-6):
        yield (scale * bowl(rng, curvatures(rng, 3)),)


def best_for_descent(H):
    """Return the best rate and its contraction: where the two outermost factors are equal, by nested intervals."""
    values = np.linalg.eigh(H)[0]
    low, high = 0.0, 2 / values.max()
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if middle * values.max() - 1 > 1 - middle * values.min() else (middle, high)
    return low, np.abs(1 - low * values).max()


def best_for_momentum(H):
    """Return rate and friction for which both outermost recursions of the heavy ball have a double root.

    With c = sqrt(rho), a double root c at the smallest curvature and -c at the largest: the sum of the roots is
    1 + rho - lr * curvature, so ``lr * mu = (1 - c)^2`` and ``lr * L = (1 + c)^2``.
    """
    values = np.linalg.eigh(H)[0]
    root = np.sqrt(values.max() / values.min())  # (1 + c) / (1 - c)
    c = (root - 1) / (root + 1)
    return (1 - c) ** 2 / values.min(), c**2


@points(2, visible=True)
def test_descent(student, rng):
    """gd_lr is the rate at which the slowest part of w fades fastest"""
    H = bowl(rng, curvatures(rng, 3))
    expected = best_for_descent(H)[0]
    gd_lr, _, _, _ = student.optimal_rates(H)
    expect_close(gd_lr, expected, "gd_lr")


@points(1, visible=True)
def test_contraction(student, rng):
    """gd_contraction is the factor by which the slowest part of w fades at that rate"""
    H = bowl(rng, curvatures(rng, 3))
    expected = best_for_descent(H)[1]
    _, gd_contraction, _, _ = student.optimal_rates(H)
    expect_close(gd_contraction, expected, "gd_contraction")


@points(2, visible=True)
def test_heavy_ball(student, rng):
    """heavy_ball_lr and heavy_ball_rho are the rate and friction of the formulas"""
    H = bowl(rng, curvatures(rng, 3))
    rate, rho = best_for_momentum(H)
    _, _, heavy_ball_lr, heavy_ball_rho = student.optimal_rates(H)
    expect_close(heavy_ball_lr, rate, "heavy_ball_lr")
    expect_close(heavy_ball_rho, rho, "heavy_ball_rho")


@points(1, after="test_contraction")
def test_measured(student, rng):
    """a walk with your rate fades by your factor, step after step"""
    H = bowl(rng, curvatures(rng, 4))
    gd_lr, gd_contraction, _, _ = student.optimal_rates(H)
    w = rng.normal(size=4)
    for _ in range(1200):
        w = w - float(gd_lr) * H @ w
        w, before = w / np.linalg.norm(w), np.linalg.norm(w)
    expect_close(gd_contraction, before, "gd_contraction", rtol=1e-6)


@points(1)
def test_balance(student, rng):
    """at the best rate the steepest and the flattest part fade alike, by your factor; so they do with momentum"""
    steep, flat = float(rng.uniform(20, 40)), float(rng.uniform(0.2, 0.4))
    numbers = student.optimal_rates(bowl(rng, np.array([steep, flat, (steep * flat) ** 0.5])))
    rate, fades, heavy_rate, rho = (float(number) for number in numbers)
    by = [abs(1 - rate * curvature) for curvature in (steep, flat)]
    _expect_alike(
        *by, f"with your gd_lr a step leaves {by[0]:.4g} of the steepest part and {by[1]:.4g} of the flattest"
    )
    message = f"with your gd_lr a step leaves {by[1]:.4g} of w, but your gd_contraction is {fades:.4g}"
    expect(abs(fades - by[1]) < NEAR, f"{message}: by which factor does a length shrink?")
    by = [_fading(heavy_rate, rho, curvature) for curvature in (steep, flat)]
    both = f"with your heavy ball a step leaves {by[0]:.4g} of the steepest part and {by[1]:.4g} of the flattest"
    _expect_alike(*by, both)
    message = f"{both}, but the root of your rho is {abs(rho) ** 0.5:.4g}"
    expect(
        abs(by[0] ** 2 - rho) < NEAR,
        f"{message}: at the best pair all three are the same. Is it one lr, or one rho, off?",
    )


def _expect_alike(steep, flat, what):
    """Expect that two parts fade alike."""
    expect(abs(steep - flat) < NEAR, f"{what}: where are the two the same?")


def _left(steep, flat):
    """Say what a step leaves of the two outermost parts."""
    return f"a step leaves {steep:.4g} of the steepest part and {flat:.4g} of the flattest"


def _fading(rate, rho, curvature):
    """Return by which factor the heavy ball's recursion fades along a curvature, in the long run."""
    steps = np.array([[1 + rho - rate * curvature, -rho], [1, 0]])
    return float(np.abs(np.linalg.eigvals(steps)).max()) if np.isfinite(steps).all() else np.inf


test_many_curvatures = contract.agrees(
    "optimal_rates",
    bowls,
    sentence="only the largest and the smallest curvature count, wherever they point and whatever lies between",
    points=1,
    after="test_descent",
)
test_special_bowls = contract.agrees(
    "optimal_rates",
    special,
    sentence="a round bowl, a single direction, and curvatures that are huge or tiny are like any other",
    points=1,
    after="test_contraction",
)


@points(0.5, after="test_descent")
def test_nothing_given_is_edited(student, rng):
    """H stays as it is"""
    (H,) = next(bowls(rng))
    with unchanged(H=H):
        student.optimal_rates(H)


# ---------------------------------------------------------------- right, written differently


EXACT = {"H -> H.astype(float)": "H is of floats"}
HARMLESS = equivalent("optimal_rates", EXACT)


@variant(
    "optimal_rates",
    equivalent={
        **EXACT,
        "float(values.min()) -> values.min()": "a float of NumPy is a float",
        "float(values.max()) -> values.max()": "a float of NumPy is a float",
    },
)
def plain(H):
    values = np.linalg.eigvalsh(H)
    mu, L = float(values.min()), float(values.max())
    lr = 2 / (L + mu)
    contraction = (L - mu) / (L + mu)
    heavy_lr = 4 / (L**0.5 + mu**0.5) ** 2
    rho = ((L**0.5 - mu**0.5) / (L**0.5 + mu**0.5)) ** 2
    return lr, contraction, heavy_lr, rho


@variant("optimal_rates", equivalent=EXACT)
def by_the_condition_number(H):
    values, _ = np.linalg.eigh(H)
    low, high = values.tolist()[0], values.tolist()[-1]
    kappa = high / low
    root = kappa**0.5
    return 2 / low / (kappa + 1), 1 - 2 / (kappa + 1), 4 / low / (root + 1) ** 2, (1 - 2 / (root + 1)) ** 2


@variant("optimal_rates", equivalent=EXACT)
def by_singular_values(H):
    L, mu = np.linalg.svd(H, compute_uv=False)[[0, -1]].tolist()
    lr = 1 / (L / 2 + mu / 2)
    c = (L**0.5 - mu**0.5) / (L**0.5 + mu**0.5)
    return lr, lr * L - 1, (1 + c) ** 2 / L, c * c


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "diagonal": ("np.linalg.eigvalsh(H) -> np.diag(H)",
        "You seem to read the curvatures off the diagonal. What if the bowl is turned?"),
    "safe_rate": ("2 / (L + mu) -> 1 / L",
        "Your rate is one over the largest curvature. Is that the best, or only safe?"),
    "border": ("2 / (L + mu) -> 2 / L",
        "Your rate is the border of divergence. How fast does the steepest part fade there?"),
    "one_over_the_sum": ("2 / (L + mu) -> 1 / (L + mu)",
        "Your rate is half of the best. At which rate are the two factors equally large?"),
    "slowest_direction": ("2 / (L + mu) -> 1 / mu",
        "Your rate suits the flattest direction. What does it do to the steepest one?"),
    "one_over_the_mean": ("2 / (L + mu) -> 1 / values.mean()",
        "Your rate seems to depend on all curvatures. Which ones decide?"),
    "geometric_mean": ("2 / (L + mu) -> 1 / np.sqrt(L * mu)",
        "Your rate uses the geometric mean of the curvatures. Do the two factors balance there?"),
    "contraction_of_the_safe_rate": ("(L - mu) / (L + mu) -> 1 - mu / L",
        "Your contraction belongs to the rate one over L."),
    "contraction_of_the_best_part": ("(L - mu) / (L + mu) -> np.abs(1 - lr * values).min()",
        "Your contraction is that of the part that fades fastest. Which one decides?"),
    "contraction_negative": ("(L - mu) / (L + mu) -> (mu - L) / (L + mu)",
        "Your contraction is negative. By which factor does a length shrink?"),
    "contraction_upside_down": ("(L - mu) / (L + mu) -> (L + mu) / (L - mu)",
        "Your contraction is larger than 1. Does that part of w fade?"),
    "contraction_per_two_steps": ("(L - mu) / (L + mu) -> ((L - mu) / (L + mu)) ** 2",
        "Your contraction is that of the loss, or of two steps."),
    "condition_number": ("(L - mu) / (L + mu) -> L / mu",
        "You seem to return the condition number. What does one step do to w?"),
    "inverse_condition": ("(L - mu) / (L + mu) -> mu / L",
        "Your contraction is the ratio of the curvatures."),
    "friction_without_square": (
        "rho = ((L**0.5 - mu**0.5) / (L**0.5 + mu**0.5)) ** 2 -> rho = (L**0.5 - mu**0.5) / (L**0.5 + mu**0.5)",
        "Your rho is how fast momentum fades, not the friction. What of the square?"),
    "friction_without_roots": (
        "rho = ((L**0.5 - mu**0.5) / (L**0.5 + mu**0.5)) ** 2 -> rho = ((L - mu) / (L + mu)) ** 2",
        "Your rho is made of the curvatures themselves. Where are the roots?"),
    "friction_of_nesterov": ("rho = ((L**0.5 - mu**0.5) / (L**0.5 + mu**0.5)) ** 2 -> rho = 1 - np.sqrt(mu / L)",
        "Your rho grows with the condition number, but it is not the heavy ball's."),
    "friction_always_the_same": ("rho = ((L**0.5 - mu**0.5) / (L**0.5 + mu**0.5)) ** 2 -> rho = 0.9",
        "Your rho is the same for every bowl."),
    "rate_without_square": ("4 / (L**0.5 + mu**0.5) ** 2 -> 4 / (L**0.5 + mu**0.5)",
        "Your heavy-ball rate lacks a square. In what unit is a rate, if curvatures double?"),
    "rate_without_roots": ("4 / (L**0.5 + mu**0.5) ** 2 -> 4 / (L + mu) ** 2",
        "Your heavy-ball rate is made of the curvatures themselves. Where are the roots?"),
    "roots_of_the_sum": ("4 / (L**0.5 + mu**0.5) ** 2 -> 4 / (L + mu)",
        "Is the square of a sum the sum of the squares? Look at your heavy-ball rate."),
    "rate_of_descent_again": ("4 / (L**0.5 + mu**0.5) ** 2 -> lr",
        "Your heavy ball rolls with the rate of gradient descent."),
    "heavy_ball_border": ("4 / (L**0.5 + mu**0.5) ** 2 -> 2 * (1 + ((L**0.5 - mu**0.5) / (L**0.5 + mu**0.5)) ** 2) / L",
        "Your heavy-ball rate is the border of divergence."),
    "exchanged": ("return lr, contraction, heavy_lr, rho -> return lr, contraction, rho, heavy_lr",
        "Rate and friction of the heavy ball seem to have changed places."),
    "contraction_first": ("return lr, contraction, heavy_lr, rho -> return contraction, lr, heavy_lr, rho",
        "Rate and contraction seem to have changed places."),
    "second_derivative_halved": ("np.linalg.eigvalsh(H) -> np.linalg.eigvalsh(H) / 2",
        "Your curvatures are half of those of H. Where did the ½ of the loss go?"),
    "edited": (
        "values = np.linalg.eigvalsh(H) -> "
        "H -= 0.5 * (H - H.T); H += 1e-3 * np.eye(len(H)); values = np.linalg.eigvalsh(H) - 1e-3",
        "You seem to work inside the caller's H."),
})
