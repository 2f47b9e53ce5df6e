from dataclasses import replace

import pytest
from reports import audited, full, multilabel, nothing_measured

from labelaudit.render.gist import gist
from labelaudit.report import Report, Value


def with_rate(rate: float | None) -> Report:
    noise, *others = full().measures
    values = tuple(
        replace(value, value=rate) if value.name == "model_estimated_error_rate" else value
        for value in noise.values
    )
    return replace(full(), measures=(replace(noise, values=values), *others))


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (0.04, "About 1 in 25 labels may be wrong, as a model estimates"),
        (0.0031, "About 1 in 320 labels may be wrong"),
        (0.0000031, "Fewer than 1 in 6,012 labels may be wrong"),
        (0.1, "About 1 in 10 labels may be wrong"),
        (0.29, "29% of the labels may be wrong"),
        (1.0, "100% of the labels may be wrong"),
        (0.0, "A model finds no label wrong"),
        (None, "A model disagrees with too many labels to say how many are wrong"),
    ],
)
def test_a_rate_is_said_in_plain_words(rate: float | None, said: str) -> None:
    sentence = gist(with_rate(rate)).sentence
    assert sentence.startswith(said)
    assert "no person has audited a sample" in sentence
    assert "(range 2.87% to 5.61%)" in sentence or rate is None


def test_what_people_judged_is_said_as_such() -> None:
    sentence = gist(audited()).sentence
    assert sentence.startswith(
        "About 1 in 32 labels are wrong, as people judged a drawn sample (95 % interval 1.84% to "
        "4.93%)."
    )
    assert "model" not in sentence


def test_a_sample_without_a_wrong_label_does_not_say_that_no_label_is_wrong() -> None:
    report = audited()
    found, *others = (each for each in report.measures if each.name == "audited_labels")
    assert not others
    values = tuple(
        replace(value, value=0.0, low=0.0, high=0.0525)
        if value.name == "audited_error_rate"
        else value
        for value in found.values
    )
    report = replace(report, measures=(replace(found, values=values),))
    assert gist(report).sentence == (
        "People found no wrong label in the sample that they judged (95 % interval 0% to 5.25%)."
    )


def test_missing_labels_are_said_where_items_have_several() -> None:
    report = multilabel()
    noise = replace(
        report.measures[1],
        name="multi_label_noise",
        values=(
            Value(name="suspected_missing_count", title="Missing", value=1, unit="count"),
            Value(name="suspected_spurious_count", title="Spurious", value=14, unit="count"),
        ),
    )
    sentence = gist(replace(report, measures=(*report.measures, noise))).sentence
    assert sentence.startswith("A model suspects that 1 label may be missing, and 14 spurious;")


def test_the_first_broken_limits_are_said_and_the_others_counted() -> None:
    assert gist(full()).sentence.endswith(
        "3 equal files have different labels; 4 items cannot be read."
    )
    integrity = next(each for each in full().measures if each.name == "integrity")
    values = tuple(replace(value, value=2) for value in integrity.values)
    measures = (replace(integrity, values=values),)
    said = gist(replace(full(), measures=measures)).sentence
    assert said.endswith("2 equal files are in different splits; 1 more limit is not kept.")


def test_a_report_of_nothing_is_to_be_checked() -> None:
    found = gist(nothing_measured())
    assert found.verdict == "check"
    assert found.sentence == (
        "How many labels are wrong is not known: no model has estimated it; "
        "no person has audited a sample."
    )
    assert gist(replace(full(), limits=())).tally == "no limits are set"
