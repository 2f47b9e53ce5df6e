from dataclasses import replace

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase
from outcomes import OUTCOMES, gated, rulings

from labelaudit.gate.files import gate_files
from labelaudit.gate.formats.junit import MOST_NAMED
from labelaudit.gate.outcome import Outcome


def source(outcome: Outcome) -> bytes:
    return gate_files(outcome, ["junit"])["gate-junit.xml"]


def read(outcome: Outcome) -> JUnitXml:
    return JUnitXml.fromstring(source(outcome))


def cases(outcome: Outcome) -> dict[str, TestCase]:
    suites = read(outcome)
    return {case.name: case for suite in suites for case in suite}


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_rule_is_a_case_and_every_count_is_right(name: str) -> None:
    outcome = OUTCOMES[name]()
    assert list(cases(outcome)) == [ruling.name for ruling in outcome.rulings]
    suites = read(outcome)
    written = [(each.tests, each.failures, each.errors, each.skipped) for each in suites]
    total = (suites.tests, suites.failures, suites.errors, suites.skipped)
    for suite in suites:
        suite.update_statistics()  # type: ignore[no-untyped-call]
    assert written == [(each.tests, each.failures, each.errors, each.skipped) for each in suites]
    assert total == tuple(map(sum, zip(*written, strict=True))) if written else not any(total)


def test_each_decision_is_what_junit_calls_it() -> None:
    found = cases(gated())
    kinds = {name: [type(each) for each in case.result] for name, case in found.items()}
    assert kinds == {
        "label_error_rate": [Skipped],
        "integrity.exact_duplicates_count": [],
        "class_imbalance.imbalance_ratio, rise": [Failure],
        "annotator_agreement.krippendorff_alpha": [Error],
        "findings.suspects": [Failure],
        "findings.exact_duplicates": [],
    }
    assert found["label_error_rate"].result[0].message == rulings()[0].reason


def test_what_is_inconclusive_fails_where_the_gate_fails_by_it() -> None:
    ruling = replace(rulings()[0], fails=True)
    [case] = cases(replace(gated(), rulings=(ruling,))).values()
    [result] = case.result
    assert isinstance(result, Failure)
    assert result.type == "inconclusive"


def test_suites_are_the_families_of_the_measures() -> None:
    suites = read(gated())
    assert {suite.name: suite.tests for suite in suites} == {
        "Label noise": 1,
        "Integrity": 1,
        "Class imbalance": 1,
        "Annotators": 1,
        "Findings": 2,
    }


def test_a_rule_names_its_new_findings_and_counts_the_rest() -> None:
    outcome = gated(1000)
    text = cases(outcome)["findings.suspects"].result[0].text
    new = [each for each in outcome.findings if each.rule == "suspects" and each.is_new]
    named = [each for each in outcome.findings if each.path in text]
    assert named == new[:MOST_NAMED]
    assert f"{len(new) - MOST_NAMED} more" in text


@pytest.mark.slow
def test_a_hundred_thousand_findings_make_a_small_file() -> None:
    assert len(source(gated(100_000))) < 100_000
