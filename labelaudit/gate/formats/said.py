"""How a decision, a number, its limit and a finding are said: the same words in every format."""

from collections import Counter
from typing import Final

from labelaudit.errors import some
from labelaudit.gate.outcome import Decision, Finding, Outcome, Ruling
from labelaudit.gate.rules import RULES
from labelaudit.limits import AUDITED, MODEL_ESTIMATED, Verdict
from labelaudit.render import text
from labelaudit.render.judgements import SHARES, SIGNS, bound
from labelaudit.report import Limit

WORDS: Final[dict[Decision, str]] = {
    "pass": "PASS",
    "fail": "FAIL",
    "inconclusive": "INCONCLUSIVE",
    "not measured": "NOT MEASURED",
}
AS_VERDICT: Final[dict[Decision, Verdict]] = {
    "pass": "pass",
    "fail": "fail",
    "inconclusive": "check",
    "not measured": "not measured",
}
TALLIED: Final[dict[Decision, str]] = {
    "fail": "beyond the limit",
    "inconclusive": "inconclusive",
    "not measured": "not measured",
    "pass": "kept",
}
OF_FINDINGS: Final = "findings."  # begins the names of rules on their number
NOT_MEASURED: Final = "not measured"
N_OTHERS: Final = 5
SUSPECTS: Final = "suspects"
_EMPTY: Final[frozenset[str]] = frozenset()


def decided(decision: Decision) -> str:
    """Return a decision as sign and word, such as ``✓ PASS``."""
    return f"{SIGNS[AS_VERDICT[decision]]} {WORDS[decision]}"


def verdict_of(ruling: Ruling) -> str:
    """Return what a rule came to as sign and word; the sign of all that fail the gate is one."""
    sign = SIGNS["fail" if ruling.fails else AS_VERDICT[ruling.decision]]
    return f"{sign} {WORDS[ruling.decision]}"


def headline(outcome: Outcome) -> str:
    """Return the decision and how many rules came to what."""
    return f"{WORDS[outcome.decision]}: {tally(outcome)}"


def tally(outcome: Outcome) -> str:
    """Return how many rules came to what, such as ``3 rules: 1 fails the gate, 2 pass``."""
    rulings = outcome.rulings
    n_failing = sum(ruling.fails for ruling in rulings)
    counts = Counter(ruling.decision for ruling in rulings if not ruling.fails)
    said = [f"{n_failing:,} fail{'s' * (n_failing == 1)} the gate"] if n_failing else []
    said += [f"{counts[kind]:,} {word}" for kind, word in TALLIED.items() if counts[kind]]
    return ": ".join(filter(None, (text.counted(len(rulings), "rule"), ", ".join(said))))


def number_of(ruling: Ruling, n_items: int) -> str:
    """Return the number that a rule is about, in print."""
    if ruling.n_findings is not None:
        return f"{ruling.n_findings:,}"
    found = ruling.found
    if found is None:
        return NOT_MEASURED
    said = text.number(found.value, found.unit)
    of_items = ruling.limit is not None and ruling.limit.of_items and found.value is not None
    return f"{said} ({text.share_of(found.value or 0, n_items)})" if of_items and n_items else said


def interval_of(ruling: Ruling) -> str:
    """Return the interval of the number that a rule is about; empty when it has none."""
    return "" if ruling.found is None else text.interval(ruling.found)


def before_of(ruling: Ruling) -> str:
    """Return the number of the baseline, for a limit on its rise; empty without one."""
    before = ruling.before
    return "" if before is None else text.number(before.value, before.unit)


def limit_of(ruling: Ruling) -> str:
    """Return what a rule allows, such as ``≤ 5%`` or ``rise ≤ 1%``."""
    if ruling.most is not None:
        return f"\N{LESS-THAN OR EQUAL TO} {ruling.most:,}" if ruling.most else "0"
    if ruling.limit is None:
        return ""
    parts = [bound(ruling.limit, ruling.found)]
    if ruling.limit.rise_at_most is not None:
        rise = text.number(ruling.limit.rise_at_most, unit_of(ruling))
        parts.append(f"rise \N{LESS-THAN OR EQUAL TO} {rise}")
    return ", ".join(filter(None, parts))


