"""A policy to start from: every report has one, and a gate takes it."""

import tomllib

import pytest
from attacks import poisoned
from outcomes_of import CASES, measured, people_judged

from labelaudit.gate.effective import effective
from labelaudit.gate.outcome import Finding
from labelaudit.gate.policy import asked
from labelaudit.gate.rulings import rulings
from labelaudit.gate.starting import starting_policy
from labelaudit.report import Report

SUSPECT = Finding(rule="suspects", fingerprint="f", path="a.png")


def parsed(text: str) -> dict[str, object]:
    table: dict[str, object] = tomllib.loads(text)["gate"]
    return table


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("case", CASES)
def test_a_gate_takes_what_is_written_for_any_report(case: str, known: bool) -> None:  # noqa: FBT001
    report: Report = CASES[case]()
    text = starting_policy(report, (SUSPECT,) if known else None)
    found = effective(report, asked(parsed(text), "start.toml"))
    assert found.limits or found.policy.findings
    came_to = {each.name: each.decision for each in rulings(found, (SUSPECT,) if known else None)}
    assert came_to
    assert case == "nothing_measured" or "not measured" not in came_to.values(), came_to


@pytest.mark.parametrize("start", [0, 11, 22])
def test_no_name_of_the_data_ends_a_comment(start: int) -> None:
    report = poisoned(measured(), start)
    plain = parsed(starting_policy(measured(), ()))
    assert parsed(starting_policy(report, ())).keys() == plain.keys()


def test_rules_begin_with_as_many_findings_as_there_are() -> None:
    table = parsed(starting_policy(measured(), (SUSPECT, SUSPECT)))
    findings = table["findings"]
    assert isinstance(findings, dict)
    assert findings["suspects"] == 2
    assert findings["unreadable"] == 0
    assert "judged_wrong" not in findings


def test_with_a_baseline_nothing_may_be_new() -> None:
    table = parsed(starting_policy(measured(), (SUSPECT, SUSPECT), has_baseline=True))
    findings = table["findings"]
    assert isinstance(findings, dict)
    assert set(findings.values()) == {0}


def test_the_policy_is_kept_by_the_report_but_for_numbers_beyond_a_share() -> None:
    report = people_judged()
    found = effective(report, asked(parsed(starting_policy(report, ())), "start.toml"))
    by_name = {ruling.name: ruling for ruling in rulings(found, ())}
    assert not [each.name for each in by_name.values() if each.decision == "not measured"]
    assert not [each.name for each in by_name.values() if each.n_findings and each.fails]


def test_in_a_pyproject_the_tables_are_the_tools() -> None:
    text = starting_policy(measured(), (), of_tool=True)
    assert tomllib.loads(text)["tool"]["labelaudit"]["gate"] == parsed(
        starting_policy(measured(), ())
    )
    assert text.splitlines()[0].startswith("# ")


def test_each_number_has_what_it_is_now_beside_it() -> None:
    report = people_judged()
    rate = report.value("audited_labels", "audited_error_rate")
    assert rate is not None
    assert rate.value is not None
    assert f"audited_error_rate: {100 * rate.value:.3g}%" in starting_policy(report, ())
