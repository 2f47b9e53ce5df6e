import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from labelaudit.statistics.domain_rates import LEAST, domain_rates

items = st.tuples(st.integers(-1, 2), st.sampled_from([1.0, 20.0, 300.0]), st.booleans())


@settings(max_examples=100, deadline=None)
@given(st.lists(items, min_size=1, max_size=120))
def test_rates_are_their_definition(drawn: list[tuple[int, float, bool]]) -> None:
    found = domain_rates(
        np.array([domain for domain, _, _ in drawn], dtype=np.int32),
        np.array([weight for _, weight, _ in drawn]),
        np.array([wrong for _, _, wrong in drawn]),
        3,
    )
    inside = {code: [row[1:] for row in drawn if row[0] == code] for code in range(3)}
    n_enough = sum(len(rows) >= LEAST for rows in inside.values())
    for code, rows in inside.items():
        assert found.judged[code] == len(rows)
        if len(rows) < LEAST:
            assert np.isnan([found.shares[code], found.low[code], found.high[code]]).all()
            continue
        total = sum(weight for weight, _ in rows)
        share = sum(weight for weight, wrong in rows if wrong) / total
        effective = total**2 / sum(weight**2 for weight, _ in rows)
        wins, losses, tail = share * effective, (1 - share) * effective, 0.025 / n_enough
        low = beta.ppf(tail, wins, losses + 1) if share > 1e-12 else 0
        high = beta.ppf(1 - tail, wins + 1, losses) if share < 1 - 1e-12 else 1
        assert found.shares[code] == pytest.approx(share)
        assert found.low[code] == pytest.approx(low, abs=1e-6)
        assert found.high[code] == pytest.approx(high, abs=1e-6)


def test_equal_weights_of_one_domain_are_clopper_and_pearson() -> None:
    found = domain_rates(np.zeros(100, dtype=np.int32), np.full(100, 7.0), np.arange(100) < 5, 1)
    assert found.low[0] == pytest.approx(0.016432, abs=1e-6)
    assert found.high[0] == pytest.approx(0.112835, abs=1e-6)
