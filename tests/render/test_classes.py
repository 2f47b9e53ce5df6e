from dataclasses import replace

import pytest
from reports import ANIMALS, CASES, COUNTS, SUSPECTED, full, multilabel

from labelaudit.privacy import published
from labelaudit.render.classes import MOST_COLUMNS, SOURCES, classes_of, columns_of, in_classes
from labelaudit.render.html import to_html
from labelaudit.report import Column, MeasureResult, Report, Table


def class_table(name: str, columns: dict[str, tuple[object, ...]]) -> Table:
    return Table(
        name=name,
        title=name,
        columns=tuple(Column(name=column) for column in columns),
        rows=tuple(zip(*columns.values(), strict=True)),
    )


def measured(name: str, *tables: Table) -> MeasureResult:
    return MeasureResult(
        name=name,
        family="label_noise",
        title=name,
        summary="",
        status="measured",
        tables=tables,
    )


def with_measures(*measures: MeasureResult, classes: tuple[str, ...] = ("a", "b", "c")) -> Report:
    report = full()
    return replace(report, measures=measures, dataset=replace(report.dataset, class_names=classes))


def test_rows_of_two_measures_are_joined_by_class() -> None:
    found = classes_of(full())
    assert found is not None
    assert [column.name for column in found.columns] == [
        "class",
        "items",
        "suspected",
        "expected errors",
    ]
    pairs = sorted(zip(SUSPECTED, COUNTS, ANIMALS, strict=True), reverse=True)
    assert found.rows == (
        *((name, count, wrong, 0.9 * wrong / count) for wrong, count, name in pairs),
        ("ibex", None, 0, None),
    )


def test_a_column_that_knows_of_hardly_any_class_is_left_out() -> None:
    names = tuple(f"c{number}" for number in range(21))
    columns: dict[str, tuple[object, ...]] = {
        "class": names,
        "error_share": (0.5, 0.25, *(None for _ in names[2:])),
        "nearest_class": ("c1", "c0", "c9", *("too few samples" for _ in names[3:])),
    }
    report = with_measures(
        measured("embedding_label_sharpness", class_table("classes", columns)), classes=names
    )
    assert [source.column for source in columns_of(report)] == ["nearest_class"]


def test_a_declared_class_without_a_row_is_there_with_nothing_known() -> None:
    report = with_measures(
        measured("class_imbalance", class_table("classes", {"class": ("b",), "count": (7,)}))
    )
    found = classes_of(report)
    assert found is not None
    assert found.rows == (("b", 7), ("a", None), ("c", None))


def test_few_splits_have_a_column_each_beside_the_items() -> None:
    report = with_measures(
        measured(
            "class_imbalance",
            class_table("classes", {"class": ("a", "b"), "count": (5, 3)}),
            class_table("classes_by_split", {"class": ("a", "b"), "test": (1, 2), "train": (4, 1)}),
        ),
        measured("label_noise", class_table("per_class", {"class": ("a",), "suspected": (1,)})),
    )
    found = classes_of(report)
    assert found is not None
    names = [column.name for column in found.columns]
    assert names == ["class", "items", "in test", "in train", "suspected"]
    assert found.rows[0] == ("a", 5, 1, 4, 1)


def test_many_splits_have_none() -> None:
    splits = {f"s{number}": (1,) for number in range(4)}
    report = with_measures(
        measured(
            "class_imbalance",
            class_table("classes", {"class": ("a",), "count": (4,)}),
            class_table("classes_by_split", {"class": ("a",), **splits}),
        )
    )
    assert [source.title for source in columns_of(report)] == ["items"]


def test_labels_of_several_an_item_are_classes_too() -> None:
    found = classes_of(
        replace(
            multilabel(),
            measures=(
                measured("multi_label", class_table("labels", {"label": ("a",), "count": (2,)})),
            ),
        )
    )
    assert found is not None
    assert found.rows[0] == ("a", 2)


def test_a_table_has_no_more_columns_than_fit() -> None:
    tables: dict[str, dict[str, dict[str, tuple[object, ...]]]] = {}
    for source in SOURCES:
        columns = tables.setdefault(source.measure, {}).setdefault(source.table, {"class": ("a",)})
        columns[source.column] = (1,)
    report = with_measures(
        *(
            measured(name, *(class_table(table, columns) for table, columns in each.items()))
            for name, each in tables.items()
        )
    )
    found = classes_of(report)
    assert found is not None
    assert len(found.columns) == MOST_COLUMNS + 1


@pytest.mark.parametrize(
    ("first", "names", "told"),
    [
        ("class", tuple(f"c{number}" for number in range(11)), True),
        ("label", tuple(f"c{number}" for number in range(11)), True),
        ("class", tuple(f"c{number}" for number in range(10)), False),
        ("class", tuple(f"c{number // 2}" for number in range(22)), False),
        ("split", tuple(f"c{number}" for number in range(11)), False),
    ],
)
def test_a_long_table_with_one_row_a_class_is_told(
    first: str, names: tuple[str, ...], *, told: bool
) -> None:
    columns: dict[str, tuple[object, ...]] = {first: names, "share": (0.5,) * len(names)}
    assert in_classes(class_table("any", columns)) is told
    assert not in_classes(class_table("none", {first: ()}))


def test_numbers_for_labels_have_no_classes() -> None:
    report = full()
    assert classes_of(replace(report, measures=())) is None
    assert classes_of(replace(report, dataset=replace(report.dataset, task="regression"))) is None


def test_more_classes_than_a_table_holds_are_counted() -> None:
    names = tuple(f"n{number:05d}" for number in range(1234))
    table = class_table("classes", {"class": names, "count": tuple(range(1234))})
    found = classes_of(with_measures(measured("class_imbalance", table), classes=names))
    assert found is not None
    assert (len(found.rows), found.omitted) == (1000, 234)
    assert found.rows[0] == ("n01233", 1233)


@pytest.mark.parametrize("case", CASES)
def test_each_cell_is_that_of_the_table_it_comes_from(case: str) -> None:
    report = CASES[case]()
    found = classes_of(report)
    for at, source in enumerate(columns_of(report) if found is not None else (), start=1):
        result = report.measure(source.measure)
        assert result is not None
        assert found is not None
        [table] = [each for each in result.tables if each.name == source.table]
        place = [column.name for column in table.columns].index(source.column)
        known = {row[0]: row[place] for row in table.rows}
        assert {row[0]: row[at] for row in found.rows if row[0] in known} == known


def test_classes_of_few_items_share_a_row_in_a_public_report() -> None:
    counts = {"big": 90, "large": 80, "small": 7, "tiny": 5, "empty": 0}
    table = class_table("classes", {"class": tuple(counts), "count": tuple(counts.values())})
    table = replace(table, columns=(Column(name="class"), Column(name="count", unit="count")))
    result = replace(measured("class_imbalance", table), name="class_imbalance")
    closed = published(with_measures(result, classes=tuple(counts)), "public")
    found = classes_of(closed)
    assert found is not None
    assert found.rows == (("big", 90), ("large", 80), ("3 classes not named", 12))
    assert '<a href="#classes">Classes</a> <span class="muted">5</span>' in to_html(closed)
