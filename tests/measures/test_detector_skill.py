"""The skill of a detector where it is known, and its figures from the definition."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from made import embedded, numbers, rows
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.inputs.copies import copies, embedding_hashes
from labelaudit.inputs.label_judgement import judge
from labelaudit.inputs.neighbors import Neighbors, neighbors
from labelaudit.inputs.pred_probs import PredProbs, pred_probs, user_probs
from labelaudit.measures import Findings
from labelaudit.measures.label_noise.detector_skill import detector_skill
from labelaudit.progress import silent

NAMES = ("ant", "bee", "cow")


def clusters(n_items: int, apart: float) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return embeddings in three clouds, and their classes."""
    rng = np.random.default_rng(0)
    labels = (np.arange(n_items) % 3).astype(np.int32)
    vectors = rng.normal(size=(n_items, 8)) + apart * np.eye(3, 8)[labels]
    return vectors.astype(np.float32), labels


def skill(vectors: NDArray[np.float32], labels: NDArray[np.int32], seed: int = 0) -> Findings:
    embeddings = embedded(vectors)
    hashes = embedding_hashes(embeddings)
    same, near = copies(embeddings, hashes), neighbors(embeddings, 1, silent)
    probs = pred_probs(embeddings, near, same, labels, NAMES, hashes)
    return detector_skill(labels, NAMES, probs, seed, near, same, hashes)


def test_flips_among_clear_classes_are_found() -> None:
    vectors, labels = clusters(900, apart=8)
    found = skill(vectors, labels)
    values = numbers(found)
    assert values["class_flips_average_precision"] == pytest.approx(1, abs=1e-3)
    assert (values["class_flips_recall"] or 0) > 0.95
    assert values["class_flips_precision"] == 1
    # No neighbor is of another class, so there is none to flip to.
    assert values["neighbor_flips_recall"] is None
    assert [row["flipped"] for row in rows(found, "rules")] == [45, 45]


def test_flips_where_embeddings_say_little_are_not_found() -> None:
    vectors, labels = clusters(3000, apart=0.2)
    values = numbers(skill(vectors, labels))
    for kind in ("class_flips", "neighbor_flips"):
        ap = values[f"{kind}_average_precision"]
        assert ap is not None
        assert ap == pytest.approx(0.05, abs=0.02)  # one label of twenty is changed


def test_where_embeddings_say_nothing_no_skill_is_measured() -> None:
    vectors, labels = clusters(3000, apart=0)
    with pytest.raises(MissingInputError, match="no more than by chance"):
        skill(vectors, labels)


def test_between_the_two_flips_to_neighbors_are_the_harder_ones() -> None:
    vectors, labels = clusters(1500, apart=3)
    found = skill(vectors, labels)
    values = numbers(found)
    by_class, to_neighbors = (
        values[f"{kind}_average_precision"] or 0 for kind in ("class_flips", "neighbor_flips")
    )
    assert 0.3 < to_neighbors < by_class < 0.99
    for value in found.values:
        assert value.low is not None
        assert value.high is not None
        assert value.value is not None
        assert value.low <= value.value <= value.high
        assert value.high - value.low > 0.02


def test_another_seed_draws_other_flips() -> None:
    vectors, labels = clusters(900, apart=3)
    assert numbers(skill(vectors, labels)) != numbers(skill(vectors, labels, seed=1))


