import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import CASES, audited, full, hostile, nothing_measured

from labelaudit.limits import STARTING_LIMITS, judged
from labelaudit.privacy import published
from labelaudit.render.advice import ADVICE
from labelaudit.render.alerts import LEVELS, Alert, alerts_of
from labelaudit.report import Column, Limit, Report, Sample, Table, Value


def alert_of(report: Report, value: str) -> Alert:
    [found] = [alert for alert in alerts_of(report) if alert.value == value]
    return found


def with_table(report: Report, measure: str, table: Table) -> Report:
    return replace(
        report,
        measures=tuple(
            replace(result, tables=(*result.tables, table)) if result.name == measure else result
            for result in report.measures
        ),
    )


def with_value(report: Report, measure: str, value: Value) -> Report:
    return replace(
        report,
        measures=tuple(
            replace(
                result,
                values=(*(old for old in result.values if old.name != value.name), value),
            )
            if result.name == measure
            else result
            for result in report.measures
        ),
    )


def test_a_broken_limit_says_what_how_sure_and_what_to_do() -> None:
    alert = alert_of(full(), "contradictory_duplicates_count")
    assert (alert.level, alert.amount, alert.title) == (
        "fail",
        "3",
        "equal files have different labels",
    )
    assert alert.limit == "0"
    assert alert.sure == "counted, exact"
    assert "`contradictory_duplicates`" in alert.remedy


def test_one_is_said_in_the_singular() -> None:
    one = Value(name="unreadable_count", title="Unreadable items", value=1, unit="count")
    alert = alert_of(with_value(full(), "integrity", one), "unreadable_count")
    assert f"{alert.amount} {alert.title}" == "1 item cannot be read"


def test_an_estimate_of_a_model_says_so_and_where_it_is_worst() -> None:
    alert = alert_of(full(), "model_estimated_error_rate")
    assert (alert.level, alert.amount, alert.limit) == ("check", "4.12%", "≤ 5%")
    assert alert.sure == (
        "a model's estimate, and no audit; range 2.87% to 5.61%, "
        "Range over two estimators and resampled items"
    )
    errors = Table(
        name="per_class",
        title="Suspected by class",
        columns=(
            Column(name="class"),
            Column(name="share", unit="share"),
            Column(name="expected_error_share", unit="share"),
        ),
        rows=(("heron", 0.9, 0.001), (f"ferret {'of ' * 60}Bern", 0.1, 0.07), ("gecko", 0.0, 0.0)),
    )
    noise, *others = full().measures
    report = replace(full(), measures=(replace(noise, tables=(errors,)), *others))
    alert = alert_of(report, "model_estimated_error_rate")
    first, second = alert.where
    assert second == "heron: 0.1%"
    assert re.fullmatch(r"ferret (of )+…( ?of)+ Bern: 7%", first)
    assert len(first) < 60


def test_where_a_model_gives_no_estimate_it_does_not_estimate_the_range() -> None:
    rate = Value(
        name="model_estimated_error_rate", title="Rate", value=None, unit="share", low=0, high=0.7
    )
    alert = alert_of(with_value(full(), "label_noise", rate), rate.name)
    assert f"{alert.amount} {alert.title}" == (
        "0% to 70% of the labels may be wrong: a model disagrees with too many to say how many"
    )


def test_an_audited_rate_takes_the_place_of_the_estimate() -> None:
    rate = Value(
        name="audited_error_rate",
        title="Label errors, audited",
        value=0.08,
        unit="share",
        low=0.06,
        high=0.11,
        interval="95 % over what is drawn",
    )
    report = with_value(audited(), "audited_labels", rate)
    assert alert_of(report, "audited_error_rate").sure == "6% to 11%, 95 % over what is drawn"
    assert "model_estimated_error_rate" not in {alert.value for alert in alerts_of(report)}


def test_what_is_within_its_limit_is_no_alert() -> None:
    assert "imbalance_ratio" not in {alert.value for alert in alerts_of(full())}
    alert = alert_of(
        replace(
            full(), limits=(Limit(measure="class_imbalance", value="imbalance_ratio", at_most=50),)
        ),
        "imbalance_ratio",
    )
    assert alert.where == ("antelope: 2,400", "heron: 31")
    assert f"{alert.amount} {alert.title}".startswith("77.4 times as many items")


