"""The consensus of annotators and a classifier, each weighted by what it adds to guessing.

Every annotator is one voter of the right label with probability P (the same for all), and the
classifier another voter with its probabilities. Weights compare their errors with those of
always guessing the commonest class.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.statistics.votes import Votes, votes_for

LEAST = 1e-6
Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Probabilities = Callable[[], Iterator[tuple[Codes, NDArray[np.floating]]]]


@dataclass(frozen=True, slots=True, eq=False)
class Crowdlab:
    """The consensus, and how good labels and annotators are.

    Attributes
    ----------
    consensus
        Consensus class of each item, shape ``(n_items,)``.
    quality
        Probability of the consensus, in ``[0, 1]``, shape ``(n_items,)``.
    given_quality
        Probability of the label to compare with; NaN where there is none.
    annotator_quality
        In ``[0, 1]``, shape ``(n_annotators,)``; NaN for those who share no item with another.
    annotator_weights, model_weight
        Weight of a judgement of each annotator, and of the classifier.
    """

    consensus: Codes
    quality: Floats
    given_quality: Floats
    annotator_quality: Floats
    annotator_weights: Floats
    model_weight: float


@dataclass(frozen=True, slots=True, eq=False)
class _Weights:
    """What the posterior is made with: P, and the weights of annotators and classifier."""

    right: float
    annotators: Floats
    model: float


def crowdlab(votes: Votes, probabilities: Probabilities, given: NDArray[np.int32]) -> Crowdlab:
    """Find the consensus.

    Parameters
    ----------
    votes
        Judgements; every item has one at least, and some have two.
    probabilities
        Call it to go through blocks of items and their out-of-sample class probabilities,
        ``(n, n_classes)``; every item comes once.
    given
        A label of each item whose probability is wanted, too; ``-1`` for none.

    Notes
    -----
    With n_i judgements of item i, of which c_ik name class k, and sums over the items with two
    or more: P is the mean share of judgements that name the consensus; E is the error of always
    guessing the commonest consensus; A_j is the share of the other judgements of annotator j's
    items that name j's label; e is the share of items for which the classifier's first choice is
    not the consensus. Then w_j = max(1 - (1 - A_j) / E, 1e-6), the classifier's weight is
    w = max(1 - e / E, 1e-6) sqrt(mean n_i), and the probability of class k is

        (w p_ik + sum_j w_j [P if j names k, else (1 - P) / (K - 1)]) / (w + sum_j w_j).

    The consensus starts as the majority (ties: the more probable, then the rarer class), becomes
    the most probable class, and P, E, e and the probabilities are computed once more with it.
    The quality of an annotator is u times the mean probability of that one's labels and 1 - u
    times their agreement with the consensus, where u = w / (w + mean n_i times the mean w_j).

    References
    ----------
    Goh, Tkachenko and Mueller, CROWDLAB: Supervised learning to infer consensus labels and
    quality scores for data with multiple annotators, arXiv 2210.06812, 2022.
    """
    by_class = votes.by_class
    majority, guesses = _majority(by_class, probabilities)
    agreement = _agreement_with_others(votes, by_class)

    first = _weigh(by_class, majority, guesses, agreement)
    consensus = majority.copy()
    for items, posterior in _posteriors(votes, probabilities, first):
        rows, best = np.arange(len(items)), posterior.argmax(axis=1)
        tied = posterior[rows, majority[items]] == posterior[rows, best]
        consensus[items] = np.where(tied, majority[items], best)

    weights = _weigh(by_class, consensus, guesses, agreement)
    quality, given_quality = np.empty(votes.n_items), np.full(votes.n_items, np.nan)
    label_quality = np.zeros(votes.n_annotators)
    for items, posterior in _posteriors(votes, probabilities, weights):
        quality[items] = posterior[np.arange(len(items)), consensus[items]]
        known = np.flatnonzero(given[items] >= 0)
        given_quality[items[known]] = posterior[known, given[items[known]]]
        cells = votes.counts[items].tocoo()
        scores = cells.data * posterior[cells.row, votes.labels[cells.col]]
        label_quality += np.bincount(
            votes.annotators[cells.col], scores, minlength=votes.n_annotators
        )
    return Crowdlab(
        consensus=consensus,
        quality=quality,
        given_quality=given_quality,
        annotator_quality=_annotator_quality(votes, by_class, consensus, label_quality, weights),
        annotator_weights=weights.annotators,
        model_weight=weights.model,
    )


def _majority(by_class: csr_array, probabilities: Probabilities) -> tuple[Codes, Codes]:
    """Return the majority of each item, and the classifier's first choice."""
    majority = np.empty(by_class.shape[0], dtype=np.int64)
    guesses = np.empty_like(majority)
    rarity = -np.asarray(by_class.sum(axis=0)).ravel()
    for items, probs in probabilities():
        votes = by_class[items].toarray()
        tied = votes == votes.max(axis=1, keepdims=True)
        likely = np.where(tied, probs, -1)
        tied &= likely == likely.max(axis=1, keepdims=True)
        majority[items] = np.where(tied, rarity, -np.inf).argmax(axis=1)
        guesses[items] = probs.argmax(axis=1)
    return majority, guesses


