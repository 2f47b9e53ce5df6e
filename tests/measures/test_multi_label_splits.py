from collections import Counter
from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import no_splits, numbers, rows, states_of
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import norm

from labelaudit.errors import MissingInputError
from labelaudit.inputs.columns import Splits
from labelaudit.measures import Findings
from labelaudit.measures.multi_label.multi_label_splits import multi_label_splits
from labelaudit.statistics.split_labels import (
    odds_distance,
    odds_distance_by_chance,
    pair_counts,
    share_variances,
)

TINY = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 0], [0, 0, 0], [1, 0, 0], [0, 1, 0]])
FOLDS = np.array([0, 0, 0, 0, 1, 1, 1])


def scan(
    dense: NDArray[np.int64], codes: NDArray[np.int64], groups: NDArray[np.int64] | None = None
) -> Findings:
    return multi_label_splits(
        csr_array(dense.astype(bool)),
        states_of(dense),
        tuple(f"label {at}" for at in range(dense.shape[1])),
        Splits(("train", "test", "other")[: codes.max() + 1], codes.astype(np.int32)),
        0,
        None if groups is None else groups.astype(np.int32),
    )


def defined(
    dense: NDArray[np.int64], folds: list[NDArray[np.int64]], order: int
) -> tuple[float, int, int]:
    """Return LD or LPD, and the folds and the fold-combination pairs without evidence, by loops."""
    held = [
        set(combinations_with_replacement(np.flatnonzero(row).tolist(), order)) for row in dense
    ]
    distances, n_folds, n_lacking = [], 0, 0
    for fold in folds:
        n_folds += any(not any(each in held[row] for row in fold) for each in set().union(*held))
    for each in sorted(set().union(*held)):
        of_all = sum(each in own for own in held)
        inside = [sum(each in held[row] for row in fold) for fold in folds]
        n_lacking += inside.count(0)
        if any(count == len(fold) for count, fold in zip(inside, folds, strict=True)):
            continue
        distances += [
            abs(count / (len(fold) - count) - of_all / (len(dense) - of_all))
            for count, fold in zip(inside, folds, strict=True)
        ]
    return (float(np.mean(distances)) if distances else np.nan), n_folds, n_lacking


def test_a_case_by_hand() -> None:
    found = scan(TINY, FOLDS)
    values = numbers(found)
    # Every item of the first split has label 0: only labels 1 and 2 have odds in both.
    # Label 1: 2/2 and 1/2, and 3/4 in all. Label 2: 1/3 and 0, and 1/6 in all.
    expected = (abs(1 - 0.75) + abs(0.5 - 0.75) + abs(1 / 3 - 1 / 6) + 1 / 6) / 4
    assert values["ld"] == pytest.approx(expected)
    assert (values["fz_count"], values["flz_count"]) == (1, 1)
    # The other split lacks label 2, and the pairs of label 0 with 1 and with 2.
    assert values["flpz_count"] == 3
    (lacking,) = rows(found, "lacking_labels")
    assert lacking == {
        "label": "label 2", "split": "test", "elsewhere": 1, "expected_here": pytest.approx(3 / 7)
    }  # fmt: skip
    assert [row["pairs_lacking"] for row in rows(found, "splits")] == [0, 2]
    # Alone are {0,1} twice and {0,2} in the first, the empty set and {1} in the second.
    assert values["unseen_labelset_share"] == pytest.approx(5 / 7)
    assert any("split test lacks 1 labels" in note for note in found.notes)


@given(
    st.lists(st.lists(st.integers(0, 1), min_size=4, max_size=4), min_size=4, max_size=30),
    st.integers(0, 2**32),
)
def test_distances_and_lacking_match_their_definitions(table: list[list[int]], seed: int) -> None:
    dense = np.array(table)
    codes = np.random.default_rng(seed).integers(0, 3, len(dense))
    codes[:2] = 0, 1
    folds = [np.flatnonzero(codes == code) for code in np.unique(codes)]
    if not dense.any():
        return
    values = numbers(scan(dense, codes))
    for order, name, lacking in ((1, "ld", "flz_count"), (2, "lpd", "flpz_count")):
        distance, n_folds, n_lacking = defined(dense, folds, order)
        assert values[lacking] == n_lacking
        if np.isnan(distance):
            assert values[name] is None
        else:
            assert values[name] == pytest.approx(distance)
        if order == 1:
            assert values["fz_count"] == n_folds
    sets: dict[tuple[int, ...], Counter[int]] = {}
    for row, code in zip(table, codes.tolist(), strict=True):
        sets.setdefault(tuple(row), Counter())[code] += 1
    alone = sum(sum(found.values()) for found in sets.values() if len(found) == 1)
    assert values["unseen_labelset_share"] == pytest.approx(alone / len(table))


