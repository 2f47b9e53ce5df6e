"""Out-of-sample log odds of every label of every item, from the embeddings without a model."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.blocks import row_blocks, rows_at_once
from labelaudit.dataset import LabelStates, State
from labelaudit.embeddings import Embeddings
from labelaudit.errors import MissingInputError
from labelaudit.inputs import provider
from labelaudit.inputs.cell_views import CellViews, LabelledItems
from labelaudit.inputs.copies import some_of
from labelaudit.inputs.labels import cells_in_state
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.inputs.pred_probs import Rows
from labelaudit.statistics.cell_logistic import CellLogistic, fit_cell_logistic

FEWEST = 5  # items with a label, and without it
MOST_TUNING_CELLS = 2**20
MOST_KEPT_CELLS = 2**22  # beyond them, blocks are computed anew each time
Block = tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int8]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CellOdds:
    """Out-of-sample log odds of cells, in blocks of rows so that they never exist all at once.

    Attributes
    ----------
    source
        Where they come from, in words.
    labels
        The labels that can be judged, ascending: columns of every block, shape ``(n_judged,)``.
    n_samples, n_items
        Items of the dataset, and those of them that come in the blocks.
    blocks
        Call it to go through them: items of the dataset, ``(n,)``, log odds that each has each
        label, float32 ``(n, n_judged)``, and the `State` of each cell, int8 of the same shape.
    views
        What single views say of some cells, by name, called with items and columns of the blocks.
    """

    source: str
    labels: NDArray[np.int64]
    n_samples: int
    n_items: int
    blocks: Callable[[], Iterator[Block]]
    views: Callable[[NDArray[np.int64], NDArray[np.int64]], Mapping[str, NDArray[np.float32]]]


@provider
def cell_odds(
    label_states: LabelStates,
    class_names: tuple[str, ...],
    embeddings: Embeddings,
    copies: NDArray[np.int64],
    embedding_hashes: NDArray[np.uint64],
    neighbors: Neighbors | None = None,
) -> CellOdds:
    """Combine leave-one-out ridge regression, neighbors' votes and the item's other labels.

    The three are joined by a logistic regression a label, fitted to the given labels. A cell's
    own state has no part in its odds but through the few numbers of that fit and the relations
    between labels, which are estimated on all items. Uncertain and unknown cells are neither
    positive nor negative: they have no vote and no part in the fit.
    """
    items = np.flatnonzero(label_states.labelled & embeddings.present)
    shape = (len(label_states.labelled), len(class_names))
    positive, uncertain, unknown = (
        cells_in_state(label_states, label_states.states == state, shape)
        for state in (State.POSITIVE, State.UNCERTAIN, State.UNKNOWN)
    )
    judged = _judged(positive[items], (positive + uncertain + unknown)[items])
    views = CellViews(
        LabelledItems(
            items=items,
            vectors=Rows(embeddings.vectors, items),
            positive=positive[:, judged].astype(np.float32),
            unknown=(uncertain + unknown)[:, judged].astype(np.float32),
            copies=copies,
            neighbors=neighbors,
        )
    )
    n_tuning = max(MOST_TUNING_CELLS // len(judged), FEWEST)
    fitted = _fitted(views, some_of(items, n_tuning, embedding_hashes), len(judged))
    numbers = (State.POSITIVE * positive + State.UNCERTAIN * uncertain + State.UNKNOWN * unknown)[
        :, judged
    ].astype(np.int8)

    def computed() -> Iterator[Block]:
        for block in row_blocks(len(items), rows_at_once(len(judged))):
            rows = np.arange(block.start, block.stop)
            odds = fitted.log_odds(views.scores(rows))
            yield items[rows], odds, numbers[items[rows]].toarray()

    few = len(items) * len(judged) <= MOST_KEPT_CELLS
    kept = tuple(computed()) if few else ()

    def blocks() -> Iterator[Block]:
        return iter(kept) if few else computed()

    def single_views(
        of_items: NDArray[np.int64], columns: NDArray[np.int64]
    ) -> Mapping[str, NDArray[np.float32]]:
        said = np.empty((len(views.names), len(of_items)), dtype=np.float32)
        for block in row_blocks(len(of_items), rows_at_once(len(judged))):
            rows = np.searchsorted(items, of_items[block])
            said[:, block] = views.scores(rows)[:, np.arange(len(rows)), columns[block]]
        return dict(zip(views.names, said, strict=True))

    return CellOdds(
        source=f"{', '.join(views.names)}, each without the cell itself, joined by a logistic "
        "regression a label",
        labels=judged,
        n_samples=len(label_states.labelled),
        n_items=len(items),
        blocks=blocks,
        views=single_views,
    )


def _judged(positive: csr_array, not_negative: csr_array) -> NDArray[np.int64]:
    """Return the labels that enough items have, and enough have not."""
    n_positive = positive.sum(axis=0)
    n_negative = not_negative.shape[0] - not_negative.sum(axis=0)
    judged = np.flatnonzero((n_positive >= FEWEST) & (n_negative >= FEWEST))
    if not len(judged):
        raise MissingInputError(
            f"no label has {FEWEST} items with it and {FEWEST} without that have an embedding"
        )
    return judged


def _fitted(views: CellViews, rows: NDArray[np.int64], n_labels: int) -> CellLogistic:
    """Join the views by likelihood, on some rows."""
    parts = [views.scores(rows[block]) for block in row_blocks(len(rows), rows_at_once(n_labels))]
    return fit_cell_logistic(
        np.concatenate(parts, axis=1), views.items.given(rows), views.items.known(rows)
    )
