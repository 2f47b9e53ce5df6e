"""The label on one screen of a terminal: what matters first, then where to look."""

import textwrap
from dataclasses import replace
from typing import Final

from rich.console import Group
from rich.text import Text

from labelaudit.limits import Verdict, judged, overall
from labelaudit.render import text
from labelaudit.render.alerts import Alert, alerts_of
from labelaudit.render.facts import Fact, facts, hero
from labelaudit.render.json import as_published
from labelaudit.render.judgements import SIGNS, WORDS, tally_of
from labelaudit.render.suspects import suspects
from labelaudit.report import Report, Sample

BELOW: Final = 2  # lines of a screen that are not ours: where the page is, and the prompt
SHORT_HASH: Final = 12
REPORT: Final = "report.json"
REFERENCE_FROM, LIMIT_FROM = 72, 54  # columns of a terminal that has room for them
# How many alerts, lines of what to do about each, and suspects are shown, and whether after a
# blank line: the first that has room.
LAYOUTS: Final = (
    (3, 2, 5, True),
    (3, 2, 3, True),
    (2, 2, 3, True),
    (2, 1, 3, False),
    (1, 2, 3, False),
    (1, 1, 2, False),
    (1, 1, 0, False),
)
BOLD, DIM = "bold", "dim"
STYLES: Final[dict[str, str]] = {"pass": "bold green", "check": "bold yellow", "fail": "bold red"}
GAP, INDENT = "  ", "    "


def to_terminal(report: Report, *, width: int = 80, height: int = 24, file: str = REPORT) -> Group:
    """Return a report as rich prints it on one screen.

    Names are printed as they are: markup in them is not followed, and what would control the
    terminal is shown as its code point.

    Parameters
    ----------
    report
        Any report.
    width, height
        Columns and lines of the terminal. What the label says is there whatever the height;
        alerts and suspects as far as there is room.
    file
        Where the report is, for the commands that take it.
    """
    report = as_published(report)
    lines = [*_head(report), *_label(report, width), *_unknown(report, width)]
    alerts = [
        replace(alert, remedy=alert.remedy.replace(f"review {REPORT}", f"review {file}"))
        for alert in alerts_of(report)
    ]
    lines += _below(report, alerts, width, height - BELOW - len(lines))
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    return Group(*lines)


def _head(report: Report) -> list[Text]:
    dataset, judgements = report.dataset, judged(report)
    name = Text(text.visible(dataset.name), BOLD)
    name.truncate(40, overflow="ellipsis")
    said = Text.assemble(_verdict(overall(judgements)), GAP, name, GAP, (tally_of(report), DIM))
    parts = (
        text.counted(dataset.n_items, "item"),
        text.labels(dataset),
        text.splits(dataset.splits) or "no splits",
        f"sha256 {text.visible(dataset.digest[:SHORT_HASH])}",
    )
    return [said, Text("; ".join(parts), DIM), Text()]


def _label(report: Report, width: int) -> list[Text]:
    """Return the headline and the rows that have a number, beside their limits, in columns."""
    found = hero(report)
    numeric = any(map(str.isdigit, found.amount))
    first = Fact(
        name="Label errors" if numeric else f"Label errors: {found.amount}",
        amount=found.amount if numeric else "",
        reference=found.interval,
        limit=found.limit,
        verdict=found.verdict,
    )
    rows = [first, *(fact for fact in facts(report) if fact.known and fact.field)]
    shown = [_cells(fact, width) for fact in rows]
    widths = [max(cell.cell_len for cell in column) for column in zip(*shown, strict=True)]
    lines = [_in_columns(cells, widths) for cells in shown]
    lines[0].stylize(BOLD)
    return [lines[0], Text(found.sentence, DIM), *lines[1:]]


def _in_columns(cells: list[Text], widths: list[int]) -> Text:
    """Return cells side by side, the second at the right of its column."""
    for at, (cell, wide) in enumerate(zip(cells, widths, strict=True)):
        cell.align("right" if at == 1 else "left", wide)
    line = Text(GAP).join(cells)
    line.rstrip()
    return line


