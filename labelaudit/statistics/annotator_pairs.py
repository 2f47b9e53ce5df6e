"""How far each two annotators agree on the items that both judged."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class AnnotatorPairs:
    """Pairs of annotators that share enough items, all of shape ``(n_pairs,)``.

    Attributes
    ----------
    first, second
        Numbers of the two, the lower first.
    shared
        Items that both judged.
    same
        Those that both called the same.
    kappa
        Cohen's kappa; NaN where both say one class only, the same.
    """

    first: Codes
    second: Codes
    shared: Codes
    same: Codes
    kappa: Floats


def annotator_pairs(
    rows: Codes,
    annotators: Codes,
    labels: NDArray[np.int32],
    n_classes: int,
    least: int,
) -> AnnotatorPairs:
    """Compare each two annotators.

    Parameters
    ----------
    rows, annotators, labels
        Item, annotator and class of each judgement; nobody judges an item twice.
    n_classes
        Number of classes.
    least
        Items that two have to share.

    References
    ----------
    Cohen, A coefficient of agreement for nominal scales, Educational and Psychological
    Measurement 20, 1960.

    Examples
    --------
    >>> items, two = np.tile(np.arange(10), 2), np.repeat([0, 1], 10)
    >>> labels = np.int32([0] * 5 + [1] * 5 + [0] * 4 + [1] * 6)
    >>> found = annotator_pairs(items, two, labels, 2, 5)
    >>> found.same.tolist(), found.kappa.round(3).tolist()
    ([9], [0.8])
    """
    n_items, n_annotators = int(rows.max(initial=-1)) + 1, int(annotators.max(initial=-1)) + 1
    ones = np.ones(len(rows), dtype=np.int64)
    judged = csr_array((ones, (rows, annotators)), shape=(n_items, n_annotators))
    used, cells = np.unique(rows * n_classes + labels, return_inverse=True)
    named = csr_array((ones, (cells, annotators)), shape=(len(used), n_annotators))
    together = (judged.T @ judged).tocoo()
    enough = (together.row < together.col) & (together.data >= least)
    order = np.lexsort((together.col[enough], together.row[enough]))
    first, second, shared = (
        each[enough][order].astype(np.int64) for each in (together.row, together.col, together.data)
    )
    same = np.asarray((named.T @ named).tocsr()[first, second]).ravel() if len(first) else shared
    voices, columns = np.unique(annotators * n_classes + labels, return_inverse=True)
    said = csr_array((ones, (rows, columns)), shape=(n_items, len(voices)))
    chance = _chance((said.T @ judged).tocoo(), voices, n_classes, first, second)
    return AnnotatorPairs(first, second, shared, same, _kappa(same / shared, chance / shared**2))


def _chance(said: csr_array, voices: Codes, n_classes: int, first: Codes, second: Codes) -> Floats:
    """Return the sum over classes of how often each of a pair names it, multiplied.

    ``said`` has, by voice and annotator, on how many items that the annotator judged, too, the
    voice spoke.
    """
    n_annotators = said.shape[1]
    pairs = first * n_annotators + second
    speaker, label = voices[said.row] // n_classes, voices[said.row] % n_classes
    low, high = np.minimum(speaker, said.col), np.maximum(speaker, said.col)
    pair = low * n_annotators + high
    wanted = np.isin(pair, pairs) & (low < high)
    keys = pair[wanted] * n_classes + label[wanted]
    # A class that one of a pair alone names adds nothing; those that both name come twice.
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], said.data[wanted][order].astype(np.float64)
    both = np.flatnonzero(keys[1:] == keys[:-1])
    at = np.searchsorted(pairs, keys[both] // n_classes)
    products = np.bincount(at, counts[both] * counts[both + 1], minlength=len(pairs))
    return products.astype(np.float64)


def _kappa(agreement: Floats, chance: Floats) -> Floats:
    found = np.full(len(agreement), np.nan)
    np.divide(1 - agreement, 1 - chance, out=found, where=chance < 1)
    return 1 - found
