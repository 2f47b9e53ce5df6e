"""Where the bytes of an image come from: a file, a Parquet cell, or a row of an array."""

import os
from collections import OrderedDict
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from threading import Lock

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

Cells = list[bytes | None]


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
        self._start = f"{root}{os.sep}"  # a Path for each file takes as long as reading it
        self._paths = paths

    def read(self, item: int) -> bytes:
        """Return the bytes of one file."""
        path: str = self._paths[item].as_py()
        try:
            with FileIO(self._start + path) as file:
                return file.readall()
        except (IsADirectoryError, NotADirectoryError):
            raise FileNotFoundError(f"{path}: not a file") from None

    def take(self, rows: NDArray[np.int64]) -> "Files":
        """Return the files of some items."""
        return Files(self._root, self._paths.take(pa.array(rows)))


class ParquetCells:
    """Images that are ``bytes`` inside a struct column of Parquet files.

    A row group may be larger than memory. It is read from its beginning in blocks, of which the
    last used are kept: quick for items in about their order, slow for those in none.

    Parameters
    ----------
    files
        The Parquet files, in the order of the items.
    column
        Name of the struct column.
    """

    BLOCK = 2**24  # bytes read at once, about
    KEPT = 2**27  # bytes kept

    def __init__(self, files: list[Path], column: str) -> None:
        self._column = column
        self._groups: list[tuple[Path, int, int]] = []
        starts = [0]
        for file in files:
            metadata = pq.read_metadata(file)
            for number in range(metadata.num_row_groups):
                group = metadata.row_group(number)
                n_blocks = -(-_size(group, f"{column}.bytes") // self.BLOCK)
                n_rows = max(1, -(-group.num_rows // max(1, n_blocks)))
                self._groups.append((file, number, n_rows))
                starts.append(starts[-1] + group.num_rows)
        self._starts = np.array(starts)
        self._blocks: OrderedDict[tuple[int, int], Cells] = OrderedDict()
        self._n_bytes = 0
        self._stream: tuple[int, int, Iterator[Cells]] = (-1, 0, iter(()))
        self._lock = Lock()

    def read(self, item: int) -> bytes:
        """Return the bytes of one cell."""
        group = int(np.searchsorted(self._starts, item, side="right")) - 1
        block, row = divmod(item - int(self._starts[group]), self._groups[group][2])
        with self._lock:
            if (group, block) not in self._blocks:
                self._load(group, block)
            self._blocks.move_to_end((group, block))
            cell = self._blocks[group, block][row]
        if cell is None:
            raise FileNotFoundError(f"row {item}: column {self._column!r} holds no bytes")
        return cell

    def _load(self, group: int, block: int) -> None:
        """Read on to a block of a row group, and keep what comes on the way."""
        at, following, stream = self._stream
        if at != group or following > block:
            following, stream = 0, self._cells(group)
        self._stream = (-1, 0, iter(()))  # a stream that breaks is over
        while following <= block:
            cells = next(stream, None)
            if cells is None:
                raise ValueError(f"{self._groups[group][0].name}: row group {group} ends early")
            self._keep((group, following), cells)
            following += 1
        self._stream = (group, following, stream)

    def _keep(self, key: tuple[int, int], cells: Cells) -> None:
        """Keep a block in the place of those that were not used for the longest time."""
        self._n_bytes += _length(cells) - _length(self._blocks.pop(key, []))
        self._blocks[key] = cells
        while self._n_bytes > self.KEPT and len(self._blocks) > 1:
            self._n_bytes -= _length(self._blocks.popitem(last=False)[1])

    def _cells(self, group: int) -> Iterator[Cells]:
        """Yield the cells of a row group in blocks."""
        file, number, n_rows = self._groups[group]
        with pq.ParquetFile(file, buffer_size=2**20, pre_buffer=False) as parquet:
            for batch in parquet.iter_batches(n_rows, [number], [f"{self._column}.bytes"]):
                yield pc.struct_field(batch.column(0), "bytes").to_pylist()


def _length(cells: Cells) -> int:
    """Return the bytes in some cells."""
    return sum(len(cell) for cell in cells if cell)


def _size(group: pq.RowGroupMetaData, path: str) -> int:
    """Return the bytes of a column of a row group."""
    columns = (group.column(number) for number in range(group.num_columns))
    return sum(each.total_uncompressed_size for each in columns if each.path_in_schema == path)


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
