"""Leave-one-out ridge regression of many labels on embeddings, in closed form.

All labels share one Gram matrix and its eigenvectors. What a fit without an item predicts for it
follows from the fit with it and the item's leverage (Allen, 1974), so nothing is fitted twice and
no fold is drawn. Items of equal embedding are left out together, for a copy would vouch for its
own mistake.

A cell of unknown state has the mean of its label's known cells. That pulls the scores of a label
towards its mean the more of its cells are unknown: it changes their scale, hardly their order.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.blocks import row_blocks, rows_at_once
from labelaudit.statistics.linear_probe import FEW, Vectors

STRENGTHS = np.array([10 ** (step / 2) for step in range(-6, 4)])
LEAST_LEFT = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """What is known of the labels of items, and which items are copies of each other.

    Attributes
    ----------
    positive
        Ones where an item has a label, float32, shape ``(n, n_labels)``.
    unknown
        Ones where it is not known whether it has it, of the same shape and type.
    copies
        A number an item from 0 that items of equal embedding share, shape ``(n,)``.
    """

    positive: csr_array
    unknown: csr_array
    copies: NDArray[np.int64]

    def known_counts(self) -> NDArray[np.float64]:
        """Return how many cells of each label are known."""
        known: NDArray[np.float64] = len(self.copies) - self.unknown.sum(axis=0, dtype=np.float64)
        return known

    def means(self) -> NDArray[np.float64]:
        """Return the share of each label's known cells that are positive; 0 without any."""
        positive: NDArray[np.float64] = self.positive.sum(axis=0, dtype=np.float64)
        return positive / np.maximum(self.known_counts(), 1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ridge:
    """A fitted regression, from which any of its own items can be left out.

    Attributes
    ----------
    center
        Mean of the embeddings, shape ``(n_features,)``.
    weights
        One column a label, shape ``(n_features, n_labels)``.
    strengths
        Position in `STRENGTHS` of each label's penalty, shape ``(n_labels,)``.
    leverages
        Share of an item's prediction that comes from itself, shape ``(n, len(STRENGTHS))``.
    given
        The labels.
    """

    center: NDArray[np.floating]
    weights: NDArray[np.floating]
    strengths: NDArray[np.int64]
    leverages: NDArray[np.floating]
    given: "CenteredLabels"

    def scores(self, vectors: Vectors, rows: slice | NDArray[np.int64]) -> NDArray[np.floating]:
        """Return what a fit without an item, and without its copies, predicts for it.

        Parameters
        ----------
        vectors
            The embeddings that it was fitted on.
        rows
            Those to predict.

        Returns
        -------
        Shape ``(len(rows), n_labels)``; about 0 to 1, higher where the label is more probable.
        """
        fitted = (vectors[rows].astype(self.center.dtype) - self.center) @ self.weights
        leverage = self.leverages[rows][:, self.strengths]
        return left_out(fitted, leverage, *self.given.of_copies(rows)) + self.given.means


class CenteredLabels:
    """Labels less their means, as they stand and summed over copies.

    Parameters
    ----------
    cells
        The labels.
    kind
        Precision of what is returned.
    """

    def __init__(self, cells: Cells, kind: np.dtype[np.floating]) -> None:
        means, n = cells.means(), len(cells.copies)
        filled = cells.unknown.astype(kind)
        filled.data = means[filled.indices].astype(kind)
        self._filled = csr_array(cells.positive.astype(kind) + filled)
        self._copies = cells.copies
        self._sizes = np.bincount(cells.copies).astype(kind)
        to_groups = (np.ones(n, dtype=kind), (cells.copies, np.arange(n)))
        self._sums = csr_array(csr_array(to_groups, shape=(len(self._sizes), n)) @ self._filled)
        self.means = means.astype(kind)

    def rows(self, rows: slice) -> NDArray[np.floating]:
        """Return the labels of some items; 0 where they are unknown."""
        found: NDArray[np.floating] = self._filled[rows].toarray() - self.means
        return found

    def of_copies(
        self, rows: slice | NDArray[np.int64]
    ) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        """Return the sum of the labels over an item's copies and itself, and their number."""
        group = self._copies[rows]
        size = self._sizes[group, None]
        return self._sums[group].toarray() - size * self.means, size


def left_out(
    fitted: NDArray[np.floating],
    leverage: NDArray[np.floating],
    own: NDArray[np.floating],
    size: NDArray[np.floating],
) -> NDArray[np.floating]:
    """Return centered predictions without an item and its copies, from those with them.

    For k items of equal embedding with fitted value f, leverage h and labels that sum to y, the
    fit without them predicts ``(f - h y) / (1 - k h)``.
    """
    out: NDArray[np.floating] = fitted - leverage * own
    out /= np.maximum(1 - size * leverage, LEAST_LEFT)
    return out


def fit_ridge(vectors: Vectors, cells: Cells) -> Ridge:
    """Fit all labels, the penalty of each by its leave-one-out squared error.

    Parameters
    ----------
    vectors
        Embeddings, shape ``(n, n_features)``, of any precision; read in blocks of rows.
    cells
        The labels.

    Notes
    -----
    Beside its inputs, memory holds ``n_features`` by ``n_features``, ``n_features`` by
    ``n_labels`` and 10 numbers an item. Penalties are multiples of the mean eigenvalue of the
    Gram matrix. With few items for their features all is in double precision.
    """
    n, n_features = vectors.shape
    few = n < FEW * n_features
    kind: np.dtype[np.floating] = np.dtype(np.float64) if few else np.dtype(np.float32)
    given = CenteredLabels(cells, kind)
    center, gram, crossed = _moments(vectors, given, kind)
    values, axes = np.linalg.eigh(gram)
    values = np.maximum(values, 0)
    inverse = 1 / (values + STRENGTHS[:, None] * max(values.mean(), 1e-12))
    rotated = axes.T @ crossed
    leverages, errors = _tried(
        vectors, cells.unknown, given, center, axes.astype(kind), inverse.astype(kind), rotated
    )
    strengths = errors.argmin(axis=0)
    return Ridge(
        center=center,
        weights=(axes @ (rotated * inverse[strengths].T)).astype(kind),
        strengths=strengths,
        leverages=leverages,
        given=given,
    )


def _moments(
    vectors: Vectors, given: CenteredLabels, kind: np.dtype[np.floating]
) -> tuple[NDArray[np.floating], NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean, and the products of centered embeddings with themselves and the labels."""
    n, n_features = vectors.shape
    total = np.zeros(n_features)
    for block in row_blocks(n):
        total += vectors[block].sum(axis=0, dtype=np.float64)
    center = (total / n).astype(kind)
    gram = np.zeros((n_features, n_features))
    crossed = np.zeros((n_features, len(given.means)))
    for block in row_blocks(n, rows_at_once(len(given.means))):
        part = vectors[block].astype(kind) - center
        gram += part.T @ part
        crossed += part.T @ given.rows(block)
    return center, gram, crossed


def _tried(
    vectors: Vectors,
    unknown: csr_array,
    given: CenteredLabels,
    center: NDArray[np.floating],
    axes: NDArray[np.floating],
    inverse: NDArray[np.floating],
    rotated: NDArray[np.float64],
) -> tuple[NDArray[np.floating], NDArray[np.float64]]:
    """Return leverages and each label's squared error over its known cells, by penalty."""
    n = len(vectors)
    leverages = np.empty((n, len(inverse)), dtype=center.dtype)
    errors = np.zeros((len(inverse), rotated.shape[1]))
    crossed = rotated.astype(center.dtype)
    for block in row_blocks(n, rows_at_once(rotated.shape[1])):
        turned = (vectors[block].astype(center.dtype) - center) @ axes
        leverages[block] = (turned * turned) @ inverse.T + center.dtype.type(1 / n)
        labels, of_copies = given.rows(block), given.of_copies(block)
        open_ = unknown[block].tocoo()
        for at, each in enumerate(inverse):
            fitted = (turned * each) @ crossed
            missed = labels - left_out(fitted, leverages[block, at, None], *of_copies)
            missed[open_.row, open_.col] = 0
            errors[at] += np.einsum("ij,ij->j", missed, missed, dtype=np.float64)
    return leverages, errors
