"""A map of items: cells shaded by how many they hold, and where the classes lie."""

import math
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.map_classes import MOST_NAMES, Frame, Row, in_cells, names, outlines
from labelaudit.render.charts.names import said
from labelaudit.render.charts.parts import WIDTH, as_float, figure, is_amount
from labelaudit.report import Table

TALLEST: Final = 380
OF_COUNTS: Final = (0.1, 0.6)  # the faintest and the strongest shade
OF_TARGETS: Final = (0.25, 1.0)  # with no words on them
N_SHADES: Final = 8
SMALLEST: Final = 0.3  # side of a square that is sized, as a part of its cell
LEGEND: Final = 24
LARGEST: Final = 7  # half of a diamond
NEEDED: Final = ("column", "row", "count")
CENTER: Final = ("class", "across", "down")

Place = tuple[int, int]


def embedding_map(cells: Table, classes: Table | None = None) -> Markup:
    """Return a map; empty when a table has no such columns, or no cell.

    Parameters
    ----------
    cells
        Columns ``column``, ``row`` and ``count``. Cells are shaded by their count; where there is
        a ``mean_target``, they are shaded by it and sized by their count. Where there is a column
        ``suspected``, diamonds stand for it.
    classes
        Where the classes lie, counted in cells: ``class``, ``across``, ``down``, ``across_sd``,
        ``down_sd`` and ``correlation``. The largest 10 have an outline, the largest 20 a name.
    """
    rows = [row for row in _rows(cells) if all(is_amount(row.get(name)) for name in NEEDED)]
    found = {(int(in_cells(row["column"])), int(in_cells(row["row"]))): row for row in rows}
    if not found:
        return Markup()
    n_columns, n_rows = (1 + max(place[axis] for place in found) for axis in (0, 1))
    side = round(min(WIDTH / n_columns, TALLEST / n_rows), 3)
    frame = Frame(side=side, left=(WIDTH - side * n_columns) / 2, height=side * n_rows)
    lying = [] if classes is None else [row for row in _rows(classes) if set(CENTER) <= set(row)]
    drawn = outlines(lying, frame) + _suspects(found, frame) + names(lying, frame)
    return figure(
        height=round(frame.height) + LEGEND,
        name=_summary(found, lying),
        drawn=_shades(found, frame) + drawn + _legend(found, frame),
    )


def _rows(table: Table) -> list[Row]:
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def _shades(cells: dict[Place, Row], frame: Frame) -> Markup:
    """Draw the cells, in one path a shade."""
    scale = _Scale.of(list(cells.values()))
    paths: dict[float, str] = {}
    for place, row in cells.items():
        opacity = scale.opacity(row)
        paths[opacity] = paths.get(opacity, "") + _square(place, scale.size(row), frame)
    drawn = Markup()
    for opacity, path in sorted(paths.items()):
        drawn += Markup('<path class="columns" fill-opacity="{:.2f}" d="{}"/>').format(
            opacity, path
        )
    return drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """What shade and size stand for: counts, or targets and counts."""

    by_target: bool
    most: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, rows: list[Row]) -> "_Scale":
        targets = [as_float(row["mean_target"]) for row in rows if _has_target(row)]
        most = max(as_float(row["count"]) for row in rows)
        return cls(
            by_target=bool(targets),
            most=most or 1,
            lowest=min(targets, default=0),
            highest=max(targets, default=0),
        )

    def opacity(self, row: Row) -> float:
        if self.by_target and not _has_target(row):
            return 0
        part = self.part(row)
        faintest, strongest = OF_COUNTS
        if self.by_target:
            faintest, strongest = OF_TARGETS
            span = self.highest - self.lowest
            part = (as_float(row["mean_target"]) - self.lowest) / span if 0 < span < math.inf else 0
        level = round((N_SHADES - 1) * part) / (N_SHADES - 1)
        return round(faintest + (strongest - faintest) * level, 2)

    def size(self, row: Row) -> float:
        return max(self.part(row), SMALLEST) if self.by_target else 1

    def part(self, row: Row) -> float:
        return math.sqrt(as_float(row["count"]) / self.most)


def _has_target(row: Row) -> bool:
    return isinstance(row.get("mean_target"), int | float)


def _square(place: Place, size: float, frame: Frame) -> str:
    left, top = (each + (1 - size) / 2 for each in place)
    length = frame.side * size
    return (
        f"M{frame.left + left * frame.side:.1f} {top * frame.side:.1f}"
        f"h{length:.2f}v{length:.2f}h-{length:.2f}z"
    )


def _suspects(cells: dict[Place, Row], frame: Frame) -> Markup:
    """Draw a diamond where labels are suspected, its area as their number."""
    amounts = {place: as_float(row.get("suspected")) for place, row in cells.items()}
    most = max(amounts.values())
    path = ""
    for (column, row), amount in amounts.items():
        if amount > 0:
            half = min(0.42 * frame.side, LARGEST) * max((amount / most) ** 0.5, 0.3)
            x, y = frame.left + (column + 0.5) * frame.side, (row + 0.5) * frame.side
            path += _diamond(x, y, half)
    return Markup('<path class="swap" d="{}"/>').format(path) if path else Markup()


def _diamond(x: float, y: float, half: float) -> str:
    return (
        f"M{x:.1f} {y - half:.1f}l{half:.1f} {half:.1f}l-{half:.1f} {half:.1f}"
        f"l-{half:.1f} -{half:.1f}z"
    )


def _legend(cells: dict[Place, Row], frame: Frame) -> Markup:
    """Say what shades and diamonds mean."""
    y = frame.height + LEGEND - 5
    rows = list(cells.values())
    scale = _Scale.of(rows)
    name = "mean_target" if scale.by_target else "count"
    known = sorted(
        (as_float(row[name]), at) for at, row in enumerate(rows) if row[name] is not None
    )
    drawn = Markup('<text class="head" x="0" y="{:.1f}">{}</text>').format(
        y, "mean target" if scale.by_target else "items in a cell"
    )
    x = 100.0
    for amount, at in dict.fromkeys((known[0], known[-1])):
        drawn += Markup(
            '<rect class="columns" x="{:.1f}" y="{:.1f}" width="12" height="12" '
            'fill-opacity="{:.2f}"/><text x="{:.1f}" y="{:.1f}">{}</text>'
        ).format(x, y - 10, scale.opacity(rows[at]), x + 17, y, text.number(amount))
        x += 90
    if any(as_float(row.get("suspected")) > 0 for row in rows):
        drawn += Markup(
            '<path class="swap" d="{}"/><text x="{:.1f}" y="{:.1f}">suspected labels</text>'
        ).format(_diamond(x + 6, y - 4, 5), x + 17, y)
    return drawn


def _summary(cells: dict[Place, Row], classes: list[Row]) -> str:
    n = sum(as_float(row["count"]) for row in cells.values())
    fullest = max(as_float(row["count"]) for row in cells.values())
    words = (
        f"Map of {text.number(n)} items in {text.counted(len(cells), 'cell')}; the fullest holds "
        f"{text.number(fullest)}"
    )
    suspected = sum(as_float(row.get("suspected")) for row in cells.values())
    if suspected:
        noun = "label is" if suspected == 1 else "labels are"
        words += f"; {text.number(suspected)} {noun} suspected"
    classes_named = [said(str(row["class"])) for row in classes[:MOST_NAMES]]
    return f"{words}; named are {', '.join(classes_named)}" if classes_named else words
