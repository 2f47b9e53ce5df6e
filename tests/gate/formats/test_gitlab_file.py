import json
from dataclasses import replace
from typing import Any

import pytest
from outcomes import OUTCOMES, found, gated
from published import CODE_QUALITY, problems

from labelaudit.gate.files import gate_files
from labelaudit.gate.formats.gitlab import MOST_ENTRIES
from labelaudit.gate.outcome import Outcome


def entries(outcome: Outcome) -> list[dict[str, Any]]:
    written = gate_files(outcome, ["gitlab"])["gl-code-quality-report.json"]
    listed: list[dict[str, Any]] = json.loads(written)
    return listed


@pytest.mark.parametrize("name", OUTCOMES)
def test_it_has_the_fields_that_gitlab_documents(name: str) -> None:
    listed = entries(OUTCOMES[name]())
    assert problems(listed, CODE_QUALITY) == []
    assert len({each["fingerprint"] for each in listed}) == len(listed)


def test_what_lacks_a_field_does_not_fit() -> None:
    for name in CODE_QUALITY["items"]["required"]:
        [first, *_] = entries(gated())
        del first[name]
        assert problems([first], CODE_QUALITY)


def test_copies_of_one_image_are_all_kept() -> None:
    copies = tuple(replace(found(0), path=f"{at}.png") for at in range(50))
    listed = entries(replace(gated(), findings=copies, rulings=gated().rulings[4:5]))
    assert len({each["fingerprint"] for each in listed}) == 50


def test_severities_follow_what_fails() -> None:
    listed = entries(gated())
    severities = {(each["check_name"], each["severity"]) for each in listed}
    assert severities == {
        ("class_imbalance.imbalance_ratio", "major"),
        ("annotator_agreement.krippendorff_alpha", "major"),
        ("audited_labels.audited_error_rate", "minor"),
        ("suspects", "major"),
        ("suspects", "info"),
        ("exact_duplicates", "minor"),
        ("exact_duplicates", "info"),
    }


def test_lines_are_those_of_the_manifest() -> None:
    outcome = gated()
    lines = sorted(
        each["location"]["lines"]["begin"]
        for each in entries(outcome)
        if "." not in each["check_name"]
    )
    assert lines == sorted(finding.line or 0 for finding in outcome.findings)


@pytest.mark.slow
def test_a_hundred_thousand_findings_are_cut_and_counted() -> None:
    listed = entries(gated(100_000))
    assert len(listed) == MOST_ENTRIES
    assert len({each["fingerprint"] for each in listed}) == MOST_ENTRIES
    shown = sum("." not in each["check_name"] for each in listed) - 1
    assert listed[-1]["check_name"] == "findings-not-shown"
    assert listed[-1]["description"].startswith(f"{100_000 - shown:,} more findings")


def test_two_limits_on_one_number_are_both_kept() -> None:
    ruling = gated().rulings[0]
    listed = entries(replace(gated(), findings=(), rulings=(ruling, ruling)))
    assert len({each["fingerprint"] for each in listed}) == len(listed) == 2
