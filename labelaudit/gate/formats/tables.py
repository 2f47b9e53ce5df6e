"""The Markdown of a gate: its rules in a table, its findings in another, cut to so many bytes."""

from collections.abc import Iterable, Sequence
from typing import Final

from labelaudit.gate.formats.listing import first, worst_first
from labelaudit.gate.formats.rules import finding_rule
from labelaudit.gate.formats.said import (
    before_of,
    detectable_of,
    interval_of,
    limit_of,
    number_of,
    sentence,
    verdict_of,
)
from labelaudit.gate.outcome import Finding, Outcome, Ruling
from labelaudit.gate.reasons import remark_on
from labelaudit.render import text
from labelaudit.render.markdown.escape import code, prose
from labelaudit.render.markdown.parts import table, with_code

RULES: Final = ("Rule", "Verdict", "Number", "Interval", "Limit", "Detectable")
# Columns that are not there where nothing is in them.
IF_ANY: Final = {"Interval", "Detectable", "Suggested"}
NUMBERS: Final = {"Number", "Detectable"}
ITEMS: Final = ("Item", "Finding", "Given", "Suggested", "Evidence")
EVIDENCE: Final = 160  # characters
NAME: Final = 120  # characters
N_OTHERS: Final = 3


def verdict_cell(ruling: Ruling) -> str:
    """Return a decision as sign and word; in bold where the gate fails by it."""
    return f"**{verdict_of(ruling)}**" if ruling.fails else verdict_of(ruling)


def rulings_part(outcome: Outcome, most_bytes: int, *, folds: bool = False) -> list[str]:
    """Return what each rule came to, those by which the gate fails first, and what to do.

    Parameters
    ----------
    outcome
        What the gate says.
    most_bytes
        How long the table may be, and how long the list of what to do.
    folds
        Whether the rules that are kept are folded.
    """
    ordered = sorted(outcome.rulings, key=lambda each: (not each.fails, each.decision == "pass"))
    if not ordered:
        return ["No rules are set."]
    head, rule, *rows = _rows(ordered, outcome.report.dataset.n_items)
    shown = _within(rows, most_bytes)
    n_kept = sum(each.decision == "pass" for each in ordered)
    n_open = len(rows) - n_kept if folds else len(rows)
    parts = [_lines(head, rule, shown[:n_open])]
    steps = list(filter(None, map(_step, ordered)))
    said = _within(steps, most_bytes)
    parts += ["\n".join(said), *_more(len(steps) - len(said), "rule to look at")]
    if shown[n_open:]:
        kept = _lines(head, rule, shown[n_open:])
        parts += folded(f"{text.counted(n_kept, 'rule')} kept", kept)
    return [*parts, *_more(len(rows) - len(shown), "rule")]


def findings_part(
    outcome: Outcome, most_rows: int, most_bytes: int, *, folds: bool = False
) -> list[str]:
    """Return the new findings that a rule is about, those of rules that fail first.

    Parameters
    ----------
    outcome
        What the gate says.
    most_rows, most_bytes
        How long the table may be.
    folds
        Whether findings by which the gate does not fail are folded, and evidence is cut short.
    """
    new = [pair for pair in worst_first(outcome) if pair[1].is_new]
    held = [pair for pair in new if pair[0] != "note"]
    kind = "new finding" if outcome.baseline else "finding"
    others = len(new) - len(held)
    rest = [f"{text.counted(others, f'more {kind}')} that no rule is about, in `issues.csv`."]
    if not held:
        nothing = ["No new findings."] if outcome.baseline and not others else []
        return rest if others else nothing
    named = first(held, most_rows)
    titles = {each.rule: finding_rule(outcome.report, each.rule).title for _, each in named}
    cells = [_cells(each, titles[each.rule], is_short=folds) for _, each in named]
    head, rule, *rows = _table(ITEMS, cells)
    shown = _within(rows, most_bytes)
    n_open = sum(level == "error" for level, _ in named) if folds else len(rows)
    parts = [f"### {kind.capitalize()}s: {len(held):,}", _lines(head, rule, shown[:n_open])]
    if shown[n_open:]:
        many = text.counted(sum(level != "error" for level, _ in held), kind)
        kept = _lines(head, rule, shown[n_open:])
        parts += folded(f"{many} by which the gate does not fail", kept)
    return [*parts, *_more(len(held) - len(shown), "finding"), *(rest if others else [])]


def folded(heading: str, content: str) -> list[str]:
    """Return some Markdown as what opens at a click on a heading of ours."""
    return [f"<details><summary>{heading}</summary>", content, "</details>"]


def notes_part(outcome: Outcome) -> list[str]:
    """Return what else there is to say: what was there before, and what the baseline lost."""
    before = sum(not finding.is_new for finding in outcome.findings)
    counted = (
        (before, "finding", "findings", "of the baseline"),
        (outcome.unsettled, "finding", "findings", "on unchanged items"),
        (len(outcome.stale), "entry", "entries", "of the baseline without a finding any more"),
    )
    said = [f"{text.counted(n, one, many)} {what}" for n, one, many, what in counted if n]
    return [f"Counted against no rule: {'; '.join(said)}."] if said else []


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
    """Return the lines of the table of rules."""
    return _table(RULES, [_row(ruling, n_items) for ruling in rulings])


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table, without columns that nothing is in."""
    used = [at for at, name in enumerate(names) if name not in IF_ANY or any(r[at] for r in rows)]
    right = [place for place, at in enumerate(used) if names[at] in NUMBERS]
    return table((names[at] for at in used), ([row[at] for at in used] for row in rows), right)


def _lines(head: str, rule: str, rows: Sequence[str]) -> str:
    return "\n".join([head, rule, *rows]) if rows else ""


def _row(ruling: Ruling, n_items: int) -> list[str]:
    before = before_of(ruling)
    return [
        code(ruling.name, NAME),
        verdict_cell(ruling),
        prose(number_of(ruling, n_items) + (f", before {before}" if before else "")),
        prose(interval_of(ruling)),
        prose(limit_of(ruling)),
        prose(detectable_of(ruling)),
    ]


def _step(ruling: Ruling) -> str:
    """Return what is to be said and done about a rule that is not kept, as an item of a list."""
    if ruling.decision == "pass":
        return ""
    said = " ".join(
        filter(None, (prose(sentence(remark_on(ruling))), with_code(sentence(ruling.next_step))))
    )
    return said and f"- {code(ruling.name, NAME)}: {said}"


def _cells(finding: Finding, title: str, *, is_short: bool) -> list[str]:
    why = finding.evidence.partition(". ")[0] if is_short else finding.evidence
    more = len(finding.others) - N_OTHERS
    beside = ", ".join(map(code, finding.others[:N_OTHERS]))
    beside += f" and {more:,} more" if more > 0 else ""
    evidence = (prose(why, EVIDENCE), f"with {beside}" if beside else "")
    labels = (finding.given_label, finding.suggested_label)
    return [
        code(finding.path),
        prose(title, EVIDENCE),
        *("" if label is None else code(label) for label in labels),
        "; ".join(filter(None, evidence)),
    ]
