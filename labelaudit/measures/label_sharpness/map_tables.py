"""Tables of a map: its cells, and where the classes lie; places are counted in cells."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.measures.label_sharpness.map_cells import Cells, Ground
from labelaudit.report import Table
from labelaudit.tabulate import ColumnValues, ranked_table

DECIMALS = 4
SMALLEST_SD = 10.0**-DECIMALS  # below, items lie on a line or a point but for rounding


def cell_table(
    cells: Cells,
    ground: Ground,
    class_names: tuple[str, ...],
    suspected: NDArray[np.bool_] | None,
) -> Table:
    """Return the cells that hold items, row by row, with the class that most are of."""
    columns, there = _places(cells)
    labels = ground.label[there]
    with np.errstate(invalid="ignore"):
        share = np.round(ground.most[there] / ground.labelled[there], DECIMALS)
    columns += [
        ("class", "", [class_names[label] if label >= 0 else "" for label in labels.tolist()]),
        ("class_share", "share", share),
    ]
    if suspected is not None:
        counts = np.bincount(cells.of_item[suspected], minlength=cells.n)
        columns.append(("suspected", "count", counts[there]))
    return ranked_table("cells", "Cells of the map", columns, np.arange(len(there)))


def target_table(cells: Cells, targets: NDArray[np.float64]) -> Table:
    """Return the cells that hold items, row by row, with their mean target."""
    columns, there = _places(cells)
    known = np.isfinite(targets)
    n = np.bincount(cells.of_item[known], minlength=cells.n)[there]
    total = np.bincount(cells.of_item[known], weights=targets[known], minlength=cells.n)[there]
    with np.errstate(invalid="ignore"):
        columns.append(("mean_target", "", total / n))
    return ranked_table("cells", "Cells of the map", columns, np.arange(len(there)))


def class_table(
    cells: Cells,
    at: NDArray[np.float64],
    members: csr_array,
    ground: Ground,
    class_names: tuple[str, ...],
    *,
    told: bool,
) -> Table:
    """Return where each class lies, the largest first; classes without items are left out.

    How many of its items the map tells is of datasets with one label an item.
    """
    counts = ground.sizes
    there = np.flatnonzero(counts)
    place = (at - (cells.left, cells.low)) / cells.side
    of_class = members.T.tocsr()[there]
    n = counts[there, None]
    mean = of_class @ place / n
    sd = np.sqrt(np.maximum(of_class @ place**2 / n - mean**2, 0))
    product = of_class @ place.prod(axis=1) / counts[there] - mean.prod(axis=1)
    spread = np.where(sd.min(axis=1) > SMALLEST_SD, sd.prod(axis=1), np.nan)
    correlation = np.clip(product / spread, -1, 1)
    columns: list[tuple[str, str, ColumnValues]] = [
        ("class", "", [class_names[label] for label in there.tolist()]),
        ("count", "count", counts[there]),
    ]
    if told:
        columns.append(("told_share", "share", ground.told[there] / counts[there]))
    places = {
        "across": mean[:, 0],
        "down": mean[:, 1],
        "across_sd": sd[:, 0],
        "down_sd": sd[:, 1],
        "correlation": correlation,
    }
    columns += [(name, "", np.round(found, DECIMALS)) for name, found in places.items()]
    order = np.lexsort((mean[:, 0], -counts[there]))
    return ranked_table("classes", "Where the classes lie", columns, order)


def _places(cells: Cells) -> tuple[list[tuple[str, str, ColumnValues]], NDArray[np.int64]]:
    """Return the columns of all tables of cells, and which cells hold items."""
    counts = np.bincount(cells.of_item, minlength=cells.n)
    there = np.flatnonzero(counts)
    return [
        ("column", "", there % cells.n_columns),
        ("row", "", there // cells.n_columns),
        ("count", "count", counts[there]),
    ], there