@dataclass
class Fake:
    """Probabilities of .7 for classes that a classifier sees; notes what it is refitted to."""

    seen: NDArray[np.int32]
    labels: NDArray[np.int32]
    changed: list[NDArray[np.int32]] = field(default_factory=list)

    def probs(self) -> PredProbs:
        return PredProbs(source="fake", blocks=self.blocks, refit=self.refit)

    def blocks(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        items = np.flatnonzero(self.labels >= 0)
        noise = np.random.default_rng(0).uniform(0.1, 0.2, (len(self.labels), 3))
        raw = (0.7 * np.eye(3)[self.seen] + noise)[items]
        yield items, np.log(raw / raw.sum(axis=1, keepdims=True)).astype(np.float32)

    def refit(self, changed: NDArray[np.int32]) -> PredProbs:
        self.changed.append(changed)
        return self.probs()


def ring(n_items: int) -> Neighbors:
    """Return the two next items of each as its neighbors."""
    at = np.arange(n_items)[:, None]
    indices = ((at + np.arange(1, 3)) % n_items).astype(np.int32)
    similar = np.tile(np.array([0.9, 0.8], dtype=np.float32), (n_items, 1))
    return Neighbors(indices=indices, similarities=similar)


def faked() -> tuple[Fake, Findings]:
    """Return the skill of a classifier that is wrong on every seventh item."""
    labels = (np.arange(400) % 3).astype(np.int32)
    labels[:4] = -1
    seen = np.where(np.arange(400) % 7 == 0, (labels + 1) % 3, labels).astype(np.int32)
    fake = Fake(np.where(labels < 0, 0, seen), labels)
    keys = np.random.default_rng(1).integers(2**64, size=400, dtype=np.uint64)
    found = detector_skill(labels, NAMES, fake.probs(), 0, ring(400), np.arange(400), keys)
    return fake, found


def test_one_label_of_twenty_is_changed_and_the_probabilities_made_again() -> None:
    fake, found = faked()
    assert found.parameters["refitted"] is True
    assert len(fake.changed) == 2
    for changed in fake.changed:
        assert (changed != fake.labels).sum() == 20
        assert (changed[:4] == -1).all()
        assert ((changed >= 0) == (fake.labels >= 0)).all()
    # The nearest neighbor, which counts for more, has the next class.
    at = np.flatnonzero(fake.changed[1] != fake.labels)
    assert fake.changed[1][at].tolist() == ((fake.labels[at] + 1) % 3).tolist()
    assert fake.changed[0].tolist() != fake.changed[1].tolist()


def test_the_figures_are_their_definitions() -> None:
    fake, found = faked()
    before = judge(fake.labels, 3, fake.probs())
    values = numbers(found)
    for kind, changed in zip(("class_flips", "neighbor_flips"), fake.changed, strict=True):
        after = judge(changed, 3, fake.probs())
        judged = [item for item in range(400) if fake.labels[item] >= 0]
        flips = [item for item in judged if changed[item] != fake.labels[item]]
        counted = dict.fromkeys(flips, 1.0)
        for item in judged:
            counted.setdefault(item, 1 - float(before.error_probability[item]))
        flagged = [item for item in judged if after.suspected[item]]
        n_found = sum(item in flips for item in flagged)
        precisions = []
        for item in flips:
            above = [other for other in judged if after.margin[other] <= after.margin[item]]
            hits = sum(other in flips for other in above)
            precisions.append(hits / sum(counted[other] for other in above))
        weight = sum(counted[item] for item in flagged)
        assert values[f"{kind}_recall"] == n_found / len(flips)
        assert values[f"{kind}_precision"] == pytest.approx(n_found / weight)
        assert values[f"{kind}_average_precision"] == pytest.approx(np.mean(precisions))
        name = {"class_flips": "by class", "neighbor_flips": "to neighbors"}[kind]
        row = next(
            row
            for row in rows(found, "rules")
            if row["flips"] == name and row["rule"] == "suspected"
        )
        assert row["precision_of_all"] == n_found / len(flagged)
        assert row["found"] == n_found


def test_with_given_probabilities_the_rule_alone_is_measured() -> None:
    labels = (np.arange(300) % 3).astype(np.int32)
    probs = user_probs(0.1 + 0.7 * np.eye(3)[labels], labels, "mine")
    found = detector_skill(labels, NAMES, probs, 0)
    assert found.parameters["refitted"] is False
    assert "measures the rule alone" in found.notes[1]
    assert numbers(found)["class_flips_recall"] == 1
    assert numbers(found)["neighbor_flips_recall"] is None
    again = detector_skill(labels, NAMES, probs, 0)
    assert numbers(again) == numbers(found)


def test_too_few_labels_are_refused() -> None:
    labels = (np.arange(36) % 3).astype(np.int32)
    probs = user_probs(0.1 + 0.7 * np.eye(3)[labels], labels, "mine")
    with pytest.raises(MissingInputError, match="fewer than 10 labels can be changed"):
        detector_skill(labels, NAMES, probs, 0)
