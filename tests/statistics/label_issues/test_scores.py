"""Scores against their definition, and what they say of probabilities of 0 and 1."""

import math
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from noisy import noisy_case
from numpy.typing import NDArray

from labelaudit.statistics.label_issues.blocks import array_blocks
from labelaudit.statistics.label_issues.scores import Score, label_scores

SCORES: tuple[Score, ...] = get_args(Score)


def scored(labels: list[int], probs: list[list[float]], score: Score) -> NDArray[np.floating]:
    given = np.array(labels)
    return label_scores(given, array_blocks(np.array(probs), given), score)


def defined(row: NDArray[np.float64], given: int) -> dict[Score, float]:
    """Return the scores of an item, written from the definition."""
    own, rival = row[given], max(row[k] for k in range(len(row)) if k != given)
    tiny = np.finfo(np.float64).tiny
    entropy = -sum(p * math.log(p) for p in row if p > 0) / math.log(len(row))
    weighted = entropy / max(own, tiny)
    fit = math.log1p(weighted) / weighted if weighted > 0 else 1.0
    return {
        "logit_margin": math.log(max(own, tiny)) - math.log(max(rival, tiny)),
        "self_confidence": own,
        "normalized_margin": (own - rival + 1) / 2,
        "confidence_weighted_entropy": fit if own > 0 else 0.0,
    }


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_scores_are_their_definition(seed: int) -> None:
    labels, single = noisy_case(seed)
    probs = single.astype(np.float64)
    found = {score: label_scores(labels, array_blocks(probs, labels), score) for score in SCORES}
    for item, label in enumerate(labels):
        for score, wanted in defined(probs[item], int(label)).items():
            assert found[score][item] == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_by_hand() -> None:
    row = [[0.5, 0.25, 0.25]]
    assert scored([0], row, "logit_margin") == pytest.approx([math.log(2)])
    assert scored([1], row, "normalized_margin") == pytest.approx([0.375])
    entropy = 1.5 * math.log(2) / math.log(3)
    wanted = math.log1p(2 * entropy) / (2 * entropy)
    assert scored([0], row, "confidence_weighted_entropy") == pytest.approx([wanted])


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_sure_and_right_is_best_and_sure_and_wrong_is_worst(score: Score, kind: str) -> None:
    labels = np.array([0, 0, 0, 0, 0])
    share = np.array([1, 0.9, 0.5, 0.1, 0])
    probs = np.stack([share, 1 - share], axis=1).astype(kind)
    scores = label_scores(labels, array_blocks(probs, labels), score)
    assert np.isfinite(scores).all()
    assert (np.diff(scores) < 0).all()


def test_the_default_is_the_logit_margin_and_what_has_no_label_has_no_score() -> None:
    labels = np.array([0, -1])
    probs = np.array([[0.8, 0.2], [0.5, 0.5]])
    scores = label_scores(labels, array_blocks(probs, labels))
    assert scores[0] == pytest.approx(math.log(4))
    assert np.isnan(scores[1])
