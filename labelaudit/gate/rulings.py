"""What each rule of a policy comes to: a decision, why, and what would settle it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal, Protocol

from labelaudit.gate.outcome import Decision, Finding, Ruling
from labelaudit.gate.reasons import UNKNOWN, next_step_of, reason_of
from labelaudit.gate.rises import rise_reason, risen
from labelaudit.gate.rules import why_unknown
from labelaudit.gate.settling import RATES, settled_by
from labelaudit.limits import Judgement, Verdict, judged, judgement_of, named
from labelaudit.render import text
from labelaudit.report import Limit, Report, Value

OnInconclusive = Literal["pass", "fail"]
DECISIONS: Final[Mapping[Verdict, Decision]] = {
    "pass": "pass",
    "fail": "fail",
    "check": "inconclusive",
    "not measured": "not measured",
    "n/a": "not measured",
}
NO_FINDINGS: Final = "no issues.parquet lies beside the report, so that its findings are not known"
RATED: Final = frozenset({"audited_labels", "label_noise"})


class Before(Protocol):
    """The numbers of a baseline."""

    def value(self, limit: Limit) -> Value | None:
        """Return the number that a limit is of; None where the baseline has none."""


def rulings(
    report: Report,
    findings: Sequence[Finding] | None,
    *,
    before: Before | None = None,
    on_inconclusive: OnInconclusive | None = None,
) -> tuple[Ruling, ...]:
    """Return what each rule comes to: limits first, then the rules on findings.

    Parameters
    ----------
    report
        A report whose limits and policy are the effective ones.
    findings
        What was found, new or not; None where it is not known.
    before
        The numbers of a baseline; None without one.
    on_inconclusive
        Whether what is inconclusive fails; by the mode of its limit when not given.
    """
    found = [
        *(_of_limit(report, judgement, on_inconclusive) for judgement in judged(report)),
        *_of_rises(report, before, on_inconclusive),
    ]
    order = {name_of(limit): at for at, limit in reversed([*enumerate(report.limits)])}
    found.sort(key=lambda ruling: order.get(ruling.name, len(order)))
    return (*_told_apart(found), *_of_findings(report, findings, has_baseline=before is not None))


def name_of(limit: Limit) -> str:
    """Return a limit as a reader finds it in the policy.

    Examples
    --------
    >>> rate = Limit(measure="audited_labels", value="audited_error_rate", class_name="cat")
    >>> name_of(rate)
    'label_error_rate, class cat'
    """
    parts = {"class": limit.class_name, "split": limit.split}
    is_rate = limit.measure in RATED and limit.value in RATES
    number = "label_error_rate" if is_rate else f"{limit.measure}.{limit.value}"
    said = [f"{kind} {name}" for kind, name in parts.items() if name is not None]
    return ", ".join([number, *said] + (["rise"] if limit.rise_at_most is not None else []))


def _told_apart(found: Sequence[Ruling]) -> Iterator[Ruling]:
    """Return rulings, of which those on people's rate and on a model's have names of their own."""
    measures: dict[str, set[str]] = defaultdict(set)
    for ruling in found:
        if ruling.limit is not None:
            measures[ruling.name].add(ruling.limit.measure)
    for ruling in found:
        limit = ruling.limit
        is_one = limit is None or len(measures[ruling.name]) == 1
        rise = ", rise" * ruling.name.endswith(", rise")
        yield ruling if limit is None or is_one else replace(ruling, name=named(limit) + rise)


def _of_limit(
    report: Report, judgement: Judgement, on_inconclusive: OnInconclusive | None
) -> Ruling:
    decision = DECISIONS[judgement.verdict]
    settling = settled_by(report, judgement)
    fails = _fails(decision, judgement.limit, on_inconclusive)
    fails = fails and not _is_spared(report, judgement)
    return Ruling(
        name=name_of(judgement.limit),
        decision=decision,
        fails=fails,
        reason=reason_of(report, judgement),
        next_step=next_step_of(report, judgement, settling, fails=fails),
        limit=judgement.limit,
        found=judgement.found,
        detectable=None if settling is None else settling.detectable,
        judgements=None if settling is None else settling.judgements,
    )


def _fails(decision: Decision, limit: Limit, on_inconclusive: OnInconclusive | None) -> bool:
    """Tell whether the gate fails by a decision."""
    if decision == "inconclusive":
        return (on_inconclusive or ("fail" if limit.mode == "assure" else "pass")) == "fail"
    return decision != "pass"


def _is_spared(report: Report, judgement: Judgement) -> bool:
    """Tell whether nobody asked for a number that this dataset cannot have.

    The limits to start from are the same for all datasets: one that has no groups has no number of
    groups across splits, and where items have several labels no rate of label errors is defined.
    A policy that asks for such a number by itself fails.
    """
    if report.policy.source:
        return False
    of_others = judgement.limit.value in RATES and report.dataset.task != "multiclass"
    return judgement.verdict == "n/a" or (judgement.verdict == "not measured" and of_others)


def _of_rises(
    report: Report, before: Before | None, on_inconclusive: OnInconclusive | None
) -> Iterator[Ruling]:
    """Return what each limit on a rise since the baseline comes to."""
    for limit in report.limits:
        if limit.rise_at_most is None:
            continue
        bare = replace(limit, at_most=None, at_least=None)
        found = judgement_of(report, bare).found
        old = None if before is None else before.value(bare)
        rise, verdict = risen(bare, old, found)
        decision = DECISIONS[verdict]
        ruling = Ruling(
            name=name_of(bare),
            decision=decision,
            fails=_fails(decision, limit, on_inconclusive),
            reason="",
            limit=bare,
            found=found,
            before=old,
        )
        yield replace(
            ruling, reason=rise_reason(report, ruling, rise, has_baseline=before is not None)
        )


def _of_findings(
    report: Report, findings: Sequence[Finding] | None, *, has_baseline: bool
) -> Iterator[Ruling]:
    """Return what each rule on the number of findings comes to."""
    counts = Counter(finding.rule for finding in findings or () if finding.is_new)
    for rule, most in report.policy.findings.items():
        name, n_found = f"findings.{rule}", counts[rule]
        unknown = why_unknown(report, rule) or (NO_FINDINGS if findings is None else "")
        if unknown:
            yield Ruling(
                name=name,
                decision="not measured",
                fails=True,
                reason=unknown,
                next_step=UNKNOWN,
                most=most,
            )
            continue
        noun = "new finding" if has_baseline else "finding"
        yield Ruling(
            name=name,
            decision="fail" if n_found > most else "pass",
            fails=n_found > most,
            reason=f"{text.counted(n_found, noun)}, at most {most:,}",
            most=most,
            n_findings=n_found,
        )
