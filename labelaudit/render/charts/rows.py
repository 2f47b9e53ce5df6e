"""One row a name: an estimate on its interval, or two shares side by side."""

import math
from collections.abc import Callable, Sequence
from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.parts import WIDTH, as_float, figure, first_texts, nice_end
from labelaudit.render.fit import clipped, estimated_width
from labelaudit.report import Scalar, Table

MOST_ROWS: Final = 16
LONGEST: Final = 190
STEP: Final = 22
TOP: Final = 20
NUMBER_WIDTH: Final = 44

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
    left = _left(rows)
    start, end = _ends(least, most)

    def x(at: float) -> float:
        return left + (WIDTH - 20 - left) * (at - start) / (end - start)

    bottom = STEP * len(rows) + TOP
    drawn = _axis((reference, start, end), x, bottom, unit) + Markup(
        '<path class="parting" d="M{0:.1f} {1}V{2}"/>'
    ).format(x(reference), TOP - 4, bottom)
    for number, (name, at, low, high) in enumerate(rows):
        y = TOP + STEP * number + 9
        drawn += _name(name, left, y) + Markup(
            '<path class="line" d="M{:.1f} {y}H{:.1f}"/><circle class="dot" cx="{:.1f}" cy="{y}" '
            'r="4"/>'
        ).format(x(low), x(high), x(at), y=y)
    first = rows[0]
    summary = (
        f"{text.heading(value)} by row; first {first[0]} with {text.number(first[1], unit)}, "
        f"{text.number(first[2], unit)} to {text.number(first[3], unit)}"
    )
    return figure(height=bottom + 20, name=summary, drawn=drawn)


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
    end = min(nice_end(max(max(row[1:]) for row in rows)), 1)

    def x(at: float) -> float:
        return left + (WIDTH - 20 - left) * at / end

    drawn = _axis((0, end / 2, end), x, bottom, "share") + _legend(heads, left)
    for number, (name, one, two, _) in enumerate(rows):
        y = TOP + STEP * number + 9
        drawn += _name(name, left, y) + Markup(
            '<path class="parting" d="M{:.1f} {y}H{:.1f}"/>'
            '<circle class="other" cx="{:.1f}" cy="{y}" r="4.5"/>'
            '<circle class="dot" cx="{:.1f}" cy="{y}" r="4.5"/>'
        ).format(x(one), x(two), x(two), x(one), y=y)
    first = rows[0]
    summary = (
        f"Shares in {heads[0]} and in {heads[1]}; first {first[0]} with "
        f"{text.number(first[1], 'share')} and {text.number(first[2], 'share')}"
    )
    return figure(height=bottom + 20, name=summary, drawn=drawn)


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


def _left(rows: Sequence[Row]) -> float:
    widest = max(estimated_width(text.visible(name), 12) for name, *_ in rows)
    return round(14 + min(LONGEST, widest), 1)


def _name(name: str, left: float, y: float) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>').format(
        left - 12, y + 4, clipped(text.visible(name), 12, left - 12)
    )


def _axis(marks: Sequence[float], x: Callable[[float], float], bottom: float, unit: str) -> Markup:
    """Draw a line and a number at each mark whose number does not run into an earlier one."""
    drawn, taken = Markup(), list[float]()
    for mark in marks:
        at = x(mark)
        if any(abs(at - other) < NUMBER_WIDTH for other in taken):
            continue
        taken.append(at)
        drawn += Markup(
            '<path class="grid" d="M{0:.1f} {1}V{2}"/>'
            '<text x="{0:.1f}" y="{3}" text-anchor="middle">{4}</text>'
        ).format(at, TOP - 4, bottom, bottom + 16, text.number(mark, unit))
    return drawn


def _legend(heads: tuple[str, str], left: float) -> Markup:
    """Say which dot is of what."""
    drawn, at = Markup(), left
    for head, kind in zip(heads, ("dot", "other"), strict=True):
        words = clipped(text.visible(head), 12, 140)
        drawn += Markup(
            '<circle class="{}" cx="{:.1f}" cy="8" r="4.5"/><text x="{:.1f}" y="12">{}</text>'
        ).format(kind, at + 5, at + 14, words)
        at += 30 + estimated_width(words, 12)
    return drawn
