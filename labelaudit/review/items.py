"""The items of a report that a person can judge, and how likely each label is wrong."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from labelaudit.dataset import Dataset
from labelaudit.errors import SHOWN, InputError, some
from labelaudit.report import Report

FILE = "items.parquet"
NEEDED = ("path", "content_sha256", "given_label")
SCAN_AGAIN = "scan the dataset again, and review the new report"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Items:
    """One row an item of a scan, in the order of the dataset.

    Attributes
    ----------
    table
        The columns ``path``, ``content_sha256``, ``given_label`` and ``suggested_label``.
    margin
        How sure each label is, low for doubtful, NaN where nothing is known, shape
        ``(n_samples,)``.
    error_probability
        How likely the given label is wrong, NaN where nothing is known, shape ``(n_samples,)``.
    suspected
        Whether the scan flagged the label, shape ``(n_samples,)``.
    judgeable
        Whether a person can judge the item: it has a label, and can be opened.
    """

    table: pa.Table
    margin: NDArray[np.float64]
    error_probability: NDArray[np.float64]
    suspected: NDArray[np.bool_]
    judgeable: NDArray[np.bool_]

    def cell(self, column: str, item: int) -> str:
        """Return one cell; an empty text where there is none."""
        return self.table[column][item].as_py() or ""


def read_items(report_file: Path, report: Report) -> Items:
    """Read the table of items beside a report.

    Raises
    ------
    InputError
        When it cannot be read, or is not of this report.
    """
    file = report_file.parent / FILE
    try:
        table = pq.read_table(file)
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            f"{file}: cannot be read: {str(error).partition(chr(10))[0]}",
            hint=f"{FILE} lies beside the report.json of a scan; {SCAN_AGAIN}",
        ) from error
    missing = [name for name in NEEDED if name not in table.column_names]
    if missing or table.num_rows != report.dataset.n_items:
        what = f"no column {some(missing)}" if missing else f"{table.num_rows:,} rows"
        raise InputError(
            f"{file}: {what}; the report is of {report.dataset.n_items:,} items",
            hint=SCAN_AGAIN,
        )
    n = table.num_rows
    if "suggested_label" not in table.column_names:
        table = table.append_column("suggested_label", pa.nulls(n, pa.string()))
    judgeable = _mask(pc.is_valid(table["given_label"])) & _mask(
        pc.is_valid(table["content_sha256"])
    )
    return Items(
        table=table.select([*NEEDED, "suggested_label"]).combine_chunks(),
        margin=_numbers(table, "label_margin"),
        error_probability=_numbers(table, "error_probability"),
        suspected=_flags(table, "is_label_suspected"),
        judgeable=judgeable & ~_flags(table, "is_unreadable"),
    )


def check_rows(items: Items, dataset: Dataset) -> None:
    """Refuse a dataset that is not row by row the one that was scanned.

    Raises
    ------
    InputError
        When paths or labels are others; the first 20 are said.
    """
    names = pa.array([*dataset.class_names, None], pa.string())
    labels = names.take(pa.array(np.where(dataset.labels < 0, len(names) - 1, dataset.labels)))
    paths = dataset.paths
    if len(paths) != items.table.num_rows:
        raise InputError(
            f"{dataset.name}: {len(paths):,} items; the report is of {items.table.num_rows:,}",
            hint=f"name the dataset of the report, as it was read then, or {SCAN_AGAIN}",
        )
    was_path, was_label = (items.table[name].combine_chunks() for name in ("path", "given_label"))
    same = _same(paths, was_path) & _same(labels, was_label)
    others = np.flatnonzero(~same)
    if len(others):
        raise InputError(
            f"{dataset.name}: {len(others):,} of {len(paths):,} items are not those of the report",
            details=[
                f"item {row + 1}: {paths[row]}, {labels[row]}; "
                f"in the report {was_path[row]}, {was_label[row]}"
                for row in others[:SHOWN].tolist()
            ],
            hint=SCAN_AGAIN,
        )


def refuse_unjudgeable(report: Report) -> None:
    """Raise `InputError` where labels are sets or numbers, or there is nothing to look at."""
    facts = report.dataset
    if report.privacy == "public":
        raise InputError(
            f"{facts.name}: its report is public, and names no item that could be judged",
            hint="scan the dataset with --privacy team into another folder, and review that report",
        )
    if facts.task == "regression":
        raise InputError(
            f"{facts.name}: its labels are numbers; review asks which of two classes is right",
            hint="scan with --label-column in place of --target-column where numbers are classes",
        )
    if facts.task == "multilabel":
        raise InputError(
            f"{facts.name}: its items have several labels; review asks which of two labels is "
            "right, and cannot ask that of a set of labels",
            hint="the cells that are most likely wrong are in issues.csv of the scan, one a row",
        )
    if facts.n_unreadable is None:
        raise InputError(
            f"{facts.name}: its manifest names no images or texts, so there is nothing to look at",
            hint="scan a manifest that has a column of image paths or of texts",
        )


def _numbers(table: pa.Table, name: str) -> NDArray[np.float64]:
    """Return a column, NaN where it is null or not there."""
    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    numbers: NDArray[np.float64] = table[name].cast(pa.float64()).fill_null(np.nan).to_numpy()
    return numbers


def _flags(table: pa.Table, name: str) -> NDArray[np.bool_]:
    """Return a column, False where it is null or not there."""
    if name not in table.column_names:
        return np.zeros(table.num_rows, dtype=np.bool_)
    return _mask(table[name].fill_null(False))  # noqa: FBT003 - pyarrow's argument


def _same(first: pa.Array, second: pa.Array) -> NDArray[np.bool_]:
    equal = pc.equal(first.cast(pa.large_string()), second.cast(pa.large_string()))
    both_null = pc.and_(pc.is_null(first), pc.is_null(second))
    return _mask(pc.or_(equal.fill_null(False), both_null))  # noqa: FBT003 - pyarrow's argument


def _mask(values: pa.Array | pa.ChunkedArray) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = values.to_numpy(zero_copy_only=False).astype(bool)
    return mask
