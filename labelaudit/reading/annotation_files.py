"""A table of judgements beside a dataset: one row for each, of an item by an annotator."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labelaudit.dataset import Dataset
from labelaudit.errors import InputError, some
from labelaudit.reading.assemble import check_rows
from labelaudit.reading.cells import as_text, blank, encode, in_order
from labelaudit.reading.class_order import with_classes
from labelaudit.reading.columns import USUAL
from labelaudit.reading.declared_states import check_minus_one
from labelaudit.reading.item_paths import plain_paths
from labelaudit.reading.judgements import Judgements, note_repeated
from labelaudit.reading.options import Options
from labelaudit.reading.rows import Problems, Rows, counted, quoted
from labelaudit.reading.table_files import read_rows

COLUMNS = {
    "item": (*USUAL["image"], "id", "item", "item_id"),
    "annotator": ("annotator", "annotator_id", "worker", "worker_id", "rater", "rater_id"),
    "label": (*USUAL["label"], "judgement", "annotation"),
}


def with_annotations(dataset: Dataset, file: Path, options: Options) -> Dataset:
    """Return a dataset with the judgements of a table; classes that only it has join the others.

    Parameters
    ----------
    dataset
        The dataset; a path of the table is one of its paths, or identifiers.
    file
        CSV, TSV, JSON Lines or Parquet.
    options
        ``annotations_columns`` and ``label_states`` count.

    Raises
    ------
    InputError
        When the items have several labels or numbers, or were judged in the manifest, too; or
        with all rows that name no item, no label or no annotator, or are repeated.
    """
    _refuse(dataset, file)
    said = options.annotations_columns
    usual = {name for names in COLUMNS.values() for name in names}
    rows = read_rows(file, lambda name: name in said.values() or name.strip().casefold() in usual)
    columns = _columns(rows, said)
    check_rows(rows, of="a judgement")
    problems = Problems(rows)
    items = _items(rows, columns["item"], dataset, problems)
    judgements = _judgements(rows, columns, options, problems)
    note_repeated(_of_known(judgements, items), items[items >= 0], problems)
    states = options.label_states
    values = [v for v in judgements.labels.values if states.get(v) != "unlabelled"]
    problems.check()
    dataset = with_classes(dataset, _joined(dataset.class_names, values))
    table = replace(judgements, rows=items).table(dataset.class_names)
    passed = len(items) - table.num_rows
    named = some(repr(column) for column in columns.values() if column)
    why = f"{table.num_rows:,} judgements in {file.name}: columns {named}"
    more = (f"no judgements are {counted(passed, 'row')} declared as unlabelled",) if passed else ()
    source = replace(dataset.source, why=(*dataset.source.why, why, *more))
    return replace(dataset, annotations=table, source=source)


def _refuse(dataset: Dataset, file: Path) -> None:
    """Refuse judgements of a dataset that can have none, or has them already."""
    where = f"--annotations {file}"
    if dataset.task != "multiclass":
        kind = "several labels" if dataset.task == "multilabel" else "numbers for labels"
        raise InputError(
            f"{where}: the items have {kind}; judgements are read only when an item has one label",
            hint="leave out --annotations",
        )
    if dataset.annotations is not None:
        raise InputError(
            f"{where}: the manifest has judgements itself, such as one column an annotator",
            hint="see with labelaudit inspect how it is read; keep the judgements in one place",
        )


def _columns(rows: Rows, said: dict[str, str]) -> dict[str, str]:
    """Return the column of the items, the annotators and the labels."""
    found, problems = {}, []
    for role, usual in COLUMNS.items():
        names = [name for name in rows.names if name.strip().casefold() in usual]
        if role in said:
            names = [said[role]]
            if said[role] and said[role] not in rows.names:
                problems.append(f"there is no {role} column {said[role]!r}")
        elif not names:
            problems.append(f"there is no {role} column")
        elif len(names) > 1:
            problems.append(f"the {role} column could be {some(map(repr, names))}")
        found[role] = (names or [""])[0]
    if problems:
        raise InputError(
            f"{rows.where}: {'; '.join(problems)}; found {some(map(repr, rows.names), 12)}",
            hint='name them as --annotations-columns "item=path,annotator=worker,label=answer"; '
            '"annotator=" when it is not known who judged',
        )
    return found


def _items(rows: Rows, column: str, dataset: Dataset, problems: Problems) -> NDArray[np.int64]:
    """Return the item of each row, ``-1`` for none."""
    texts = as_text(rows.table.column(column), f"column {column!r}", problems).fill_null("")
    if dataset.media is not None and dataset.modality == "image":
        texts = plain_paths(texts)
    paths = dataset.paths.dictionary_encode()
    codes = pc.index_in(texts, paths.dictionary)
    n_items = np.bincount(paths.indices.to_numpy(), minlength=len(paths.dictionary))
    item = np.zeros(len(n_items) + 1, dtype=np.int64)
    item[paths.indices.to_numpy()] = np.arange(len(paths))
    found = pc.fill_null(codes, -1).to_numpy().astype(np.int64)
    example = f", such as {quoted(dataset.paths[0])}" if len(dataset.paths) else ""
    problems.add(
        np.flatnonzero(found < 0),
        lambda row: f"column {column!r}: {quoted(texts[row])} is no item of the dataset",
        f"name items as labelaudit inspect does{example}",
    )
    several = np.append(n_items > 1, False)[found]
    problems.add(
        np.flatnonzero(several),
        lambda row: f"column {column!r}: {quoted(texts[row])} is more than one item",
        "give each item a path or id of its own",
    )
    return np.where(found < 0, -1, item[found])


def _judgements(
    rows: Rows, columns: dict[str, str], options: Options, problems: Problems
) -> Judgements:
    """Return the judgements, each at its row of the table."""
    said = f"column {columns['label']!r}"
    at = np.arange(rows.table.num_rows)
    labels = encode(as_text(rows.table.column(columns["label"]), said, problems), at)
    problems.add(
        np.flatnonzero(labels.codes < 0),
        lambda _: f"{said}: the label is blank",
        "leave out the row of what was not judged",
    )
    check_minus_one({said: labels}, options.label_states, problems)
    annotators = pa.nulls(len(at), pa.large_string())
    if who := columns["annotator"]:
        annotators = as_text(rows.table.column(who), f"column {who!r}", problems)
        nameless = blank(annotators)
        annotators = pc.if_else(pa.array(nameless), None, annotators)
        problems.add(
            np.flatnonzero(nameless),
            lambda _: f"column {who!r}: nobody is named who judged",
            'name the annotator of each judgement, or say --annotations-columns "annotator="',
        )
    return Judgements(rows=at, annotators=annotators, labels=labels, name=said)


def _of_known(judgements: Judgements, items: NDArray[np.int64]) -> Judgements:
    """Return the judgements of items that there are."""
    known = np.flatnonzero(items >= 0)
    return replace(
        judgements, rows=judgements.rows[known], annotators=judgements.annotators.take(known)
    )


def _joined(class_names: Sequence[str], values: Sequence[str]) -> tuple[str, ...]:
    """Return the classes of a dataset and those of judgements: sorted where these are."""
    if tuple(class_names) == in_order(class_names):
        return in_order([*class_names, *values])
    return (*class_names, *in_order(set(values) - set(class_names)))
