import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from labelaudit.blocks import MOST_CELLS
from labelaudit.embeddings import Embeddings
from labelaudit.errors import MissingInputError
from labelaudit.inputs.copies import copies, embedding_hashes
from labelaudit.inputs.neighbors import Neighbors, neighbors
from labelaudit.inputs.pred_probs import (
    PredProbs,
    embedding_views,
    log_votes,
    pred_probs,
    user_probs,
    vote_strengths,
)
from labelaudit.progress import silent
from labelaudit.statistics import linear_probe, mixture, refitted_probe

N = 240
CLASSES = ("ant", "bee", "cow", "none", "one")


def made() -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return three overlapping classes, one without items and one of a single item."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, N).astype(np.int32)
    vectors = rng.normal(size=(N, 6)) + 1.5 * np.eye(3, 6)[labels]
    labels[::10], labels[3] = -1, 4
    return vectors.astype(np.float32), labels


def embedded(vectors: NDArray[np.float32]) -> Embeddings:
    return Embeddings(
        vectors=vectors,
        present=np.arange(len(vectors)) % 17 != 5,
        model="test",
        model_sha256="0" * 64,
        preprocessing="none",
    )


def codes_of(embeddings: Embeddings) -> NDArray[np.int64]:
    return copies(embeddings, embedding_hashes(embeddings))


def computed(
    embeddings: Embeddings, labels: NDArray[np.int32], names: tuple[str, ...] = CLASSES
) -> PredProbs:
    return pred_probs(
        embeddings,
        neighbors(embeddings, 1, silent, codes_of(embeddings)),
        codes_of(embeddings),
        labels,
        names,
        embedding_hashes(embeddings),
    )


def gathered(found: PredProbs) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    blocks = list(found.blocks())
    items = np.concatenate([items for items, _ in blocks])
    return items, np.exp(np.concatenate([logs for _, logs in blocks]).astype(np.float64))


@pytest.mark.parametrize(("least_ratio", "most_change"), [(1.0, 0.03), (0.02, 0.15)])
def test_an_items_own_label_has_no_part_in_its_probabilities(
    monkeypatch: pytest.MonkeyPatch, least_ratio: float, most_change: float
) -> None:
    # But through the numbers that are tuned on all rows, which are held here, and the weights of
    # the other items, which all weigh 1 in the first case.
    monkeypatch.setattr(refitted_probe, "LEAST_RATIO", least_ratio)
    for module, name, value in (
        (linear_probe, "SHRINKAGES", 0.1),
        (linear_probe, "TEMPERATURES", 0.35),
        (mixture, "SHARES", 0.4),
        (mixture, "SHARPNESSES", 1.4),
    ):
        monkeypatch.setattr(module, name, (value,))
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 3, 300).astype(np.int32)
    centers = 0.3 * rng.normal(size=(3, 32))
    vectors = (centers[labels] + rng.normal(size=(300, 32))).astype(np.float32)
    embeddings = embedded(vectors)
    items, before = gathered(computed(embeddings, labels))
    for item in (3, 40, 120):
        changed = labels.copy()
        changed[item] = (labels[item] + 1) % 3
        after = gathered(computed(embeddings, changed))[1]
        row = int(np.flatnonzero(items == item)[0])
        assert np.abs(np.log(after[row]) - np.log(before[row])).max() < most_change


def test_each_usable_item_has_probabilities_that_sum_to_one() -> None:
    vectors, labels = made()
    embeddings = embedded(vectors)
    found = computed(embeddings, labels)
    items, probs = gathered(found)
    usable = (labels >= 0) & (labels < 3) & embeddings.present
    assert np.array_equal(items, np.flatnonzero(usable))
    assert np.allclose(probs.sum(axis=1), 1, atol=1e-5)
    assert (probs[:, 3] < 1e-6).all()
    assert (probs.argmax(axis=1) == labels[items]).mean() > 0.75
    assert "leave-one-out linear discriminant" in found.source
    again = gathered(found)
    assert np.array_equal(again[1], probs)


