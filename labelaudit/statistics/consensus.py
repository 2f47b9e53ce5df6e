"""The consensus of each item: of annotators and a classifier, or of annotators alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelaudit.statistics.crowdlab import Crowdlab, Probabilities, crowdlab
from labelaudit.statistics.dawid_skene import DawidSkene
from labelaudit.statistics.votes import Votes, majority, votes_for


@dataclass(frozen=True, slots=True, eq=False)
class Consensus:
    """The consensus of each item, all of shape ``(n_items,)``.

    Attributes
    ----------
    labels
        Consensus class, ``-1`` for none.
    quality
        Its probability, in ``[0, 1]``; NaN where there is none.
    given_quality
        Probability of the label to compare with; NaN where there is none.
    has_classifier
        Whether a classifier had a vote.
    """

    labels: NDArray[np.int64]
    quality: NDArray[np.float64]
    given_quality: NDArray[np.float64]
    has_classifier: NDArray[np.bool_]


def annotators_consensus(model: DawidSkene, votes: Votes, given: NDArray[np.int32]) -> Consensus:
    """Return the most probable class of each item under the model of Dawid and Skene.

    Parameters
    ----------
    model, votes
        The model and the judgements that it was fitted to.
    given
        Label to compare with, ``-1`` for none, shape ``(n_items,)``.
    """
    labels = np.empty(votes.n_items, dtype=np.int64)
    quality, given_quality = np.empty(votes.n_items), np.full(votes.n_items, np.nan)
    for block, posterior in model.posteriors(votes):
        rows = np.arange(len(posterior))
        labels[block] = posterior.argmax(axis=1)
        quality[block] = posterior[rows, labels[block]]
        compared = np.where(given[block] >= 0, posterior[rows, given[block]], np.nan)
        given_quality[block] = compared
    return Consensus(labels, quality, given_quality, np.zeros(votes.n_items, dtype=bool))


def votes_consensus(votes: Votes, given: NDArray[np.int32]) -> Consensus:
    """Return what most judgements of each item name, no class where two tie.

    The quality is the share of the judgements that name it.

    Parameters
    ----------
    votes
        Judgements.
    given
        Label to compare with, ``-1`` for none, shape ``(n_items,)``.
    """
    by_class = votes.by_class
    labels = majority(by_class).astype(np.int64)
    n_votes = np.asarray(by_class.sum(axis=1)).ravel()
    quality, given_quality = np.full(votes.n_items, np.nan), np.full(votes.n_items, np.nan)
    for named, share in ((labels, quality), (given, given_quality)):
        rows = np.flatnonzero(named >= 0)
        share[rows] = votes_for(by_class, rows, named[rows]) / n_votes[rows]
    return Consensus(labels, quality, given_quality, np.zeros(votes.n_items, dtype=bool))


def joint_consensus(
    plain: Consensus,
    votes: Votes,
    probabilities: Probabilities,
    given: NDArray[np.int32],
) -> tuple[Consensus, Crowdlab | None]:
    """Return the consensus by CROWDLAB of the items with probabilities, for the others another.

    Parameters
    ----------
    plain
        The consensus of items without probabilities.
    votes
        Judgements.
    probabilities
        Call it to go through blocks of items and their class probabilities.
    given
        Label to compare with, ``-1`` for none, shape ``(n_items,)``.

    Returns
    -------
    The consensus, and what CROWDLAB found of the items that have probabilities; None when no two
    annotators share one of these.
    """
    has = np.zeros(votes.n_items, dtype=bool)
    for items, _ in probabilities():
        has[items] = True
    inside, position = np.flatnonzero(has), np.cumsum(has) - 1
    known = votes.take(inside)
    if not (known.counts.sum(axis=1) > 1).any():
        return plain, None
    found = crowdlab(
        known,
        lambda: ((position[items], probs) for items, probs in probabilities()),
        given[inside],
    )
    both = Consensus(plain.labels.copy(), plain.quality.copy(), plain.given_quality.copy(), has)
    both.labels[inside] = found.consensus
    both.quality[inside] = found.quality
    both.given_quality[inside] = found.given_quality
    return both, found
