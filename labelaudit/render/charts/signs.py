"""The sign of a verdict, drawn: no font has to have it."""

from typing import Final

from markupsafe import Markup

from labelaudit.limits import Verdict
from labelaudit.render.charts import lettering
from labelaudit.render.charts.lettering import INNER, Piece
from labelaudit.render.judgements import SHAPES, WORDS

SIDE: Final = 12
FROM: Final = 288  # where verdicts begin in a row of the label


def mark(verdict: Verdict, size: float = SIDE) -> Markup:
    """Return the sign of a verdict as a drawing of its own, for beside its word."""
    return Markup(
        '<svg class="mark" width="{size:g}" height="{size:g}" viewBox="0 0 12 12" '
        'aria-hidden="true"><path d="{shape}" fill="currentColor" fill-rule="evenodd"/></svg>'
    ).format(size=size, shape=SHAPES[verdict])


def sign(verdict: Verdict, x: float, y: float, size: float = SIDE) -> Markup:
    """Return the sign of a verdict within the label, its upper left corner at a point."""
    return Markup(
        '<path transform="translate({:g} {:g}) scale({:g})" d="{}" fill-rule="evenodd"/>'
    ).format(x, y, size / SIDE, SHAPES[verdict])


def said(verdict: Verdict, baseline: float) -> Markup:
    """Return the sign and the word of a verdict, at the right of a row."""
    if verdict == "not measured":
        words = [Piece(WORDS[verdict], muted=True)]
        return lettering.text(words, INNER, baseline, 11, end=True)
    word = lettering.text([Piece(WORDS[verdict], bold=True)], FROM + 17, baseline, 12)
    return sign(verdict, FROM, baseline - 10) + word