def test_order_of_the_items_does_not_matter() -> None:
    vectors, labels = made()
    embeddings = embedded(vectors)
    items, probs = gathered(computed(embeddings, labels))
    order = np.random.default_rng(1).permutation(N)
    shuffled = replace(embeddings, vectors=vectors[order], present=embeddings.present[order])
    found, others = gathered(computed(shuffled, labels[order]))
    back = np.argsort(order[found])
    assert np.array_equal(order[found][back], items)
    assert np.allclose(others[back], probs, atol=1e-4)


def test_only_labelled_neighbors_vote_the_nearest_with_strength_one() -> None:
    vectors, labels = made()
    embeddings = embedded(vectors)
    around = neighbors(embeddings, 1, silent)
    items = np.flatnonzero((labels >= 0) & (labels < 3) & embeddings.present)
    chosen, strengths = vote_strengths(around, codes_of(embeddings), labels, items)
    assert (labels[chosen[strengths > 0]] >= 0).all()
    assert (chosen[strengths > 0] >= 0).all()
    assert np.allclose(strengths.max(axis=1), 1)
    assert ((strengths >= 0) & (strengths <= 1)).all()


def test_a_mislabelled_copy_does_not_vouch_for_its_mistake() -> None:
    vectors, labels = made()
    item, twin = 1, 2
    vectors[item] = vectors[twin] = (0, 3, 0, 0, 0, 0)
    labels[item] = labels[twin] = 0
    embeddings = embedded(vectors)
    numbers = codes_of(embeddings)
    assert numbers[item] == numbers[twin]
    around = neighbors(embeddings, 1, silent)
    assert around.indices[item, 0] == twin
    counts = np.array([80, 80, 80, 0, 0])
    with_copies = log_votes(around, numbers, labels, np.array([item]), counts)
    without = log_votes(around, np.arange(N), labels, np.array([item]), counts)
    assert with_copies[0, 0] < without[0, 0]
    _, strengths = vote_strengths(around, numbers, labels, np.array([item]))
    assert strengths[0, 0] == 0
    items, probs = gathered(computed(embeddings, labels))
    assert probs[np.flatnonzero(items == item)[0]].argmax() == 1


def test_a_pile_of_copies_with_another_label_does_not_outvote_its_surroundings() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 150).astype(np.int32)
    vectors = 0.5 * rng.normal(size=(300, 6)) + 3 * np.eye(2, 6)[labels]
    vectors[:60], labels[:60] = 3 * np.eye(1, 6), 1  # in the middle of class 0
    embeddings = embedded(vectors.astype(np.float32))
    numbers = codes_of(embeddings)
    near = np.flatnonzero((labels == 0) & embeddings.present)
    counts = np.bincount(labels)
    without = neighbors(embeddings, 1, silent)
    outvoted = log_votes(without, numbers, labels, near, counts).argmax(axis=1) == 1
    assert outvoted.mean() > 0.4
    merged = neighbors(embeddings, 1, silent, numbers)
    assert (log_votes(merged, numbers, labels, near, counts).argmax(axis=1) == 0).mean() > 0.99
    # the label of the pile is wrong, and none of it vouches for it
    pile = np.arange(60)[embeddings.present[:60]]
    assert (log_votes(merged, numbers, labels, pile, counts).argmax(axis=1) == 0).all()


def test_worked_case_of_votes() -> None:
    around = Neighbors(
        indices=np.array([[1, 2, 3, -1], [0, 2, 3, -1]], dtype=np.int32),
        similarities=np.array([[0.9, 0.9, 0.85, -np.inf]] * 2, dtype=np.float32),
    )
    labels = np.array([0, 0, 1, 1], dtype=np.int32)
    counts = np.array([2, 2, 0])
    logs = log_votes(around, np.array([0, 1, 2, 3]), labels, np.array([0, 1]), counts)
    assert logs.shape == (2, 3)
    total = 2 + np.exp(-1)
    # votes of 1, 1 and exp(-0.05 / 0.05), and a twentieth of the frequencies
    assert np.allclose(np.exp(logs[0, 0]), 0.95 / total + 0.05 / 2)
    assert np.allclose(np.exp(logs[0, 1]), 0.95 * (1 + np.exp(-1)) / total + 0.05 / 2)
    assert np.isneginf(logs[:, 2]).all()


