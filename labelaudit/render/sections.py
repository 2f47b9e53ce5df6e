"""What the template of a measure asks of its result: numbers, tables and galleries by name."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from labelaudit.render import text
from labelaudit.render.charts.bars import bar
from labelaudit.render.charts.pairs import matrix
from labelaudit.render.classes import IN_SECTIONS, in_classes
from labelaudit.render.galleries import detail_of, labels_beside, opened, shortened
from labelaudit.report import Gallery, MeasureResult, Scalar, Table, Value

N_ROWS: Final = 50  # rows of a table that the page holds
N_COLUMNS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The rows and columns of a table that the page holds.

    Attributes
    ----------
    table
        The table with these rows and columns alone.
    rows, columns
        How many of each the JSON holds and the page does not.
    omitted
        Rows that the JSON does not hold either.
    by_class
        Whether it has one row a class, and some classes are left out.
    """

    table: Table
    rows: int
    columns: int
    omitted: int
    by_class: bool


def value_of(measure: MeasureResult, name: str) -> Value | None:
    """Return a value by its name; None where the measure has none of it."""
    return next((value for value in measure.values if value.name == name), None)


def table_of(measure: MeasureResult, name: str) -> Table | None:
    """Return a table by its name; None where there is none, or nothing in it."""
    return next((table for table in measure.tables if table.name == name and table.rows), None)


def gallery_of(measure: MeasureResult, name: str) -> Gallery | None:
    """Return a gallery by its name; None where the measure has none of it."""
    return next((gallery for gallery in measure.galleries if gallery.name == name), None)


def parameter_of(measure: MeasureResult, name: str) -> Scalar:
    """Return what a measure was computed with, by its name; None where it has none of it."""
    return measure.parameters.get(name)


def known(measure: MeasureResult, *names: str) -> bool:
    """Tell whether all the values of these names are there and defined."""
    found = [value_of(measure, name) for name in names]
    return all(value is not None and value.value is not None for value in found)


def some(measure: MeasureResult, *names: str) -> bool:
    """Tell whether all the values of these names are defined and not 0."""
    found = [value_of(measure, name) for name in names]
    return all(value is not None and bool(value.value) for value in found)


def values_of(measure: MeasureResult, names: Collection[str]) -> list[Value]:
    """Return the values of these names, in the order of the names."""
    found = [value_of(measure, name) for name in names]
    return [value for value in found if value is not None]


def other_values(measure: MeasureResult, names: Collection[str]) -> list[Value]:
    """Return the values of all other names."""
    return [value for value in measure.values if value.name not in names]


def other_tables(measure: MeasureResult, names: Collection[str]) -> list[Table]:
    """Return the tables of all other names that hold anything."""
    return [table for table in measure.tables if table.rows and table.name not in names]


def other_galleries(measure: MeasureResult, names: Collection[str]) -> list[Gallery]:
    """Return the galleries of all other names that hold anything."""
    return [
        gallery
        for gallery in measure.galleries
        if (gallery.samples or gallery.omitted) and gallery.name not in names
    ]


def part_of(table: Table, columns: Sequence[str] = (), *, from_the_end: bool = False) -> Part:
    """Return what the page holds of a table: the JSON holds all of it.

    Parameters
    ----------
    table
        Any table.
    columns
        Names of the columns to show, as far as there are such; the first few when empty. A
        column without any cell is not shown.
    from_the_end
        Whether the last rows are the ones to look at; they then come first.
    """
    by_class = in_classes(table)
    most = IN_SECTIONS if by_class else N_ROWS
    rows = table.rows[::-1] if from_the_end and len(table.rows) > most else table.rows
    at = [number for number, column in enumerate(table.columns) if column.name in columns]
    at = at or list(range(len(table.columns)))
    filled = [number for number in at if any(row[number] is not None for row in table.rows)]
    at = (filled or at)[:N_COLUMNS]
    shown = replace(
        table,
        columns=tuple(table.columns[number] for number in at),
        rows=tuple(tuple(row[number] for number in at) for row in rows[:most]),
    )
    return Part(
        table=shown,
        rows=len(table.rows) - len(shown.rows),
        columns=len(table.columns) - len(at),
        omitted=table.omitted,
        by_class=by_class,
    )


SECTIONS: Final[Mapping[str, Callable[..., object]]] = {
    "bar_chart": bar,
    "detail_of": detail_of,
    "gallery_of": gallery_of,
    "interval_words": text.interval,
    "known": known,
    "labels_beside": labels_beside,
    "matrix_chart": matrix,
    "opened": opened,
    "other_galleries": other_galleries,
    "other_tables": other_tables,
    "other_values": other_values,
    "parameter_of": parameter_of,
    "part_of": part_of,
    "set_apart": text.set_apart,
    "shortened": shortened,
    "some": some,
    "table_of": table_of,
    "value_of": value_of,
    "values_of": values_of,
}
