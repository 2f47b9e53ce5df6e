"""How each split is spread over classes or over a target, one line a split."""

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.density import target_ticks
from labelaudit.render.charts.parts import (
    WIDTH,
    as_float,
    count_axis,
    figure,
    first_texts,
    nice_end,
)
from labelaudit.render.fit import clipped
from labelaudit.report import Table

LEFT: Final = 52
TOP: Final = 34
BOTTOM: Final = 190
MOST: Final = 4


@dataclass(frozen=True, slots=True)
class Profile:
    """A split, and which share of its items each row holds."""

    name: str
    total: float
    shares: list[float]


def profiles(table: Table) -> Markup:
    """Return the shares of each split as a line, those of the largest four where there are more.

    Parameters
    ----------
    table
        One row a class or a bin, its name or the ends of the bin, then counts, a column a split.
        Empty with fewer than two rows or two splits with items, or when rows were cut off.
    """
    found = [_profile(table, at) for at in range(len(table.columns)) if _counts(table, at)]
    found = sorted((each for each in found if each.total > 0), key=lambda each: -each.total)[:MOST]
    if len(table.rows) < 2 or len(found) < 2 or table.omitted:  # noqa: PLR2004 - to compare
        return Markup()
    end = nice_end(max(max(each.shares) for each in found))
    step = (WIDTH - LEFT) / len(table.rows)
    drawn = count_axis(end, LEFT, TOP, BOTTOM, "share") + _places(table, step)
    for number, each in enumerate(found):
        drawn += _line(each, number, step, end) + _key(each, number, len(found))
    widest = max(range(len(table.rows)), key=lambda at: _gap(found, at))
    return figure(
        height=226,
        name=f"Shares by split, of {', '.join(each.name for each in found)}; furthest apart, by "
        f"{text.number(_gap(found, widest), 'share')}, at {text.number(table.rows[widest][0])}",
        drawn=drawn,
    )


def _counts(table: Table, at: int) -> bool:
    return table.columns[at].unit == "count"


def _profile(table: Table, at: int) -> Profile:
    counts = [as_float(row[at]) for row in table.rows]
    total = sum(counts)
    return Profile(table.columns[at].name, total, [count / (total or 1) for count in counts])


def _gap(found: list[Profile], at: int) -> float:
    shares = [each.shares[at] for each in found]
    return max(shares) - min(shares)


def _line(profile: Profile, number: int, step: float, end: float) -> Markup:
    points = (
        f"{LEFT + step * (at + 0.5):.4g} {BOTTOM - (BOTTOM - TOP) * share / end:.4g}"
        for at, share in enumerate(profile.shares)
    )
    return Markup('<path class="profile p{}" d="M{}"/>').format(number, "L".join(points))


def _key(profile: Profile, number: int, n_profiles: int) -> Markup:
    """Draw a piece of the line beside the name of its split."""
    room = (WIDTH - LEFT) / n_profiles
    x = LEFT + room * number
    return Markup(
        '<path class="profile p{}" d="M{:.1f} 12h22"/><text x="{:.1f}" y="16">{}</text>'
    ).format(number, x, x + 28, clipped(text.visible(profile.name), 12, room - 34))


def _places(table: Table, step: float) -> Markup:
    """Write what the rows are: classes by name, or targets by number."""
    names = first_texts(table)
    if not names:
        lows, highs = ([as_float(row[at]) for row in table.rows] for at in (0, 1))
        return target_ticks(lows, highs, step, BOTTOM + 22)
    first, last = (clipped(text.visible(str(table.rows[at][names[0]])), 12, 140) for at in (0, -1))
    return Markup(
        '<text x="{}" y="212">{}</text><text x="{}" y="212" text-anchor="middle">{}</text>'
        '<text x="{}" y="212" text-anchor="end">{}</text>'
    ).format(
        LEFT,
        first,
        (LEFT + WIDTH) / 2,
        text.counted(len(table.rows), "class", "classes"),
        WIDTH,
        last,
    )
