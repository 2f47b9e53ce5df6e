"""What annotators said of items, before the classes have numbers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labelaudit.dataset import UNLABELLED
from labelaudit.reading.cells import Coded, as_text, blank, encode, flat, is_list, recode
from labelaudit.reading.rows import Problems, Rows, quoted

LISTS = pa.large_list(pa.struct([("annotator", pa.large_string()), ("label", pa.large_string())]))
HINT = 'write ["cat", "dog"], or [{"annotator": "ann", "label": "cat"}]'


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judgements:
    """Judgements in columns, one entry each.

    Attributes
    ----------
    rows
        Row of the manifest that each was made of or stands in.
    annotators
        Who judged, null where that is not known.
    labels
        What was said; a blank is no judgement.
    name
        What a message calls them.
    """

    rows: NDArray[np.int64]
    annotators: pa.LargeStringArray
    labels: Coded
    name: str

    def table(self, class_names: Sequence[str]) -> pa.Table:
        """Return those that name a class, sorted by row."""
        codes = recode(self.labels, class_names)
        kept = np.flatnonzero(codes != UNLABELLED)
        return annotations_table(self.rows[kept], self.annotators.take(kept), codes[kept])


def annotations_table(
    items: NDArray[np.int64], annotators: pa.Array, labels: NDArray[np.int32]
) -> pa.Table:
    """Return judgements as a `Dataset` holds them, sorted by item."""
    order = np.argsort(items, kind="stable")
    return pa.table(
        {
            "item": pa.array(items[order], type=pa.int64()),
            "annotator": annotators.take(order).cast(pa.string()),
            "label": pa.array(labels[order], type=pa.int32()),
        }
    )


def judgements_table(judgements: list[NDArray[np.int32]], annotators: Sequence[str]) -> pa.Table:
    """Return the judgements of one column an annotator, one row each, by item."""
    matrix = np.stack(judgements, axis=1)
    items, columns = np.nonzero(matrix != UNLABELLED)
    names = pa.array(annotators, type=pa.string()).take(pa.array(columns))
    return annotations_table(items, names, matrix[items, columns])


def row_judgements(
    rows: Rows, column: str, annotator: str, class_names: Sequence[str], problems: Problems
) -> Judgements:
    """Return the judgements of a table with one judgement a row.

    A row whose label and annotator are both blank is an item that nobody judged.

    Parameters
    ----------
    rows
        The table.
    column, annotator
        Columns of the labels, and of the annotators' names.
    class_names
        Names of the classes that labels are numbers of; empty when labels are names.
    problems
        Takes judgements without a label, or by nobody.
    """
    said, who = f"column {column!r}", f"column {annotator!r}"
    if is_list(rows.table.column(column).type):
        problems.note(
            f"{said} holds lists; {who} can name the annotator of one judgement a row only",
            "write lists of objects with annotator and label, and leave out --annotator-column",
        )
    at = np.arange(rows.table.num_rows)
    cells = _named(flat(rows.table.column(column)), class_names)
    labels = encode(as_text(cells, said, problems), at)
    names = as_text(rows.table.column(annotator), who, problems)
    nameless = blank(names)
    problems.add(
        np.flatnonzero(nameless & (labels.codes >= 0)),
        lambda _: f"{who}: nobody is named who judged",
        "name the annotator of each judgement",
    )
    problems.add(
        np.flatnonzero(~nameless & (labels.codes < 0)),
        lambda _: f"{said}: the label is blank",
        "leave out the row of what was not judged, or the annotator where nobody judged an item",
    )
    return Judgements(rows=at, annotators=names, labels=labels, name=said)


def list_judgements(
    column: pa.ChunkedArray, name: str, class_names: Sequence[str], problems: Problems
) -> Judgements:
    """Return the judgements of a column whose cells are lists.

    Parameters
    ----------
    column
        Lists of labels, or of objects with ``annotator`` and ``label``; also as JSON in text.
    name
        What a message calls it.
    class_names
        Names of the classes that labels are numbers of; empty when labels are names.
    problems
        Takes cells that are no such lists.
    """
    cells = flat(column)
    if not is_list(cells.type):
        cells = _json_lists(encode(as_text(cells, name, problems)), name, problems)
    lengths = pc.list_value_length(cells).fill_null(0).to_numpy(zero_copy_only=False)
    rows = np.repeat(np.arange(len(cells)), lengths)
    found = pc.list_flatten(cells)
    annotators = pa.nulls(len(found), pa.large_string())
    if pa.types.is_struct(found.type):
        children = {child.name for child in found.type}
        if "label" not in children:
            problems.note(f"{name}: objects with {', '.join(sorted(children))}, no label", HINT)
            found = pa.nulls(len(found), pa.large_string())
        else:
            if "annotator" in children:
                annotators = as_text(pc.struct_field(found, "annotator"), name, problems, rows)
            found = pc.struct_field(found, "label")
    texts = as_text(_named(found, class_names), name, problems, rows)
    problems.add(
        np.unique(rows[blank(texts)]),
        lambda _: f"{name}: a label in the list is blank",
        "leave out of a list what was not judged",
    )
    named = ~blank(annotators)
    problems.add(
        np.unique(rows[~named]) if named.any() else np.empty(0, dtype=np.int64),
        lambda _: f"{name}: nobody is named who judged",
        "name the annotator of each judgement, or of none",
    )
    annotators = pc.if_else(pa.array(named), annotators, None)
    return Judgements(rows=rows, annotators=annotators, labels=encode(texts, rows), name=name)


def _named(cells: pa.Array, class_names: Sequence[str]) -> pa.Array:
    """Return the names of class numbers; null is none, and what is no class stays a number."""
    if not class_names or not pa.types.is_integer(cells.type):
        return cells
    numbers = cells.cast(pa.int64())
    names = dict(enumerate(class_names)) | {-1: None}
    values = [names.get(value, str(value)) for value in pc.unique(numbers).to_pylist()]
    return pa.array(values, pa.large_string()).take(pc.index_in(numbers, pc.unique(numbers)))


def note_repeated(judgements: Judgements, items: NDArray[np.int64], problems: Problems) -> None:
    """Note judgements by an annotator who judged the item before.

    Parameters
    ----------
    judgements
        The judgements.
    items
        Item of each.
    problems
        Takes those that are repeated.
    """
    codes = judgements.annotators.dictionary_encode().indices
    known = np.flatnonzero(pc.is_valid(codes).to_numpy(zero_copy_only=False))
    who = codes.take(known).to_numpy(zero_copy_only=False).astype(np.int64)
    keys = items[known] * (int(who.max(initial=0)) + 1) + who
    first = np.unique(keys, return_index=True)[1]
    again = np.setdiff1d(known, known[first])
    entry = dict(zip(judgements.rows[again].tolist(), again.tolist(), strict=True))
    problems.add(
        np.array(sorted(entry), dtype=np.int64),
        lambda row: f"{quoted(judgements.annotators[entry[row]])} judged the item before",
        "keep one judgement of each annotator of an item",
    )


def _json_lists(coded: Coded, name: str, problems: Problems) -> pa.LargeListArray:
    """Return JSON lists in text as lists of objects."""
    lists: list[list[dict[str, str | None]] | None] = []
    wrong = {}
    for value in coded.values:
        try:
            lists.append(_json_list(value))
        except (ValueError, RecursionError) as error:
            lists.append([])
            wrong[value] = str(error)
    problems.add(
        coded.rows(wrong.keys()),
        lambda row: (
            f"{name}: {coded.text(row)} is no JSON list of judgements; "
            + wrong[coded.values[coded.codes[row]]]
        ),
        HINT,
    )
    return pa.array([*lists, None], type=LISTS).take(pa.array(coded.codes % (len(lists) + 1)))


def _json_list(text: str) -> list[dict[str, str | None]]:
    """Return the judgements of a JSON list."""
    found = json.loads(text)
    if not isinstance(found, list):
        raise ValueError("it is no list")  # noqa: TRY004 - bad JSON, not a bad call
    return [_json_judgement(entry) for entry in found]


def _json_judgement(entry: object) -> dict[str, str | None]:
    """Return one judgement: a label, or an object."""
    said = entry if isinstance(entry, dict) else {"label": entry}
    if "label" not in said:
        raise ValueError(f"{quoted(entry)} has no label")
    for cell in (said["label"], said.get("annotator", "")):
        if isinstance(cell, bool) or not isinstance(cell, str | int):
            raise ValueError(f"{quoted(cell)} is neither text nor a whole number")  # noqa: TRY004 - bad JSON, not a bad call
        str(cell).encode()
    who = said.get("annotator")
    return {"annotator": None if who is None else str(who), "label": str(said["label"])}
