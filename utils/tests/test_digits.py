from __future__ import annotations

import numpy as np
import pytest
from zeromean import digits


def test_images_are_what_uci_published() -> None:
    """The stored digits have the published number, range and class counts."""
    images, labels = digits.images()
    assert images.shape == (1797, 8, 8)
    assert images.dtype == np.uint8
    assert (images.min(), images.max()) == (0, 16)
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_images_are_copies() -> None:
    """What one reader does to the images, no other reader sees."""
    digits.images()[0][:] = 99
    assert digits.images()[0].max() == 16


def test_load_centres_with_the_training_mean_only() -> None:
    """The training pixels have mean 0; the test pixels were shifted by the same amount, so theirs is not."""
    data = digits.load(seed=3)
    assert data.x.shape == (1297, 64)
    assert data.x_test.shape == (500, 64)
    assert abs(data.x.mean(axis=0)).max() < 1e-12
    assert abs(data.x_test.mean(axis=0)).max() > 0.01


def test_what_is_shared_cannot_be_changed() -> None:
    """Two readers get the same arrays, and neither can write into them."""
    assert digits.load(0).x is digits.load().x
    with pytest.raises(ValueError, match="read-only"):
        digits.load(0).x[0] = 1.0


def test_load_splits_without_overlap_and_by_seed() -> None:
    """Every image is in exactly one part, and another seed gives another split."""
    data, again, other = digits.load(0), digits.load(0), digits.load(1)
    total = np.bincount(data.t) + np.bincount(data.t_test)
    assert total.tolist() == np.bincount(digits.images()[1]).tolist()
    np.testing.assert_array_equal(data.x, again.x)
    assert (data.t[:100] != other.t[:100]).any()


def test_three_pixels_never_see_ink() -> None:
    """Pixels 0, 32 and 39 are empty in every image, so a standard deviation can be 0."""
    empty = np.flatnonzero(digits.images()[0].reshape(1797, 64).max(axis=0) == 0)
    assert empty.tolist() == [0, 32, 39]


def test_the_file_is_small_and_its_licence_is_beside_it() -> None:
    """The data fit into a repository, and say whose they are."""
    assert digits.DATA.stat().st_size < 200_000
    assert "CC BY 4.0" in (digits.DATA.parent / "LICENSE-digits.txt").read_text(encoding="utf-8")
