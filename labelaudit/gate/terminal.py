"""What a gate says on a terminal: rule by rule, then the findings by which it fails."""

import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from rich.console import Group
from rich.text import Text

from labelaudit.gate.formats.listing import first, worst_first
from labelaudit.gate.formats.said import (
    AS_VERDICT,
    before_of,
    detectable_of,
    failing_rules,
    finding_words,
    headline,
    interval_of,
    limit_of,
    number_of,
    verdict_of,
)
from labelaudit.gate.outcome import Outcome, Ruling
from labelaudit.gate.published import as_written
from labelaudit.gate.reasons import remark_on
from labelaudit.render import text
from labelaudit.render.judgements import SIGNS, whose

SHOWN: Final = 20
BOLD: Final = "bold"
STYLES: Final = {"pass": "bold green", "check": "bold yellow", "fail": "bold red"}
INDENT: Final = "    "
GAP: Final = "  "


def to_terminal(outcome: Outcome, *, width: int = 80) -> Group:
    """Return an outcome as rich prints it.

    Names are printed as they are: markup in them is not followed, and what would control the
    terminal is shown as its code point. No line is longer than the terminal is wide.

    Parameters
    ----------
    outcome
        What the gate says.
    width
        Columns of the terminal.
    """
    outcome = as_written(outcome)
    lines = [*_head(outcome, width), Text()]
    lines += [line for ruling in outcome.rulings for line in _ruling(outcome, ruling, width)]
    lines += [*_findings(outcome, width), *_beside(outcome, width)]
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    return Group(*lines)


def _head(outcome: Outcome, width: int) -> Iterator[Text]:
    report, policy = outcome.report, outcome.report.policy
    verdict = AS_VERDICT[outcome.decision]
    said = f"{SIGNS[verdict]} {headline(outcome)}"
    yield Text(said, STYLES.get(verdict, BOLD))
    source = f"policy {policy.source}" if policy.source else f"limits: {whose(report) or 'none'}"
    parts = [report.dataset.name, source, f"mode {policy.mode}"]
    parts.append(f"baseline {outcome.baseline}" if outcome.baseline else "no baseline")
    yield from _wrapped(text.visible("; ".join(parts)), width, "", "dim")


def _ruling(outcome: Outcome, ruling: Ruling, width: int) -> Iterator[Text]:
    """Return one rule: what it came to, of what, beside what, why, and what would settle it."""
    verdict = AS_VERDICT[ruling.decision]
    style = STYLES["fail"] if ruling.fails else STYLES.get(verdict, BOLD)
    word = verdict_of(ruling).ljust(14)
    interval = interval_of(ruling)
    before = before_of(ruling)
    numbers = [
        number_of(ruling, outcome.report.dataset.n_items) + (f" ({interval})" if interval else ""),
        f"before: {before}" if before else "",
        f"limit: {limit_of(ruling)}",
    ]
    said = GAP.join([text.visible(ruling.name), *filter(None, numbers)])
    yield Text.assemble((word, style), GAP, (said, BOLD))
    if ruling.decision != "pass":
        yield from _wrapped(text.visible(remark_on(ruling)), width)
    detectable = detectable_of(ruling)
    if detectable:
        told = f"As many judgements find a rate of {detectable} or more in 80 % of samples."
        yield from _wrapped(told, width)
    if ruling.next_step:
        yield from _wrapped(text.visible(f"Next: {ruling.next_step}".replace("`", "")), width)


def _findings(outcome: Outcome, width: int) -> Iterator[Text]:
    """Return the first new findings of the rules that the gate fails by, or has a baseline for."""
    wanted = outcome.report.policy.findings if outcome.baseline else failing_rules(outcome)
    new = [pair for pair in worst_first(outcome) if pair[1].is_new and pair[1].rule in wanted]
    if not new:
        return
    yield Text()
    yield Text(text.counted(len(new), "new finding" if outcome.baseline else "finding"), BOLD)
    shown = [finding for _, finding in first(new, SHOWN)]
    for rule, n in Counter(finding.rule for _, finding in new).items():
        yield Text(f"{text.visible(rule)}: {n:,}")
        for finding in shown:
            if finding.rule == rule:
                said = finding_words(replace(finding, evidence=""), "")
                yield from _wrapped(said, width, hang=INDENT)
    if len(new) > SHOWN:
        yield Text(f"{len(new) - SHOWN:,} more", "dim")


def _beside(outcome: Outcome, width: int) -> Iterator[Text]:
    """Return what the baseline and the findings do not agree in."""
    if outcome.unsettled:
        many = text.counted(outcome.unsettled, "finding")
        said = (
            f"{many} on unchanged items that the baseline does not list: a model's mind changed "
            "with the rest of the data. They count against no rule."
        )
        yield from [Text(), *_wrapped(said, width, "", "dim")]
    many = text.counted(len(outcome.stale), "entry", "entries")
    said = f"{many} of the baseline that no finding matches any more (--update-baseline):"
    yield from _entries(outcome.stale, said, width)
    many = text.counted(len(outcome.still_wrong), "label")
    said = f"{many} of the baseline that a person judged wrong, and that did not change:"
    yield from _entries(outcome.still_wrong, said, width)


def _entries(entries: tuple[str, ...], said: str, width: int) -> Iterator[Text]:
    """Return the first entries of a baseline under what is said of them."""
    if not entries:
        return
    yield Text()
    yield from _wrapped(said, width, "", "dim")
    for entry in entries[:SHOWN]:
        yield from _wrapped(text.visible(entry), width, INDENT, "dim")
    if len(entries) > SHOWN:
        yield Text(f"{INDENT}{len(entries) - SHOWN:,} more", "dim")


def _wrapped(
    said: str, width: int, indent: str = INDENT, style: str = "", hang: str = ""
) -> Iterator[Text]:
    """Return a text in lines of a width, with two lines of a path that has no blank at most."""
    for line in textwrap.wrap(
        said,
        max(width, len(indent) + 10),
        initial_indent=indent,
        subsequent_indent=indent + hang,
        break_on_hyphens=False,
        max_lines=4,
        placeholder=" ...",
    ):
        yield Text(line, style)
