import numpy as np
import pytest
from scipy.stats import binom

from labelaudit.statistics.quantiles import PROBABILITIES, quantile_shift


def test_the_interval_of_one_quantile_lies_between_order_statistics() -> None:
    # Against a constant sample, the interval of the difference is that of the quantile alone.
    sample = np.arange(1.0, 101)
    found = quantile_shift(sample[::-1], np.zeros(5))
    for at, p in enumerate(PROBABILITIES):
        low = int(binom.ppf(0.025, 100, p))
        high = int(binom.ppf(0.975, 100, p)) + 1
        assert found.values[at] == pytest.approx(np.quantile(sample, p))
        assert found.low[at] == max(low, 1)
        assert found.high[at] == min(high, 100)


def test_intervals_of_equal_samples_hold_nothing_in_19_of_20() -> None:
    rng = np.random.default_rng(0)
    held = []
    for _ in range(400):
        found = quantile_shift(rng.gamma(2, size=150), rng.gamma(2, size=80))
        held.append((found.low <= 0) & (found.high >= 0))
    assert (np.mean(held, axis=0) > 0.92).all()


def test_a_sample_of_one_has_an_interval_without_width() -> None:
    found = quantile_shift(np.array([3.0]), np.array([1.0]))
    assert found.low.tolist() == found.high.tolist() == [2.0] * 5
