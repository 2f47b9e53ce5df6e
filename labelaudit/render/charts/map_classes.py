"""Where classes lie on a map: an outline and a name each, as far as there is room."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from labelaudit.render.charts.names import shortened, width_of, written
from labelaudit.render.charts.parts import WIDTH, as_float
from labelaudit.report import Scalar

MOST_NAMES: Final = 20
MOST_OUTLINES: Final = 10
N_STROKES: Final = 4
LONGEST: Final = 110
LINE: Final = 15
N_STEPS: Final = 4
BESIDE: Final = 6
MOST_CELLS: Final = 1000

Box = tuple[float, float, float, float]
Row = dict[str, Scalar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where the map is drawn: the side of its cells, its left end and its height."""

    side: float
    left: float
    height: float


def in_cells(cell: Scalar) -> float:
    """Return a place or length in cells, as far as a map can reach."""
    return min(max(as_float(cell), 0), MOST_CELLS)


def outlines(classes: list[Row], frame: Frame) -> Markup:
    """Draw one standard deviation around the mean of each class."""
    drawn = Markup()
    for rank, row in enumerate(classes[:MOST_OUTLINES]):
        across, down, turn = _axes(row)
        x, y = _center(row, frame)
        drawn += Markup(
            '<ellipse class="profile p{}" cx="{:.1f}" cy="{:.1f}" rx="{:.1f}" ry="{:.1f}" '
            'transform="rotate({:.1f} {:.1f} {:.1f})"/>'
        ).format(rank % N_STROKES, x, y, across * frame.side, down * frame.side, turn, x, y)
    return drawn


def _axes(row: Row) -> tuple[float, float, float]:
    """Return the half axes of an ellipse, and by how many degrees it is turned."""
    wide, tall = in_cells(row.get("across_sd")) ** 2, in_cells(row.get("down_sd")) ** 2
    slant = min(max(as_float(row.get("correlation")), -1), 1) * (wide * tall) ** 0.5
    middle, half = (wide + tall) / 2, math.hypot((wide - tall) / 2, slant)
    turn = math.degrees(math.atan2(2 * slant, wide - tall) / 2)
    return (middle + half) ** 0.5, max(middle - half, 0) ** 0.5, turn


def _center(row: Row, frame: Frame) -> tuple[float, float]:
    return (
        frame.left + in_cells(row["across"]) * frame.side,
        in_cells(row["down"]) * frame.side,
    )


def names(classes: list[Row], frame: Frame) -> Markup:
    """Write the names of classes where they lie, as near as there is room."""
    dots, lines, words = Markup(), Markup(), Markup()
    taken: list[Box] = []
    named = classes[:MOST_NAMES]
    short = shortened([str(row["class"]) for row in named], LONGEST)
    for row, name in zip(named, short, strict=True):
        x, y = _center(row, frame)
        dots += Markup('<circle class="own" cx="{:.1f}" cy="{:.1f}" r="3"/>').format(x, y)
        boxes = _boxes(x, y, width_of(name), frame.height)
        box = next((box for box in boxes if not any(_meet(box, other) for other in taken)), None)
        if box is None:
            continue
        taken.append(box)
        lines += _leader(x, y, box)
        words += Markup(
            '<text class="over named" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>'
        ).format((box[0] + box[2]) / 2, box[3] - 4, written(name))
    return dots + lines + words


def _leader(x: float, y: float, box: Box) -> Markup:
    """Draw a line to a name that is not beside its dot."""
    to_x, to_y = min(max(x, box[0]), box[2]), min(max(y, box[1]), box[3])
    if math.hypot(x - to_x, y - to_y) <= BESIDE:
        return Markup()
    return Markup('<path class="model other" d="M{:.1f} {:.1f}L{:.1f} {:.1f}"/>').format(
        x, y, to_x, to_y
    )


def _boxes(x: float, y: float, width: float, height: float) -> Iterator[Box]:
    """Yield boxes for a name inside of the map, nearest first."""
    for step in range(N_STEPS):
        for down in sorted({step, -step}):
            for start in (x + BESIDE, x - width - BESIDE, x - width / 2):
                if down == 0 and start == x - width / 2:
                    continue  # on the dot itself
                left = min(max(start, 0), WIDTH - width)
                top = min(max(y - LINE / 2 + down * LINE, 0), max(height - LINE, 0))
                yield left, top, left + width, top + LINE


def _meet(one: Box, other: Box) -> bool:
    across = one[0] < other[2] + 3 and other[0] < one[2] + 3
    return across and one[1] < other[3] and other[1] < one[3]
