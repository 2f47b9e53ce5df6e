"""A grid of properties and classes, shaded by how well the one tells the other."""

from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.parts import WIDTH, as_float, figure
from labelaudit.render.fit import clipped, estimated_width
from labelaudit.report import Table

MAX_CLASSES: Final = 12
LONGEST: Final = 150
HEAD: Final = 96
HEIGHT: Final = 22
STRONGEST: Final = 0.6
WANTED: Final = ("property", "class", "separation", "auc")

Cells = dict[tuple[str, str], tuple[float, float]]


def property_grid(table: Table) -> Markup:
    """Return properties and classes as a grid with two shades, for higher and lower in the class.

    A cell has the separation in hundredths, with the sign of the direction: +50 where the class
    has the higher values, -50 where it has the lower, nothing where it is at chance or worse. The
    12 classes that are told best are shown. Empty when a table has no pairs.

    Parameters
    ----------
    table
        With columns ``property``, ``class``, ``separation`` and ``auc``.
    """
    columns = {column.name: number for number, column in enumerate(table.columns)}
    if not table.rows or not set(WANTED) <= set(columns):
        return Markup()
    cells: Cells = {}
    for row in table.rows:
        name, label, separation, auc = (row[columns[wanted]] for wanted in WANTED)
        cells[str(name), str(label)] = as_float(separation), as_float(auc)
    properties, labels = _best(cells, 0), _best(cells, 1)[:MAX_CLASSES]
    return _drawn(properties, labels, cells)


def _best(cells: Cells, part: int) -> list[str]:
    """Return the properties, or classes, from the one with the largest separation down."""
    best: dict[str, float] = {}
    for pair, (separation, _) in cells.items():
        best[pair[part]] = max(best.get(pair[part], 0), separation)
    return sorted(best, key=lambda name: (-best[name], name))


def _drawn(properties: list[str], labels: list[str], cells: Cells) -> Markup:
    widest = max(estimated_width(text.visible(name), 12) for name in properties)
    left = round(12 + min(LONGEST, widest), 1)
    width = (WIDTH - 1 - left) / len(labels)
    names = [text.visible(label) for label in labels]
    upright = all(estimated_width(name, 12) <= width - 4 for name in names)
    top = 22 if upright else 12 + min(HEAD, max(estimated_width(name, 12) for name in names))
    drawn = Markup()
    for number, name in enumerate(names):
        x = left + width * (number + 0.5)
        drawn += Markup(
            '<text x="{:.1f}" y="{:.1f}" transform="{}" text-anchor="{}">{}</text>'
        ).format(
            x if upright else x + 4,
            top - 6,
            "" if upright else f"rotate(-90 {x + 4:.1f} {top - 6:.1f})",
            "middle" if upright else "start",
            clipped(name, 12, width if upright else HEAD),
        )
    for number, name in enumerate(properties):
        y = top + HEIGHT * number
        drawn += Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>').format(
            left - 8, y + 15, clipped(text.visible(name), 12, left - 10)
        )
        for column, label in enumerate(labels):
            drawn += _cell(left + width * column, y, width, cells.get((name, label)))
    summary = f"Properties by class; best told is {labels[0]}, most telling {properties[0]}"
    return figure(height=round(top + HEIGHT * len(properties) + 4), name=summary, drawn=drawn)


def _cell(x: float, y: float, width: float, cell: tuple[float, float] | None) -> Markup:
    separation, auc = cell or (0.0, 0.5)
    shown = max(separation, 0)
    higher = auc >= 0.5  # noqa: PLR2004 - chance
    drawn = Markup(
        '<rect class="cell {}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}" '
        'fill-opacity="{:.2f}"/>'
    ).format("more" if higher else "less", x, y, width, HEIGHT, STRONGEST * min(shown, 1))
    hundredths = round(100 * shown)
    if hundredths:
        sign = "+" if higher else "\N{MINUS SIGN}"
        drawn += Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>').format(
            x + width / 2, y + 15, f"{sign}{hundredths}"
        )
    return drawn
