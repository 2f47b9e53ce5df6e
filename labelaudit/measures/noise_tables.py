"""The tables of label noise: what is suspected by class, by split and by pair of classes."""

import numpy as np
from numpy.typing import NDArray

from labelaudit.measures.confident_learning import Judgement
from labelaudit.report import Table
from labelaudit.tabulate import ranked_table


def share_table(
    name: str,
    names: tuple[str, ...],
    codes: NDArray[np.int32],
    judgement: Judgement,
    suspected: NDArray[np.bool_],
) -> Table:
    """Return what is suspected for each class or split, the largest share first."""

    def count(rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(codes[rows & (codes >= 0)], minlength=len(names))

    judged, wrong = count(judgement.judged), count(suspected)
    disagreed = count(judgement.judged & (judgement.margin < 0))
    tries = np.where(judged > 0, judged, np.nan)
    columns = (
        (name, "", names),
        ("judged", "count", judged),
        ("suspected", "count", wrong),
        ("share", "share", wrong / tries),
        ("disagreement_share", "share", disagreed / tries),
    )
    order = np.lexsort((np.arange(len(names)), -np.nan_to_num(wrong / tries, nan=-1.0)))
    return ranked_table(f"per_{name}", f"Suspected by {name}", columns, order)


def transition_table(
    labels: NDArray[np.int32],
    suggested: NDArray[np.int32],
    suspected: NDArray[np.bool_],
    class_names: tuple[str, ...],
) -> Table:
    """Return how many suspected items go from each given to each suggested class."""
    pairs = np.stack([labels[suspected], suggested[suspected]])
    (given, other), counts = np.unique(pairs, axis=1, return_counts=True)
    columns = (
        ("given", "", [class_names[code] for code in given]),
        ("suggested", "", [class_names[code] for code in other]),
        ("count", "count", counts),
    )
    order = np.lexsort((other, given, -counts))
    return ranked_table("transitions", "From given to suggested class", columns, order)
