"""What there is to say of a rule itself: what it finds, and what to do about it."""

from dataclasses import dataclass
from typing import Final

from labelaudit.gate.formats.said import cut, rule_of
from labelaudit.gate.outcome import Outcome, Ruling
from labelaudit.gate.rules import RULES
from labelaudit.render import text
from labelaudit.render.advice import ADVICE, Advice
from labelaudit.report import MeasureResult, Report

NOT_SHOWN: Final = "findings-not-shown"
LONGEST: Final = 200  # characters of a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule, as a reader of one of its findings meets it.

    Attributes
    ----------
    name
        The same for every scan, whatever the dataset.
    title
        What it finds, or holds against a limit.
    summary
        What is measured, in a sentence.
    remedy
        What to do about it; commands and names of files between backticks.
    measure
        The measure that it is of; may be empty.
    """

    name: str
    title: str
    summary: str = ""
    remedy: str = ""
    measure: str = ""


def finding_rule(report: Report, name: str) -> Rule:
    """Return the rule that lists items under a name.

    Parameters
    ----------
    report
        The report, whose galleries have the titles.
    name
        Name of the gallery.
    """
    for result in report.measures:
        for gallery in result.galleries:
            if gallery.name == name:
                return _rule(report, name, gallery.title, result, _listing(name))
    source = RULES.get(name)
    of = None if source is None else report.measure(source.measure)
    return _rule(report, name, text.heading(name), of, _listing(name))


def ruling_rule(outcome: Outcome, ruling: Ruling) -> Rule:
    """Return the rule that a ruling is of.

    Parameters
    ----------
    outcome
        What the gate says.
    ruling
        One of its rulings.
    """
    report, limit = outcome.report, ruling.limit
    if limit is None:
        return finding_rule(report, rule_of(ruling))
    title = text.heading(limit.value) if ruling.found is None else ruling.found.title
    advice = ADVICE.get((limit.measure, limit.value))
    name = f"{limit.measure}.{limit.value}"
    return _rule(report, name, title, report.measure(limit.measure), advice)


def _rule(
    report: Report, name: str, title: str, result: MeasureResult | None, advice: Advice | None
) -> Rule:
    return Rule(
        name=cut(text.visible(name), LONGEST),
        title=cut(text.visible(title or name), LONGEST),
        summary="" if result is None else text.visible(result.summary),
        remedy="" if advice is None else advice.remedy_of(report.privacy),
        measure="" if result is None else text.visible(result.name),
    )


def _listing(name: str) -> Advice | None:
    """Return the advice on the number of such findings, else on the list of that name."""
    source = RULES.get(name)
    if source is not None and source in ADVICE:
        return ADVICE[source]
    listed = f"rule `{name}`"
    return next((advice for advice in ADVICE.values() if listed in advice.remedy), None)
