"""Leakage against its definition, and cases worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import no_splits, numbers, rows
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.inputs.columns import Splits
from labelaudit.measures import Findings
from labelaudit.measures.integrity.leakage import leakage
from labelaudit.statistics.groups import Groups, groups_of
from labelaudit.statistics.shared_groups import shared_groups

NAMES = ("test", "train", "val")


def measured(
    splits: list[int],
    labels: list[int],
    *,
    groups: list[int] | None = None,
    files: list[int] | None = None,
    near: list[int] | None = None,
) -> Findings:
    given_labels = np.array(labels)

    def conflicts(found: Groups) -> NDArray[np.bool_]:
        return found.disagree(given_labels)

    return leakage(
        Splits(NAMES, np.array(splits, dtype=np.int32)),
        conflicts,
        None if groups is None else np.array(groups, dtype=np.int32),
        None if files is None else np.array(files),
        None if near is None else np.array(near),
    )


def test_a_case_worked_by_hand() -> None:
    """Items 0 and 3 are one file, 1 is a near copy of 4, and patient 7 is in test and train."""
    found = measured(
        [0, 0, 0, 1, 1, 1, 1, -1],
        [0, 1, 0, 0, 0, 0, 1, 1],
        groups=[7, 8, 9, 7, 10, 11, 11, 8],
        files=[0, 1, 2, 0, 3, 4, 5, 6],
        near=[0, 1, 2, 0, 1, 3, 4, 5],
    )
    assert numbers(found) == {
        "group_leaked_share": pytest.approx(1 / 3),
        "file_leaked_share": pytest.approx(1 / 3),
        "copy_leaked_share": pytest.approx(2 / 3),
        "contradictory_leaked_count": 2,
        "copies_across_groups_count": 2,
        "contradictory_copies_across_groups_count": 2,
    }
    assert found.values[2].note == "test: 2 of 3 items, with train"
    by_split = rows(found, "leaked_by_split")
    assert [row["leaked"] for row in by_split] == [1, 1, 0, 1, 1, 0, 2, 2, 0]
    assert [row["with_different_labels"] for row in by_split[6:]] == [1, 1, 0]
    between = rows(found, "copy_between_splits")
    assert [tuple(row.values())[:3] for row in between] == [
        ("test", "train", 2),
        ("train", "test", 2),
    ]
    shown = {ranking.name: ranking.items.tolist() for ranking in found.rankings}
    assert shown == {"near_duplicates_across_splits": [1, 4], "copies_across_groups": [1, 4]}
    assert found.columns["is_leaked"].tolist() == [True, True, False, True, True, *[False] * 3]


item = st.tuples(st.integers(-1, 2), st.integers(-1, 4))


@given(st.lists(item, max_size=25))
def test_what_is_shared_is_its_definition(items: list[tuple[int, int]]) -> None:
    parts = np.array([part for part, _ in items], dtype=np.int64)
    groups = np.array([group for _, group in items], dtype=np.int64)
    found = shared_groups(groups_of(groups), parts, 3)
    for one in range(3):
        of_one = [at for at in range(len(items)) if parts[at] == one and groups[at] >= 0]
        for other in range(3):
            with_other = [
                at
                for at in of_one
                if any(groups[at] == groups[b] and parts[b] == other for b in range(len(items)))
            ]
            assert found.between[one, other] == (0 if one == other else len(with_other))
        leaked = [
            at
            for at in of_one
            if any(groups[at] == groups[b] and parts[b] not in (one, -1) for b in range(len(items)))
        ]
        assert found.leaked[one] == len(leaked)


def test_without_embeddings_equal_files_are_what_leaks() -> None:
    found = measured([0, 1, 1], [0, 0, 1], files=[0, 0, 1])
    assert numbers(found)["copy_leaked_share"] is None
    assert numbers(found)["file_leaked_share"] == 1
    assert found.values[0].note.startswith("undefined: the manifest names no groups")
    assert found.columns["is_leaked"].tolist() == [True, True, False]
    assert found.rankings == ()


def test_copies_across_groups_are_found_without_splits() -> None:
    found = leakage(
        no_splits(3),
        lambda groups: np.zeros(len(groups.starts), dtype=bool),
        np.array([0, 1, 1], dtype=np.int32),
        np.array([5, 5, 6]),
    )
    assert numbers(found)["copies_across_groups_count"] == 2
    assert numbers(found)["file_leaked_share"] is None
    assert found.tables == ()


def test_refusals() -> None:
    with pytest.raises(MissingInputError, match="neither two splits nor groups"):
        measured([1, 1], [0, 0], files=[0, 0])
    with pytest.raises(MissingInputError, match="no groups, images or texts"):
        measured([0, 1], [0, 0])
