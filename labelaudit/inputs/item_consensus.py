"""What the annotators of each item, and a classifier where there is one, agree on."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from labelaudit.inputs import provider
from labelaudit.inputs.annotator_panel import AnnotatorPanel
from labelaudit.inputs.pred_probs import PredProbs
from labelaudit.statistics.consensus import (
    Consensus,
    annotators_consensus,
    joint_consensus,
    votes_consensus,
)
from labelaudit.statistics.crowdlab import Crowdlab
from labelaudit.statistics.dawid_skene import DawidSkene, dawid_skene
from labelaudit.statistics.votes import majority


@dataclass(frozen=True, slots=True, eq=False)
class ItemConsensus:
    """The consensus of the judged items, and what it was made with.

    Attributes
    ----------
    panel
        The judgements.
    given
        Label that is compared with it, ``-1`` for none, shape ``(len(panel.items),)``.
    is_majority_given
        Whether that is the majority of the judgements, as the manifest labels no item.
    most_named
        The majority of the judgements, ``-1`` for a tie.
    model
        The model of Dawid and Skene; None where nobody can be told apart.
    plain, joint
        The consensus of the annotators, and that with the classifier where it has a vote.
    crowd
        What CROWDLAB found; None without a classifier.
    probabilities
        Where the classifier's probabilities come from; None without.
    """

    panel: AnnotatorPanel
    given: NDArray[np.int32]
    is_majority_given: bool
    most_named: NDArray[np.int32]
    model: DawidSkene | None
    plain: Consensus
    joint: Consensus
    crowd: Crowdlab | None
    probabilities: str | None


@provider
def item_consensus(
    annotator_panel: AnnotatorPanel,
    labelled: NDArray[np.bool_],
    labels: NDArray[np.int32] | None = None,
    pred_probs: PredProbs | None = None,
) -> ItemConsensus:
    """Find the consensus: by CROWDLAB, by the model of Dawid and Skene, or by votes."""
    panel, votes = annotator_panel, annotator_panel.rated.votes
    most_named = majority(votes.by_class)
    given = most_named if labels is None else labels[panel.items]
    if panel.unrated:
        model, plain = None, votes_consensus(votes, given)
    else:
        model = dawid_skene(votes)
        plain = annotators_consensus(model, votes, given)
    joint, crowd = plain, None
    if pred_probs is not None:
        blocks = partial(_blocks, pred_probs, panel.items, len(labelled))
        joint, crowd = joint_consensus(plain, panel.weighed.votes, blocks, given)
    return ItemConsensus(
        panel=panel,
        given=given,
        is_majority_given=labels is None,
        most_named=most_named,
        model=model,
        plain=plain,
        joint=joint,
        crowd=crowd,
        probabilities=pred_probs.source if crowd and pred_probs else None,
    )


def _blocks(
    pred_probs: PredProbs, judged: NDArray[np.int64], n_samples: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Yield the probabilities of the judged items, numbered among themselves."""
    position = np.full(n_samples, -1, dtype=np.int64)
    position[judged] = np.arange(len(judged))
    for items, logs in pred_probs.blocks():
        rows = position[items]
        yield rows[rows >= 0], np.exp(logs[rows >= 0])
