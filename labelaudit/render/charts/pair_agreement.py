"""A grid of pairs of annotators, shaded by how far each two agree."""

from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.parts import WIDTH, as_float, figure
from labelaudit.render.fit import clipped, estimated_width
from labelaudit.report import Table

MAX_SHOWN: Final = 12
LONGEST: Final = 104
HEIGHT: Final = 26
STRONGEST: Final = 0.6

Pairs = dict[tuple[str, str], float]


def pair_agreement(table: Table) -> Markup:
    """Return pairs of annotators as a grid, each with the share of shared items they agree on.

    The shade is that share beyond the lowest of all pairs, so that small differences show. Of many
    annotators, those with the most shared items are drawn; a pair that shares too few is a dot.
    Empty when a table has no pairs.

    Parameters
    ----------
    table
        With columns ``annotator``, ``other``, ``shared_items`` and ``agreement``.
    """
    columns = {column.name: number for number, column in enumerate(table.columns)}
    wanted = ("annotator", "other", "shared_items", "agreement")
    if not table.rows or not set(wanted) <= set(columns):
        return Markup()
    pairs: Pairs = {}
    totals: dict[str, float] = {}
    for row in table.rows:
        first, second, shared, agreement = (row[columns[name]] for name in wanted)
        two = str(first), str(second)
        pairs[two] = pairs[two[::-1]] = as_float(agreement)
        for name in two:
            totals[name] = totals.get(name, 0) + as_float(shared)
    names = sorted(totals, key=lambda name: (-totals[name], name))[:MAX_SHOWN]
    return _drawn(sorted(names), pairs)


def _drawn(names: list[str], pairs: Pairs) -> Markup:
    shown = {two: pairs[two] for two in pairs if two[0] in names and two[1] in names}
    if not shown:  # those with the most shared items share none with each other
        return Markup()
    lowest, highest = min(shown.values()), max(shown.values())
    widest = max(estimated_width(text.visible(name), 12) for name in names)
    left = round(12 + min(LONGEST, widest), 1)
    width = (WIDTH - 1 - left) / len(names)
    upright = width >= left - 10
    top = 24 if upright else 12 + left
    drawn = Markup()
    for row, name in enumerate(names):
        drawn += _name(name, left, top + HEIGHT * row)
        drawn += _head(name, left + width * (row + 0.5), top, left - 10, upright=upright)
        for column, other in enumerate(names):
            corner = left + width * column, top + HEIGHT * row
            agreement = shown.get((name, other))
            beyond = ((agreement or 0) - lowest) / ((highest - lowest) or 1)
            drawn += _cell(corner, width, agreement, beyond, same=name == other)
    order = sorted(shown, key=lambda two: (shown[two], two))
    return figure(
        height=round(top + HEIGHT * len(names) + 2),
        name=f"Agreement of pairs, from {' and '.join(order[0])} with "
        f"{text.number(lowest, 'share')} to {' and '.join(order[-1])} with "
        f"{text.number(highest, 'share')}",
        drawn=drawn,
    )


def _name(name: str, left: float, y: float) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>').format(
        left - 8, y + 17, clipped(text.visible(name), 12, left - 10)
    )


def _head(name: str, x: float, top: float, room: float, *, upright: bool) -> Markup:
    turned = "" if upright else f"rotate(-90 {x + 4:.1f} {top - 8:.1f})"
    return Markup('<text x="{:.1f}" y="{:.1f}" transform="{}" text-anchor="{}">{}</text>').format(
        x if upright else x + 4,
        top - 8,
        turned,
        "middle" if upright else "start",
        clipped(text.visible(name), 12, room),
    )


def _cell(
    corner: tuple[float, float], width: float, agreement: float | None, beyond: float, *, same: bool
) -> Markup:
    """Draw the square of a pair; a dot where nothing is known, nothing for oneself."""
    opacity = 0.0 if agreement is None else 0.06 + (STRONGEST - 0.06) * beyond
    drawn = Markup(
        '<rect class="cell" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}" '
        'fill-opacity="{:.2f}"/>'
    ).format(*corner, width, HEIGHT, opacity)
    if same:
        return drawn
    return drawn + Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>').format(
        corner[0] + width / 2,
        corner[1] + 17,
        "·" if agreement is None else f"{100 * agreement:.0f}",
    )
