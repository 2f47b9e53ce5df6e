from dataclasses import replace

import pytest
from reports import CASES, audited, full, multilabel, nothing_measured

from labelaudit.limits import judged, starting_limits
from labelaudit.render.fact_rows import IN_PLACE, ROWS, every_row
from labelaudit.render.facts import FAILED, Fact, elsewhere, facts, hero
from labelaudit.render.judgements import SIGNS, TALLIED, WORDS, bound, tally, whose
from labelaudit.report import Limit, MeasureResult, Report, Task, Value


def fact(report: Report, name: str) -> Fact:
    [found] = [each for each in facts(report) if each.name == name]
    return found


def changed(report: Report, name: str, **fields: float | str | None) -> Report:
    """Return a report of which one value has other fields."""
    measures = tuple(
        replace(
            result,
            values=tuple(
                replace(value, **fields) if value.name == name else value  # type: ignore[arg-type]
                for value in result.values
            ),
        )
        for result in report.measures
    )
    return replace(report, measures=measures)


def having(report: Report, measure: str, **numbers: float | None) -> Report:
    """Return a report with a measure of its own."""
    values = tuple(
        Value(name=name, title="", value=number, unit="count" if name.endswith("_count") else "")
        for name, number in numbers.items()
    )
    result = MeasureResult(
        name=measure, family="", title="", summary="", status="measured", values=values
    )
    others = tuple(each for each in report.measures if each.name != measure)
    return replace(report, measures=(*others, result))


@pytest.mark.parametrize("task", ["multiclass", "multilabel", "regression"])
@pytest.mark.parametrize("case", CASES)
def test_every_dataset_has_the_rows_of_its_kind(case: str, task: Task) -> None:
    report = CASES[case]()
    report = replace(report, dataset=replace(report.dataset, task=task))
    names = tuple(IN_PLACE[task].get(row.value, row).name for row in ROWS)
    assert tuple(each.name for each in facts(report)) == names
    assert all(each.amount or each.reference for each in facts(report))
    assert {row.name for row in every_row()} >= set(names)


def test_a_row_has_its_number_its_share_and_its_limit() -> None:
    assert fact(full(), "Near duplicates") == Fact(
        name="Near duplicates",
        amount="91",
        reference="1.51% of items",
        field="near_duplicates.near_duplicates_count",
        share="1.51%",
        of_items=True,
        limit="≤ 5%",
        verdict="pass",
    )


def test_a_row_without_a_limit_has_no_verdict() -> None:
    found = fact(full(), "Label sharpness")
    assert (found.limit, found.verdict) == ("", None)
    assert found.reference == "lower is smoother"


def test_what_is_undefined_does_not_apply() -> None:
    report = changed(full(), "duplicates_across_splits_count", value=None)
    found = fact(report, "Duplicates across splits")
    assert (found.amount, found.reference, found.verdict) == ("", "n/a", "n/a")


def test_a_measure_that_failed_says_so() -> None:
    assert fact(nothing_measured(), "Labels an item").reference == "by its format"
    report = full()
    result = replace(report.measures[0], status="failed", values=(), reason="MemoryError")
    report = replace(report, measures=(result, *report.measures[1:]))
    assert fact(report, "Suspected label errors").reference == FAILED
    assert hero(report).amount == FAILED
    assert hero(report).basis == "MemoryError"
    assert hero(report).verdict == "not measured"


def test_the_dataset_says_what_no_measure_does() -> None:
    found = fact(nothing_measured(), "Unlabelled")
    assert (found.amount, found.field) == ("12", "dataset.n_unlabelled")
    assert fact(nothing_measured(), "Unreadable").reference == "not measured"


def test_an_empty_dataset_has_no_shares() -> None:
    report = full()
    report = replace(report, dataset=replace(report.dataset, n_items=0))
    assert fact(report, "Unlabelled").reference == ""
    assert fact(report, "Unlabelled").amount == "12"


