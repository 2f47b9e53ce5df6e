"""A number that changes with scale, as a line in its band."""

import math
from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.axis import axis_to, below, words
from labelaudit.render.charts.parts import WIDTH, as_float, figure, is_amount
from labelaudit.report import Table

TOP: Final = 14
BOTTOM: Final = 170
MARGIN: Final = 24

Ends = tuple[float, float] | None
Point = tuple[float, float, Ends]


def curve(table: Table) -> Markup:
    """Return the second column over the first, in the band of the next two where it has them.

    The band has gaps where points have no ends: no band is no certainty.

    The first column is drawn by its logarithm. Empty when a table holds fewer than two points.
    """
    points = _points(table)
    if len(points) < 2:  # noqa: PLR2004 - a line
        return Markup()
    first, name = (text.visible(table.columns[at].name.replace("_", " ")) for at in (0, 1))
    start, end = math.log2(points[0][0]), math.log2(points[-1][0])
    highest = max(max((number, *(ends or ()))) for _, number, ends in points)
    axis = axis_to(highest, TOP, BOTTOM)
    left, y = axis.left + MARGIN, axis.y

    def x(at: float) -> float:
        return left + (WIDTH - left - MARGIN) * (math.log2(at) - start) / (end - start)

    drawn = axis.drawn()
    for run in _banded(points):
        upper = [f"{x(at):.1f} {y(high):.1f}" for at, (_, high) in run]
        lower = [f"{x(at):.1f} {y(low):.1f}" for at, (low, _) in reversed(run)]
        drawn += Markup('<path class="band" d="M{}Z"/>').format("L".join(upper + lower))
    line = "L".join(f"{x(at):.1f} {y(number):.1f}" for at, number, _ in points)
    drawn += Markup('<path class="line" d="M{}"/>').format(line)
    for at, number, _ in points:
        drawn += Markup('<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="4"/>').format(
            x(at), y(number)
        )
    drawn += below([(at, words(_whole(at))) for at, _, _ in points], BOTTOM + 18, x)
    drawn += Markup('<text x="{}" y="{}" text-anchor="end" class="head">{} →</text>').format(
        WIDTH, BOTTOM + 36, first
    )
    summary = (
        f"{name} from {text.number(points[0][1])} at {first} {text.number(_whole(points[0][0]))} "
        f"to {text.number(points[-1][1])} at {text.number(_whole(points[-1][0]))}"
    )
    return figure(height=BOTTOM + 42, name=summary, drawn=drawn)


def _points(table: Table) -> list[Point]:
    """Return x, y and the ends of its band, in the order of x; without what is undefined."""
    if len(table.columns) < 2:  # noqa: PLR2004 - x and y
        return []
    banded = len(table.columns) >= 4  # noqa: PLR2004 - x, y, low, high
    found = {}
    for row in table.rows:
        if not (is_amount(row[0]) and as_float(row[0]) > 0 and is_amount(row[1])):
            continue
        ends = None
        if banded and all(map(is_amount, row[2:4])):
            ends = as_float(row[2]), as_float(row[3])
        found[as_float(row[0])] = as_float(row[1]), ends
    return [(at, *found[at]) for at in sorted(found)]


def _banded(points: list[Point]) -> list[list[tuple[float, tuple[float, float]]]]:
    """Return the runs of points that have ends, of two and more."""
    runs: list[list[tuple[float, tuple[float, float]]]] = [[]]
    for at, _, ends in points:
        if ends is None:
            runs.append([])
        else:
            runs[-1].append((at, ends))
    return [run for run in runs if len(run) > 1]


def _whole(number: float) -> int | float:
    return int(number) if number.is_integer() else number
