"""What went wrong in the tools that others use, and must not here.

Seven defects of cleanlab 2.9.0 are known. Two are of parts that labelaudit has not: what images
have in common beside their class, and Shapley values of items in quadratic memory.
"""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from made import numbers

from labelaudit import find_label_issues
from labelaudit.embeddings import Embeddings
from labelaudit.errors import InputError
from labelaudit.inputs.columns import Splits
from labelaudit.inputs.copies import copies, embedding_hashes
from labelaudit.inputs.neighbors import neighbors
from labelaudit.inputs.pred_probs import pred_probs
from labelaudit.measures.label_noise.label_noise import label_noise
from labelaudit.progress import silent
from labelaudit.statistics.label_issues.blocks import array_blocks
from labelaudit.statistics.label_issues.scores import label_scores


def test_forty_copies_of_which_one_has_another_label() -> None:
    """Subtracting an item's own vote gave a probability below 0, and the check was dropped."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(120, 8)).astype(np.float32)
    labels = np.repeat([0, 1, 2], 40).astype(np.int32)
    vectors[:40] = vectors[0]
    vectors[40:80, 0] += 6
    vectors[80:, 1] += 6
    labels[0] = 1
    embeddings = Embeddings(
        vectors=vectors,
        present=np.ones(120, dtype=bool),
        model="made",
        model_sha256="0" * 64,
        preprocessing="none",
    )
    hashes = embedding_hashes(embeddings)
    same = copies(embeddings, hashes)
    around = neighbors(embeddings, 1, silent)
    probs = pred_probs(embeddings, around, same, labels, ("ant", "bee", "cow"), hashes)
    judged = 0
    for items, logs in probs.blocks():
        judged += len(items)
        assert np.isfinite(logs).all()
        assert (logs <= 0).all()
        assert np.exp(logs.astype(np.float64)).sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert judged == 120
    no_splits = Splits((), np.full(120, -1, dtype=np.int32))
    found = label_noise(
        labels, ("ant", "bee", "cow"), probs, no_splits, around, same, file_copies=same
    )
    assert numbers(found)["proven_wrong_count"] == 1
    assert 0 in found.rankings[0].items


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_sure_and_right_is_not_the_worst_score(kind: str) -> None:
    """A probability of 1 for the given class had an entropy score of 0, which is the worst."""
    labels = np.zeros(3, dtype=np.int64)
    probs = np.array([[1, 0], [0.7, 0.3], [0, 1]], dtype=kind)
    scores = label_scores(labels, array_blocks(probs, labels), "confidence_weighted_entropy")
    assert scores[0] == 1
    assert scores[0] > scores[1] > scores[2]
    assert scores[2] == 0


@pytest.mark.parametrize("score", ["logit_margin", "self_confidence", "normalized_margin"])
def test_what_is_said_to_be_ranked_is(score: str) -> None:
    """Indices of a memory map came in the order of the dataset, not the worst first."""
    rng = np.random.default_rng(1)
    probs = rng.dirichlet(np.ones(4), size=500)
    labels = rng.integers(0, 4, 500)
    ranked = find_label_issues(  # type: ignore[call-overload]
        labels, probs, filter_by="predicted_neq_given", return_indices_ranked_by=score
    )
    scores = label_scores(labels, array_blocks(probs, labels), score)  # type: ignore[arg-type]
    assert len(ranked) > 100
    assert (np.diff(scores[ranked]) >= 0).all()
    assert (np.diff(ranked) < 0).any()


@pytest.mark.parametrize("filter_by", ["prune_by_noise_rate", "low_self_confidence"])
def test_a_memory_map_is_not_copied(tmp_path: Path, filter_by: str) -> None:
    """The way that was to save memory copied the whole map in the end."""
    rng = np.random.default_rng(2)
    shape = (60_000, 50)
    probs = np.lib.format.open_memmap(
        tmp_path / "probs.npy", mode="w+", dtype=np.float32, shape=shape
    )
    labels = rng.integers(0, 50, len(probs))
    probs[:] = 0.2 / 49
    probs[np.arange(len(probs)), np.where(rng.random(len(probs)) < 0.1, 0, labels)] = 0.8
    probs.flush()
    mapped = np.load(tmp_path / "probs.npy", mmap_mode="r")
    tracemalloc.start()
    flags = find_label_issues(labels, mapped, filter_by=filter_by)  # type: ignore[call-overload]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert flags.any()
    assert peak < mapped.nbytes / 2


def test_probabilities_that_are_nan_do_not_pass() -> None:
    """No comparison with NaN is true, so such a row was never flagged, and never named."""
    probs = np.full((30, 3), 1 / 3)
    probs[17] = np.nan
    with pytest.raises(InputError, match="1 rows hold NaN") as caught:
        find_label_issues(np.arange(30) % 3, probs)
    assert caught.value.details[0].startswith("row 17: nan")
