"""Small charts as inline SVG; each stands beside the numbers that it draws."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.fit import clipped
from labelaudit.report import Scalar, Table, Value

WIDTH: Final = 480
MAX_NAMED: Final = 12
MAX_MATRIX: Final = 12
BAR_UNITS: Final = ("share", "count")
FAINTEST: Final = 0.08
STRONGEST: Final = 0.55


def bar(part: float, whole: float) -> Markup:
    """Return a bar for a cell of a table, as long as a part is of a whole."""
    length = 100 * part / whole if whole > 0 and part > 0 else 0
    return Markup(
        '<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="6"/><rect width="{:.4g}" height="6"/></svg>'
    ).format(length)


def bar_column(table: Table) -> int | None:
    """Return which column of a table gets bars: its first of shares, else of counts."""
    for unit in BAR_UNITS:
        for number, column in enumerate(table.columns):
            cells = [row[number] for row in table.rows]
            if column.unit == unit and len(cells) > 1 and all(map(_positive, cells)) and any(cells):
                return number
    return None


def interval(value: Value) -> Markup:
    """Return a value as a dot on its interval, over an axis that starts at 0.

    Empty for a value without an interval, or below 0.
    """
    if value.value is None or value.low is None or value.high is None or value.low < 0:
        return Markup()
    end = 1.0 if value.unit == "share" and value.high > 0.5 else nice_end(value.high)  # noqa: PLR2004 - beyond half, the whole is the axis
    x, low, high = (8 + 224 * at / end for at in (value.value, value.low, value.high))
    return Markup(
        '<svg class="interval" viewBox="0 0 240 38" aria-hidden="true">'
        '<path class="axis" d="M8 12V20M8 16H232M232 12V20"/>'
        '<rect x="{low:.1f}" y="11" width="{width:.1f}" height="10"/>'
        '<circle cx="{x:.1f}" cy="16" r="6"/>'
        '<text x="8" y="35" text-anchor="start">{start}</text>'
        '<text x="232" y="35" text-anchor="end">{end}</text></svg>'
    ).format(
        low=low,
        width=high - low,
        x=x,
        start=text.number(0, value.unit if value.unit == "share" else ""),
        end=text.number(end, value.unit if value.unit == "share" else ""),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """Class sizes from the largest to the smallest."""

    names: Sequence[str]
    counts: Sequence[float]


def tail_of(table: Table) -> Tail | None:
    """Return the class sizes that a table holds: its first texts and its first counts."""
    name, count = _first_texts(table), _first_counts(table)
    if not name or count is None or len(table.rows) < 2:  # noqa: PLR2004 - a tail is of several
        return None
    rows = [(str(row[name[0]]), _float(row[count])) for row in table.rows]
    rows.sort(key=lambda row: -row[1])
    return Tail(names=[row[0] for row in rows], counts=[row[1] for row in rows])


def long_tail(table: Table) -> Markup:
    """Return class sizes as columns, the largest first; empty when a table holds none."""
    tail = tail_of(table)
    if tail is None or max(tail.counts) <= 0:
        return Markup()
    named = len(tail.counts) <= MAX_NAMED
    top, bottom, left = 14, 170, 52
    end = nice_end(max(tail.counts))
    step = (WIDTH - left) / len(tail.counts)
    gap = min(6.0, 0.25 * step) if step > 3 else 0  # noqa: PLR2004 - thinner columns touch
    columns = Markup().join(
        Markup('<rect x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}"/>').format(
            left + step * rank + gap / 2,
            bottom - (bottom - top) * count / end,
            step - gap,
            (bottom - top) * count / end,
        )
        for rank, count in enumerate(tail.counts)
    )
    summary = (
        f"Items by class, from {tail.names[0]} with {text.number(tail.counts[0])} "
        f"to {tail.names[-1]} with {text.number(tail.counts[-1])}"
    )
    return _figure(
        height=214 if named else 206,
        name=summary,
        drawn=_grid(end, left, top, bottom)
        + Markup('<g class="columns">{}</g>').format(columns)
        + (_names(tail, left, step) if named else _ranks(tail, left)),
    )


def matrix(table: Table, *, mirrored: bool = False) -> Markup:
    """Return pairs and their counts as a shaded grid; empty when a table holds none.

    Parameters
    ----------
    table
        Two columns of texts, and counts.
    mirrored
        Whether a pair counts both ways.
    """
    names, count = _first_texts(table), _first_counts(table)
    if len(names) < 2 or count is None or not table.rows:  # noqa: PLR2004 - a pair
        return Markup()
    cells: dict[tuple[str, str], float] = {}
    for row in table.rows:
        pair = str(row[names[0]]), str(row[names[1]])
        for key in {pair, pair[::-1]} if mirrored else {pair}:
            cells[key] = cells.get(key, 0) + _float(row[count])
    labels = _most_frequent(cells)
    shown = {key: n for key, n in cells.items() if key[0] in labels and key[1] in labels and n > 0}
    if not shown:
        return Markup()
    heads = ("", "") if mirrored else tuple(table.columns[number].name for number in names[:2])
    return _grid_of_pairs(labels, shown, heads)


def nice_end(highest: float) -> float:
    """Return a round number not below a positive one, to end an axis.

    Examples
    --------
    >>> nice_end(2400), nice_end(0.0561), nice_end(1)
    (2500, 0.06, 1)
    """
    if highest <= 0:
        return 1
    power = 10.0 ** math.floor(math.log10(highest))
    steps = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
    end = next((step for step in steps if step * power >= highest * (1 - 1e-9)), 10) * power
    return round(end) if end >= 1 and power >= 10 else float(f"{end:.6g}")  # noqa: PLR2004


def _figure(height: int, name: str, drawn: Markup) -> Markup:
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, height, text.visible(name), drawn)


def _grid(end: float, left: float, top: float, bottom: float) -> Markup:
    """Draw an axis of counts: nothing, half and all of it."""
    drawn = Markup()
    for part in (0, 0.5, 1):
        y = bottom - (bottom - top) * part
        drawn += Markup(
            '<path class="grid" d="M{} {:.1f}H{}"/>'
            '<text x="{}" y="{:.1f}" text-anchor="end">{}</text>'
        ).format(left, y, WIDTH, left - 6, y + 4, text.number(end * part))
    return drawn


def _names(tail: Tail, left: float, step: float) -> Markup:
    """Write the class below each column, on two levels so that neighbors do not collide."""
    drawn = Markup()
    room = 2 * step - 6
    for rank, name in enumerate(tail.names):
        x = min(max(left + step * (rank + 0.5), left + 4), WIDTH - 4)
        drawn += Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
            x, 187 + 16 * (rank % 2), clipped(text.visible(name), 12, room)
        )
    return drawn


def _ranks(tail: Tail, left: float) -> Markup:
    ends = (tail.names[0], tail.names[-1])
    first, last = (clipped(text.visible(name), 12, 140) for name in ends)
    middle = text.counted(len(tail.counts), "class", "classes")
    return Markup(
        '<text x="{}" y="190">{}</text><text x="{}" y="190" text-anchor="middle">{}</text>'
        '<text x="{}" y="190" text-anchor="end">{}</text>'
    ).format(left, first, (left + WIDTH) / 2, middle, WIDTH, last)


def _grid_of_pairs(
    labels: list[str], cells: dict[tuple[str, str], float], heads: tuple[str, ...]
) -> Markup:
    left, top = 116, 34
    width, height = (WIDTH - left) / len(labels), 26
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
            '<text x="{:.1f}" y="28" text-anchor="middle">{}</text>'
            '<text x="{}" y="{:.1f}" text-anchor="end">{}</text>'
        ).format(
            left + width * (number + 0.5),
            clipped(name, 12, width - 4),
            left - 8,
            top + height * number + 17,
            clipped(name, 12, left - 10),
        )
    for row, given in enumerate(labels):
        for column, other in enumerate(labels):
            corner = left + width * column, top + height * row
            count = cells.get((given, other), 0)
            drawn += _cell(corner, (width, height), count / most, count)
    ends = max(cells, key=lambda key: (cells[key], key))
    summary = f"Pairs; the most frequent is {ends[0]} and {ends[1]}, {text.number(most)} times"
    return _figure(height=top + height * len(labels) + 2, name=summary, drawn=drawn)


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
    return sorted(totals, key=lambda label: (-totals[label], label))[:MAX_MATRIX]


def _first_texts(table: Table) -> list[int]:
    """Return the columns that hold texts only."""
    return [
        number
        for number in range(len(table.columns))
        if table.rows and all(isinstance(row[number], str) for row in table.rows)
    ]


def _first_counts(table: Table) -> int | None:
    """Return the first column that holds counts."""
    return next(
        (
            number
            for number, column in enumerate(table.columns)
            if column.unit == "count" and all(_positive(row[number]) for row in table.rows)
        ),
        None,
    )


def _positive(cell: Scalar) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool) and cell >= 0


def _float(cell: Scalar) -> float:
    return float(cell) if isinstance(cell, int | float) else 0
