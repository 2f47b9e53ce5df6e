"""Columns of numbers: targets, and what items can be sliced by."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labelaudit.reading.cells import EXACT, Coded, blank, encode, flat, is_text
from labelaudit.reading.declared_states import check_states
from labelaudit.reading.rows import Problems, Rows

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
PADDED = re.compile(r"[+-]?0\d.*", re.ASCII)
MANY = 20


def read_targets(
    column: pa.ChunkedArray, name: str, states: Mapping[str, str], problems: Problems
) -> NDArray[np.float64]:
    """Return the numbers that are labels, NaN where a cell is blank, null or NaN.

    Parameters
    ----------
    column
        Numbers, or text that is numbers.
    name
        What a message calls it.
    states
        Cells that are declared to be ``unlabelled``.
    problems
        Takes what is no finite number.
    """
    check_states(states, ("unlabelled",), problems)
    cells = flat(column)
    if not (is_number(cells.type) or is_text(cells.type) or pa.types.is_null(cells.type)):
        problems.note(
            f"{name} holds {cells.type}", "a target is a number; name another --target-column"
        )
        return np.full(len(cells), np.nan)
    coded = None if is_number(cells.type) else encode(cells.cast(pa.large_string()))
    targets = _floats(cells) if coded is None else _parsed(coded, states)
    unlabelled = [float(text) for text in states if NUMBER.fullmatch(text)]
    targets[np.isin(targets, unlabelled)] = np.nan
    wrong = np.isinf(targets)
    problems.add(
        np.flatnonzero(wrong),
        lambda row: (
            f"{name}: {targets[row] if coded is None else coded.text(row)} is no finite number"
        ),
        "leave the cell blank when the item has no label, or say what it means, as "
        '--label-states "unknown=unlabelled"',
    )
    return np.where(wrong, np.nan, targets) + 0.0  # no minus zero


def read_metadata(rows: Rows, names: Sequence[str], problems: Problems) -> pa.Table | None:
    """Return columns to slice by: numbers as float64, all else as text; blank is null.

    A column of text is numbers when all its cells are that are not blank, and none begins with
    a zero as only codes do.
    """
    columns = {name: _metadata(rows.table.column(name), name, problems) for name in names}
    return pa.table(columns) if columns else None


def looks_like_numbers(values: Sequence[str]) -> bool:
    """Tell whether the labels of a table may be targets: numbers, of which many are not whole."""
    if not all(NUMBER.fullmatch(value.strip()) for value in values):
        return False
    return sum(not float(value).is_integer() for value in values) > MANY


def is_number(kind: pa.DataType) -> bool:
    """Tell whether a type is of numbers."""
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    )


def _floats(cells: pa.Array) -> NDArray[np.float64]:
    """Return numbers as float64, null as NaN."""
    floats = pc.cast(cells, pa.float64(), safe=False)
    found: NDArray[np.float64] = floats.to_numpy(zero_copy_only=False).astype(np.float64)
    return found


def _parsed(coded: Coded, states: Mapping[str, str]) -> NDArray[np.float64]:
    """Return text as numbers: blank and unlabelled as NaN, what is no number as infinity."""
    found = [
        np.nan
        if value in states or value.strip() in states
        else (float(value) if NUMBER.fullmatch(value.strip()) else np.inf)
        for value in coded.values
    ]
    return np.array([*found, np.nan])[coded.codes]


def _metadata(column: pa.ChunkedArray, name: str, problems: Problems) -> pa.Array:
    """Return one column as float64 or text."""
    cells = flat(column)
    kind = cells.type
    if is_number(kind):
        numbers = _floats(cells)
        problems.add(
            np.flatnonzero(np.isinf(numbers)),
            lambda row: f"column {name!r}: {numbers[row]} is no finite number",
            "leave the cell blank",
        )
        if pa.types.is_floating(kind) or not (np.abs(numbers) >= EXACT).any():
            return pa.array(numbers, from_pandas=True)
    elif not (
        is_text(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_temporal(kind)
        or pa.types.is_null(kind)
    ):
        problems.note(f"column {name!r} holds {kind}", "slices are by text or numbers")
        return pa.nulls(len(cells), pa.string())
    texts = cells.cast(pa.large_string())
    coded = encode(texts)
    if coded.values and all(map(_is_plain, coded.values)):
        return pa.array(_parsed(coded, {}), from_pandas=True)
    return pc.if_else(pa.array(blank(texts)), None, texts).cast(pa.string())


def _is_plain(value: str) -> bool:
    """Tell whether text is a number and no code: ``007``, or more digits than a float64 holds."""
    text = value.strip()
    if not NUMBER.fullmatch(text) or PADDED.fullmatch(text):
        return False
    is_whole = text.lstrip("+-").isdigit()
    return abs(float(text)) < (EXACT if is_whole else np.inf)
