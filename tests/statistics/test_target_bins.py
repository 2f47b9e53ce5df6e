from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import iqr

from labelaudit.statistics.target_bins import (
    BY_SPREAD,
    MAX_BINS,
    ONE_A_VALUE,
    decimals_of,
    target_bins,
    wanted_width,
)

RNG = np.random.default_rng(0)
Numbers = st.lists(
    st.one_of(
        st.integers(-500, 500).map(float),
        st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda number: round(number, 3)),
        st.floats(-100, 100, allow_subnormal=False),
    ),
    min_size=2,
    max_size=60,
).filter(lambda numbers: max(numbers) - min(numbers) > 1e-9)


@given(Numbers)
def test_every_target_is_in_the_bin_that_its_edges_say(numbers: list[float]) -> None:
    bins = target_bins(np.array(numbers))
    edges = bins.edges.tolist()
    expected = [sum(low <= number < high for number in numbers) for low, high in pairwise(edges)]
    assert bins.count(np.array(numbers)).tolist() == expected
    assert sum(expected) == len(numbers)
    assert expected[0] > 0
    assert expected[-1] > 0
    assert len(expected) <= MAX_BINS + 1
    assert np.diff(edges) == pytest.approx(bins.width, rel=1e-2)


@given(Numbers, st.randoms(use_true_random=False))
def test_bins_depend_on_no_order(numbers: list[float], random: object) -> None:
    again = list(numbers)
    random.shuffle(again)  # type: ignore[attr-defined]
    assert (
        target_bins(np.array(numbers)).edges.tolist() == target_bins(np.array(again)).edges.tolist()
    )


def test_integers_get_a_bin_each() -> None:
    bins = target_bins(np.array([30.0, 33, 31, 30]))
    assert (bins.lows.tolist(), bins.highs.tolist()) == ([30, 31, 32, 33], [30, 31, 32, 33])
    assert bins.edges.tolist() == [29.5, 30.5, 31.5, 32.5, 33.5]
    assert bins.rule == ONE_A_VALUE
    assert bins.count(np.array([30.0, 30, 33, 99])).tolist() == [2, 0, 0, 1]


def test_integers_that_are_all_multiples_of_5_get_a_bin_each_5() -> None:
    assert target_bins(np.array([10.0, 25, 40, 45])).lows.tolist() == list(range(10, 46, 5))


def test_ratings_by_half_get_a_bin_each() -> None:
    bins = target_bins(np.repeat(np.arange(1, 11) / 2, 3))
    assert (bins.width, bins.step, len(bins.lows)) == (0.5, 0.5, 10)


def test_many_integers_get_round_bins_of_whole_integers() -> None:
    salaries = RNG.integers(20_000, 90_000, 3000).astype(float)
    bins = target_bins(salaries)
    assert bins.rule == BY_SPREAD
    assert (bins.width, bins.lows[0], bins.highs[0]) == (5000, 20_000, 24_999)
    assert bins.count(salaries).sum() == 3000


def test_the_width_is_that_of_freedman_and_diaconis_widened_to_a_round_one() -> None:
    heights = RNG.normal(170, 10, 4000)
    assert wanted_width(heights) == pytest.approx(2 * iqr(heights) / 4000 ** (1 / 3))
    n_bins = len(np.histogram_bin_edges(heights, bins="fd")) - 1
    assert n_bins == np.ceil(np.ptp(heights) / wanted_width(heights))
    bins = target_bins(heights)
    assert wanted_width(heights) <= bins.width <= 1.34 * wanted_width(heights)
    assert bins.width in (1.0, 1.2, 1.5, 2.0)


def test_rounded_numbers_get_whole_steps_of_their_grid() -> None:
    bins = target_bins(np.round(RNG.gamma(2, 10, 118), 1))
    assert bins.step == pytest.approx(0.1)
    assert bins.width / bins.step == pytest.approx(round(bins.width / bins.step))


def test_with_most_numbers_equal_the_width_is_that_of_sturges() -> None:
    numbers = np.array([0.0] * 15 + [0.123456789])
    assert wanted_width(numbers) == pytest.approx(0.123456789 / 5)
    assert target_bins(numbers).count(numbers).sum() == 16


@pytest.mark.parametrize(
    "numbers",
    [[1.0, 1 + 4e-16, 1.0], [1e300, 2e300, 5], [-1e-280, 1e-280, 0.3e-280], [2.0**53, 2.0**60]],
    ids=str,
)
def test_extreme_numbers_are_binned(numbers: list[float]) -> None:
    bins = target_bins(np.array(numbers))
    assert bins.count(np.array(numbers)).sum() == len(numbers)
    assert (np.diff(bins.edges) > 0).all()


def test_decimals() -> None:
    assert decimals_of(np.array([0.1, 12.34])) == 2
    assert decimals_of(np.array([1 / 3])) is None
    assert decimals_of(np.array([1e16])) is None
