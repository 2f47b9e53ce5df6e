"""What a gate says as the summary of a job, and as the comment on a pull request."""

import re
from typing import Final

from labelaudit.gate.formats.said import decided, tally
from labelaudit.gate.formats.tables import findings_part, joined, notes_part, rulings_part
from labelaudit.gate.outcome import Outcome
from labelaudit.render.facts import hero
from labelaudit.render.markdown.escape import code, prose
from labelaudit.render.markdown.parts import SHORT_HASH, dataset_line

# GitHub takes 1,048,576 bytes of summary from a step, and 65,536 characters of comment.
SUMMARY_ROWS, SUMMARY_BYTES = 1_000, 600_000
COMMENT_ROWS, COMMENT_BYTES = 50, 24_000
LONGEST_NAME: Final = 60


def to_summary(outcome: Outcome) -> str:
    """Return an outcome as the Markdown of a job summary; less than 1 MiB, whatever it holds.

    Parameters
    ----------
    outcome
        Any outcome.
    """
    return joined(
        [
            *_head(outcome, "##"),
            *rulings_part(outcome, SUMMARY_BYTES // 4),
            *findings_part(outcome, SUMMARY_ROWS, SUMMARY_BYTES),
            *_foot(outcome),
        ]
    )


def to_comment(outcome: Outcome) -> str:
    """Return an outcome as the Markdown of a comment, less than 64 KB, whatever it holds.

    What asks nothing of a reader is folded: the rules that are kept, and the findings by which the
    gate does not fail.
    Its first line is a marker that nobody sees: the comment that has it is the one to replace.

    Parameters
    ----------
    outcome
        Any outcome.
    """
    return joined(
        [
            marker(outcome),
            *_head(outcome, "###"),
            *rulings_part(outcome, COMMENT_BYTES // 3, folds=True),
            *findings_part(outcome, COMMENT_ROWS, COMMENT_BYTES, folds=True),
            *_foot(outcome),
        ]
    )


def marker(outcome: Outcome) -> str:
    """Return what tells the comment on a dataset from all others.

    Parameters
    ----------
    outcome
        Any outcome.
    """
    report = outcome.report
    name = re.sub(r"[^a-z0-9]+", "-", (report.run.data or report.dataset.name).lower()).strip("-")
    return f"<!-- labelaudit-gate:{name[:LONGEST_NAME]} -->"


def _head(outcome: Outcome, level: str) -> list[str]:
    found = hero(outcome.report)
    return [
        f"{level} {decided(outcome.decision)}: labels of {code(outcome.report.dataset.name)}",
        f"{prose(tally(outcome))}. Label errors: **{prose(found.amount)}**. "
        + prose(found.sentence),
    ]


def _foot(outcome: Outcome) -> list[str]:
    """Return what else there is to say, and what all of it is of."""
    report = outcome.report
    policy = report.policy.source
    rules = f"Rules: {code(policy)}" if policy else "Rules: the limits to start from"
    baseline = f"; baseline: {code(outcome.baseline)}" if outcome.baseline else ""
    what = f"{dataset_line(report)}; sha256 {code(report.dataset.digest[:SHORT_HASH])}"
    return [*notes_part(outcome), f"{what}. {rules}, mode {report.policy.mode}{baseline}."]
