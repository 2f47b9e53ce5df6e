"""What a gate says as JUnit XML: a suite for each family of measures, a test case for each rule."""

from itertools import chain
from typing import Final
from xml.etree import ElementTree as ET

from labelaudit.gate.formats.rules import finding_rule
from labelaudit.gate.formats.said import counted_by, cut, finding_words, sentence
from labelaudit.gate.outcome import Finding, Outcome, Ruling
from labelaudit.render import text
from labelaudit.report import FAMILIES

FINDINGS: Final = "Findings"
OTHERS: Final = "Numbers"
MOST_NAMED: Final = 100  # findings of a test case
MOST_CHARACTERS: Final = 1_000  # of a line


def to_junit(outcome: Outcome) -> str:
    """Return an outcome as JUnit XML.

    A rule by which the gate fails is a failure, or an error where the rule's number was not
    measured; an inconclusive one that fails nothing was skipped.

    Parameters
    ----------
    outcome
        Any outcome.
    """
    suites: dict[str, list[ET.Element]] = {}
    for ruling in outcome.rulings:
        suites.setdefault(_suite(outcome, ruling), []).append(_case(outcome, ruling))
    root = ET.Element(
        "testsuites", {"name": "labelaudit", **_amounts(list(chain(*suites.values())))}
    )
    for name, cases in suites.items():
        suite = ET.SubElement(root, "testsuite", {"name": name, **_amounts(cases)})
        properties = ET.SubElement(suite, "properties")
        for key, value in _facts(outcome).items():
            ET.SubElement(properties, "property", {"name": key, "value": _shown(value)})
        suite.extend(cases)
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _facts(outcome: Outcome) -> dict[str, str]:
    report = outcome.report
    return {
        "dataset": report.dataset.name,
        "dataset sha256": report.dataset.digest,
        "labelaudit": report.tool_version,
        "policy": report.policy.source or "the limits to start from",
        "baseline": outcome.baseline or "none",
    }


def _suite(outcome: Outcome, ruling: Ruling) -> str:
    """Return the heading of the family that a ruling is of."""
    if ruling.limit is None:
        return FINDINGS
    result = outcome.report.measure(ruling.limit.measure)
    return OTHERS if result is None else FAMILIES.get(result.family, _shown(result.family))


def _amounts(cases: list[ET.Element]) -> dict[str, str]:
    kinds = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    held = {name: sum(case.find(tag) is not None for case in cases) for name, tag in kinds.items()}
    return {name: str(amount) for name, amount in {"tests": len(cases), **held}.items()} | {
        "time": "0"
    }


def _case(outcome: Outcome, ruling: Ruling) -> ET.Element:
    """Return a rule as a test case."""
    about = f"labelaudit.{_shown(_suite(outcome, ruling)).replace(' ', '_').lower()}"
    case = ET.Element("testcase", {"name": _shown(ruling.name), "classname": about, "time": "0"})
    tag = _tag(ruling)
    if tag:
        said = ET.SubElement(case, tag, {"message": _shown(ruling.reason)})
        if tag != "skipped":
            said.set("type", ruling.decision)
        said.text = "\n".join(_lines(outcome, ruling))
    else:
        ET.SubElement(case, "system-out").text = _shown(ruling.reason)
    return case


def _tag(ruling: Ruling) -> str:
    """Return what a ruling is for JUnit; empty where it passes."""
    if ruling.fails:
        return "error" if ruling.decision == "not measured" else "failure"
    return "" if ruling.decision == "pass" else "skipped"


def _lines(outcome: Outcome, ruling: Ruling) -> list[str]:
    """Return what is said of a ruling, and the findings that it counts."""
    lines = [sentence(ruling.reason), sentence(ruling.next_step)]
    rules = counted_by(ruling)
    found = [each for each in outcome.findings if each.rule in rules and each.is_new]
    if found:
        title = finding_rule(outcome.report, found[0].rule).title
        lines += [finding_words(each, title) for each in found[:MOST_NAMED]]
        lines += _more(found)
    return [_shown(line) for line in lines if line]


def _more(found: list[Finding]) -> list[str]:
    more = len(found) - MOST_NAMED
    return [f"{more:,} more, in issues.csv"] if more > 0 else []


def _shown(words: str) -> str:
    """Return words without what XML does not allow."""
    return cut(text.visible(words), MOST_CHARACTERS)
