"""How each split is spread over classes or over a target, one line a split."""

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.axis import Axis, axis_to, tail_axis
from labelaudit.render.charts.density import target_ticks
from labelaudit.render.charts.names import said, shortened, written
from labelaudit.render.charts.parts import WIDTH, as_float, figure, first_texts
from labelaudit.report import Table

TOP: Final = 34
BOTTOM: Final = 190
MOST: Final = 4
MOST_POINTS: Final = 240


@dataclass(frozen=True, slots=True)
class Profile:
    """A split, and which share of its items each row holds."""

    name: str
    total: float
    shares: list[float]


def profiles(table: Table) -> Markup:
    """Return the shares of each split as a line, those of the largest four where there are more.

    Of more classes than can be told apart, each point is the mean of a few neighbors.

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
    named = bool(first_texts(table))
    every = -(-len(table.rows) // MOST_POINTS)
    lines = [_means(each.shares, every) for each in found]
    shares = [share for line in lines for share in line]
    axis = (
        tail_axis(shares, TOP, BOTTOM, "share")
        if named
        else axis_to(max(shares), TOP, BOTTOM, "share")
    )
    drawn = axis.drawn() + (_classes(table, axis, every) if named else _targets(table, axis))
    for number, line in enumerate(lines):
        drawn += _line(line, number, axis)
    widest = max(range(len(table.rows)), key=lambda at: _gap(found, at))
    return figure(
        height=226,
        name=f"Shares by split, of {', '.join(said(each.name) for each in found)}; furthest "
        f"apart, by {text.number(_gap(found, widest), 'share')}, at "
        f"{said(text.number(table.rows[widest][0]))}",
        drawn=drawn + _key(found, axis.left),
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


def _means(shares: list[float], every: int) -> list[float]:
    """Return the mean of each run of a number of shares."""
    runs = (shares[at : at + every] for at in range(0, len(shares), every))
    return [sum(run) / len(run) for run in runs]


def _line(shares: list[float], number: int, axis: Axis) -> Markup:
    step = (WIDTH - axis.left) / len(shares)
    points = (
        f"{axis.left + step * (at + 0.5):.1f} {axis.y(share):.1f}"
        for at, share in enumerate(shares)
    )
    return Markup('<path class="profile p{}" d="M{}"/>').format(number, "L".join(points))


def _key(found: list[Profile], left: float) -> Markup:
    """Draw a piece of each line beside the name of its split."""
    room = (WIDTH - left) / len(found)
    drawn = Markup()
    for number, name in enumerate(shortened([each.name for each in found], room - 34)):
        x = left + room * number
        drawn += Markup(
            '<path class="profile p{}" d="M{:.1f} 12h22"/><text x="{:.1f}" y="16">{}</text>'
        ).format(number, x, x + 28, written(name))
    return drawn


def _classes(table: Table, axis: Axis, every: int) -> Markup:
    """Write the first and the last class, how many there are, and how the axis runs."""
    name = first_texts(table)[0]
    first, last = shortened([str(table.rows[at][name]) for at in (0, -1)], 130)
    middle = text.counted(len(table.rows), "class", "classes")
    if every > 1:
        middle += f", means of {every}"
    drawn = Markup(
        '<text x="{}" y="212">{}</text><text x="{}" y="212" text-anchor="middle">{}</text>'
        '<text x="{}" y="212" text-anchor="end">{}</text>'
    ).format(
        *(axis.left, written(first), (axis.left + WIDTH) / 2, middle, WIDTH, written(last)),
    )
    if axis.least:
        drawn += Markup(
            '<text x="{}" y="32" text-anchor="end" class="head">logarithmic</text>'
        ).format(WIDTH)
    return drawn


def _targets(table: Table, axis: Axis) -> Markup:
    """Write round targets below the bins."""
    lows, highs = ([as_float(row[at]) for row in table.rows] for at in (0, 1))
    return target_ticks(lows, highs, axis.left, BOTTOM + 22)
