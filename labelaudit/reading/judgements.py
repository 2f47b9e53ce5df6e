"""What annotators said of items, before the classes have numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labelaudit.dataset import UNLABELLED
from labelaudit.reading.cells import Coded, as_text, blank, encode, flat, is_list, recode
from labelaudit.reading.rows import Problems, Rows, quoted


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
    class_names
        Classes that the file declares; empty when it declares none.
    """

    rows: NDArray[np.int64]
    annotators: pa.LargeStringArray
    labels: Coded
    name: str
    class_names: tuple[str, ...] = ()

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
    rows: Rows, column: str, annotator: str, class_names: tuple[str, ...], problems: Problems
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
        problems.check()
    at = np.arange(rows.table.num_rows)
    cells = named_classes(flat(rows.table.column(column)), said, class_names, problems, at)
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
    names = pc.if_else(pa.array(nameless), None, names)
    return Judgements(rows=at, annotators=names, labels=labels, name=said, class_names=class_names)


def named_classes(
    cells: pa.Array,
    name: str,
    class_names: Sequence[str],
    problems: Problems,
    at: NDArray[np.int64],
) -> pa.Array:
    """Return the names of class numbers, null for none; without declared classes all as it is."""
    if not class_names or not pa.types.is_integer(cells.type):
        return cells
    numbers = cells.cast(pa.int64())
    codes = pc.index_in(numbers, pa.array(range(len(class_names)), pa.int64()))
    wrong = pc.and_(pc.greater_equal(numbers, 0), pc.is_null(codes)).fill_null(fill_value=False)
    problems.add(
        np.unique(at[wrong.to_numpy(zero_copy_only=False)]),
        lambda _: f"{name}: a number that is none of the {len(class_names)} declared classes",
        "write the file again with all its classes declared",
    )
    return pa.array(class_names, pa.large_string()).take(codes)


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
    _, first, of = np.unique(keys, return_index=True, return_inverse=True)
    before = judgements.rows[known[first[of]]]
    again = np.delete(np.arange(len(known)), first)
    at = dict(zip(judgements.rows[known[again]].tolist(), again.tolist(), strict=True))

    def said(row: int) -> str:
        (place,) = problems.rows.locate([int(before[at[row]])])
        return f"{quoted(judgements.annotators[known[at[row]]])} judged the item in {place}, too"

    hint = "keep one judgement of each annotator of an item"
    problems.add(np.array(sorted(at), dtype=np.int64), said, hint)
