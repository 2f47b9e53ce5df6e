"""Which classes the judgements of one item name together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ClassAgreement:
    """How far annotators agree on each class, all of shape ``(n_classes,)``.

    Attributes
    ----------
    judgements
        Judgements of it, of items with two or more.
    agreement
        Of the other judgements of an item that one calls so, the share that does, too; NaN for a
        class that nobody names.
    alpha
        Krippendorff's alpha of the class against all others; NaN where no or every judgement
        names it.
    rival
        Class that is named most often instead; ``-1`` for none.
    """

    judgements: NDArray[np.int64]
    agreement: Floats
    alpha: Floats
    rival: NDArray[np.int64]


def coincidence_cells(votes: csr_array) -> csr_array:
    """Return the coincidences of classes in each row of votes.

    Parameters
    ----------
    votes
        Judgements for each class, two or more in a row, shape ``(n_rows, n_classes)``.

    Returns
    -------
    Pairs of judgements of the row, adding up to its judgements, of class k and then l at column
    ``k * n_classes + l``, shape ``(n_rows, n_classes ** 2)``.
    """
    n_rows, n_classes = votes.shape
    lengths = np.diff(votes.indptr).astype(np.int64)
    starts = np.repeat(votes.indptr[:-1].astype(np.int64), lengths)
    beside = np.repeat(lengths, lengths)
    first = np.repeat(np.arange(votes.nnz), beside)
    offsets = np.arange(len(first)) - np.repeat(np.cumsum(beside) - beside, beside)
    other = np.repeat(starts, beside) + offsets
    rows = np.repeat(np.repeat(np.arange(n_rows), lengths), beside)
    ones, others = votes.data[first].astype(np.float64), votes.data[other]
    pairs = ones * np.where(first == other, others - 1, others)
    columns = votes.indices[first].astype(np.int64) * n_classes + votes.indices[other]
    of_row = votes.sum(axis=1)[rows] - 1
    return csr_array((pairs / of_row, (rows, columns)), shape=(n_rows, n_classes**2))


def class_agreement(votes: csr_array, items: NDArray[np.int64]) -> ClassAgreement:
    """Return how far annotators agree on each class.

    Parameters
    ----------
    votes
        Judgements for each class, two or more in a row, shape ``(n_rows, n_classes)``.
    items
        Items that were judged so, shape ``(n_rows,)``.

    Examples
    --------
    Ten items called a cat twice, and ten called a cat and a dog:

    >>> found = class_agreement(csr_array(np.array([[2, 0], [1, 1]])), np.array([10, 10]))
    >>> found.agreement.round(3).tolist(), found.rival.tolist()
    ([0.667, 0.0], [1, 0])
    """
    weights = items / (votes.sum(axis=1) - 1)
    by_class = votes.T @ items.astype(np.float64)
    together = (votes.T @ (votes * weights[:, None])).tocsr()
    same = together.diagonal() - votes.T @ weights
    total, n_classes = by_class.sum(), votes.shape[1]
    agreement, alpha = np.full(n_classes, np.nan), np.full(n_classes, np.nan)
    np.divide(same, by_class, out=agreement, where=by_class > 0)
    chance = by_class * (total - by_class)
    np.divide((total - 1) * (by_class - same), chance, out=alpha, where=chance > 0)
    return ClassAgreement(
        by_class.round().astype(np.int64), np.maximum(agreement, 0), 1 - alpha, _rivals(together)
    )


def disputed_pairs(
    votes: csr_array, items: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs of classes that some items are both called, and on how many items.

    Parameters
    ----------
    votes, items
        As of `class_agreement`.
    """
    named = (votes > 0).astype(np.int64).tocsr()
    both = (named.T @ (named * items[:, None])).tocoo()
    pair = both.row < both.col
    return both.row[pair].astype(np.int64), both.col[pair].astype(np.int64), both.data[pair]


def _rivals(together: csr_array) -> NDArray[np.int64]:
    """Return the column of each row's largest cell off the diagonal; ``-1`` for none."""
    cells = together.tocoo()
    off = (cells.row != cells.col) & (cells.data > 0)
    rows, columns, amounts = cells.row[off], cells.col[off], cells.data[off]
    found = np.full(together.shape[0], -1, dtype=np.int64)
    order = np.lexsort((columns, -amounts, rows))
    first = order[np.unique(rows[order], return_index=True)[1]]
    found[rows[first]] = columns[first]
    return found
