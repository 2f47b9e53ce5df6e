"""Compare given labels with out-of-sample probabilities, with neighbors and with copies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelaudit.blocks import row_blocks
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.inputs.pred_probs import PredProbs, vote_strengths


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judgement:
    """What the probabilities say of each item; items without probabilities hold NaN or -1.

    Attributes
    ----------
    margin
        Log probability of the given class less the largest of the others, ``(n_samples,)``.
    suggested
        The most probable class other than the given one.
    flagged
        Whether the item is off the diagonal of the confident joint.
    self_confidence
        Probability of the given class, in ``[0, 1]``.
    suggestion_confidence
        Probability of the suggested class, in ``[0, 1]``.
    """

    margin: NDArray[np.float32]
    suggested: NDArray[np.int32]
    flagged: NDArray[np.bool_]
    self_confidence: NDArray[np.float32]
    suggestion_confidence: NDArray[np.float32]

    @property
    def judged(self) -> NDArray[np.bool_]:
        """Whether each item has probabilities."""
        return self.suggested >= 0


def judge(labels: NDArray[np.int32], n_classes: int, pred_probs: PredProbs) -> Judgement:
    """Compare every label with its out-of-sample probabilities, in two passes over the blocks.

    Parameters
    ----------
    labels
        Given classes, ``-1`` when unlabelled, shape ``(n_samples,)``.
    n_classes
        Number of classes.
    pred_probs
        The probabilities.

    Returns
    -------
    Margin, suggestion and flag of each item.
    """
    thresholds = confident_thresholds(labels, n_classes, pred_probs)
    n = len(labels)
    judgement = Judgement(
        margin=np.full(n, np.nan, dtype=np.float32),
        suggested=np.full(n, -1, dtype=np.int32),
        flagged=np.zeros(n, dtype=bool),
        self_confidence=np.full(n, np.nan, dtype=np.float32),
        suggestion_confidence=np.full(n, np.nan, dtype=np.float32),
    )
    for items, logs in pred_probs.blocks():
        rows, given = np.arange(len(items)), labels[items]
        probs = np.exp(logs)
        own = logs[rows, given]
        confident = np.where(probs >= thresholds - 1e-6, probs, -1)
        guess = confident.argmax(axis=1)
        others = logs.copy()
        others[rows, given] = -np.inf
        suggested = others.argmax(axis=1)
        margin = own - others[rows, suggested]
        judgement.margin[items] = margin
        judgement.suggested[items] = suggested
        judgement.self_confidence[items] = probs[rows, given]
        judgement.suggestion_confidence[items] = probs[rows, suggested]
        judgement.flagged[items] = (confident[rows, guess] >= 0) & (guess != given) & (margin < 0)
    return judgement


def confident_thresholds(
    labels: NDArray[np.int32], n_classes: int, pred_probs: PredProbs
) -> NDArray[np.float64]:
    """Return the mean probability of each class over the items that have it; 2 without items."""
    sums, counts = np.zeros(n_classes), np.zeros(n_classes, dtype=np.int64)
    for items, logs in pred_probs.blocks():
        given = labels[items]
        own = np.exp(logs[np.arange(len(items)), given]).astype(np.float64)
        sums += np.bincount(given, own, minlength=n_classes)
        counts += np.bincount(given, minlength=n_classes)
    return np.where(counts > 0, sums / np.maximum(counts, 1), 2.0)


def outvoted(
    labels: NDArray[np.int32],
    suggested: NDArray[np.int32],
    neighbors: Neighbors,
    copies: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Tell for which items the neighbors vote for the suggested class over the given one."""
    out = np.zeros(len(labels), dtype=bool)
    for block in row_blocks(len(labels)):
        rows = np.arange(block.start, block.stop)
        around, strength = vote_strengths(neighbors, copies, labels, rows)
        for_given = (strength * (labels[around] == labels[rows, None])).sum(axis=1)
        for_suggested = (strength * (labels[around] == suggested[rows, None])).sum(axis=1)
        out[rows] = for_suggested > for_given
    return out


def proven_wrong(labels: NDArray[np.int32], copies: NDArray[np.int64]) -> int:
    """Count the labels that must be wrong: in each group of copies, all but the commonest.

    Examples
    --------
    >>> proven_wrong(np.array([0, 0, 1, 2, -1]), np.array([7, 7, 7, 8, 8]))
    1
    """
    known = (labels >= 0) & (copies >= 0)
    if not known.any():
        return 0
    pairs = np.stack([copies[known], labels[known]])
    (groups, _), counts = np.unique(pairs, axis=1, return_counts=True)
    starts = np.flatnonzero(np.diff(groups, prepend=groups[0] - 1))
    return int(counts.sum() - np.maximum.reduceat(counts, starts).sum())
