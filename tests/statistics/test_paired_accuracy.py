import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from labelaudit.statistics.paired_accuracy import (
    effective_number,
    gap_of,
    mcnemar,
    paired_gap,
    spread_by_groups,
)

COUNTS = st.tuples(*[st.integers(0, 40)] * 3)


@given(COUNTS)
def test_a_gap_is_its_definition(counts: tuple[int, int, int]) -> None:
    first_only, second_only, same = counts
    n = first_only + second_only + same + 1
    rights = [(True, False)] * first_only + [(False, True)] * second_only
    rights += [(True, True)] * (same // 2) + [(False, False)] * (n - same // 2 - len(rights))
    first, second = np.array(rights).T
    gap = gap_of(first, second)
    difference = sum(int(a) - int(b) for a, b in rights) / n
    assert gap.value == pytest.approx(difference)
    # Bonett and Price: the Wald interval after one item was added to each discordant cell.
    p, q = (first_only + 1) / (n + 2), (second_only + 1) / (n + 2)
    half = 1.959964 * math.sqrt((p + q - (p - q) ** 2) / (n + 2))
    assert gap.low == pytest.approx(max(min(p - q - half, difference), -1), abs=1e-6)
    assert gap.high == pytest.approx(min(max(p - q + half, difference), 1), abs=1e-6)
    turned = gap_of(second, first)
    assert (turned.value, turned.low, turned.high) == pytest.approx(
        (-gap.value, -gap.high, -gap.low)
    )


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_the_exact_binomial_test(first_only: int, second_only: int) -> None:
    if first_only + second_only == 0:
        assert mcnemar(0, 0) == 1
        return
    expected = binomtest(first_only, first_only + second_only, 0.5).pvalue
    assert mcnemar(first_only, second_only) == pytest.approx(expected, rel=1e-9)


def test_equal_weights_are_as_none_and_unequal_ones_worth_fewer_items() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.random((2, 50)) < 0.7
    equal, plain = gap_of(first, second, np.full(50, 3.0)), gap_of(first, second)
    assert [equal.value, equal.low, equal.high] == pytest.approx(
        [plain.value, plain.low, plain.high]
    )
    weights = np.where(np.arange(50) < 25, 1.0, 9.0)
    assert effective_number(weights) == pytest.approx((25 + 225) ** 2 / (25 + 25 * 81))
    heavy = gap_of(first, second, weights)
    each = weights * (first.astype(int) - second)
    assert heavy.value == pytest.approx(each.sum() / weights.sum())
    assert heavy.high - heavy.low > plain.high - plain.low


@pytest.mark.parametrize("only", [(0.02, 0.01), (0.1, 0.1), (0.3, 0.1)])
@pytest.mark.parametrize("n", [20, 100, 1000])
def test_the_interval_holds_the_true_gap_about_95_times_in_100(
    only: tuple[float, float], n: int
) -> None:
    rng = np.random.default_rng(0)
    counts = rng.multinomial(n, [*only, 1 - sum(only)], size=1000)
    gaps = [paired_gap(int(first), int(second), n) for first, second, _ in counts]
    covered = np.mean([gap.low <= only[0] - only[1] <= gap.high for gap in gaps])
    assert covered > 0.93


def test_groups_that_vary_as_one_spread_the_mean_as_few_items_do() -> None:
    rng = np.random.default_rng(0)
    of_group = rng.standard_normal(400)
    apart = spread_by_groups(rng.standard_normal(4000), np.repeat(np.arange(400), 10))
    assert apart == pytest.approx(1, abs=0.1)
    as_one = spread_by_groups(np.repeat(of_group, 10), np.repeat(np.arange(400), 10))
    assert as_one == pytest.approx(math.sqrt(10))
    assert spread_by_groups(of_group, np.full(400, -1)) == pytest.approx(1)
    assert spread_by_groups(np.ones(9), np.arange(9)) == 1
