import gzip
import hashlib
import json
import re
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import unquote

import pytest
from outcomes import OUTCOMES, found, gated
from published import problems, sarif_schema

from labelaudit.gate.files import gate_files
from labelaudit.gate.formats.sarif import MOST_RESULTS
from labelaudit.gate.outcome import Outcome

MANY = 100_000


def sarif(outcome: Outcome) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(gate_files(outcome, ["sarif"])["gate.sarif"])
    return document


def results(outcome: Outcome) -> list[dict[str, Any]]:
    [run] = sarif(outcome)["runs"]
    listed: list[dict[str, Any]] = run["results"]
    return listed


def uri(result: dict[str, Any]) -> str:
    [place] = result["locations"]
    found: str = place["physicalLocation"]["artifactLocation"]["uri"]
    return found


@cache
def many() -> bytes:
    return gate_files(gated(MANY), ["sarif"])["gate.sarif"]


def test_the_published_schema_is_that_of_the_standard_and_refuses() -> None:
    assert "oasis" in json.dumps(sarif_schema()).lower()
    assert problems({"version": "2.1.0", "runs": [{}]}, sarif_schema())
    assert problems(sarif(OUTCOMES["passed"]()) | {"version": "2.0.0"}, sarif_schema())


@pytest.mark.parametrize("name", OUTCOMES)
def test_it_fits_the_schema_of_the_standard(name: str) -> None:
    assert problems(sarif(OUTCOMES[name]()), sarif_schema()) == []


def test_a_space_in_an_address_would_be_found() -> None:
    document = sarif(gated())
    [run] = document["runs"]
    run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "a b"
    assert problems(document, sarif_schema())


def test_findings_stand_at_their_line_of_the_manifest() -> None:
    outcome = gated()
    listed = [each for each in results(outcome) if each["ruleId"] == "suspects"]
    places = {
        (uri(each), each["locations"][0]["physicalLocation"]["region"]["startLine"])
        for each in listed
    }
    lines = {finding.line for finding in outcome.findings if finding.rule == "suspects"}
    assert places == {("data/labels.csv", line) for line in lines}


def test_findings_of_a_folder_stand_at_their_file() -> None:
    outcome = gated(manifest=False)
    named = {finding.path for finding in outcome.findings}
    listed = [each for each in results(outcome) if each["ruleId"] == "suspects"]
    assert {unquote(uri(each)).removeprefix("animals-v2/") for each in listed} <= named
    assert not any("region" in each["locations"][0]["physicalLocation"] for each in listed)


def test_a_rule_that_is_not_kept_is_a_result_without_findings_of_it() -> None:
    by_rule = {each["ruleId"]: each for each in results(gated())}
    assert by_rule["class_imbalance.imbalance_ratio"]["level"] == "error"
    assert by_rule["annotator_agreement.krippendorff_alpha"]["level"] == "error"
    assert by_rule["audited_labels.audited_error_rate"]["level"] == "warning"
    assert "integrity.exact_duplicates_count" not in by_rule
    assert uri(by_rule["class_imbalance.imbalance_ratio"]) == "data/labels.csv"


def test_what_was_there_before_is_unchanged_and_no_state_is_told_without_a_baseline() -> None:
    outcome = gated()
    listed = [each for each in results(outcome) if each["ruleId"] == "suspects"]
    assert [each["baselineState"] for each in listed] == ["new"] * 3 + ["unchanged"]
    assert [each["level"] for each in listed] == ["error"] * 3 + ["note"]
    bare = results(replace(outcome, baseline=""))
    assert bare
    assert not any("baselineState" in each for each in bare)


