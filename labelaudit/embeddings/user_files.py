"""The user's own arrays: embeddings and predicted probabilities, checked row by row."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from labelaudit.dataset import Dataset
from labelaudit.embeddings import Embeddings
from labelaudit.errors import InputError

BLOCK = 65_536
SUM_TOLERANCE = 1e-3

Good = Callable[[NDArray[np.floating]], NDArray[np.bool_]]


def read_embeddings(path: Path, dataset: Dataset) -> Embeddings:
    """Read one vector an item from a ``.npy`` or Parquet file.

    Rows are in the order of the items. A Parquet file with a column ``path`` is joined by it
    instead; its vectors are the one list column, or all numeric columns.

    Raises
    ------
    InputError
        When the file cannot be read, has another number of rows, or holds NaN.
    """
    where = f"--embeddings {path}"
    vectors = _parquet(path, dataset) if path.suffix == ".parquet" else _npy(path, where)
    _check_rows(where, vectors, dataset, "n_features")
    bad = _bad_rows(vectors, np.isfinite)
    if bad:
        raise InputError(
            f"{where}: {len(bad):,} rows hold NaN or infinity",
            details=[f"row {row}" for row in bad],
            hint="leave the item out of the manifest, or embed it again",
        )
    return Embeddings(
        vectors=vectors,
        present=np.ones(len(vectors), dtype=bool),
        model=path.name,
        model_sha256=_sha256(path),
        preprocessing="the user's own",
    )


def read_pred_probs(path: Path, dataset: Dataset) -> NDArray[np.floating]:
    """Read out-of-sample probabilities, one row an item and one column a class, from ``.npy``.

    Raises
    ------
    InputError
        When the shape is another, or a row holds NaN, leaves [0, 1] or does not sum to 1.
    """
    where = f"--pred-probs {path}"
    if dataset.task != "multiclass":
        raise InputError(
            f"{where}: an item of this dataset has several labels",
            hint="probabilities of one label an item are supported",
        )
    probs = _npy(path, where)
    _check_rows(where, probs, dataset, str(len(dataset.class_names)))
    if probs.shape[1] != len(dataset.class_names):
        names = ", ".join(dataset.class_names[:10])
        raise InputError(
            f"{where}: {probs.shape[1]} columns for {len(dataset.class_names)} classes",
            hint=f"one column a class, in the order {names}"
            f"{', ...' if len(dataset.class_names) > 10 else ''}",  # noqa: PLR2004
        )
    bad = _bad_rows(probs, lambda rows: (rows >= 0) & (rows <= 1))
    if bad:
        raise InputError(
            f"{where}: {len(bad):,} rows hold NaN or leave [0, 1]",
            details=[f"row {row}: {probs[row][:8].tolist()}" for row in bad[:20]],
            hint="probabilities are wanted, not logits",
        )
    bad = _bad_rows(probs, _sums_to_one)
    if bad:
        raise InputError(
            f"{where}: {len(bad):,} rows do not sum to 1",
            details=[f"row {row}: the sum is {float(probs[row].sum()):.6g}" for row in bad[:20]],
            hint="normalize each row; several labels an item are not supported here",
        )
    return probs


def _npy(path: Path, where: str) -> NDArray[np.floating]:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError as error:
        raise InputError(f"{where}: there is no such file") from error
    except (OSError, ValueError, EOFError) as error:
        raise InputError(
            f"{where}: not a NumPy array: {error}", hint="write it with numpy.save"
        ) from error
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiu":
        raise InputError(f"{where}: not one array of numbers", hint="write it with numpy.save")
    return array


def _parquet(path: Path, dataset: Dataset) -> NDArray[np.floating]:
    where = f"--embeddings {path}"
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{where}: not a Parquet file: {error}") from error
    if "path" in table.column_names:
        at = pc.index_in(dataset.paths.cast(pa.string()), table["path"].cast(pa.string()))
        if at.null_count:
            missing = dataset.paths.filter(at.is_null())
            raise InputError(
                f"{where}: {at.null_count:,} items have no row",
                details=[name.as_py() for name in missing[:20]],
                hint="the column path has to hold the items' paths as in the manifest",
            )
        table = table.drop(["path"]).take(at)
    lists = [name for name in table.column_names if pa.types.is_nested(table[name].type)]
    if len(lists) == 1:
        column = table[lists[0]].combine_chunks()
        widths = pc.unique(pc.list_value_length(column))
        if column.null_count or len(widths) != 1:
            raise InputError(f"{where}: the lists of column {lists[0]!r} differ in length")
        flat = pc.list_flatten(column).to_numpy(zero_copy_only=False)
        return np.asarray(flat, dtype=np.float32).reshape(len(column), -1)
    try:
        columns = [column.to_numpy().astype(np.float32) for column in table.columns]
        return np.stack(columns, axis=1)
    except (ValueError, TypeError, pa.ArrowException) as error:
        raise InputError(
            f"{where}: found columns {', '.join(table.column_names)}",
            hint="one column of lists, or numeric columns alone, beside an optional path",
        ) from error


def _check_rows(where: str, array: NDArray[np.floating], dataset: Dataset, width: str) -> None:
    if array.ndim != 2 or len(array) != dataset.n_samples:  # noqa: PLR2004 - rows and columns
        raise InputError(
            f"{where}: shape {array.shape} for {dataset.n_samples:,} items; "
            f"expected ({dataset.n_samples}, {width})",
            hint="one row an item, in the order in which `labelaudit inspect` counts them",
        )


def _bad_rows(array: NDArray[np.floating], good: Good) -> list[int]:
    """Return the rows of which some entry is not good, looking at blocks of them."""
    bad: list[int] = []
    for start in range(0, len(array), BLOCK):
        rows = np.asarray(array[start : start + BLOCK])
        wrong = ~good(rows).reshape(len(rows), -1).all(axis=1)
        bad += (np.flatnonzero(wrong) + start).tolist()
    return bad


def _sums_to_one(rows: NDArray[np.floating]) -> NDArray[np.bool_]:
    near: NDArray[np.bool_] = np.abs(rows.sum(axis=1, dtype=np.float64) - 1) <= SUM_TOLERANCE
    return near


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
