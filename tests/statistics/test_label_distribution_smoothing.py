import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelaudit.statistics.label_distribution_smoothing import (
    lds_density,
    lds_weights,
    lds_window,
    smoothed_counts,
)

WINDOW = [0.85828524, 0.94582765, 1, 0.94582765, 0.85828524]
Counts = st.lists(st.integers(0, 3000), min_size=2, max_size=30).filter(any)


def test_the_window_is_the_published_one_and_not_the_gaussian() -> None:
    assert lds_window() == pytest.approx(WINDOW, abs=1e-8)
    assert lds_window()[0] > np.exp(-0.5) + 0.2


def test_the_window_is_a_gaussian_over_a_mirrored_one() -> None:
    # The 1 in the middle of five, mirrored at both ends again and again.
    at = [2 + 10 * turn for turn in range(-2, 3)] + [7 + 10 * turn for turn in range(-2, 3)]
    weights = {step: np.exp(-(step**2) / 8) for step in range(-8, 9)}
    total = sum(weights.values())
    expected = [sum(weights.get(one - bin_, 0) for one in at) / total for bin_ in range(5)]
    assert lds_window() == pytest.approx(np.array(expected) / expected[2], abs=1e-12)


@given(Counts)
def test_density_and_smoothed_counts_match_their_definition(counts: list[int]) -> None:
    density, smoothed = [], []
    for at in range(len(counts)):
        near = [(WINDOW[gap + 2], at + gap) for gap in range(-2, 3) if 0 <= at + gap < len(counts)]
        density.append(sum(weight * counts[bin_] for weight, bin_ in near))
        smoothed.append(density[-1] / sum(weight for weight, _ in near))
    assert lds_density(np.array(counts)) == pytest.approx(density, rel=1e-7)
    assert smoothed_counts(np.array(counts)) == pytest.approx(smoothed, rel=1e-7)


@given(Counts)
def test_weights_match_their_definition_and_average_1_over_the_items(counts: list[int]) -> None:
    for root in (False, True):
        weights = lds_weights(np.array(counts), root=root)
        assert np.isnan(weights).tolist() == [count == 0 for count in counts]
        assert np.nansum(weights * counts) == pytest.approx(sum(counts))
        before = [count**0.5 if root else min(max(count, 5), 1000) for count in counts]
        inverse = 1 / lds_density(np.array(before, dtype=float))
        held = np.array(counts) > 0
        assert weights[held] / weights[held][0] == pytest.approx(inverse[held] / inverse[held][0])


def test_a_hand_worked_density() -> None:
    assert lds_density(np.array([10, 0, 0])) == pytest.approx([10, 9.4582765, 8.5828524])
    assert smoothed_counts(np.array([7, 7, 7, 7])) == pytest.approx([7, 7, 7, 7])


def test_clipped_counts_are_not_cut_to_integers() -> None:
    one, two = lds_weights(np.array([6, 0, 0, 0, 0, 7]), root=False)[[0, 5]]
    alone = [6 + 5 * sum(WINDOW[3:]), 7 + 5 * sum(WINDOW[3:])]
    assert one / two == pytest.approx(alone[1] / alone[0])
