"""The nutrition label as one small picture, safe to open, embed and print."""

from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from markupsafe import Markup

from labelaudit.limits import Judgement, judged, overall
from labelaudit.render import text
from labelaudit.render.charts.label_foot import foot
from labelaudit.render.charts.label_head import head, headline, verdict_box
from labelaudit.render.charts.label_rows import columns, row
from labelaudit.render.charts.lettering import MARGIN, WIDTH, Block, rule
from labelaudit.render.facts import Fact, facts, hero
from labelaudit.render.json import as_published
from labelaudit.render.judgements import WORDS, tally_of
from labelaudit.report import Report

FONTS: Final = "Helvetica Neue, Helvetica, Arial, sans-serif"
LONGEST_TITLE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The three colors of a label."""

    paper: str
    ink: str
    muted: str


# The root fills in ink; what is muted takes the root's color, so a style sheet sets both there.
LIGHT: Final = Palette(paper="#ffffff", ink="#111111", muted="#595959")
DARK: Final = Palette(paper="#121212", ink="#f2f2f2", muted="#a8a8a8")


def to_svg(report: Report, *, dark: bool = False) -> str:
    """Return the nutrition label of a report as an SVG document.

    Its rows are the same for every dataset; what was not measured says so. It holds no script,
    no style sheet and no reference to anything outside, and its text is text. Where it prints a
    number of the report, ``data-value``, ``data-interval``, ``data-limit`` or ``data-share`` (of
    the items) is the name of that number.

    Parameters
    ----------
    report
        Any report.
    dark
        Whether to draw it for a dark ground.
    """
    return str(label(as_published(report), DARK if dark else LIGHT)) + "\n"


def label(report: Report, palette: Palette = LIGHT) -> Markup:
    """Return the label as an element; a style sheet may recolor it."""
    judgements = judged(report)
    blocks = [
        *head(report.dataset),
        _bar(10),
        verdict_box(report),
        *headline(hero(report)),
        _bar(5),
        columns(limits=bool(judgements)),
        *[row(fact) for fact in facts(report)],
        _bar(10),
        *foot(report, hero(report)),
    ]
    tops = list(accumulate((block.height for block in blocks), initial=MARGIN))
    height = round(tops[-1] + MARGIN)
    drawn = Markup("\n").join(
        Markup('<g transform="translate({} {:g})">{}</g>').format(MARGIN, top, block.markup)
        for top, block in zip(tops, blocks, strict=False)
        if block.markup
    )
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="label" width="{width}" '
        'height="{height}" viewBox="0 0 {width} {height}" role="img" '
        'aria-labelledby="label-title label-desc" font-family="{fonts}" '
        'fill="{palette.ink}" color="{palette.muted}">\n'
        '<title id="label-title">{title}</title>\n<desc id="label-desc">{desc}</desc>\n'
        '<rect class="paper" x="1.5" y="1.5" width="{box}" height="{box_height}" '
        'fill="{palette.paper}" stroke="{palette.ink}" stroke-width="3"/>\n{drawn}\n</svg>'
    ).format(
        width=WIDTH,
        height=height,
        box=WIDTH - 3,
        box_height=height - 3,
        fonts=FONTS,
        title=f"Label facts of {_shortened(text.visible(report.dataset.name))}",
        desc=_in_words(report, judgements),
        palette=palette,
        drawn=drawn,
    )


def _bar(thickness: float) -> Block:
    return Block(height=thickness + 5, markup=rule(thickness))


def _shortened(name: str) -> str:
    return name if len(name) <= LONGEST_TITLE else name[: LONGEST_TITLE - 1] + "…"


def _in_words(report: Report, judgements: tuple[Judgement, ...]) -> str:
    """Return the label as sentences, for who does not see it."""
    found = hero(report)
    verdict = f"Verdict: {WORDS[overall(judgements)]}, {tally_of(report)}."
    rows = "; ".join(map(_row_in_words, facts(report)))
    first = f"{report.dataset.n_items:,} items. {verdict} Label errors: {found.amount}."
    return f"{first} {found.sentence} {rows}."


def _row_in_words(fact: Fact) -> str:
    against = "" if fact.verdict is None else f", limit {fact.limit}: {WORDS[fact.verdict]}"
    said = " ".join(filter(None, (fact.amount, fact.reference)))
    return f"{fact.name}: {said}{against}"
