"""First weights: checks of their moments, shape and source, then the programs that prove them."""

from __future__ import annotations

import copy

import numpy as np

from autograder.suite import (
    equivalent,
    expect,
    expect_close,
    expect_drawn_from,
    expect_dtype,
    expect_moments,
    expect_orthogonal,
    expect_raises,
    points,
    slips,
    variant,
)

GAUSSIAN = ("small", "unit", "lecun", "glorot", "he")
FANS = {  # by shape: inputs and outputs of a neuron; wide, tall and odd, so that no two formulas agree
    (60, 130): (60, 130),
    (7, 1500): (7, 1500),
    (250, 40): (250, 40),
    (32, 5, 3, 7): (5 * 21, 32 * 21),
    (20, 30, 5, 3): (30 * 15, 20 * 15),
}


@points(2, visible=True)
def test_lecun_and_he(student, rng):
    """400 inputs, 300 neurons: the standard deviations are those of lecun and he, within five standard errors"""
    expect_moments(student.init_weights((400, 300), "lecun", rng), 0.05, "W of lecun")
    expect_moments(student.init_weights((400, 300), "he", rng), 0.005**0.5, "W of he")


@points(1, visible=True)
def test_convolution(student, rng):
    """a convolution from 48 channels to 24, with filters of 5 by 3: every pixel of a patch is an input"""
    expect_moments(student.init_weights((24, 48, 5, 3), "lecun", rng), (48 * 15) ** -0.5, "W")


@points(1, visible=True)
def test_orthogonal(student, rng):
    """orthogonal: of 30 inputs and 20 neurons, the columns have length 1 and stand at right angles"""
    expect_orthogonal(student.init_weights((30, 20), "orthogonal", rng), "W")


@points(0.5, visible=True)
def test_moves_the_generator(student, rng):
    """the numbers are drawn from the generator that is handed over"""
    before = copy.deepcopy(rng)
    student.init_weights((20, 10), "he", rng)
    expect_drawn_from(rng, before)


@points(3, after="test_lecun_and_he")
def test_every_scheme(student, rng):
    """mean, spread and bell shape of every scheme, for wide, tall and odd layers and for convolutions"""
    for shape, fans in FANS.items():
        for scheme in GAUSSIAN:
            W = student.init_weights(shape, scheme, rng)
            expect_moments(W, spread(scheme, *fans), f"W of {scheme}, shape {shape}")


@points(1, after="test_lecun_and_he")
def test_neurons_are_as_random_as_weights(student, rng):
    """no weight is told by others: every neuron's mean, and every input's, is as random as independent draws make it"""
    W = student.init_weights((100, 150), "unit", rng)
    expect_moments(W.mean(axis=0) * 100**0.5, 1.0, "the mean over inputs, times the root of their number")
    expect_moments(W.mean(axis=1) * 150**0.5, 1.0, "the mean over neurons, times the root of their number")


@points(1, after="test_orthogonal")
def test_orthogonal_of_other_shapes(student, rng):
    """orthogonal: more neurons than inputs, as many, a single one, and convolutions with a row for each channel"""
    for shape in ((12, 31), (17, 17), (9, 1), (1, 9)):
        expect_orthogonal(student.init_weights(shape, "orthogonal", rng), f"W of shape {shape}")
    for shape in ((6, 4, 3, 3), (40, 3, 3, 2)):
        W = student.init_weights(shape, "orthogonal", rng)
        expect_orthogonal(W.reshape(shape[0], -1), f"W of shape {shape}, a row for each output channel,")


@points(1, after="test_orthogonal")
def test_orthogonal_is_random(student, rng):
    """orthogonal: a generator in another state gives another turn"""
    one, other = (student.init_weights((8, 8), "orthogonal", rng) for _ in range(2))
    expect(np.abs(np.abs(one) - np.abs(other)).max() > 1e-3, "two draws give the same orthogonal matrix.")
    expect(np.abs(one).min() < 0.9 * np.abs(one).max(), "the orthogonal matrix has entries of one size only.")


