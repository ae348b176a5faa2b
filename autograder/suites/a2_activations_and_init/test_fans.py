"""Fans: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import expect_close, expect_raises, points, slips, variant


def sides(rng, low=2, high=9):
    """Return four whole numbers from `low` to `high`, no two alike."""
    return tuple(int(n) for n in rng.permutation(range(low, high + 1))[:4])


@points(1, visible=True)
def test_dense(student, rng):
    """in a dense layer a neuron reads every input, and an input is read by every neuron"""
    inputs, outputs, *_ = sides(rng)
    fan_in, fan_out = student.fans((inputs, outputs))
    expect_close(fan_in, inputs, "fan_in")
    expect_close(fan_out, outputs, "fan_out")


@points(2, visible=True)
def test_convolution(student, rng):
    """in a convolution an output pixel reads a patch of every input channel; the filter need not be square"""
    filters, channels, height, width = sides(rng)
    fan_in, fan_out = student.fans((filters, channels, height, width))
    expect_close(fan_in, sum(1 for _ in range(channels) for _ in range(height) for _ in range(width)), "fan_in")
    expect_close(fan_out, sum(1 for _ in range(filters) for _ in range(height) for _ in range(width)), "fan_out")


@points(1, after="test_convolution")
def test_sides_of_one(student, rng):
    """one channel, one filter, one row, one pixel, and dense layers with one input or one neuron are like any other"""
    filters, channels, height, width = sides(rng)
    for shape, fans in {
        (filters, 1, height, width): (height * width, filters * height * width),
        (1, channels, height, width): (channels * height * width, height * width),
        (filters, channels, 1, width): (channels * width, filters * width),
        (filters, channels, 1, 1): (channels, filters),
        (1, 1, 1, 1): (1, 1),
        (1, channels): (1, channels),
        (filters, 1): (filters, 1),
    }.items():
        fan_in, fan_out = student.fans(shape)
        expect_close(fan_in, fans[0], f"fan_in of {shape}")
        expect_close(fan_out, fans[1], f"fan_out of {shape}")


@points(0.5, after="test_dense")
def test_other_numbers_of_sides(student, rng):
    """a shape with one, three or five sides raises ValueError"""
    four = sides(rng)
    for shape in (four[:1], four[:3], (*four, 2)):
        expect_raises("ValueError", student.fans, shape)


# ---------------------------------------------------------------- right, written differently


@variant("fans")
def plain(shape):
    if len(shape) == 2:
        fan_in, fan_out = shape
    elif len(shape) == 4:
        area = shape[2] * shape[3]
        fan_in = shape[1] * area
        fan_out = shape[0] * area
    else:
        raise ValueError("a shape has two or four sides")
    return fan_in, fan_out


@variant("fans", equivalent={"int(np.prod(shape)) -> np.prod(shape)": "a whole number either way"})
def from_the_number_of_weights(shape):
    if len(shape) not in (2, 4):
        raise ValueError(shape)
    dense = len(shape) == 2
    readers, read = (shape[1], shape[0]) if dense else (shape[0], shape[1])
    everything = int(np.prod(shape))
    return everything // readers, everything // read


@variant("fans")
def one_factor_after_another(shape):
    if len(shape) == 2:
        return shape[0], shape[1]
    if len(shape) != 4:
        raise ValueError("neither dense nor a convolution")
    fan_out, fan_in = shape[:2]
    for side in shape[2:]:
        fan_in *= side
        fan_out *= side
    return fan_in, fan_out


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "filter_forgotten": ("area = shape[2] * shape[3] -> area = 1",
        "In a convolution you seem to count channels only. How many numbers does an output pixel read?"),
    "channels_exchanged": ("shape[1] * area -> shape[0] * area",
        "fan_out = shape[0] * area -> fan_out = shape[1] * area",
        "In a convolution your two fans have changed places. Which axis of W counts the input channels?"),
    "dense_fans_exchanged": ("fan_in, fan_out = shape -> fan_out, fan_in = shape",
        "In a dense layer your two fans have changed places. In this course, what is a column of W?"),
    "both_pairs_exchanged": ("return fan_in, fan_out -> return fan_out, fan_in",
        "Your two fans have changed places everywhere. Which of them is returned first?"),
    "one_side_of_the_filter": ("shape[2] * shape[3] -> shape[2]",
        "You seem to count one side of the filter only. How many pixels has a patch?"),
    "other_side_of_the_filter": ("shape[2] * shape[3] -> shape[3]",
        "You seem to count the width of the filter only. How many pixels has a patch?"),
    "square_filters_only": ("shape[2] * shape[3] -> shape[2] ** 2",
        "You seem to take every filter for a square one."),
    "sides_added": ("shape[2] * shape[3] -> (shape[2] + shape[3])",
        "You seem to add the sides of the filter. How many pixels has a patch?"),
    "fan_out_without_the_filter": ("fan_out = shape[0] * area -> fan_out = shape[0]",
        "Your fan_out counts channels only. At how many places is an input pixel read?"),
    "fan_in_without_the_filter": ("fan_in = shape[1] * area -> fan_in = shape[1]",
        "Your fan_in counts channels only. How many numbers does an output pixel read?"),
    "all_weights_counted": ("fan_in = shape[1] * area -> fan_in = shape[0] * shape[1] * area",
        "Your fan_in seems to count every weight of the layer. How many does one neuron have?"),
    "read_like_a_dense_layer": ("fan_in = shape[1] * area -> fan_in = shape[0]",
        "fan_out = shape[0] * area -> fan_out = shape[1]",
        "You seem to read a convolution's shape like that of a dense layer."),
    "channels_last": ("area = shape[2] * shape[3] -> area = shape[0] * shape[1]",
        "fan_in = shape[1] * area -> fan_in = shape[2] * area",
        "fan_out = shape[0] * area -> fan_out = shape[3] * area",
        "You seem to expect the channels at the end of the shape. Where are they in this course?"),
    "bias_counted": ("fan_in, fan_out = shape -> fan_in, fan_out = shape[0] + 1, shape[1]",
        "You seem to count the bias among the inputs."),
    "fan_of_the_gradient": ("fan_in = shape[1] * area -> fan_in = shape[0] * area",
        "Your fan_in seems to count what the gradient adds up on its way back. What does an output pixel add up?"),
    "dense_mean_of_both": ("fan_in, fan_out = shape -> fan_in = fan_out = sum(shape) // 2",
        "Both of your dense fans are the same. That is a compromise of one scheme, and not yet a count."),
    "any_shape_accepted": ("elif len(shape) == 4: -> elif len(shape) > 3:",
        "A shape that is neither dense nor a convolution seems to be welcome."),
    "three_sides_accepted": ("elif len(shape) == 4: -> elif len(shape) == 3 or len(shape) == 4:\n"
        "        shape = (*shape, 1)",
        "A shape with three sides seems to be welcome. Did anybody ask for one?"),
}, same_as={"sides_added": "square_filters_only", "square_filters_only": "sides_added"})
