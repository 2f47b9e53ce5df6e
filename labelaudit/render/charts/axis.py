"""Round numbers along an axis, in words that fit beside it."""

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.parts import WIDTH
from labelaudit.render.fit import estimated_width

SIZE: Final = 12
GAP: Final = 8
LONG_WORDS: Final = 1e6
SMALL_SHARE: Final = 1e-5
SUFFIXES: Final = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))
FLATTEST: Final = 0.04  # of the axis: lower columns are hardly seen
LEAST_OF_LOG: Final = 0.5  # where a logarithmic axis of counts begins, so that 1 is seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """An upright axis that begins at 0.

    Attributes
    ----------
    marks
        The numbers beside it, from below.
    unit
        As of a value.
    top, bottom
        Where it is drawn.
    least
        Where it begins when it is logarithmic; 0 is then drawn there, too. 0 for a linear one.
    """

    marks: tuple[float, ...]
    unit: str
    top: float
    bottom: float
    least: float = 0.0

    @property
    def left(self) -> float:
        """Where the drawing beside it begins."""
        return round(GAP + max(_width(words(mark, self.unit)) for mark in self.marks), 1)

    def y(self, amount: float) -> float:
        """Return how far down an amount is drawn; below 0 as 0."""
        end = self.marks[-1]
        part = max(amount, 0) / end
        if self.least:
            part = math.log(max(amount, self.least) / self.least) / math.log(end / self.least)
        return self.bottom - (self.bottom - self.top) * part

    def drawn(self) -> Markup:
        """Draw a line and a number at each mark."""
        lines = Markup()
        for mark in self.marks:
            lines += Markup(
                '<path class="grid" d="M{} {:.1f}H{}"/>'
                '<text x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>'
            ).format(
                *(self.left, self.y(mark), WIDTH, self.left - 6, self.y(mark) + 4),
                words(mark, self.unit),
            )
        if self.least:
            lines += Markup('<path class="grid" d="M{} {:.1f}H{}"/>').format(
                self.left, self.bottom, WIDTH
            )
        return lines


def axis_to(highest: float, top: float, bottom: float, unit: str = "") -> Axis:
    """Return an axis that ends at a round number, not below another."""
    marks = ticks(highest, whole=unit == "count")
    return Axis(marks=marks, unit=unit, top=top, bottom=bottom)


def tail_axis(amounts: Sequence[float], top: float, bottom: float, unit: str = "") -> Axis:
    """Return an axis for a long tail: logarithmic where most of it would lie on the floor."""
    seen = sorted(amount for amount in amounts if amount > 0)
    linear = axis_to(max(amounts), top, bottom, unit)
    if not seen or seen[len(seen) // 2] >= FLATTEST * linear.marks[-1]:
        return linear
    end = linear.marks[-1]
    least = LEAST_OF_LOG if unit == "count" else 10 ** math.floor(math.log10(seen[0]))
    first, last = (math.floor(math.log10(at)) for at in (2 * least, end))
    every = max(1, math.ceil((last - first) / 5))
    powers = (10.0**at for at in range(first, last + 1, every))
    marks = (*(mark for mark in powers if least < mark <= end / 2), end)
    return Axis(marks=marks, unit=unit, top=top, bottom=bottom, least=least)


def ticks(highest: float, *, most: int = 5, whole: bool = False) -> tuple[float, ...]:
    """Return round numbers in equal steps, from 0 to the first that is not below another.

    Parameters
    ----------
    highest
        What the last is not below.
    most
        How many steps at most.
    whole
        Whether steps are whole numbers.

    Examples
    --------
    >>> ticks(2400), ticks(0.056), ticks(2, whole=True)
    ((0.0, 500.0, 1000.0, 1500.0, 2000.0, 2500.0), (0.0, 0.02, 0.04, 0.06), (0.0, 1.0, 2.0))
    """
    if highest < sys.float_info.min * most:  # 0, or too small to be divided
        return (0.0, 1.0)
    step = max(round_step(highest / most), 1.0 if whole else 0.0)
    return _multiples(0, max(math.ceil(highest / step * (1 - 1e-9)), 1), step)


def marks_between(low: float, high: float, *, most: int = 4) -> tuple[float, ...]:
    """Return round numbers in equal steps that lie between two others.

    Examples
    --------
    >>> marks_between(-0.13, 0.58), marks_between(0.721, 0.967)
    ((0.0, 0.2, 0.4), (0.75, 0.8, 0.85, 0.9, 0.95))
    """
    step = round_step(max((high - low) / (most + 1), sys.float_info.min * most))
    return _multiples(math.ceil(low / step), math.floor(high / step), step)


def round_step(least: float) -> float:
    """Return 1, 2 or 5 times a power of ten, not below a number.

    Examples
    --------
    >>> round_step(13), round_step(0.04)
    (20.0, 0.05)
    """
    power = 10.0 ** math.floor(math.log10(least))
    steps = (step * power for step in (1, 2, 5, 10))
    return float(f"{next(step for step in steps if step >= least * (1 - 1e-9)):.6g}")


def words(number: float, unit: str = "") -> str:
    """Return a number as it stands beside an axis: short, however large or small it is.

    Examples
    --------
    >>> words(2500), words(12e6), words(2e-9, "share")
    ('2,500', '12M', '2e-7%')
    """
    if unit == "share" and 0 < number < SMALL_SHARE:
        return text.number(100 * number) + "%"
    if abs(number) >= LONG_WORDS:
        return compact(number)
    return text.number(number, unit if unit == "share" else "")


def compact(number: float) -> str:
    """Return a number in two or three digits and a suffix.

    Examples
    --------
    >>> compact(2400), compact(987e12), compact(17), compact(999_999)
    ('2.4K', '987T', '17', '1M')
    """
    for size, suffix in SUFFIXES:
        if abs(number) >= size * 0.9995:
            amount = number / size
            return f"{amount:.0f}{suffix}" if abs(amount) >= 9.95 else f"{amount:.2g}{suffix}"  # noqa: PLR2004
    return text.number(number)


def fitting(number: float, room: float) -> str:
    """Return a number as long as there is room for; empty where there is not even for its size."""
    return next(
        (said for said in (text.number(number), compact(number)) if _width(said) <= room), ""
    )


def below(
    marks: Sequence[tuple[float, str]], y: float, place: Callable[[float], float] | None = None
) -> Markup:
    """Write words below a drawing, those left out that would run into the ones before.

    Parameters
    ----------
    marks
        Numbers and their words; the last is written before all others.
    y
        Baseline of the words.
    place
        Where a number is drawn; as it is when there is none.
    """
    taken: list[tuple[float, float, str]] = []
    for number, said in (*marks[-1:], *marks[:-1]):
        at, width = place(number) if place else number, _width(said)
        left = min(max(at - width / 2, 0), WIDTH - width)
        if all(left >= end + GAP or start >= left + width + GAP for start, end, _ in taken):
            taken.append((left, left + width, said))
    return Markup().join(
        Markup('<text x="{:.1f}" y="{:g}" text-anchor="middle">{}</text>').format(
            (start + end) / 2, y, said
        )
        for start, end, said in sorted(taken)
    )


def _multiples(first: int, last: int, step: float) -> tuple[float, ...]:
    return tuple(float(f"{at * step:.12g}") for at in range(first, last + 1))


def _width(said: str) -> float:
    return estimated_width(said, SIZE)
