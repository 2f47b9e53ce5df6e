"""Judgements in lists, one cell an item: labels alone, or with who gave them."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from labelaudit.reading.cells import Coded, as_text, blank, encode, flat, is_list, is_text
from labelaudit.reading.judgements import Judgements, named_classes
from labelaudit.reading.rows import Problems, quoted

LISTS = pa.large_list(pa.struct([("annotator", pa.large_string()), ("label", pa.large_string())]))
HINT = 'write ["cat", "dog"], or [{"annotator": "ann", "label": "cat"}]'


def list_judgements(
    column: pa.ChunkedArray, name: str, class_names: tuple[str, ...], problems: Problems
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
    if not (is_list(cells.type) or is_text(cells.type) or pa.types.is_null(cells.type)):
        problems.note(f"{name} holds {cells.type}, and no lists", HINT)
        cells = pa.nulls(len(cells), pa.large_string())
    if not is_list(cells.type):
        cells = _json_lists(encode(as_text(cells, name, problems)), name, problems)
    lengths = pc.list_value_length(cells).fill_null(0).to_numpy(zero_copy_only=False)
    rows = np.repeat(np.arange(len(cells)), lengths)
    who, said = _parts(pc.list_flatten(cells), name, problems)
    annotators = as_text(who, name, problems, rows)
    texts = as_text(named_classes(said, name, class_names, problems, rows), name, problems, rows)
    problems.add(
        np.unique(rows[blank(texts)]),
        lambda _: f"{name}: a label in the list is blank",
        "leave out of a list what was not judged",
    )
    nameless = blank(annotators)
    problems.add(
        np.unique(rows[nameless & ~nameless.all()]),
        lambda _: f"{name}: nobody is named who judged",
        "name the annotator of each judgement, or of none",
    )
    return Judgements(
        rows=rows,
        annotators=pc.if_else(pa.array(nameless), None, annotators),
        labels=encode(texts, rows),
        name=name,
        class_names=class_names,
    )


def _parts(entries: pa.Array, name: str, problems: Problems) -> tuple[pa.Array, pa.Array]:
    """Return the annotator and the label of each entry of the lists."""
    nobody = pa.nulls(len(entries), pa.large_string())
    if not pa.types.is_struct(entries.type):
        return nobody, entries
    children = sorted(child.name for child in entries.type)
    if "label" not in children:
        problems.note(f"{name}: objects with {', '.join(children)}, and no label", HINT)
        return nobody, nobody.fill_null("?")
    who = pc.struct_field(entries, "annotator") if "annotator" in children else nobody
    return who, pc.struct_field(entries, "label")


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
