import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact, norm

from labelaudit.statistics.proportions import adjusted, share_difference


@pytest.mark.parametrize(
    ("counts", "expected"),
    [  # Newcombe 1998, table II, method 10
        ((56, 70, 48, 80), (0.2, 0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.6, 0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.5714, 0.0582, 0.8062)),
        ((5, 56, 0, 29), (0.0893, -0.0381, 0.1926)),
        ((0, 10, 0, 10), (0.0, -0.2775, 0.2775)),
        ((10, 10, 0, 10), (1.0, 0.6075, 1.0)),
    ],
)
def test_intervals_are_those_that_newcombe_printed(
    counts: tuple[int, int, int, int], expected: tuple[float, float, float]
) -> None:
    found = share_difference(*counts)
    ends = (float(found.difference), float(found.low), float(found.high))
    assert ends == pytest.approx(expected, abs=6e-5)


@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_p_values_by_their_definition(n: int, m: int, data: st.DataObject) -> None:
    a, b = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    p_value = float(share_difference(a, n, b, m).p_value)
    if a + b in (0, n + m):
        assert math.isnan(p_value)
        return
    share = (a + b) / (n + m)
    if min(n, m) * min(share, 1 - share) >= 5:
        spread = math.sqrt(share * (1 - share) * (1 / n + 1 / m))
        assert p_value == pytest.approx(2 * norm.sf(abs(a / n - b / m) / spread))
        return
    table = [[a, n - a], [b, m - b]]
    tails = [fisher_exact(table, alternative=side)[1] for side in ("less", "greater")]
    assert p_value == pytest.approx(min(1, 2 * min(tails)), abs=1e-9)


def test_nothing_to_compare_has_no_share() -> None:
    found = share_difference([1, 0], [2, 0], [0, 3], [0, 4])
    assert np.isnan(found.difference).all()
    assert np.isnan(found.p_value).all()


def test_adjusted_p_values_are_those_of_benjamini_and_hochberg() -> None:
    given_ = np.array([0.01, math.nan, 0.04, 0.03, 0.5])
    # sorted .01 .03 .04 .5, times 4 over rank 1 2 3 4: .04 .06 .0533 .5, then the running minimum
    assert adjusted(given_)[[0, 2, 3, 4]] == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])
    assert math.isnan(adjusted(given_)[1])
