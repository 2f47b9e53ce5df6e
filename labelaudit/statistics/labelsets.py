"""Statistics of items with several labels each: labelsets and imbalance levels."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array


def labelset_sizes(label_matrix: csr_array) -> NDArray[np.int64]:
    """Return how many rows have each distinct set of labels, in no particular order.

    Parameters
    ----------
    label_matrix
        Boolean, shape ``(n, n_classes)``, column indices ascending in each row.
    """
    return np.bincount(labelset_codes(label_matrix))


def labelset_codes(label_matrix: csr_array) -> NDArray[np.int64]:
    """Return a number a row that rows with the same set of labels share, from 0 without gaps.

    Rows are numbered as in a trie, one label of each row at a time: exact, and linear in the
    number of labels but for sorting.

    Parameters
    ----------
    label_matrix
        Boolean, shape ``(n, n_classes)``, column indices ascending in each row.
    """
    n_rows, n_classes = label_matrix.shape
    starts, lengths = label_matrix.indptr[:-1], np.diff(label_matrix.indptr)
    codes, n_codes = np.zeros(n_rows, dtype=np.int64), 0
    rows, nodes = np.arange(n_rows), np.zeros(n_rows, dtype=np.int64)
    for depth in range(int(lengths.max(initial=-1)) + 1):
        ended = lengths[rows] == depth
        found, numbers = np.unique(nodes[ended], return_inverse=True)
        codes[rows[ended]] = n_codes + numbers
        n_codes += len(found)
        rows, nodes = rows[~ended], nodes[~ended]
        labels = label_matrix.indices[starts[rows] + depth]
        _, nodes = np.unique(nodes * n_classes + labels, return_inverse=True)
    return codes


def complexity(n_features: int, n_classes: int, n_labelsets: int) -> float:
    """Return the theoretical complexity score (TCS), ``ln(n_features n_classes n_labelsets)``.

    References
    ----------
    Charte and Charte, On the impact of dataset complexity and sampling strategy in multilabel
    classifiers performance, HAIS 2018.

    Examples
    --------
    >>> round(complexity(72, 6, 27), 6)
    9.364262
    """
    return math.log(n_features) + math.log(n_classes) + math.log(n_labelsets)


def imbalance_levels(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return IRLbl, the count of the most common label over that of each; NaN if it is empty."""
    levels = np.full(len(counts), np.nan)
    np.divide(counts.max(initial=0), counts, out=levels, where=counts > 0)
    return levels


def scumble_rows(label_matrix: csr_array, levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return SCUMBLE of each row: one less the geometric over the arithmetic mean of IRLbl.

    Over the row's own labels, as in the mldr package; 0 for a row without labels.

    Parameters
    ----------
    label_matrix
        Boolean, shape ``(n, n_classes)``.
    levels
        IRLbl of each label.
    """
    lengths = np.diff(label_matrix.indptr)
    found = np.zeros(len(lengths))
    filled = lengths > 0
    if filled.any():
        starts, size = label_matrix.indptr[:-1][filled], lengths[filled]
        cells = levels[label_matrix.indices]
        # Logarithms: the product of many imbalance levels overflows.
        geometric = np.exp(np.add.reduceat(np.log(cells), starts) / size)
        found[filled] = 1 - geometric / (np.add.reduceat(cells, starts) / size)
    return np.maximum(found, 0)


def mean_by_label(label_matrix: csr_array, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean score of the rows that have each label; NaN for an empty label."""
    n_classes = label_matrix.shape[1]
    cells = np.repeat(scores, np.diff(label_matrix.indptr))
    counts = np.bincount(label_matrix.indices, minlength=n_classes)
    sums = np.bincount(label_matrix.indices, weights=cells, minlength=n_classes)
    return np.divide(sums, counts, out=np.full(n_classes, np.nan), where=counts > 0)
