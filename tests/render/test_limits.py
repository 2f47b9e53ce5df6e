from dataclasses import replace

import pytest
from reports import full

from labelaudit.limits import MODEL_ESTIMATED, STARTING_LIMITS, judged, overall, starting_limits
from labelaudit.report import Limit, MeasureResult, Report, Value


def report(limit: Limit, **numbers: float | None) -> Report:
    value = Value(
        name=limit.value,
        title="A number",
        value=numbers.get("value"),
        low=numbers.get("low"),
        high=numbers.get("high"),
    )
    result = MeasureResult(
        name=limit.measure,
        family="integrity",
        title="",
        summary="",
        status="measured",
        values=(value,),
    )
    return replace(full(), measures=(result,), limits=(limit,))


AT_MOST = Limit(measure="m", value="v", at_most=0.05)
AT_LEAST = Limit(measure="m", value="v", at_least=0.667)


@pytest.mark.parametrize(
    ("limit", "value", "low", "high", "verdict"),
    [
        (AT_MOST, 0.05, None, None, "pass"),
        (AT_MOST, 0.051, None, None, "fail"),
        (AT_MOST, 0.03, 0.01, 0.05, "pass"),
        (AT_MOST, 0.03, 0.01, 0.06, "check"),
        (AT_MOST, 0.2, 0.06, 0.3, "fail"),
        (AT_MOST, None, None, None, "n/a"),
        (AT_MOST, None, 0.06, 0.3, "fail"),
        (AT_LEAST, 0.8, 0.7, 0.9, "pass"),
        (AT_LEAST, 0.7, 0.6, 0.8, "check"),
        (AT_LEAST, 0.5, 0.4, 0.6, "fail"),
    ],
)
def test_a_number_keeps_within_a_limit_with_all_of_its_interval(
    limit: Limit, value: float | None, low: float | None, high: float | None, verdict: str
) -> None:
    [found] = judged(report(limit, value=value, low=low, high=high))
    assert found.verdict == verdict


def test_a_count_is_read_as_a_share_of_the_items() -> None:
    limit = Limit(measure="m", value="v", at_most=0.01, of_items=True)
    n = full().dataset.n_items
    assert judged(report(limit, value=n // 100))[0].verdict == "pass"
    assert judged(report(limit, value=n // 100 + 1))[0].verdict == "fail"


def test_what_only_a_model_says_never_passes() -> None:
    limit = Limit(measure="label_noise", value=MODEL_ESTIMATED, at_most=0.05)
    assert judged(report(limit, value=0.01, low=0.001, high=0.02))[0].verdict == "check"
    assert judged(report(limit, value=0.2, low=0.1, high=0.3))[0].verdict == "fail"


def test_an_audited_rate_stands_in_the_place_of_the_estimated_one() -> None:
    names = {found.limit.value for found in judged(replace(full(), limits=STARTING_LIMITS))}
    assert MODEL_ESTIMATED in names
    assert "audited_error_rate" not in names


def test_what_was_not_measured_is_to_be_checked() -> None:
    none = replace(full(), measures=(), limits=(AT_MOST,))
    assert judged(none)[0].verdict == "not measured"
    assert overall(judged(none)) == "check"
    assert overall(()) == "n/a"


def test_numbers_have_no_limits_on_classes_and_single_labels_none_on_agreement() -> None:
    measures = full().measures
    assert not [x for x in starting_limits("regression", measures) if "imbalance" in x.measure]
    kept = {limit.measure for limit in starting_limits("multiclass", measures)}
    assert "annotator_agreement" not in kept
    assert "class_imbalance" in kept


def test_ordered_classes_are_judged_by_how_far_people_differ() -> None:
    names = ("krippendorff_alpha", "ordinal_alpha")
    values = tuple(Value(name=name, title=name, value=0.7) for name in names)
    agreement = MeasureResult(
        name="annotator_agreement",
        family="annotators",
        title="",
        summary="",
        status="measured",
        values=values,
    )
    for measured, kept in ((values, "ordinal_alpha"), (values[:1], "krippendorff_alpha")):
        limits = starting_limits("multiclass", (replace(agreement, values=measured),))
        assert [each.value for each in limits if each.measure == agreement.name] == [kept]


def test_labels_that_no_item_has_are_a_fault_of_labels_of_either_kind() -> None:
    of_none = {"empty_class_count": "multiclass", "empty_label_count": "multilabel"}
    for task in ("multiclass", "multilabel", "regression"):
        kept = {limit.value for limit in starting_limits(task, ())}
        assert kept & set(of_none) == {value for value, of in of_none.items() if of == task}
