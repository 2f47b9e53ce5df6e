"""The seven rules against their definition, for probabilities of which no two are equal."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from noisy import noisy_case, softmax
from numpy.typing import NDArray

from labelaudit.statistics.label_issues import largest
from labelaudit.statistics.label_issues.blocks import array_blocks
from labelaudit.statistics.label_issues.evidence import Evidence, weigh_labels
from labelaudit.statistics.label_issues.filters import (
    Filter,
    estimated_joint,
    flag_labels,
    kept_joint,
)
from labelaudit.statistics.label_issues.scores import label_scores

FILTERS: tuple[Filter, ...] = get_args(Filter)
SEEDS = st.integers(0, 2**32 - 1)


def unequal_case(seed: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    n_classes, n = int(rng.integers(2, 8)), int(rng.integers(10, 120))
    true = rng.integers(0, n_classes, n)
    labels = np.where(rng.random(n) < 0.3, rng.integers(0, n_classes, n), true)
    labels[:2] = 0, 1
    logits = rng.normal(size=(n, n_classes))
    logits[np.arange(n), true] += 2
    return labels, softmax(logits)


def defined(
    labels: NDArray[np.int64], probs: NDArray[np.float64], evidence: Evidence
) -> dict[Filter, set[int]]:
    """Return what each rule flags, written from its definition."""
    n_classes = probs.shape[1]
    joint = kept_joint(evidence)
    by_rate, by_class = set[int](), set[int]()
    for k in range(n_classes):
        members = [i for i, label in enumerate(labels) if label == k]
        if len(members) < 2:
            continue
        lowest = sorted(members, key=lambda i: probs[i, k])
        by_class |= set(lowest[: max(0, len(members) - joint[k, k])])
        for j in range(n_classes):
            if j != k:
                largest_first = sorted(members, key=lambda i: probs[i, k] - probs[i, j])
                by_rate |= set(largest_first[: joint[k, j]])
    wrong = {i for i, row in enumerate(probs) if row.argmax() != labels[i]}
    sure = {i for i in wrong if evidence.guess[i] not in {-1, labels[i]}}
    margin = [
        row[label] - max(row[k] for k in range(n_classes) if k != label)
        for label, row in zip(labels, probs, strict=True)
    ]
    by_margin = sorted(range(len(labels)), key=lambda i: margin[i])
    by_self = sorted(range(len(labels)), key=lambda i: probs[i, labels[i]])
    return {
        "prune_by_noise_rate": by_rate & wrong,
        "prune_by_class": by_class & wrong,
        "both": by_rate & by_class & wrong,
        "confident_learning": sure,
        "predicted_neq_given": wrong,
        "low_self_confidence": set(by_self[: len(sure)]),
        "low_normalized_margin": set(by_margin[: len(sure)]),
    }


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_flags_are_their_definition(seed: int) -> None:
    labels, probs = unequal_case(seed)
    blocks = array_blocks(probs, labels)
    evidence = weigh_labels(labels, probs.shape[1], blocks)
    near = np.sort(probs, axis=1)
    assume((near[:, -1] - near[:, -2]).min() > 1e-5)
    for filter_by, wanted in defined(labels, probs, evidence).items():
        found = flag_labels(evidence, blocks, filter_by=filter_by)
        assert set(np.flatnonzero(found).tolist()) == wanted, filter_by


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, least=st.integers(0, 9))
def test_so_many_items_of_a_class_stay(seed: int, least: int) -> None:
    labels, probs = noisy_case(seed)
    blocks = array_blocks(probs, labels)
    evidence = weigh_labels(labels, probs.shape[1], blocks)
    found = flag_labels(evidence, blocks, filter_by="prune_by_class", min_examples_per_class=least)
    left = np.bincount(labels[~found], minlength=probs.shape[1])
    assert (left >= np.minimum(evidence.counts, least)).all()


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_of_equals_the_first_are_flagged_whatever_the_blocks(seed: int) -> None:
    labels, probs = noisy_case(seed)
    blocks = array_blocks(probs, labels)
    evidence = weigh_labels(labels, probs.shape[1], blocks)
    found = flag_labels(evidence, blocks)
    quota = kept_joint(evidence)
    wanted = np.zeros(len(labels), dtype=bool)
    for k in np.flatnonzero(evidence.counts > 1):
        members = np.flatnonzero(labels == k)
        for j in range(len(quota)):
            if j != k:
                order = np.argsort(probs[members, k] - probs[members, j], kind="stable")
                wanted[members[order[: quota[k, j]]]] = True
    assert (found == (wanted & ~evidence.agrees)).all()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(largest, "HELD", 1)
        assert (flag_labels(evidence, blocks) == found).all()


def test_a_part_of_the_noise() -> None:
    labels, probs = unequal_case(5)
    blocks = array_blocks(probs, labels)
    evidence = weigh_labels(labels, probs.shape[1], blocks)
    for filter_by in FILTERS[:3]:
        whole = flag_labels(evidence, blocks, filter_by=filter_by)
        half = flag_labels(evidence, blocks, filter_by=filter_by, frac_noise=0.5)
        none = flag_labels(evidence, blocks, filter_by=filter_by, frac_noise=0)
        assert 0 < half.sum() < whole.sum()
        assert not none.any()
        assert not (half & ~whole).any()


def test_kept_joint_by_hand() -> None:
    labels = np.repeat([0, 1, 2], [6, 10, 4])
    guesses = np.repeat([1, 2, 1, 2], [4, 2, 10, 4])
    probs = np.where(guesses[:, None] == np.arange(3), 0.9, 0.05)
    evidence = weigh_labels(labels, 3, array_blocks(probs, labels))
    assert evidence.joint.dense().tolist() == [[1, 4, 2], [0, 10, 0], [0, 0, 4]]
    assert estimated_joint(evidence).dense().tolist() == [[1, 3, 2], [0, 10, 0], [0, 0, 4]]
    assert kept_joint(evidence, 1.0, 3)[0].tolist() == [3, 2, 1]
    assert kept_joint(evidence, 0.5, 3)[0].tolist() == [4, 1, 0]


@pytest.mark.parametrize("n_issues", [0, 1, 7, 10**6])
def test_a_number_of_issues(n_issues: int) -> None:
    labels, probs = unequal_case(2)
    blocks = array_blocks(probs, labels)
    evidence = weigh_labels(labels, probs.shape[1], blocks)
    for filter_by in FILTERS[5:]:
        found = flag_labels(evidence, blocks, filter_by=filter_by, n_issues=n_issues)
        assert found.sum() == min(n_issues, len(labels))
        score = "self_confidence" if filter_by == "low_self_confidence" else "normalized_margin"
        scores = label_scores(labels, blocks, score)  # type: ignore[arg-type]
        if found.any() and not found.all():
            assert scores[found].max() < scores[~found].min()
