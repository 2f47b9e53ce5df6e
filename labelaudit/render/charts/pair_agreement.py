"""A grid of pairs of annotators, shaded by how far each two agree."""

from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.grid import MAX_NAMES, Cell, grid, noted, some_of
from labelaudit.render.charts.names import said
from labelaudit.render.charts.parts import as_float, figure
from labelaudit.report import Table

FAINTEST: Final = 0.06
STRONGEST: Final = 0.55
LEAST_SCALE: Final = 0.2

Pairs = dict[tuple[str, str], float]


def pair_agreement(table: Table) -> Markup:
    """Return pairs of annotators as a grid, each with the share of shared items they agree on.

    The shade is that share beyond the lowest of all pairs, on a scale of a fifth at least, so that
    differences show but those that mean nothing look small. Of many annotators, those with the most
    shared items are drawn; a pair that shares too few is a dot.
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
    names = sorted(totals, key=lambda name: (-totals[name], name))[:MAX_NAMES]
    note = some_of(len(totals), len(names), "annotators with the most shared items")
    return _drawn(sorted(names), pairs, note)


def _drawn(names: list[str], pairs: Pairs, note: str) -> Markup:
    shown = {two: pairs[two] for two in pairs if two[0] in names and two[1] in names}
    if not shown:  # those with the most shared items share none with each other
        return Markup()
    lowest, highest = min(shown.values()), max(shown.values())

    def cell(one: str, other: str) -> Cell:
        """Return what a pair shows: a dot where nothing is known, nothing for oneself."""
        agreement = shown.get((one, other))
        if agreement is None:
            return Cell(words="" if one == other else "·")
        beyond = (agreement - lowest) / max(highest - lowest, LEAST_SCALE)
        opacity = FAINTEST + (STRONGEST - FAINTEST) * beyond
        return Cell(words=f"{100 * agreement:.0f}", opacity=opacity)

    found = grid(names, names, cell)
    order = sorted(shown, key=lambda two: (shown[two], two))
    return figure(
        height=round(found.bottom + (22 if note else 2)),
        name=f"Agreement of pairs, from {' and '.join(map(said, order[0]))} with "
        f"{text.number(lowest, 'share')} to {' and '.join(map(said, order[-1]))} with "
        f"{text.number(highest, 'share')}",
        drawn=found.drawn + noted(note, found.bottom + 16),
    )
