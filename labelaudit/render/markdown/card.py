"""The report as a part of a dataset's card or README: aggregates only, no item."""

import html
from typing import Final

from labelaudit.render import text
from labelaudit.render.facts import hero
from labelaudit.render.gist import gist
from labelaudit.render.json import as_published
from labelaudit.render.markdown.escape import code, prose
from labelaudit.render.markdown.parts import SHORT_HASH, dataset_line, label_rows, verdict_of
from labelaudit.report import Report

LONGEST_NAME: Final = 120
DATE: Final = len("2026-01-31")
# Where a site takes the sources away, the picture is the last of them, which every site shows.
PICTURE: Final = """\
<picture>
<source media="(prefers-color-scheme: dark)" srcset="label-dark.svg">
<source srcset="label.svg">
<img src="label.png" width="380" alt="{}">
</picture>"""
LIMITS: Final = (
    "Limits: a rate that a model estimates is no audit, and its range does not cover the bias of "
    "the model; a suspected label is a label to look at; what is not measured is not known."
)
VERIFY: Final = (
    "Digest of the items and labels (SHA-256): {}. To verify that the data and these numbers "
    "belong together: `labelaudit verify report.json DATA`, with the report.json of this label."
)


def to_card(report: Report, picture: str = PICTURE) -> str:
    """Return a report as the Markdown of a part of a card, the same for the same report.

    Parameters
    ----------
    report
        Any report.
    picture
        The picture as HTML, with braces in the place of the words that stand for it.
    """
    report = as_published(report)
    found = gist(report)
    parts = [
        "## Label facts",
        picture.format(_alternative(report)),
        f"**{verdict_of(found.verdict).strip('*')}**: {prose(found.sentence)}",
        f"{dataset_line(report)}.",
        "\n".join(label_rows(report)),
        _method(report),
        LIMITS,
        VERIFY.format(code(report.dataset.digest)),
    ]
    return "\n\n".join(parts) + "\n"


def _alternative(report: Report) -> str:
    """Return what stands for the picture, for an attribute: nothing in it is followed."""
    found = hero(report)
    name = text.visible(report.dataset.name)[:LONGEST_NAME]
    words = f"Label facts of {name}: label errors {found.amount}. {found.sentence}"
    return html.escape(words).replace("{", "&#123;").replace("`", "&#96;")


def _method(report: Report) -> str:
    measured = sum(result.status == "measured" for result in report.measures)
    model = "without an embedding model"
    if report.embedding is not None:
        sha = code(report.embedding.model_sha256[:SHORT_HASH])
        model = f"through the embedding model {code(report.embedding.model)} ({sha})"
    return (
        f"Method: labelaudit {prose(report.tool_version)} on {prose(report.run.started[:DATE])}, "
        f"{model}, seed {report.random_state}; {measured:,} of "
        f"{text.counted(len(report.measures), 'measure')} have a result."
    )
