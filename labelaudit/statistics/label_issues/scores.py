"""How well each label fits its probabilities: four scores, of which low ones are doubtful."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from labelaudit.statistics.label_issues.blocks import Blocks
from labelaudit.statistics.label_issues.per_item import by_item, strongest_other

Score = Literal[
    "logit_margin", "self_confidence", "normalized_margin", "confidence_weighted_entropy"
]


def label_scores(
    labels: NDArray[np.integer], blocks: Blocks, score: Score = "logit_margin"
) -> NDArray[np.floating]:
    """Score how well each label fits its probabilities; lower is more doubtful.

    Parameters
    ----------
    labels
        Given classes, ``-1`` when unlabelled, shape ``(n_samples,)``.
    blocks
        Out-of-sample probabilities.
    score
        ``logit_margin``: log probability of the given class less the largest of the others, in
        ``(-inf, inf)``; a probability of 0 counts as the smallest number above it.
        ``self_confidence``: probability of the given class, in ``[0, 1]``.
        ``normalized_margin``: that less the largest of the others, plus 1, halved, in ``[0, 1]``.
        ``confidence_weighted_entropy``: log(1 + e) / e of the normalized entropy divided by the
        probability of the given class, e; 1 at the limit of e = 0, in ``[0, 1]``.

    Returns
    -------
    Scores in the precision of the probabilities, NaN for items that were not judged.

    Examples
    --------
    >>> from labelaudit.statistics.label_issues.blocks import array_blocks
    >>> labels, probs = np.array([0, 0]), np.array([[1.0, 0.0], [0.25, 0.75]])
    >>> label_scores(labels, array_blocks(probs, labels), "normalized_margin").tolist()
    [1.0, 0.25]
    """
    scored = {
        "logit_margin": _logit_margin,
        "self_confidence": _self_confidence,
        "normalized_margin": _normalized_margin,
        "confidence_weighted_entropy": _confidence_weighted_entropy,
    }[score]
    return by_item(len(labels), blocks, lambda items, rows: scored(rows, labels[items]))


def _self_confidence(
    rows: NDArray[np.floating], given: NDArray[np.integer]
) -> NDArray[np.floating]:
    own: NDArray[np.floating] = rows[np.arange(len(rows)), given]
    return own


def _normalized_margin(
    rows: NDArray[np.floating], given: NDArray[np.integer]
) -> NDArray[np.floating]:
    _, rival = strongest_other(rows, given)
    margins: NDArray[np.floating] = (_self_confidence(rows, given) - rival + 1) / 2
    return margins


def _logit_margin(rows: NDArray[np.floating], given: NDArray[np.integer]) -> NDArray[np.floating]:
    own = _self_confidence(rows, given)
    _, rival = strongest_other(rows, given)
    least = np.finfo(rows.dtype).tiny
    margins: NDArray[np.floating] = np.log(np.maximum(own, least) / np.maximum(rival, least))
    return margins


def _confidence_weighted_entropy(
    rows: NDArray[np.floating], given: NDArray[np.integer]
) -> NDArray[np.floating]:
    least = np.finfo(rows.dtype).tiny
    entropy = -(rows * np.log(np.maximum(rows, least))).sum(axis=1) / np.log(rows.shape[1])
    own = _self_confidence(rows, given)
    weighted = np.maximum(entropy, 0) / np.maximum(own, least)
    fit: NDArray[np.floating] = np.ones_like(weighted)
    np.divide(np.log1p(weighted), weighted, out=fit, where=weighted > 0)
    fit[own <= 0] = 0
    return fit
