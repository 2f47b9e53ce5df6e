"""A grid of pairs of labels, shaded by how much more or less they go together than by chance."""

from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.parts import WIDTH, figure
from labelaudit.render.fit import clipped, estimated_width
from labelaudit.report import Scalar, Table

MAX_LABELS: Final = 12
LONGEST: Final = 104
STRONGEST: Final = 0.6
HEIGHT: Final = 26
KEY: Final = 22

Cells = dict[tuple[str, str], tuple[float, bool]]


def association(table: Table) -> Markup:
    """Return pairs of labels as a grid with two shades, one for more than chance, one for less.

    Each cell has its NPMI, in hundredths, from -100 for labels that never occur together, over 0
    for chance, to 100 for labels that never occur apart. A pair too rare to be tested has its
    number and no shade. Empty when a table has no pairs.

    Parameters
    ----------
    table
        With columns ``label``, ``other_label``, ``together``, ``npmi`` and ``adjusted_p_value``.
    """
    columns = {column.name: number for number, column in enumerate(table.columns)}
    wanted = ("label", "other_label", "together", "npmi", "adjusted_p_value")
    if not table.rows or not set(wanted) <= set(columns):
        return Markup()
    cells: Cells = {}
    totals: dict[str, float] = {}
    for row in table.rows:
        first, second, together, npmi, p_value = (row[columns[name]] for name in wanted)
        pair = str(first), str(second)
        cells[pair] = cells[pair[::-1]] = (_number(npmi), p_value is not None)
        for label in pair:
            totals[label] = totals.get(label, 0) + _number(together)
    labels = sorted(totals, key=lambda label: (-totals[label], label))[:MAX_LABELS]
    return _drawn(labels, cells)


def _drawn(labels: list[str], cells: Cells) -> Markup:
    widest = max(estimated_width(text.visible(each), 12) for each in labels)
    left = round(12 + min(LONGEST, widest), 1)
    width = (WIDTH - 1 - left) / len(labels)
    upright = width >= left - 10
    top = 24 if upright else 12 + left
    drawn = Markup()
    for number, label in enumerate(labels):
        drawn += _name(label, left, top + HEIGHT * number)
        drawn += _head(label, left + width * (number + 0.5), top, left - 10, upright=upright)
        for column, other in enumerate(labels):
            corner = left + width * column, top + HEIGHT * number
            drawn += _cell(corner, width, cells.get((label, other)), same=label == other)
    bottom = top + HEIGHT * len(labels)
    return figure(
        height=round(bottom + KEY + 8),
        name=_summary(labels, cells),
        drawn=drawn + _key(left, bottom + 10),
    )


def _name(label: str, left: float, y: float) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>').format(
        left - 8, y + 17, clipped(text.visible(label), 12, left - 10)
    )


def _head(label: str, x: float, top: float, room: float, *, upright: bool) -> Markup:
    turned = "" if upright else f"rotate(-90 {x + 4:.1f} {top - 8:.1f})"
    return Markup('<text x="{:.1f}" y="{:.1f}" transform="{}" text-anchor="{}">{}</text>').format(
        x if upright else x + 4,
        top - 8,
        turned,
        "middle" if upright else "start",
        clipped(text.visible(label), 12, room),
    )


def _cell(
    corner: tuple[float, float], width: float, cell: tuple[float, bool] | None, *, same: bool
) -> Markup:
    """Draw the square of a pair; a dot where nothing is known, nothing for a label with itself."""
    npmi, tested = cell if cell is not None else (0.0, False)
    kind = "less" if npmi < 0 else "more"
    drawn = Markup(
        '<rect class="cell {}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}" '
        'fill-opacity="{:.2f}"/>'
    ).format(kind, *corner, width, HEIGHT, STRONGEST * min(abs(npmi), 1) * tested)
    if same:
        return drawn
    return drawn + Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>').format(
        corner[0] + width / 2, corner[1] + 17, "·" if cell is None else _hundredths(npmi)
    )


def _hundredths(npmi: float) -> str:
    """Return a number from -1 to 1 in hundredths, with a minus sign that is as wide as a digit."""
    return f"{round(100 * npmi):+d}".replace("-", "\N{MINUS SIGN}").replace("+0", "0")


def _key(left: float, y: float) -> Markup:
    """Draw what the shades mean, from never together to always together."""
    drawn = Markup()
    room = WIDTH - 1 - left
    for at, npmi in enumerate((-1, -0.5, 0, 0.5, 1)):
        drawn += Markup(
            '<rect class="cell {}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}" '
            'fill-opacity="{:.2f}"/>'
            '<text x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>'
        ).format(
            "less" if npmi < 0 else "more",
            left + at * room / 5,
            y,
            room / 5,
            KEY - 4,
            STRONGEST * abs(npmi),
            left + (at + 0.5) * room / 5,
            y + 13,
            ("never", "less", "chance", "more", "always")[at],
        )
    return drawn


def _summary(labels: list[str], cells: Cells) -> str:
    """Name the pairs that go together most and least."""
    tested = {
        pair: npmi
        for pair, (npmi, enough) in cells.items()
        if enough and pair[0] in labels and pair[1] in labels
    }
    if not tested:
        return "Pairs of labels, none with enough items to test"
    most = max(tested, key=lambda pair: (tested[pair], pair))
    least = min(tested, key=lambda pair: (tested[pair], pair))
    return (
        f"Pairs of labels; most together: {' and '.join(most)}, NPMI {text.number(tested[most])}; "
        f"least: {' and '.join(least)}, {text.number(tested[least])}"
    )


def _number(cell: Scalar) -> float:
    """Return a cell as a number, 0 for what is none."""
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return float(cell) if is_number and cell is not None else 0