def test_the_worst_come_first_and_keep_the_order_of_the_limits() -> None:
    levels = [LEVELS.index(alert.level) for alert in alerts_of(full())]
    assert levels == sorted(levels)
    broken = [alert.value for alert in alerts_of(full()) if alert.level == "fail"]
    assert broken == [limit.value for limit in STARTING_LIMITS if limit.value in broken]


def test_a_failed_measure_is_to_be_checked() -> None:
    [alert] = alerts_of(nothing_measured())
    assert (alert.level, alert.value, alert.amount) == ("check", "", "")
    assert alert.title == "Labels an item could not be computed: MemoryError: 12 GB were asked for"


def test_a_limit_without_words_of_its_own_has_some() -> None:
    limit = Limit(measure="class_imbalance", value="evenness", at_least=0.9)
    alert = alert_of(replace(full(), limits=(limit,)), "evenness")
    assert (alert.amount, alert.title, alert.limit) == ("0.774", "Evenness", "≥ 0.9")
    assert alert.remedy


@pytest.mark.parametrize(("p_value", "told"), [(0.01, True), (0.05, False), (0.6, False)])
def test_a_difference_between_splits_is_told_where_its_test_decides(
    p_value: float, *, told: bool
) -> None:
    integrity = next(each for each in full().measures if each.name == "integrity")
    shift = replace(
        integrity,
        name="covariate_shift",
        values=(
            Value(name="split_auc", title="AUC", value=0.71, low=0.66, high=0.76),
            Value(name="covariate_shift_p_value", title="p-value", value=p_value),
        ),
        parameters={"significant_below": 0.05},
        tables=(),
        notes=(),
    )
    report = replace(full(), measures=(*full().measures, shift))
    found = [alert for alert in alerts_of(report) if alert.value == "split_auc"]
    assert [alert.level for alert in found] == (["note"] if told else [])
    report = replace(full(), measures=(replace(shift, parameters={}),))
    assert "split_auc" not in {alert.value for alert in alerts_of(report)}


def test_what_a_measure_counted_is_a_note_where_it_has_no_limit() -> None:
    alert = alert_of(full(), "unlabelled_count")
    assert (alert.level, alert.limit) == ("note", "")
    none = Value(name="unlabelled_count", title="Unlabelled items", value=0, unit="count")
    report = with_value(full(), "integrity", none)
    assert "unlabelled_count" not in {alert.value for alert in alerts_of(report)}


def test_splits_and_files_are_named_as_places() -> None:
    shares = Table(
        name="leaked_by_split",
        title="What of each split is also in another",
        columns=(Column(name="split"), Column(name="shares"), Column(name="leaked", unit="count")),
        rows=(
            ("test", "an exact or near copy", 9),
            ("train", "an equal file", 4),
            ("test", "an equal file", 5),
        ),
    )
    count = Value(
        name="duplicates_across_splits_count", title="Across splits", value=9, unit="count"
    )
    integrity = next(each for each in full().measures if each.name == "integrity")
    gallery = replace(
        full().measures[0].galleries[0],
        name="unreadable",
        samples=(Sample(path="a" * 99 + ".jpg", given_label="gecko"), Sample(path="b\u202e.jpg")),
    )
    leakage = replace(integrity, name="leakage", values=(), tables=(shares,), notes=())
    report = with_value(full(), "integrity", count)
    report = replace(report, measures=(*report.measures, leakage))
    assert alert_of(report, count.name).where == ("test: 5", "train: 4")
    report = replace(full(), measures=(replace(integrity, galleries=(gallery,)),))
    assert alert_of(report, "unreadable_count").where == (
        f"…{'a' * 44}.jpg (gecko)",
        "b[U+202E].jpg",
    )