def detectable_of(ruling: Ruling) -> str:
    """Return the least rate that would be found to be beyond the limit; empty where unknown."""
    return "" if ruling.detectable is None else text.number(ruling.detectable, unit_of(ruling))


def unit_of(ruling: Ruling) -> str:
    """Return the unit that the limit of a rule has."""
    limit, found = ruling.limit, ruling.found
    if limit is not None and (limit.of_items or limit.value.rpartition("_")[2] in SHARES):
        return "share"
    return "share" if found is not None and found.unit == "share" else ""


def rule_of(ruling: Ruling) -> str:
    """Return the rule on findings that a ruling is about; empty for one on a number."""
    return "" if ruling.limit is not None else ruling.name.removeprefix(OF_FINDINGS)


def counted_by(ruling: Ruling) -> frozenset[str]:
    """Return the rules whose findings a ruling is about: its own, or those that its number counts.

    Examples
    --------
    >>> from labelaudit.report import Limit
    >>> limit = Limit(measure="integrity", value="exact_duplicates_count", at_most=0)
    >>> counted_by(Ruling(name="a", decision="fail", fails=True, reason="", limit=limit))
    frozenset({'exact_duplicates'})
    """
    limit = ruling.limit
    if limit is None:
        return frozenset({rule_of(ruling)})
    number = (limit.measure, limit.value)
    return frozenset(rule for rule, source in RULES.items() if source == number)


def explained(ruling: Ruling) -> str:
    """Return why a rule came to what it did, and what to do about it, in sentences.

    Examples
    --------
    >>> explained(
    ...     Ruling(name="a", decision="fail", fails=True, reason="3 of 9", next_step="look at them")
    ... )
    '3 of 9. Look at them.'
    """
    return " ".join(filter(None, map(sentence, (ruling.reason, ruling.next_step))))


def sentence(words: str) -> str:
    """Return words that begin with a capital, but for a name or code, and end with a full stop."""
    first = words.partition(" ")[0].rstrip(",;:")
    begun = words[:1].upper() + words[1:] if first.isalpha() else words
    return f"{begun.rstrip('.')}." if words else ""


def failing_rules(outcome: Outcome) -> frozenset[str]:
    """Return the rules by whose findings the gate fails."""
    return _EMPTY.union(*(counted_by(ruling) for ruling in outcome.rulings if ruling.fails))


def held_rules(outcome: Outcome) -> frozenset[str]:
    """Return the rules whose findings are held against something, if only as a rate of errors."""
    rated = any(ruling.limit is not None and is_rate(ruling.limit) for ruling in outcome.rulings)
    held = _EMPTY.union(*(counted_by(ruling) for ruling in outcome.rulings))
    return held | ({SUSPECTS} if rated else _EMPTY)


def is_rate(limit: Limit) -> bool:
    """Tell whether a limit is one on the rate of wrong labels."""
    return limit.value in {AUDITED, MODEL_ESTIMATED}


def labels_of(finding: Finding) -> str:
    """Return what an item is labelled and what the evidence points to; may be empty."""
    given = f"labelled {finding.given_label}" if finding.given_label is not None else ""
    suggested = f"suggested {finding.suggested_label}" if finding.suggested_label else ""
    return ", ".join(filter(None, (given, suggested)))


def finding_words(finding: Finding, title: str) -> str:
    """Return a finding as one line of plain text, without controls.

    Parameters
    ----------
    finding
        Any finding.
    title
        What its rule finds.
    """
    of_split = f" ({finding.split})" if finding.split else ""
    more = len(finding.others) - N_OTHERS
    others = some(finding.others[:N_OTHERS]) + (f" and {more:,} more" if more > 0 else "")
    parts = [title, labels_of(finding), finding.evidence, f"with {others}" if others else ""]
    return text.visible(f"{finding.path}{of_split}: {'; '.join(filter(None, parts))}")


def cut(words: str, most: int) -> str:
    """Return a text cut to so many characters, with an ellipsis where it was cut."""
    return words if len(words) <= most else words[: most - 1] + "\N{HORIZONTAL ELLIPSIS}"