@points(1, after="test_lecun_and_he")
def test_given_generator_and_no_other(student, rng):
    """equal generators give equal weights, another state gives others, and so does a second call"""
    for scheme in ("small", "glorot", "he", "orthogonal"):
        first, same = (student.init_weights((30, 20), scheme, np.random.default_rng(5)) for _ in range(2))
        expect_close(same, first, f"W of {scheme} from a generator in the same state")
        other = student.init_weights((30, 20), scheme, np.random.default_rng(6))
        expect(np.abs(other - first).max() > 1e-6, f"{scheme}: generators in different states give the same weights.")
        second = student.init_weights((30, 20), scheme, rng)
        third = student.init_weights((30, 20), scheme, rng)
        expect(np.abs(third - second).max() > 1e-6, f"{scheme}: a second call with one generator gives the same.")


@points(0.5, after="test_lecun_and_he")
def test_precision(student, rng):
    """the weights are float64"""
    for scheme in ("small", "he", "orthogonal"):
        expect_dtype(student.init_weights((5, 4), scheme, rng), np.float64, "W")


@points(0.5, after="test_lecun_and_he")
def test_unknown_scheme(student, rng):
    """a scheme that there is not raises ValueError"""
    for scheme in ("xavier", "", "HE"):
        expect_raises("ValueError", student.init_weights, (4, 3), scheme, rng)


def spread(scheme, inputs, outputs):
    """Return the standard deviation of a scheme, from the variance that it is made to keep."""
    variances = {"small": 1e-4, "unit": 1, "lecun": 1 / inputs, "he": 2 / inputs, "glorot": 2 / (inputs + outputs)}
    return variances[scheme] ** 0.5


# ---------------------------------------------------------------- right, written differently


FLOAT64, WHOLE = "it is float64 already", "a whole number either way"
NO_SIGN, NO_LENGTH = "a Gaussian draw has no sign of its own", "what is made of it has length 1"
NEVER_READ = "every entry is written over"
HARMLESS = equivalent(
    "init_weights",
    {
        "int(np.prod(shape[1:])) -> np.prod(shape[1:])": WHOLE,
        "spreads[scheme] * rng.standard_normal(shape) -> "
        "(spreads[scheme] * rng.standard_normal(shape)).astype(float)": FLOAT64,
        "(turn if rows >= columns else turn.T).reshape(shape) -> "
        "(turn if rows >= columns else turn.T).reshape(shape).astype(float)": FLOAT64,
        "rows >= columns -> rows > columns": "a square turn and its transpose are both turns",
    },
)


@variant(
    "init_weights",
    equivalent={
        "A = rng.normal(size=(shape[0], int(np.prod(shape[1:])))) -> "
        "A = -rng.normal(size=(shape[0], int(np.prod(shape[1:]))))": NO_SIGN,
        "A = rng.normal(size=(shape[0], int(np.prod(shape[1:])))) -> "
        "A = 2 * rng.normal(size=(shape[0], int(np.prod(shape[1:]))))": NO_LENGTH,
        "int(np.prod(shape[1:])) -> np.prod(shape[1:])": WHOLE,
        "(U @ Vt).reshape(shape) -> (U @ Vt).reshape(shape).astype(float)": FLOAT64,
        "std = 1 / np.sqrt(n_in) -> std = -(1 / np.sqrt(n_in))": NO_SIGN,
        "std = np.sqrt(2 / (n_in + n_out)) -> std = -np.sqrt(2 / (n_in + n_out))": NO_SIGN,
        "std = np.sqrt(2 / n_in) -> std = -np.sqrt(2 / n_in)": NO_SIGN,
        "std * rng.standard_normal(shape) -> (std * rng.standard_normal(shape)).astype(float)": FLOAT64,
    },
)
def plain(shape, scheme, rng):
    if len(shape) == 2:
        n_in, n_out = shape
    else:
        n_in = shape[1] * shape[2] * shape[3]
        n_out = shape[0] * shape[2] * shape[3]
    if scheme == "orthogonal":
        A = rng.normal(size=(shape[0], int(np.prod(shape[1:]))))
        U, _, Vt = np.linalg.svd(A, full_matrices=False)
        return (U @ Vt).reshape(shape)
    if scheme == "small":
        std = 0.01
    elif scheme == "unit":
        std = 1.0
    elif scheme == "lecun":
        std = 1 / np.sqrt(n_in)
    elif scheme == "glorot":
        std = np.sqrt(2 / (n_in + n_out))
    elif scheme == "he":
        std = np.sqrt(2 / n_in)
    else:
        raise ValueError(scheme)
    return std * rng.standard_normal(shape)


