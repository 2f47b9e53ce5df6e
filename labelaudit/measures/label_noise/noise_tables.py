"""The tables of label noise: what is suspected by class, by split and by pair of classes."""

import numpy as np
from numpy.typing import NDArray

from labelaudit.inputs.label_judgement import Judgement
from labelaudit.report import Table
from labelaudit.statistics.label_issues.class_quality import class_quality, overlapping_pairs
from labelaudit.statistics.label_issues.evidence import Evidence
from labelaudit.statistics.label_issues.filters import estimated_joint
from labelaudit.tabulate import ranked_table


def share_table(
    name: str,
    names: tuple[str, ...],
    codes: NDArray[np.int32],
    judgement: Judgement,
) -> Table:
    """Return what is suspected for each class or split, the largest share first."""

    def count(rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(codes[rows & (codes >= 0)], minlength=len(names))

    judged, wrong = count(judgement.judged), count(judgement.suspected)
    disagreed = count(judgement.judged & (judgement.margin < 0))
    tries = np.where(judged > 0, judged, np.nan)
    columns = (
        (name, "", names),
        ("judged", "count", judged),
        ("suspected", "count", wrong),
        ("likely", "count", count(judgement.likely)),
        ("share", "share", wrong / tries),
        ("disagreement_share", "share", disagreed / tries),
        ("expected_error_share", "share", _sums(codes, judgement, len(names)) / tries),
    )
    order = np.lexsort((np.arange(len(names)), -np.nan_to_num(wrong / tries, nan=-1.0)))
    return ranked_table(f"per_{name}", f"Suspected by {name}", columns, order)


def _sums(codes: NDArray[np.int32], judgement: Judgement, n: int) -> NDArray[np.float64]:
    """Return the expected errors of each class or split; NaN where the model cannot tell."""
    if not judgement.tells_errors:
        return np.full(n, np.nan)
    known = judgement.judged & (codes >= 0)
    sums = np.bincount(codes[known], judgement.error_probability[known], minlength=n)
    return sums.astype(np.float64)


def transition_table(
    labels: NDArray[np.int32], judgement: Judgement, class_names: tuple[str, ...]
) -> Table:
    """Return how many suspected items go from each given to each suggested class."""
    suspected = judgement.suspected
    pairs = np.stack([labels[suspected], judgement.suggested[suspected]])
    (given, other), counts = np.unique(pairs, axis=1, return_counts=True)
    columns = (
        ("given", "", [class_names[code] for code in given]),
        ("suggested", "", [class_names[code] for code in other]),
        ("count", "count", counts),
    )
    order = np.lexsort((other, given, -counts))
    return ranked_table("transitions", "From given to suggested class", columns, order)


def quality_table(evidence: Evidence, class_names: tuple[str, ...]) -> Table:
    """Return the quality of the labels of each class by confident learning, the worst first."""
    found = class_quality(estimated_joint(evidence))
    columns = (
        ("class", "", class_names),
        ("wrong", "count", found.wrong),
        ("missed", "count", found.missed),
        ("label_quality", "share", found.quality),
        ("label_noise", "share", found.noise),
        ("inverse_label_noise", "share", found.inverse_noise),
    )
    order = np.lexsort((np.arange(len(class_names)), np.nan_to_num(found.quality, nan=2.0)))
    title = "Label quality by confident learning, which takes mistakes of the model for noise, too"
    return ranked_table("class_quality", title, columns, order)


def overlap_table(evidence: Evidence, class_names: tuple[str, ...]) -> Table:
    """Return the pairs of classes that are taken for each other, most often first."""
    pairs = overlapping_pairs(estimated_joint(evidence))
    columns = (
        ("class", "", [class_names[code] for code in pairs.first]),
        ("other", "", [class_names[code] for code in pairs.second]),
        ("count", "count", pairs.count),
        ("share", "share", pairs.share),
    )
    title = "Classes taken for each other, by confident learning"
    return ranked_table("overlapping_classes", title, columns, np.arange(len(pairs.count)))
