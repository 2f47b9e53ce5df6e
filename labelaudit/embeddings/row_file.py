"""Embeddings in the items' order, written to a nameless file as they come, then mapped."""

import io
import os
import tempfile
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import OutputError

IN_MEMORY = 32 * 2**20  # bytes below which a file is not worth it


class RowFile:
    """Rows of float16 that take no memory of the process: the system drops what it lacks room for.

    The file has no name, or loses it when the process ends, also when it is killed.

    Parameters
    ----------
    folder
        Where the file is; the system's temporary folder when it is None or cannot be written to.
    n_rows, n_features
        How many rows there will be, and their length.
    """

    def __init__(self, folder: Path | None, n_rows: int, n_features: int) -> None:
        self._shape = (n_rows, n_features)
        self._folder = folder if folder and os.access(folder, os.W_OK) else None
        self._file: IO[bytes] = io.BytesIO()
        if 2 * n_rows * n_features > IN_MEMORY:
            try:
                self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed below
            except OSError as error:
                raise self._unwritable(error) from error

    def append(self, rows: NDArray[np.float16]) -> None:
        """Write the next rows.

        Raises
        ------
        OutputError
            When there is no room.
        """
        try:
            self._file.write(np.ascontiguousarray(rows).data)
        except OSError as error:
            raise self._unwritable(error) from error

    def mapped(self) -> NDArray[np.float16]:
        """Return all rows, read-only, and close the file.

        Raises
        ------
        OutputError
            When there is no room for the last of them.
        """
        if isinstance(self._file, io.BytesIO):
            return np.frombuffer(self._file.getvalue(), dtype=np.float16).reshape(self._shape)
        try:
            with self._file as file:
                file.flush()
                rows = np.memmap(file, dtype=np.float16, mode="r", shape=self._shape)
        except OSError as error:
            raise self._unwritable(error) from error
        return np.asarray(rows)

    def _unwritable(self, error: OSError) -> OutputError:
        size = 2 * self._shape[0] * self._shape[1] / 1e6
        return OutputError(
            f"{self._folder or 'the temporary folder'}: {size:,.0f} MB of embeddings cannot be "
            f"written: {error.strerror or error}",
            hint="make room, or set TMPDIR or --cache to a folder that has it",
        )
