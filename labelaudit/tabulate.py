"""From numbers and columns to the values and tables of a report."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.report import EXACT, Better, Column, Scalar, Table, Value

MAX_ROWS: Final = 1000

Specification = tuple[str, str, str, Better]
ColumnValues = Sequence[str] | NDArray[np.generic]


def exact_values(
    specifications: Sequence[Specification],
    numbers: Mapping[str, float | None],
    notes: Mapping[str, str],
    no_interval: str = EXACT,
) -> tuple[Value, ...]:
    """Return values without interval, in the order of their specifications.

    Parameters
    ----------
    specifications
        Name, title, unit and direction of each.
    numbers
        Each by name; None or NaN where undefined.
    notes
        What a reader must know beside a value, by its name.
    no_interval
        Why they have none.
    """
    return tuple(
        Value(
            name=name,
            title=title,
            value=_defined(numbers[name]),
            unit=unit,
            better=better,
            note=notes.get(name, ""),
            no_interval=no_interval,
        )
        for name, title, unit, better in specifications
    )


def bounded(value: Value, low: float, high: float, interval: str) -> Value:
    """Return a value with an interval that holds it, and what that covers."""
    if value.value is None:
        return value
    return replace(
        value,
        low=min(float(low), value.value),
        high=max(float(high), value.value),
        interval=interval,
        no_interval="",
    )


def ranked_table(
    name: str,
    title: str,
    columns: Sequence[tuple[str, str, ColumnValues]],
    order: NDArray[np.int64],
) -> Table:
    """Return the first 1,000 rows of some columns, and count the others.

    Parameters
    ----------
    name, title
        As of the table.
    columns
        Name, unit and values of each column; NaN is printed as undefined.
    order
        Rows of the columns, the most important first.
    """
    shown = order[:MAX_ROWS].tolist()
    return Table(
        name=name,
        title=title,
        columns=tuple(Column(name=name, unit=unit) for name, unit, _ in columns),
        rows=tuple(zip(*(_cells(values, shown) for _, _, values in columns), strict=True)),
        omitted=len(order) - len(shown),
    )


def _cells(values: ColumnValues, shown: list[int]) -> list[Scalar]:
    """Return the cells of a column as plain Python."""
    if isinstance(values, np.ndarray):
        return [_defined(cell) for cell in values[shown].tolist()]
    return [values[row] for row in shown]


def plain(cell: np.generic) -> Scalar:
    """Return a cell of an array as plain Python; None for NaN."""
    found: Scalar = cell.item()
    return _defined(found) if isinstance(found, float) else found


def _defined(number: float | None) -> float | None:
    """Return None for NaN."""
    return None if isinstance(number, float) and math.isnan(number) else number
