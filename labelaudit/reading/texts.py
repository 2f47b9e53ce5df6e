"""Texts that are cells of a table: what an item without an image may be."""

import errno

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labelaudit.reading.cells import flat, is_text
from labelaudit.reading.rows import Problems


class Texts:
    """Texts in memory, given out as the bytes that they are in UTF-8.

    Parameters
    ----------
    cells
        The text of each item.
    """

    def __init__(self, cells: pa.LargeStringArray) -> None:
        self.cells = cells.view(pa.large_binary())  # Parquet may hold what is no UTF-8

    def read(self, item: int) -> bytes:
        """Return the bytes of one text; raise ``FileNotFoundError`` where there is none."""
        cell: bytes | None = self.cells[item].as_py()
        if cell is None:
            raise FileNotFoundError(errno.ENOENT, "the cell of the text is null")
        return cell

    def take(self, rows: NDArray[np.int64]) -> "Texts":
        """Return the texts of some items."""
        return Texts(self.cells.take(pa.array(rows)).view(pa.large_string()))


def item_texts(column: pa.ChunkedArray, name: str, problems: Problems) -> Texts:
    """Return the texts of a column.

    Parameters
    ----------
    column
        Text; an item of which it is null has none.
    name
        Name of the column.
    problems
        Takes a column of another type.
    """
    cells = flat(column)
    if not (is_text(cells.type) or pa.types.is_null(cells.type)):
        problems.note(
            f"column {name!r} holds {cells.type}, not texts",
            "name the column of the texts with --text-column",
        )
        cells = pa.nulls(len(cells))
    return Texts(cells.cast(pa.large_string()))
