"""Thresholds, guesses and the confident joint against their definition."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from noisy import noisy_case
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.statistics.label_issues import blocks as in_blocks
from labelaudit.statistics.label_issues.blocks import Block, array_blocks, from_logs, release
from labelaudit.statistics.label_issues.evidence import Evidence, Rule, weigh_labels


def weighed(
    labels: NDArray[np.int64], probs: NDArray[np.floating], rule: Rule = "paper"
) -> Evidence:
    return weigh_labels(labels, probs.shape[1], array_blocks(probs, labels), rule=rule)


def defined(
    labels: NDArray[np.int64],
    probs: NDArray[np.float64],
    thresholds: NDArray[np.floating],
    rule: Rule,
) -> tuple[list[int], list[list[int]]]:
    """Return guesses and joint, written from the definition."""
    n_classes = probs.shape[1]
    guesses = []
    joint = [[0] * n_classes for _ in range(n_classes)]
    for label, row in zip(labels, probs, strict=True):
        passing = [k for k in range(n_classes) if row[k] >= thresholds[k] - 1e-6]
        among = passing if rule == "paper" or len(passing) < 2 else range(n_classes)
        guess = max(among, key=lambda k: row[k]) if passing else -1
        guesses.append(guess)
        if guess >= 0:
            joint[label][guess] += 1
    for k in range(n_classes):
        joint[k][k] = max(joint[k][k], 1)
    return guesses, joint


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rule=st.sampled_from(["paper", "argmax"]))
def test_evidence_is_its_definition(seed: int, rule: Rule) -> None:
    labels, single = noisy_case(seed)
    probs = single.astype(np.float64)
    found = weighed(labels, probs, rule)
    for k, threshold in enumerate(found.thresholds):
        own = [row[k] for row, label in zip(probs, labels, strict=True) if label == k]
        wanted = max(sum(own) / len(own), 2e-6) if own else 2
        assert threshold == pytest.approx(wanted, abs=1e-12)
    guesses, joint = defined(labels, probs, found.thresholds, rule)
    assert found.guess.tolist() == guesses
    assert found.joint.dense().tolist() == joint
    for agrees, label, row in zip(found.agrees, labels, probs, strict=True):
        raised = row.copy()
        raised[label] += 1e-6
        assert agrees == (raised.argmax() == label)


def test_by_hand() -> None:
    labels = np.array([0, 0, 1, 1, 2])
    probs = np.array(
        [[0.8, 0.1, 0.1], [0.2, 0.45, 0.35], [0.1, 0.8, 0.1], [0.1, 0.6, 0.3], [0.5, 0.2, 0.3]]
    )
    found = weighed(labels, probs)
    assert found.thresholds == pytest.approx([0.5, 0.7, 0.3])
    assert found.guess.tolist() == [0, 2, 1, 2, 0]  # 0.45 is below the threshold of class 1
    assert found.off_diagonal.tolist() == [False, True, False, False, True]
    assert found.joint.dense().tolist() == [[1, 0, 1], [0, 1, 1], [1, 0, 1]]
    assert found.counts.tolist() == [2, 2, 1]


def test_the_rules_differ_where_the_most_probable_class_does_not_pass() -> None:
    labels = np.array([0, 1, 2, 1])
    probs = np.array([[0.3, 0.4, 0.3], [0.0, 0.9, 0.1], [0.1, 0.6, 0.3], [0.0, 0.9, 0.1]])
    assert weighed(labels, probs, "paper").guess[0] == 0
    assert weighed(labels, probs, "argmax").guess[0] == 1


def test_unlabelled_and_missing_items_are_not_judged() -> None:
    labels, probs = np.array([0, -1, 1, 1]), np.full((4, 2), 0.5)
    probs[0] = 0.9, 0.1

    def blocks() -> Iterator[Block]:
        yield np.array([0, 2]), probs[[0, 2]]

    found = weigh_labels(labels, 2, blocks)
    assert found.given.tolist() == [0, -1, 1, -1]
    assert found.guess.tolist() == [0, -1, 1, -1]
    assert found.counts.tolist() == [1, 1]
    assert not found.off_diagonal.any()


@pytest.mark.parametrize("n_classes", [2, 126, 127, 128, 300])
def test_any_number_of_classes_fits(n_classes: int) -> None:
    labels = np.arange(n_classes).repeat(2)
    probs = np.eye(n_classes)[labels]
    found = weighed(labels, probs)
    assert (found.guess == labels).all()
    assert found.counts.tolist() == [2] * n_classes


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", ">f4", ">f8", "int64"])
def test_any_kind_of_number_is_read(kind: str) -> None:
    labels = np.array([0, 0, 1, 1])
    probs = np.array([[1, 0], [0, 1], [0, 1], [0, 1]]).astype(kind)
    assert weighed(labels, probs).guess.tolist() == [0, 1, 1, 1]


def test_blocks_of_any_size_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    labels, probs = noisy_case(3)
    whole = weighed(labels, probs)
    monkeypatch.setattr(in_blocks, "BLOCK_VALUES", 1)
    single = weighed(labels, probs)
    assert (single.guess == whole.guess).all()
    assert (single.joint.dense() == whole.joint.dense()).all()


def test_logarithms_serve() -> None:
    labels, probs = noisy_case(8)
    logs = np.log(np.maximum(probs, 1e-30))
    found = weigh_labels(labels, probs.shape[1], from_logs(array_blocks(logs, labels)))
    assert (found.guess == weighed(labels, probs).guess).mean() > 0.99


@pytest.mark.parametrize("mode", ["r", "r+", "c"])
def test_what_is_written_into_a_memory_map_stays(
    tmp_path: Path, mode: Literal["r", "r+", "c"]
) -> None:
    np.save(tmp_path / "probs.npy", np.zeros((5000, 4), dtype=np.float32))
    mapped = np.load(tmp_path / "probs.npy", mmap_mode=mode)
    if mode != "r":
        mapped[:] = 0.25
    before = np.array(mapped)
    release(mapped)
    release(mapped[10:20])
    assert (mapped == before).all()


def test_one_class_alone_cannot_be_judged() -> None:
    labels = np.zeros(4, dtype=np.int64)
    with pytest.raises(MissingInputError, match="one class only"):
        weighed(labels, np.ones((4, 1)))
