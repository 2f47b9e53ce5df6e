"""A grid of pairs of labels, shaded by how often each occurs."""

from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.parts import WIDTH, as_float, figure, first_counts, first_texts
from labelaudit.render.fit import clipped, estimated_width
from labelaudit.report import Table

MAX_LABELS: Final = 12
LONGEST: Final = 104
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
    labels = _most_frequent(cells)
    shown = {key: n for key, n in cells.items() if key[0] in labels and key[1] in labels and n > 0}
    if not shown:
        return Markup()
    heads = ("", "") if mirrored else tuple(table.columns[number].name for number in names[:2])
    return _grid_of_pairs(labels, shown, heads)


def _grid_of_pairs(
    labels: list[str], cells: dict[tuple[str, str], float], heads: tuple[str, ...]
) -> Markup:
    widest = max(estimated_width(text.visible(each), 12) for each in labels)
    longest = round(12 + min(LONGEST, widest), 1)
    width, height = (WIDTH - 1 - longest) / len(labels), 26
    upright = width >= longest - 10
    top = 34 if upright else 22 + longest
    most = max(cells.values())
    drawn = _heads(heads, longest, top)
    for number, label in enumerate(labels):
        x, y = longest + width * (number + 0.5), top + height * number + 17
        turned = "" if upright else f"rotate(-90 {x + 4:.1f} {top - 8:.1f})"
        drawn += Markup(
            '<text x="{:.1f}" y="{:.1f}" transform="{}" text-anchor="{}">{}</text>'
            '<text x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>'
        ).format(
            x if upright else x + 4,
            top - 8,
            turned,
            "middle" if upright else "start",
            clipped(text.visible(label), 12, longest - 10),
            longest - 8,
            y,
            clipped(text.visible(label), 12, longest - 10),
        )
    most_frequent = max(cells, key=lambda key: (cells[key], key))
    for row, given in enumerate(labels):
        for column, other in enumerate(labels):
            corner = longest + width * column, top + height * row
            count = cells.get((given, other), 0)
            drawn += _cell(corner, (width, height), count / most, count)
    summary = (
        f"Pairs; the most frequent is {' and '.join(most_frequent)}, {text.number(most)} times"
    )
    return figure(height=round(top + height * len(labels) + 2), name=summary, drawn=drawn)


def _heads(heads: tuple[str, ...], left: float, top: float) -> Markup:
    """Write which side of the grid is which."""
    if not any(heads):
        return Markup()
    return Markup(
        '<text x="{:.1f}" y="12" class="head">{} →</text>'
        '<text x="{:.1f}" y="{:.1f}" text-anchor="end" class="head">{} ↓</text>'
    ).format(left, text.visible(heads[1]), left - 8, top - 8, text.visible(heads[0]))


def _cell(
    corner: tuple[float, float], size: tuple[float, float], part: float, count: float
) -> Markup:
    opacity = FAINTEST + (STRONGEST - FAINTEST) * part if count else 0
    drawn = Markup(
        '<rect class="cell" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" '
        'fill-opacity="{:.2f}"/>'
    ).format(*corner, *size, opacity)
    if count:
        drawn += Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>').format(
            corner[0] + size[0] / 2, corner[1] + 17, text.number(count)
        )
    return drawn


def _most_frequent(cells: dict[tuple[str, str], float]) -> list[str]:
    """Return the labels that most pairs are of, at most as many as can be read."""
    totals: dict[str, float] = {}
    for (first, second), count in cells.items():
        totals[first] = totals.get(first, 0) + count
        totals[second] = totals.get(second, 0) + count
    return sorted(totals, key=lambda label: (-totals[label], label))[:MAX_LABELS]
