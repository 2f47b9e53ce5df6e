"""Lines of text on the label: in blocks below each other, names isolated from what is beside."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from markupsafe import Markup, escape

from labelaudit.render.fit import clipped, estimated_width

WIDTH: Final = 380  # of the label
MARGIN: Final = 12
INNER: Final = WIDTH - 2 * MARGIN
GAP: Final = 6
OVERHANG: Final = 6
EMPTY: Final = Markup()
LINE_HEIGHT: Final = 1.35
RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
STRONG: Final = RIGHT_TO_LEFT | {"L"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of the label, drawn from its own top, and how high it is."""

    height: float
    markup: Markup


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a line that look alike.

    Attributes
    ----------
    words
        The words.
    bold, muted
        Their look.
    field, kind
        Which number of the report they print, and whether it is its ``value``, its ``interval``,
        its ``limit`` or its ``share`` of the items; empty for other words.
    named
        Whether the words are the user's, in any script: they stand alone in the order of reading.
    """

    words: str
    bold: bool = False
    muted: bool = False
    field: str = ""
    kind: str = "value"
    named: bool = False

    def width(self, size: float) -> float:
        """Return how wide it is, in pixels."""
        return estimated_width(self.words, size, bold=self.bold)


def width_of(pieces: Sequence[Piece], size: float) -> float:
    """Return how wide a line is, in pixels."""
    return sum(piece.width(size) for piece in pieces)


def fitted(pieces: Sequence[Piece], size: float, width: float) -> list[Piece]:
    """Return a line cut to a width; the piece that is cut ends in an ellipsis."""
    ends = list(accumulate((piece.width(size) for piece in pieces), initial=0.0))
    if ends[-1] <= width:
        return list(pieces)
    found: list[Piece] = []
    for piece, start, end in zip(pieces, ends, ends[1:], strict=False):
        if end + size > width:
            cut = clipped(piece.words + " ", size, max(width - start, size), bold=piece.bold)
            return [*found, replace(piece, words=cut)]
        found.append(piece)
    return found


def flowed(pieces: Sequence[Piece], size: float, width: float) -> list[list[Piece]]:
    """Return words in lines of a width; names are not parted."""
    lines: list[list[Piece]] = [[]]
    for word in (word for piece in pieces for word in _words(piece)):
        room = width - width_of(lines[-1], size)
        if lines[-1] and replace(word, words=word.words.rstrip()).width(size) > room:
            lines.append([])
        lines[-1].append(word)
    for line in lines:
        line[-1:] = [replace(word, words=word.words.rstrip()) for word in line[-1:]]
    return [fitted(line, size, width) for line in lines if line]


def text(
    pieces: Sequence[Piece] | str, x: float, y: float, size: float, *, end: bool = False
) -> Markup:
    """Return a line of text that begins, or ends, at a point of its baseline."""
    if isinstance(pieces, str):
        pieces = [Piece(pieces)]
    if not any(piece.words for piece in pieces):
        return EMPTY
    return Markup('<text x="{:g}" y="{:g}" font-size="{:g}"{}>{}</text>').format(
        x,
        y,
        size,
        Markup(' text-anchor="end"') if end else EMPTY,
        EMPTY.join(map(_span, _joined(pieces))),
    )


def lines(
    pieces: Sequence[Piece], size: float, *, x: float = 0, width: float = INNER
) -> list[Block]:
    """Return words in lines below each other."""
    height = round(size * LINE_HEIGHT)
    return [
        Block(height=height, markup=clip(text(line, x, size, size), height))
        for line in flowed(pieces, size, width)
    ]


def rule(thickness: float) -> Markup:
    """Return a rule from one side to the other."""
    return Markup('<rect width="{:g}" height="{:g}"/>').format(INNER, thickness)


def clip(drawn: Markup, height: float) -> Markup:
    """Return a line of which nothing is seen above, below or beside it, whatever its names.

    At both sides it has room for what a letter reaches beyond its width.
    """
    box = (-OVERHANG, 0, INNER + 2 * OVERHANG, height)
    return Markup(
        '<svg x="{0:g}" width="{2:g}" height="{3:g}" viewBox="{0:g} {1:g} {2:g} {3:g}" '
        'overflow="hidden">{4}</svg>'
    ).format(*box, drawn)


def direction(words: str) -> str:
    """Return how a text of its own is read: ``rtl`` when its first letter is, else ``ltr``."""
    kinds = map(unicodedata.bidirectional, words)
    first = next((kind for kind in kinds if kind in STRONG), "L")
    return "rtl" if first in RIGHT_TO_LEFT else "ltr"


def _words(piece: Piece) -> list[Piece]:
    """Return a piece word by word, each with the space behind it; a name stays whole."""
    if piece.named or piece.field:
        return [piece]
    words = piece.words.split(" ")
    spaced = [*(f"{word} " for word in words[:-1]), words[-1]]
    return [replace(piece, words=word) for word in spaced if word]


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Return pieces of which no two neighbors look alike."""
    found: list[Piece] = []
    for piece in pieces:
        alike = bool(found) and replace(found[-1], words="") == replace(piece, words="")
        if alike and not (piece.named or piece.field):
            found[-1] = replace(piece, words=found[-1].words + piece.words)
        else:
            found.append(piece)
    return found


def _span(piece: Piece) -> Markup:
    """Return words with their look; what is muted takes the color that the root has."""
    look = EMPTY
    if piece.bold:
        look += Markup(' font-weight="700"')
    if piece.muted:
        look += Markup(' fill="currentColor"')
    if piece.field:
        look += Markup(' data-{}="{}"').format(piece.kind, piece.field)
    if piece.named:
        look += Markup(' unicode-bidi="plaintext"')
    return Markup("<tspan{}>{}</tspan>").format(look, piece.words) if look else escape(piece.words)
