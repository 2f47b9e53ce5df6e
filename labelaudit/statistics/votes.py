"""Who gave which label to which item, as a sparse table."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """Judgements by item and by *voice*, an annotator together with a label that one gave.

    Voices that never spoke have no column, so the table grows with the judgements and not with
    annotators times classes.

    Attributes
    ----------
    counts
        How often each voice spoke of each item, shape ``(n_items, n_voices)``.
    annotators, labels
        Annotator and label of each voice, by annotator, then label, shape ``(n_voices,)``.
    n_classes
        Number of classes.
    """

    counts: csr_array
    annotators: NDArray[np.int64]
    labels: NDArray[np.int64]
    n_classes: int

    @property
    def n_items(self) -> int:
        """Number of items."""
        return int(self.counts.shape[0])

    @property
    def n_annotators(self) -> int:
        """Number of annotators, those up to the last who gave a label."""
        return int(self.annotators.max(initial=-1)) + 1

    @property
    def one_hot(self) -> csr_array:
        """The class of each voice as a matrix of ones, shape ``(n_voices, n_classes)``."""
        n_voices = len(self.labels)
        cells = (np.ones(n_voices), (np.arange(n_voices), self.labels))
        return csr_array(cells, shape=(n_voices, self.n_classes))

    @property
    def by_class(self) -> csr_array:
        """Judgements of each item for each class, shape ``(n_items, n_classes)``."""
        return (self.counts @ self.one_hot).tocsr()

    def take(self, items: NDArray[np.int64]) -> "Votes":
        """Return the votes on some items."""
        return Votes(self.counts[items], self.annotators, self.labels, self.n_classes)

    def by_annotator(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum one value a voice over the voices of each annotator, shape ``(n_annotators,)``."""
        summed = np.bincount(self.annotators, values, minlength=self.n_annotators)
        return summed.astype(np.float64)

    def pooled(self, voters: NDArray[np.int64]) -> "Votes":
        """Return the votes with annotators taken together, each as the voter of some number."""
        voices = voters[self.annotators] * self.n_classes + self.labels
        pooled, columns = np.unique(voices, return_inverse=True)
        cells = (np.ones(len(voices)), (np.arange(len(voices)), columns))
        counts = self.counts @ csr_array(cells, shape=(len(voices), len(pooled)))
        return Votes(
            counts.tocsr(), pooled // self.n_classes, pooled % self.n_classes, self.n_classes
        )


def count_votes(
    items: NDArray[np.int64],
    annotators: NDArray[np.int64],
    labels: NDArray[np.int32],
    n_items: int,
    n_classes: int,
) -> Votes:
    """Return the table of some judgements.

    Parameters
    ----------
    items, annotators, labels
        Item in ``[0, n_items)``, annotator and class of each judgement.
    n_items, n_classes
        Numbers of items and of classes.

    Examples
    --------
    >>> ann_bob = np.array([0, 1, 1])
    >>> votes = count_votes(np.array([0, 0, 1]), ann_bob, np.int32([1, 0, 0]), 2, 2)
    >>> votes.annotators.tolist(), votes.labels.tolist(), votes.counts.toarray().tolist()
    ([0, 1], [1, 0], [[1.0, 1.0], [0.0, 1.0]])
    """
    voices, columns = np.unique(annotators * n_classes + labels, return_inverse=True)
    cells = (np.ones(len(items)), (items, columns))
    counts = csr_array(cells, shape=(n_items, len(voices)))
    counts.sum_duplicates()
    return Votes(counts, voices // n_classes, voices % n_classes, n_classes)


def votes_for(
    by_class: csr_array, items: NDArray[np.int64], labels: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Return how many judgements of each of some items name a class of its own.

    Examples
    --------
    >>> votes_for(csr_array(np.array([[2.0, 1.0], [0.0, 3.0]])), np.array([1, 0]), np.array([1, 0]))
    array([3., 2.])
    """
    if not len(items):  # of no cells, a sparse array makes another
        return np.empty(0)
    return np.asarray(by_class[items, labels], dtype=np.float64).ravel()


def majority(by_class: csr_array) -> NDArray[np.int32]:
    """Return the class that most judgements of each item name; ``-1`` where two tie.

    Examples
    --------
    >>> majority(csr_array(np.array([[2, 1, 0], [1, 1, 0], [0, 0, 3]]))).tolist()
    [0, -1, 2]
    """
    cells = by_class.tocoo()
    most = by_class.max(axis=1).toarray().ravel()
    top = cells.data == most[cells.row]
    found = np.full(by_class.shape[0], -1, dtype=np.int32)
    found[cells.row[top]] = cells.col[top]
    found[np.bincount(cells.row[top], minlength=len(found)) > 1] = -1
    return found