def _agreement_with_others(votes: Votes, by_class: csr_array) -> Floats:
    """Return how far others name an annotator's labels; without others, the mean of the rest."""
    cells = votes.counts.tocoo()
    same = votes_for(by_class, cells.row, votes.labels[cells.col]) - 1
    others = np.asarray(by_class.sum(axis=1)).ravel()[cells.row] - 1
    who, n_annotators = votes.annotators[cells.col], votes.n_annotators
    agreed = np.bincount(who, cells.data * same, minlength=n_annotators)
    compared = np.bincount(who, cells.data * others, minlength=n_annotators)
    found = np.full(n_annotators, np.nan)
    np.divide(agreed, compared, out=found, where=compared > 0)
    found[np.isnan(found)] = np.nanmean(found)
    return found


def _weigh(by_class: csr_array, consensus: Codes, guesses: Codes, agreement: Floats) -> _Weights:
    """Return P and the weights for a consensus."""
    n_votes = np.asarray(by_class.sum(axis=1)).ravel()
    shared = np.flatnonzero(n_votes > 1)
    named = votes_for(by_class, shared, consensus[shared])
    commonest = np.bincount(consensus[shared]).max() / len(shared)
    guessing = max(1 - commonest, LEAST)
    error = np.mean(guesses[shared] != consensus[shared])
    return _Weights(
        right=float(np.mean(named / n_votes[shared])),
        annotators=np.maximum(1 - (1 - agreement) / guessing, LEAST),
        model=float(max(1 - error / guessing, LEAST) * np.sqrt(n_votes.mean())),
    )


def _posteriors(
    votes: Votes, probabilities: Probabilities, weights: _Weights
) -> Iterator[tuple[Codes, Floats]]:
    """Yield blocks of items and the probability of each class."""
    wrong = (1 - weights.right) / (votes.n_classes - 1)
    voices = weights.annotators[votes.annotators]
    for items, probs in probabilities():
        counts = votes.counts[items] * voices
        posterior = weights.model * probs.astype(np.float64)
        posterior += (weights.right - wrong) * (counts @ votes.one_hot).toarray()
        total = np.asarray(counts.sum(axis=1)).reshape(-1, 1)
        yield items, (posterior + wrong * total) / (weights.model + total)


def _annotator_quality(
    votes: Votes, by_class: csr_array, consensus: Codes, label_quality: Floats, weights: _Weights
) -> Floats:
    """Return the quality of each annotator from the summed probabilities of the labels."""
    cells = votes.counts.tocoo()
    n_votes = np.asarray(by_class.sum(axis=1)).ravel()
    who, n_annotators = votes.annotators[cells.col], votes.n_annotators
    shared = cells.data * (n_votes[cells.row] > 1)
    agrees = shared * (votes.labels[cells.col] == consensus[cells.row])
    n_judged, n_shared, n_agreed = (
        np.bincount(who, each, minlength=n_annotators) for each in (cells.data, shared, agrees)
    )
    of_model = weights.model / (weights.model + weights.annotators.mean() * n_votes.mean())
    found: Floats = np.full(n_annotators, np.nan)
    some = n_shared > 0
    found[some] = of_model * label_quality[some] / n_judged[some]
    found[some] += (1 - of_model) * n_agreed[some] / n_shared[some]
    return found
