"""What a format that lists findings one by one says of each: how bad it is, and which it is."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest
from typing import Final, Literal

from labelaudit.gate.formats.places import Place, place_of, place_of_whole
from labelaudit.gate.formats.rules import (
    NOT_SHOWN,
    Rule,
    finding_rule,
    ruling_rule,
)
from labelaudit.gate.formats.said import (
    counted_by,
    explained,
    failing_rules,
    finding_words,
    held_rules,
)
from labelaudit.gate.outcome import Decision, Finding, Outcome, Ruling
from labelaudit.render import text

Level = Literal["error", "warning", "note"]
State = Literal["new", "unchanged"]
LEVELS: Final[tuple[Level, ...]] = ("error", "warning", "note")
OF_DECISION: Final[dict[Decision, Level]] = {"fail": "warning", "inconclusive": "warning"}
WHERE_ALL_ARE: Final = "gate.json and issues.csv have more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a format lists: a finding, a rule that is not kept, or that there are more.

    Attributes
    ----------
    rule
        The rule that it is of.
    level
        ``error`` by which the gate fails, ``warning`` for what is new and held against something,
        or not decided, ``note`` for the rest.
    words
        One line of plain text without controls.
    place
        Where it stands.
    fingerprint
        The same in every scan, and of no other entry.
    state
        Whether it is new since the baseline.
    """

    rule: Rule
    level: Level
    words: str
    place: Place
    fingerprint: str
    state: State


def entries_of(outcome: Outcome, most: int) -> list[Entry]:
    """Return what there is to list, the worst first: of findings, those that a rule is about.

    Parameters
    ----------
    outcome
        What the gate says.
    most
        How many entries there may be; the last one says how many findings are not among them.
    """
    rulings, held = ruling_entries(outcome), held_rules(outcome)
    ranked = [pair for pair in worst_first(outcome) if pair[1].rule in held]
    room = most - len(rulings)
    n_others = len(outcome.findings) - len(ranked)
    if len(ranked) + bool(n_others) <= room:
        rest = [_of_more(outcome, n_others, "note")] if n_others else []
        return [*rulings, *finding_entries(outcome, ranked), *rest]
    shown = max(room - 1, 0)
    more = _of_more(outcome, len(outcome.findings) - shown, "warning")
    return [*rulings, *finding_entries(outcome, first(ranked, shown)), more]


def ruling_entries(outcome: Outcome) -> list[Entry]:
    """Return the rules that are not kept, but for those of which findings say so; worst first.

    Parameters
    ----------
    outcome
        What the gate says.
    """
    named = {finding.rule for finding in outcome.findings if finding.is_new}
    seen: Counter[str] = Counter()
    entries = []
    for ruling in outcome.rulings:
        if ruling.decision != "pass" and not counted_by(ruling) & named:
            seen[ruling.name] += 1
            entries.append(_of_ruling(outcome, ruling, seen[ruling.name]))
    return sorted(entries, key=lambda entry: LEVELS.index(entry.level))


def worst_first(outcome: Outcome) -> list[tuple[Level, Finding]]:
    """Return the findings, each with how bad it is, the worst first and old ones last.

    Parameters
    ----------
    outcome
        What the gate says.
    """
    failing, held = failing_rules(outcome), held_rules(outcome)

    def level(finding: Finding) -> Level:
        if not finding.is_new or finding.rule not in held:
            return "note"
        return "error" if finding.rule in failing else "warning"

    ranked = [(level(finding), finding) for finding in outcome.findings]
    return sorted(ranked, key=lambda pair: (LEVELS.index(pair[0]), not pair[1].is_new))


def first(ranked: list[tuple[Level, Finding]], most: int) -> list[tuple[Level, Finding]]:
    """Return so many findings of a list, the worst, and of equally bad ones some of every rule.

    Parameters
    ----------
    ranked
        Findings as `worst_first` has them, whose order is kept.
    most
        How many.
    """
    if len(ranked) <= most:
        return ranked
    seen: Counter[tuple[Level, bool, str]] = Counter()
    turns = []
    for at, (level, finding) in enumerate(ranked):
        kind = (level, not finding.is_new, finding.rule)
        seen[kind] += 1
        turns.append((LEVELS.index(level), not finding.is_new, seen[kind], at))
    return [ranked[at] for at in sorted(at for *_, at in nsmallest(most, turns))]


def _of_ruling(outcome: Outcome, ruling: Ruling, number: int) -> Entry:
    return Entry(
        rule=ruling_rule(outcome, ruling),
        level="error" if ruling.fails else OF_DECISION.get(ruling.decision, "note"),
        words=text.visible(f"{ruling.name}: {explained(ruling)}"),
        place=place_of_whole(outcome.report),
        fingerprint=_hashed(f"ruling {ruling.name} {number}"),
        state="new",
    )


def finding_entries(outcome: Outcome, ranked: Iterable[tuple[Level, Finding]]) -> Iterator[Entry]:
    """Yield findings as entries; equal ones are told apart by a number.

    Parameters
    ----------
    outcome
        What the gate says.
    ranked
        Findings of it, the first ones of `worst_first`.
    """
    rules: dict[str, Rule] = {}
    seen: Counter[str] = Counter()
    for level, finding in ranked:
        rule = rules.setdefault(finding.rule, finding_rule(outcome.report, finding.rule))
        seen[finding.fingerprint] += 1
        number = seen[finding.fingerprint]
        yield Entry(
            rule=rule,
            level=level,
            words=finding_words(finding, rule.title),
            place=place_of(outcome.report, finding),
            fingerprint=_hashed(f"{finding.rule} {finding.fingerprint} {number}"),
            state="new" if finding.is_new else "unchanged",
        )


def _of_more(outcome: Outcome, more: int, level: Level) -> Entry:
    rule = Rule(
        name=NOT_SHOWN,
        title="Findings that are not shown here",
        summary="A platform shows so many findings, and no more.",
        remedy=f"Look at `issues.csv` beside the report: {WHERE_ALL_ARE}.",
    )
    return Entry(
        rule=rule,
        level=level,
        words=f"{text.counted(more, 'more finding')} not shown here; issues.csv has them all",
        place=place_of_whole(outcome.report),
        fingerprint=_hashed("findings not shown"),
        state="new",
    )


def _hashed(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:32]