def test_item_that_no_neighbor_votes_on_has_the_frequencies() -> None:
    around = Neighbors(
        indices=np.array([[1], [0]], dtype=np.int32),
        similarities=np.ones((2, 1), dtype=np.float32),
    )
    labels = np.array([0, 1], dtype=np.int32)
    same = np.zeros(2, dtype=np.int64)
    logs = log_votes(around, same, labels, np.array([0, 1]), np.array([3, 1]))
    assert np.allclose(np.exp(logs), [[0.75, 0.25]] * 2)


def test_fewer_than_two_classes_of_two_have_none() -> None:
    vectors, labels = made()
    for kept in (labels == 0, np.isin(labels, (0, 4))):
        with pytest.raises(MissingInputError, match="fewer than two classes"):
            computed(embedded(vectors), np.where(kept, labels, -1).astype(np.int32))


@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
def test_the_users_own_are_normalized_and_never_zero(kind: str) -> None:
    probs = np.array([[0.25, 0.7505], [1, 0], [0.5, 0.5]], dtype=kind)
    items, found = gathered(user_probs(probs, np.array([0, 1, -1], dtype=np.int32), "mine"))
    assert items.tolist() == [0, 1]
    assert np.allclose(found[0], [0.25 / 1.0005, 0.7505 / 1.0005], atol=1e-3)
    assert np.allclose(found.sum(axis=1), 1, atol=1e-6)
    assert found[1, 1] == pytest.approx(1e-12, rel=1e-3)


@pytest.mark.slow
def test_many_classes_take_bounded_memory() -> None:
    rng = np.random.default_rng(0)
    n, n_classes = 12_000, 3000
    labels = (np.arange(n) % n_classes).astype(np.int32)
    vectors = rng.normal(size=(n_classes, 8))[labels] + 0.3 * rng.normal(size=(n, 8))
    around = Neighbors(
        indices=((np.arange(n)[:, None] + n_classes * np.arange(1, 4)) % n).astype(np.int32),
        similarities=np.full((n, 3), 0.5, dtype=np.float32),
    )
    embeddings = replace(embedded(vectors.astype(np.float32)), present=np.ones(n, dtype=bool))
    names = tuple(str(at) for at in range(n_classes))
    tracemalloc.start()
    hashes = embedding_hashes(embeddings)
    found = pred_probs(embeddings, around, np.arange(n), labels, names, hashes)
    right = sum(int((logs.argmax(axis=1) == labels[items]).sum()) for items, logs in found.blocks())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert right > 0.99 * n
    assert peak < 0.9 * 8 * n * n_classes  # of all probabilities in float64, which grow with n
    assert max(len(logs) * n_classes for _, logs in found.blocks()) <= MOST_CELLS


def test_the_same_items_are_tuned_on_however_they_are_sorted() -> None:
    rng = np.random.default_rng(11)
    n = 6000
    labels = np.sort(rng.integers(0, 3, n)).astype(np.int32)
    vectors = (rng.normal(size=(n, 6)) + 1.2 * np.eye(6)[labels]).astype(np.float32)
    tuned = []
    for taken in (np.arange(n), rng.permutation(n)):
        embeddings = replace(embedded(vectors[taken]), present=np.ones(n, dtype=bool))
        hashes = embedding_hashes(embeddings)
        codes = copies(embeddings, hashes)
        around = neighbors(embeddings, 1, silent, codes)
        views = embedding_views(embeddings, around, codes, labels[taken], CLASSES, hashes)
        tuned.append(set(taken[views.tuning].tolist()))
    assert tuned[0] == tuned[1]
    assert len(tuned[0]) < n
