"""Manifests that a test writes and reads at once."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from labelaudit.dataset import Dataset
from labelaudit.manifests import Options, open_dataset

KINDS = [".csv", ".tsv", ".jsonl", ".parquet"]


def opened(folder: Path, text: str, suffix: str = ".csv", **said: object) -> Dataset:
    """Write a manifest, and read it with some options."""
    file = folder / f"manifest{suffix}"
    file.write_text(text, encoding="utf-8")
    return open_dataset(file, Options(**said))  # type: ignore[arg-type]


def columns_in(folder: Path, suffix: str, **columns: list[object]) -> Path:
    """Write columns as a table of some kind; None is a blank cell or null."""
    file = folder / f"manifest{suffix}"
    if suffix == ".parquet":
        pq.write_table(pa.table(columns), file)
        return file
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    if suffix == ".jsonl":
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return file
    mark = "\t" if suffix == ".tsv" else ","
    lines = [mark.join(columns)]
    lines += [mark.join("" if c is None else str(c) for c in row.values()) for row in rows]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def labels(dataset: Dataset) -> list[str | list[str] | None]:
    """Return each item's label by name."""
    return [dataset.label_text(item) for item in range(dataset.n_samples)]


def judged(dataset: Dataset) -> list[tuple[str, str | None, str]]:
    """Return the judgements with their items' paths and the names of the classes."""
    assert dataset.annotations is not None
    assert dataset.annotations.schema == pa.schema(
        {"item": pa.int64(), "annotator": pa.string(), "label": pa.int32()}
    )
    return [
        (dataset.paths[row["item"]].as_py(), row["annotator"], dataset.class_names[row["label"]])
        for row in dataset.annotations.to_pylist()
    ]
