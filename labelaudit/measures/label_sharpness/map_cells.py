"""Items on a map, counted in the cells of a grid, and by cell and class."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

MOST_COLUMNS: Final = 40
MOST_ROWS: Final = 30
FEWEST: Final = 12
MOST: Final = 800
ITEMS_A_CELL: Final = 4  # on average, with the cells that hold none


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """A grid of square cells.

    Attributes
    ----------
    of_item
        Number of the cell of each item: row times the number of columns, plus column.
    n_columns, n_rows
        Size of the grid.
    left, low
        Where it begins along the two directions.
    side
        Side of a cell.
    """

    of_item: NDArray[np.int64]
    n_columns: int
    n_rows: int
    left: float
    low: float
    side: float

    @property
    def n(self) -> int:
        """Number of cells."""
        return self.n_columns * self.n_rows


def cells_of(at: NDArray[np.float64]) -> Cells:
    """Return the cells of items on a map, as many as there is a quarter of the items.

    The items may not all be at one place.

    Examples
    --------
    >>> cells = cells_of(np.array([[0.0, 0.0], [1.0, 0.5], [1.0, 0.0]]))
    >>> cells.n_columns, cells.n_rows, cells.of_item.tolist()
    (5, 3, [0, 14, 4])
    """
    n_cells = float(np.clip(len(at) / ITEMS_A_CELL, FEWEST, MOST))
    low, high = at.min(axis=0), at.max(axis=0)
    wide, tall = (high - low).tolist()
    side = max(
        (wide * tall / n_cells) ** 0.5,
        wide / min(n_cells, MOST_COLUMNS),
        tall / min(n_cells, MOST_ROWS),
    )
    n_columns, n_rows = (max(int(np.ceil(length / side - 1e-9)), 1) for length in (wide, tall))
    column = np.minimum(((at[:, 0] - low[0]) / side).astype(np.int64), n_columns - 1)
    row = np.minimum(((at[:, 1] - low[1]) / side).astype(np.int64), n_rows - 1)
    return Cells(
        of_item=row * n_columns + column,
        n_columns=n_columns,
        n_rows=n_rows,
        left=float(low[0]),
        low=float(low[1]),
        side=side,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """Which class has the most items of each cell.

    Attributes
    ----------
    label
        The class, the first of equals; ``-1`` in a cell without labelled items.
    most
        Its items, shape ``(n_cells,)``.
    labelled
        Labelled items of each cell.
    sizes
        Items of each class, shape ``(n_classes,)``.
    told
        Items of each class whose cell has, without them, most items of their class, shape
        ``(n_classes,)``.
    """

    label: NDArray[np.int64]
    most: NDArray[np.int64]
    labelled: NDArray[np.int64]
    sizes: NDArray[np.int64]
    told: NDArray[np.int64]


def ground_of(cells: NDArray[np.int64], n_cells: int, members: csr_array) -> Ground:
    """Return which class has the most items of each cell.

    Parameters
    ----------
    cells
        Cell of each item.
    n_cells
        Number of cells.
    members
        Classes of each item, a matrix of ones with as many rows.
    """
    n_classes = members.shape[1]
    labelled = np.diff(members.indptr)
    cell = np.repeat(cells, labelled)
    counts = coo_array(
        (np.ones(len(cell), dtype=np.int64), (cell, members.indices)), shape=(n_cells, n_classes)
    )
    counts.sum_duplicates()
    (cell, label), count = counts.coords, counts.data
    order = np.lexsort((label, -count, cell))
    cell, label, count = cell[order], label[order], count[order]
    first = np.flatnonzero(np.diff(cell, prepend=-1))
    following = np.minimum(first + 1, max(len(cell) - 1, 0))
    alone = (following == first) | (cell[following] != cell[first])
    second = np.where(alone, 0, count[following])
    found = Ground(
        label=np.full(n_cells, -1, dtype=np.int64),
        most=np.zeros(n_cells, dtype=np.int64),
        labelled=np.bincount(cells[labelled > 0], minlength=n_cells),
        sizes=np.bincount(members.indices, minlength=n_classes),
        told=np.bincount(
            label[first],
            weights=np.where(count[first] - 1 > second, count[first], 0),
            minlength=n_classes,
        ).astype(np.int64),
    )
    found.label[cell[first]], found.most[cell[first]] = label[first], count[first]
    return found
