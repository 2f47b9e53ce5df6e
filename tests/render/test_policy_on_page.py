"""A report that has a policy says so, and prints what its limits are of."""

from dataclasses import replace

import html5lib
import pytest
from readback import Page, words
from reports import full

from labelaudit.limits import judged, overall
from labelaudit.render.alerts import alerts_of
from labelaudit.render.gist import gist
from labelaudit.render.html import to_html
from labelaudit.render.markdown.summary import to_summary
from labelaudit.render.svg import to_svg
from labelaudit.report import Limit, Policy, Report

COUNT = Limit(measure="class_imbalance", value="count", at_least=100.0)
SHARE = Limit(measure="label_noise", value="suspected_errors_share", at_most=0.02)


def policed(*limits: Limit, source: str = "policy.toml") -> Report:
    policy = Policy(source=source, mode="assure", findings={"suspects": 3})
    return replace(full(), limits=limits, policy=policy)


REPORT = policed(
    replace(COUNT, class_name="*"),
    replace(COUNT, class_name="heron"),
    replace(SHARE, class_name="badger", mode="assure"),
    replace(SHARE, rise_at_most=0.01, at_most=None),
)


def test_every_number_of_a_class_is_that_of_its_table() -> None:
    page = html5lib.parse(to_html(REPORT), namespaceHTMLElements=False)
    assert Page(page, REPORT).check() == []
    said = words(page)
    assert "The limits are those of policy.toml." in said
    assert "It allows so many findings: suspects 3." in said
    assert "Its mode is assure:" in said
    assert "Some of its limits are in mode block:" in said
    assert "which only a gate can judge, of: label_noise.suspected_errors_share." in said


@pytest.mark.parametrize("limits", [(), (replace(SHARE, rise_at_most=0.01, at_most=None),)])
def test_a_policy_that_only_a_gate_judges_is_no_lack_of_limits(limits: tuple[Limit, ...]) -> None:
    report = policed(*limits)
    assert gist(report).tally == "limits for a gate alone (those of policy.toml)"
    assert "limits are set" not in to_svg(report) + to_summary(report)
    said = words(html5lib.parse(to_html(report), namespaceHTMLElements=False))
    assert "The limits are those of policy.toml, and only a gate judges them." in said
    assert "It allows so many findings: suspects 3." in said


def test_a_limit_on_every_class_is_judged_once_as_the_worst() -> None:
    every, heron, badger = judged(REPORT)
    assert (every.verdict, every.found and every.found.value) == ("fail", 31)
    assert (heron.verdict, badger.verdict) == ("fail", "fail")
    assert every.field == "class_imbalance.count[class *]"
    assert overall(judged(REPORT)) == "fail"


def test_alerts_say_of_which_class_they_are() -> None:
    every, heron, badger = (alert for alert in alerts_of(REPORT) if alert.level == "fail")
    assert every.title.endswith(", every class")
    assert every.where == ("gecko", "heron")
    assert heron.title.endswith(", class heron")
    assert badger.amount == "4.73%"


@pytest.mark.parametrize("source", ["a|b.toml", "<b>.toml", "\u202etxt.toml"])
def test_the_name_of_a_policy_is_no_markup(source: str) -> None:
    report = policed(SHARE, source=source)
    assert "<b>.toml" not in to_html(report) + to_svg(report) + to_summary(report)
    assert "\u202e" not in gist(report).tally + to_svg(report) + to_summary(report)


def test_of_two_limits_on_one_number_the_label_shows_the_worse() -> None:
    limit = Limit(measure="integrity", value="exact_duplicates_count", at_most=1e6)
    report = policed(limit, replace(limit, at_most=0.0), replace(limit, at_most=1e5))
    [alert] = (alert for alert in alerts_of(report) if alert.level == "fail")
    assert alert.limit == "0"
    assert "limit 0: FAIL" in to_svg(report)
