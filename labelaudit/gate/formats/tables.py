"""The Markdown of a gate: its rules in a table, its findings in another, cut to so many bytes."""

from collections.abc import Iterable
from typing import Final

from labelaudit.errors import some
from labelaudit.gate.formats.listing import first, worst_first
from labelaudit.gate.formats.rules import finding_rule
from labelaudit.gate.formats.said import (
    AS_VERDICT,
    WORDS,
    before_of,
    detectable_of,
    interval_of,
    limit_of,
    number_of,
    sentence,
)
from labelaudit.gate.outcome import Finding, Outcome, Ruling
from labelaudit.render import text
from labelaudit.render.judgements import SIGNS
from labelaudit.render.markdown.escape import code, prose
from labelaudit.render.markdown.parts import table, with_code

RULES: Final = ("Rule", "Verdict", "Number", "Interval", "Limit", "Detectable")
IF_ANY: Final = {"Interval", "Detectable"}  # columns that are not there where nothing is in them
NUMBERS: Final = {"Number", "Detectable"}
ITEMS: Final = ("Item", "Finding", "Given", "Suggested", "Evidence")
EVIDENCE: Final = 160  # characters
NAME: Final = 120  # characters
N_OTHERS: Final = 3


def verdict_cell(ruling: Ruling) -> str:
    """Return a decision as sign and word; in bold where the gate fails by it."""
    said = f"{SIGNS[AS_VERDICT[ruling.decision]]} {WORDS[ruling.decision]}"
    return f"**{said}**" if ruling.fails else said


def rulings_part(outcome: Outcome, most_bytes: int) -> list[str]:
    """Return what each rule came to, those by which the gate fails first, and what to do.

    Parameters
    ----------
    outcome
        What the gate says.
    most_bytes
        How long the table may be, and how long the list of what to do.
    """
    ordered = sorted(outcome.rulings, key=lambda ruling: not ruling.fails)
    head, rule, *rows = _rows(ordered, outcome.report.dataset.n_items)
    shown = _within(rows, most_bytes)
    parts = ["\n".join([head, rule, *shown])] if rows else ["No rules are set."]
    parts += _more(len(rows) - len(shown), "rule")
    steps = [_step(each) for each in ordered if each.decision != "pass"]
    said = _within(steps, most_bytes)
    return [*parts, "\n".join(said), *_more(len(steps) - len(said), "rule to look at")]


def findings_part(outcome: Outcome, most_rows: int, most_bytes: int) -> list[str]:
    """Return the new findings that a rule is about, those of rules that fail first.

    Parameters
    ----------
    outcome
        What the gate says.
    most_rows, most_bytes
        How long the table may be.
    """
    new = [pair for pair in worst_first(outcome) if pair[1].is_new]
    held = [pair for pair in new if pair[0] != "note"]
    kind = "new finding" if outcome.baseline else "finding"
    others = len(new) - len(held)
    rest = [f"{text.counted(others, f'more {kind}')} that no rule is about, in `issues.csv`."]
    if not held:
        nothing = ["No new findings."] if outcome.baseline and not others else []
        return rest if others else nothing
    named = [finding for _, finding in first(held, most_rows)]
    titles = {each.rule: finding_rule(outcome.report, each.rule).title for each in named}
    head, rule, *rows = table(ITEMS, (_cells(each, titles[each.rule]) for each in named))
    shown = _within(rows, most_bytes)
    parts = [f"### {kind.capitalize()}s: {len(held):,}", "\n".join([head, rule, *shown])]
    return [*parts, *_more(len(held) - len(shown), "finding"), *(rest if others else [])]


def notes_part(outcome: Outcome) -> list[str]:
    """Return what else there is to say: what was there before, and what the baseline lost."""
    before = sum(not finding.is_new for finding in outcome.findings)
    counted = (
        (before, "finding", "findings", "of the baseline, counted against no rule"),
        (outcome.unsettled, "finding", "findings", "on unchanged items, counted against no rule"),
        (len(outcome.stale), "entry", "entries", "of the baseline without a finding any more"),
    )
    said = [f"{text.counted(n, one, many)} {what}" for n, one, many, what in counted if n]
    return [f"{'; '.join(said)}."] if said else []


def joined(parts: Iterable[str]) -> str:
    """Return parts of Markdown as a document."""
    return "\n\n".join(filter(None, parts)) + "\n"


def _within(lines: Iterable[str], most_bytes: int) -> list[str]:
    """Return as many of the first lines as have so many bytes."""
    kept, used = [], 0
    for line in lines:
        used += len(line.encode()) + 1
        if used > most_bytes:
            break
        kept.append(line)
    return kept


def _more(amount: int, noun: str) -> list[str]:
    if not amount:
        return []
    where = "`gate.json` and `issues.csv`" if noun == "finding" else "`gate.json`"
    return [f"{text.counted(amount, f'more {noun}')} in {where}."]


def _rows(rulings: Iterable[Ruling], n_items: int) -> list[str]:
    """Return the lines of the table of rules, without columns that nothing is in."""
    cells = [_row(ruling, n_items) for ruling in rulings]
    used = [
        at for at, name in enumerate(RULES) if name not in IF_ANY or any(row[at] for row in cells)
    ]
    right = [place for place, at in enumerate(used) if RULES[at] in NUMBERS]
    return table((RULES[at] for at in used), ([row[at] for at in used] for row in cells), right)


def _row(ruling: Ruling, n_items: int) -> list[str]:
    before = before_of(ruling)
    return [
        prose(ruling.name, NAME),
        verdict_cell(ruling),
        prose(number_of(ruling, n_items) + (f", before {before}" if before else "")),
        prose(interval_of(ruling)),
        prose(limit_of(ruling)),
        prose(detectable_of(ruling)),
    ]


def _step(ruling: Ruling) -> str:
    """Return why a rule is not kept, and what to do about it, as an item of a list."""
    said = f"- {verdict_cell(ruling)} {prose(ruling.name, NAME)}: {prose(sentence(ruling.reason))}"
    return f"{said} {with_code(sentence(ruling.next_step))}".rstrip()


def _cells(finding: Finding, title: str) -> list[str]:
    beside = some(finding.others, N_OTHERS)
    evidence = "; ".join(filter(None, (finding.evidence, f"with {beside}" if beside else "")))
    labels = (finding.given_label, finding.suggested_label)
    return [
        code(finding.path),
        prose(title, EVIDENCE),
        *("" if label is None else code(label) for label in labels),
        prose(evidence, EVIDENCE),
    ]