def test_items_with_several_labels_have_suspects_of_two_kinds() -> None:
    report = having(
        multilabel(), "multi_label_noise", suspected_missing_count=104, suspected_spurious_count=7
    )
    found = fact(report, "Suspected label errors")
    assert (found.amount, found.reference) == ("104", "missing, 7 spurious")
    assert found.field == "multi_label_noise.suspected_missing_count"
    assert fact(report, "Imbalance ratio").field == "multi_label.mean_ir"
    assert fact(report, "Effective classes").reference == "n/a"


def test_the_limit_is_of_the_number_that_is_shown() -> None:
    report = having(full(), "annotator_agreement", krippendorff_alpha=0.5, ordinal_alpha=0.8)
    limit = Limit(measure="annotator_agreement", value="krippendorff_alpha", at_least=0.667)
    assert fact(replace(report, limits=()), "Annotator agreement").amount == "0.8"
    found = fact(replace(report, limits=(limit,)), "Annotator agreement")
    assert (found.amount, found.limit, found.verdict) == ("0.5", "≥ 0.667", "fail")
    ordinal = replace(limit, value="ordinal_alpha")
    found = fact(replace(report, limits=(ordinal,)), "Annotator agreement")
    assert (found.amount, found.verdict) == ("0.8", "pass")


def test_no_limit_is_lost_between_the_rows_the_headline_and_the_rest() -> None:
    assert elsewhere(full()) == ()
    limit = Limit(measure="class_imbalance", value="evenness", at_least=0.9)
    report = replace(full(), limits=(*full().limits, limit))
    assert [found.limit for found in elsewhere(report)] == [limit]
    of_classes = replace(multilabel(), limits=full().limits)
    assert {found.limit.measure for found in elsewhere(of_classes)} == {"class_imbalance"}


def test_an_estimate_is_a_number_with_a_range_and_a_basis() -> None:
    found = hero(full())
    assert (found.amount, found.interval, found.of_interval) == (
        "4.12%", "2.87% to 5.61%", "range",
    )  # fmt: skip
    assert found.sentence == "Model-estimated, not audited; range 2.87% to 5.61%."
    assert (found.limit, found.verdict, found.n_judged) == ("≤ 5%", "check", None)


def test_an_audit_takes_the_place_of_an_estimate() -> None:
    found = hero(audited())
    assert found.field == "audited_labels.audited_error_rate"
    assert (found.verdict, found.n_judged) == ("pass", 200)
    assert found.sentence == ("Audited: 200 items judged by people; 95 % interval 1.84% to 4.93%.")
    assert hero(changed(audited(), "audited_error_rate", value=None)).amount == "4.12%"


def test_no_estimate_is_no_number() -> None:
    found = hero(changed(full(), "model_estimated_error_rate", value=None))
    assert (found.amount, found.interval) == ("no estimate", "2.87% to 5.61%")
    assert found.basis == "The model disagrees with most labels; not audited"
    report = changed(
        full(), "model_estimated_error_rate", value=None, low=None, high=None, note="Too few."
    )
    assert (hero(report).interval, hero(report).sentence) == ("", "Too few.")


def test_the_unit_of_a_limit_is_that_of_its_number() -> None:
    at_most = Limit(measure="m", value="odd_rate", at_most=0.05)
    assert bound(at_most) == "≤ 5%"
    assert bound(replace(at_most, value="ratio")) == "≤ 0.05"
    share = Value(name="proportion", title="", value=0.1, unit="share")
    assert bound(replace(at_most, value="proportion"), share) == "≤ 5%"
    assert bound(replace(at_most, value="n_count", of_items=True)) == "≤ 5%"
    assert bound(replace(at_most, at_most=None)) == ""


def test_limits_are_counted_by_their_verdicts_worst_first() -> None:
    assert tally(judged(full())) == ("9 limits: 2 not kept, 1 to check, 4 kept, 2 not measured")
    assert tally(()) == "no limits are set"
    assert set(SIGNS) == set(WORDS) == set(TALLIED)


def test_a_label_says_whose_its_limits_are() -> None:
    report = full()
    assert report.limits == starting_limits("multiclass", report.measures)
    assert whose(report) == "labelaudit's starting ones"
    assert whose(replace(report, limits=report.limits[1:])) == "the dataset's own"
    assert whose(replace(report, limits=())) == ""
