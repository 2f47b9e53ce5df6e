"""A policy held against a report's own names: what a gate applies, or why it cannot."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from labelaudit.errors import InputError, some
from labelaudit.gate.policy import RATES, Asked, near
from labelaudit.gate.rules import rules_of
from labelaudit.limits import named
from labelaudit.parts import EVERY
from labelaudit.report import Limit, Report

NOT_NAMED: Final = "(not named)"


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
    measures = [result.name for result in report.measures]
    # a public report does not name classes of a few items
    hidden = {each.class_name for each in asked.limits if each.class_name is not None}
    classes = {*report.dataset.class_names, *(hidden if report.privacy == "public" else ())}
    problems = unknown_names(asked, measures, sorted(classes), report.dataset.splits)
    problems += [what for limit in asked.limits for what in _unknown_values(report, limit)]
    rules = rules_of(report)
    problems += [
        f"gate.findings: {rule}: no measure lists such findings{_instead(rule, sorted(rules))}"
        for rule in asked.policy.findings
        if rule not in rules
    ]
    if problems:
        raise InputError(
            f"{asked.policy.source}: does not fit the report; {len(problems):,} wrong",
            details=list(dict.fromkeys(problems)),
            hint="labelaudit gate --init REPORT writes a policy of what a report has",
        )
    return replace(report, limits=_limits(report, asked.limits), policy=asked.policy)


def _limits(report: Report, limits: tuple[Limit, ...]) -> tuple[Limit, ...]:
    """Return limits that name no class which a public report leaves unnamed."""
    if report.privacy != "public":
        return limits
    known = {None, EVERY, *report.dataset.class_names}
    hidden = [
        name for name in dict.fromkeys(each.class_name for each in limits) if name not in known
    ]
    said = {
        name: NOT_NAMED if len(hidden) == 1 else f"{NOT_NAMED} {at}"
        for at, name in enumerate(hidden, 1)
    }
    return tuple(
        replace(each, class_name=said.get(each.class_name, each.class_name)) for each in limits
    )


def unknown_names(
    asked: Asked, measures: Iterable[str], classes: Iterable[str], splits: Iterable[str]
) -> list[str]:
    """Say which measures, classes and splits a policy names that there are not.

    Parameters
    ----------
    asked
        A policy.
    measures, classes, splits
        The names that there are.
    """
    measures, classes, splits = list(measures), list(classes), list(splits)
    problems = []
    for limit in asked.limits:
        is_rate = (limit.measure, limit.value) in RATES  # label_error_rate names no measure
        said = (
            ("measure", None if is_rate else limit.measure, measures, False),
            ("class", limit.class_name, classes, True),
            ("split", limit.split, splits, True),
        )
        problems += [
            f"limit on {named(limit)}: there is no {kind} {name}{_instead(name, names)}"
            for kind, name, names, is_part in said
            if name is not None and name not in names and not (is_part and name == EVERY)
        ]
    return list(dict.fromkeys(problems))


def _instead(name: str, names: list[str]) -> str:
    """Name what may have been meant, or what there is."""
    return near(name, names) or f"; there are {some(names, 20) or 'none'}"


def _unknown_values(report: Report, limit: Limit) -> Iterator[str]:
    """Say which number a limit is on that its measure has not, and which can never fire.

    That a number is a share only the report may know, where its name does not say so.
    """
    result = report.measure(limit.measure)
    if result is None or result.status != "measured":
        return
    units = {value.name: value.unit for value in result.values}
    if limit.value not in units and not _is_of_part(limit):
        said = _instead(limit.value, list(units))
        yield f"limit on {named(limit)}: {limit.measure} has no value {limit.value}{said}"
    if units.get(limit.value) == "share" and (limit.at_most or 0) >= 1:
        said = f"{limit.at_most:g} can never fire: a share is at most 1, which is 100%; 5% is 0.05"
        yield f"limit on {named(limit)}: at_most: {said}"


def _is_of_part(limit: Limit) -> bool:
    return limit.class_name is not None or limit.split is not None
