"""Statistics of images: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import equivalent, expect_close, expect_dtype, expect_raises, points, slips, unchanged, variant

MODES = ("mean_image", "channel_mean", "channel_mean_std")


def images(rng, n=6, h=3, w=4, c=2):
    """Return bytes (N, H, W, C); every channel and every place has a brightness of its own."""
    base = rng.integers(60, 200, (h, w, c)) // (1 + np.arange(c))
    return np.clip(base + rng.integers(-40, 56, (n, h, w, c)), 0, 255).astype(np.uint8)


@points(2, visible=True)
def test_mean_image(student, rng):
    """mean_image gives each channel of each pixel its mean over the images, and a scale of ones"""
    X = images(rng)
    expected = by_definition(X, "mean_image")
    mean, scale = student.image_statistics(X, "mean_image")
    expect_close(mean, expected[0], "mean")
    expect_close(scale, expected[1], "scale")


@points(2, visible=True)
def test_channel_mean(student, rng):
    """channel_mean gives each channel its mean over all pixels of all images, and a scale of ones"""
    X = images(rng)
    expected = by_definition(X, "channel_mean")
    mean, scale = student.image_statistics(X, "channel_mean")
    expect_close(mean, expected[0], "mean")
    expect_close(scale, expected[1], "scale")


@points(1.5, visible=True)
def test_channel_mean_std(student, rng):
    """channel_mean_std gives each channel its standard deviation too, as the scale"""
    X = images(rng)
    expected = by_definition(X, "channel_mean_std")
    mean, scale = student.image_statistics(X, "channel_mean_std")
    expect_close(mean, expected[0], "mean")
    expect_close(scale, expected[1], "scale")


@points(1, after="test_mean_image")
def test_bytes_do_not_wrap(student, rng):
    """many bright images, whose sum no byte and no small integer can hold, and whose float32 sum would lose digits"""
    X = rng.integers(250, 256, (500, 2, 3, 3)).astype(np.uint8)
    for mode in MODES:
        expected = by_definition(X, mode)
        for got, right, name in zip(student.image_statistics(X, mode), expected, ("mean", "scale"), strict=True):
            expect_close(got, right, f"{name} of {mode}")


@points(0.5, after="test_channel_mean_std")
def test_black_channel(student, rng):
    """a channel that never varies gets a scale of 1; one that hardly varies does not"""
    X = images(rng)
    X[...] = 7
    X[0, 0, 0, 0] = 9
    expected = by_definition(X, "channel_mean_std")[1]
    _, scale = student.image_statistics(X, "channel_mean_std")
    expect_close(scale, expected, "scale")


@points(1, after="test_channel_mean")
def test_other_shapes(student, rng):
    """one image, one channel, one pixel, and as many channels as images are like any other"""
    for shape in ((1, 3, 4, 2), (5, 3, 4, 1), (5, 1, 1, 3), (3, 3, 3, 3), (2, 4, 3, 4)):
        X = images(rng, *shape)
        for mode in MODES:
            expected = by_definition(X, mode)
            for got, right, name in zip(student.image_statistics(X, mode), expected, ("mean", "scale"), strict=True):
                expect_close(got, right, f"{name} of {mode}")


@points(0.5, after="test_channel_mean")
def test_results_are_float64(student, rng):
    """means and scales are float64"""
    for mode in MODES:
        for got, name in zip(student.image_statistics(images(rng), mode), ("mean", "scale"), strict=True):
            expect_dtype(got, np.float64, f"{name} of {mode}")


@points(0.5, after="test_channel_mean")
def test_unknown_mode(student, rng):
    """another mode is refused with a ValueError"""
    for mode in ("pixel_mean", "std", ""):
        expect_raises("ValueError", student.image_statistics, images(rng), mode)


@points(0.5, after="test_channel_mean")
def test_images_are_kept(student, rng):
    """the images keep their values"""
    X = images(rng)
    with unchanged(X=X):
        for mode in MODES:
            student.image_statistics(X, mode)


def by_definition(X, mode):
    """Return mean and scale, from lists of numbers."""
    n, h, w, c = X.shape
    if mode == "mean_image":
        mean = np.array([int(sum(map(int, X[:, i, j, k]))) / n for i in range(h) for j in range(w) for k in range(c)])
        return mean.reshape(h, w, c), np.ones((h, w, c))
    pixels = [np.array(X[..., k].ravel().tolist(), dtype=float) for k in range(c)]
    mean = np.array([sum(values) / len(values) for values in pixels])
    if mode == "channel_mean":
        return mean, np.ones(c)
    spread = [(sum((values - m) ** 2) / len(values)) ** 0.5 for values, m in zip(pixels, mean, strict=True)]
    return mean, np.array([s if s > 0 else 1.0 for s in spread])


# ---------------------------------------------------------------- right, written differently


HARMLESS = equivalent(
    "image_statistics",
    {
        "mean -> mean.astype(float)": "it is float64 already",
        "mean -> mean.astype(float) #2": "it is float64 already",
        "np.ones(mean.shape) -> np.ones(mean.shape).astype(float)": "it is float64 already",
        "np.where(spread == 0, 1, spread) -> np.where(spread == 0, 1, spread).astype(float)": "it is float64 already",
        "X -> X.astype(float)": "it is float64 already",
    },
)


@variant(
    "image_statistics",
    equivalent={
        "mean -> mean.astype(float)": "it is float64 already",
        "scale -> scale.astype(float)": "it is float64 already",
        "X -> X.astype(float)": "it is float64 already",
    },
)
def plain(X, mode):
    if mode not in ("mean_image", "channel_mean", "channel_mean_std"):
        raise ValueError("unknown mode")
    X = X.astype(np.float64)
    axes = (0,) if mode == "mean_image" else (0, 1, 2)
    mean = X.mean(axis=axes)
    scale = np.ones(mean.shape)
    if mode == "channel_mean_std":
        std = np.sqrt(((X - mean) ** 2).mean(axis=axes))
        scale = np.where(std == 0, scale, std)
    return mean, scale


@variant(
    "image_statistics",
    equivalent={
        "np.average(X, axis=0) -> np.average(X, axis=0).astype(float)": "it is float64 already",
        "np.ones(X.shape[1:]) -> np.ones(X.shape[1:]).astype(float)": "it is float64 already",
        "mean -> mean.astype(float)": "it is float64 already",
        "mean -> mean.astype(float) #2": "it is float64 already",
        "np.ones_like(mean) -> np.ones_like(mean).astype(float)": "it is float64 already",
        "std -> std.astype(float)": "it is float64 already",
        "X -> X.astype(float)": "it is float64 already",
    },
)
def by_a_table_of_pixels(X, mode):
    if mode == "mean_image":
        return np.average(X, axis=0), np.ones(X.shape[1:])
    pixels = X.reshape(-1, X.shape[-1])
    mean = pixels.sum(axis=0) / len(pixels)
    if mode == "channel_mean":
        return mean, np.ones_like(mean)
    if mode == "channel_mean_std":
        std = pixels.std(axis=0)
        std[std == 0] = 1
        return mean, std
    raise ValueError("unknown mode")


@variant(
    "image_statistics",
    equivalent={
        "total / len(X) -> (total / len(X)).astype(float)": "it is float64 already",
        "np.ones(X.shape[1:]) -> np.ones(X.shape[1:]).astype(float)": "it is float64 already",
        "mean -> mean.astype(float)": "it is float64 already",
        "scale -> scale.astype(float)": "it is float64 already",
        "X -> X.astype(float)": "it is float64 already",
    },
)
def one_channel_at_a_time(X, mode):
    if mode == "mean_image":
        total = np.zeros(X.shape[1:])
        for image in X:
            total += image
        return total / len(X), np.ones(X.shape[1:])
    if not mode.startswith("channel_mean"):
        raise ValueError("unknown mode")
    c = X.shape[3]
    mean, scale = np.zeros(c), np.ones(c)
    for k in range(c):
        mean[k] = X[:, :, :, k].mean()
        if mode == "channel_mean_std" and X[..., k].std() > 0:
            scale[k] = X[..., k].std()
    return mean, scale


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "channels_over_images_only": ("(0, 1, 2) -> (0,)",
        "Your channels seem to have a mean for each pixel. How many numbers describe three channels?"),
    "channels_first": ("(0, 1, 2) -> (0, 2, 3)",
        "You seem to take the second axis for the channels. In which order do the axes of these images stand?"),
    "mean_of_each_image": ("(0, 1, 2) -> (1, 2)",
        "There seems to be a mean for each image. What does a new image have to do with that?"),
    "rows_of_pixels_kept": ("(0, 1, 2) -> (0, 2)",
        "One axis of the images seems to be left over in your channel mean."),
    "one_number_for_all_channels": (
        "mean = X.mean(axis=axes) -> mean = X.mean(axis=axes) if mode == 'mean_image' else np.full(X.shape[3], "
        "X.mean())",
        "One number seems to serve all channels. Is blue as bright as red?"),
    "mean_image_without_channels": ("(0,) if -> (0, 3) if",
        "Your mean image has no colours."),
    "mean_image_over_pixels": ("(0,) if mode == \"mean_image\" else (0, 1, 2) -> (0, 1, 2)",
        "Your mean image has lost its pixels. Over what is it a mean?"),
    "modes_exchanged": ("(0,) if mode == \"mean_image\" -> (0,) if mode != \"mean_image\"",
        "Mean image and channel mean seem to have changed places."),
    "bytes_wrap": (
        "X.astype(np.float64) -> X.copy()",
        "X.mean(axis=axes) -> X.sum(axis=axes, dtype=np.uint8) / np.prod([X.shape[i] for i in axes])",
        "A sum of bytes seems to be kept in a byte. What is 200 + 100 there?"),
    "deviations_wrap": ("(X - mean) ** 2 -> (X - mean).astype(np.uint8).astype(float) ** 2",
        "Your deviations seem to be kept in bytes. What is 3 - 5 there?"),
    "single_precision": ("X.astype(np.float64) -> X.astype(np.float32)",
        "Your statistics seem to be computed in float32. How many digits has a sum over a whole data set there?"),
    "rounded_to_bytes": ("mean = X.mean(axis=axes) -> mean = np.round(X.mean(axis=axes))",
        "Your means seem to be rounded to whole numbers."),
    "scaled_to_one": ("X.astype(np.float64) -> X / 255",
        "Your statistics are those of images between 0 and 1. Which range do the given ones have?"),
    "always_scaled": ("mode == \"channel_mean_std\" -> mode != \"mean_image\"",
        "Your scale seems to be a spread also where only the mean was asked for."),
    "never_scaled": ("mode == \"channel_mean_std\" -> False",
        "Your scale seems to be 1 always. What is the third mode for?"),
    "variance_for_its_root": ("np.sqrt(((X - mean) ** 2).mean(axis=axes)) -> ((X - mean) ** 2).mean(axis=axes)",
        "Your scale looks like a variance. In which unit is that?"),
    "unbiased": ("((X - mean) ** 2).mean(axis=axes) -> ((X - mean) ** 2).sum(axis=axes) / max(X[..., 0].size - 1, 1)",
        "Your spread seems to be divided by one less than the number of pixels. What do the conventions say?"),
    "spread_of_the_mean_image": ("np.sqrt(((X - mean) ** 2).mean(axis=axes)) -> X.mean(axis=0).std(axis=(0, 1))",
        "Your spread seems to be that of the mean image. Do the images themselves not vary more?"),
    "mean_spread_of_the_images": ("np.sqrt(((X - mean) ** 2).mean(axis=axes)) -> X.std(axis=(1, 2)).mean(axis=0)",
        "Your spread seems to be the mean of the images' own spreads. Do bright and dark images not differ as well?"),
    "mean_spread_of_the_pixels": ("np.sqrt(((X - mean) ** 2).mean(axis=axes)) -> X.std(axis=0).mean(axis=(0, 1))",
        "Your spread seems to be the mean of the pixels' own spreads. Do centre and border not differ as well?"),
    "spread_about_zero": ("(X - mean) ** 2 -> X**2",
        "Your spread seems to be measured from 0."),
    "one_spread_for_all_channels": (
        "std = np.sqrt(((X - mean) ** 2).mean(axis=axes)) -> std = np.full(X.shape[3], X.std())",
        "One spread seems to serve all channels."),
    "black_channel_not_guarded": ("scale = np.where(std == 0, scale, std) -> scale = std",
        "A channel that never varies seems to get a scale of 0. Who divides by it?"),
    "scale_is_one_number": ("np.ones(mean.shape) -> np.ones(1)",
        "Your scale seems to be one number where the mean has several. Which shape does the stub promise?"),
    "scale_of_zeros": ("np.ones(mean.shape) -> np.zeros(mean.shape)",
        "Your scale is 0 where nothing is to be stretched. By what may one divide?"),
    "axes_kept": ("X.mean(axis=axes) -> X.mean(axis=axes, keepdims=True)",
        "Your mean has axes of length 1 left over. Which shape does the stub promise?"),
    "mode_not_refused": (
        "    if mode not in (\"mean_image\", \"channel_mean\", \"channel_mean_std\"):\n        raise "
        "ValueError(\"unknown mode\")\n -> ",
        "A mode that does not exist seems to be accepted."),
    "every_short_axis_squeezed": ("return mean, scale -> return mean.squeeze(), scale.squeeze()",
        "You seem to squeeze away every axis of length 1. What is left of an image with one channel?"),
    "edited": ("    X = X.astype(np.float64)\n    axes -> \n    given, X = X, X.astype(np.float64)\n    axes",
        "return mean, scale -> given[...] = 0; return mean, scale",
        "You seem to change the images that you were given."),
})
