"""What judgements can tell: against sums of the binomial distribution, and published figures."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelaudit.statistics.detectable_rate import (
    detectable_rate,
    judgements_to_certify,
    judgements_to_decide,
)
from labelaudit.statistics.intervals import clopper_pearson

POWER, TAIL = 0.8, 0.025


def at_least(wrong: int, n: int, rate: float) -> float:
    """Return P(X >= wrong) of a binomial X, as a sum of its terms."""
    odds = math.log(rate), math.log1p(-rate)
    return math.fsum(
        math.exp(math.log(math.comb(n, k)) + k * odds[0] + (n - k) * odds[1])
        for k in range(max(wrong, 0), n + 1)
    )


def share_beyond(n: int, limit: float, rate: float) -> float:
    """Return how often the lower end of a sample's interval is above a limit."""
    beyond = [wrong for wrong in range(n + 1) if float(clopper_pearson(wrong, n)[0]) > limit]
    return at_least(beyond[0], n, rate) if beyond else 0.0


def share_within(n: int, limit: float, rate: float) -> float:
    """Return how often the upper end of a sample's interval is within a limit."""
    within = [wrong for wrong in range(n + 1) if float(clopper_pearson(wrong, n)[1]) <= limit]
    return 1 - at_least(within[-1] + 1, n, rate) if within else 0.0


@pytest.mark.parametrize(
    ("n", "percent"), [(200, 5.7), (500, 4.3), (1000, 3.5), (2000, 3.0), (5000, 2.7)]
)
def test_the_least_rates_that_a_limit_of_two_percent_lets_find(n: int, percent: float) -> None:
    # the figures are the first of a grid of tenths of a percent with a power of 80 %
    assert math.ceil(1000 * detectable_rate(n, 0.02)) / 10 == percent


@pytest.mark.parametrize(("limit", "n"), [(0.005, 598), (0.01, 299), (0.02, 149), (0.05, 59)])
def test_so_many_without_an_error_certify_a_limit(limit: float, n: int) -> None:
    assert judgements_to_certify(limit) == n
    assert (1 - limit) ** n <= 0.05 < (1 - limit) ** (n - 1)


@given(st.integers(1, 60), st.floats(0.01, 0.6))
def test_the_detectable_rate_is_found_in_80_percent_of_samples(n: int, limit: float) -> None:
    found = detectable_rate(n, limit)
    if found == 1:
        assert share_beyond(n, limit, 1 - 1e-9) < POWER or n == 0
    else:
        assert share_beyond(n, limit, found) == pytest.approx(POWER, abs=1e-6)


@given(st.floats(0.02, 0.5), st.floats(0.02, 0.5))
def test_judgements_decide_in_80_percent_of_samples_and_hardly_fewer_do(
    rate: float, limit: float
) -> None:
    needed = judgements_to_decide(rate, limit)
    if needed is None or needed > 150:
        assert abs(rate - limit) < 0.2
        return
    share = share_beyond if rate > limit else share_within
    assert share(needed, limit, rate) >= POWER - 1e-9
    assert needed == 1 or share(needed - 1, limit, rate) < POWER


@given(st.integers(0, 30), st.floats(0.02, 0.5))
def test_more_errors_take_more_judgements_to_certify(wrong: int, limit: float) -> None:
    needed = judgements_to_certify(limit, wrong)
    assert at_least(wrong + 1, needed, limit) >= 0.95 - 1e-9
    assert at_least(wrong + 1, needed - 1, limit) < 0.95 + 1e-9


def test_at_the_limit_itself_no_number_decides() -> None:
    assert judgements_to_decide(0.05, 0.05) is None
    assert judgements_to_decide(0.0, 0.05) is not None


def test_too_few_judgements_find_no_rate() -> None:
    assert detectable_rate(0, 0.02) == detectable_rate(5, 0.5) == 1
