"""Items along a target: columns by bin, their smoothed count as a line, and where it is thin."""

import math
from itertools import groupby
from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.axis import Axis, axis_to, below, round_step, words
from labelaudit.render.charts.parts import WIDTH, as_float, figure, outline
from labelaudit.report import Scalar, Table

TOP: Final = 14
BOTTOM: Final = 170
MAX_TICKS: Final = 6


def density(table: Table) -> Markup:
    """Return counts by bin as columns, and their smoothed count as a line.

    Bins that the table says are sparse are marked below the axis. Empty when the table has no
    such columns, or fewer than two bins.
    """
    columns = {column.name: number for number, column in enumerate(table.columns)}
    if not {"from", "to", "count", "smoothed_count", "sparse"} <= set(columns):
        return Markup()
    lows, highs, counts, smoothed = (
        [as_float(row[columns[name]]) for row in table.rows]
        for name in ("from", "to", "count", "smoothed_count")
    )
    if len(lows) < 2 or max(counts) <= 0:  # noqa: PLR2004 - a distribution is over several
        return Markup()
    sparse = [row[columns["sparse"]] for row in table.rows]
    axis = axis_to(max(*counts, *smoothed), TOP, BOTTOM, "count")
    step = (WIDTH - axis.left) / len(lows)
    tops = [axis.y(count) for count in counts]
    return figure(
        height=206,
        name=_summary(lows, highs, counts, sparse),
        drawn=axis.drawn()
        + Markup('<path class="columns" d="{}"/>').format(outline(tops, BOTTOM, axis.left, step))
        + Markup('<path class="smoothed" d="{}"/>').format(_line(smoothed, axis, step))
        + _marks(sparse, axis.left, step)
        + target_ticks(lows, highs, axis.left, BOTTOM + 22),
    )


def _summary(
    lows: list[float], highs: list[float], counts: list[float], sparse: list[Scalar]
) -> str:
    fullest = counts.index(max(counts))
    thin = sum(1 for each in sparse if each is True)
    return (
        f"Items by target from {text.number(lows[0])} to {text.number(highs[-1])}; most at "
        f"{text.number(lows[fullest])}, {text.number(counts[fullest])}; "
        f"{thin:,} of {text.counted(len(lows), 'bin')} sparse"
    )


def _line(smoothed: list[float], axis: Axis, step: float) -> str:
    points = (
        f"{axis.left + step * (at + 0.5):.1f} {axis.y(amount):.1f}"
        for at, amount in enumerate(smoothed)
    )
    return "M" + "L".join(points)


def _marks(sparse: list[Scalar], left: float, step: float) -> Markup:
    """Draw a strip below the axis, where bins are sparse."""
    path, at = "", 0
    for thin, run in groupby(each is True for each in sparse):
        n_bins = len(list(run))
        if thin:
            path += (
                f"M{left + step * at:.1f} {BOTTOM + 3}h{step * n_bins:.1f}v4h-{step * n_bins:.1f}z"
            )
        at += n_bins
    return Markup('<path class="sparse" d="{}"/>').format(path) if path else Markup()


def target_ticks(lows: list[float], highs: list[float], left: float, y: float) -> Markup:
    """Write round targets below the bins that they are in, which end at the right side."""
    width, span = lows[1] - lows[0], lows[-1] - lows[0]
    if not 0 < width <= span < math.inf:
        return Markup()
    middle = 0.5 if lows[0] == highs[0] else 0  # a bin of one value stands over it
    every = max(width, round_step(span / MAX_TICKS))
    step = (WIDTH - left) / len(lows)
    first = math.ceil(lows[0] / every)
    marks = []
    for number in range(first, first + 2 * MAX_TICKS):
        x = left + step * ((number * every - lows[0]) / width + middle)
        if x <= WIDTH + 0.5:
            marks.append((x, words(float(f"{number * every:.12g}"))))
    return below(marks, y)
