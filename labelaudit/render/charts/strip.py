"""Where a number lies among those of others."""

from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.axis import words
from labelaudit.render.charts.names import said, shortened, width_of, written
from labelaudit.render.charts.parts import WIDTH, as_float, figure, is_amount, nice_end
from labelaudit.report import Table, Value

LEFT: Final = 8
AXIS: Final = 34
LEVEL: Final = 17
GAP: Final = 8
LONGEST: Final = 120

Place = tuple[float, float, int, str]


def strip(table: Table, value: Value | None = None) -> Markup:
    """Return the rows of a table as named dots on a line, and a value above it among them.

    Parameters
    ----------
    table
        Names in its first column, numbers in its second.
    value
        What is placed among them; nothing when it is None or undefined.
    """
    rows = [
        (text.visible(str(row[0])), as_float(row[1])) for row in table.rows if is_amount(row[1])
    ]
    if len(rows) < 2:  # noqa: PLR2004 - others, to be among
        return Markup()
    own = None if value is None or value.value is None else float(value.value)
    end = nice_end(max(*(number for _, number in rows), own or 0))

    def x(number: float) -> float:
        return LEFT + (WIDTH - 2 * LEFT) * min(max(number, 0), end) / end

    places = _places([(x(number), name) for name, number in sorted(rows, key=lambda row: row[1])])
    levels = 1 + max(place[2] for place in places)
    drawn = Markup('<path class="grid" d="M{} {}H{}"/>').format(LEFT, AXIS, WIDTH - LEFT)
    for at, _, level, _ in places:
        drawn += Markup(
            '<path class="grid" d="M{:.1f} {}V{}"/>'
            '<circle class="other" cx="{:.1f}" cy="{}" r="4"/>'
        ).format(at, AXIS, _baseline(level) - 11, at, AXIS)
    for _, left, level, name in places:
        drawn += Markup('<text class="over" x="{:.1f}" y="{}">{}</text>').format(
            left, _baseline(level), written(name)
        )
    drawn += _ends(end)
    if own is not None:
        drawn += _own(x(own))
    least, most = min(rows, key=lambda row: row[1]), max(rows, key=lambda row: row[1])
    summary = (
        f"{len(rows)} others, from {said(least[0])} with {text.number(least[1])} "
        f"to {said(most[0])} with {text.number(most[1])}"
    )
    if own is not None:
        below = sum(number < own for _, number in rows)
        summary += f"; this dataset has {text.number(own)}, more than {below} of them"
    return figure(height=_baseline(levels - 1) + 8, name=summary, drawn=drawn)


def _baseline(level: int) -> int:
    """Return where the names of a level stand."""
    return AXIS + 10 + LEVEL * (level + 1)


def _places(dots: list[tuple[float, str]]) -> list[Place]:
    """Return dot, left end, level and text of each name, so that no two of a level collide."""
    ends: list[float] = []
    found = []
    names = shortened([name for _, name in dots], LONGEST)
    for (at, name), shown in zip(dots, names, strict=True):
        width = min(LONGEST, width_of(name))
        left = min(max(at - width / 2, 0), WIDTH - width)
        level = next((number for number, end in enumerate(ends) if end + GAP <= left), len(ends))
        ends[level : level + 1] = [left + width]
        found.append((at, left, level, shown))
    return found


def _ends(end: float) -> Markup:
    return Markup(
        '<text class="head" x="{}" y="{}">0</text>'
        '<text class="head" x="{}" y="{}" text-anchor="end">{}</text>'
    ).format(LEFT, AXIS - 8, WIDTH - LEFT, AXIS - 8, words(end))


def _own(at: float) -> Markup:
    """Draw the value: a triangle that points to the line."""
    anchor = "start" if at < WIDTH / 2 else "end"
    return Markup(
        '<path class="own" d="M{:.1f} {}l-6 -11h12z"/>'
        '<text class="named" x="{:.1f}" y="14" text-anchor="{}">this dataset</text>'
    ).format(at, AXIS - 5, at + (10 if anchor == "start" else -10), anchor)
