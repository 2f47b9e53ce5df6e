"""The nutrition label as one small picture, safe to open, embed and print."""

from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from markupsafe import Markup

from labelaudit.limits import Verdict
from labelaudit.render import text
from labelaudit.render.facts import Fact, facts, hero
from labelaudit.render.fit import clipped, wrapped
from labelaudit.render.json import as_published
from labelaudit.render.judgements import STROKES
from labelaudit.report import Report

WIDTH: Final = 380
MARGIN: Final = 14
INNER: Final = WIDTH - 2 * MARGIN
FONTS: Final = "Helvetica Neue, Helvetica, Arial, sans-serif"
SHORT_HASH: Final = 12
ROW_SIZE: Final = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The three colors of a label."""

    paper: str
    ink: str
    muted: str


LIGHT: Final = Palette(paper="#ffffff", ink="#111111", muted="#595959")
DARK: Final = Palette(paper="#121212", ink="#f2f2f2", muted="#a8a8a8")

# The root fills in ink; what is muted takes the root's color, so a style sheet sets both there.
PLAIN: Final = Markup()
BOLD: Final = Markup(' font-weight="700"')
MUTED: Final = Markup(' fill="currentColor"')
END: Final = Markup(' text-anchor="end"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of the label, drawn from its own top, and how high it is."""

    height: float
    markup: Markup


def to_svg(report: Report, *, dark: bool = False) -> str:
    """Return the nutrition label of a report as an SVG document.

    Its rows are the same for every dataset; what was not measured says so. It holds no script,
    no style sheet and no reference to anything outside, and its text is text.

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
    blocks = [
        *_head(report),
        _bar(10),
        *_headline(report),
        _bar(5),
        _columns(),
        *[_row(fact) for fact in facts(report)],
        _bar(10),
        *_foot(report),
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
        title=f"Label facts of {text.visible(report.dataset.name)}",
        desc=_in_words(report),
        palette=palette,
        drawn=drawn,
    )


def mark(verdict: Verdict) -> Markup:
    """Return the sign of a verdict as a drawing of its own, for beside its word."""
    return Markup(
        '<svg class="mark" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">{}</svg>'
    ).format(_strokes(verdict))


def _strokes(verdict: Verdict) -> Markup:
    return Markup(
        '<path class="stroke" d="{}" fill="none" stroke="currentColor" stroke-width="2"/>'
    ).format(STROKES[verdict])


def _head(report: Report) -> list[Block]:
    dataset = report.dataset
    digest = f"{text.labels(dataset)}; sha256 {text.visible(dataset.digest)[:SHORT_HASH]}"
    splits = clipped(text.splits(dataset.splits) or "no splits", 12, INNER)
    name = clipped(text.visible(dataset.name), 17, INNER)
    heading = Markup(
        '<text y="43" font-size="61" font-weight="900" textLength="{}" '
        'lengthAdjust="spacingAndGlyphs">Label Facts</text>'
    ).format(INNER)
    items = _text("Items", 0, 20, 19, BOLD)
    items += _text(f"{dataset.n_items:,}", INNER, 20, 19, BOLD + END)
    return [
        Block(height=53, markup=heading),
        Block(height=4, markup=_rule(1)),
        Block(height=23, markup=_text(name, 0, 16, 17, BOLD)),
        *_lines(digest, 12),
        *_lines(splits, 12),
        Block(height=28, markup=items),
    ]


def _headline(report: Report) -> list[Block]:
    found = hero(report)
    size = 42 if any(map(str.isdigit, found.amount)) else 17
    drawn = _text("Label errors", 0, 31, 30, BOLD) + _text(
        found.amount, INNER, 31, size, BOLD + END
    )
    return [
        Block(height=13, markup=_text("Estimated share of the labels given", 0, 11, 11, BOLD)),
        Block(height=38, markup=drawn),
        *_lines(clipped(found.sentence, 12, 1.8 * INNER), 12),
        Block(height=5, markup=PLAIN),
    ]


def _columns() -> Block:
    return Block(height=17, markup=_text("% of items", INNER, 12, 11, BOLD + END))


def _row(fact: Fact) -> Block:
    """Draw a row below a hairline: name, then amount; on the right what it is read beside."""
    emphasis = BOLD if fact.known and fact.reference.endswith("%") else PLAIN
    name = Markup('<text y="16" font-size="{}"><tspan{}>{}</tspan>{}</text>').format(
        ROW_SIZE, BOLD, fact.name, Markup('<tspan dx="7">{}</tspan>').format(fact.amount)
    )
    look = END + (emphasis if fact.known else MUTED)
    reference = _text(fact.reference, INNER, 16, ROW_SIZE, look)
    return Block(height=22, markup=_rule(0.75) + name + reference)


def _foot(report: Report) -> list[Block]:
    tool = f"labelaudit {text.visible(report.tool_version)}, seed {report.random_state}"
    seen = "No embedding model was used."
    if report.embedding is not None:
        model = clipped(text.visible(report.embedding.model), 10, INNER)
        sha = text.visible(report.embedding.model_sha256)[:SHORT_HASH]
        seen = f"Seen through the embedding model {model} ({sha})."
    return _lines(f"{seen} Measured by {tool}; recompute: labelaudit scan", 10)


def _bar(thickness: float) -> Block:
    return Block(height=thickness + 5, markup=_rule(thickness))


def _lines(words: str, size: float) -> list[Block]:
    """Draw a muted paragraph."""
    height = round(size * 1.35)
    return [
        Block(height=height, markup=_text(line, 0, size, size, MUTED))
        for line in wrapped(words, size, INNER)
    ]


def _rule(thickness: float) -> Markup:
    return Markup('<rect width="{:g}" height="{:g}"/>').format(INNER, thickness)


def _text(words: str, x: float, y: float, size: float, look: Markup = PLAIN) -> Markup:
    if not words:
        return PLAIN
    return Markup('<text x="{:g}" y="{:g}" font-size="{:g}"{}>{}</text>').format(
        x, y, size, look, words
    )


def _in_words(report: Report) -> str:
    """Return the label as sentences, for who does not see it."""
    found = hero(report)
    rows = [
        f"{fact.name}: {' '.join(filter(None, (fact.amount, fact.reference)))}"
        for fact in facts(report)
    ]
    first = f"{report.dataset.n_items:,} items. Label errors: {found.amount}. {found.sentence}"
    return f"{first} {'; '.join(rows)}."
