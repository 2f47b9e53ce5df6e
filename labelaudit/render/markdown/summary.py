"""The report as the summary of a job: what came out, what to look at, and what to do."""

from typing import Final

from labelaudit.render import text
from labelaudit.render.alerts import Alert, alerts_of
from labelaudit.render.facts import hero
from labelaudit.render.gist import gist
from labelaudit.render.json import as_published
from labelaudit.render.markdown.escape import code, prose
from labelaudit.render.markdown.parts import (
    SHORT_HASH,
    dataset_line,
    label_rows,
    table,
    verdict_of,
    with_code,
)
from labelaudit.render.suspects import suspects
from labelaudit.report import MeasureResult, Report, Sample

MOST_ALERTS: Final = 20
MOST_SUSPECTS: Final = 20
MOST_REASONS: Final = 40
EXCERPT: Final = 120  # characters
PAGE: Final = "The page is `report.html`, all numbers are in `report.json`"
ITEMS: Final = ", all that was found, item by item, is in `issues.csv` and `issues.parquet`"
TO_ATTACH: Final = "; `label.svg` and `card.md` are to attach."


def to_summary(report: Report) -> str:
    """Return a report as the Markdown of a job summary; a few kilobytes, whatever the report.

    Parameters
    ----------
    report
        Any report.
    """
    report = as_published(report)
    found = gist(report)
    parts = [
        f"## Label facts: {code(report.dataset.name)}",
        f"**{verdict_of(found.verdict).strip('*')}**: {prose(found.sentence)}",
        f"Label errors: **{prose(hero(report).amount)}**. {prose(hero(report).sentence)}",
        "\n".join(label_rows(report)),
        f"{prose(found.tally)}. {dataset_line(report)}; {_digest(report)}.",
        *_alerts(alerts_of(report)),
        *_suspects(report),
        *_not_measured(report),
        with_code(PAGE + ("" if report.privacy == "public" else ITEMS) + TO_ATTACH),
    ]
    return "\n\n".join(parts) + "\n"


def _digest(report: Report) -> str:
    return f"sha256 {code(report.dataset.digest[:SHORT_HASH])}"


def _alerts(alerts: list[Alert]) -> list[str]:
    if not alerts:
        return []
    more = len(alerts) - MOST_ALERTS
    parts = ["### What to look at", "\n".join(map(_alert, alerts[:MOST_ALERTS]))]
    return parts + ([f"{text.counted(more, 'more alert')} on the page."] if more > 0 else [])


def _alert(alert: Alert) -> str:
    """Return an alert as an item of a list: what, where, how sure, and what to do."""
    word = "**NOTE**" if alert.level == "note" else verdict_of(alert.level)
    lines = [f"- {word} {prose(f'{alert.amount} {alert.title}')}"]
    lines[0] += f" (limit: {prose(alert.limit)})" if alert.limit else ""
    if alert.where:
        lines.append(f"Where: {'; '.join(map(prose, alert.where))}.")
    lines.append(f"How sure: {prose(alert.sure)}.")
    lines.append(f"What to do: {with_code(alert.remedy)}")
    return "<br>\n  ".join(lines)


def _suspects(report: Report) -> list[str]:
    gallery = suspects(report)
    if gallery is None:
        return []
    shown = gallery.samples[:MOST_SUSPECTS]
    more = len(gallery.samples) - len(shown) + gallery.omitted
    parts = [
        f"### {prose(gallery.title)}",
        "\n".join(table(("Item", "Given", "Suggested", "Evidence"), map(_suspect, shown))),
    ]
    found = f"{text.counted(more, 'more suspect')} in `issues.csv`."
    return parts + ([found] if more > 0 else [])


def _suspect(sample: Sample) -> list[str]:
    """Return a suspect as a row."""
    labels = (sample.given_label or None, sample.suggested_label)
    excerpt = f"<br>{prose(sample.excerpt, EXCERPT)}" if sample.excerpt else ""
    return [
        code(sample.path) + excerpt,
        *("" if label is None else code(label) for label in labels),
        prose(sample.detail, EXCERPT),
    ]


def _not_measured(report: Report) -> list[str]:
    """Return the measures without a result, by the reason, folded."""
    reasons: dict[str, list[MeasureResult]] = {}
    for result in report.measures:
        if result.status == "not_measured":
            reasons.setdefault(result.reason, []).append(result)
    missing = sum(map(len, reasons.values()))
    if not missing:
        return []
    lines = [
        f"- {prose(', '.join(result.title for result in results))}: {prose(reason) or 'no reason'}"
        for reason, results in list(reasons.items())[:MOST_REASONS]
    ]
    heading = f"Not measured: {missing:,} of {text.counted(len(report.measures), 'measure')}"
    return [f"<details><summary>{heading}</summary>", "\n".join(lines), "</details>"]
