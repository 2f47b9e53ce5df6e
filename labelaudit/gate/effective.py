"""A policy held against a report's own names: what a gate applies, or why it cannot."""

from collections.abc import Iterator
from dataclasses import replace

from labelaudit.errors import InputError
from labelaudit.gate.policy import Asked, near
from labelaudit.gate.rules import rules_of
from labelaudit.limits import named
from labelaudit.parts import EVERY
from labelaudit.report import Limit, Report


def effective(report: Report, asked: Asked) -> Report:
    """Return a report whose limits and policy are those that are asked for.

    Parameters
    ----------
    report
        Any report.
    asked
        A policy.

    Raises
    ------
    InputError
        When it names a measure, a value, a class, a split or a rule that the report has not; all
        of them are told at once.
    """
    problems = [what for limit in asked.limits for what in _unknown(report, limit)]
    rules = rules_of(report)
    problems += [
        f"gate.findings: {rule}: no measure lists such findings"
        f"{near(rule, rules) or '; there are ' + ', '.join(sorted(rules))}"
        for rule in asked.policy.findings
        if rule not in rules
    ]
    if problems:
        raise InputError(
            f"{asked.policy.source}: does not fit the report; {len(problems):,} wrong",
            details=list(dict.fromkeys(problems)),
            hint="labelaudit gate --init REPORT writes a policy of what a report has",
        )
    return replace(report, limits=asked.limits, policy=asked.policy)


def _unknown(report: Report, limit: Limit) -> Iterator[str]:
    """Say which names of a limit the report has not."""
    where = f"limit on {named(limit)}"
    result = report.measure(limit.measure)
    if result is None:
        names = [each.name for each in report.measures]
        yield f"{where}: there is no measure {limit.measure}{near(limit.measure, names)}"
        return
    whole = limit.class_name is None and limit.split is None
    values = [value.name for value in result.values]
    if whole and result.status == "measured" and limit.value not in values:
        said = near(limit.value, values) or f"; there are {', '.join(values)}"
        yield f"{where}: {limit.measure} has no value {limit.value}{said}"
    classes, splits = report.dataset.class_names, report.dataset.splits
    # a public report does not name classes of a few items
    hidden = report.privacy == "public"
    if limit.class_name not in {None, EVERY, *classes} and not hidden:
        said = near(limit.class_name or "", classes)
        yield f"{where}: there is no class {limit.class_name}{said}"
    if limit.split not in {None, EVERY, *splits}:
        said = near(limit.split or "", splits) or f"; there are {', '.join(splits) or 'none'}"
        yield f"{where}: there is no split {limit.split}{said}"
