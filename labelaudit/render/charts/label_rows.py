"""The rows of the label: each number beside its limit and what that says of it."""

from typing import Final

from labelaudit.render.charts import lettering, signs
from labelaudit.render.charts.lettering import GAP, INNER, Block, Piece, fitted, width_of
from labelaudit.render.facts import Fact

# Where the columns end.
FOUND_TO: Final = 218
LIMIT_TO: Final = 272
SIZE: Final = 12
SMALL: Final = 11
HEIGHT: Final = 21
BASELINE: Final = 15
SECOND: Final = 15  # height of each further line of a row that needs one
INDENT: Final = 10
# Rows that are a part of what the row above them counts.
PARTS: Final = frozenset(
    {
        "Contradictory duplicates",
        "Duplicates across splits",
        "Effective classes",
        "Empty classes",
        "Sparse targets",
    }
)


def columns(*, limits: bool) -> Block:
    """Draw what the columns hold."""
    found = [Piece("Found", bold=True)]
    drawn = lettering.text(found, FOUND_TO, 11, 10, end=True)
    if limits:
        drawn += lettering.text([Piece("Limit", bold=True)], LIMIT_TO, 11, 10, end=True)
        drawn += lettering.text([Piece("Verdict", bold=True)], signs.FROM, 11, 10)
    return Block(height=16, markup=drawn)


def row(fact: Fact) -> Block:
    """Draw a row below a hairline; what does not fit beside its name is set below it."""
    part = fact.name in PARTS
    left = [Piece(fact.name, bold=not part)]
    found = [Piece(fact.amount, field=fact.field)]
    if fact.known and fact.of_items and fact.share:
        left.append(Piece(f" {fact.amount}", field=fact.field))
        found = [Piece(fact.share, field=fact.field, kind="share")]
    x = INDENT * part
    at = BASELINE
    drawn = lettering.rule(0.75) + lettering.text(left, x, at, SIZE)
    if x + width_of(left, SIZE) + GAP + width_of(found, SIZE) > FOUND_TO:
        at += SECOND
    drawn += lettering.text(fitted(found, SIZE, FOUND_TO), FOUND_TO, at, SIZE, end=True)
    beside, end = _beside(fact)
    if FOUND_TO + GAP + width_of(beside, SMALL) > end:
        at += SECOND
    drawn += lettering.text(fitted(beside, SMALL, end), end, at, SMALL, end=True)
    if fact.verdict is not None:
        drawn += signs.said(fact.verdict, at)
    return Block(height=HEIGHT + at - BASELINE, markup=drawn)


def _beside(fact: Fact) -> tuple[list[Piece], float]:
    """Return the limit, else what a number without one is read beside, and where that ends."""
    if fact.verdict is None:
        return [Piece(fact.reference, muted=not fact.known)], INNER
    return [Piece(fact.limit, field=fact.field, kind="limit")], LIMIT_TO
