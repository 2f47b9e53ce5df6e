"""Calibration and noise rates against their definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from labelaudit.statistics.label_issues.class_quality import class_quality, overlapping_pairs
from labelaudit.statistics.label_issues.joint import (
    calibrated_joint,
    n_off_diagonal,
    noise_rates,
    rounded_rows,
)

SQUARE = st.integers(2, 6).flatmap(
    lambda k: st.tuples(
        arrays.arrays(np.int64, (k, k), elements=st.integers(0, 40)),
        arrays.arrays(np.int64, k, elements=st.integers(0, 1000)),
    )
)


@given(SQUARE)
def test_calibration_keeps_the_totals(case: tuple[NDArray[np.int64], NDArray[np.int64]]) -> None:
    joint, counts = case
    np.fill_diagonal(joint, np.maximum(joint.diagonal(), 1))
    found = calibrated_joint(joint, counts)
    assert found.sum(axis=1).tolist() == counts.tolist()
    for s, total in enumerate(counts):
        for y in range(len(joint)):
            assert abs(found[s, y] - joint[s, y] / joint[s].sum() * total) <= 1


@given(SQUARE)
def test_rates_are_their_definition(case: tuple[NDArray[np.int64], NDArray[np.int64]]) -> None:
    joint, _ = case
    joint[0, 0] += 1
    rates = noise_rates(joint)
    quality = class_quality(joint)
    n = joint.sum()
    for k in range(len(joint)):
        given, true = joint[k].sum(), joint[:, k].sum()
        assert rates.prior[k] == pytest.approx(true / n)
        assert quality.wrong[k] == given - joint[k, k]
        assert quality.missed[k] == true - joint[k, k]
        for other in range(len(joint)):
            if true:
                wanted = joint[other, k] / true
                assert rates.given_if_true[other, k] == pytest.approx(wanted)
            if given:
                wanted = joint[k, other] / given
                assert rates.true_if_given[other, k] == pytest.approx(wanted)
        assert np.isnan(rates.given_if_true[:, k]).all() == (true == 0)
        assert np.isnan(quality.noise[k]) == (given == 0)


@given(case=SQUARE, directed=st.booleans())
def test_pairs_are_their_definition(
    case: tuple[NDArray[np.int64], NDArray[np.int64]], *, directed: bool
) -> None:
    joint, _ = case
    joint[0, 0] += 1
    pairs = overlapping_pairs(joint, directed=directed)
    wanted = {}
    for a in range(len(joint)):
        for b in range(len(joint)):
            if directed and a != b and joint[a, b]:
                wanted[a, b] = joint[a, b]
            if not directed and a < b and joint[a, b] + joint[b, a]:
                wanted[a, b] = joint[a, b] + joint[b, a]
    keys = list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))
    assert dict(zip(keys, pairs.count.tolist(), strict=True)) == wanted
    assert (np.diff(pairs.count) <= 0).all()
    assert pairs.share == pytest.approx(pairs.count / joint.sum())


@given(
    arrays.arrays(np.int64, (4, 5), elements=st.integers(0, 99)),
    arrays.arrays(np.float64, (4, 5), elements=st.floats(0, 0.99)),
)
def test_rounding_keeps_the_sums(whole: NDArray[np.int64], parts: NDArray[np.float64]) -> None:
    numbers = whole + parts
    numbers[:, 0] += np.ceil(numbers.sum(axis=1)) - numbers.sum(axis=1)
    rounded = rounded_rows(numbers)
    assert rounded.sum(axis=1).tolist() == np.rint(numbers.sum(axis=1)).tolist()
    assert np.abs(rounded - numbers).max() <= 1


def test_by_hand() -> None:
    joint = calibrated_joint(np.array([[3, 1], [1, 1]]), np.array([40, 10]))
    assert joint.tolist() == [[30, 10], [5, 5]]
    assert n_off_diagonal(joint) == 15
    rates = noise_rates(joint)
    assert rates.given_if_true == pytest.approx(np.array([[6 / 7, 2 / 3], [1 / 7, 1 / 3]]))
    assert rates.true_if_given == pytest.approx(np.array([[0.75, 0.5], [0.25, 0.5]]))
    assert rates.prior == pytest.approx([0.7, 0.3])


def test_a_class_without_items_has_no_rates() -> None:
    joint = calibrated_joint(np.array([[3, 0], [0, 1]]), np.array([40, 0]))
    rates = noise_rates(joint)
    assert joint.tolist() == [[40, 0], [0, 0]]
    assert np.isnan(rates.given_if_true[:, 1]).all()
    assert rates.prior.tolist() == [1, 0]
    assert np.isnan(class_quality(joint).quality[1])
