"""The trends of a history as one picture that opens by itself."""

import re
from typing import Final

from markupsafe import Markup

from labelaudit.release.history.parts import History, Series
from labelaudit.release.history.words import dots, gist, is_nothing, labels
from labelaudit.render import text
from labelaudit.render.charts.parts import WIDTH
from labelaudit.render.charts.trend import HEIGHT, trend
from labelaudit.render.fit import clipped

MOST: Final = 12
HEAD: Final = 40
TOP: Final = 52
SIDE: Final = 16
OPENING: Final = re.compile(r"^<svg [^>]*>")
STYLE: Final = """
svg { font-family: Helvetica Neue, Helvetica, Arial, sans-serif; font-size: 12px; fill: #111111; }
.paper { fill: #ffffff; }
.title { font-size: 18px; font-weight: bold; }
.name { font-size: 14px; font-weight: bold; }
.grid { stroke: #c9c9c4; fill: none; }
.head { fill: #595959; }
.parting { stroke: #595959; stroke-dasharray: 3 3; fill: none; }
.dashed { stroke: #595959; stroke-width: 1.5; stroke-dasharray: 6 3; fill: none; }
.line, .whisker { stroke: #0072b2; stroke-width: 2; fill: none; }
.dot { fill: #0072b2; }
.absent { stroke: #595959; stroke-width: 1.5; fill: none; }
@media (prefers-color-scheme: dark) {
  svg { fill: #f2f2f2; }
  .paper { fill: #121212; }
  .grid { stroke: #454545; }
  .head { fill: #a8a8a8; }
  .parting, .dashed, .absent { stroke: #a8a8a8; }
  .line, .whisker { stroke: #56b4e9; }
  .dot { fill: #56b4e9; }
}
"""


def drawn_series(history: History) -> list[tuple[Series, Markup]]:
    """Return the numbers that are drawn, each with its drawing: those that are not 0 throughout.

    Parameters
    ----------
    history
        Any history.
    """
    names = labels(history)
    found = [
        (each, trend(dots(each, names), each.title, each.unit))
        for each in history.series
        if not is_nothing(each)
    ]
    return [(each, drawing) for each, drawing in found if drawing]


def to_svg(history: History) -> str:
    """Return the trends of a history below each other, as an SVG document.

    It holds no script and no reference to anything outside, and its text is text.

    Parameters
    ----------
    history
        Any history.
    """
    panels = drawn_series(history)[:MOST]
    height = TOP + (HEAD + HEIGHT) * len(panels) + SIDE
    name = text.visible(history.entries[-1].name)
    drawn = Markup()
    for at, (series, drawing) in enumerate(panels):
        y = TOP + (HEAD + HEIGHT) * at
        drawn += Markup('<text class="name" x="{}" y="{}">{}</text>\n').format(
            SIDE, y + 28, text.visible(series.title)
        )
        drawn += Markup('<svg x="{}" y="{}" width="{}" height="{}">{}</svg>\n').format(
            SIDE, y + HEAD, WIDTH, HEIGHT, _inner(drawing)
        )
    page = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        'viewBox="0 0 {width} {height}" role="img" aria-labelledby="history-title history-desc">\n'
        '<title id="history-title">{title}</title>\n<desc id="history-desc">{desc}</desc>\n'
        '<style>{style}</style>\n<rect class="paper" width="{width}" height="{height}"/>\n'
        '<text class="title" x="{side}" y="28">{shown}</text>\n'
        '<text class="head" x="{side}" y="46">{gist}</text>\n{drawn}</svg>\n'
    ).format(
        width=WIDTH + 2 * SIDE,
        height=height,
        title=f"How the label of {clipped(name, 12, 900)} went",
        desc="; ".join(_said(drawing) for _, drawing in panels),
        style=STYLE,
        side=SIDE,
        shown=clipped(name, 18, WIDTH, bold=True),
        gist=clipped(text.visible(gist(history)), 12, WIDTH),
        drawn=drawn,
    )
    return str(page)


def _inner(drawing: Markup) -> Markup:
    """Return what is in a drawing, without its own frame."""
    return Markup(OPENING.sub("", str(drawing)).removesuffix("</svg>"))  # noqa: S704 - was escaped


def _said(drawing: Markup) -> Markup:
    """Return the words of a drawing for who does not see it."""
    found = re.search(r'aria-label="([^"]*)"', str(drawing))
    return Markup(found[1] if found else "")  # noqa: S704 - was escaped
