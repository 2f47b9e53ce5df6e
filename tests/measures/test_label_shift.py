import numpy as np
import pytest
from made import labels_of, no_splits, numbers, rows

from labelaudit.errors import MissingInputError
from labelaudit.inputs.columns import Splits
from labelaudit.inputs.pred_probs import user_probs
from labelaudit.measures import Findings
from labelaudit.measures.integrity.label_shift import label_shift

NAMES = ("cat", "dog", "fox")


def split_counts(*counts: list[int]) -> tuple[np.ndarray, Splits]:
    labels = np.concatenate([labels_of(each) for each in counts])
    codes = np.repeat(np.arange(len(counts)), [sum(each) for each in counts]).astype(np.int32)
    return labels, Splits(tuple("abcdefgh"[: len(counts)]), codes)


def test_the_pair_of_the_reference() -> None:
    found = label_shift(*split_and_names([50, 30, 20], [30, 30, 40]))
    values = numbers(found)
    assert values["jensen_shannon_divergence"] == pytest.approx(0.042738, abs=1e-6)
    assert values["total_variation"] == pytest.approx(0.2)
    assert values["population_stability_index"] == pytest.approx(0.240795, abs=1e-6)
    assert values["label_shift_p_value"] == pytest.approx(0.0029283, abs=1e-7)
    (pair,) = rows(found, "pairs")
    # (C - 1) / 8 (1/100 + 1/100) nats
    assert pair["expected_by_chance"] == pytest.approx(0.005 / np.log(2))
    assert pair["excess"] == pytest.approx(values["jensen_shannon_excess"])
    assert pair["by_permutations"] is False


def split_and_names(*counts: list[int]) -> tuple[np.ndarray, tuple[str, ...], Splits, int]:
    labels, splits = split_counts(*counts)
    return labels, NAMES, splits, 0


def test_which_classes_moved_is_said_surest_first() -> None:
    found = label_shift(*split_and_names([500, 300, 200], [300, 300, 400]))
    table = rows(found, "moved_classes")
    assert [row["class"] for row in table] == ["fox", "cat", "dog"]
    assert table[0]["difference"] == pytest.approx(-0.2)
    assert table[0]["low"] < -0.2 < table[0]["high"] < 0
    assert table[2]["adjusted_p_value"] == 1
    assert numbers(found)["moved_class_count"] == 2
    assert "fox, cat" in found.notes[0]
    assert "dog" not in found.notes[0]


def test_equal_splits_say_nothing() -> None:
    found = label_shift(*split_and_names([50, 30, 20], [100, 60, 40]))
    values = numbers(found)
    assert values["jensen_shannon_divergence"] == pytest.approx(0, abs=1e-12)
    assert (values["jensen_shannon_excess"] or 0) < 0
    assert values["moved_class_count"] == 0
    assert found.notes == ()


def test_the_pair_beyond_chance_leads_not_the_smallest_split() -> None:
    found = label_shift(*split_and_names([500, 300, 200], [400, 300, 300], [2, 2, 1]))
    first = rows(found, "pairs")[0]
    assert (first["split"], first["other_split"]) == ("a", "b")
    assert len(rows(found, "pairs")) == 3


def test_a_class_that_a_split_lacks_is_named_with_what_was_to_be_expected() -> None:
    found = label_shift(*split_and_names([50, 30, 20], [60, 40, 0]))
    (row,) = rows(found, "lacking_classes")
    assert (row["split"], row["class"], row["elsewhere"]) == ("b", "fox", 20)
    assert row["expected_here"] == pytest.approx(10)
    by_name = {value.name: value for value in found.values}
    assert by_name["one_split_class_count"].value == 1
    assert by_name["population_stability_index"].value is None
    assert "lacks" in by_name["population_stability_index"].note


def test_a_declared_class_without_items_is_lacking_nowhere() -> None:
    labels, splits = split_counts([50, 30], [30, 50])
    found = label_shift(labels, NAMES, splits, 0)
    assert rows(found, "lacking_classes") == []
    assert rows(found, "pairs")[0]["degrees_of_freedom"] == 1


def test_one_labelled_split_is_not_measured() -> None:
    with pytest.raises(MissingInputError, match="splits with labels: 0"):
        label_shift(labels_of([3, 4]), ("a", "b"), no_splits(7), 0)
    labels, splits = split_counts([5, 5, 0], [2, 0, 0])
    labels = np.where(splits.codes == 1, -1, labels).astype(np.int32)
    with pytest.raises(MissingInputError, match="splits with labels: 1"):
        label_shift(labels, NAMES, splits, 0)


def with_unlabelled(confusion: float) -> Findings:
    """Return what is found of 2,000 labelled items and 1,000 others, a fifth of them foxes."""
    rng = np.random.default_rng(0)
    truth = np.concatenate([rng.integers(0, 3, 2000), rng.choice(3, 1000, p=[0.6, 0.2, 0.2])])
    said = np.where(rng.random(3000) < confusion, 0, truth)
    probs = np.full((3000, 3), 0.1)
    probs[np.arange(3000), said] = 0.8
    codes = np.repeat([0, 1], [2000, 1000]).astype(np.int32)
    labels = np.where(codes == 1, -1, truth).astype(np.int32)
    return label_shift(
        labels,
        NAMES,
        Splits(("train", "test"), codes),
        0,
        user_probs(probs, labels, "mine"),
        np.arange(3000),
        rng.integers(0, 2**63, 3000).astype(np.uint64),
    )


def test_the_classes_of_unlabelled_items_are_estimated() -> None:
    found = with_unlabelled(0.3)
    assert numbers(found)["total_variation"] is None
    table = rows(found, "estimated_shares")
    assert [(row["split"], row["class"]) for row in table] == [("test", name) for name in NAMES]
    for row, share in zip(table, (0.6, 0.2, 0.2), strict=True):
        assert row["low"] < row["bbse_share"] < row["high"]
        assert row["bbse_share"] == pytest.approx(share, abs=0.05)
        assert row["mlls_share"] == pytest.approx(share, abs=0.05)
        assert abs(row["predicted_share"] - share) > 0.01
        assert row["labelled_elsewhere_share"] == pytest.approx(1 / 3, abs=0.03)


def test_a_classifier_that_guesses_is_refused_with_the_reason() -> None:
    with pytest.raises(MissingInputError, match="not estimated: the classifier"):
        with_unlabelled(1.0)
