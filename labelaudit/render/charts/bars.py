"""Bars in the cells of a table, and a value on its interval."""

from dataclasses import dataclass

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.parts import as_float, is_amount, nice_end
from labelaudit.report import Scalar, Table, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Which column of a table has bars, and the number that fills a cell."""

    column: int
    most: float


def bars_of(table: Table) -> Bars | None:
    """Return the bars of a table: those of its first column named as a share, else a count."""
    for last_word in ("share", "count"):
        for number, column in enumerate(table.columns):
            if column.name.rpartition("_")[2] != last_word:
                continue
            cells = [row[number] for row in table.rows if row[number] is not None]
            if len(cells) > 1 and all(map(is_amount, cells)) and any(cells):
                return Bars(column=number, most=max(map(as_float, cells)))
    return None


def bar(cell: Scalar, most: float) -> Markup:
    """Return a bar for a cell of a table, as long as its number is of the largest."""
    return Markup(
        '<svg class="bar" aria-hidden="true"><rect width="{:.3g}%" height="100%"/></svg>'
    ).format(100 * (as_float(cell) / most))


def interval(value: Value) -> Markup:
    """Return a value as a dot on its interval, over an axis that starts at 0.

    Empty for a value without an interval, or below 0.
    """
    if value.value is None or value.low is None or value.high is None or value.low < 0:
        return Markup()
    end = 1.0 if value.unit == "share" and value.high > 0.5 else nice_end(value.high)  # noqa: PLR2004 - beyond half, the whole is the axis
    x, low, high = (8 + 224 * at / end for at in (value.value, value.low, value.high))
    return Markup(
        '<svg class="interval" viewBox="0 0 240 38" aria-hidden="true">'
        '<path class="axis" d="M8 12V20M8 16H232M232 12V20"/>'
        '<rect x="{low:.1f}" y="11" width="{width:.1f}" height="10"/>'
        '<circle cx="{x:.1f}" cy="16" r="6"/>'
        '<text x="8" y="35" text-anchor="start">{start}</text>'
        '<text x="232" y="35" text-anchor="end">{end}</text></svg>'
    ).format(
        low=low,
        width=high - low,
        x=x,
        start=text.number(0, value.unit if value.unit == "share" else ""),
        end=text.number(end, value.unit if value.unit == "share" else ""),
    )
