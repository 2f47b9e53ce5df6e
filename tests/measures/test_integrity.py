"""Integrity against its definition and a case worked by hand."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import no_splits
from numpy.typing import NDArray

from labelaudit.embeddings.content import Content
from labelaudit.embeddings.images.decode import Oddity, Status
from labelaudit.inputs.columns import Splits
from labelaudit.inputs.copies import file_copies
from labelaudit.measures import Findings
from labelaudit.measures.integrity.integrity import integrity
from labelaudit.statistics.groups import Groups, groups_of

TWO_SPLITS = ("test", "train")


def content_of(files: list[bytes], status: list[Status] | None = None) -> Content:
    n = len(files)
    said = np.array(status or [Status.OK] * n, dtype=np.uint8)
    digests = [np.frombuffer(hashlib.sha256(data).digest(), dtype=np.uint8) for data in files]
    return Content(
        digests=np.stack(digests),
        status=said,
        oddities=np.zeros(n, dtype=np.uint16),
        sizes=np.full((n, 2), 8, dtype=np.int32),
        signatures=np.zeros((n, 256), dtype=np.uint8),
        reasons={int(at): "why" for at in np.flatnonzero(said)},
    )


def measured(
    files: list[bytes],
    labels: list[int],
    splits: list[int],
    status: list[Status] | None = None,
) -> Findings:
    content = content_of(files, status)
    codes = np.array(labels)
    return integrity(
        codes >= 0,
        lambda groups: groups.disagree(codes),
        Splits(TWO_SPLITS, np.array(splits, dtype=np.int32)),
        content,
        file_copies(content),
    )


def none_disagree(groups: Groups) -> NDArray[np.bool_]:
    return np.zeros(len(groups.starts), dtype=bool)


def numbers(found: Findings) -> dict[str, float | None]:
    return {value.name: value.value for value in found.values}


def test_a_case_worked_by_hand() -> None:
    found = measured(
        [b"a", b"b", b"a", b"c", b"b", b"a", b"", b""],
        [0, 1, 0, 2, 0, -1, 0, 1],
        [0, 0, 1, 1, 0, 1, 0, 0],
        [Status.OK] * 6 + [Status.EMPTY] * 2,
    )
    assert numbers(found) == {
        "unlabelled_count": 1,
        "unreadable_count": 2,
        "missing_count": 0,
        "empty_count": 2,
        "truncated_count": 0,
        "not_an_image_count": 0,
        "too_large_count": 0,
        "exact_duplicates_count": 3,
        "contradictory_duplicates_count": 2,
        "duplicates_across_splits_count": 3,
        "groups_across_splits_count": None,
    }
    shown = {ranking.name: ranking.items.tolist() for ranking in found.rankings}
    assert shown["contradictory_duplicates"] == [1, 4]
    assert shown["duplicates_across_splits"] == [0, 2, 5]
    assert shown["exact_duplicates"] == [0, 2, 5, 1, 4]
    assert shown["unreadable"] == [6, 7]
    assert found.columns["is_unreadable"].tolist() == [False] * 6 + [True] * 2


item = st.tuples(st.sampled_from([b"a", b"b", b"c", b"d"]), st.integers(-1, 2), st.integers(-1, 1))


@given(st.lists(item, min_size=1, max_size=30))
def test_counts_are_their_definition(items: list[tuple[bytes, int, int]]) -> None:
    files, labels, splits = (list(column) for column in zip(*items, strict=True))
    repeats = contradictory = leaked = 0
    for data in set(files):
        rows = [at for at, each in enumerate(files) if each == data]
        repeats += len(rows) - 1
        contradictory += len(rows) * (len({labels[at] for at in rows} - {-1}) > 1)
        leaked += len(rows) * (len({splits[at] for at in rows} - {-1}) > 1)
    found = numbers(measured(files, labels, splits))
    assert found["exact_duplicates_count"] == repeats
    assert found["contradictory_duplicates_count"] == contradictory
    assert found["duplicates_across_splits_count"] == leaked


def test_without_images_only_labels_are_counted() -> None:
    found = integrity(np.array([True, False]), none_disagree, no_splits(2))
    values = numbers(found)
    assert values.pop("unlabelled_count") == 1
    assert set(values.values()) == {None}
    assert all(value.note for value in found.values[1:])


def test_conversions_are_counted_by_kind() -> None:
    content = content_of([b"a", b"b", b"c"])
    content.oddities[:] = [Oddity.ROTATED | Oddity.CMYK, Oddity.ROTATED, 0]
    found = integrity(
        np.ones(3, dtype=bool),
        none_disagree,
        no_splits(3),
        content,
        file_copies(content),
    )
    table = next(table for table in found.tables if table.name == "oddities")
    assert table.rows == (("rotated by EXIF", 2), ("CMYK", 1))


@given(st.lists(st.integers(-1, 5), max_size=40))
def test_groups_are_the_items_of_equal_codes(codes: list[int]) -> None:
    found = groups_of(np.array(codes, dtype=np.int64))
    parts: list[NDArray[np.int64]] = np.split(found.items, found.starts[1:])
    groups = [part.tolist() for part in parts if len(part)]
    expected = [[at for at, each in enumerate(codes) if each == code] for code in set(codes) - {-1}]
    assert groups == sorted(rows for rows in expected if len(rows) > 1)
    assert found.sizes.tolist() == [len(rows) for rows in groups]


@pytest.mark.parametrize("status", [Status.MISSING, Status.EMPTY])
def test_files_without_content_are_no_copies(status: Status) -> None:
    assert file_copies(content_of([b"", b""], [status, status])).tolist() == [-1, -1]


def test_a_group_in_several_splits_is_found() -> None:
    splits = Splits(TWO_SPLITS, np.array([0, 0, 1, 1, 1, -1], dtype=np.int32))
    groups = np.array([7, 8, 7, 9, 9, 8], dtype=np.int32)
    found = integrity(np.ones(6, dtype=bool), none_disagree, splits, item_groups=groups)
    assert numbers(found)["groups_across_splits_count"] == 1
    assert found.columns["is_group_across_splits"].tolist() == [True, False, True, *[False] * 3]
