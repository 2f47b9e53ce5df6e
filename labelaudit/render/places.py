"""Where in a dataset a number comes from: the classes, splits or files that it is worst in."""

from collections.abc import Callable
from typing import Final

from labelaudit.render import text
from labelaudit.report import Gallery, Report, Sample, Scalar, Table

MOST: Final = 3  # places that are named
EXAMPLES: Final = 2
LONGEST: Final = 48  # characters of a path
BESIDE: Final = " / "  # between the names of one place

Places = Callable[[Report], tuple[str, ...]]


def worst(
    measure: str,
    table: str,
    amount: str,
    *,
    of: tuple[str, ...] = (),
    only: tuple[str, Scalar] | None = None,
) -> Places:
    """Return what finds the rows of a table with the largest numbers.

    Parameters
    ----------
    measure, table
        Names of the measure and of its table.
    amount
        Column of the numbers; what is not above 0 is no place.
    of
        Columns that name a row; the first when empty.
    only
        A column, and what it holds in the rows that count.
    """

    def places(report: Report) -> tuple[str, ...]:
        found = _table(report, measure, table)
        names = [] if found is None else [column.name for column in found.columns]
        needed = {amount, *of, *([only[0]] if only is not None else [])}
        if found is None or not needed <= set(names):
            return ()
        at, shown = names.index(amount), [names.index(name) for name in of] or [0]
        rows = [row for row in found.rows if only is None or row[names.index(only[0])] == only[1]]
        pairs = [(_number(row[at]), row) for row in rows]
        largest = sorted((pair for pair in pairs if pair[0] > 0), key=lambda pair: -pair[0])
        unit = found.columns[at].unit
        return tuple(
            f"{BESIDE.join(text.number(row[name]) for name in shown)}: {text.number(row[at], unit)}"
            for _, row in largest[:MOST]
        )

    return places


def ends(measure: str, table: str, amount: str) -> Places:
    """Return what finds the first and the last row of a table that is sorted by a column."""

    def places(report: Report) -> tuple[str, ...]:
        found = _table(report, measure, table)
        names = [] if found is None else [column.name for column in found.columns]
        if found is None or amount not in names or len(found.rows) < EXAMPLES:
            return ()
        column = found.columns[names.index(amount)]
        rows = sorted(found.rows, key=lambda row: -_number(row[names.index(amount)]))
        return tuple(
            f"{text.number(row[0])}: {text.number(row[names.index(amount)], column.unit)}"
            for row in (rows[0], rows[-1])
        )

    return places


def named(measure: str, table: str, column: str) -> Places:
    """Return what finds the first names in a column of a table."""

    def places(report: Report) -> tuple[str, ...]:
        found = _table(report, measure, table)
        names = [] if found is None else [each.name for each in found.columns]
        if found is None or column not in names:
            return ()
        cells = dict.fromkeys(row[names.index(column)] for row in found.rows)
        return tuple(text.number(cell) for cell in list(cells)[:MOST])

    return places


def examples(measure: str, gallery: str) -> Places:
    """Return what finds the first items of a gallery."""

    def places(report: Report) -> tuple[str, ...]:
        result = report.measure(measure)
        galleries: tuple[Gallery, ...] = () if result is None else result.galleries
        samples = next((each.samples for each in galleries if each.name == gallery), ())
        return tuple(_example(sample) for sample in samples[:EXAMPLES])

    return places


def nowhere(report: Report) -> tuple[str, ...]:  # noqa: ARG001 - as the others are called
    """Return no places: the number is of the whole dataset."""
    return ()


def _table(report: Report, measure: str, table: str) -> Table | None:
    result = report.measure(measure)
    tables = () if result is None else result.tables
    return next((each for each in tables if each.name == table and each.rows), None)


def _number(cell: Scalar) -> float:
    return 0 if cell is None or isinstance(cell, str) else float(cell)


def _example(sample: Sample) -> str:
    path = text.visible(sample.path)
    path = path if len(path) <= LONGEST else f"…{path[-LONGEST:]}"
    given = sample.given_label
    return path if given is None else f"{path} ({text.visible(given)})"
