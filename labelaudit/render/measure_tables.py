"""One measure on a terminal: its numbers, its tables and its notes."""

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from labelaudit.render import text
from labelaudit.report import MeasureResult, Scalar, Table, Value

MOST = 20  # rows of a table
LEAST_WIDTH = 8


def to_terminal(result: MeasureResult) -> RenderableType:
    """Return all that a measure found, but for its galleries, as rich prints it.

    Parameters
    ----------
    result
        Of a measure that was measured.
    """
    numbers = Grid.grid(padding=(0, 2))
    numbers.add_column()
    numbers.add_column(justify="right")
    numbers.add_column()
    for value in result.values:
        numbers.add_row(
            text.visible(value.title), text.number(value.value, value.unit), Text(_beside(value))
        )
    notes = [Text(f"Note: {text.visible(note)}") for note in result.notes]
    tables = [part for table in result.tables for part in (Text(), *_table(table))]
    return Group(numbers, *tables, Text(), *notes)


def _beside(value: Value) -> str:
    found = text.interval(value)
    return found or (text.visible(value.note) if value.value is None else "")


def _table(table: Table) -> list[RenderableType]:
    grid = Grid(title=text.visible(table.title), title_justify="left", box=box.SIMPLE_HEAD)
    names = [column.name for column in table.columns]
    shown = [at for at, name in enumerate(names) if _start(names, at - 1) is None]
    for at in shown:
        start = _start(names, at)
        is_text = any(isinstance(row[at], str) for row in table.rows)
        name = names[at] if start is None else f"{start}range"
        grid.add_column(
            text.visible(name.replace("_", " ")),
            justify="left" if is_text else "right",
            min_width=LEAST_WIDTH if is_text else None,
        )
    for row in table.rows[:MOST]:
        grid.add_row(*(Text(_cell(table, row, at, names)) for at in shown))
    left = len(table.rows) - MOST + table.omitted
    return [grid, Text(f"{left:,} more rows on the page")] if left > 0 else [grid]


def _start(names: Sequence[str], at: int) -> str | None:
    """Return how a column's name starts when it and the next are the ends of a range."""
    start = names[at].removesuffix("low") if at >= 0 else ""
    ends = [f"{start}low", f"{start}high"]
    return start if at >= 0 and list(names[at : at + 2]) == ends else None


def _cell(table: Table, row: Sequence[Scalar], at: int, names: Sequence[str]) -> str:
    """Return a cell in print, with the next where both are the ends of a range."""
    ends = [at] if _start(names, at) is None else [at, at + 1]
    cells = [text.number(row[end], table.columns[end].unit) for end in ends]
    return " to ".join(dict.fromkeys(cells))
