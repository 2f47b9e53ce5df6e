"""A grid of properties and classes, shaded by how well the one tells the other."""

from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.grid import MAX_NAMES, Cell, grid, hundredths, noted, some_of
from labelaudit.render.charts.names import said
from labelaudit.render.charts.parts import as_float, figure
from labelaudit.report import Table

STRONGEST: Final = 0.55
CHANCE: Final = (0.0, 0.5)
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
    properties, told = _best(cells, 0), _best(cells, 1)
    labels = told[:MAX_NAMES]
    note = some_of(len(told), len(labels), "classes that are told best")
    return _drawn(properties, labels, cells, note)


def _best(cells: Cells, part: int) -> list[str]:
    """Return the properties, or classes, from the one with the largest separation down."""
    best: dict[str, float] = {}
    for pair, (separation, _) in cells.items():
        best[pair[part]] = max(best.get(pair[part], 0), separation)
    return sorted(best, key=lambda name: (-best[name], name))


def _drawn(properties: list[str], labels: list[str], cells: Cells, note: str) -> Markup:
    found = grid(properties, labels, lambda name, label: _cell(*cells.get((name, label), CHANCE)))
    best = max(cells, key=lambda pair: (cells[pair][0], pair))
    summary = (
        f"How well each property tells a class; best is {said(best[0])} for {said(best[1])}, "
        f"separation {text.number(cells[best][0])}"
    )
    return figure(
        height=round(found.bottom + (24 if note else 4)),
        name=summary,
        drawn=found.drawn + noted(note, found.bottom + 18),
    )


def _cell(separation: float, auc: float) -> Cell:
    shown = min(max(separation, 0), 1)
    higher = auc >= CHANCE[1]
    return Cell(
        words=hundredths(shown if higher else -shown) if round(100 * shown) else "",
        opacity=STRONGEST * shown,
        shade="more" if higher else "less",
    )
