"""What the drawings are put together from: axes, frames, and cells as numbers."""

import math
import sys
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.report import Scalar, Table

WIDTH: Final = 480
THINNEST: Final = 4


def nice_end(highest: float) -> float:
    """Return a round number not below another, to end an axis; never 0.

    Examples
    --------
    >>> nice_end(2400), nice_end(0.0561), nice_end(1), nice_end(5e-324)
    (2500, 0.06, 1.0, 1)
    """
    if highest < sys.float_info.min:  # 0, or too small to be divided by
        return 1
    power = 10.0 ** math.floor(math.log10(highest))
    steps = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
    end = next((step for step in steps if step * power >= highest * (1 - 1e-9)), 10) * power
    return round(end) if end >= 1 and power >= 10 else float(f"{end:.6g}")  # noqa: PLR2004


def figure(height: int, name: str, drawn: Markup) -> Markup:
    """Return a drawing as an image whose name says what it shows."""
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, height, text.visible(name), drawn)


def outline(tops: Sequence[float], bottom: float, left: float, step: float) -> str:
    """Return the path of columns: apart while there is room, else one shape without seams."""
    gap = min(6.0, 0.25 * step)
    if step > THINNEST:
        return "".join(
            f"M{left + step * rank + gap / 2:.4g} {bottom:g}V{y:.4g}h{step - gap:.4g}V{bottom:g}z"
            for rank, y in enumerate(tops)
        )
    path, rank = f"M{left:g} {bottom:g}", 0
    for y, equal in groupby(f"{y:.1f}" for y in tops):
        rank += len(list(equal))
        path += f"V{y}H{left + step * rank:.1f}"
    return f"{path}V{bottom:g}z"


def first_texts(table: Table) -> list[int]:
    """Return the columns that hold texts only."""
    return [
        number
        for number in range(len(table.columns))
        if table.rows and all(isinstance(row[number], str) for row in table.rows)
    ]


def first_counts(table: Table) -> int | None:
    """Return the first column that holds counts."""
    return next(
        (
            number
            for number, column in enumerate(table.columns)
            if column.unit == "count" and all(is_amount(row[number]) for row in table.rows)
        ),
        None,
    )


def is_amount(cell: Scalar) -> bool:
    """Tell whether a cell is a number, and not below 0."""
    return isinstance(cell, int | float) and not isinstance(cell, bool) and cell >= 0


def as_float(cell: Scalar) -> float:
    """Return a cell as a number, 0 for what is none."""
    return float(cell) if isinstance(cell, int | float) else 0
