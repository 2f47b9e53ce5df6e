"""What a gate says: a verdict for each rule, and the findings behind it."""

from dataclasses import dataclass
from typing import Literal

from labelaudit.report import Limit, Report, Value

Decision = Literal["pass", "fail", "inconclusive", "not measured"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One item that a rule objects to.

    Attributes
    ----------
    rule
        Name of the gallery that lists it, such as ``suspects`` or ``exact_duplicates``.
    fingerprint
        SHA-256 over the rule, what the item decodes to and its label: neither a new name nor
        another order or encoding changes it.
    path, split, given_label
        What the manifest says of the item; a label of several classes is joined by commas.
    line
        Line of the manifest that it stands on; None where the items are files of a folder.
    suggested_label
        The label that the evidence points to, if any.
    evidence
        Why, in words.
    others
        Paths of the items that it belongs together with, such as its copies.
    is_new
        Whether it is new since the baseline; without a baseline every finding is.
    """

    rule: str
    fingerprint: str
    path: str
    split: str | None = None
    given_label: str | None = None
    line: int | None = None
    suggested_label: str | None = None
    evidence: str = ""
    others: tuple[str, ...] = ()
    is_new: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What one rule of a policy came to.

    Attributes
    ----------
    name
        The rule as a reader finds it in the policy, such as ``label_error_rate, class cat``.
    decision
        ``inconclusive`` where the interval holds the limit.
    fails
        Whether the gate fails by it: inconclusive does when its mode is *assure*, and what was not
        measured always does.
    reason
        The decision in one sentence, with number, interval and limit.
    next_step
        What to do about it: how many judgements would decide it, for one.
    limit
        The limit; None for a rule on the number of findings.
    found
        The number; None where it was not measured.
    before
        The number of the baseline, for a limit on its rise.
    most, n_findings
        How many findings the rule may have, and how many count; None for a limit on a number.
    detectable
        The smallest rate that as many judgements find to be beyond the limit in 80 % of samples.
    judgements
        How many judgements, in all, are expected to decide it.
    """

    name: str
    decision: Decision
    fails: bool
    reason: str
    next_step: str = ""
    limit: Limit | None = None
    found: Value | None = None
    before: Value | None = None
    most: int | None = None
    n_findings: int | None = None
    detectable: float | None = None
    judgements: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a gate says of a report.

    Attributes
    ----------
    report
        The report, its limits and policy being the effective ones.
    rulings
        One a rule, in the order of the policy.
    findings
        All findings of the scan, the new ones first; within them in the order of the report.
    baseline
        Name of the baseline's file; empty without one.
    stale
        Entries of the baseline that no finding matches any more, in words.
    unsettled
        How many findings are not in the baseline though their items have not changed since: they
        count against no rule.
    still_wrong
        Findings that a person judged to be wrong labels, and that are still there, in words.
    """

    report: Report
    rulings: tuple[Ruling, ...]
    findings: tuple[Finding, ...] = ()
    baseline: str = ""
    stale: tuple[str, ...] = ()
    unsettled: int = 0
    still_wrong: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the gate fails."""
        return any(ruling.fails for ruling in self.rulings)

    @property
    def decision(self) -> Decision:
        """One word over all rules: that of the worst."""
        if self.failed:
            return "fail"
        inconclusive = any(ruling.decision == "inconclusive" for ruling in self.rulings)
        return "inconclusive" if inconclusive else "pass"
