"""One measure on a terminal: its numbers, its tables and its notes."""

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from labelaudit.render import text
from labelaudit.report import MeasureResult, Table, Value

MOST = 20  # rows of a table


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
    numeric = [
        not any(isinstance(row[at], str) for row in table.rows) for at in range(len(table.columns))
    ]
    for column, is_number in zip(table.columns, numeric, strict=True):
        name = text.visible(column.name.replace("_", " "))
        grid.add_column(name, justify="right" if is_number else "left")
    for row in table.rows[:MOST]:
        cells = zip(row, table.columns, strict=True)
        grid.add_row(
            *("" if cell is None else Text(text.number(cell, of.unit)) for cell, of in cells)
        )
    left = len(table.rows) - MOST + table.omitted
    return [grid, Text(f"{left:,} more rows on the page")] if left > 0 else [grid]