def test_the_distance_by_chance_is_that_of_shuffled_splits() -> None:
    rng = np.random.default_rng(0)
    dense = rng.random((600, 5)) < [0.5, 0.3, 0.2, 0.1, 0.05]
    codes = np.repeat([0, 1, 2], [400, 150, 50])
    sizes = np.bincount(codes)
    shuffled = []
    for _ in range(400):
        drawn = rng.permutation(codes)
        shuffled.append(
            odds_distance(np.stack([dense[drawn == k].sum(0) for k in range(3)]), sizes)
        )
    found = odds_distance_by_chance(dense.sum(axis=0), sizes, 0)
    assert found == pytest.approx(np.mean(shuffled), rel=0.05)


def test_pairs_are_counted_by_split() -> None:
    found = pair_counts([csr_array(TINY[:4] == 1), csr_array(TINY[4:] == 1)])
    pairs = list(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert pairs == [(0, 0), (0, 1), (0, 2), (1, 1), (2, 2)]
    assert found.by_split.tolist() == [[4, 2, 1, 2, 1], [1, 0, 0, 1, 0]]


def test_a_label_that_moved_is_named_and_one_that_did_not_is_not() -> None:
    rng = np.random.default_rng(1)
    codes = np.repeat([0, 1], [1500, 500])
    dense = (rng.random((2000, 3)) < [0.3, 0.3, 0.3]).astype(np.int64)
    dense[codes == 1, 1] = rng.random(500) < 0.5
    found = scan(dense, codes)
    (moved,) = rows(found, "moved_labels")
    assert (moved["label"], moved["split"], moved["other_split"]) == ("label 1", "train", "test")
    one, other = dense[codes == 0, 1].mean(), dense[codes == 1, 1].mean()
    pooled = dense[:, 1].mean()
    z = abs(one - other) / np.sqrt(pooled * (1 - pooled) * (1 / 1500 + 1 / 500))
    assert moved["adjusted_p_value"] == pytest.approx(3 * 2 * norm.sf(z), rel=1e-6)
    assert numbers(found)["moved_label_count"] == 1
    values = numbers(found)
    assert values["ld"] is not None
    assert values["ld_by_chance"] is not None
    assert values["ld"] > 2 * values["ld_by_chance"]


def test_items_of_one_group_are_no_independent_draws() -> None:
    rng = np.random.default_rng(2)
    moved = [0.0, 0.0]
    for _ in range(40):
        has = rng.random(60) < 0.3
        codes, groups = np.repeat(rng.permutation(60) % 2, 20), np.repeat(np.arange(60), 20)
        dense = np.repeat(has, 20)[:, None].astype(np.int64)
        for at, given_groups in enumerate((None, groups)):
            moved[at] += numbers(scan(dense, codes, given_groups))["moved_label_count"] or 0
    assert moved[0] > 20  # by items, half of the random splits look uneven
    assert moved[1] <= 6


def test_variances_of_groups_of_one_are_those_of_items() -> None:
    dense = np.random.default_rng(3).random((50, 2)) < 0.4
    (found,) = share_variances([csr_array(dense)], [np.arange(50)])
    share = dense.mean(axis=0)
    assert found == pytest.approx(share * (1 - share) / 49)


def test_random_splits_of_groups_look_uneven_no_more_often_than_they_say() -> None:
    """Of 30 labels in a test split of few patients, hardly one is said to have moved by chance."""
    moved = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        groups = np.repeat(np.arange(250), rng.integers(1, 8, 250))
        of_group, own = (rng.random((n, 30)) < 0.12 for n in (250, len(groups)))
        dense = np.where(rng.random(own.shape) < 0.7, of_group[groups], own).astype(np.int64)
        codes = (rng.random(250) < 0.1).astype(np.int64)[groups]
        moved += bool(numbers(scan(dense, codes, groups))["moved_label_count"])
    assert moved <= 7  # of 60, at 5 %


def test_items_without_a_split_are_left_out_and_counted() -> None:
    codes = FOLDS.copy()
    codes[0] = -1
    found = scan(TINY, codes)
    assert [row["items"] for row in rows(found, "splits")] == [3, 3]
    assert any("1 labelled items are in no split" in note for note in found.notes)


@pytest.mark.parametrize("splits", [no_splits(7), Splits(("train",), np.zeros(7, dtype=np.int32))])
def test_a_single_split_is_not_measured(splits: Splits) -> None:
    with pytest.raises(MissingInputError, match="it takes 2"):
        multi_label_splits(csr_array(TINY == 1), states_of(TINY), ("a", "b", "c"), splits, 0)