def test_all_is_said_of_every_rule() -> None:
    [run] = sarif(gated())["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert {rule["id"] for rule in rules} == {each["ruleId"] for each in run["results"]}
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert len(rule["fullDescription"]["text"]) > len(rule["shortDescription"]["text"])
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
    for each in run["results"]:
        assert rules[each["ruleIndex"]]["id"] == each["ruleId"]


def prints(outcome: Outcome) -> dict[str, str]:
    return {
        each["partialFingerprints"]["primaryLocationLineHash"]: each["message"]["text"]
        for each in results(outcome)
    }


def test_neither_names_lines_nor_order_change_a_fingerprint() -> None:
    outcome = gated()
    renamed = [
        replace(finding, path=f"new/{at}.png", line=900 + at, evidence="other words")
        for at, finding in enumerate(reversed(outcome.findings))
    ]
    assert prints(outcome).keys() == prints(replace(outcome, findings=tuple(renamed))).keys()


def test_copies_with_one_fingerprint_are_told_apart_in_any_order() -> None:
    copies = tuple(
        replace(found(0, "exact_duplicates"), path=f"{name}.png") for name in ("a", "b", "c")
    )
    outcome = replace(gated(), findings=copies)
    assert len(prints(outcome)) == len(results(outcome))
    assert prints(outcome).keys() == prints(replace(outcome, findings=copies[::-1])).keys()


def test_another_finding_has_another_fingerprint() -> None:
    one, other = gated(), replace(gated(), findings=(found(77),))
    assert prints(one).keys() - prints(other).keys()
    assert prints(other).keys() - prints(one).keys()


@pytest.mark.slow
def test_a_hundred_thousand_findings_fit_and_the_rest_is_counted() -> None:
    document = json.loads(many())
    assert problems(document, sarif_schema()) == []
    [run] = document["runs"]
    assert len(run["results"]) == MOST_RESULTS
    assert len(gzip.compress(many())) < 10_000_000
    [more] = [each for each in run["results"] if each["ruleId"] == "findings-not-shown"]
    said = re.sub(",", "", more["message"]["text"])
    shown = sum(each["ruleId"] in {"suspects", "exact_duplicates"} for each in run["results"])
    assert said.startswith(f"{MANY - shown} more findings")
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert more["message"] in [each["message"] for each in notes]
    levels = [each["level"] for each in run["results"]]
    assert levels.index("error") < levels.index("warning")


@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_nothing_is_said_to_be_left_out_where_all_fit(extra: int) -> None:
    outcome = replace(gated(0), rulings=gated().rulings[4:5])
    findings = tuple(found(at) for at in range(MOST_RESULTS + extra))
    listed = results(replace(outcome, findings=findings))
    assert len(listed) == min(MOST_RESULTS, MOST_RESULTS + extra)
    assert any(each["ruleId"] == "findings-not-shown" for each in listed) == (extra > 0)


def test_the_same_outcome_makes_the_same_bytes() -> None:
    made = {hashlib.sha256(gate_files(gated(), ["sarif"])["gate.sarif"]).hexdigest() for _ in "ab"}
    assert len(made) == 1


def test_findings_that_no_rule_is_about_are_counted_and_not_listed() -> None:
    outcome = gated()
    others = tuple(found(at, "outliers") for at in range(40))
    listed = results(replace(outcome, findings=(*outcome.findings, *others)))
    assert "outliers" not in {each["ruleId"] for each in listed}
    assert listed[-1]["message"]["text"].startswith("40 more findings not shown here")
    assert listed[-1]["level"] == "note"
    assert listed[:-1] == results(outcome)


def levels(outcome: Outcome) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each in results(outcome):
        found.setdefault(each["ruleId"], set()).add(each["level"])
    return found


def limited(*, is_new: bool) -> Outcome:
    """Return an outcome that fails by the number of exact duplicates."""
    outcome = gated()
    rate, copies, *_ = outcome.rulings
    beyond = replace(copies, decision="fail", fails=True)
    rules = ("suspects", "exact_duplicates", "outliers")
    findings = tuple(found(at, rules[at % 3], is_new=is_new) for at in range(9))
    return replace(outcome, rulings=(rate, beyond), findings=findings)


def test_findings_that_a_limit_counts_are_as_bad_as_its_ruling_and_say_so_themselves() -> None:
    assert levels(limited(is_new=True)) == {
        "audited_labels.audited_error_rate": {"warning"},
        "suspects": {"warning"},
        "exact_duplicates": {"error"},
        "findings-not-shown": {"note"},
    }


def test_a_number_that_old_findings_make_up_is_told_of_itself() -> None:
    assert levels(limited(is_new=False)) == {
        "audited_labels.audited_error_rate": {"warning"},
        "integrity.exact_duplicates_count": {"error"},
        "suspects": {"note"},
        "exact_duplicates": {"note"},
        "findings-not-shown": {"note"},
    }
