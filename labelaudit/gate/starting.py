"""A policy to start from: the limits to start with, each beside what a report has now."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from labelaudit.gate.outcome import Finding
from labelaudit.gate.reasons import between
from labelaudit.gate.rules import RULES, why_unknown
from labelaudit.limits import AUDITED, MODEL_ESTIMATED, judgement_of, starting_limits
from labelaudit.render import text
from labelaudit.render.judgements import WORDS
from labelaudit.report import Limit, Report

WIDTH: Final = 96
RATES: Final = frozenset({AUDITED, MODEL_ESTIMATED})
# Rules of which each finding is to be looked at, or a fault.
LISTED: Final = (
    *("suspects", "judged_wrong", "missing_labels", "spurious_labels"),
    *("contradictory_duplicates", "duplicates_across_splits", "exact_duplicates"),
    *("near_duplicates", "near_duplicates_across_splits", "groups_across_splits"),
    *("unreadable", "unlabelled"),
)
HEAD: Final = (
    "The policy of labelaudit gate, as a report suggests it: change it to what the dataset has to "
    "keep."
)
OF_MODES: Final = (
    "A limit is held against a number and its interval. The mode block fails only where the whole "
    "interval is beyond the limit: for pull requests. The mode assure passes only where the whole "
    "interval is within it: for releases."
)
OF_RATE: Final = (
    "Label errors: the rate that people found in a drawn sample (labelaudit review), else the one "
    "that a model estimates. The model's alone never passes, unless accept_model = true says that "
    "it may."
)
OF_FINDINGS: Final = (
    "How many findings each rule may have: as many as now. With a baseline (labelaudit gate "
    "--baseline), only new findings count, and each of these can be 0."
)
OF_NEW: Final = (
    "How many new findings each rule may have, since the baseline (labelaudit gate --baseline). "
    "Without one all findings count."
)
OF_LIMITS: Final = (
    "Limits on other numbers. Every number of the report can have one: labelaudit explain MEASURE."
)
OF_PARTS: Final = 'A number of a class, of a split, or of every one of them (class = "*"):'
OF_RISES: Final = "How much a number may rise since a baseline, whatever it is:"


def starting_policy(
    report: Report,
    findings: Sequence[Finding] | None,
    *,
    of_tool: bool = False,
    has_baseline: bool = False,
) -> str:
    """Return a policy in TOML, with a comment on what the report has beside each rule.

    Parameters
    ----------
    report
        Any report.
    findings
        What was found; None where it is not known.
    of_tool
        Whether it is for a pyproject.toml, whose tables begin with ``tool.labelaudit``.
    has_baseline
        Whether findings are held against a baseline: then none may be new. Else there may be as
        many as now.

    Returns
    -------
    The text of a file that ``labelaudit gate --policy`` takes.
    """
    table = "tool.labelaudit.gate" if of_tool else "gate"
    limits = starting_limits(report.dataset.task, report.measures)
    listed = {RULES[rule] for rule in _known(report, findings)}
    others = [limit for limit in limits if (limit.measure, limit.value) not in listed]
    others += [limit for limit in limits if limit not in others and limit.at_most]
    others = [limit for limit in others if limit.value not in RATES]
    is_alone = not listed and not any(_is_known(report, limit) for limit in others)
    lines = [
        *_comment(HEAD),
        *("", *_comment(OF_MODES)),
        *("", f"[{table}]", 'mode = "block"', ""),
        *_rate(report, limits, is_alone=is_alone),
        *("", f"[{table}.findings]"),
        *_findings(report, findings, has_baseline=has_baseline),
        *("", *_comment(OF_LIMITS)),
        *(line for limit in others for line in _limit(report, limit, table)),
        *("", *_comment(OF_PARTS)),
        *_example(table, "label_error_rate = 0.1", 'class = "*"', 'mode = "assure"'),
        *("", *_comment(OF_RISES)),
        *_example(table, *_named("label_noise", "suspected_errors_share"), "rise_at_most = 0.01"),
    ]
    return "\n".join(lines) + "\n"


def _rate(report: Report, limits: tuple[Limit, ...], *, is_alone: bool) -> Iterator[str]:
    """Return the limit on the rate of label errors; as a comment where only others are known."""
    yield from _comment(OF_RATE)
    of_rate = [limit for limit in limits if limit.value in RATES]
    for limit in of_rate:
        yield from _comment(f"{limit.measure}.{limit.value}: {_now(report, limit)}")
    is_asked = is_alone or any(_is_known(report, limit) for limit in of_rate)
    most = of_rate[0].at_most if of_rate else 0.05
    yield f"{'' if is_asked else '# '}label_error_rate = {most}"
    yield "# accept_model = true"


def _findings(
    report: Report, findings: Sequence[Finding] | None, *, has_baseline: bool
) -> Iterator[str]:
    """Return each rule with the number of its findings; as a comment where that is not known."""
    yield from _comment(OF_NEW if has_baseline else OF_FINDINGS)
    counts = Counter(finding.rule for finding in findings or ())
    known = _known(report, findings)
    yield from (f"{rule} = {0 if has_baseline else counts[rule]}" for rule in known)
    unknown = [rule for rule in LISTED if rule not in known]
    if unknown:
        yield from _comment(f"Of these nothing is known now: {', '.join(unknown)}.")


def _known(report: Report, findings: Sequence[Finding] | None) -> list[str]:
    """Return the rules of which the number of findings is known."""
    if findings is None:
        return []
    return [rule for rule in LISTED if not why_unknown(report, rule)]


def _limit(report: Report, limit: Limit, table: str) -> Iterator[str]:
    """Return a limit on a number; as a comment where the number is not known."""
    known = _is_known(report, limit)
    bounds = (("at_most", limit.at_most), ("at_least", limit.at_least))
    lines = [
        f"[[{table}.limits]]",
        *_named(limit.measure, limit.value),
        *(f"{key} = {bound:g}" for key, bound in bounds if bound is not None),
        *(["of_items = true"] if limit.of_items else []),
    ]
    yield ""
    yield from _comment(f"Now: {_now(report, limit)}")
    yield from (line if known else f"# {line}" for line in lines)


def _is_known(report: Report, limit: Limit) -> bool:
    return judgement_of(report, limit).verdict not in {"n/a", "not measured"}


def _now(report: Report, limit: Limit) -> str:
    """Say what the number of a limit is now, and what the limit says of it."""
    found = judgement_of(report, limit)
    result = report.measure(limit.measure)
    if found.found is None:
        why = "there is no such measure" if result is None else result.reason
        return f"not measured: {why}"
    if found.verdict == "n/a":
        return f"undefined: {found.found.note}"
    of_items = limit.of_items and found.found.value is not None
    share = text.share_of(found.found.value or 0, report.dataset.n_items) if of_items else ""
    beside = f", {share} of the items" if share else ""
    return f"{between(found.found)}{beside}: {WORDS[found.verdict]}"


def _named(measure: str, value: str) -> tuple[str, str]:
    return f'measure = "{measure}"', f'value = "{value}"'


def _example(table: str, *lines: str) -> Iterator[str]:
    yield from (f"# {line}" for line in (f"[[{table}.limits]]", *lines))


def _comment(said: str) -> list[str]:
    """Return a text as comments: what would end a line is shown as its code point."""
    wrapped = textwrap.wrap(text.visible(said), WIDTH, break_on_hyphens=False)
    return [f"# {line}" for line in wrapped]
