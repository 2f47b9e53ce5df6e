"""Statistics of class counts: how many, how even, how heavy."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.blocks import row_blocks

MANY: Final = 100
FEW: Final = 20
BETA: Final = 0.9999


def count_labels(
    labels: NDArray[np.int32], n_classes: int, splits: NDArray[np.int32], n_splits: int
) -> NDArray[np.int64]:
    """Count the labelled items of each class in each split.

    Returns
    -------
    Counts, shape ``(n_splits + 1, n_classes)``; the last row is of items in no split.
    """
    n_rows, n_columns = n_splits + 1, n_classes + 1
    counts = np.zeros(n_rows * n_columns, dtype=np.int64)
    for block in row_blocks(len(labels), 1 << 20):
        cells = (splits[block].astype(np.int64) + 1) * n_columns + labels[block] + 1
        counts += np.bincount(cells, minlength=len(counts))
    return np.roll(counts.reshape(n_rows, n_columns)[:, 1:], -1, axis=0)


def imbalance_statistics(counts: NDArray[np.int64]) -> dict[str, float | None]:
    """Return the statistics of class counts, None where one is undefined.

    Parameters
    ----------
    counts
        Items of every declared class, at least one in all, shape ``(n_classes,)``.
    """
    from scipy.stats import chi2

    n_items, n_classes = int(counts.sum()), len(counts)
    present = counts[counts > 0]
    share = present / n_items
    entropy = max(0.0, float(-(share * np.log(share)).sum()))
    lrid = max(0.0, float(2 * (present * np.log(n_classes * share)).sum()))
    ranks = 2 * np.arange(1, n_classes + 1) - n_classes - 1
    gini = float((ranks * np.sort(counts)).sum() / (n_classes * n_items))
    several = n_classes > 1
    return {
        "imbalance_ratio": float(counts.max() / counts.min()) if counts.min() else None,
        "nonempty_imbalance_ratio": float(present.max() / present.min()),
        "entropy": entropy,
        "evenness": float(entropy / np.log(n_classes)) if several else None,
        "effective_classes": float(np.exp(entropy)),
        "inverse_simpson": float(1 / (share**2).sum()),
        "gini": gini,
        "normalized_gini": gini * n_classes / (n_classes - 1) if several else None,
        "lrid": lrid,
        "lrid_per_sample": lrid / (2 * n_items),
        "balance_p_value": float(chi2.sf(lrid, n_classes - 1)) if several else None,
        "uniform_distance": float(np.abs(counts / n_items - 1 / n_classes).sum() / 2),
    }


def shots(counts: NDArray[np.int64]) -> NDArray[np.int8]:
    """Return 2 for a many-shot class (over 100 items), 1 for medium, 0 for few (under 20)."""
    return (counts >= FEW).astype(np.int8) + (counts > MANY).astype(np.int8)


def class_balanced_weights(counts: NDArray[np.int64], beta: float = BETA) -> NDArray[np.float64]:
    """Return the class-balanced weights of Cui et al. (2019), NaN for an empty class.

    A class of n items weighs ``(1 - beta) / (1 - beta**n)``, scaled to average 1 over the
    classes that have items.
    """
    present = counts > 0
    weights = np.full(len(counts), np.nan)
    weights[present] = -(1 - beta) / np.expm1(counts[present] * np.log(beta))
    scale: float = present.sum() / weights[present].sum()
    return weights * scale
