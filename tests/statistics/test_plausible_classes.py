import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import entropy

from labelaudit.statistics.label_issues.blocks import Blocks
from labelaudit.statistics.neighbor_entropy import label_entropy
from labelaudit.statistics.plausible_classes import plausible_classes

N, K = 120, 4


def drawn(seed: int) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return log probabilities and labels, the last class with few items."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(K, N, p=[0.4, 0.3, 0.2, 0.1]).astype(np.int32)
    logits = rng.normal(size=(N, K)) + 2 * np.eye(K)[labels]
    return (logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))).astype(np.float32), labels


def blocks_of(logs: NDArray[np.float32], step: int) -> Blocks:
    return lambda: (
        (np.arange(at, min(at + step, len(logs))), logs[at : at + step])
        for at in range(0, len(logs), step)
    )


@given(st.integers(0, 2**32), st.sampled_from([7, 120]))
def test_plausible_classes_match_their_definition(seed: int, step: int) -> None:
    logs, labels = drawn(seed)
    found = plausible_classes(blocks_of(logs, step), labels, K)
    probs = np.exp(logs.astype(float))
    for item in range(N):
        likely = []
        for label in range(K):
            own = logs[labels == label, label]
            if len(own) < 20:
                assert not found.screened[label]
                continue
            if probs[item, label] >= np.exp(own.astype(float)).mean() / 4:
                likely.append(label)
        assert found.counts[item] == len(likely)
        if len(likely) < 2:
            assert found.first[item] == found.second[item] == -1
            assert math.isnan(found.score[item])
            continue
        a, b = sorted(likely, key=lambda label: -logs[item, label])[:2]
        assert (found.first[item], found.second[item]) == (a, b)
        usual = max(probs[labels == a, b].mean(), probs[labels == b, a].mean())
        assert found.score[item] == pytest.approx(probs[item, b] / usual, rel=1e-5)


def test_four_labels_that_share_the_probability_are_plausible_and_five_are_not() -> None:
    labels = np.repeat(np.arange(6), 25).astype(np.int32)
    probs = np.full((150, 6), 0.01)
    probs[np.arange(150), labels] = 0.95
    probs[0] = (0.2475, 0.2475, 0.2475, 0.2475, 0.005, 0.005)
    probs[1] = (0.198, 0.198, 0.198, 0.198, 0.198, 0.01)
    found = plausible_classes(blocks_of(np.log(probs).astype(np.float32), 64), labels, 6)
    assert found.counts[:3].tolist() == [4, 0, 1]


def test_a_pair_that_is_seldom_confused_tells_more_than_one_that_often_is() -> None:
    # Classes 0 and 1 look alike; the first item is as much 0 as 1, the second as much 0 as 2.
    rng = np.random.default_rng(1)
    labels = np.repeat(np.arange(3), 100).astype(np.int32)
    probs = np.full((300, 3), 0.02)
    probs[:200, 0] = rng.uniform(0.3, 0.7, 200)
    probs[:200, 1] = 0.98 - probs[:200, 0]
    probs[200:, 2] = rng.uniform(0.4, 0.96, 100)
    probs[200:, 0] = 0.98 - probs[200:, 2]
    probs[0], probs[1] = (0.49, 0.49, 0.02), (0.49, 0.02, 0.49)
    found = plausible_classes(blocks_of(np.log(probs).astype(np.float32), 64), labels, 3)
    assert (found.counts[:2] == 2).all()
    assert found.score[1] > 1.2 * found.score[0]


@given(st.lists(st.lists(st.integers(-1, 3), min_size=6, max_size=6), min_size=1, max_size=20))
def test_the_entropy_of_labels_is_that_of_their_shares(table: list[list[int]]) -> None:
    found = label_entropy(np.array(table))
    for row, mixed in zip(table, found.tolist(), strict=True):
        counts = np.bincount([label for label in row if label >= 0], minlength=1)
        if counts.sum():
            assert mixed == pytest.approx(entropy(counts), abs=1e-12)
        else:
            assert math.isnan(mixed)
