"""Findings fixed and new, classes, limits and facts of two reports."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from versions import CASES, corrected, full, sha, with_results

from labelaudit.limits import starting_limits
from labelaudit.release.diff.compare import compared
from labelaudit.release.diff.findings import findings
from labelaudit.release.diff.parts import Diff, Findings
from labelaudit.release.diff.words import gist, label_rows
from labelaudit.report import (
    Column,
    Gallery,
    Limit,
    MeasureResult,
    Report,
    Sample,
    Scalar,
    Table,
    Value,
)


def found_in(samples: list[Sample], omitted: int = 0) -> Report:
    noise = full().measure("label_noise")
    assert noise is not None
    gallery = Gallery(name="suspects", title="S", samples=tuple(samples), omitted=omitted)
    return with_results(full(), replace(noise, galleries=(gallery,)))


def suspects_of(diff: Diff) -> Findings:
    return next(each for each in diff.findings if each.rule == "suspects")


def test_four_corrected_suspects_are_gone_and_nothing_is_new() -> None:
    diff = compared(full(), corrected())
    found = suspects_of(diff)
    assert (found.old, found.new, found.kept) == (185, 8, 8)
    assert [len(found.fixed), len(found.appeared)] == [4, 0]
    assert found.old_unlisted == 173
    assert "Findings, as far as they are listed: 4 gone, 0 new" in gist(diff)


def test_a_renamed_item_is_the_same_finding_and_a_relabelled_one_is_not() -> None:
    old = [Sample(path=f"{at}.jpg", decoded_sha256=sha(at), given_label="dingo") for at in range(4)]
    renamed = replace(old[1], path="elsewhere/1.jpg")
    relabelled = replace(old[2], given_label="cougar")
    found = suspects_of(compared(found_in(old), found_in([old[0], renamed, relabelled])))
    assert found.matched_by == "content"
    assert [each.path for each in found.fixed] == ["2.jpg", "3.jpg"]
    assert [(each.path, each.given_label) for each in found.appeared] == [("2.jpg", "cougar")]
    assert found.kept == 2


def test_without_hashes_in_one_of_them_findings_are_matched_by_path() -> None:
    old = [Sample(path="a.jpg", decoded_sha256=sha(1), given_label="x")]
    new = [Sample(path="a.jpg", given_label="x"), Sample(path="b.jpg", given_label="x")]
    found = suspects_of(compared(found_in(old), found_in(new)))
    assert found.matched_by == "path"
    assert [each.path for each in found.appeared] == ["b.jpg"]
    assert not found.fixed


@given(st.lists(st.integers(0, 5), max_size=12), st.lists(st.integers(0, 5), max_size=12))
def test_findings_are_counted_as_multisets(old: list[int], new: list[int]) -> None:
    """Of equal copies that were found, as many are gone as there are fewer of them."""
    reports = [
        found_in(
            [
                Sample(path=f"{at}-{number}.jpg", decoded_sha256=sha(number), given_label="x")
                for at, number in enumerate(each)
            ],
            omitted=1,
        )
        for each in (old, new)
    ]
    found = next(each for each in findings(*reports) if each.rule == "suspects")
    gone, came = Counter(old) - Counter(new), Counter(new) - Counter(old)
    assert Counter(int(each.decoded_sha256 or "", 16) for each in found.fixed) == gone
    assert Counter(int(each.decoded_sha256 or "", 16) for each in found.appeared) == came
    assert found.kept == sum((Counter(old) & Counter(new)).values())
    assert (found.old, found.new) == (len(old) + 1, len(new) + 1)


def with_classes(rows: list[tuple[Scalar, ...]], names: tuple[str, ...] = ()) -> Report:
    """Return a report of which people judged labels, class by class."""
    columns = ("class", "judged", "rate", "low", "high")
    units = ("", "count", "share", "share", "share")
    table = Table(
        name="per_class",
        title="By class",
        columns=tuple(Column(name=n, unit=u) for n, u in zip(columns, units, strict=True)),
        rows=tuple(rows),
    )
    result = MeasureResult(
        name="audited_labels",
        family="label_noise",
        title="Audited labels",
        summary="",
        status="measured",
        tables=(table,),
    )
    report = with_results(full(), result)
    return replace(
        report, dataset=replace(report.dataset, class_names=names or report.dataset.class_names)
    )


def test_an_interval_of_one_class_is_widened_where_many_are_compared() -> None:
    """One class alone is beyond; among eight that are compared it is within."""
    moved_old, moved_new = ("egret", 100, 0.10, 0.05, 0.15), ("egret", 100, 0.18, 0.13, 0.23)
    others = [(name, 100, 0.1, 0.05, 0.15) for name in ("a", "b", "c", "d", "e", "f", "g")]
    standings = []
    for around in ([], others):
        diff = compared(with_classes([moved_old, *around]), with_classes([moved_new, *around]))
        at = [column.column for column in diff.classes.columns].index("rate")
        row = next(row for row in diff.classes.rows if row.name == "egret")
        assert diff.classes.columns[at].n_compared == 1 + len(around)
        standings.append(row.numbers[at].standing)
    assert standings == ["beyond", "within"]


def test_classes_that_came_and_went_are_named() -> None:
    old, new = with_classes([], ("cat", "dog")), with_classes([], ("dog", "emu"))
    classes = compared(old, new).classes
    assert (classes.added, classes.removed) == (("emu",), ("cat",))


def test_equal_reports_have_no_class_that_differs() -> None:
    diff = compared(full(), full())
    assert diff.classes.rows == ()
    assert diff.classes.n_same >= len(full().dataset.class_names)
    assert diff.same_data
    assert "The data are the same, and no number differs" in gist(diff)
    assert {each.standing for each in diff.changes} <= {"same", "undefined"}
    assert not any(each.fixed or each.appeared for each in diff.findings)


def test_a_verdict_that_changed_is_told_with_both_limits() -> None:
    limit = Limit(measure="integrity", value="exact_duplicates_count", at_most=50)
    old, new = (
        replace(full(), limits=(limit,)),
        replace(full(), limits=(replace(limit, at_most=9),)),
    )
    diff = compared(old, new)
    [ruling] = diff.rulings
    assert (ruling.old, ruling.new) == ("pass", "fail")
    assert (ruling.old_limit, ruling.new_limit) == ("≤ 50", "≤ 9")
    assert any("PASS → FAIL" in sentence for sentence in gist(diff))
    assert [row.ruling for row in label_rows(diff) if row.ruling] == [ruling]


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_limits_on_one_number_the_verdict_is_the_worse(order: int) -> None:
    number = Limit(measure="integrity", value="exact_duplicates_count")
    limits = (replace(number, at_most=0), replace(number, at_least=0.5))[::order]
    [ruling] = compared(full(), replace(full(), limits=limits)).rulings[:1]
    assert (ruling.value, ruling.new, ruling.new_limit) == (number.value, "fail", "0")


def test_limits_of_one_value_of_several_classes_stay_apart() -> None:
    limits = tuple(
        Limit(measure="label_noise", value="x_share", at_most=0.1, class_name=name)
        for name in ("cat", "dog")
    )
    diff = compared(replace(full(), limits=limits), replace(full(), limits=limits[:1]))
    assert {(each.class_name, each.new is None) for each in diff.rulings} == {
        ("cat", False),
        ("dog", True),
    }
    titles = [row.title for row in label_rows(diff) if row.ruling in diff.rulings]
    assert sorted(titles) == sorted(f"X share, class {name}" for name in ("cat", "dog"))


def test_what_was_measured_in_one_report_only_is_named() -> None:
    diff = compared(full(), CASES["nothing_measured"]())
    assert {each.measured_in for each in diff.one_sided} == {"old"}
    assert {each.other for each in diff.one_sided} == {"not_measured"}
    assert diff.changes == ()
    measured = [each.name for each in full().measures if each.status == "measured"]
    assert {each.measure for each in diff.one_sided} == set(measured)


def test_facts_are_those_of_both_reports() -> None:
    facts = {each.name: each for each in compared(full(), corrected()).facts}
    assert (facts["name"].old, facts["name"].new) == ("animals-v2", "animals-v3")
    assert (facts["split train"].old, facts["split train"].new) == (5011, 5011)
    fewer = replace(full().dataset, splits={"train": 10, "val": 5})
    facts = {each.name: each for each in compared(full(), replace(full(), dataset=fewer)).facts}
    assert (facts["split val"].old, facts["split val"].new) == (None, 5)
    assert (facts["split test"].old, facts["split test"].new) == (1001, None)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"random_state": 7}, "seed"),
        ({"tool_version": "9.0"}, "9.0"),
    ],
)
def test_other_settings_of_the_scan_are_told(changed: dict[str, str], said: str) -> None:
    report: Report = replace(full(), **changed)  # type: ignore[arg-type]
    assert any(said in caution for caution in compared(full(), report).cautions)


def test_a_row_of_the_label_that_neither_has_is_left_out() -> None:
    rows = label_rows(compared(full(), full()))
    assert "Labels an item" not in [row.title for row in rows]
    assert "Exact duplicates" in [row.title for row in rows]
    assert len(starting_limits("multiclass", full().measures)) > 3


def test_a_unit_that_changed_is_not_compared() -> None:
    one = Value(name="x_count", title="X", value=3, unit="count", no_interval="exact")
    result = full().measure("integrity")
    assert result is not None
    reports = [
        with_results(full(), replace(result, values=(value,)))
        for value in (one, replace(one, unit="share", value=0.5))
    ]
    [change] = [each for each in compared(*reports).changes if each.value == "x_count"]
    assert (change.standing, change.reason) == ("not comparable", "another unit")
