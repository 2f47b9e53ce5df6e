"""CROWDLAB against published numbers, and against cleanlab on random judgements."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from labelaudit.statistics.crowdlab import Crowdlab, Probabilities, crowdlab
from labelaudit.statistics.votes import count_votes

NONE = -1
TOY = ((0, 0, NONE), (0, 1, 0), (1, 1, 1), (1, NONE, 0), (2, 2, NONE), (2, 1, 2), (NONE, 2, 2))
TOY_PROBS = ((0.8, 0.1, 0.1), (0.6, 0.3, 0.1), (0.1, 0.8, 0.1), (0.3, 0.6, 0.1), (0.1, 0.1, 0.8))


def run(
    table: NDArray[np.int32], probs: NDArray[np.float64], given: NDArray[np.int32] | None = None
) -> Crowdlab:
    """Find the consensus of a table with one column an annotator."""
    items, annotators = np.nonzero(table >= 0)
    labels = table[items, annotators]
    votes = count_votes(items, annotators, labels, len(table), probs.shape[1])
    none = np.full(len(table), NONE, dtype=np.int32)
    return crowdlab(votes, in_blocks(probs), none if given is None else given)


def in_blocks(probs: NDArray[np.float64]) -> Probabilities:
    """Return probabilities in blocks of three items, the last ones first."""

    def blocks() -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64]]]:
        for start in reversed(range(0, len(probs), 3)):
            items = np.arange(start, min(start + 3, len(probs)))
            yield items, probs[items]

    return blocks


def toy() -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    table = np.array([*TOY, (0, 0, 0)], dtype=np.int32)
    more = ((0.2, 0.3, 0.5), (0.1, 0.2, 0.7), (0.7, 0.2, 0.1))
    return table, np.array([*TOY_PROBS, *more])


def test_the_published_toy() -> None:
    table, probs = toy()
    given = np.array([0, 1, 1, 0, 2, 2, NONE, 0], dtype=np.int32)
    found = run(table, probs, given)
    assert found.consensus.tolist() == [0, 0, 1, 1, 2, 2, 2, 0]
    assert found.quality == pytest.approx(
        [0.820750, 0.617842, 0.826387, 0.550906, 0.820750, 0.566556, 0.757411, 0.775100], abs=1e-6
    )
    # They are published with the worst annotator first.
    quality = [0.838788, 0.681680, 0.731316]
    assert found.annotator_quality == pytest.approx(quality, abs=1e-6)
    assert found.annotator_weights == pytest.approx([0.563636, 0.418182, 0.520000], abs=1e-6)
    assert found.model_weight == pytest.approx(1.581139, abs=1e-6)
    same = given == found.consensus
    assert found.given_quality[same] == pytest.approx(found.quality[same])
    assert (found.given_quality[[1, 3]] < found.quality[[1, 3]]).all()
    assert np.isnan(found.given_quality).tolist() == (given < 0).tolist()


def test_one_probability_by_hand() -> None:
    # P = 41 / 48 by the shares of the toy's items that name the consensus:
    # 1, 2/3, 1, 1/2, 1, 2/3, 1, 1. Of eight items, five are not of the commonest class, 0 or 2.
    table, probs = toy()
    found = run(table, probs)
    right = (5 + 2 * 2 / 3 + 1 / 2) / 8
    wrong = (1 - right) / 2
    model, (ann, bob, cid) = found.model_weight, found.annotator_weights
    expected = (model * 0.6 + ann * right + bob * wrong + cid * right) / (model + ann + bob + cid)
    assert found.quality[1] == pytest.approx(expected)
    # Beside the labels of annotator 0 stand eleven of others, of which eight say the same.
    assert ann == pytest.approx(1 - (1 - 8 / 11) / (5 / 8))


@pytest.mark.parametrize("seed", range(12))
def test_it_is_what_cleanlab_finds(seed: int) -> None:
    multiannotator = pytest.importorskip("cleanlab.multiannotator")
    rng = np.random.default_rng(seed)
    n_items, n_annotators, n_classes = 200, int(rng.integers(2, 7)), int(rng.integers(2, 6))
    truth = rng.integers(0, n_classes, n_items)
    wrong = rng.random((n_items, n_annotators)) < rng.uniform(0.05, 0.6, n_annotators)
    table = np.where(wrong, rng.integers(0, n_classes, wrong.shape), truth[:, None])
    silent = rng.random(table.shape) < 0.4
    silent[np.arange(n_items), rng.integers(0, n_annotators, n_items)] = False
    table = np.where(silent, NONE, table).astype(np.int32)
    raw = rng.random((n_items, n_classes)) + 2 * np.eye(n_classes)[truth] * rng.random((n_items, 1))
    probs = raw / raw.sum(axis=1, keepdims=True)
    found = run(table, probs)
    expected = multiannotator.get_label_quality_multiannotator(
        np.where(table < 0, np.nan, table), probs, return_weights=True, verbose=False
    )
    assert found.consensus.tolist() == expected["label_quality"]["consensus_label"].tolist()
    assert found.quality == pytest.approx(
        expected["label_quality"]["consensus_quality_score"].to_numpy(), abs=1e-12
    )
    assert found.model_weight == pytest.approx(expected["model_weight"])
    assert found.annotator_weights == pytest.approx(expected["annotator_weight"])
    quality = expected["annotator_stats"]["annotator_quality"].sort_index()
    assert found.annotator_quality == pytest.approx(quality.to_numpy(), abs=1e-12)


def test_an_annotator_who_shares_no_item_has_no_quality() -> None:
    table = np.array([[0, 0, NONE], [1, 1, NONE], [0, 1, NONE], [NONE, NONE, 1]], dtype=np.int32)
    probs = np.array([[0.8, 0.2], [0.1, 0.9], [0.7, 0.3], [0.4, 0.6]])
    found = run(table, probs)
    assert np.isnan(found.annotator_quality).tolist() == [False, False, True]
    assert found.annotator_weights[2] == found.annotator_weights[0] == found.annotator_weights[1]
