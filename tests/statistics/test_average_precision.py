import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from labelaudit.statistics.average_precision import average_precision

RANKED = st.lists(
    st.tuples(st.integers(-3, 3), st.booleans(), st.sampled_from([0.0, 0.5, 1.0])),
    min_size=1,
    max_size=30,
).filter(lambda rows: any(sought and weight for _, sought, weight in rows))


@given(RANKED)
def test_it_is_the_mean_precision_at_what_is_sought(rows: list[tuple[int, bool, float]]) -> None:
    total = weighed = 0.0
    for score, is_sought, weight in rows:
        if is_sought and weight:
            before = [row for row in rows if row[0] <= score]
            hits = sum(other * hit for _, hit, other in before)
            total += weight * hits / sum(other for _, _, other in before)
            weighed += weight
    scores, sought, weights = (np.array(column) for column in zip(*rows, strict=True))
    found = average_precision(scores.astype(np.float64), sought, weights)
    assert found == pytest.approx(total / weighed)


@given(RANKED)
def test_it_is_what_scikit_learn_finds(rows: list[tuple[int, bool, float]]) -> None:
    scores, sought, weights = (np.array(column) for column in zip(*rows, strict=True))
    weights += 0.25  # there, a threshold with nothing above it is a warning
    expected = average_precision_score(sought, -scores, sample_weight=weights)
    assert average_precision(scores.astype(np.float64), sought, weights) == pytest.approx(expected)
