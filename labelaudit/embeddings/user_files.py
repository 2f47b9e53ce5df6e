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
from labelaudit.errors import SHOWN, InputError, some

BLOCK = 65_536
SUM_TOLERANCE = 1e-3
ROUNDING = 1e-6  # by which a softmax in float32 may leave [0, 1]
LARGEST = np.float64(1e15)  # squares of it, summed, still fit float32

Good = Callable[[NDArray[np.floating]], NDArray[np.bool_]]


def read_embeddings(path: Path, dataset: Dataset) -> Embeddings:
    """Read one vector an item from a ``.npy`` or Parquet file.

    Rows are in the order of the items. A Parquet file with a column ``path`` is joined by it
    instead; its vectors are the one list column, or all its columns of numbers.

    Raises
    ------
    InputError
        When the file cannot be read, has another number of rows, or holds NaN.
    """
    where = f"--embeddings {path}"
    is_parquet = path.suffix.lower() == ".parquet"
    vectors = _parquet(path, where, dataset) if is_parquet else _npy(path, where)
    _check_rows(where, vectors, dataset, "n_features")
    bad = _bad_rows(vectors, lambda rows: np.abs(rows) <= LARGEST)
    if bad:
        raise InputError(
            f"{where}: {len(bad):,} rows hold NaN, infinity or a number beyond 1e15",
            details=[f"row {row}" for row in bad[:SHOWN]],
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
        labels = "several labels" if dataset.task == "multilabel" else "a number, not a class"
        raise InputError(
            f"{where}: an item of this dataset has {labels}",
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
    bad = _bad_rows(probs, lambda rows: (rows >= -ROUNDING) & (rows <= 1 + ROUNDING))
    if bad:
        raise InputError(
            f"{where}: {len(bad):,} rows hold NaN or leave [0, 1]",
            details=[f"row {row}: {probs[row][:8].tolist()}" for row in bad[:SHOWN]],
            hint="probabilities are wanted, not logits",
        )
    bad = _bad_rows(probs, _sums_to_one)
    if bad:
        raise InputError(
            f"{where}: {len(bad):,} rows do not sum to 1",
            details=[f"row {row}: the sum is {float(probs[row].sum()):.6g}" for row in bad[:SHOWN]],
            hint="normalize each row; several labels an item are not supported here",
        )
    return probs


def read_class_scores(path: Path, dataset: Dataset) -> NDArray[np.floating]:
    """Read class scores of any scale, one row an item and one column a class, from ``.npy``.

    Raises
    ------
    InputError
        When the shape is another, or a row holds NaN.
    """
    where = f"--predictions {path}"
    scores = _npy(path, where)
    _check_rows(where, scores, dataset, str(len(dataset.class_names)))
    if scores.shape[1] != len(dataset.class_names):
        raise InputError(
            f"{where}: {scores.shape[1]} columns for {len(dataset.class_names)} classes",
            hint=f"one column a class, in the order {some(dataset.class_names, 10)}",
        )
    bad = _bad_rows(scores, lambda rows: ~np.isnan(rows))
    if bad:
        raise InputError(
            f"{where}: {len(bad):,} rows hold NaN",
            details=[f"row {row}" for row in bad[:SHOWN]],
            hint="give every item a score for each class",
        )
    return scores


def named(path: Path) -> str:
    """Return a file of the user's as a report names it: its name and the start of its hash."""
    return f"{path.name}, sha256 {_sha256(path)[:12]}"


def _npy(path: Path, where: str) -> NDArray[np.floating]:
    hint = "write one array of numbers with numpy.save"
    try:
        with path.open("rb") as file:
            is_archive = file.read(2) == b"PK"
        array: NDArray[np.floating] | None = None
        if not is_archive:
            array = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError as error:
        raise InputError(f"{where}: there is no such file") from error
    except Exception as error:
        why = "no .npy file, or one with pickled objects" if "pickle" in str(error) else error
        raise InputError(f"{where}: not a NumPy array: {why}", hint=hint) from error
    if array is None:
        raise InputError(f"{where}: an archive (.npz), not one array", hint=hint)
    if array.dtype.kind not in "fiu":
        raise InputError(f"{where}: an array of {array.dtype}, not of numbers", hint=hint)
    return array


def _parquet(path: Path, where: str, dataset: Dataset) -> NDArray[np.floating]:
    try:
        with pq.ParquetFile(path) as file:
            table = file.read()
    except FileNotFoundError as error:
        raise InputError(f"{where}: there is no such file") from error
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{where}: not a Parquet file: {error}") from error
    if "path" in table.column_names:
        table = _joined(table, where, dataset)
    lists = [name for name in table.column_names if _is_list(table[name].type)]
    if len(lists) == 1:
        return _from_lists(table[lists[0]], f"{where}: column {lists[0]!r}")
    if not table.column_names or not all(_is_number(kind) for kind in table.schema.types):
        found = some(f"{field.name} ({field.type})" for field in table.schema)
        raise InputError(
            f"{where}: found columns {found or 'none'}",
            hint="one column of lists, or numeric columns alone, beside an optional path",
        )
    with np.errstate(over="ignore"):  # what overflows is found as infinity
        return np.stack([column.to_numpy().astype(np.float32) for column in table.columns], axis=1)


def _joined(table: pa.Table, where: str, dataset: Dataset) -> pa.Table:
    """Return the other columns of a table with a row for each item, found by its path."""
    try:
        paths = table["path"].cast(pa.large_string())
    except pa.ArrowException as error:
        raise InputError(f"{where}: column path: {error}") from error
    counts = pc.value_counts(paths)
    twice = counts.field("values").filter(pc.greater(counts.field("counts"), 1)).drop_null()
    if len(twice):
        raise InputError(
            f"{where}: {len(twice):,} paths have more than one row",
            details=[name.as_py() for name in twice[:SHOWN]],
            hint="keep one row a path",
        )
    at = pc.index_in(dataset.paths.cast(pa.large_string()), paths)
    if at.null_count:
        missing = dataset.paths.filter(at.is_null())
        raise InputError(
            f"{where}: {at.null_count:,} items have no row",
            details=[name.as_py() for name in missing[:SHOWN]],
            hint="the column path has to hold the items' paths as in the manifest",
        )
    return table.drop(["path"]).take(at)


def _from_lists(column: pa.ChunkedArray, where: str) -> NDArray[np.float32]:
    if not _is_number(column.type.value_type):
        raise InputError(f"{where} holds lists of {column.type.value_type}, not of numbers")
    lengths = pc.unique(pc.list_value_length(column)).to_pylist() or [0]
    if len(lengths) != 1 or lengths[0] is None:
        raise InputError(f"{where}: the lists differ in length")
    flat = pc.list_flatten(column).to_numpy()
    with np.errstate(over="ignore"):  # as above
        return np.asarray(flat, dtype=np.float32).reshape(len(column), lengths[0])


def _is_list(kind: pa.DataType) -> bool:
    lists = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    return any(test(kind) for test in lists)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def _check_rows(where: str, array: NDArray[np.floating], dataset: Dataset, width: str) -> None:
    if array.ndim != 2 or len(array) != dataset.n_samples or not array.size:  # noqa: PLR2004 - as said
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
