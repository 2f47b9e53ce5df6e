"""Intervals of what rows share: nearest neighbors, and draws from one pool."""

import numpy as np
import pytest
from numpy.typing import NDArray

from labelaudit.statistics.intervals import wilson
from labelaudit.statistics.label_steepness import draw_sharpness
from labelaudit.statistics.nearest_enemy import effective_size, pairwise_distances

Points = tuple[NDArray[np.float32], NDArray[np.int32]]


def two_classes(rng: np.random.Generator, n: int, d: int, apart: float) -> Points:
    """Return the distances of normal points of two classes, and their classes."""
    labels = rng.integers(0, 2, n).astype(np.int32)
    points = rng.standard_normal((n, d))
    points[:, 0] += apart * labels
    return pairwise_distances(points), labels


def test_the_effective_size_is_the_variance_summed_over_pairs_that_share_a_neighbor() -> None:
    rng = np.random.default_rng(0)
    neighbors = (np.arange(30) + rng.integers(1, 30, 30)) % 30
    holds = rng.random(30) < 0.4
    apart = holds - holds.mean()
    joint = sum(
        apart[one] * apart[other]
        for one in range(30)
        for other in range(30)
        if one == other or neighbors[one] == neighbors[other]
    )
    joint += sum(
        2 * apart[one] * apart[other]
        for one in range(30)
        for other in range(one)
        if neighbors[one] == other or neighbors[other] == one
    )
    expected = min(30.0, 30 * (apart @ apart) / joint)
    assert effective_size(holds, neighbors) == pytest.approx(expected)
    assert effective_size(np.ones(30, dtype=bool), neighbors) == 30


@pytest.mark.parametrize(("d", "apart"), [(2, 0), (2, 3), (10, 2.5), (50, 1)])
def test_the_interval_of_the_neighbor_error_holds_the_error_of_other_samples(
    d: int, apart: float
) -> None:
    rng = np.random.default_rng(1)
    errors, ends = [], []
    for _ in range(200):
        distances, labels = two_classes(rng, 300, d, apart)
        neighbors = distances.argmin(axis=1)
        wrong = labels[neighbors] != labels
        worth = effective_size(wrong, neighbors)
        errors.append(wrong.mean())
        ends.append(wilson(wrong.mean() * worth, worth))
    low, high = np.array(ends, dtype=float).T
    truth = np.mean(errors)
    assert ((low <= truth) & (truth <= high)).mean() > 0.91


@pytest.mark.parametrize("pool", [300, 600])
def test_the_interval_over_draws_holds_the_mean_over_other_samples(pool: int) -> None:
    rng = np.random.default_rng(2)
    means, halves = [], []
    for _ in range(100):
        distances, labels = two_classes(rng, pool, 5, 2)
        different = (labels[:, None] != labels).astype(np.float32)
        draws = draw_sharpness(distances, different, labels, 0, size=150, most_draws=10)
        means.append(draws.steepest.mean())
        halves.append(draws.half_width(draws.steepest))
    held = np.abs(np.array(means) - np.mean(means)) <= halves
    assert held.mean() > 0.92


def test_one_draw_of_all_rows_has_no_interval() -> None:
    distances, labels = two_classes(np.random.default_rng(3), 100, 2, 1)
    draws = draw_sharpness(distances, (labels[:, None] != labels).astype(np.float32), labels, 0)
    assert np.isnan(draws.half_width(draws.steepest))
