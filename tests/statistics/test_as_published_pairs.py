import numpy as np
import pytest

from labelaudit.statistics import konz2024
from labelaudit.statistics.intrinsic_dimension import mle
from labelaudit.statistics.konz2024 import (
    PUBLISHED,
    dimension_as_published,
    gray_distances,
    pair_as_published,
)
from labelaudit.statistics.nearest_enemy import pairwise_distances


def test_distances_are_exact_though_pixels_come_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (40, 300)).astype(np.uint8)
    images[3] = images[2]
    images[5] = images[4]
    images[5, 7] ^= 1  # one level of one pixel
    exact = np.linalg.norm(images[:, None].astype(float) - images, axis=2)
    monkeypatch.setattr(konz2024, "COLUMNS", 128)
    found = gray_distances(images)
    assert found == pytest.approx(exact, rel=1e-5, abs=0)
    assert found[2, 3] == 0
    assert found[4, 5] == 1


def test_the_factor_is_the_published_one() -> None:
    points = np.random.default_rng(0).standard_normal((300, 4))
    distances = pairwise_distances(points).astype(np.float64)
    near = np.sort(distances, axis=1)[:, :20]
    assert dimension_as_published(distances) == pytest.approx(mle(near, 20) * 18 / 19, rel=1e-6)


def test_equal_images_are_skipped_by_each_other_and_no_point_is_lost() -> None:
    points = np.random.default_rng(0).standard_normal((300, 4))
    distances = pairwise_distances(np.concatenate([points, points])).astype(np.float64)
    near = np.sort(np.where(distances > 0, distances, np.inf), axis=1)[:, :20]
    assert dimension_as_published(distances) == pytest.approx(mle(near, 20) * 18 / 19, rel=1e-6)


def test_a_pair_of_classes() -> None:
    # Two flat classes at gray levels 0..99 and 110..209, ten copies of each, so that the nearest
    # two of different classes are 11 levels of 9 pixels apart, which is 33.
    levels = np.concatenate([np.repeat(np.arange(100), 10), np.repeat(np.arange(110, 210), 10)])
    order = np.random.default_rng(0).permutation(2000)
    images = np.repeat(levels[:, None], 9, axis=1).astype(np.uint8)[order]
    found = pair_as_published(images, order >= 1000, 0)
    assert found.sharpness == pytest.approx(1 / 33)
    assert found.paired_sharpness < found.sharpness
    assert list(found.dimensions) == [500, 750, 1000, 1250, 1500, 1750]
    three = found.with_channels(3)
    assert three.sharpness == pytest.approx(found.sharpness / 3**0.5)
    assert three.dimensions == found.dimensions


def test_eleven_datasets_were_published() -> None:
    assert len({name for name, *_ in PUBLISHED}) == 11
    assert all(5 < dimension < 18 for _, dimension, _, _ in PUBLISHED)
    assert all(0.6e-4 < sharpness < 3.5e-4 for _, _, sharpness, _ in PUBLISHED)
