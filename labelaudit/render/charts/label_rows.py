"""The rows of the label: each number beside its limit and what that says of it."""

from typing import Final

from markupsafe import Markup

from labelaudit.render.charts import lettering, signs
from labelaudit.render.charts.lettering import EMPTY, GAP, INNER, Block, Piece, fitted, width_of
from labelaudit.render.facts import Fact

# Where the columns end.
FOUND_TO: Final = 218
LIMIT_TO: Final = 272
SIZE: Final = 12
SMALL: Final = 11
HEIGHT: Final = 21
SECOND: Final = 15  # height of the second line of a row that needs one
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
    if fact.known and fact.of_items and fact.share:
        left.append(Piece(f" {fact.amount}", field=fact.field))
        found = [Piece(fact.share, field=fact.field, kind="share")]
    else:
        found = [Piece(fact.amount, field=fact.field)]
    x = INDENT * part
    narrow = x + width_of(left, SIZE) + GAP + width_of(found, SIZE) <= FOUND_TO
    drawn = lettering.rule(0.75) + lettering.text(left, x, 15, SIZE)
    baseline = 15 if narrow else 15 + SECOND
    drawn += lettering.text(fitted(found, SIZE, FOUND_TO), FOUND_TO, baseline, SIZE, end=True)
    return Block(
        height=HEIGHT if narrow else HEIGHT + SECOND, markup=drawn + _beside(fact, baseline)
    )


def _beside(fact: Fact, baseline: float) -> Markup:
    """Return the limit and the verdict; what else the number is read beside where it has none."""
    if fact.verdict is None:
        words = [Piece(fact.reference, muted=not fact.known)]
        return lettering.text(words, INNER, baseline, SMALL, end=True)
    limit = [Piece(fact.limit, field=fact.field, kind="limit")] if fact.limit else []
    drawn = lettering.text(limit, LIMIT_TO, baseline, SMALL, end=True) if limit else EMPTY
    return drawn + signs.said(fact.verdict, baseline)