def _cells(fact: Fact, width: int) -> list[Text]:
    cells = [Text(fact.name), Text(fact.amount)]
    cells += [Text(fact.reference, DIM)] if width >= REFERENCE_FROM else []
    cells += [Text(fact.limit)] if width >= LIMIT_FROM else []
    return [*cells, Text() if fact.verdict is None else _verdict(fact.verdict)]


def _verdict(verdict: Verdict) -> Text:
    return Text(f"{SIGNS[verdict]} {WORDS[verdict]}", STYLES.get(verdict, DIM))


def _unknown(report: Report, width: int) -> list[Text]:
    """Return the rows that have no number, by why there is none."""
    unknown: dict[str, list[str]] = {}
    for fact in facts(report):
        if not fact.known:
            unknown.setdefault(fact.reference, []).append(fact.name)
    said = "; ".join(f"{why}: {', '.join(names)}" for why, names in unknown.items())
    return [Text(line, DIM) for line in textwrap.wrap(_capital(said), width)]


def _below(report: Report, alerts: list[Alert], width: int, room: int) -> list[Text]:
    """Return the first alerts and suspects that there is room for, and what is left to read."""
    doubted = _suspects(report, width)
    lines: list[Text] = []
    for n_alerts, n_remedy, n_suspects, spaced in LAYOUTS:
        said = [line for alert in alerts[:n_alerts] for line in _alert(alert, n_remedy, width)]
        parts = [part for part in (said, doubted[:n_suspects]) if part]
        lines = [line for part in parts for line in ([Text(), *part] if spaced else part)]
        if len(lines) < room:
            n_notes = sum(len(result.notes) for result in report.measures)
            return lines + _left(len(alerts) - n_alerts, n_notes)
    return lines[: max(room, 0)]


def _alert(alert: Alert, n_remedy: int, width: int) -> list[Text]:
    said = " ".join(filter(None, (alert.amount, text.visible(alert.title))))
    said += f" (limit: {alert.limit})" if alert.limit else ""
    said += f": {'; '.join(alert.where)}" if alert.where else ""
    start = Text("NOTE", BOLD) if alert.level == "note" else _verdict(alert.level)
    remedy = textwrap.wrap(
        alert.remedy.replace("`", ""),
        width,
        initial_indent=INDENT,
        subsequent_indent=INDENT,
        max_lines=n_remedy,
        break_on_hyphens=False,
        placeholder=" ...",
    )
    return [Text.assemble(start, GAP, said), *map(Text, remedy)]


def _suspects(report: Report, width: int) -> list[Text]:
    """Return the labels most suspected."""
    gallery = suspects(report)
    samples = gallery.samples if gallery is not None else ()
    names = [Text(text.visible(sample.excerpt or sample.path)) for sample in samples]
    instead = "lacks" if report.dataset.task == "multilabel" else "rather"
    longest = max((name.cell_len for name in names), default=0)
    for name in names:
        name.truncate(min(longest, width // 2), overflow="ellipsis", pad=True)
    return [
        Text.assemble(("Suspect", BOLD), GAP, name, GAP, _suspicion(sample, instead))
        for name, sample in zip(names, samples, strict=True)
    ]


def _suspicion(sample: Sample, instead: str) -> str:
    given = text.visible(sample.given_label or "no label")
    if sample.suggested_label is None:
        return given
    return f"{given}, {instead} {text.visible(sample.suggested_label)}"


def _left(n_alerts: int, n_notes: int) -> list[Text]:
    """Return one line that counts what is on the page only."""
    parts = [text.counted(n_alerts, "more alert")] if n_alerts > 0 else []
    parts += [text.counted(n_notes, "note")] if n_notes else []
    return [Text(f"{' and '.join(parts)} on the page", BOLD)] if parts else []


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
