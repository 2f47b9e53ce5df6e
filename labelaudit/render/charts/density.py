"""Items along a target: columns by bin, their smoothed count as a line, and where it is thin."""

import math
from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.parts import WIDTH, as_float, count_axis, figure, nice_end, outline
from labelaudit.report import Scalar, Table

LEFT: Final = 52
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
    end = nice_end(max(*counts, *smoothed))
    step = (WIDTH - LEFT) / len(lows)
    tops, heights = (
        [BOTTOM - (BOTTOM - TOP) * amount / end for amount in amounts]
        for amounts in (counts, smoothed)
    )
    return figure(
        height=206,
        name=_summary(lows, highs, counts, sparse),
        drawn=count_axis(end, LEFT, TOP, BOTTOM)
        + Markup('<path class="columns" d="{}"/>').format(outline(tops, BOTTOM, LEFT, step))
        + Markup('<path class="smoothed" d="{}"/>').format(_line(heights, step))
        + _marks(sparse, step)
        + target_ticks(lows, highs, step, BOTTOM + 22),
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


def _line(heights: list[float], step: float) -> str:
    points = (f"{LEFT + step * (at + 0.5):.4g} {y:.4g}" for at, y in enumerate(heights))
    return "M" + "L".join(points)


def _marks(sparse: list[Scalar], step: float) -> Markup:
    """Draw a strip below the axis, where bins are sparse."""
    path = "".join(
        f"M{LEFT + step * at:.4g} {BOTTOM + 3}h{step:.4g}v4h-{step:.4g}z"
        for at, each in enumerate(sparse)
        if each is True
    )
    return Markup('<path class="sparse" d="{}"/>').format(path) if path else Markup()


def target_ticks(lows: list[float], highs: list[float], step: float, y: float) -> Markup:
    """Write round targets below the bins that they are in."""
    width, span = lows[1] - lows[0], lows[-1] - lows[0]
    if not 0 < width <= span < math.inf:
        return Markup()
    middle = 0.5 if lows[0] == highs[0] else 0  # a bin of one value stands over it
    every = max(width, _round_step(span / MAX_TICKS))
    drawn = Markup()
    first = math.ceil(lows[0] / every)
    for number in range(first, first + 2 * MAX_TICKS):
        x = LEFT + step * ((number * every - lows[0]) / width + middle)
        if x > WIDTH + 0.5:
            break
        anchor = "middle" if x < WIDTH - 12 else "end"
        drawn += Markup('<text x="{:.1f}" y="{}" text-anchor="{}">{}</text>').format(
            x, y, anchor, text.number(float(f"{number * every:.12g}"))
        )
    return drawn


def _round_step(least: float) -> float:
    """Return 1, 2 or 5 times a power of ten, not below a number.

    Examples
    --------
    >>> _round_step(13), _round_step(0.04)
    (20.0, 0.05)
    """
    power = 10.0 ** math.floor(math.log10(least))
    return float(f"{power * next(step for step in (1, 2, 5, 10) if step * power >= least):.6g}")
