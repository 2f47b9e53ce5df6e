"""What speaks for a label of an item: its embedding, its neighbors, and its other labels."""

from dataclasses import dataclass
from itertools import compress

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.blocks import row_blocks, rows_at_once
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.inputs.pred_probs import vote_strengths
from labelaudit.statistics.linear_probe import Vectors
from labelaudit.statistics.other_labels import from_other_labels, inverse_covariance
from labelaudit.statistics.ridge import Cells, Ridge, fit_ridge

MOST_RELATED = 2000  # labels beyond which what they say of each other is left out
PRIOR_VOTES = 0.1
RIDGE, VOTES, OTHERS = "ridge regression", "votes of neighbors", "other labels"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelledItems:
    """Items, their embeddings and the cells of some labels.

    Attributes
    ----------
    items
        Rows of the dataset, shape ``(n,)``.
    vectors
        Their embeddings.
    positive, unknown
        Ones in cells of all of the dataset's items, float32, shape ``(n_samples, n_labels)``.
    copies
        A number an item that items of equal embedding share, shape ``(n_samples,)``.
    neighbors
        Nearest neighbors of each of the dataset's items, or None.
    """

    items: NDArray[np.int64]
    vectors: Vectors
    positive: csr_array
    unknown: csr_array
    copies: NDArray[np.int64]
    neighbors: Neighbors | None

    def known(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which cells of some of the items are known, shape ``(m, n_labels)``."""
        found: NDArray[np.bool_] = self.unknown[self.items[rows]].toarray() == 0
        return found

    def given(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which cells of some of the items are positive, shape ``(m, n_labels)``."""
        found: NDArray[np.bool_] = self.positive[self.items[rows]].toarray() > 0
        return found


class CellViews:
    """The views on every cell, each without the cell's own state.

    Parameters
    ----------
    items
        The items and what is known of their labels.

    Attributes
    ----------
    names
        What the views are called.
    """

    def __init__(self, items: LabelledItems) -> None:
        self.items, n = items, len(items.items)
        cells = Cells(
            positive=items.positive[items.items],
            unknown=items.unknown[items.items],
            copies=pd.factorize(items.copies[items.items])[0].astype(np.int64),
        )
        self._means = cells.means().astype(np.float32)
        self._ridge: Ridge = fit_ridge(items.vectors, cells)
        self._piles = np.unique(items.copies, return_inverse=True)[1].astype(np.int64)
        piles = self._piles[items.items]
        sizes = np.bincount(piles, minlength=self._piles.max() + 1)
        self._voters = np.where(sizes[self._piles] > 0, 0, -1).astype(np.int32)
        averaging = csr_array(
            ((1 / sizes[piles]).astype(np.float32), (piles, items.items)),
            shape=(len(sizes), len(items.copies)),
        )
        self._positive, self._unknown = averaging @ items.positive, averaging @ items.unknown
        self._inverse: NDArray[np.float64] | None = None
        n_labels = len(self._means)
        if n_labels <= MOST_RELATED:
            products = np.zeros((n_labels, n_labels))
            for block in row_blocks(n, rows_at_once(n_labels)):
                residuals = self._residuals(np.arange(block.start, block.stop))[1]
                products += residuals.T @ residuals
            self._inverse = inverse_covariance(products)
        present = (True, items.neighbors is not None, self._inverse is not None)
        self.names = tuple(compress((RIDGE, VOTES, OTHERS), present))

    def scores(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the views on the cells of some of the items.

        Returns
        -------
        Leave-one-out ridge scores, shares of the neighbors' votes where there are neighbors, and
        what the other labels add where there are not too many, shape ``(n_views, m, n_labels)``.
        """
        scores, residuals = self._residuals(rows)
        found = [scores]
        if self.items.neighbors is not None:
            found.append(self._votes(self.items.neighbors, self.items.items[rows]))
        if self._inverse is not None:
            found.append(from_other_labels(residuals, self._inverse))
        return np.stack(found, dtype=np.float32, casting="same_kind")

    def _residuals(
        self, rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        """Return leave-one-out scores, and what they leave unexplained; 0 where unknown."""
        scores = self._ridge.scores(self.items.vectors, rows)
        residuals = (self.items.given(rows) - scores) * self.items.known(rows)
        return scores, residuals

    def _votes(self, neighbors: Neighbors, items: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the share of the neighbors that have each label, of those of known state.

        A neighbor votes with the mean of its copies and itself.
        """
        around, strength = vote_strengths(neighbors, self.items.copies, self._voters, items)
        m, k = around.shape
        shape = (m, self._positive.shape[0])
        starts = np.arange(0, m * k + 1, k)
        votes = csr_array((strength.ravel(), self._piles[around].ravel(), starts), shape=shape)
        for_it = (votes @ self._positive).toarray()
        cast = strength.sum(axis=1)[:, None] - (votes @ self._unknown).toarray()
        share: NDArray[np.float32] = for_it + PRIOR_VOTES * self._means
        share /= np.maximum(cast, 0) + PRIOR_VOTES
        return share
