"""Where the bytes of an image come from: a file, a Parquet cell, or a row of an array."""

from collections import OrderedDict
from pathlib import Path
from threading import Lock

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray


class Files:
    """Images that are files below one folder.

    Parameters
    ----------
    root
        The folder.
    paths
        Path of each item below it, with forward slashes.
    """

    def __init__(self, root: Path, paths: pa.LargeStringArray) -> None:
        self._root = root
        self._paths = paths

    def read(self, item: int) -> bytes:
        """Return the bytes of one file."""
        path: str = self._paths[item].as_py()
        try:
            return (self._root / path).read_bytes()
        except (IsADirectoryError, NotADirectoryError):
            raise FileNotFoundError(f"{path}: not a file") from None


class ParquetCells:
    """Images that are ``bytes`` inside a struct column of Parquet files.

    Parameters
    ----------
    files
        The Parquet files, in the order of the items.
    column
        Name of the struct column.
    """

    KEPT = 4

    def __init__(self, files: list[Path], column: str) -> None:
        self._column = column
        self._groups: list[tuple[Path, int]] = []
        starts = [0]
        for file in files:
            metadata = pq.read_metadata(file)
            for group in range(metadata.num_row_groups):
                self._groups.append((file, group))
                starts.append(starts[-1] + metadata.row_group(group).num_rows)
        self._starts = np.array(starts)
        self._loaded: OrderedDict[int, pa.ChunkedArray] = OrderedDict()
        self._lock = Lock()

    def read(self, item: int) -> bytes:
        """Return the bytes of one cell."""
        group = int(np.searchsorted(self._starts, item, side="right")) - 1
        cell = self._cells(group)[item - int(self._starts[group])]["bytes"].as_py()
        if cell is None:
            raise FileNotFoundError(f"row {item}: column {self._column!r} holds no bytes")
        return bytes(cell)

    def _cells(self, group: int) -> pa.ChunkedArray:
        """Return one row group, kept for its neighbors; in chunks, as it may exceed 2 GB."""
        with self._lock:
            if group not in self._loaded:
                file, number = self._groups[group]
                with pq.ParquetFile(file) as parquet:
                    table = parquet.read_row_group(number, columns=[self._column])
                self._loaded[group] = table.column(0)
                if len(self._loaded) > self.KEPT:
                    self._loaded.popitem(last=False)
            return self._loaded[group]


class ArrayRows:
    """Images that are rows of uint8 arrays, given out as binary PGM or PPM.

    Netpbm is the plainest encoding that says height, width and channels, so equal pixels have
    equal bytes, and an exported ``.pgm`` or ``.ppm`` has the same digest as the array.

    Parameters
    ----------
    arrays
        Arrays of shape ``(n, height, width)`` or ``(n, height, width, 3)``, one after another.
    """

    def __init__(self, arrays: list[NDArray[np.uint8]]) -> None:
        self._arrays = arrays
        self._starts = np.cumsum([0, *(len(array) for array in arrays)])

    def read(self, item: int) -> bytes:
        """Return one row as a Netpbm file."""
        part = int(np.searchsorted(self._starts, item, side="right")) - 1
        row: NDArray[np.uint8] = self._arrays[part][item - int(self._starts[part])]
        magic = b"P5" if row.ndim == 2 else b"P6"  # noqa: PLR2004 - height and width only
        return b"%s\n%d %d\n255\n" % (magic, row.shape[1], row.shape[0]) + row.tobytes()
