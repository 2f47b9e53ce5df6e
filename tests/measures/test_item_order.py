import numpy as np
import pytest
from made import no_splits, numbers, rows
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.inputs.columns import Splits
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.measures.integrity.item_order import item_order
from labelaudit.progress import silent
from labelaudit.statistics.nearest_neighbors import nearest, unit_vectors

N = 600


def graph(vectors: NDArray[np.floating]) -> Neighbors:
    units = unit_vectors(vectors.astype(np.float32), np.arange(len(vectors)))
    found, similar = nearest(units, 20, progress=silent)
    return Neighbors(indices=found.astype(np.int32), similarities=similar)


def drifting(n: int = N) -> NDArray[np.float64]:
    """Return a walk: each item near the one before it."""
    return np.random.default_rng(0).normal(size=(n, 6)).cumsum(axis=0)


def test_worked_case_of_sorted_labels() -> None:
    # 60 and 40 of two classes: 98 of 99 pairs, and (60 * 59 + 40 * 39) / 100 = 51 on average.
    labels = np.repeat(np.array([0, 1], dtype=np.int32), [60, 40])
    found = item_order(no_splits(100), labels)
    values = numbers(found)
    assert values["same_label_share"] == pytest.approx(98 / 99)
    assert values["same_label_ratio"] == pytest.approx(98 / 51)
    assert values["nearby_ratio"] is None
    assert "nearby_share" not in values
    assert "sorted by class" in found.notes[0]


def test_a_random_order_says_nothing() -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 3, N).astype(np.int32)
    around = graph(rng.normal(size=(N, 6)) + 3 * np.eye(3, 6)[labels])
    found = item_order(no_splits(N), labels, around, np.arange(N))
    values = numbers(found)
    for name in ("same_label", "nearby", "nearby_in_class"):
        assert values[f"{name}_ratio"] == pytest.approx(1, abs=0.15)
        assert (values[f"{name}_p_value"] or 0) > 0.01
    assert found.notes == ()


def test_sorted_classes_explain_neighbors_nearby_and_leave_nothing_within() -> None:
    rng = np.random.default_rng(2)
    labels = np.sort(rng.integers(0, 6, N)).astype(np.int32)
    around = graph(rng.normal(size=(N, 6)) + 6 * np.eye(6)[labels])
    values = numbers(item_order(no_splits(N), labels, around, np.arange(N)))
    assert (values["nearby_ratio"] or 0) > 2
    assert values["nearby_p_value"] == pytest.approx(0, abs=1e-9)
    assert values["nearby_in_class_ratio"] == pytest.approx(1, abs=0.15)
    assert (values["nearby_in_class_p_value"] or 0) > 0.01


def test_a_walk_is_found_within_classes_that_come_in_turns() -> None:
    labels = (np.arange(N) % 2).astype(np.int32)
    found = item_order(no_splits(N), labels, graph(drifting()), np.arange(N))
    values = numbers(found)
    assert (values["nearby_in_class_ratio"] or 0) > 3
    assert values["same_label_share"] == 0
    assert any("look alike" in note for note in found.notes)
    along = rows(found, "along")
    assert len(along) == 50
    assert (along[0]["from_item"], along[-1]["to_item"]) == (1, N)


def test_without_labels_the_order_in_the_splits_is_tested() -> None:
    codes = (np.arange(N) >= 400).astype(np.int32)
    found = item_order(Splits(("a", "b"), codes), neighbors=graph(drifting()), copies=np.arange(N))
    assert (numbers(found)["nearby_ratio"] or 0) > 3
    assert numbers(found)["nearby_in_class_ratio"] is None
    assert len(found.notes) == 1


def test_copies_are_no_neighbors() -> None:
    rng = np.random.default_rng(3)
    pairs = np.repeat(rng.normal(size=(N // 2, 6)), 2, axis=0)
    around = graph(pairs)
    apart = numbers(item_order(no_splits(N), None, around, np.arange(N) // 2))
    counted = numbers(item_order(no_splits(N), None, around, np.arange(N)))
    assert (counted["nearby_ratio"] or 0) > 3
    assert (apart["nearby_ratio"] or 0) < 1.2
    assert (apart["nearby_p_value"] or 0) > 0.01


def test_too_little_is_refused() -> None:
    with pytest.raises(MissingInputError, match="items: 99"):
        item_order(no_splits(99), np.zeros(99, dtype=np.int32))
    with pytest.raises(MissingInputError, match="neither labels"):
        item_order(no_splits(100))


def test_one_class_could_be_in_no_other_order() -> None:
    found = item_order(no_splits(100), np.zeros(100, dtype=np.int32))
    by_name = {value.name: value for value in found.values}
    assert by_name["same_label_share"].value == 1
    assert by_name["same_label_p_value"].value is None
    assert "no pair could" in by_name["same_label_p_value"].note
    assert found.notes == ()