@variant(
    "init_weights",
    equivalent={
        "backwards = rng.normal(0.0, gains[scheme] ** 0.5, shape[::-1]) -> "
        "backwards = -rng.normal(0.0, gains[scheme] ** 0.5, shape[::-1])": NO_SIGN,
        "np.transpose(backwards) -> np.transpose(backwards).astype(float)": FLOAT64,
        "int(np.prod(shape[1:])) -> np.prod(shape[1:])": WHOLE,
        "square[:rows, :columns].reshape(shape) -> square[:rows, :columns].reshape(shape).astype(float)": FLOAT64,
    },
)
def drawn_in_another_order(shape, scheme, rng):
    fan = {2: lambda s: (s[0], s[1]), 4: lambda s: (np.prod(s[1:]), np.prod(s) / s[1])}[len(shape)]
    n_in, n_out = fan(shape)
    gains = {"small": 1e-4, "unit": 1.0, "lecun": n_in**-1.0, "glorot": 2 / (n_in + n_out), "he": 2 / n_in}
    if scheme in gains:
        backwards = rng.normal(0.0, gains[scheme] ** 0.5, shape[::-1])
        return np.transpose(backwards)
    if scheme != "orthogonal":
        raise ValueError("no such scheme")
    rows, columns = shape[0], int(np.prod(shape[1:]))
    square, _ = np.linalg.qr(rng.standard_normal((max(rows, columns),) * 2))
    return square[:rows, :columns].reshape(shape)


