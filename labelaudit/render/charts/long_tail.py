"""Class sizes as columns, from the largest to the smallest."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.parts import (
    WIDTH,
    as_float,
    count_axis,
    figure,
    first_counts,
    first_texts,
    nice_end,
    outline,
)
from labelaudit.render.fit import clipped, estimated_width
from labelaudit.report import Table

MAX_NAMED: Final = 12


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
                '<text x="{:.1f}" y="12" text-anchor="end" class="head">{}</text>'
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
