"""Calibration and noise rates against their definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from labelaudit.statistics.label_issues.class_quality import class_quality, overlapping_pairs
from labelaudit.statistics.label_issues.joint import (
    Joint,
    SortKind,
    calibrated_joint,
    confident_joint,
    noise_rates,
)

Case = tuple[NDArray[np.int64], NDArray[np.int64]]
KINDS: tuple[SortKind, ...] = ("stable", None)
SQUARE = st.integers(2, 6).flatmap(
    lambda k: st.tuples(
        arrays.arrays(np.int64, (k, k), elements=st.integers(0, 40)),
        arrays.arrays(np.int64, k, elements=st.integers(0, 1000)),
    )
)


def joint_of(matrix: NDArray[np.int64] | list[list[int]]) -> Joint:
    """Return a joint of which a matrix has the counts."""
    counts = np.asarray(matrix)
    given, true = np.divmod(np.arange(counts.size), len(counts))
    return Joint(n_classes=len(counts), given=given, true=true, count=counts.ravel())


@given(SQUARE)
def test_calibration_keeps_the_totals(case: Case) -> None:
    joint, counts = case
    np.fill_diagonal(joint, np.maximum(joint.diagonal(), 1))
    for kind in KINDS:
        found = calibrated_joint(joint_of(joint), counts, kind).dense()
        assert found.sum(axis=1).tolist() == counts.tolist()
        for s, total in enumerate(counts):
            for y in range(len(joint)):
                assert abs(found[s, y] - joint[s, y] / joint[s].sum() * total) <= 1
                assert joint[s, y] or not found[s, y]


@given(SQUARE)
def test_rates_are_their_definition(case: Case) -> None:
    joint, _ = case
    joint[0, 0] += 1
    rates, quality = noise_rates(joint_of(joint)), class_quality(joint_of(joint))
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
def test_pairs_are_their_definition(case: Case, *, directed: bool) -> None:
    joint, _ = case
    joint[0, 0] += 1
    pairs = overlapping_pairs(joint_of(joint), directed=directed)
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
    given=arrays.arrays(np.int8, 50, elements=st.integers(0, 4)),
    guess=arrays.arrays(np.int8, 50, elements=st.integers(0, 4)),
)
def test_pairs_are_counted(given: NDArray[np.int8], guess: NDArray[np.int8]) -> None:
    joint = confident_joint(5, [(given[:20], guess[:20]), (given[20:], guess[20:])])
    wanted = [[0] * 5 for _ in range(5)]
    for s, y in zip(given, guess, strict=True):
        wanted[s][y] += 1
    for k in range(5):
        wanted[k][k] = max(wanted[k][k], 1)
    assert joint.dense().tolist() == wanted
    assert joint.of_given.tolist() == [sum(row) for row in wanted]
    assert joint.of_true.tolist() == [sum(column) for column in zip(*wanted, strict=True)]
    assert joint.diagonal.tolist() == [wanted[k][k] for k in range(5)]


def test_many_classes_need_no_matrix() -> None:
    given = np.arange(100_000)
    joint = confident_joint(100_000, [(given, given[::-1])])
    found = calibrated_joint(joint, np.ones(100_000, dtype=np.int64))
    assert len(found.count) == 200_000
    assert len(overlapping_pairs(found).count) <= 100_000
    assert (class_quality(found).wrong <= 1).all()


def test_by_hand() -> None:
    joint = calibrated_joint(joint_of([[3, 1], [1, 1]]), np.array([40, 10]))
    assert joint.dense().tolist() == [[30, 10], [5, 5]]
    assert joint.n_off_diagonal == 15
    rates = noise_rates(joint)
    assert rates.given_if_true == pytest.approx(np.array([[6 / 7, 2 / 3], [1 / 7, 1 / 3]]))
    assert rates.true_if_given == pytest.approx(np.array([[0.75, 0.5], [0.25, 0.5]]))
    assert rates.prior == pytest.approx([0.7, 0.3])


@pytest.mark.parametrize("kind", ["stable", None])
def test_rounding_by_hand(kind: SortKind) -> None:
    counts = np.array([7, 10, 11])
    joint = calibrated_joint(joint_of([[3, 4, 2], [0, 1, 0], [0, 0, 1]]), counts, kind)
    assert joint.dense()[0].tolist() == [2, 3, 2]  # of 2.33, 3.11 and 1.56
    joint = calibrated_joint(joint_of([[7, 4, 4], [0, 1, 0], [0, 0, 1]]), counts, kind)
    assert joint.dense()[0].tolist() == [3, 2, 2]  # of 3.27, 1.87 and 1.87
    joint = calibrated_joint(joint_of([[1, 2, 2], [0, 1, 0], [0, 0, 1]]), counts, kind)
    assert joint.dense()[0].tolist() == [1, 3, 3]  # of 1.4, 2.8 and 2.8
    joint = calibrated_joint(joint_of([[4, 5, 6], [0, 1, 0], [0, 0, 1]]), counts[::-1] - 3, kind)
    assert joint.dense()[0].tolist() == [2, 3, 3]  # of 2.13, 2.67 and 3.2


def test_a_class_without_items_has_no_rates() -> None:
    joint = calibrated_joint(joint_of([[3, 0], [0, 1]]), np.array([40, 0]))
    rates = noise_rates(joint)
    assert joint.dense().tolist() == [[40, 0], [0, 0]]
    assert np.isnan(rates.given_if_true[:, 1]).all()
    assert rates.prior.tolist() == [1, 0]
    assert np.isnan(class_quality(joint).quality[1])
