"""The upper half of the label: what was scanned, the verdict, and the one oversized number."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from markupsafe import Markup

from labelaudit.limits import judged, overall
from labelaudit.render import text
from labelaudit.render.charts import lettering, signs
from labelaudit.render.charts.lettering import GAP, INNER, Block, Piece, clip, fitted, width_of
from labelaudit.render.facts import Hero
from labelaudit.render.fit import clipped, parted
from labelaudit.render.judgements import WORDS, tally_of
from labelaudit.report import DatasetFacts, Report

SHORT_HASH: Final = 12
NAME_LINES: Final = 2
SIZE: Final = 12
BOX: Final = 42  # height of the verdict's box
NUMBER: Final = 58  # size of the number, where it has room
BASIS_LINES: Final = 3


def head(dataset: DatasetFacts) -> Iterator[Block]:
    """Draw what was scanned."""
    heading = Markup(
        '<text y="43" font-size="61" font-weight="900" textLength="{}" '
        'lengthAdjust="spacingAndGlyphs">Label Facts</text>'
    ).format(INNER)
    yield Block(height=53, markup=heading)
    yield Block(height=4, markup=lettering.rule(1))
    for line in parted(text.visible(dataset.name), 17, INNER, NAME_LINES, bold=True):
        name = lettering.text([Piece(line, bold=True, named=True)], 0, 17, 17)
        yield Block(height=22, markup=clip(name, 22))
    digest = f"sha256 {text.visible(dataset.digest)[:SHORT_HASH]}"
    yield from _both(_version(dataset), [Piece(digest)])
    yield from _both([Piece(text.labels(dataset))], _splits(dataset))
    items = lettering.text([Piece("Items", bold=True)], 0, 19, 19)
    amount = Piece(f"{dataset.n_items:,}", bold=True, field="dataset.n_items")
    yield Block(height=28, markup=items + lettering.text([amount], INNER, 19, 19, end=True))


def verdict_box(report: Report) -> Block:
    """Draw the verdict over all limits in a box of its own, and how many limits have which."""
    verdict = overall(judged(report))
    word = Piece(WORDS[verdict], bold=True)
    x = 38 + word.width(22) + 2 * GAP
    counted = re.sub("(?<=[^,]) ", "\N{NO-BREAK SPACE}", tally_of(report))
    parts = lettering.lines([Piece(counted)], 11, x=x, width=INNER - 2 * GAP - x)
    top = (BOX - sum(part.height for part in parts)) / 2 - 1
    drawn = Markup('<path d="M0 0H{0}V{1}H0ZM2 2V{3}H{2}V2Z" fill-rule="evenodd"/>').format(
        INNER, BOX, INNER - 2, BOX - 2
    )
    drawn += signs.sign(verdict, 11, 11, 20) + lettering.text([word], 38, 29, 22)
    for part in parts:
        drawn += Markup('<g transform="translate(0 {:g})">{}</g>').format(top, part.markup)
        top += part.height
    return Block(height=BOX + 9, markup=drawn)


def headline(found: Hero) -> Iterator[Block]:
    """Draw the number, as large as there is room for, and below it how sure it is."""
    above = lettering.text(
        [Piece("Share of the given labels that are wrong", bold=True)], 0, 11, 11
    )
    yield Block(height=14, markup=above)
    amount = Piece(found.amount, bold=True, field=found.field)
    names = [[Piece("Label", bold=True)], [Piece("errors", bold=True)]]
    room = INNER - 2 * GAP - max(width_of(name, 25) for name in names)
    size = round(min(NUMBER, room / amount.width(1)), 1)
    drawn = lettering.text(names[0], 0, 24, 25) + lettering.text(names[1], 0, 51, 25)
    yield Block(height=60, markup=drawn + lettering.text([amount], INNER, 51, size, end=True))
    if found.interval:
        name = lettering.text([Piece(found.of_interval.capitalize(), bold=True)], 0, 16, 14)
        ends = Piece(found.interval, bold=True, field=found.field, kind="interval")
        yield Block(height=23, markup=name + lettering.text([ends], INNER, 16, 18, end=True))
    if found.verdict is not None:
        bound = Piece(found.limit, field=found.field, kind="limit")
        limit = lettering.text([Piece("Limit "), bound], 0, 14, SIZE)
        yield Block(height=20, markup=limit + signs.said(found.verdict, 14))
    basis = f"{found.basis[:1].upper()}{found.basis[1:].removesuffix('.')}."
    yield from lettering.lines([Piece(basis)], SIZE)[:BASIS_LINES]
    yield Block(height=5, markup=lettering.EMPTY)


def _version(dataset: DatasetFacts) -> list[Piece]:
    stated = next((said.text for said in dataset.statements if said.topic == "version"), "")
    if not stated:
        return [Piece("Version not stated")]
    return [Piece("Version "), Piece(text.visible(stated), named=True)]


def _splits(dataset: DatasetFacts) -> list[Piece]:
    """Return the splits, largest first, as many as a line has room for."""
    if not dataset.splits:
        return [Piece("no splits")]
    pieces: list[Piece] = []
    ordered = sorted(dataset.splits.items(), key=lambda pair: (-pair[1], pair[0]))
    for at, (name, amount) in enumerate(ordered):
        named = Piece(clipped(text.visible(name), SIZE, INNER / 2), named=True)
        split = [*pieces, Piece(", " if at else ""), named, Piece(f" {amount:,}")]
        more = len(ordered) - at - 1
        rest = [Piece(f" and {more:,} more")] if more else []
        if at and width_of([*split, *rest], SIZE) > INNER:
            return [*pieces, Piece(f" and {more + 1:,} more")]
        pieces = split
    return pieces


def _both(left: Sequence[Piece], right: Sequence[Piece]) -> Iterator[Block]:
    """Set one text at the left and one at the right, or below it where both are too long."""
    height = 17
    if width_of(left, SIZE) + 2 * GAP + width_of(right, SIZE) <= INNER:
        drawn = lettering.text(left, 0, 13, SIZE) + lettering.text(right, INNER, 13, SIZE, end=True)
        yield Block(height=height, markup=clip(drawn, height))
        return
    for line in (left, right):
        drawn = lettering.text(fitted(line, SIZE, INNER), 0, 13, SIZE)
        yield Block(height=height, markup=clip(drawn, height))
