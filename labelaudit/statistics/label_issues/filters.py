"""Seven rules by which labels are flagged."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from labelaudit.statistics.label_issues.blocks import Blocks
from labelaudit.statistics.label_issues.evidence import Evidence
from labelaudit.statistics.label_issues.joint import Joint, calibrated_joint
from labelaudit.statistics.label_issues.largest import largest_margins
from labelaudit.statistics.label_issues.per_item import by_class
from labelaudit.statistics.label_issues.scores import label_scores

Filter = Literal[
    "prune_by_noise_rate",
    "prune_by_class",
    "both",
    "confident_learning",
    "predicted_neq_given",
    "low_self_confidence",
    "low_normalized_margin",
]
Count = Literal["off_diagonal", "off_diagonal_calibrated"]


def flag_labels(
    evidence: Evidence,
    blocks: Blocks,
    *,
    filter_by: Filter = "prune_by_noise_rate",
    frac_noise: float = 1.0,
    min_examples_per_class: int = 1,
    n_issues: Count | int = "off_diagonal",
) -> NDArray[np.bool_]:
    """Flag the labels that a rule finds doubtful.

    All rules but the two ``low_`` ones leave out labels whose class is the most probable one, to
    within 1e-6.

    Parameters
    ----------
    evidence
        What the probabilities say of each label.
    blocks
        Out-of-sample probabilities, the same again.
    filter_by
        ``prune_by_noise_rate``: of the items given class k, for each other class j, the
        ``C[k, j]`` with the largest margin p(j) - p(k), where C is the calibrated joint.
        ``prune_by_class``: of the items given class k, those with the lowest p(k), as many as C
        has off the diagonal. ``both``: what both of these flag. ``confident_learning``: items off
        the diagonal of the confident joint. ``predicted_neq_given``: items of which another class
        is the most probable. ``low_self_confidence``, ``low_normalized_margin``: the ``n_issues``
        lowest scores.
    frac_noise
        The part of what C has off its diagonal to flag, in ``[0, 1]``; for the first three rules.
    min_examples_per_class
        How many items to leave in each class; classes with as few, or with one item, are not
        flagged at all; for the first three rules.
    n_issues
        How many to flag by the two ``low_`` rules: as many as ``confident_learning`` does, as many
        as C has off its diagonal, or a number.

    Returns
    -------
    Whether each item is flagged, shape ``(n_samples,)``; never those that were not judged.

    References
    ----------
    Northcutt, Jiang and Chuang, Confident Learning, JAIR 70, 2021, section 3.2. The defaults, and
    what few items a class keeps, are cleanlab's.
    """
    if filter_by == "confident_learning":
        return evidence.off_diagonal
    if filter_by == "predicted_neq_given":
        return _disagreeing(evidence)
    if filter_by == "low_self_confidence":
        return flag_lowest(evidence.own, _how_many(evidence, n_issues), evidence)
    if filter_by == "low_normalized_margin":
        scores = label_scores(evidence.given, blocks, "normalized_margin")
        return flag_lowest(scores, _how_many(evidence, n_issues), evidence)
    kept = kept_joint(evidence, frac_noise, min_examples_per_class)
    flagged = _disagreeing(evidence)
    if filter_by != "prune_by_noise_rate":
        flagged &= _lowest_of_classes(evidence, kept, min_examples_per_class)
    if filter_by != "prune_by_class":
        quota = np.where(_is_prunable(evidence, min_examples_per_class)[:, None], kept, 0)
        np.fill_diagonal(quota, 0)
        flagged &= largest_margins(evidence, blocks, quota)
    return flagged


def estimated_joint(evidence: Evidence) -> Joint:
    """Return the calibrated joint: items by given and estimated true class, whole numbers."""
    return calibrated_joint(evidence.joint, evidence.counts, evidence.sort_kind)


def kept_joint(
    evidence: Evidence, frac_noise: float = 1.0, min_examples_per_class: int = 1
) -> NDArray[np.int64]:
    """Return the calibrated joint with at least so many items on the diagonal, as a matrix.

    What the diagonal gains is taken evenly from the other entries of the row that are not zero;
    then only a part of these is left, and the diagonal gains the rest.
    """
    joint = estimated_joint(evidence).dense()
    diagonal = joint.diagonal()
    raised = np.maximum(diagonal, min_examples_per_class)
    n_others = np.maximum(np.count_nonzero(joint, axis=1) - 1.0, 1.0)
    whole = np.maximum(joint - ((raised - diagonal) / n_others)[:, None], 0)
    np.fill_diagonal(whole, raised)
    part: NDArray[np.float64] = whole * frac_noise
    np.fill_diagonal(part, raised)
    np.fill_diagonal(part, raised + (whole - part).sum(axis=1))
    return part.astype(np.int64)


def _disagreeing(evidence: Evidence) -> NDArray[np.bool_]:
    """Tell of which items another class than the given one is the most probable."""
    flagged: NDArray[np.bool_] = evidence.given >= 0
    flagged &= ~evidence.agrees
    return flagged


def _is_prunable(evidence: Evidence, min_examples_per_class: int) -> NDArray[np.bool_]:
    """Tell which classes have enough items to flag some of them."""
    return evidence.counts > max(min_examples_per_class, 1)


def _lowest_of_classes(
    evidence: Evidence, kept: NDArray[np.int64], min_examples_per_class: int
) -> NDArray[np.bool_]:
    """Flag in each class the lowest probabilities of it, but for as many as the diagonal has."""
    flagged = np.zeros(len(evidence.given), dtype=bool)
    order, starts = by_class(evidence.given, len(kept))
    for k in np.flatnonzero(_is_prunable(evidence, min_examples_per_class)):
        members = order[starts[k] : starts[k + 1]]
        n_flagged = max(0, len(members) - kept[k, k])
        lowest = np.argsort(evidence.own[members], kind=evidence.sort_kind)[:n_flagged]
        flagged[members[lowest]] = True
    return flagged


def flag_lowest(
    scores: NDArray[np.floating], n_lowest: int, evidence: Evidence
) -> NDArray[np.bool_]:
    """Flag the lowest scores; of equals, those that a whole sort puts first."""
    n_lowest = min(n_lowest, int(evidence.counts.sum()))
    if n_lowest == 0:
        return np.zeros(len(scores), dtype=bool)
    bar = np.partition(scores, n_lowest - 1)[n_lowest - 1]
    flagged: NDArray[np.bool_] = scores < bar
    equal, n_left = np.flatnonzero(scores == bar), n_lowest - int(flagged.sum())
    if len(equal) > n_left and evidence.sort_kind is None:
        flagged[np.argsort(scores)[:n_lowest]] = True
    else:
        flagged[equal[:n_left]] = True
    return flagged


def _how_many(evidence: Evidence, n_issues: Count | int) -> int:
    if n_issues == "off_diagonal":
        return int(evidence.off_diagonal.sum())
    if n_issues == "off_diagonal_calibrated":
        return estimated_joint(evidence).n_off_diagonal
    return n_issues
