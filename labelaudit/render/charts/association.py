"""A grid of pairs of labels, shaded by how much more or less they go together than by chance."""

from typing import Final, Literal

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.grid import (
    MAX_NAMES,
    Cell,
    grid,
    hundredths,
    noted,
    shaded,
    some_of,
)
from labelaudit.render.charts.names import said
from labelaudit.render.charts.parts import WIDTH, as_float, figure
from labelaudit.report import Table

STRONGEST: Final = 0.55
KEY: Final = 22
MEANINGS: Final = ((-1, "never"), (-0.5, "less"), (0, "chance"), (0.5, "more"), (1, "always"))

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
        cells[pair] = cells[pair[::-1]] = (as_float(npmi), p_value is not None)
        for label in pair:
            totals[label] = totals.get(label, 0) + as_float(together)
    labels = sorted(totals, key=lambda label: (-totals[label], label))[:MAX_NAMES]
    note = some_of(len(totals), len(labels), "labels with the most items")
    return _drawn(labels, cells, note)


def _drawn(labels: list[str], cells: Cells, note: str) -> Markup:
    found = grid(
        labels, labels, lambda one, other: _cell(cells.get((one, other)), same=one == other)
    )
    return figure(
        height=round(found.bottom + KEY + (28 if note else 8)),
        name=_summary(labels, cells),
        drawn=found.drawn
        + _key(found.left, found.bottom + 10)
        + noted(note, found.bottom + KEY + 22),
    )


def _cell(cell: tuple[float, bool] | None, *, same: bool) -> Cell:
    """Return what a pair shows: a dot where nothing is known, nothing for a label with itself."""
    npmi, tested = cell if cell is not None else (0.0, False)
    words = "·" if cell is None else hundredths(npmi)
    return Cell(
        words="" if same else words,
        opacity=STRONGEST * min(abs(npmi), 1) * tested,
        shade="less" if npmi < 0 else "more",
    )


def _key(left: float, y: float) -> Markup:
    """Draw what the shades mean, from never together to always together."""
    drawn, width = Markup(), (WIDTH - 1 - left) / len(MEANINGS)
    for at, (npmi, words) in enumerate(MEANINGS):
        shade: Literal["less", "more"] = "less" if npmi < 0 else "more"
        cell = Cell(words=words, opacity=STRONGEST * abs(npmi), shade=shade)
        drawn += shaded(cell, left + at * width, y, width, KEY - 4)
    return Markup('<g text-anchor="middle">{}</g>').format(drawn)


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
        f"Pairs of labels; most together: {' and '.join(map(said, most))}, "
        f"NPMI {text.number(tested[most])}; "
        f"least together: {' and '.join(map(said, least))}, {text.number(tested[least])}"
    )
