"""Statistics of class counts: how many, how even, how heavy."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.blocks import row_blocks

MANY: Final = 100
FEW: Final = 20
SMALLEST_P: Final = 1e-300
BETAS: Final = (0.9, 0.99, 0.999, 0.9999)


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

    The p-value is of Pearson's chi-squared, as that of LRID is wrong where classes are many: of
    equal classes with 20 items each on average it rejects 20 % at 10,000 classes, in place of
    5 %. One below 1e-300 is given as that, for it would soon be too small to be told from 0.

    Parameters
    ----------
    counts
        Items of every declared class, at least one in all, shape ``(n_classes,)``.
    """
    from scipy.special import chdtrc  # scipy.stats takes half a second to load

    n_items, n_classes = int(counts.sum()), len(counts)
    present = counts[counts > 0]
    share = present / n_items
    entropy = max(0.0, float(-(share * np.log(share)).sum()))
    lrid = max(0.0, float(2 * (present * np.log(n_classes * share)).sum()))
    ranks = 2 * np.arange(1, n_classes + 1) - n_classes - 1
    gini = float((ranks * np.sort(counts)).sum() / (n_classes * n_items))
    even = n_items / n_classes
    pearson = float(((counts - even) ** 2).sum() / even)
    several = n_classes > 1
    return {
        "imbalance_ratio": float(counts.max() / counts.min()) if counts.min() else None,
        "nonempty_imbalance_ratio": float(present.max() / present.min()),
        "entropy": entropy,
        "evenness": min(1.0, float(entropy / np.log(n_classes))) if several else None,
        "effective_classes": min(float(np.exp(entropy)), float(n_classes)),
        "inverse_simpson": min(float(1 / (share**2).sum()), float(n_classes)),
        "gini": gini,
        "normalized_gini": gini * n_classes / (n_classes - 1) if several else None,
        "lrid": lrid,
        "lrid_per_sample": lrid / (2 * n_items),
        "balance_p_value": max(float(chdtrc(n_classes - 1, pearson)), SMALLEST_P)
        if several
        else None,
        "uniform_distance": float(np.abs(counts / n_items - 1 / n_classes).sum() / 2),
    }


def shots(counts: NDArray[np.int64]) -> NDArray[np.int8]:
    """Return 2 for a many-shot class (over 100 items), 1 for medium, 0 for few (under 20)."""
    return (counts >= FEW).astype(np.int8) + (counts > MANY).astype(np.int8)


def effective_numbers(counts: NDArray[np.int64], beta: float) -> NDArray[np.float64]:
    """Return the effective number of items of each class, of Cui et al. (2019).

    It is ``(1 - beta**n) / (1 - beta)`` of n items: n while that is far below
    ``1 / (1 - beta)``, and never above.

    Examples
    --------
    >>> effective_numbers(np.array([0, 1, 10]), 0.9).round(7).tolist()
    [0.0, 1.0, 6.5132156]
    """
    effective: NDArray[np.float64] = -np.expm1(counts * np.log(beta)) / (1 - beta)
    return effective


def class_balanced_weights(counts: NDArray[np.int64], beta: float) -> NDArray[np.float64]:
    """Return the class-balanced weights of Cui et al. (2019), NaN for an empty class.

    A class weighs one over its effective number of items, scaled to average 1 over the classes
    that have items.
    """
    present = counts > 0
    weights = np.full(len(counts), np.nan)
    weights[present] = 1 / effective_numbers(counts[present], beta)
    scale: float = present.sum() / weights[present].sum()
    return weights * scale


def fewest_classes(counts: NDArray[np.int64], share: float) -> int:
    """Return how many of the largest classes hold a share of the items.

    Examples
    --------
    >>> fewest_classes(np.array([50, 30, 20]), 0.5), fewest_classes(np.array([49, 31, 20]), 0.5)
    (1, 2)
    """
    held = np.cumsum(np.sort(counts)[::-1])
    return int(np.searchsorted(held, share * held[-1])) + 1
