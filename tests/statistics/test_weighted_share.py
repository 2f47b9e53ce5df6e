import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binom, gamma

from labelaudit.statistics.intervals import clopper_pearson
from labelaudit.statistics.weighted_share import weighted_share

Stratum = tuple[int, int, float, float]
strata = st.lists(
    st.integers(1, 60).flatmap(
        lambda judged: st.tuples(
            st.integers(0, judged),
            st.just(judged),
            st.floats(0.01, 1),
            st.just(0.0) | st.floats(1e-6, 1),
        )
    ),
    min_size=1,
    max_size=5,
)


def found(drawn: list[Stratum]) -> tuple[float, float, float]:
    wrong, judged, weights, left = (np.array(column) for column in zip(*drawn, strict=True))
    return weighted_share(wrong, judged, weights / weights.sum(), left)


def distances(drawn: list[Stratum]) -> tuple[float, float]:
    """Return what the definition says of strata of which at most half is wrong."""
    total = sum(weight for _, _, weight, _ in drawn)
    share = variance = spread = most = 0.0
    for wrong, judged, weight, left in drawn:
        each = weight / total / judged
        share += each * wrong
        least = float(beta.ppf(0.025, wrong, judged - wrong + 1)) if wrong else 0.0
        likely = least + (weight / total) ** 2 * (wrong / judged - least)
        variance += each**2 * left * wrong * (1 - likely)
        spread += each**2 * left * wrong * (1 - max(wrong - 1, 0) / judged)
        most = max(most, each * math.sqrt(left))
    low = high = share
    if variance > 0:
        n = share * (1 - share) / variance
        low = float(beta.ppf(0.025, n * share, n * (1 - share) + 1))
    if most > 0:
        mean, spread = share + most, spread + most**2
        high = min(float(gamma.ppf(0.975, mean**2 / spread, scale=spread / mean)), 1)
    return total * max(share - low, 0), total * max(high - share, 0)


@given(strata)
def test_it_is_its_definition(drawn: list[Stratum]) -> None:
    total = sum(weight for _, _, weight, _ in drawn)
    scaled = [(wrong, judged, weight / total, left) for wrong, judged, weight, left in drawn]
    few = [each for each in scaled if 2 * each[0] <= each[1]]
    many = [(each[1] - each[0], *each[1:]) for each in scaled if 2 * each[0] > each[1]]
    below, above = distances(few) if few else (0.0, 0.0)
    if many:
        above_many, below_many = distances(many)
        below, above = math.hypot(below, below_many), math.hypot(above, above_many)
    share = sum(weight * wrong / judged for wrong, judged, weight, _ in scaled)
    ends = [share, max(share - below, 0), min(share + above, 1)]
    assert list(found(drawn)) == pytest.approx(ends, abs=1e-7)


def test_of_rare_errors_it_is_the_published_interval_of_a_count() -> None:
    # Garwood, Fiducial limits for the Poisson distribution, 1936: 10 events.
    share, low, high = found([(10, 10**9, 1.0, 1.0)])
    assert [share * 1e9, low * 1e9, high * 1e9] == pytest.approx([10, 4.795, 18.390], abs=5e-4)


def test_without_an_error_the_upper_end_is_that_of_no_event() -> None:
    # -ln(.025) = 3.689 events; the smaller stratum has 60 judgements, and counts 3 times as much.
    _, low, high = found([(0, 60, 0.75, 1.0), (0, 60, 0.25, 1.0)])
    assert low == 0
    assert high == pytest.approx(-math.log(0.025) * 0.75 / 60)


def test_what_was_judged_whole_is_known() -> None:
    assert found([(3, 10, 0.5, 0.0), (9, 10, 0.5, 0.0)]) == pytest.approx((0.6, 0.6, 0.6))


@given(strata)
def test_what_is_not_wrong_is_the_rest(drawn: list[Stratum]) -> None:
    share, low, high = found(drawn)
    assert 0 <= low <= share <= high <= 1
    rest = [(judged - wrong, judged, weight, left) for wrong, judged, weight, left in drawn]
    if all(2 * wrong != judged for wrong, judged, _, _ in drawn):  # halves count as few
        assert list(found(rest)) == pytest.approx([1 - share, 1 - high, 1 - low])


@pytest.mark.parametrize("n", [10, 40, 200])
def test_each_end_of_a_simple_sample_keeps_its_level(n: int) -> None:
    counts = range(n + 1)
    ends = [found([(wrong, n, 1.0, 1.0)]) for wrong in counts]
    exact = [clopper_pearson(wrong, n) for wrong in counts]
    assert all(
        mine[1] <= theirs[0] + 1e-9
        for mine, theirs in zip(ends, exact, strict=True)
        if mine[0] <= 0.5
    )
    for rate in np.linspace(0.004, 0.996, 250):
        chance = binom.pmf(counts, n, rate)
        assert sum(p for p, (_, low, _) in zip(chance, ends, strict=True) if low > rate) <= 0.025
        assert sum(p for p, (_, _, high) in zip(chance, ends, strict=True) if high < rate) <= 0.025


@pytest.mark.parametrize("rates", [(0.3, 0.01), (0.02, 0.02), (0.9, 0.02), (0.05, 0.4), (0.8, 0.1)])
@pytest.mark.parametrize("weight", [0.02, 0.3, 0.7])
def test_each_end_of_two_strata_keeps_its_level(rates: tuple[float, float], weight: float) -> None:
    judged = (16, 40)
    truth = weight * rates[0] + (1 - weight) * rates[1]
    chances = [binom.pmf(range(n + 1), n, rate) for n, rate in zip(judged, rates, strict=True)]
    too_high = too_low = 0.0
    for first, second in itertools.product(range(17), range(41)):
        drawn = [(first, 16, weight, 1.0), (second, 40, 1 - weight, 1.0)]
        _, low, high = found(drawn)
        chance = chances[0][first] * chances[1][second]
        too_high += chance * (low > truth)
        too_low += chance * (high < truth)
    assert too_high <= 0.025
    assert too_low <= 0.025


@pytest.mark.parametrize("weight", [0.02, 0.1, 0.4, 0.7, 0.95])
@pytest.mark.parametrize("n", [8, 10, 20, 31])
def test_each_end_keeps_its_level_where_all_errors_are_in_one_stratum(
    n: int, weight: float
) -> None:
    counts = np.arange(n + 1)
    ends = [found([(int(wrong), n, weight, 1.0), (0, 90, 1 - weight, 1.0)]) for wrong in counts]
    lows, highs = (np.array([each[at] for each in ends]) / weight for at in (1, 2))
    for rate in (*(lows - 1e-9), *(highs + 1e-9)):  # an end is wrong most often just beside one
        if 0 < rate < 1:
            chance = binom.pmf(counts, n, rate)
            assert chance[lows > rate].sum() <= 0.0252  # a gamma distribution's for a binomial
            assert chance[highs < rate].sum() <= 0.025
