"""Moments of an activation under a Gaussian: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import FUNCTIONS, Stretched, equivalent, expect, expect_close, points, slips, variant
from autograder.suites.a2_activations_and_init import oracle

EXACT = 1.01e-4  # what the stub promises, and a little for the last digit
NAMES = ("relu", "tanh", "sigmoid", "leaky relu", "step")


def moments(phi, breaks=(0.0,)):
    """Return mean, standard deviation and gain of phi, whose kinks and jumps are at the breaks."""
    first, second = oracle.gaussian(phi, breaks)
    return first, (second - first**2) ** 0.5, second**-0.5


def expect_moments_of(student, phi, breaks=(0.0,)):
    """Expect the three numbers of one activation."""
    expected = moments(phi, breaks)
    mean, std, gain = student.activation_moments(phi)
    expect_close(mean, expected[0], "mean", rtol=0, atol=EXACT)
    expect_close(std, expected[1], "std", rtol=0, atol=EXACT)
    expect_close(gain, expected[2], "gain", rtol=0, atol=EXACT)


def stretched(rng):
    """Yield a bend with a kink and a smooth one, of random width and place, and where the kink is."""
    for name in ("leaky relu", "tanh"):
        width, place = (float(number) for number in rng.uniform([0.7, 0.4], [1.3, 0.8]))
        yield Stretched(name, width, place), (-place / width,)


@points(1, visible=True)
def test_mean(student, rng):
    """the mean of an activation behind a unit Gaussian, to four digits: of a bend with a kink, and of a smooth one"""
    for phi, breaks in stretched(rng):
        expected = moments(phi, breaks)
        mean, _, _ = student.activation_moments(phi)
        expect_close(mean, expected[0], "mean", rtol=0, atol=EXACT)


@points(1, visible=True)
def test_spread(student, rng):
    """the standard deviation, about that mean"""
    for phi, breaks in stretched(rng):
        expected = moments(phi, breaks)
        _, std, _ = student.activation_moments(phi)
        expect_close(std, expected[1], "std", rtol=0, atol=EXACT)


@points(1, visible=True)
def test_gain(student, rng):
    """the gain: what the weights must make up for, so that the mean square behind the bend is 1 again"""
    for phi, breaks in stretched(rng):
        expected = moments(phi, breaks)
        _, _, gain = student.activation_moments(phi)
        expect_close(gain, expected[2], "gain", rtol=0, atol=EXACT)


@points(1)
def test_known_without_an_integral(student, rng):
    """of what is always the same, and of a straight line, the three numbers are known without an integral"""
    height, slope = (float(number) for number in rng.uniform([1.5, 3], [2.5, 5]))

    def always(z):
        return 0 * np.asarray(z) + height

    def itself(z):
        return 1.0 * np.asarray(z)

    def line(z):
        return height + slope * np.asarray(z)

    mean, _, gain = student.activation_moments(always)
    what = f"of an activation that is always {height:.4g}"
    _expect_known(mean, height, f"{what} the mean", "do the weights of your z add up to 1?")
    _expect_known(gain, 1 / height, f"{what} the gain", "what is its mean square, and which root is taken of it?")
    _, _, gain = student.activation_moments(itself)
    _expect_known(gain, 1.0, "of z itself the gain", "is the z that you average over a unit Gaussian?")
    mean, std, _ = student.activation_moments(line)
    what = f"of {height:.4g} + {slope:.4g} z"
    _expect_known(mean, height, f"{what} the mean", "do z and -z count the same?")
    _expect_known(std, slope, f"{what} the standard deviation", "what is taken off the mean square, and then done?")


def _expect_known(got, right, what, question):
    """Expect a number that needs no integral, and ask where another may come from."""
    near = abs(float(got) - right) <= EXACT * max(right, 1)
    expect(near, f"{what} is {right:.5g}, and yours is {float(got):.5g}: {question}")


@points(1.5, after="test_mean")
def test_every_activation(student):
    """ReLU, leaky ReLU, step, tanh and sigmoid, each to four digits"""
    for name in NAMES:
        expect_moments_of(student, FUNCTIONS[name])


@points(1.5, after="test_mean")
def test_scaled_and_shifted(student, rng):
    """the same for bends of other widths, with a kink or a jump of 1 that is not at 0"""
    width, place, height = rng.uniform([0.4, 0.3, 0.5], [1.6, 0.9, 1.5])

    def kink(z):
        return np.maximum(width * (np.asarray(z) - place), 0) - height

    def jump(z):
        return np.where(np.asarray(z) > place, 0.7, -0.3)

    def narrow(z):
        return height * np.tanh(3 * width * np.asarray(z)) + place

    for phi in (kink, jump, narrow):
        expect_moments_of(student, phi, (0.0, float(place)))


@points(1, after="test_mean")
def test_far_out(student, rng):
    """a steep activation is followed far enough out: of the cube of z, the mean square is 15"""
    slope = float(rng.uniform(0.3, 0.5))

    def cube(z):
        return slope * np.asarray(z) ** 3

    expected = (0.0, slope * 15**0.5, 1 / (slope * 15**0.5))
    for got, right, what in zip(student.activation_moments(cube), expected, ("mean", "std", "gain"), strict=True):
        expect_close(got, right, what, rtol=0, atol=EXACT)


# ---------------------------------------------------------------- right, written differently


SAME, FINE = "the same points from the other end", "the grid is fine and wide enough either way"
NUMBER, NORMED = "it is float64 already", "it is divided by its own sum"
HARMLESS = equivalent(
    "activation_moments",
    {
        "z = np.linspace(-8, 8, 80000) -> z = -np.linspace(-8, 8, 80000)": SAME,
        "8 -> 9": FINE,
        "80000 -> 80001": FINE,
        "share = np.exp(-z ** 2 / 2) -> share = -np.exp(-z ** 2 / 2)": NORMED,
        "share = np.exp(-z ** 2 / 2) -> share = 2 * np.exp(-z ** 2 / 2)": NORMED,
        "mean -> mean.astype(float)": NUMBER,
        "np.sqrt(square - mean ** 2) -> np.sqrt(square - mean ** 2).astype(float)": NUMBER,
        "1 / np.sqrt(square) -> (1 / np.sqrt(square)).astype(float)": NUMBER,
    },
)


@variant(
    "activation_moments",
    equivalent={
        "z = np.linspace(-8, 8, 80000) -> z = -np.linspace(-8, 8, 80000)": SAME,
        "8 -> 9": FINE,
        "80000 -> 80001": FINE,
        "density = np.exp(-z ** 2 / 2) -> density = -np.exp(-z ** 2 / 2)": NORMED,
        "density = np.exp(-z ** 2 / 2) -> density = 2 * np.exp(-z ** 2 / 2)": NORMED,
        "mean -> mean.astype(float)": NUMBER,
        "std -> std.astype(float)": NUMBER,
        "gain -> gain.astype(float)": NUMBER,
    },
)
def plain(phi):
    z = np.linspace(-8, 8, 80_000)
    density = np.exp(-(z**2) / 2)
    density = density / density.sum()
    out = phi(z)
    mean = (density * out).sum()
    square = (density * out**2).sum()
    std = np.sqrt(square - mean**2)
    gain = 1 / np.sqrt(square)
    return mean, std, gain


@variant(
    "activation_moments",
    equivalent={
        "z = step * np.arange(-40000, 40001) -> z = -(step * np.arange(-40000, 40001))": SAME,
        "40001 -> 40002": FINE,
        "mean -> mean.astype(float)": NUMBER,
        "(weight @ (f - mean) ** 2) ** 0.5 -> ((weight @ (f - mean) ** 2) ** 0.5).astype(float)": NUMBER,
        "(weight @ f ** 2) ** (-0.5) -> ((weight @ f ** 2) ** (-0.5)).astype(float)": NUMBER,
    },
)
def by_rectangles(phi):
    step = 2e-4
    z = step * np.arange(-40_000, 40_001)
    weight = step / np.sqrt(2 * np.pi) * np.exp(-z * z / 2)
    f = phi(z)
    mean = weight @ f
    return mean, (weight @ (f - mean) ** 2) ** 0.5, (weight @ f**2) ** -0.5


@variant(
    "activation_moments",
    equivalent={
        "8 -> 9": FINE,
        "z = start + (np.arange(5000) + 0.5) / 5000 -> z = -(start + (np.arange(5000) + 0.5) / 5000)": SAME,
        "start + (np.arange(5000) + 0.5) / 5000 -> start - (np.arange(5000) + 0.5) / 5000": FINE,
        "np.arange(5000) + 0.5 -> np.arange(5000)": FINE,
        "np.arange(5000) + 0.5 -> np.arange(5000) - 0.5": FINE,
        "5000 -> 5001": FINE,
        "0.5 -> 1.5": FINE,
        "first -> first.astype(float)": NUMBER,
        "np.sqrt(second - first * first) -> np.sqrt(second - first * first).astype(float)": NUMBER,
        "np.sqrt(1 / second) -> np.sqrt(1 / second).astype(float)": NUMBER,
    },
)
def in_chunks(phi):
    first = second = 0.0
    for start in range(-8, 8):
        z = start + (np.arange(5_000) + 0.5) / 5_000
        share = np.exp(-0.5 * z**2) / (np.sqrt(2 * np.pi) * len(z))
        y = phi(z)
        first += np.sum(share * y)
        second += np.sum(share * y * y)
    return first, np.sqrt(second - first * first), np.sqrt(1 / second)


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "ten_thousand_draws": ("z = np.linspace(-8, 8, 80_000) -> z = np.random.default_rng(0).standard_normal(10_000)",
        "density = np.exp(-(z**2) / 2) -> density = np.ones_like(z)",
        "You seem to average random draws, and not enough of them. How large is the error of ten thousand?"),
    "gain_from_the_variance": ("gain = 1 / np.sqrt(square) -> gain = 1 / std",
        "Your gain is 1 over the standard deviation. What does the next layer feel: the spread, or mean and all?"),
    "gain_not_rooted": ("gain = 1 / np.sqrt(square) -> gain = 1 / square",
        "Your gain lacks a root. Does it multiply a variance, or a weight?"),
    "gain_upside_down": ("gain = 1 / np.sqrt(square) -> gain = np.sqrt(square)",
        "Your gain is upside down. If a bend makes the signal smaller, which way must the weights make up for it?"),
    "std_with_the_mean_in_it": ("std = np.sqrt(square - mean**2) -> std = np.sqrt(square)",
        "Your standard deviation measures from 0. From where should it?"),
    "variance_returned": ("std = np.sqrt(square - mean**2) -> std = square - mean**2",
        "Your standard deviation looks like a variance."),
    "mean_not_squared": ("square - mean**2 -> square - mean",
        "In your variance the mean does not seem to be squared."),
    "density_without_the_half": ("np.exp(-(z**2) / 2) -> np.exp(-(z**2))",
        "Your Gaussian seems to be too narrow. What divides z squared?"),
    "density_too_wide": ("np.exp(-(z**2) / 2) -> np.exp(-(z**2) / 4)",
        "Your Gaussian seems to be too wide. What divides z squared?"),
    "density_of_the_size": ("np.exp(-(z**2) / 2) -> np.exp(-np.abs(z))",
        "Your density falls too slowly. Which power of z stands in a Gaussian?"),
    "flat_density": ("np.exp(-(z**2) / 2) -> np.ones_like(z)",
        "All z seem to count the same. How likely is a z of 5?"),
    "density_not_normalized": ("density / density.sum() -> density * (z[1] - z[0])",
        "Your density does not add up to 1. What stands in front of the exponential?"),
    "root_of_two_forgotten": ("density / density.sum() -> density * (z[1] - z[0]) / np.sqrt(np.pi)",
        "Your density adds up to the root of 2. What stands under the root in front of the exponential?"),
    "width_of_a_cell_forgotten": ("density / density.sum() -> density / np.sqrt(2 * np.pi)",
        "Your sums grow with the number of points. How wide is the cell that each of them stands for?"),
    "stops_at_three": ("np.linspace(-8, 8, 80_000) -> np.linspace(-3, 3, 80_000)",
        "Your grid seems to end too early. How much of a Gaussian, and of your activation, lies beyond?"),
    "positive_side_only": ("np.linspace(-8, 8, 80_000) -> np.linspace(0, 8, 80_000)",
        "Only positive z seem to count."),
    "coarse_grid": ("np.linspace(-8, 8, 80_000) -> np.linspace(-8, 8, 11)",
        "Your grid seems to be too coarse. How far may a jump lie from the nearest point?"),
    "slope_in_place_of_phi": ("out = phi(z) -> out = np.gradient(phi(z), z)",
        "You seem to average the slope of phi. What was asked about?"),
    "phi_of_the_density": ("out = phi(z) -> out = phi(density)",
        "phi seems to be applied to the density. What does it act on?"),
    "mean_of_sizes": ("mean = (density * out).sum() -> mean = (density * np.abs(out)).sum()",
        "Your mean never is negative. Does it see the signs?"),
    "moments_of_z": ("out = phi(z) -> out = z * phi(z)",
        "z seems to multiply phi. Which function is averaged?"),
    "relu_whatever_comes": ("out = phi(z) -> out = np.maximum(z, 0)",
        "Your numbers seem to be those of a ReLU whatever is handed over."),
    "mean_and_std_exchanged": ("return mean, std, gain -> return std, mean, gain",
        "Your mean and your standard deviation seem to have changed places."),
})
