"""A grid of pairs of labels, shaded by how often each occurs."""

from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.axis import compact
from labelaudit.render.charts.grid import MAX_NAMES, Cell, grid, noted, some_of
from labelaudit.render.charts.names import said
from labelaudit.render.charts.parts import as_float, figure, first_counts, first_texts
from labelaudit.report import Table

FAINTEST: Final = 0.08
STRONGEST: Final = 0.55


def matrix(table: Table, *, mirrored: bool = False) -> Markup:
    """Return pairs and their counts as a shaded grid; empty when a table holds none.

    Parameters
    ----------
    table
        Two columns of texts, and counts.
    mirrored
        Whether a pair counts both ways.
    """
    names, count = first_texts(table), first_counts(table)
    if len(names) < 2 or count is None or not table.rows:  # noqa: PLR2004 - a pair
        return Markup()
    cells: dict[tuple[str, str], float] = {}
    for row in table.rows:
        pair = str(row[names[0]]), str(row[names[1]])
        for key in {pair, pair[::-1]} if mirrored else {pair}:
            cells[key] = cells.get(key, 0) + as_float(row[count])
    ordered = _most_frequent(cells)
    labels = ordered[:MAX_NAMES]
    shown = {key: n for key, n in cells.items() if key[0] in labels and key[1] in labels and n > 0}
    if not shown:
        return Markup()
    given, other = (table.columns[number].name for number in names[:2])
    heads = ("", "") if mirrored else (given, other)
    note = some_of(len(ordered), len(labels), "names with the most pairs")
    return _grid_of_pairs(labels, shown, heads, note)


def _grid_of_pairs(
    labels: list[str], cells: dict[tuple[str, str], float], heads: tuple[str, str], note: str
) -> Markup:
    most = max(cells.values())

    def cell(one: str, other: str) -> Cell:
        count = cells.get((one, other))
        if not count:
            return Cell()
        opacity = FAINTEST + (STRONGEST - FAINTEST) * count / most
        return Cell(words=text.number(count), short=compact(count), opacity=opacity)

    found = grid(labels, labels, cell, heads=heads)
    most_frequent = max(cells, key=lambda key: (cells[key], key))
    summary = (
        f"Pairs of {text.counted(len(labels), 'name')}; the most frequent is "
        f"{' and '.join(map(said, most_frequent))}, {text.number(most)} times"
    )
    return figure(
        height=round(found.bottom + (22 if note else 2)),
        name=summary,
        drawn=found.drawn + noted(note, found.bottom + 16),
    )


def _most_frequent(cells: dict[tuple[str, str], float]) -> list[str]:
    """Return the labels, from the one that most pairs are of down."""
    totals: dict[str, float] = {}
    for (first, second), count in cells.items():
        totals[first] = totals.get(first, 0) + count
        totals[second] = totals.get(second, 0) + count
    return sorted(totals, key=lambda label: (-totals[label], label))
