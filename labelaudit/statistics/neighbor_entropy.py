"""How mixed the classes of an item's neighbors are."""

import numpy as np
from numpy.typing import NDArray

from labelaudit.blocks import row_blocks


def label_entropy(labels: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return the entropy of the classes in each row, in nats, 0 or more; NaN for an empty row.

    Parameters
    ----------
    labels
        Classes, ``-1`` for what does not count, shape ``(n, n_neighbors)``.

    Examples
    --------
    >>> label_entropy(np.array([[0, 0, 1, 1], [2, 2, 2, -1]])).round(6).tolist()
    [0.693147, 0.0]
    """
    found = np.empty(len(labels))
    for block in row_blocks(len(labels)):
        ranked = np.sort(labels[block], axis=1)
        n_rows, width = ranked.shape
        runs = np.zeros(ranked.shape, dtype=np.int64)
        np.cumsum(ranked[:, 1:] != ranked[:, :-1], axis=1, out=runs[:, 1:])
        places = np.arange(n_rows)[:, None] * width + runs
        counts = np.bincount(places.ravel(), (ranked >= 0).ravel(), minlength=ranked.size)
        counts = counts.reshape(n_rows, width)
        total = counts.sum(axis=1, keepdims=True)
        share = counts / np.where(total > 0, total, np.nan)
        logs = np.log(share, out=np.zeros_like(share), where=share > 0)
        found[block] = np.where(total[:, 0] > 0, np.abs((share * logs).sum(axis=1)), np.nan)
    return found
