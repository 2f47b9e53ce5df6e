"""What a bundle says of itself: what it was measured with, what its files are, how to check it."""

import json
from collections.abc import Collection
from typing import Final

from labelaudit.render.text import counted, visible
from labelaudit.report import Report

WHAT: Final = {
    "SHA256SUMS": "the SHA-256 of the files",
    "SHA256SUMS-more": "the same of the files that the signed list does not name",
    "SHA256SUMS.minisig": "a signature of SHA256SUMS, by minisign",
    "badge.svg": "what the gate said, as a badge",
    "card.md": "the label as a part of a dataset's card",
    "environment.json": "versions, model and seed that the numbers depend on",
    "gate.json": "what the gate said, rule by rule",
    "issues.csv": "the findings, one row each, for a spreadsheet",
    "issues.parquet": "the same, for programs",
    "items.parquet": "what the measures say of each item",
    "label-dark.svg": "the label for a dark ground",
    "label.png": "the label as a picture of pixels",
    "label.svg": "the label",
    "metrics.json": "the headline numbers as a flat map",
    "policy.toml": "the limits that the report was held against",
    "report.html": "the page to look at, in any browser",
    "report.json": "every number, by the schema that labelaudit schema prints",
    "report.json.minisig": "a signature of report.json, by minisign",
    "summary.md": "the label and the first findings as text",
}
LISTS: Final = ("SHA256SUMS", "SHA256SUMS-more")
LEVELS: Final = {
    "public": "aggregates only; no item is named",
    "team": "names items, shows none",
    "full": "names items and shows some",
}
DATE: Final = len("2026-01-31")
MOST_OF_LICENCE: Final = 200


def environment_json(report: Report) -> str:
    """Return what numbers depend on beside the data; nothing of the machine or who used it.

    Parameters
    ----------
    report
        Any report.
    """
    embedding = report.embedding
    said = {
        "labelaudit": report.tool_version,
        "schema_version": report.schema_version,
        "python": report.run.python,
        "packages": dict(report.run.packages),
        "provider": report.run.provider,
        "random_state": report.random_state,
        "model": embedding and embedding.model,
        "model_sha256": embedding and embedding.model_sha256,
        "preprocessing": embedding and embedding.preprocessing,
    }
    return json.dumps(said, indent=1, sort_keys=True) + "\n"


def readme(report: Report, names: Collection[str]) -> str:
    """Return what a bundle is, as plain text.

    Parameters
    ----------
    report
        Any report.
    names
        Its other files.
    """
    dataset = report.dataset
    widest = max(map(len, names), default=0)
    files = [f"  {name.ljust(widest)}  {WHAT.get(name, '')}".rstrip() for name in sorted(names)]
    checks = [f"  sha256sum -c {name}" for name in sorted(names) if name in LISTS]
    measured = f"{visible(report.tool_version)} on {visible(report.run.started[:DATE])}"
    return "\n".join(
        [
            f"The label of the dataset {visible(dataset.name)}",
            "",
            f"{counted(dataset.n_items, 'item')}, digest {visible(dataset.digest)}",
            f"measured by labelaudit {measured}",
            f"privacy {report.privacy}: {LEVELS[report.privacy]}",
            "",
            "Whether these files are whole:",
            *checks,
            "Whether a dataset is the one that was measured, DATA being where it is:",
            "  labelaudit verify report.json DATA",
            "",
            *files,
            "",
            _licence(report),
            "",
        ]
    )


def _licence(report: Report) -> str:
    stated = [each for each in report.dataset.statements if each.topic == "license"]
    if not stated:
        return "The papers of the dataset state no licence that labelaudit found."
    words = " ".join(visible(stated[0].text.replace("\n", " ")).split())[:MOST_OF_LICENCE]
    return f"The licence of the dataset, as {visible(stated[0].source)} states it: {words}"
