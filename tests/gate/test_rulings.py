"""What each rule of a policy comes to."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcomes_of import (
    RATE_BY_MODEL,
    RATE_BY_PEOPLE,
    measured,
    people_judged,
    with_table,
    with_value,
)

from labelaudit.gate.outcome import Finding, Ruling
from labelaudit.gate.rulings import OnInconclusive, rulings
from labelaudit.limits import judged
from labelaudit.report import Limit, Mode, Policy, Report, Scalar, Value
from labelaudit.statistics.detectable_rate import detectable_rate
from labelaudit.statistics.stratified import draw
from labelaudit.statistics.stratified_rate import Audit, Known, rate_today

POLICY = Policy(source="policy.toml")
RATIO = Limit(measure="class_imbalance", value="imbalance_ratio")


def under(report: Report, *limits: Limit, **findings: int) -> Report:
    """Return a report with a policy."""
    return replace(report, limits=limits, policy=replace(POLICY, findings=findings))


def audited_rate(value: float, low: float, high: float, n: int = 400) -> Report:
    """Return a report of which people judged so many items."""
    rate = Value(
        name=RATE_BY_PEOPLE.value, title="Rate", value=value, low=low, high=high, unit="share"
    )
    report = with_value(measured(), "audited_labels", rate)
    return with_value(
        report, "audited_labels", Value(name="drawn_judged_count", title="", value=n, unit="count")
    )


def one(report: Report, on_inconclusive: OnInconclusive | None = None) -> Ruling:
    [found] = rulings(report, (), on_inconclusive=on_inconclusive)
    return found


@pytest.mark.parametrize(
    ("low", "high", "decision"),
    [
        (0.01, 0.05, "pass"),
        (0.01, 0.0501, "inconclusive"),
        (0.05, 0.09, "inconclusive"),
        (0.0501, 0.09, "fail"),
    ],
)
@pytest.mark.parametrize("mode", ["block", "assure"])
def test_the_interval_decides_and_the_mode_says_what_an_open_one_does(
    low: float, high: float, decision: str, mode: Mode
) -> None:
    limit = replace(RATE_BY_PEOPLE, at_most=0.05, mode=mode)
    found = one(under(audited_rate((low + high) / 2, low, high), limit))
    fails = {"pass": False, "fail": True, "inconclusive": mode == "assure"}[decision]
    assert (found.decision, found.fails) == (decision, fails)
    assert one(under(audited_rate((low + high) / 2, low, high), limit), "fail").fails == (
        decision != "pass"
    )
    assert one(under(audited_rate((low + high) / 2, low, high), limit), "pass").fails == (
        decision == "fail"
    )


def test_a_ruling_has_the_interval_the_detectable_rate_and_the_judgements_that_decide() -> None:
    found = one(under(audited_rate(0.03, 0.016, 0.051), replace(RATE_BY_PEOPLE, at_most=0.05)))
    assert found.decision == "inconclusive"
    assert found.detectable == detectable_rate(400, 0.05)
    assert found.judgements is not None
    assert found.judgements > 400
    assert "3% (1.6% to 5.1%)" in found.reason
    assert f"{found.judgements:,} in all would decide it" in found.next_step


@pytest.mark.parametrize("limit", [0.01, 0.02, 0.05, 0.1])
@pytest.mark.parametrize("steepness", [1, 4, 10])
def test_a_drawn_sample_of_so_many_without_a_wrong_label_passes(
    limit: float, steepness: int
) -> None:
    found = one(under(measured(), replace(RATE_BY_PEOPLE, at_most=limit)))
    [clean] = re.findall(r"about ([\d,]+) items without a wrong label would pass", found.next_step)
    scores = np.linspace(0, 1, 50_000)
    likely = (1 - scores) ** steepness
    keys = [str(at) for at in range(len(scores))]
    sample = draw(scores, likely, likely > 0.5, keys, int(clean.replace(",", "")), 0)
    none = np.zeros_like(sample.drawn)
    audit = Audit(sizes=sample.sizes, judged=sample.drawn, wrong=none, before=Known(0, 0))
    judged_items = Known(int(sample.drawn.sum()), 0)
    high = rate_today([audit], judged_items, judged_items, len(scores)).high
    assert 0.5 * limit < high <= limit


def test_without_a_rate_it_is_not_said_how_close_to_the_limit_it_is() -> None:
    found = one(under(measured(), replace(RATE_BY_PEOPLE, at_most=0.05)))
    assert found.decision == "not measured"
    assert found.next_step.startswith("`labelaudit review report.json` draws a sample; about ")


def test_a_rate_that_no_sample_of_the_size_finds_is_not_told() -> None:
    report = audited_rate(0.5, 0.3, 0.7, n=10)
    assert one(under(report, replace(RATE_BY_PEOPLE, at_most=0.7))).detectable is None


def test_the_rate_that_people_found_is_taken_where_there_is_one() -> None:
    pair = (replace(RATE_BY_PEOPLE, at_most=0.05), replace(RATE_BY_MODEL, at_most=0.05))
    assert one(under(audited_rate(0.01, 0.005, 0.02), *pair)).limit == pair[0]
    assert one(under(measured(), *pair)).limit == pair[1]


def test_a_limit_on_each_rate_that_is_not_the_other_s_is_judged_by_itself() -> None:
    people = replace(RATE_BY_PEOPLE, at_most=0.02, mode="assure")
    model = replace(RATE_BY_MODEL, at_most=0.99, accept_model=True)
    first, second = rulings(under(measured(), people, model), ())
    assert (first.name, first.decision) == ("audited_labels.audited_error_rate", "not measured")
    assert (second.name, second.decision) == ("label_noise.model_estimated_error_rate", "pass")
    assert (first.fails, second.fails) == (True, False)
    first, second = rulings(under(audited_rate(0.01, 0.005, 0.02), people, model), ())
    assert (first.limit, second.limit) == (people, model)
    rises = [replace(each, at_most=None, rise_at_most=0.1) for each in (people, model)]
    assert [each.name for each in rulings(under(measured(), *rises), ())] == [
        "audited_labels.audited_error_rate, rise",
        "label_noise.model_estimated_error_rate, rise",
    ]


@pytest.mark.parametrize(("accept", "decision"), [(True, "pass"), (False, "inconclusive")])
@pytest.mark.parametrize("mode", ["block", "assure"])
def test_a_models_rate_alone_passes_only_where_the_policy_accepts_it(
    accept: bool,  # noqa: FBT001
    decision: str,
    mode: Mode,
) -> None:
    rate = Value(
        name=RATE_BY_MODEL.value, title="Rate", value=0.01, low=0.0, high=0.02, unit="share"
    )
    report = with_value(measured(), "label_noise", rate)
    limit = replace(RATE_BY_MODEL, at_most=0.05, accept_model=accept, mode=mode)
    found = one(under(report, limit))
    assert (found.decision, found.fails) == (decision, mode == "assure" and not accept)


def test_a_models_rate_of_one_class_has_no_interval_and_decides_nothing() -> None:
    limit = replace(RATE_BY_MODEL, at_most=0.0001, class_name="badger")
    assert one(under(measured(), limit)).decision == "inconclusive"
    assert one(under(measured(), replace(limit, accept_model=True))).decision == "fail"


def test_what_was_not_measured_fails_the_rule_that_needs_it_by_name() -> None:
    limit = Limit(measure="annotator_agreement", value="gwet_ac1", at_least=0.6)
    found = one(under(measured(), limit))
    assert (found.decision, found.fails) == ("not measured", True)
    assert found.name == "annotator_agreement.gwet_ac1"
    assert "annotator_agreement is not measured: " in found.reason


def test_an_undefined_number_fails_a_policy_and_spares_the_limits_to_start_from() -> None:
    limit = Limit(measure="integrity", value="groups_across_splits_count", at_most=0.0)
    none = Value(name=limit.value, title="", value=None, unit="count", note="There are no groups.")
    report = under(with_value(measured(), "integrity", none), limit)
    found = one(report)
    assert (found.decision, found.fails) == ("not measured", True)
    assert "There are no groups" in found.reason
    assert not one(replace(report, policy=Policy())).fails


Cells = dict[str, tuple[Scalar, ...]]
PER_CLASS: Cells = {
    "class": ("ant", "bee", "cow", "dog"),
    "judged": (90, 80, 70, 3),
    "rate": (0.01, 0.04, 0.3, None),
    "low": (0.0, 0.01, 0.2, None),
    "high": (0.05, 0.12, 0.4, None),
}


KEPT: Cells = {
    **PER_CLASS,
    "rate": (0.01, 0.01, 0.01, None),
    "low": (0.0, 0.0, 0.0, None),
    "high": (0.1, 0.1, 0.1, None),
}


def by_class(name: str, cells: Cells = PER_CLASS, omitted: int = 0) -> Ruling:
    report = with_table(measured(), "audited_labels", "per_class", cells, omitted)
    return one(under(report, replace(RATE_BY_PEOPLE, at_most=0.1, class_name=name)))


@pytest.mark.parametrize(
    ("name", "decision"),
    [("ant", "pass"), ("bee", "inconclusive"), ("cow", "fail"), ("dog", "not measured")],
)
def test_a_class_has_its_own_row(name: str, decision: str) -> None:
    found = by_class(name)
    assert found.decision == decision
    assert found.name == f"label_error_rate, class {name}"


def test_every_class_is_as_the_worst_and_names_those_beyond_and_those_not_judged() -> None:
    found = by_class("*")
    assert (found.decision, found.found and found.found.value) == ("fail", 0.3)
    assert found.reason == (
        "1 of 3 classes is beyond ≤ 10%: cow 30% (20% to 40%); not judged, with fewer than 10 "
        "judgements: dog"
    )


def test_small_classes_alone_do_not_fail_a_limit_on_every_class() -> None:
    found = by_class("*", KEPT)
    assert (found.decision, found.fails) == ("pass", False)
    assert "not judged, with fewer than 10 judgements: dog" in found.reason


def test_classes_that_a_cut_table_does_not_list_are_not_measured() -> None:
    found = by_class("*", KEPT, omitted=7)
    assert (found.decision, found.fails) == ("not measured", True)
    assert "7 classes are not in the report's table" in found.reason
    assert by_class("*", omitted=7).decision == "fail"
    assert by_class("eel", omitted=7).decision == "not measured"


def finding(rule: str, *, is_new: bool = True) -> Finding:
    return Finding(rule=rule, fingerprint="f", path="a.png", is_new=is_new)


class Before:
    """A baseline of one number."""

    def __init__(self, value: Value | None) -> None:
        self.number = value

    def value(self, limit: Limit) -> Value | None:
        assert limit.rise_at_most is not None
        return self.number


def test_new_findings_of_a_rule_count_against_it() -> None:
    report = under(measured(), suspects=1, unreadable=0)
    listed = [finding("suspects"), finding("suspects"), finding("suspects", is_new=False)]
    few, none = rulings(report, listed)
    assert (few.name, few.decision, few.fails) == ("findings.suspects", "fail", True)
    assert (few.most, few.n_findings, few.reason) == (1, 2, "2 findings, at most 1")
    assert (none.decision, none.n_findings) == ("pass", 0)
    assert rulings(report, listed, before=Before(None))[0].reason == "2 new findings, at most 1"


@pytest.mark.parametrize("rule", ["suspects", "judged_wrong"])
def test_findings_of_which_nothing_is_known_fail_their_rule(rule: str) -> None:
    [found] = rulings(under(measured(), **{rule: 3}), None)
    assert (found.decision, found.fails, found.n_findings) == ("not measured", True, None)


def ratio(value: float, **interval: float | str) -> Value:
    return Value(name=RATIO.value, title="Ratio", value=value, **interval)  # type: ignore[arg-type]


@pytest.mark.parametrize(("now", "decision"), [(12.0, "pass"), (12.1, "fail"), (3.0, "pass")])
def test_a_rise_is_held_against_the_baseline(now: float, decision: str) -> None:
    report = with_value(measured(), RATIO.measure, ratio(now))
    limit = replace(RATIO, rise_at_most=2.0)
    [found] = rulings(under(report, limit), (), before=Before(ratio(10.0)))
    assert found.decision == decision
    assert found.name == "class_imbalance.imbalance_ratio, rise"
    assert (found.found, found.before) == (ratio(now), ratio(10.0))


@pytest.mark.parametrize("before", [None, Before(None), Before(replace(ratio(1), value=None))])
def test_a_rise_without_a_number_before_is_not_measured(before: Before | None) -> None:
    [found] = rulings(under(measured(), replace(RATIO, rise_at_most=2.0)), (), before=before)
    assert (found.decision, found.fails) == ("not measured", True)


@pytest.mark.parametrize(
    ("most", "decision"), [(0.03, "pass"), (0.01, "inconclusive"), (-0.01, "fail")]
)
def test_the_interval_of_a_rise_is_made_of_both_intervals(most: float, decision: str) -> None:
    now = Value(
        name="audited_error_rate",
        title="",
        value=0.02,
        low=0.01,
        high=0.03,
        interval="95 % over what is drawn",
        unit="share",
    )
    before = replace(now, value=0.01, low=0.005, high=0.02)
    report = with_value(measured(), "audited_labels", now)
    limit = replace(RATE_BY_PEOPLE, rise_at_most=most)
    [found] = rulings(under(report, limit), (), before=Before(before))
    assert found.decision == decision
    # .01 and .01 below, .01 and .005 above: from .01 - .0141 to .01 + .0112
    assert "a rise of 1% (-0.414% to 2.12%)" in found.reason


def test_rulings_come_in_the_order_of_the_policy() -> None:
    limits = (
        replace(RATIO, rise_at_most=2.0),
        replace(RATIO, at_most=1.0),
        Limit(measure="integrity", value="unreadable_count", at_most=0.0),
    )
    names = [found.name for found in rulings(under(measured(), *limits, suspects=0), ())]
    assert names == [
        "class_imbalance.imbalance_ratio, rise",
        "class_imbalance.imbalance_ratio",
        "integrity.unreadable_count",
        "findings.suspects",
    ]


ENDS = st.tuples(*[st.floats(0, 1, allow_nan=False)] * 3).map(sorted)


@given(ENDS, st.floats(0.001, 0.999), st.sampled_from(["block", "assure"]))
def test_the_gate_and_the_label_say_the_same(ends: list[float], at_most: float, mode: Mode) -> None:
    low, value, high = ends
    limit = replace(RATE_BY_PEOPLE, at_most=at_most, mode=mode)
    report = under(audited_rate(value, low, high), limit)
    found, [label] = one(report), judged(report)
    same = {"pass": "pass", "fail": "fail", "inconclusive": "check"}
    assert same[found.decision] == label.verdict
    assert (found.decision == "pass") == (high <= at_most)
    assert (found.decision == "fail") == (low > at_most)
    assert found.fails == (low > at_most if mode == "block" else high > at_most)


def test_a_report_with_its_own_limits_is_ruled_by_them() -> None:
    report = people_judged()
    assert report.policy.source == ""
    found = rulings(report, ())
    assert {ruling.limit for ruling in found} == {each.limit for each in judged(report)}
    assert all(ruling.reason for ruling in found)
