"""A grid of named rows and columns with shaded cells: what all such drawings share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup

from labelaudit.render import text
from labelaudit.render.charts.names import shortened, width_of, written
from labelaudit.render.charts.parts import WIDTH

MAX_NAMES: Final = 12  # columns whose cells can still be read
LONGEST: Final = 150
LONGEST_HEAD: Final = 128
HEIGHT: Final = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What a cell of a grid shows.

    Attributes
    ----------
    words
        Its text, empty for none.
    short
        Its text where there is no room for the whole.
    opacity
        How strong its shade is.
    shade
        More, less, or empty where there is one shade only.
    """

    words: str = ""
    short: str = ""
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
    named = max(width_of(f"{heads[0]} ↓") if heads[0] else 0, *map(width_of, rows))
    left = round(12 + min(LONGEST, named), 1)
    width = (WIDTH - 1 - left) / len(columns)
    upright = all(width_of(name) <= width - 4 for name in columns)
    above = 14 if upright else min(LONGEST_HEAD, max(map(width_of, columns)))
    top = round(14 + above + (12 if any(heads) else 0), 1)
    bottom = top + HEIGHT * len(rows)
    drawn = _heads(heads, left, top) + _columns(columns, left, width, top - 8, upright=upright)
    for number, name in enumerate(shortened(rows, left - 10)):
        drawn += Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>').format(
            left - 8, top + HEIGHT * number + 17, written(name)
        )
    cells = Markup()
    for number, name in enumerate(rows):
        for at, other in enumerate(columns):
            shown = cell(name, other)
            cells += shaded(shown, left + width * at, top + HEIGHT * number, width, HEIGHT)
    drawn += Markup('<g text-anchor="middle">{}</g>').format(cells)
    return Grid(
        drawn=drawn + _lines(left, top, width, len(rows), len(columns)), left=left, bottom=bottom
    )


def shaded(cell: Cell, x: float, y: float, width: float, height: float) -> Markup:
    """Draw one cell, in a group whose texts are anchored in their middle."""
    drawn = Markup()
    if round(cell.opacity, 2):
        drawn = Markup(
            '<rect class="{}" x="{:.1f}" y="{:.4g}" width="{:.1f}" height="{}" '
            'fill-opacity="{:.2f}"/>'
        ).format(f"cell {cell.shade}".strip(), x, y, width, height, cell.opacity)
    words = cell.words if width_of(cell.words) < width else cell.short
    if not words:
        return drawn
    return drawn + Markup('<text x="{:.1f}" y="{:.4g}">{}</text>').format(
        x + width / 2, y + height / 2 + 4, words
    )


def _lines(left: float, top: float, width: float, n_rows: int, n_columns: int) -> Markup:
    """Draw the lines between the cells, as one path."""
    across = "".join(
        f"M{left:g} {top + HEIGHT * at:g}h{width * n_columns:.1f}" for at in range(n_rows + 1)
    )
    down = "".join(
        f"M{left + width * at:.1f} {top:g}v{HEIGHT * n_rows}" for at in range(n_columns + 1)
    )
    return Markup('<path class="grid" d="{}"/>').format(across + down)


def hundredths(number: float) -> str:
    """Return a number from -1 to 1 in hundredths, with a minus sign that is as wide as a digit.

    Examples
    --------
    >>> hundredths(0.234), hundredths(-0.001)
    ('+23', '0')
    """
    return f"{round(100 * number):+d}".replace("-", "\N{MINUS SIGN}").replace("+0", "0")


def _columns(names: Sequence[str], left: float, width: float, y: float, *, upright: bool) -> Markup:
    """Write the names of the columns, upward where one is wider than its column."""
    drawn = Markup()
    for at, name in enumerate(shortened(names, width if upright else LONGEST_HEAD)):
        x = left + width * (at + 0.5)
        turned = "" if upright else f"rotate(-90 {x + 4:.1f} {y:.1f})"
        drawn += Markup(
            '<text x="{:.1f}" y="{:.1f}" transform="{}" text-anchor="{}">{}</text>'
        ).format(
            *(x if upright else x + 4, y, turned, "middle" if upright else "start"), written(name)
        )
    return drawn


def _heads(heads: tuple[str, str], left: float, top: float) -> Markup:
    """Write what the rows and the columns are."""
    if not any(heads):
        return Markup()
    return Markup(
        '<text x="{:.1f}" y="12" class="head">{} →</text>'
        '<text x="{:.1f}" y="{:.1f}" text-anchor="end" class="head">{} ↓</text>'
    ).format(left, text.visible(heads[1]), left - 8, top - 8, text.visible(heads[0]))


def some_of(n_names: int, n_shown: int, which: str) -> str:
    """Say that a grid shows some of the names only; empty when it shows all.

    Examples
    --------
    >>> some_of(79, 12, "with most pairs"), some_of(9, 9, "with most pairs")
    ('the 12 of 79 with most pairs', '')
    """
    return f"the {n_shown} of {n_names:,} {which}" if n_shown < n_names else ""


def noted(words: str, y: float) -> Markup:
    """Write a note below a grid; nothing without words."""
    if not words:
        return Markup()
    return Markup('<text x="{}" y="{:.1f}" text-anchor="end" class="head">{}</text>').format(
        WIDTH - 1, y, words
    )
