"""One column a class, whose cells say positive, negative, uncertain or unknown."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from labelaudit.dataset import LabelStates, State
from labelaudit.reading.cells import Coded, as_text, encode
from labelaudit.reading.declared_states import check_states
from labelaudit.reading.label_sets import states_of
from labelaudit.reading.rows import Problems, Rows

MEANINGS = {state.name.lower(): state for state in State}
USUAL = {
    "0": State.NEGATIVE,
    "1": State.POSITIVE,
    "false": State.NEGATIVE,
    "true": State.POSITIVE,
}
DECIMAL = re.compile(r"(-?\d+)\.0+", re.ASCII)
HINT = (
    "say what each cell means, for example "
    '--label-states "1=positive,0=negative,-1=uncertain,=unknown"'
)


def class_columns(
    rows: Rows, columns: Sequence[str], states: Mapping[str, str], problems: Problems
) -> LabelStates:
    """Read one column a class.

    A cell is 1, 0, true or false. Any other value, and a blank, has to be declared, because
    datasets disagree: ``-1`` is *negative* to some and *uncertain* to others (CheXpert), and a
    blank is *unknown* or *negative*. An item is labelled unless all its cells are unknown.

    Parameters
    ----------
    rows
        The table.
    columns
        The label columns, one a class.
    states
        Declared meanings by the text of a cell, ``""`` for a blank one.
    problems
        Takes cells without a meaning.
    """
    meanings = meanings_of(states, problems)
    matrix = np.empty((rows.table.num_rows, len(columns)), dtype=np.int8)
    for number, name in enumerate(columns):
        coded = encode(as_text(rows.table.column(name), f"column {name!r}", problems))
        matrix[:, number] = cell_states(coded, f"column {name!r}", meanings, problems)
    return states_of(matrix)


def meanings_of(states: Mapping[str, str], problems: Problems) -> dict[str, State]:
    """Return the `State` of each text: what is usual, then what is declared."""
    check_states(states, tuple(MEANINGS), problems)
    return USUAL | {text: MEANINGS[said] for text, said in states.items() if said in MEANINGS}


def cell_states(
    coded: Coded, name: str, meanings: Mapping[str, State], problems: Problems
) -> NDArray[np.int8]:
    """Return the `State` of each cell of one class."""
    found = [_meaning(value, meanings) for value in coded.values]
    wrong = {value for value, meaning in zip(coded.values, found, strict=True) if meaning is None}
    problems.add(
        coded.rows(wrong), lambda row: f"{name}: {coded.text(row)} is neither 0 nor 1", HINT
    )
    if "" not in meanings:
        blank = np.flatnonzero(coded.codes < 0)
        problems.cells(blank, f"{name}: a blank cell is neither 0 nor 1", HINT)
    lookup = [State.UNKNOWN if meaning is None else meaning for meaning in found]
    return np.array([*lookup, meanings.get("", State.UNKNOWN)], dtype=np.int8)[coded.codes]


def _meaning(value: str, meanings: Mapping[str, State]) -> State | None:
    """Return what a cell means; ``1.0`` is 1, ``True`` is true."""
    text = value.strip()
    if value in meanings or text in meanings:
        return meanings.get(value, meanings.get(text))
    if whole := DECIMAL.fullmatch(text):
        return meanings.get(whole[1])
    return meanings.get(text.lower()) if text.lower() in {"true", "false"} else None
