"""Which labels are changed, and into what."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.statistics.label_flips import (
    chosen_items,
    class_order,
    commonest_others,
    drawn_classes,
    mixed_keys,
)

EVERY = np.arange(3)


def keys_of(n: int, seed: int = 0) -> NDArray[np.uint64]:
    return np.random.default_rng(seed).integers(2**64, size=n, dtype=np.uint64)


def test_keys_follow_from_keys_and_seed_and_are_spread_evenly() -> None:
    counted = np.arange(10_000, dtype=np.uint64)
    one, again, other = mixed_keys(counted, 1), mixed_keys(counted, 1), mixed_keys(counted, 2)
    assert (one == again).all()
    assert (one != other).all()
    assert len(np.unique(one)) == 10_000
    for keys in (one, other):
        parts = np.bincount((keys >> np.uint64(61)).astype(np.int64))
        assert parts == pytest.approx(np.full(8, 1250), abs=150)


def test_the_first_number_is_the_published_one() -> None:
    # The generator's first number after seed 0, as in its Java and its C version.
    assert int(mixed_keys(np.zeros(1, dtype=np.uint64), 0)[0]) == 0xE220A8397B1DCDAF


@given(
    labels=arrays.arrays(np.int32, 40, elements=st.integers(-1, 2)),
    eligible=arrays.arrays(np.bool_, 40),
    n_wanted=st.integers(0, 12),
)
def test_items_are_chosen_by_key_and_a_quarter_of_a_class_at_most(
    labels: NDArray[np.int32], eligible: NDArray[np.bool_], n_wanted: int
) -> None:
    eligible = eligible & (labels >= 0)
    keys = keys_of(40)
    taken = {0: 0, 1: 0, 2: 0}
    expected: list[int] = []
    for item in sorted(np.flatnonzero(eligible).tolist(), key=keys.__getitem__):
        label = int(labels[item])
        if taken[label] < (labels == label).sum() // 4 and len(expected) < n_wanted:
            taken[label] += 1
            expected.append(item)
    assert chosen_items(eligible, labels, keys, n_wanted).tolist() == expected


def test_classes_are_drawn_in_proportion_to_the_transitions() -> None:
    weights = csr_array(np.array([[7.0, 1.0, 3.0], [0.0, 9.0, 0.0], [0.0, 0.5, 0.0]]))
    labels = np.repeat(np.arange(3, dtype=np.int32), 20_000)
    keys = keys_of(60_000)
    found = drawn_classes(labels, keys, weights, np.ones(3, dtype=bool), EVERY)
    assert (found != labels).all()
    assert np.bincount(found[:20_000]) / 20_000 == pytest.approx([0, 0.25, 0.75], abs=0.01)
    assert np.bincount(found[20_000:40_000]) / 20_000 == pytest.approx([0.5, 0, 0.5], abs=0.01)
    assert set(found[40_000:].tolist()) == {1}


def test_no_label_is_drawn_of_a_class_without_items() -> None:
    labels, present = np.zeros(500, dtype=np.int32), np.array([True, True, False])
    found = drawn_classes(labels, keys_of(500), csr_array((3, 3)), present, EVERY)
    assert set(found.tolist()) == {1}


def test_the_draw_does_not_depend_on_the_order_of_items_or_classes() -> None:
    rng = np.random.default_rng(0)
    labels, keys = rng.integers(0, 3, 300).astype(np.int32), keys_of(300)
    weights, present = rng.random((3, 3)), np.ones(3, dtype=bool)
    order = class_order(keys, labels, 3)
    found = drawn_classes(labels, keys, csr_array(weights), present, order)
    shuffled, to = rng.permutation(300), np.array([2, 0, 1], dtype=np.int32)
    renumbered = np.empty((3, 3))
    renumbered[np.ix_(to, to)] = weights
    again = drawn_classes(
        to[labels[shuffled]],
        keys[shuffled],
        csr_array(renumbered),
        present,
        class_order(keys[shuffled], to[labels[shuffled]], 3),
    )
    assert again.tolist() == to[found[shuffled]].tolist()


@given(
    around=arrays.arrays(np.int32, (6, 5), elements=st.integers(0, 7)),
    strength=arrays.arrays(np.float32, (6, 5), elements=st.sampled_from([0, 0.5, 1])),
    order=st.permutations([0, 1, 2]),
)
def test_the_commonest_other_class_of_the_neighbors(
    around: NDArray[np.int32], strength: NDArray[np.float32], order: list[int]
) -> None:
    labels = np.array([0, 1, 2, 0, 1, 2, 0, 1], dtype=np.int32)
    own = labels[:6]
    found = commonest_others(around, strength, own, labels, np.array(order))
    for row in range(6):
        votes = dict.fromkeys(order, 0.0)
        for neighbor, vote in zip(around[row], strength[row], strict=True):
            if labels[neighbor] != own[row]:
                votes[int(labels[neighbor])] += float(vote)
        best = max(votes, key=votes.__getitem__)  # of a tie, the first
        assert found[row] == (best if votes[best] > 0 else -1)
