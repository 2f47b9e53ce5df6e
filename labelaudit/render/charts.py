"""Small charts as inline SVG; each stands beside the numbers that it draws."""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.fit import clipped, estimated_width
from labelaudit.report import Scalar, Table, Value

WIDTH: Final = 480
MAX_NAMED: Final = 12
THINNEST: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Which column of a table has bars, and the number that fills a cell."""

    column: int
    most: float


def bars_of(table: Table) -> Bars | None:
    """Return the bars of a table: those of its first column named as a share, else a count."""
    for last_word in ("share", "count"):
        for number, column in enumerate(table.columns):
            if column.name.rpartition("_")[2] != last_word:
                continue
            cells = [row[number] for row in table.rows if row[number] is not None]
            if len(cells) > 1 and all(map(is_amount, cells)) and any(cells):
                return Bars(column=number, most=max(map(as_float, cells)))
    return None


def bar(cell: Scalar, most: float) -> Markup:
    """Return a bar for a cell of a table, as long as its number is of the largest."""
    return Markup(
        '<svg class="bar" aria-hidden="true"><rect width="{:.3g}%" height="100%"/></svg>'
    ).format(100 * (as_float(cell) / most))


def interval(value: Value) -> Markup:
    """Return a value as a dot on its interval, over an axis that starts at 0.

    Empty for a value without an interval, or below 0.
    """
    if value.value is None or value.low is None or value.high is None or value.low < 0:
        return Markup()
    end = 1.0 if value.unit == "share" and value.high > 0.5 else nice_end(value.high)  # noqa: PLR2004 - beyond half, the whole is the axis
    x, low, high = (8 + 224 * at / end for at in (value.value, value.low, value.high))
    return Markup(
        '<svg class="interval" viewBox="0 0 240 38" aria-hidden="true">'
        '<path class="axis" d="M8 12V20M8 16H232M232 12V20"/>'
        '<rect x="{low:.1f}" y="11" width="{width:.1f}" height="10"/>'
        '<circle cx="{x:.1f}" cy="16" r="6"/>'
        '<text x="8" y="35" text-anchor="start">{start}</text>'
        '<text x="232" y="35" text-anchor="end">{end}</text></svg>'
    ).format(
        low=low,
        width=high - low,
        x=x,
        start=text.number(0, value.unit if value.unit == "share" else ""),
        end=text.number(end, value.unit if value.unit == "share" else ""),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """Class sizes from the largest to the smallest, and the kind of each where it has one."""

    names: Sequence[str]
    counts: Sequence[float]
    kinds: Sequence[str]


def tail_of(table: Table) -> Tail | None:
    """Return the class sizes that a table holds: its first texts and its first counts."""
    name, count = first_texts(table), first_counts(table)
    if not name or count is None or len(table.rows) < 2:  # noqa: PLR2004 - a tail is of several
        return None
    kind = next((at for at, column in enumerate(table.columns) if column.name == "shots"), None)
    rows = [
        (str(row[name[0]]), as_float(row[count]), "" if kind is None else str(row[kind]))
        for row in table.rows
    ]
    rows.sort(key=lambda row: -row[1])
    names, counts, kinds = zip(*rows, strict=True)
    return Tail(names=names, counts=counts, kinds=kinds)


def long_tail(table: Table) -> Markup:
    """Return class sizes as columns, the largest first; empty when a table holds none.

    Where a column says how many shots a class has, lines part many, medium and few.
    """
    tail = tail_of(table)
    if tail is None or max(tail.counts) <= 0:
        return Markup()
    named = len(tail.counts) <= MAX_NAMED
    top, bottom, left = 14, 170, 52
    end = nice_end(max(tail.counts))
    step = (WIDTH - left) / len(tail.counts)
    tops = [bottom - (bottom - top) * count / end for count in tail.counts]
    summary = (
        f"Items by class, from {tail.names[0]} with {text.number(tail.counts[0])} "
        f"to {tail.names[-1]} with {text.number(tail.counts[-1])}"
    )
    return figure(
        height=214 if named else 206,
        name=summary,
        drawn=count_axis(end, left, top, bottom)
        + Markup('<path class="columns" d="{}"/>').format(outline(tops, bottom, left, step))
        + _parted(tail, left, step)
        + (_names(tail, left, step) if named else _ranks(tail, left, table.omitted)),
    )


def nice_end(highest: float) -> float:
    """Return a round number not below another, to end an axis; never 0.

    Examples
    --------
    >>> nice_end(2400), nice_end(0.0561), nice_end(1), nice_end(5e-324)
    (2500, 0.06, 1.0, 1)
    """
    if highest < sys.float_info.min:  # 0, or too small to be divided by
        return 1
    power = 10.0 ** math.floor(math.log10(highest))
    steps = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
    end = next((step for step in steps if step * power >= highest * (1 - 1e-9)), 10) * power
    return round(end) if end >= 1 and power >= 10 else float(f"{end:.6g}")  # noqa: PLR2004


def figure(height: int, name: str, drawn: Markup) -> Markup:
    """Return a drawing as an image whose name says what it shows."""
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, height, text.visible(name), drawn)


def outline(tops: Sequence[float], bottom: float, left: float, step: float) -> str:
    """Return the path of columns: apart while there is room, else one shape without seams."""
    gap = min(6.0, 0.25 * step)
    if step <= THINNEST:
        return f"M{left} {bottom}" + "".join(f"V{y:.4g}h{step:.4g}" for y in tops) + f"V{bottom}z"
    return "".join(
        f"M{left + step * rank + gap / 2:.4g} {bottom}V{y:.4g}h{step - gap:.4g}V{bottom}z"
        for rank, y in enumerate(tops)
    )


def count_axis(end: float, left: float, top: float, bottom: float, unit: str = "") -> Markup:
    """Draw an axis of counts or shares: nothing, half and all of it."""
    drawn = Markup()
    for part in (0, 0.5, 1):
        y = bottom - (bottom - top) * part
        drawn += Markup(
            '<path class="grid" d="M{} {:.1f}H{}"/>'
            '<text x="{}" y="{:.1f}" text-anchor="end">{}</text>'
        ).format(left, y, WIDTH, left - 6, y + 4, text.number(end * part, unit))
    return drawn


def _names(tail: Tail, left: float, step: float) -> Markup:
    """Write the class below each column, on two levels where neighbors would collide."""
    drawn = Markup()
    widest = max(estimated_width(text.visible(name), 12) for name in tail.names)
    levels = 1 if widest <= step else 2
    room = levels * step - 6 * (levels - 1)
    for rank, name in enumerate(tail.names):
        x = min(max(left + step * (rank + 0.5), left + 4), WIDTH - 4)
        drawn += Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
            x, 187 + 16 * (rank % levels), clipped(text.visible(name), 12, room)
        )
    return drawn


def _parted(tail: Tail, left: float, step: float) -> Markup:
    """Draw where one kind of classes ends and the next begins, and write how many are of each."""
    drawn, starts = Markup(), 0
    for kind, members in groupby(tail.kinds):
        n_classes = len(list(members))
        if not kind:
            return drawn
        x, end = left + step * starts, left + step * (starts + n_classes)
        starts += n_classes
        if x > left:
            drawn += Markup('<path class="parting" d="M{0:.1f} 4V170"/>').format(x)
        words = text.visible(f"{n_classes:,} {kind}-shot")
        if estimated_width(words, 12) < end - x:
            drawn += Markup(
                '<text x="{:.1f}" y="10" text-anchor="end" class="head">{}</text>'
            ).format(end - 4, words)
    return drawn


def _ranks(tail: Tail, left: float, omitted: int) -> Markup:
    ends = (tail.names[0], tail.names[-1])
    first, last = (clipped(text.visible(name), 12, 140) for name in ends)
    middle = text.counted(len(tail.counts), "class", "classes")
    if omitted:
        middle = f"the largest {middle} of {len(tail.counts) + omitted:,}"
    return Markup(
        '<text x="{}" y="190">{}</text><text x="{}" y="190" text-anchor="middle">{}</text>'
        '<text x="{}" y="190" text-anchor="end">{}</text>'
    ).format(left, first, (left + WIDTH) / 2, middle, WIDTH, last)


def first_texts(table: Table) -> list[int]:
    """Return the columns that hold texts only."""
    return [
        number
        for number in range(len(table.columns))
        if table.rows and all(isinstance(row[number], str) for row in table.rows)
    ]


def first_counts(table: Table) -> int | None:
    """Return the first column that holds counts."""
    return next(
        (
            number
            for number, column in enumerate(table.columns)
            if column.unit == "count" and all(is_amount(row[number]) for row in table.rows)
        ),
        None,
    )


def is_amount(cell: Scalar) -> bool:
    """Tell whether a cell is a number, and not below 0."""
    return isinstance(cell, int | float) and not isinstance(cell, bool) and cell >= 0


def as_float(cell: Scalar) -> float:
    """Return a cell as a number, 0 for what is none."""
    return float(cell) if isinstance(cell, int | float) else 0
