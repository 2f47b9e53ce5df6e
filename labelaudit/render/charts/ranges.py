"""Ranges of shares as bars between their two ends, one row a label."""

from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.parts import WIDTH, as_float, figure, first_texts, is_amount, nice_end
from labelaudit.render.fit import clipped, estimated_width
from labelaudit.report import Table

MOST_ROWS: Final = 20
LONGEST: Final = 140
STEP: Final = 22


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
    end = min(nice_end(max(upper for _, _, upper in rows)), 1)
    widest = max(estimated_width(text.visible(name), 12) for name, _, _ in rows)
    left = round(12 + min(LONGEST, widest), 1)
    room, bottom = WIDTH - 24 - left, STEP * len(rows) + 4
    drawn = Markup()
    for part in (0, 0.5, 1):
        drawn += Markup(
            '<path class="grid" d="M{x:.1f} 2V{bottom}"/>'
            '<text x="{x:.1f}" y="{y}" text-anchor="middle">{label}</text>'
        ).format(
            x=left + room * part,
            bottom=bottom,
            y=bottom + 16,
            label=text.number(end * part, "share"),
        )
    for number, (name, lower, upper) in enumerate(rows):
        y = STEP * number + 4
        start, stop = (left + room * min(at / end, 1) for at in (lower, upper))
        drawn += Markup(
            '<text x="{:.1f}" y="{}" text-anchor="end">{}</text>'
            '<rect class="cell" x="{:.1f}" y="{}" width="{:.1f}" height="12"/>'
        ).format(
            left - 8,
            y + 12,
            clipped(text.visible(name), 12, left - 10),
            start,
            y + 1,
            max(stop - start, 2),
        )
    widest_row = max(rows, key=lambda row: row[2] - row[1])
    summary = (
        f"Ranges; the widest is that of {widest_row[0]}, {text.number(widest_row[1], 'share')} "
        f"to {text.number(widest_row[2], 'share')}"
    )
    return figure(height=bottom + 22, name=summary, drawn=drawn)
