"""The model of Dawid and Skene against their data, the definition in loops, and simulation."""

import math

import numpy as np
import pytest
from anesthetists import judgements
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from labelaudit.statistics import dawid_skene as module
from labelaudit.statistics.dawid_skene import DawidSkene, dawid_skene
from labelaudit.statistics.votes import Votes, count_votes

Judgements = list[tuple[int, int, int]]


def votes_of(judged: Judgements, n_items: int, n_classes: int) -> Votes:
    items, annotators, labels = np.array(judged).T
    return count_votes(items, annotators, labels.astype(np.int32), n_items, n_classes)


def posteriors(model: DawidSkene, votes: Votes) -> NDArray[np.float64]:
    return np.concatenate([found for _, found in model.posteriors(votes)])


def confusion(model: DawidSkene, votes: Votes, annotator: int) -> NDArray[np.float64]:
    found = np.zeros((votes.n_classes, votes.n_classes))
    for voice in np.flatnonzero(votes.annotators == annotator):
        found[:, votes.labels[voice]] = model.rates[voice]
    return found


def test_the_published_data_of_the_anesthetists() -> None:
    judged = judgements()
    assert len(judged) == 315
    votes = votes_of(judged, 45, 4)
    model = dawid_skene(votes)
    assert model.converged
    assert model.shares == pytest.approx([0.3996, 0.4220, 0.1118, 0.0667], abs=1e-4)
    assert model.log_likelihood == pytest.approx(-192.890881, abs=1e-6)
    assert model.accuracy == pytest.approx([0.8288, 0.7789, 0.7766, 0.8669, 0.8424], abs=1e-4)
    first = [[0.8895, 0.1105, 0, 0], [0.0706, 0.8764, 0.0530, 0]]
    first += [[0, 0.3388, 0.6612, 0], [0, 0, 0.5556, 0.4444]]
    assert confusion(model, votes, 0) == pytest.approx(np.array(first), abs=1e-4)
    found = posteriors(model, votes)
    unsure = {at + 1: row.max() for at, row in enumerate(found) if row.max() < 0.99}
    assert unsure == pytest.approx({7: 0.981, 35: 0.948, 38: 0.979}, abs=1e-3)
    majority = votes.by_class.toarray().argmax(axis=1)  # of a tie, the first
    differing = np.flatnonzero(found.argmax(axis=1) != majority)
    assert (differing + 1).tolist() == [2, 12, 36]
    assert (found.argmax(axis=1)[differing] + 1).tolist() == [4, 3, 4]
    assert (majority[differing] + 1).tolist() == [3, 2, 3]


def defined(
    judged: Judgements, n_items: int, n_annotators: int, n_classes: int, n_steps: int
) -> tuple[list[list[float]], float]:
    """Return posteriors and log likelihood after some steps, written from the definition."""
    classes = range(n_classes)
    posterior = []
    for i in range(n_items):
        mine = [label for item, _, label in judged if item == i]
        posterior.append([mine.count(k) / len(mine) for k in classes])
    log_likelihood = 0.0
    for _ in range(n_steps):
        shares = [sum(row[k] for row in posterior) / n_items for k in classes]
        rates = {}
        for j in range(n_annotators):
            for k in classes:
                mass = [0.0] * n_classes
                for item, annotator, label in judged:
                    if annotator == j:
                        mass[label] += posterior[item][k]
                for label in classes:
                    rates[j, k, label] = mass[label] / sum(mass) if sum(mass) else 0.0
        log_likelihood = 0.0
        for i in range(n_items):
            joint = [
                shares[k] * math.prod(rates[j, k, label] for item, j, label in judged if item == i)
                for k in classes
            ]
            log_likelihood += math.log(sum(joint))
            posterior[i] = [each / sum(joint) for each in joint]
    return posterior, log_likelihood


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=4),
        min_size=2,
        max_size=9,
    )
)
def test_it_is_expectation_maximization(units: list[list[tuple[int, int]]]) -> None:
    judged = [(item, *vote) for item, unit in enumerate(units) for vote in unit]
    votes = votes_of(judged, len(units), 3)
    model = dawid_skene(votes)
    expected, log_likelihood = defined(judged, len(units), 3, 3, model.n_iterations)
    assert model.log_likelihood == pytest.approx(log_likelihood, rel=1e-9, abs=1e-9)
    assert posteriors(model, votes) == pytest.approx(np.array(expected), abs=1e-6)


def test_it_finds_the_rates_that_made_the_data() -> None:
    rng = np.random.default_rng(0)
    n_items, right = 4000, (0.95, 0.8, 0.6)
    truth = rng.choice(3, n_items, p=(0.5, 0.3, 0.2))
    judged = []
    for annotator, rate in enumerate(right):
        wrong = rng.random(n_items) > rate
        labels = np.where(wrong, (truth + rng.integers(1, 3, n_items)) % 3, truth)
        judged += [(item, annotator, label) for item, label in enumerate(labels.tolist())]
    votes = votes_of(judged, n_items, 3)
    model = dawid_skene(votes)
    assert model.accuracy == pytest.approx(right, abs=0.04)
    assert model.shares == pytest.approx([0.5, 0.3, 0.2], abs=0.03)
    consensus = posteriors(model, votes).argmax(axis=1)
    majority = votes.by_class.toarray().argmax(axis=1)
    assert (consensus == truth).mean() > (majority == truth).mean() + 0.02


def test_annotators_who_always_agree_are_perfect() -> None:
    judged = [(item, annotator, item % 2) for item in range(6) for annotator in range(2)]
    model = dawid_skene(votes_of(judged, 6, 3))
    assert model.converged
    assert model.accuracy.tolist() == [1, 1]
    assert model.shares.tolist() == [0.5, 0.5, 0]
    assert model.log_likelihood == pytest.approx(6 * math.log(0.5))


def test_it_says_when_it_has_not_converged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ITERATIONS", 3)
    model = dawid_skene(votes_of(judgements(), 45, 4))
    assert not model.converged
    assert model.n_iterations == 3
