"""A number before and now, each on its interval, on an axis of their own."""

import math
from typing import Final

from markupsafe import Markup

from labelaudit.render import text

WIDTH: Final = 240
SIDE: Final = 10
OLD, NEW, AXIS = 8, 22, 31

Ends = tuple[float, float, float]


def change(old: Ends, new: Ends, unit: str, kind: str) -> Markup:
    """Return two numbers below each other: a square before, a dot now, each on its interval.

    Empty where both are the same, or too far apart to be drawn.

    Parameters
    ----------
    old, new
        The numbers with the ends of their intervals, each end the number where there is none.
    unit
        As of a value.
    kind
        Class of the new one: ``worse``, ``improved`` or ``moved``.
    """
    least, most = min(*old, *new), max(*old, *new)
    span = most - least
    if not math.isfinite(span) or span <= abs(most) * 1e-9:
        return Markup()
    start, end = least, most
    is_counted = old[1] == old[2] and new[1] == new[2]
    if least >= 0 and (is_counted or least < span):
        start = 0.0  # so that a change is seen as what it is of the number

    def x(at: float) -> float:
        return SIDE + (WIDTH - 2 * SIDE) * ((at - start) / (end - start))

    drawn = Markup('<path class="axis" d="M{} {y}H{}"/>').format(SIDE, WIDTH - SIDE, y=AXIS)
    drawn += _whisker(x(old[1]), x(old[2]), OLD, "old") + _whisker(x(new[1]), x(new[2]), NEW, kind)
    drawn += Markup('<path class="step" d="M{:.1f} {}L{:.1f} {}"/>').format(
        x(old[0]), OLD, x(new[0]), NEW
    )
    drawn += Markup('<rect class="old" x="{:.1f}" y="{}" width="8" height="8"/>').format(
        x(old[0]) - 4, OLD - 4
    )
    drawn += Markup('<circle class="{}" cx="{:.1f}" cy="{}" r="4.5"/>').format(kind, x(new[0]), NEW)
    for at, number, anchor in ((SIDE, start, "start"), (WIDTH - SIDE, end, "end")):
        drawn += Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(
            at, AXIS + 12, anchor, text.number(_short(number), unit if unit == "share" else "")
        )
    return Markup('<svg class="shift" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>').format(
        WIDTH, AXIS + 16, drawn
    )


def _whisker(low: float, high: float, y: int, kind: str) -> Markup:
    if high - low <= 0:
        return Markup()
    return Markup('<path class="whisker {}" d="M{:.1f} {y}H{:.1f}"/>').format(kind, low, high, y=y)


def _short(number: float) -> float:
    """Return an end of an axis in three digits, and whole where it is large."""
    return float(f"{number:.3g}")
