"""The foot of the label: whose limits, which method, which tool, when, and how to verify it."""

import shlex
from collections.abc import Iterator
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
# How the source of the probabilities begins, as the measure names it.
SOURCES: Final = {
    "leave-one-out": "a linear model and neighbors",
    "joined": "embeddings and given probabilities",
}
PRIVACY: Final = {
    "public": "public: aggregates only",
    "team": "team: without pictures and texts",
}


def foot(report: Report, found: Hero) -> Iterator[Block]:
    """Draw how the numbers came about, name by name."""
    notes = {
        "Limits": [Piece(_limits(report))],
        "Method": [Piece(_method(report, found))],
        "Judged": _judged(report, found),
        "Skill": _skill(report),
        "Model": _model(report),
        "Scanned": _scanned(report),
        "Verify": [Piece(_command(report), named=True)],
    }
    if report.privacy in PRIVACY:
        notes["Privacy"] = [Piece(PRIVACY[report.privacy])]
    for name, pieces in notes.items():
        drawn = lettering.lines(pieces, SIZE, x=FROM, width=ROOM)[:LONGEST]
        for at, block in enumerate(drawn):
            head = lettering.text([Piece("" if at else name, bold=True)], 0, SIZE, SIZE)
            yield Block(height=block.height, markup=head + block.markup)
        yield Block(height=1, markup=lettering.EMPTY)


def _limits(report: Report) -> str:
    words = whose(report)
    if not words:
        return "none are set"
    unseen = elsewhere(report)
    return f"{words}; of numbers not shown here, {tally(unseen)}" if unseen else words


def _method(report: Report, found: Hero) -> str:
    if found.n_judged is not None:
        return "audited: people judged a random draw"
    if not found.field:
        return "label errors not measured"
    noise = report.measure("label_noise")
    source = "" if noise is None else str(noise.parameters.get("probabilities", ""))
    if not source:
        return "estimated by a model"
    known = (how for start, how in SOURCES.items() if source.startswith(start))
    return f"estimated from {next(known, 'given probabilities')}"


def _judged(report: Report, found: Hero) -> list[Piece]:
    if found.n_judged is None:
        return [Piece("0 items of a drawn sample")]
    count = Piece(f"{found.n_judged:,}", field="audited_labels.drawn_judged_count")
    reviewers = report.value("audited_labels", "reviewer_count")
    if reviewers is None or reviewers.value is None:
        return [count, Piece(" items by people")]
    people = "person" if reviewers.value == 1 else "people"
    by = Piece(text.number(reviewers.value), field="audited_labels.reviewer_count")
    return [count, Piece(" items by "), by, Piece(f" {people}")]


def _skill(report: Report) -> list[Piece]:
    """Return how well planted errors were found, of the kind that is harder to find first."""
    for kind in ("neighbor", "class"):
        recall, precision = (
            report.value("detector_skill", f"{kind}_flips_{name}")
            for name in ("recall", "precision")
        )
        if recall is None or precision is None or None in (recall.value, precision.value):
            continue
        found, right = (
            Piece(text.number(value.value, value.unit), field=f"detector_skill.{value.name}")
            for value in (recall, precision)
        )
        ends = Piece(" found, "), Piece(" of finds right")
        return [Piece("planted errors: "), found, ends[0], right, ends[1]]
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
    return clipped(f"labelaudit verify report.json {data}", SIZE, ROOM)
