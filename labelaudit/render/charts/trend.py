"""A number over versions: dots on their intervals, the limit, gaps, and where the model changed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.axis import SIZE, below, marks_between, words
from labelaudit.render.charts.names import shortened
from labelaudit.render.charts.parts import WIDTH, figure
from labelaudit.render.fit import estimated_width

TOP: Final = 24
BOTTOM: Final = 150
HEIGHT: Final = 174
MARGIN: Final = 18
GAP: Final = 8
LONGEST: Final = 90  # pixels of a name below the axis


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A number of one version.

    Attributes
    ----------
    name
        Of the version, below the axis.
    value
        The number; None where it was not measured.
    low, high
        Its interval; None without one.
    limit
        What it is held against; None without a limit.
    is_broken
        Whether it is not comparable with the one before.
    """

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    is_broken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Where versions and numbers are drawn."""

    marks: tuple[float, ...]
    low: float
    high: float
    left: float
    step: float

    def x(self, at: float) -> float:
        """Return how far right a version is drawn."""
        return self.left + MARGIN + self.step * at

    def y(self, number: float) -> float:
        """Return how far down a number is drawn."""
        return BOTTOM - (BOTTOM - TOP) * ((number - self.low) / (self.high - self.low))


def trend(dots: Sequence[Dot], title: str, unit: str) -> Markup:
    """Return a number over versions; empty where none has it, or it is too large to draw.

    Parameters
    ----------
    dots
        One a version, the oldest first.
    title
        What the number is.
    unit
        As of a value.
    """
    scale = _scale(dots, unit)
    if scale is None:
        return Markup()
    drawn = _axis(scale, unit) + _breaks(dots, scale) + _limits(dots, scale) + _line(dots, scale)
    for at, dot in enumerate(dots):
        drawn += _dot(dot, scale, at)
    names = shortened([dot.name for dot in dots], LONGEST)
    drawn += below([(scale.x(at), name) for at, name in enumerate(names)], BOTTOM + 18)
    return figure(height=HEIGHT, name=_summary(dots, title, unit), drawn=drawn)


def _scale(dots: Sequence[Dot], unit: str) -> Scale | None:
    """Return the scale of all that is drawn, from 0 where nothing is below it."""
    drawn = [(dot.value, dot.low, dot.high) for dot in dots]
    numbers = [end for each in drawn for end in each if end is not None]
    if not numbers:
        return None
    limits = [dot.limit for dot in dots if dot.limit is not None]
    low = min(0.0, *numbers, *limits)
    high = max(0.0, *numbers, *_near(limits, max(numbers)))
    high = high if high > low else low + 1
    high += (high - low) * 0.04
    if not math.isfinite(high - low):
        return None
    marks = tuple(
        mark
        for mark in marks_between(low, high)
        if low <= mark <= high and (unit != "count" or mark.is_integer())
    )
    widths = [estimated_width(words(mark, unit), SIZE) for mark in marks] or [0.0]
    left = round(GAP + max(widths), 1)
    room = WIDTH - left - 2 * MARGIN
    return Scale(marks=marks, low=low, high=high, left=left, step=room / max(len(dots) - 1, 1))


def _near(limits: Sequence[float], most: float) -> list[float]:
    """Return the limits that do not press what is measured to the floor."""
    return [limit for limit in limits if limit <= 4 * most or most <= 0]


def _axis(scale: Scale, unit: str) -> Markup:
    drawn = Markup()
    for mark in scale.marks:
        drawn += Markup(
            '<path class="grid" d="M{} {:.1f}H{}"/>'
            '<text x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>'
        ).format(
            *(scale.left, scale.y(mark), WIDTH),
            *(scale.left - 6, scale.y(mark) + 4, words(mark, unit)),
        )
    return drawn


def _breaks(dots: Sequence[Dot], scale: Scale) -> Markup:
    """Draw where a version is not comparable with the one before."""
    drawn, until = Markup(), 0.0
    word = "not comparable"
    half = estimated_width(word, SIZE) / 2
    for at, dot in enumerate(dots):
        if not dot.is_broken:
            continue
        x = scale.x(at - 0.5)
        drawn += Markup('<path class="parting" d="M{:.1f} {}V{}"/>').format(x, TOP - 6, BOTTOM)
        middle = min(max(x, half), WIDTH - half)
        if middle - half >= until:
            drawn += Markup(
                '<text class="head" x="{:.1f}" y="12" text-anchor="middle">{}</text>'
            ).format(middle, word)
            until = middle + half + GAP
    return drawn


def _limits(dots: Sequence[Dot], scale: Scale) -> Markup:
    """Draw the limit as a level line beside each version that has one."""
    drawn = Markup()
    for at, dot in enumerate(dots):
        if dot.limit is None or not scale.low <= dot.limit <= scale.high:
            continue
        start, end = scale.x(max(at - 0.5, -0.5)), scale.x(min(at + 0.5, len(dots) - 0.5))
        start, end = max(start, scale.left), min(end, WIDTH)
        drawn += Markup('<path class="dashed" d="M{:.1f} {y:.1f}H{:.1f}"/>').format(
            start, end, y=scale.y(dot.limit)
        )
    return drawn


def _line(dots: Sequence[Dot], scale: Scale) -> Markup:
    """Join the dots that follow each other and are comparable."""
    path, pen = "", "M"
    for at, dot in enumerate(dots):
        if dot.value is None:
            pen = "M"
            continue
        pen = "M" if dot.is_broken else pen
        path, pen = f"{path}{pen}{scale.x(at):.1f} {scale.y(dot.value):.1f}", "L"
    return Markup('<path class="line" d="{}"/>').format(path) if "L" in path else Markup()


def _dot(dot: Dot, scale: Scale, at: int) -> Markup:
    """Draw a number on its interval; a cross on the floor where there is none."""
    x = scale.x(at)
    if dot.value is None and dot.low is None:
        return Markup('<path class="absent" d="M{:.1f} {:.1f}l8 8m0 -8l-8 8"/>').format(
            x - 4, BOTTOM - 12
        )
    drawn = Markup()
    if dot.low is not None and dot.high is not None:
        drawn += Markup(
            '<path class="whisker" d="M{x:.1f} {:.1f}V{:.1f}M{:.1f} {:.1f}h8"/>'
        ).format(scale.y(dot.low), scale.y(dot.high), x - 4, scale.y(dot.high), x=x)
        drawn += Markup('<path class="whisker" d="M{:.1f} {:.1f}h8"/>').format(
            x - 4, scale.y(dot.low)
        )
    if dot.value is not None:
        drawn += Markup('<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="4"/>').format(
            x, scale.y(dot.value)
        )
    return drawn


def _summary(dots: Sequence[Dot], title: str, unit: str) -> str:
    known = [dot for dot in dots if dot.value is not None]
    if not known:
        return f"{text.visible(title)}: bounded in {text.counted(len(dots), 'version')}"
    said = [
        f"{text.number(dot.value, unit)} in {text.visible(dot.name)}"
        for dot in (known[0], known[-1])
    ]
    return (
        f"{text.visible(title)} in {len(known):,} of {text.counted(len(dots), 'version')}: "
        f"{said[0]}, {said[1]}"
    )
