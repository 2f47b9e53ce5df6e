"""Class sizes as columns, from the largest to the smallest."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.axis import tail_axis
from labelaudit.render.charts.names import said, shortened, width_of, written
from labelaudit.render.charts.parts import (
    WIDTH,
    as_float,
    figure,
    first_counts,
    first_texts,
    outline,
)
from labelaudit.report import Table

MAX_NAMED: Final = 12
ON_TWO_LEVELS: Final = 1.66  # columns as wide as a name may be, that the last does not reach back
TOP: Final = 18
BOTTOM: Final = 174

LOGARITHMIC: Final = Markup(
    '<text x="{}" y="32" text-anchor="end" class="head">logarithmic</text>'
).format(WIDTH - 4)


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
        (str(row[name[0]]), as_float(row[count]), "" if kind is None else str(row[kind] or ""))
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
    axis = tail_axis(tail.counts, TOP, BOTTOM, "count")
    step = (WIDTH - axis.left) / len(tail.counts)
    tops = [axis.y(count) for count in tail.counts]
    levels = _levels(tail, step)
    return figure(
        height=BOTTOM + 12 + 16 * levels if named else BOTTOM + 30,
        name=_summary(tail),
        drawn=axis.drawn()
        + Markup('<path class="columns" d="{}"/>').format(outline(tops, BOTTOM, axis.left, step))
        + _parted(tail, axis.left, step)
        + (
            _names(tail, axis.left, step, levels)
            if named
            else _ranks(tail, axis.left, table.omitted)
        )
        + (LOGARITHMIC if axis.least else Markup()),
    )


def _summary(tail: Tail) -> str:
    """Say in words how long the tail is."""
    half, whole = 0.0, sum(tail.counts)
    n_half = next(
        at for at, count in enumerate(tail.counts, 1) if (half := half + count) >= whole / 2
    )
    return (
        f"Items of {text.counted(len(tail.counts), 'class', 'classes')}, from "
        f"{said(tail.names[0])} with {text.number(tail.counts[0])} to {said(tail.names[-1])} with "
        f"{text.number(tail.counts[-1])}; {text.counted(n_half, 'class', 'classes')} hold half"
    )


def _levels(tail: Tail, step: float) -> int:
    """Return on how many levels the names of classes stand, so that neighbors do not collide."""
    return 1 if max(map(width_of, tail.names)) <= step else 2


def _names(tail: Tail, left: float, step: float, levels: int) -> Markup:
    """Write the class below each column."""
    drawn = Markup()
    room = step if levels == 1 else ON_TWO_LEVELS * step - 6
    for rank, name in enumerate(shortened(tail.names, room)):
        half = min(width_of(name), room) / 2
        x = min(max(left + step * (rank + 0.5), half), WIDTH - half)
        drawn += Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
            x, BOTTOM + 17 + 16 * (rank % levels), written(name)
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
            drawn += Markup('<path class="parting" d="M{0:.1f} 4V{1}"/>').format(x, BOTTOM)
        words = text.visible(f"{n_classes:,} {kind}-shot")
        if width_of(words) < end - x:
            drawn += Markup(
                '<text x="{:.1f}" y="12" text-anchor="end" class="head">{}</text>'
            ).format(end - 4, words)
    return drawn


def _ranks(tail: Tail, left: float, omitted: int) -> Markup:
    """Write the first and the last class, and how many there are."""
    first, last = shortened((tail.names[0], tail.names[-1]), 140)
    middle = text.counted(len(tail.counts), "class", "classes")
    if omitted:
        middle = f"the largest {middle} of {len(tail.counts) + omitted:,}"
    return Markup(
        '<text x="{}" y="{y}">{}</text><text x="{}" y="{y}" text-anchor="middle">{}</text>'
        '<text x="{}" y="{y}" text-anchor="end">{}</text>'
    ).format(
        *(left, written(first), (left + WIDTH) / 2, middle, WIDTH, written(last)), y=BOTTOM + 20
    )
