"""Several labels in one cell: lists, JSON lists in text, or text with a separator."""

import json
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labelaudit.dataset import LabelStates, State
from labelaudit.reading.cells import (
    Coded,
    as_text,
    blank,
    encode,
    in_order,
    recode,
)
from labelaudit.reading.declared_states import check_minus_one
from labelaudit.reading.rows import Problems, quoted

LISTS = pa.large_list(pa.large_string())


def split_cells(
    coded: Coded, separator: str, states: Mapping[str, str], name: str, problems: Problems
) -> pa.LargeListArray:
    """Return cells such as ``cat|dog`` as lists; a whole cell may have a declared meaning."""
    lists: list[list[str] | None] = []
    wrong = set()
    for value in coded.values:
        parts = [part.strip() for part in value.split(separator)]
        meaning = states.get(value)
        if meaning in {"unlabelled", "negative"}:
            lists.append(None if meaning == "unlabelled" else [])
            continue
        if not all(parts):
            wrong.add(value)
        lists.append([part for part in parts if part])
    problems.add(
        coded.rows(wrong),
        lambda row: f"{name}: {coded.text(row)} has an empty label",
        f"leave out a {separator!r} that separates nothing",
    )
    return _spread([*lists, [] if states.get("") == "negative" else None], coded)


def parse_json_lists(coded: Coded, name: str, problems: Problems) -> pa.LargeListArray:
    """Return cells such as ``["cat", "dog"]`` as lists."""
    lists: list[list[str] | None] = []
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
            f"{name}: {coded.text(row)} is no JSON list of labels; "
            + wrong[coded.values[coded.codes[row]]]
        ),
        'write ["cat", "dog"], or say --label-separator',
    )
    return _spread([*lists, None], coded)


def label_sets(
    lists: pa.LargeListArray, name: str, states: Mapping[str, str], problems: Problems
) -> tuple[LabelStates, tuple[str, ...], int]:
    """Return lists of labels as the positive states of an item.

    Parameters
    ----------
    lists
        One list an item; null when it is unlabelled.
    name
        What a message calls the column.
    states
        Whether ``-1`` is declared to be a class.
    problems
        Takes blank labels, and lists that may be 0/1 vectors.

    Returns
    -------
    The states, the names of the classes, and how often a label stood twice in one list.
    """
    lengths = pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False)
    rows = np.repeat(np.arange(len(lists)), lengths)
    texts = as_text(pc.list_flatten(lists), name, problems, rows)
    problems.add(
        np.unique(rows[blank(texts)]),
        lambda _: f"{name}: a label in the list is blank",
        "leave blank labels out of the lists; null instead of a list is unlabelled",
    )
    coded = encode(texts, rows)
    check_minus_one({name: coded}, states, problems)
    class_names = in_order(coded.values)
    labelled = pc.is_valid(lists).to_numpy(zero_copy_only=False)
    codes = recode(coded, class_names)
    found, repeated = positive_states(rows, codes, labelled, len(class_names))
    if repeated and set(class_names) == {"0", "1"} and len(np.unique(lengths[lengths > 0])) == 1:
        problems.note(
            f"{name}: lists of 0 and 1 of one length look like one cell a class, not like labels",
            "write lists of class names, or one column a class and name them with --label-column",
        )
    return found, class_names, repeated


def states_of(matrix: NDArray[np.int8]) -> LabelStates:
    """Return one `State` an item and class as states; all ``UNKNOWN`` is an unlabelled item."""
    labelled = ~(matrix == State.UNKNOWN).all(axis=1)
    stored = (matrix != State.NEGATIVE) & labelled[:, np.newaxis]
    return LabelStates(
        indptr=_starts(stored.sum(axis=1)),
        indices=np.nonzero(stored)[1].astype(np.int32),
        states=matrix[stored],
        labelled=labelled,
    )


def positive_states(
    rows: NDArray[np.int64],
    codes: NDArray[np.int32],
    labelled: NDArray[np.bool_],
    n_classes: int,
) -> tuple[LabelStates, int]:
    """Return positive cells as states, and how many of them were there already.

    Parameters
    ----------
    rows, codes
        Item and class of each cell; a negative class is left out.
    labelled
        Whether each item has labels, shape ``(n_samples,)``.
    n_classes
        Number of classes.
    """
    keys = np.sort((rows * n_classes + codes)[codes >= 0])
    cells = keys[np.flatnonzero(np.diff(keys, prepend=-1))]
    items, indices = np.divmod(cells, max(n_classes, 1))
    states = LabelStates(
        indptr=_starts(np.bincount(items, minlength=len(labelled))),
        indices=indices.astype(np.int32),
        states=np.full(len(cells), State.POSITIVE, dtype=np.int8),
        labelled=labelled,
    )
    return states, len(keys) - len(cells)


def _starts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _spread(lists: list[list[str] | None], coded: Coded) -> pa.LargeListArray:
    """Return the list of each cell; the last of the lists is that of a blank cell."""
    return pa.array(lists, type=LISTS).take(pa.array(coded.codes % len(lists)))


def _json_list(text: str) -> list[str]:
    """Return the labels of a JSON list as text."""
    found = json.loads(text)
    if not isinstance(found, list):
        raise ValueError("it is no list")  # noqa: TRY004 - bad JSON, not a bad call
    for label in found:
        if isinstance(label, bool) or not isinstance(label, str | int):
            what = f"{quoted(label)} is neither text nor a whole number"
            raise ValueError(what)  # noqa: TRY004 - bad JSON, not a bad call
        str(label).encode()
    return [str(label) for label in found]
