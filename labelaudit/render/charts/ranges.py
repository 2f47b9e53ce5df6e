"""Ranges of shares as bars between their two ends, one row a label."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.axis import below, ticks, words
from labelaudit.render.charts.names import said, shortened, width_of, written
from labelaudit.render.charts.parts import WIDTH, as_float, figure, first_texts, is_amount
from labelaudit.report import Table

MOST_ROWS: Final = 20
LONGEST: Final = 140
STEP: Final = 22
RIGHT: Final = 20


def ranges(table: Table, low: str, high: str) -> Markup:
    """Return the range of each row of a table, over an axis that starts at 0.

    The first 20 rows that have both ends; empty when there is none.

    Parameters
    ----------
    table
        Its first column of texts names the rows.
    low, high
        Names of the columns of the ends: shares, not below 0.
    """
    columns = {column.name: number for number, column in enumerate(table.columns)}
    names = first_texts(table)
    if not names or not {low, high} <= set(columns):
        return Markup()
    rows = [
        (str(row[names[0]]), as_float(row[columns[low]]), as_float(row[columns[high]]))
        for row in table.rows
        if is_amount(row[columns[low]]) and is_amount(row[columns[high]])
    ][:MOST_ROWS]
    if not rows:
        return Markup()
    marks = ticks(max(upper for _, _, upper in rows))
    left = round(12 + min(LONGEST, max(width_of(name) for name, _, _ in rows)), 1)
    bottom, among = STEP * len(rows) + 4, len(table.rows) + table.omitted

    def x(at: float) -> float:
        return left + (WIDTH - RIGHT - left) * at / marks[-1]

    drawn = below([(mark, words(mark, "share")) for mark in marks], bottom + 16, x)
    for mark in marks:
        drawn += Markup('<path class="grid" d="M{:.1f} 2V{}"/>').format(x(mark), bottom)
    shown = shortened([name for name, _, _ in rows], left - 10)
    for number, (name, (_, lower, upper)) in enumerate(zip(shown, rows, strict=True)):
        y = STEP * number + 4
        drawn += Markup(
            '<text x="{:.1f}" y="{}" text-anchor="end">{}</text>'
            '<rect class="cell" x="{:.1f}" y="{}" width="{:.1f}" height="12"/>'
        ).format(
            *(left - 8, y + 12, written(name)),
            *(x(lower), y + 1, max(x(upper) - x(lower), 2)),
        )
    height = bottom + 22
    if len(rows) == MOST_ROWS < among:
        height += 18
        drawn += Markup('<text x="{}" y="{}" text-anchor="end" class="head">{}</text>').format(
            WIDTH, height - 4, f"the first {MOST_ROWS} of {among:,} rows"
        )
    return figure(height=height, name=_summary(rows), drawn=drawn)


def _summary(rows: Sequence[tuple[str, float, float]]) -> str:
    """Name the widest range."""
    name, lower, upper = max(rows, key=lambda row: row[2] - row[1])
    return (
        f"Ranges of {text.counted(len(rows), 'row')}; the widest is that of {said(name)}, "
        f"{text.number(lower, 'share')} to {text.number(upper, 'share')}"
    )
