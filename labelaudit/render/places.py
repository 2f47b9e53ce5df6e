"""Where in a dataset a number comes from: the classes, splits or files that it is worst in."""

from collections.abc import Callable, Mapping
from typing import Final

from labelaudit.render import text
from labelaudit.report import Gallery, Report, Sample, Scalar, Table

MOST: Final = 3  # places that are named
EXAMPLES: Final = 2
LONGEST: Final = 48  # characters of a path or name
TAIL: Final = 20  # characters that a name which is cut keeps of its end
BESIDE: Final = " / "  # between the names of one place
SIGNIFICANT: Final = 0.05  # below it, as the measures whose tables have adjusted p-values

Places = Callable[[Report], tuple[str, ...]]
Row = Mapping[str, Scalar]
Counts = Callable[[Row], bool]


def every(row: Row) -> bool:  # noqa: ARG001 - as the others are called
    """Take any row of a table."""
    return True


def holding(column: str, cell: Scalar) -> Counts:
    """Return what takes the rows that hold a cell in a column."""
    return lambda row: row.get(column) == cell


def tested(row: Row) -> bool:
    """Take a row of which a test says that it is more than chance."""
    p_value = row.get("adjusted_p_value")
    return isinstance(p_value, float) and p_value < SIGNIFICANT


def worse(row: Row) -> bool:
    """Take a slice that has more suspected labels than the rest, and not by chance."""
    return tested(row) and _number(row.get("suspected_share")) > _number(
        row.get("share_of_the_rest")
    )


def worst(
    measure: str,
    table: str,
    amount: str,
    *,
    of: tuple[str, ...] = (),
    only: Counts = every,
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
        What tells which rows count.
    """

    def places(report: Report) -> tuple[str, ...]:
        found = _table(report, measure, table)
        names = [] if found is None else [column.name for column in found.columns]
        if found is None or not {amount, *of} <= set(names):
            return ()
        at, shown = names.index(amount), [names.index(name) for name in of] or [0]
        rows = [row for row in found.rows if only(dict(zip(names, row, strict=True)))]
        pairs = [(_number(row[at]), row) for row in rows]
        largest = sorted((pair for pair in pairs if pair[0] > 0), key=lambda pair: -pair[0])
        unit = found.columns[at].unit
        return tuple(
            f"{BESIDE.join(_name(row[name]) for name in shown)}: {text.number(row[at], unit)}"
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
            f"{_name(row[0])}: {text.number(row[names.index(amount)], column.unit)}"
            for row in (rows[0], rows[-1])
        )

    return places


def named(measure: str, table: str, column: str, only: Counts = every) -> Places:
    """Return what finds the first names in a column of a table, in the rows that count."""

    def places(report: Report) -> tuple[str, ...]:
        found = _table(report, measure, table)
        names = [] if found is None else [each.name for each in found.columns]
        if found is None or column not in names:
            return ()
        rows = (dict(zip(names, row, strict=True)) for row in found.rows)
        cells = dict.fromkeys(row[column] for row in rows if only(row))
        return tuple(_name(cell) for cell in list(cells)[:MOST])

    return places


def examples(measure: str, gallery: str) -> Places:
    """Return what finds the first items of a gallery."""

    def places(report: Report) -> tuple[str, ...]:
        result = report.measure(measure)
        galleries: tuple[Gallery, ...] = () if result is None else result.galleries
        samples = next((each.samples for each in galleries if each.name == gallery), ())
        return tuple(_example(sample) for sample in samples[:EXAMPLES])

    return places


def kinds(measure: str, total: str) -> Places:
    """Return what finds the other counts of a measure, the largest first, beside their total."""

    def places(report: Report) -> tuple[str, ...]:
        result = report.measure(measure)
        values = () if result is None else result.values
        found = [each for each in values if each.unit == "count" and each.name != total]
        counted = sorted(((each.value or 0, each.title) for each in found), key=lambda one: -one[0])
        return tuple(f"{title}: {text.number(n)}" for n, title in counted[:MOST] if n)

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
    return path if given is None else f"{path} ({_name(given)})"


def _name(cell: Scalar) -> str:
    """Return what a cell holds; a long name without its middle."""
    name = text.number(cell)
    return name if len(name) <= LONGEST else f"{name[: LONGEST - TAIL]}…{name[-TAIL:]}"
