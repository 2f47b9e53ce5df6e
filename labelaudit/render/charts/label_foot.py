"""The foot of the label: whose limits, which method, which tool, when, and how to verify it."""

import shlex
from collections.abc import Iterator, Sequence
from typing import Final

from labelaudit.render import text
from labelaudit.render.charts import lettering
from labelaudit.render.charts.lettering import INNER, Block, Piece
from labelaudit.render.facts import Hero, elsewhere
from labelaudit.render.fit import clipped
from labelaudit.render.judgements import tally, whose
from labelaudit.report import Report

SIZE: Final = 10
FROM: Final = 66  # where what is said begins, beside its name
ROOM: Final = INNER - FROM
SHORT_HASH: Final = 12
LONGEST: Final = 3  # lines of one note
PRIVACY: Final = {
    "public": "public: aggregates only",
    "team": "team: without pictures and texts",
    "full": "",
}


def foot(report: Report, found: Hero) -> Iterator[Block]:
    """Draw how the numbers came about, name by name."""
    notes = {
        "Limits": _limits(report),
        "Method": _method(report, found),
        "Skill": _skill(report),
        "Model": _model(report),
        "Scanned": _scanned(report),
        "Verify": [Piece(_command(report), named=True)],
        "Privacy": [Piece(PRIVACY[report.privacy])] if PRIVACY[report.privacy] else [],
    }
    for name, pieces in notes.items():
        drawn = lettering.lines(pieces, SIZE, x=FROM, width=ROOM)[:LONGEST]
        for at, block in enumerate(drawn):
            head = lettering.text([Piece("" if at else name, bold=True)], 0, SIZE, SIZE)
            yield Block(height=block.height, markup=head + block.markup)
        yield Block(height=2, markup=lettering.EMPTY)


def _limits(report: Report) -> list[Piece]:
    if not report.limits:
        return [Piece("none are set")]
    words = f"{whose(report)}; they are conventions, no standards"
    unseen = elsewhere(report)
    more = f". Of numbers that are not above: {tally(unseen)}" if unseen else ""
    return [Piece(f"{words}{more}.")]


def _method(report: Report, found: Hero) -> Sequence[Piece]:
    if found.n_judged is not None:
        field = "audited_labels.drawn_judged_count"
        return [
            Piece("audited: people judged "),
            Piece(f"{found.n_judged:,}", field=field),
            Piece(" items that were drawn at random."),
        ]
    if found.field:
        by = (
            "out-of-sample probabilities" if report.embedding is not None else "given probabilities"
        )
        return [Piece(f"estimated by a model, from {by}; no person judged a drawn item.")]
    return [Piece("labels were not checked; no person judged a drawn item.")]


def _skill(report: Report) -> list[Piece]:
    """Return how well planted errors were found, of the kind that is harder to find first."""
    for kind in ("neighbor", "class"):
        names = [f"{kind}_flips_{value}" for value in ("recall", "precision")]
        values = [report.value("detector_skill", name) for name in names]
        if all(value is not None and value.value is not None for value in values):
            recall, precision = (
                Piece(text.number(value.value, value.unit), field=f"detector_skill.{value.name}")
                for value in values
                if value is not None
            )
            return [
                Piece("of wrong labels put in on purpose, "),
                recall,
                Piece(" are found; of what is then suspected, "),
                precision,
                Piece(" are they."),
            ]
    return [Piece("not measured")]


def _model(report: Report) -> list[Piece]:
    if report.embedding is None:
        return [Piece("none")]
    name = clipped(text.visible(report.embedding.model), SIZE, ROOM)
    sha = text.visible(report.embedding.model_sha256)[:SHORT_HASH]
    return [Piece(name, named=True), Piece(f", sha256 {sha}")]


def _scanned(report: Report) -> list[Piece]:
    day = text.visible(report.run.started.partition("T")[0]) or "on an unknown day"
    tool = f"labelaudit {text.visible(report.tool_version)}"
    return [Piece(f"{day} by {tool}, seed {report.random_state}")]


def _command(report: Report) -> str:
    data = shlex.quote(text.visible(report.run.data)) if report.run.data else "DATA"
    return clipped(f"labelaudit scan {data}", SIZE, ROOM)
