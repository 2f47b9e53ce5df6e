"""A dataset of nothing but files of predictions that hold the given labels too."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from labelaudit.dataset import Dataset, Source
from labelaudit.errors import InputError
from labelaudit.inputs.predictions import PredictionFiles, chosen_columns
from labelaudit.reading.assemble import check_rows
from labelaudit.reading.cells import as_text, encode, in_order, recode
from labelaudit.reading.columns import USUAL
from labelaudit.reading.rows import Problems, Rows, quoted
from labelaudit.reading.table_files import read_rows

HINT: Final = "name the dataset as DATA, or give the files a column of the given labels"


def dataset_of(said: PredictionFiles, label_column: str = "") -> Dataset:
    """Return the items and given labels that files of predictions hold themselves.

    The first file says which items there are and what their labels are; the classes are those
    that occur as a label or as a prediction.

    Parameters
    ----------
    said
        The files.
    label_column
        Empty for the only one of the usual names.

    Raises
    ------
    InputError
        When a file has no labels, or one that differs from the first file's.
    """
    tables = [(_read(said, number), number) for number in range(len(said.files))]
    first, _ = tables[0]
    problems = Problems(first)
    label = _label_of(first, label_column)
    item, _ = chosen_columns(first, said)
    paths = as_text(first.table.column(item), f"column {item!r}", problems)
    given = as_text(first.table.column(label), f"column {label!r}", problems)
    problems.check()
    names = set(encode(given).values)
    for rows, _ in tables:
        _check_labels(rows, said, label_column, (paths, given))
        _, prediction = chosen_columns(rows, said)
        texts = as_text(rows.table.column(prediction), f"column {prediction!r}", Problems(rows))
        names |= set(encode(texts).values)
    class_names = in_order(names)
    return Dataset(
        name=said.files[0][1].stem,
        task="multiclass",
        class_names=class_names,
        paths=paths,
        labels=recode(encode(given), class_names),
        splits=np.full(len(paths), -1, dtype=np.int32),
        media=None,
        source=Source(
            format="predictions",
            why=(f"items and labels of {said.files[0][1].name}, columns {item!r} and {label!r}",),
            manifest=said.files[0][1].name,
            found=len(paths),
        ),
    )


def _read(said: PredictionFiles, number: int) -> Rows:
    _, file = said.files[number]
    if file.suffix.lower() == ".npy":
        raise InputError(f"--predictions {file}: class scores hold no labels", hint=HINT)
    rows = read_rows(file, bool)
    check_rows(rows)
    return rows


def _label_of(rows: Rows, asked: str) -> str:
    """Return the label column of a file of predictions."""
    found = [name for name in rows.names if name.strip().casefold() in USUAL["label"]]
    if asked:
        found = [asked] if asked in rows.names else []
    if len(found) != 1:
        what = f"could be {', '.join(map(repr, found))}" if found else "is not there"
        raise InputError(
            f"{rows.where}: the label column {what}; found {', '.join(map(repr, rows.names))}",
            hint=HINT if not found else "name it with --label-column",
        )
    return found[0]


def _check_labels(
    rows: Rows, said: PredictionFiles, asked: str, expected: tuple[pa.Array, pa.Array]
) -> None:
    """Refuse a file whose labels are not those of the first; one without labels is taken."""
    names = [name for name in rows.names if name.strip().casefold() in USUAL["label"]]
    if asked not in rows.names and len(names) != 1:
        return
    label = _label_of(rows, asked if asked in rows.names else "")
    item, _ = chosen_columns(rows, said)
    problems = Problems(rows)
    items = as_text(rows.table.column(item), f"column {item!r}", problems)
    labels = as_text(rows.table.column(label), f"column {label!r}", problems)
    paths, given = expected
    wanted = given.take(pc.index_in(items, paths))
    differs = pc.fill_null(pc.not_equal(labels, wanted), fill_value=False)
    problems.add(
        np.flatnonzero(differs.to_numpy(zero_copy_only=False)),
        lambda row: (
            f"{quoted(items[row].as_py())} is labelled {quoted(labels[row].as_py())}, and "
            f"{quoted(wanted[row].as_py())} in {said.files[0][1].name}"
        ),
        "the files have to be of the same labels; name the dataset as DATA to say which are right",
    )
    problems.check()
