"""A grid of pairs of labels, shaded by how often each occurs."""

from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts import WIDTH, as_float, figure, first_counts, first_texts
from labelaudit.render.fit import clipped, estimated_width
from labelaudit.report import Table

MAX_LABELS: Final = 12
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
    left = 12 + min(104, max(estimated_width(text.visible(label), 12) for label in labels))
    top, height, width = 34, 26, (WIDTH - 1 - left) / len(labels)
    most = max(cells.values())
    drawn = Markup('<text x="{}" y="12" class="head">{}</text>').format(
        left, f"{heads[1]} \N{RIGHTWARDS ARROW}" if heads[1] else ""
    )
    drawn += Markup('<text x="{}" y="28" text-anchor="end" class="head">{}</text>').format(
        left - 8, f"{heads[0]} \N{DOWNWARDS ARROW}" if heads[0] else ""
    )
    for number, label in enumerate(labels):
        name = text.visible(label)
        drawn += Markup(
            '<text x="{:.1f}" y="28" font-size="11" text-anchor="middle">{}</text>'
            '<text x="{}" y="{:.1f}" text-anchor="end">{}</text>'
        ).format(
            left + width * (number + 0.5),
            clipped(name, 10, width - 2),
            left - 8,
            top + height * number + 17,
            clipped(name, 12, left - 12),
        )
    for row, given in enumerate(labels):
        for column, other in enumerate(labels):
            corner = left + width * column, top + height * row
            count = cells.get((given, other), 0)
            drawn += _cell(corner, (width, height), count / most, count)
    ends = max(cells, key=lambda key: (cells[key], key))
    summary = f"Pairs; the most frequent is {ends[0]} and {ends[1]}, {text.number(most)} times"
    return figure(height=top + height * len(labels) + 2, name=summary, drawn=drawn)


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
