"""A grid of named rows and columns with shaded cells: what all such drawings share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.parts import WIDTH
from labelaudit.render.fit import clipped, estimated_width

MAX_NAMES: Final = 12  # columns whose cells can still be read
LONGEST: Final = 150
LONGEST_HEAD: Final = 96
HEIGHT: Final = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What a cell of a grid shows.

    Attributes
    ----------
    words
        Its text, empty for none.
    opacity
        How strong its shade is.
    shade
        More, less, or empty where there is one shade only.
    """

    words: str = ""
    opacity: float = 0.0
    shade: Literal["", "more", "less"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A drawn grid, and where its cells begin and end."""

    drawn: Markup
    left: float
    bottom: float


def grid(
    rows: Sequence[str],
    columns: Sequence[str],
    cell: Callable[[str, str], Cell],
    *,
    heads: tuple[str, str] = ("", ""),
) -> Grid:
    """Draw a grid.

    Parameters
    ----------
    rows, columns
        Their names.
    cell
        Returns what the cell of a row and a column shows.
    heads
        What the rows and the columns are, written beside the names; empty for nothing.
    """
    named = max(_width(f"{heads[0]} ↓") if heads[0] else 0, *map(_width, rows))
    left = round(12 + min(LONGEST, named), 1)
    width = (WIDTH - 1 - left) / len(columns)
    upright = all(_width(name) <= width - 4 for name in columns)
    above = 14 if upright else min(LONGEST_HEAD, max(map(_width, columns)))
    top = round(14 + above + (12 if any(heads) else 0), 1)
    drawn = _heads(heads, left, top)
    for number, name in enumerate(columns):
        x = left + width * (number + 0.5)
        drawn += _head(name, x, top - 8, LONGEST_HEAD if not upright else width, upright=upright)
    for number, name in enumerate(rows):
        y = top + HEIGHT * number
        drawn += Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>').format(
            left - 8, y + 17, clipped(text.visible(name), 12, left - 10)
        )
        for at, other in enumerate(columns):
            drawn += shaded(cell(name, other), left + width * at, y, width, HEIGHT)
    return Grid(drawn=drawn, left=left, bottom=top + HEIGHT * len(rows))


def shaded(cell: Cell, x: float, y: float, width: float, height: float) -> Markup:
    """Draw one cell."""
    drawn = Markup(
        '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}" fill-opacity="{:.2f}"/>'
    ).format(f"cell {cell.shade}".strip(), x, y, width, height, cell.opacity)
    if not cell.words:
        return drawn
    return drawn + Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>').format(
        x + width / 2, y + height / 2 + 4, cell.words
    )


def hundredths(number: float) -> str:
    """Return a number from -1 to 1 in hundredths, with a minus sign that is as wide as a digit.

    Examples
    --------
    >>> hundredths(0.234), hundredths(-0.001)
    ('+23', '0')
    """
    return f"{round(100 * number):+d}".replace("-", "\N{MINUS SIGN}").replace("+0", "0")


def _head(name: str, x: float, y: float, room: float, *, upright: bool) -> Markup:
    """Write the name of a column, upward where it is wider than the column."""
    return Markup('<text x="{:.1f}" y="{:.1f}" transform="{}" text-anchor="{}">{}</text>').format(
        x if upright else x + 4,
        y,
        "" if upright else f"rotate(-90 {x + 4:.1f} {y:.1f})",
        "middle" if upright else "start",
        clipped(text.visible(name), 12, room),
    )


def _heads(heads: tuple[str, str], left: float, top: float) -> Markup:
    """Write what the rows and the columns are."""
    if not any(heads):
        return Markup()
    return Markup(
        '<text x="{:.1f}" y="12" class="head">{} →</text>'
        '<text x="{:.1f}" y="{:.1f}" text-anchor="end" class="head">{} ↓</text>'
    ).format(left, text.visible(heads[1]), left - 8, top - 8, text.visible(heads[0]))


def _width(name: str) -> float:
    return estimated_width(text.visible(name), 12)
