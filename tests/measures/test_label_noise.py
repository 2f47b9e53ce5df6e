"""Label noise against its definition, a case worked by hand, and published counts."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.inputs.columns import Splits
from labelaudit.inputs.label_judgement import judge
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.inputs.pred_probs import PredProbs, user_probs
from labelaudit.measures.label_noise.label_evidence import (
    contradicted,
    hear_neighbors,
    proven_wrong,
)
from labelaudit.measures.label_noise.label_noise import label_noise
from labelaudit.statistics.intervals import wilson

NO_SPLITS = Splits((), np.empty(0, dtype=np.int32))


def probs_of(rows: list[list[float]], labels: NDArray[np.int32]) -> PredProbs:
    return user_probs(np.array(rows, dtype=np.float32), labels, "mine")


def defined(probs: NDArray[np.float64], labels: NDArray[np.int32]) -> list[tuple[float, bool]]:
    """Return margin and flag of each item, written from the definition."""
    n_classes = probs.shape[1]
    thresholds = []
    for k in range(n_classes):
        own = [row[k] for row, label in zip(probs, labels, strict=True) if label == k]
        thresholds.append(sum(own) / len(own) if own else 2.0)
    found = []
    for row, label in zip(probs, labels, strict=True):
        margin = np.log(row[label]) - max(np.log(row[k]) for k in range(n_classes) if k != label)
        passing = [k for k in range(n_classes) if row[k] >= thresholds[k] - 1e-6]
        best = max(passing, key=lambda k: row[k]) if passing else label
        found.append((float(margin), best != label and margin < 0))
    return found


@settings(max_examples=60, deadline=None)
@given(
    raw=arrays.arrays(np.float64, (30, 4), elements=st.floats(0.01, 1)),
    labels=arrays.arrays(np.int32, 30, elements=st.integers(0, 3)),
)
def test_judgement_is_its_definition(raw: NDArray[np.float64], labels: NDArray[np.int32]) -> None:
    probs = (raw / raw.sum(axis=1, keepdims=True)).astype(np.float32).astype(np.float64)
    found = judge(labels, 4, probs_of(probs.tolist(), labels))
    for item, (margin, flagged) in enumerate(defined(probs, labels)):
        assert found.margin[item] == pytest.approx(margin, abs=1e-4)
        if abs(margin) > 1e-4 and not _near_a_threshold(probs, labels, item):
            assert found.evidence.off_diagonal[item] == flagged


def _near_a_threshold(probs: NDArray[np.float64], labels: NDArray[np.int32], item: int) -> bool:
    """Tell whether rounding to single precision could decide."""
    means = [probs[labels == k, k].mean() if (labels == k).any() else 2 for k in range(4)]
    return bool((np.abs(probs[item] - np.array(means)) < 1e-5).any())


def test_a_case_worked_by_hand() -> None:
    labels = np.array([0, 0, 0, 1, 1, 1], dtype=np.int32)
    rows = [[0.9, 0.1], [0.8, 0.2], [0.04, 0.96], [0.3, 0.7], [0.2, 0.8], [0.45, 0.55]]
    # Thresholds: class 0 (.9 + .8 + .04) / 3 = .58, class 1 (.7 + .8 + .55) / 3 = .6833.
    found = label_noise(labels, ("cat", "dog"), probs_of(rows, labels), NO_SPLITS)
    values = {value.name: value.value for value in found.values}
    errors = found.columns["error_probability"].astype(np.float64)
    assert errors[2] > 0.3 > errors[[0, 1, 3, 4, 5]].max()
    assert values["model_estimated_error_rate"] == pytest.approx(min(errors.mean(), 1 / 6))
    assert values["suspected_errors_count"] == 1
    assert values["suspected_errors_share"] == pytest.approx(1 / 6)
    assert values["model_disagreement_share"] == pytest.approx(1 / 6)
    assert values["proven_wrong_count"] is None
    (suspects,) = found.rankings
    assert suspects.items.tolist() == [2]
    assert suspects.scores is not None
    assert suspects.scores[0] == pytest.approx(np.log(0.04 / 0.96), abs=1e-5)
    assert suspects.suggested is not None
    assert suspects.suggested.tolist() == [1]
    transitions = next(table for table in found.tables if table.name == "transitions")
    assert transitions.rows == (("cat", "dog", 1),)


def test_suspected_are_likely_errors_and_possible_ones_of_the_lowest_normalized_margins() -> None:
    rng = np.random.default_rng(5)
    probs = rng.dirichlet([0.2, 0.2, 0.2], 300).astype(np.float32)
    labels = np.array([rng.choice(3, p=row / row.sum()) for row in probs], dtype=np.int32)
    labels[:6] = (labels[:6] + 1) % 3
    found = judge(labels, 3, user_probs(probs, labels, "mine"))
    rows = np.arange(300)
    normalized = found.self_confidence - found.suggestion_confidence
    lowest = rows[np.argsort(normalized, kind="stable")][: found.evidence.off_diagonal.sum()]
    possible = np.isin(rows, lowest) & (found.margin < 0)
    possible &= (found.error_probability > 0.1) | (normalized < -0.7)
    assert (found.suspected == (possible | found.likely)).all()
    assert (possible & ~found.likely).any()
    assert not possible[lowest].all()


def test_a_model_that_disagrees_with_most_labels_gives_a_range_but_no_estimate() -> None:
    labels = np.array([0, 0, 0, 1], dtype=np.int32)
    rows = [[0.1, 0.9], [0.1, 0.9], [0.9, 0.1], [0.9, 0.1]]
    rate = label_noise(labels, ("a", "b"), probs_of(rows, labels), NO_SPLITS).values[0]
    assert rate.value is None
    assert rate.low == 0
    assert rate.high == 0.75


def test_probabilities_that_say_nothing_find_no_wrong_labels_and_no_rate() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(3, size=400).astype(np.int32)
    even = np.full((400, 3), 1 / 3)
    for probs in (even, rng.dirichlet([1, 1, 1], 400), np.tile([0.5, 0.3, 0.2], (400, 1))):
        with pytest.raises(MissingInputError, match="no more than by chance"):
            label_noise(labels, ("a", "b", "c"), user_probs(probs, labels, "mine"), NO_SPLITS)


def test_a_model_too_weak_for_most_labels_finds_none_of_them_likely_wrong() -> None:
    rng = np.random.default_rng(2)
    labels = rng.integers(4, size=2000).astype(np.int32)
    guesses = np.where(rng.random(2000) < 0.4, labels, (labels + 1) % 4)
    probs = np.full((2000, 4), 0.1)
    probs[np.arange(2000), guesses] = 0.7
    found = label_noise(labels, tuple("abcd"), user_probs(probs, labels, "mine"), NO_SPLITS)
    assert found.values[0].value is None
    assert not found.columns["is_label_likely_wrong"].any()
    assert not found.columns["is_label_suspected"].any()
    probs[:50] = 0.04
    probs[np.arange(50), guesses[:50]] = 0.88
    found = label_noise(labels, tuple("abcd"), user_probs(probs, labels, "mine"), NO_SPLITS)
    (suspects,) = found.rankings
    assert suspects.items.tolist() == [item for item in range(50) if guesses[item] != labels[item]]
    assert all("too weak" in said for said in suspects.details)
    per_class = next(table for table in found.tables if table.name == "per_class")
    assert [row[-1] for row in per_class.rows] == [None] * 4


def test_a_rare_class_that_is_told_apart_is_better_than_chance() -> None:
    labels = np.zeros(400, dtype=np.int32)
    labels[7] = 1
    always = np.tile([0.9, 0.1], (400, 1))
    told = np.where(np.arange(400)[:, None] == 7, always[:, ::-1], always)
    found = label_noise(labels, ("a", "b"), user_probs(told, labels, "mine"), NO_SPLITS)
    assert found.values[0].value == pytest.approx(0, abs=1e-3)
    with pytest.raises(MissingInputError, match="no more than by chance"):
        label_noise(labels, ("a", "b"), user_probs(always, labels, "mine"), NO_SPLITS)


def test_a_label_that_the_model_does_not_prefer_may_be_wrong() -> None:
    labels = np.array([0, 1, 0, 1], dtype=np.int32)
    rows = [[0.9, 0.1], [0.1, 0.9], [0.5, 0.5], [0.1, 0.9]]
    rate = label_noise(labels, ("a", "b"), probs_of(rows, labels), NO_SPLITS).values[0]
    assert rate.high == 0.25


def test_a_contradicted_label_that_is_hardly_wrong_is_not_called_possibly_wrong() -> None:
    rng = np.random.default_rng(1)
    probs = rng.dirichlet([0.3, 0.3], 3000)
    labels = (rng.random(3000) < probs[:, 1]).astype(np.int32)
    found = label_noise(labels, ("a", "b"), user_probs(probs, labels, "mine"), NO_SPLITS)
    (suspects,) = found.rankings
    chances = suspects.evidence["error_probability"].astype(np.float64)
    assert (chances < 0.1).any()
    for said, probability in zip(suspects.details, chances, strict=True):
        assert ("Likely wrong" in said) == (probability >= 0.5)
        assert ("wrong" in said) == (probability > 0.1)
        assert ("rare here" in said) == (probability <= 0.1)


def test_a_label_that_only_a_filter_flags_is_not_called_contradicted() -> None:
    labels = np.array([0, 0, 0, 1, 1, 1], dtype=np.int32)
    rows = [[0.41, 0.3, 0.29], *[[0.5, 0.25, 0.25]] * 2, [0.54, 0.46, 0], *[[0.1, 0.9, 0]] * 2]
    names = ("cat", "dog", "eel")
    # Item 3 is off the diagonal, so one is flagged: the lowest, though its class is preferred.
    found = label_noise(
        labels, names, probs_of(rows, labels), NO_SPLITS, label_filter="low_self_confidence"
    )
    (suspects,) = found.rankings
    assert suspects.items.tolist() == [0]
    assert suspects.details[0].startswith("Not contradicted")


def test_confident_learning_flags_as_many_as_published(real_data: Path) -> None:
    # The filter "confident_learning" of cleanlab 2.9.0 flags 244 of these; 48 of the 54 labels
    # that five people judged wrong are among them.
    truth = pq.read_table(real_data / "cifar10-test-truth.parquet").to_pandas()
    probs = np.load(real_data / "cifar10-test-pred-probs.npy")
    names = sorted(truth["label"].unique())
    labels = truth["label"].map({name: code for code, name in enumerate(names)}).to_numpy(np.int32)
    found = judge(labels, 10, user_probs(probs, labels, "mine"))
    wrong = truth["label_error"].eq(other=True).to_numpy(bool)
    assert int(found.evidence.off_diagonal.sum()) == 244
    assert int((found.evidence.off_diagonal & wrong).sum()) == 48
    # Its filter "low_normalized_margin" flags as many, 50 of them wrong; ours adds likely errors.
    assert int(found.suspected.sum()) <= 300
    assert int((found.suspected & wrong).sum()) >= 50


def test_neighbors_confirm_or_acquit() -> None:
    labels = np.array([0, 0, 1, 1, 1], dtype=np.int32)
    suggested = np.array([1, 1, 0, 0, 0], dtype=np.int32)
    indices = np.array([[2, 3], [0, 0], [3, 4], [2, 4], [2, 3]], dtype=np.int32)
    neighbors = Neighbors(indices=indices, similarities=np.ones((5, 2), dtype=np.float32))
    copies, items = np.arange(5), np.array([4, 0])
    heard = hear_neighbors(items, labels, suggested, neighbors, copies)
    assert heard.outvoted.tolist() == [False, True]
    assert heard.voters.tolist() == [2, 2]
    assert heard.for_given.tolist() == [2, 0]
    assert heard.for_suggested.tolist() == [0, 2]
    assert heard.nearest.tolist() == [[2, 3], [2, 3]]
    copies[2] = copies[0]
    heard = hear_neighbors(items, labels, suggested, neighbors, copies)
    assert heard.nearest.tolist() == [[2, 3], [3, -1]]
    assert heard.for_suggested.tolist() == [0, 1]


def test_equal_files_with_different_labels_contradict_each_other() -> None:
    labels = np.array([0, 0, 1, 1, -1, 2], dtype=np.int32)
    assert contradicted(labels, np.array([3, 4, 4, 5, 5, -1])).tolist() == [
        *[False, True, True],
        *[False, False, False],
    ]


def test_each_suspected_label_comes_with_its_evidence_and_a_sentence() -> None:
    labels = np.array([0, 0, 0, 1, 1, 1], dtype=np.int32)
    rows = [[0.9, 0.1], [0.8, 0.2], [0.04, 0.96], [0.3, 0.7], [0.2, 0.8], [0.45, 0.55]]
    indices = np.array([[1, 2], [0, 2], [3, 4], [2, 4], [3, 5], [4, 3]], dtype=np.int32)
    found = label_noise(
        labels,
        ("cat", "dog"),
        probs_of(rows, labels),
        NO_SPLITS,
        neighbors=Neighbors(indices=indices, similarities=np.ones((6, 2), dtype=np.float32)),
        copies=np.arange(6),
        file_copies=np.array([0, 1, 2, 2, 3, 4]),
    )
    (suspects,) = found.rankings
    assert suspects.details[0].endswith(
        "dog 0.96, cat 0.04. Of 2 neighbors 2 are dog, 0 cat. An equal file has another label"
    )
    assert suspects.neighbors is not None
    assert suspects.neighbors.tolist() == [[3, 4]]
    evidence = {name: values.tolist() for name, values in suspects.evidence.items()}
    assert evidence["is_confirmed_by_neighbors"] == [True]
    assert evidence["has_contradictory_copy"] == [True]
    assert evidence["neighbors_of_suggested"] == [2]


def test_the_range_starts_at_what_copies_prove_and_holds_the_estimate() -> None:
    labels = np.array([0, 0, 1, 1, 1, -1], dtype=np.int32)
    rows = [[0.9, 0.1]] * 2 + [[0.1, 0.9]] * 3
    file_copies = np.array([0, 1, 1, 2, 3, 1])
    found = label_noise(
        labels,
        ("cat", "dog"),
        probs_of([*rows, [0.5, 0.5]], labels),
        NO_SPLITS,
        file_copies=file_copies,
    )
    rate = found.values[0]
    assert rate.value == pytest.approx(0.2)
    assert rate.low == pytest.approx(0.2)
    assert rate.high == pytest.approx(0.2)


def test_all_but_the_commonest_label_of_copies_is_proven_wrong() -> None:
    rng = np.random.default_rng(3)
    labels = rng.integers(-1, 3, 200).astype(np.int32)
    copies = rng.integers(-1, 60, 200)
    expected = 0
    for group in set(copies.tolist()) - {-1}:
        inside = [label for label in labels[copies == group].tolist() if label >= 0]
        if inside:
            expected += len(inside) - max(inside.count(label) for label in inside)
    assert proven_wrong(labels, copies) == expected > 0


def test_probabilities_are_read_in_blocks_only() -> None:
    labels = np.zeros(4, dtype=np.int32)
    seen: list[int] = []

    def blocks() -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        for start in (0, 2):
            seen.append(start)
            yield np.arange(start, start + 2), np.log(np.full((2, 2), 0.5, dtype=np.float32))

    found = judge(labels, 2, PredProbs(source="two blocks", blocks=blocks))
    assert found.judged.all()
    assert seen == [0, 2] * (len(seen) // 2)


def test_wilson_is_as_published() -> None:
    low, high = wilson([0, 1, 5, 51, 10], [100, 100, 100, 100, 10])
    assert low == pytest.approx([0, 0.001767, 0.021544, 0.413480, 0.722467], abs=1e-6)
    assert high == pytest.approx([0.036993, 0.054486, 0.111750, 0.605780, 1], abs=1e-6)
