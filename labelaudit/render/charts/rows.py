"""One row a name: an estimate on its interval, or two shares side by side."""

import math
from collections.abc import Callable, Sequence
from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.axis import below, marks_between, ticks, words
from labelaudit.render.charts.names import said, shortened, width_of, written
from labelaudit.render.charts.parts import WIDTH, as_float, figure, first_texts
from labelaudit.report import Scalar, Table

MOST_ROWS: Final = 16
LONGEST: Final = 190
STEP: Final = 22
TOP: Final = 20
RIGHT: Final = 20

Row = tuple[str, float, float, float]


def forest(table: Table, value: str, reference: float, unit: str = "") -> Markup:
    """Return the first 16 rows of a table as dots on their intervals, beside a reference.

    Parameters
    ----------
    table
        Its columns of texts name the rows; those of one text alone are left out.
    value
        Name of the column of the dots; the ends are in the columns ``low`` and ``high``.
    reference
        Where nothing was found: a dashed line.
    unit
        As of a value.
    """
    rows = _rows(table, (value, "low", "high"))
    if not rows:
        return Markup()
    least = min(reference, *(low for _, _, low, _ in rows))
    most = max(reference, *(high for _, _, _, high in rows))
    left, bottom = _left(rows), STEP * len(rows) + TOP
    start, end = _ends(least, most)

    def x(at: float) -> float:
        return left + (WIDTH - RIGHT - left) * (at - start) / (end - start)

    drawn = _axis(marks_between(start, end), x, bottom, unit) + Markup(
        '<path class="parting" d="M{0:.1f} {1}V{2}"/>'
    ).format(x(reference), TOP - 4, bottom)
    drawn += _names(rows, left)
    for number, (_, at, low, high) in enumerate(rows):
        drawn += Markup(
            '<path class="line" d="M{:.1f} {y}H{:.1f}"/><circle class="dot" cx="{:.1f}" cy="{y}" '
            'r="4"/>'
        ).format(x(low), x(high), x(at), y=TOP + STEP * number + 9)
    first = rows[0]
    summary = (
        f"{text.heading(value)} of {text.counted(len(rows), 'row')}; first {said(first[0])} with "
        f"{text.number(first[1], unit)}, {text.number(first[2], unit)} to "
        f"{text.number(first[3], unit)}"
    )
    return _figure(table, rows, summary, drawn)


def dumbbell(table: Table, share: str, other: str, heads: tuple[str, str]) -> Markup:
    """Return the first 16 rows of a table as two shares each, joined by a line.

    Parameters
    ----------
    table
        Its columns of texts name the rows; those of one text alone are left out.
    share, other
        Names of the two columns.
    heads
        What the two are of.
    """
    rows = _rows(table, (share, other, other))
    if not rows:
        return Markup()
    left, bottom = _left(rows), STEP * len(rows) + TOP
    marks = ticks(max(max(row[1:]) for row in rows))

    def x(at: float) -> float:
        return left + (WIDTH - RIGHT - left) * at / marks[-1]

    drawn = _axis(marks, x, bottom, "share") + _legend(heads, left) + _names(rows, left)
    for number, (_, one, two, _) in enumerate(rows):
        y = TOP + STEP * number + 9
        drawn += Markup('<path class="parting" d="M{:.1f} {}H{:.1f}"/>').format(x(one), y, x(two))
        drawn += _square(x(two), y) + _dot(x(one), y)
    first = rows[0]
    summary = (
        f"Shares in {said(heads[0])} and in {said(heads[1])}; first {said(first[0])} with "
        f"{text.number(first[1], 'share')} and {text.number(first[2], 'share')}"
    )
    return _figure(table, rows, summary, drawn)


def one_pair(table: Table) -> Table:
    """Return the rows of a table whose first two columns are those of its first row."""
    rows = tuple(row for row in table.rows if row[:2] == table.rows[0][:2])
    return Table(name=table.name, title=table.title, columns=table.columns, rows=rows)


def _rows(table: Table, wanted: tuple[str, str, str]) -> list[Row]:
    """Return name and three numbers of each row that has them."""
    places = {column.name: number for number, column in enumerate(table.columns)}
    texts = first_texts(table)
    if not texts or not set(wanted) <= set(places):
        return []
    told = [at for at in texts if len({row[at] for row in table.rows}) > 1] or texts[-1:]
    found = []
    for row in table.rows:
        cells = [row[places[name]] for name in wanted]
        if all(map(_is_number, cells)):
            name = " / ".join(str(row[at]) for at in told)
            one, two, three = map(as_float, cells)
            found.append((name, one, two, three))
    return found[:MOST_ROWS]


def _is_number(cell: Scalar) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool) and math.isfinite(cell)


def _ends(least: float, most: float) -> tuple[float, float]:
    """Return the ends of an axis a little beyond two numbers."""
    room = (most - least) * 0.04 or max(abs(most), 1e-3) * 0.1
    return least - room, most + room


def _figure(table: Table, rows: Sequence[Row], summary: str, drawn: Markup) -> Markup:
    """Return the drawing; where it leaves out rows of the table, it says so."""
    height, among = STEP * len(rows) + TOP + 20, len(table.rows) + table.omitted
    if len(rows) == MOST_ROWS < among:
        height += 18
        drawn += Markup('<text x="{}" y="{}" text-anchor="end" class="head">{}</text>').format(
            WIDTH, height - 4, f"the first {MOST_ROWS} of {among:,} rows"
        )
    return figure(height=height, name=summary, drawn=drawn)


def _left(rows: Sequence[Row]) -> float:
    return round(14 + min(LONGEST, max(width_of(name) for name, *_ in rows)), 1)


def _names(rows: Sequence[Row], left: float) -> Markup:
    """Write the name of each row beside it."""
    drawn = Markup()
    for number, name in enumerate(shortened([row[0] for row in rows], left - 12)):
        drawn += Markup('<text x="{:.1f}" y="{}" text-anchor="end">{}</text>').format(
            left - 12, TOP + STEP * number + 13, written(name)
        )
    return drawn


def _axis(marks: Sequence[float], x: Callable[[float], float], bottom: float, unit: str) -> Markup:
    """Draw a line at each mark, and its number where there is room for it."""
    drawn = Markup()
    for mark in marks:
        drawn += Markup('<path class="grid" d="M{:.1f} {}V{}"/>').format(x(mark), TOP - 4, bottom)
    return drawn + below([(mark, words(mark, unit)) for mark in marks], bottom + 16, x)


def _dot(x: float, y: float) -> Markup:
    return Markup('<circle class="dot" cx="{:.1f}" cy="{}" r="4.5"/>').format(x, y)


def _square(x: float, y: float) -> Markup:
    return Markup('<rect class="other" x="{:.1f}" y="{}" width="8" height="8"/>').format(
        x - 4, y - 4
    )


def _legend(heads: tuple[str, str], left: float) -> Markup:
    """Say which mark is of what."""
    drawn, at = Markup(), left
    for head, mark in zip(shortened(heads, 140), (_dot, _square), strict=True):
        drawn += mark(at + 5, 8) + Markup('<text x="{:.1f}" y="12">{}</text>').format(
            at + 14, written(head)
        )
        at += 30 + width_of(head)
    return drawn