def made(measure: str, count: str, table: Table, **counts: int) -> Report:
    """Return a report of one measure with one table, which counted one, and what else it did."""
    integrity = next(each for each in full().measures if each.name == "integrity")
    values = {count: 1, **counts}
    return replace(
        full(),
        measures=(
            replace(
                integrity,
                name=measure,
                values=tuple(
                    Value(name=name, title=name.title(), value=value, unit="count")
                    for name, value in values.items()
                ),
                tables=(table,),
            ),
        ),
    )


def rows_of(name: str, columns: str, *rows: tuple[str | float, ...]) -> Table:
    heads = tuple(Column(name=column) for column in columns.split())
    return Table(name=name, title=name, columns=heads, rows=rows)


@pytest.mark.parametrize(
    ("measure", "count", "table", "where"),
    [
        (
            "worst_slices",
            "worse_slice_count",
            rows_of(
                "slices",
                "cut_by slice suspected_share share_of_the_rest adjusted_p_value",
                ("class", "7", 0.2, 0.1, 0.01),
                ("class", "8", 0.3, 0.1, 0.2),
                ("class", "9", 0.01, 0.1, 0.001),
            ),
            ("class / 7: 0.2",),
        ),
        (
            "spurious_correlation",
            "told_pairs_count",
            rows_of(
                "properties_by_class",
                "property class separation told",
                ("entropy", "cat", 0.4, True),
                ("entropy", "dog", 0.5, False),
            ),
            ("entropy / cat: 0.4",),
        ),
        (
            "label_shift",
            "moved_class_count",
            rows_of(
                "moved_classes",
                "class adjusted_p_value",
                ("cat", 0.04),
                ("dog", 0.06),
            ),
            ("cat",),
        ),
    ],
)
def test_only_what_a_test_decided_is_named_as_a_place(
    measure: str, count: str, table: Table, where: tuple[str, ...]
) -> None:
    assert alert_of(made(measure, count, table), count).where == where


def test_of_images_with_faults_the_kinds_of_fault_are_named() -> None:
    nothing = rows_of("properties", "property")
    report = made("image_faults", "faulty_count", nothing, gray_count=23, dark_count=0, odd_count=9)
    assert alert_of(report, "faulty_count").where == ("Gray_Count: 23", "Odd_Count: 9")


@pytest.mark.parametrize("case", CASES)
def test_every_number_beyond_its_limit_has_an_alert(case: str) -> None:
    report = CASES[case]()
    alerted = [
        (alert.measure.name, alert.value)
        for alert in alerts_of(report)
        if alert.limit and alert.level != "note"
    ]
    assert sorted(alerted) == sorted(
        (each.limit.measure, each.limit.value)
        for each in judged(report)
        if each.verdict in {"fail", "check"}
    )


@given(
    st.lists(
        st.tuples(st.text(max_size=5), st.none() | st.floats(-10, 10) | st.text(max_size=3)),
        max_size=6,
    )
)
def test_any_table_of_places_is_read(rows: list[tuple[str, float | str | None]]) -> None:
    table = Table(
        name="per_class",
        title="By class",
        columns=(Column(name="class"), Column(name="expected_error_share", unit="share")),
        rows=tuple(rows),
    )
    noise, *others = full().measures
    report = replace(full(), measures=(replace(noise, tables=(table,)), *others))
    where = alert_of(report, "model_estimated_error_rate").where
    above = [cell for _, cell in rows if isinstance(cell, float) and cell > 0]
    assert len(where) == min(3, len(above))


def test_limits_that_a_scan_starts_with_have_words_of_their_own() -> None:
    assert {(limit.measure, limit.value) for limit in STARTING_LIMITS} <= set(ADVICE)
    assert all(advice.one and advice.many and advice.remedy for advice in ADVICE.values())
    assert alerts_of(hostile())


def test_advice_in_a_public_report_names_no_file_that_its_readers_lack() -> None:
    for advice in ADVICE.values():
        said = advice.remedy_of("public")
        assert "issues.csv" not in said
        assert "labelaudit review" not in said
        assert said.endswith(".")
        assert advice.remedy_of("team") == advice.remedy
    shown = [alert.remedy for alert in alerts_of(published(full(), "public"))]
    assert any("a scan of the data lists them" in remedy for remedy in shown)
    assert not any("issues.csv" in remedy or "review" in remedy for remedy in shown)