@variant(
    "init_weights",
    equivalent={
        "int(np.prod(shape[1:])) -> np.prod(shape[1:])": WHOLE,
        "v = rng.standard_normal(many) -> v = -rng.standard_normal(many)": NO_SIGN,
        "v = rng.standard_normal(many) -> v = 2 * rng.standard_normal(many)": NO_LENGTH,
        "2 -> 3 #3": "a third pass finds nothing left to take away",
        "v = v - kept[:k].T @ (kept[:k] @ v) -> v = -(v - kept[:k].T @ (kept[:k] @ v))": NO_SIGN,
        "v = v - kept[:k].T @ (kept[:k] @ v) -> v = 2 * (v - kept[:k].T @ (kept[:k] @ v))": NO_LENGTH,
        "(kept if matrix[0] == few else kept.T).reshape(shape) -> "
        "(kept if matrix[0] == few else kept.T).reshape(shape).astype(float)": FLOAT64,
        "draws = np.array([rng.standard_normal(matrix[1]) for _ in range(matrix[0])]).reshape(shape) -> "
        "draws = -np.array([rng.standard_normal(matrix[1]) for _ in range(matrix[0])]).reshape(shape)": NO_SIGN,
        "draws / (100 if scheme == 'small' else 1) -> "
        "(draws / (100 if scheme == 'small' else 1)).astype(float)": FLOAT64,
        "100 -> 101": "within the five standard errors that draws are allowed",
        "draws / np.sqrt(shares[scheme]) -> (draws / np.sqrt(shares[scheme])).astype(float)": FLOAT64,
    },
)
def one_vector_after_another(shape, scheme, rng):
    matrix = (shape[0], int(np.prod(shape[1:])))
    n_in = shape[0] if len(shape) == 2 else matrix[1]
    n_out = shape[1] if len(shape) == 2 else n_in * shape[0] // shape[1]
    if scheme == "orthogonal":
        few, many = sorted(matrix)
        kept = np.zeros((few, many))
        for k in range(few):
            v = rng.standard_normal(many)
            for _ in range(2):
                v = v - kept[:k].T @ (kept[:k] @ v)
            kept[k] = v / np.sqrt(v @ v)
        return (kept if matrix[0] == few else kept.T).reshape(shape)
    if scheme not in ("small", "unit", "lecun", "glorot", "he"):
        raise ValueError(f"unknown: {scheme}")
    draws = np.array([rng.standard_normal(matrix[1]) for _ in range(matrix[0])]).reshape(shape)
    if scheme in ("small", "unit"):
        return draws / (100 if scheme == "small" else 1)
    shares = {"lecun": n_in, "glorot": (n_in + n_out) / 2, "he": n_in / 2}
    return draws / np.sqrt(shares[scheme])


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "variance_as_spread": (
        "1 / np.sqrt(n_in) -> 1 / n_in",
        "np.sqrt(2 / (n_in + n_out)) -> 2 / (n_in + n_out)",
        "np.sqrt(2 / n_in) -> 2 / n_in",
        "Your weights seem to be multiplied by their variance. What is multiplied with standard draws?"),
    "fan_out_for_fan_in": ("1 / np.sqrt(n_in) -> 1 / np.sqrt(n_out)", "np.sqrt(2 / n_in) -> np.sqrt(2 / n_out)",
        "You seem to count the neurons that read an input. Over what does the forward variance add up?"),
    "he_without_the_two": ("np.sqrt(2 / n_in) -> np.sqrt(1 / n_in)",
        "Your he seems to be lecun. What does a ReLU leave of E[z^2]?"),
    "he_with_half": ("np.sqrt(2 / n_in) -> np.sqrt(1 / (2 * n_in))",
        "Your he makes the weights smaller. A ReLU takes something away: which way must the weights make up for it?"),
    "he_with_the_two_outside": ("np.sqrt(2 / n_in) -> 2 / np.sqrt(n_in)",
        "Your he is too wide by the root of 2. Does the root reach the 2?"),
    "he_rounded_down": ("np.sqrt(2 / n_in) -> 1 / np.sqrt(n_in // 2)",
        "Your he is right for even numbers of inputs. What does // do with an odd one?"),
    "lecun_for_glorot": ("np.sqrt(2 / (n_in + n_out)) -> 1 / np.sqrt(n_in)",
        "Your glorot looks at one direction only. Which two does it weigh up?"),
    "glorot_without_the_two": ("np.sqrt(2 / (n_in + n_out)) -> np.sqrt(1 / (n_in + n_out))",
        "Your glorot divides by the sum of both fans. What is their mean?"),
    "glorot_by_product": ("np.sqrt(2 / (n_in + n_out)) -> (n_in * n_out) ** -0.25",
        "Your glorot takes the geometric mean of the fans. Which mean does the formula take?"),
    "limit_as_spread": ("np.sqrt(2 / (n_in + n_out)) -> np.sqrt(6 / (n_in + n_out))",
        "The 6 belongs to the bounds of a uniform draw. What is the spread of a Gaussian one?"),
    "small_is_tenfold": ("std = 0.01 -> std = 0.1",
        "Your small weights are not those of the table."),
    "unit_shares": ("std = 1.0 -> std = 1 / np.sqrt(n_in)",
        "Your unit weights know how many inputs there are. Should they?"),
    "uniform_of_that_width": ("std * rng.standard_normal(shape) -> rng.uniform(-std, std, shape)",
        "Your draws are uniform between -s and s. What is the spread of those?"),
    "uniform_of_that_spread": (
        "std * rng.standard_normal(shape) -> rng.uniform(-np.sqrt(3) * std, np.sqrt(3) * std, shape)",
        "Your spread is right, but the draws look uniform. Which distribution was asked for?"),
    "cut_off": ("rng.standard_normal(shape) -> np.clip(rng.standard_normal(shape), -2, 2)",
        "Your draws seem to have no tails."),
    "never_negative": ("rng.standard_normal(shape) -> rng.random(shape)",
        "Your weights are never negative. What is their mean?"),
    "global_numbers": ("std * rng.standard_normal(shape) -> std * np.random.standard_normal(shape)",
        "Your numbers do not come from the generator that you were given. Can the run be repeated?"),
    "generator_of_its_own": ("    if len(shape) == 2: ->     rng = np.random.default_rng(0)\n    if len(shape) == 2:",
        "Your weights are the same each time. Where does your generator come from?"),
    "kernel_forgotten": ("n_in = shape[1] * shape[2] * shape[3] -> n_in = shape[1]",
        "In a convolution you seem to count channels only. How many numbers does an output pixel read?"),
    "kernel_counted_once": ("n_in = shape[1] * shape[2] * shape[3] -> n_in = shape[1] * shape[2]",
        "In a convolution you seem to count one side of the filter only."),
    "kernel_side_squared": ("n_in = shape[1] * shape[2] * shape[3] -> n_in = shape[1] * shape[2] ** 2",
        "You seem to take every filter for a square one."),
    "channels_exchanged": ("n_in = shape[1] -> n_in = shape[0]", "n_out = shape[0] -> n_out = shape[1]",
        "You seem to take the output channels for the inputs. Which axis of W is which?"),
    "convolution_read_as_dense": ("    if len(shape) == 2:\n        n_in, n_out = shape\n    else:\n -> ",
        "        n_in = shape[1] * shape[2] * shape[3]\n -> ",
        "        n_out = shape[0] * shape[2] * shape[3]\n ->     n_in, n_out = shape[:2]\n",
        "You seem to read a convolution's shape like that of a dense layer."),
    "fans_of_the_transpose": ("n_in, n_out = shape -> n_out, n_in = shape",
        "You seem to take the neurons for the inputs. In this course, what is a column of W?"),
    "bias_counted": ("n_in, n_out = shape -> n_in, n_out = shape[0] + 1, shape[1]",
        "You seem to count the bias among the inputs."),
    "one_neuron_repeated": (
        "std * rng.standard_normal(shape) -> "
        "std * np.broadcast_to(rng.standard_normal((shape[0], *np.ones_like(shape[1:]))), shape).copy()",
        "All your neurons look alike. What will make them differ later?"),
    "orthogonal_of_columns_only": (
        "U, _, Vt = np.linalg.svd(A, full_matrices=False)\n        return (U @ Vt) -> "
        "return (A / np.sqrt((A**2).sum(axis=0)))",
        "Your columns have length 1. Do they stand at right angles, too?"),
    "orthogonal_for_tall_ones_only": (
        "U, _, Vt = np.linalg.svd(A, full_matrices=False)\n        return (U @ Vt) -> return np.linalg.qr(A)[0]",
        "Your orthogonal weights have the wrong shape where neurons outnumber inputs. What does QR give for "
        "a wide matrix?"),
    "orthogonal_along_the_last_axis": ("(shape[0], int(np.prod(shape[1:]))) -> (int(np.prod(shape[:-1])), shape[-1])",
        "In a convolution, your rows are not those of the output channels."),
    "orthogonal_not_scaled": ("return (U @ Vt).reshape -> return (U @ Vt * np.sqrt(2)).reshape",
        "Your orthogonal weights stretch what they turn."),
    "orthogonal_not_random": (
        "A = rng.normal(size=(shape[0], int(np.prod(shape[1:])))) -> A = np.eye(shape[0], int(np.prod(shape[1:])))",
        "Your orthogonal weights are the same each time."),
    "orthogonal_of_signs": ("return (U @ Vt).reshape(shape) -> return (np.eye(*A.shape) * np.sign(A)).reshape(shape)",
        "Your orthogonal weights only turn signs. Where is the turn?"),
    "anything_goes": ("        raise ValueError(scheme) ->         std = 0.01",
        "A scheme that there is not seems to be welcome."),
    "single_precision": (
        "return std * rng.standard_normal(shape) -> return (std * rng.standard_normal(shape)).astype(np.float32)",
        "Your weights have fewer digits than the stub promises."),
}, same_as={"global_numbers": ""})
