"""Sections of measures: their sentences, and what of a table the page holds."""

from dataclasses import replace
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st
from printed import articles, contradictions, with_attribute, words
from reports import CASES, full

from labelaudit.privacy import LEFT_OUT
from labelaudit.render.html import to_html
from labelaudit.render.json import as_published
from labelaudit.render.sections import N_COLUMNS, N_ROWS, known, part_of, some
from labelaudit.report import Column, MeasureResult, Report, Scalar, Table, Value

NUMBERS = st.none() | st.integers(-5, 5)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    names = draw(st.lists(st.sampled_from("abcdefghijkl"), unique=True, max_size=12))
    row = st.tuples(*(NUMBERS for _ in names))
    return Table(
        name="t",
        title="T",
        columns=tuple(Column(name=name) for name in names),
        rows=tuple(draw(st.lists(row, max_size=70))) if names else (),
        omitted=draw(st.integers(0, 3)),
    )


def section(table: Table, **values: Scalar) -> Element:
    """Return the section of a measure without a template of its own."""
    numbers = tuple(
        Value(name=name, title=name, value=value)
        for name, value in values.items()
        if not isinstance(value, str)
    )
    measure = MeasureResult(
        name="unheard_of",
        family="integrity",
        title="Unheard of",
        summary="Nobody made a template of it.",
        status="measured",
        values=numbers,
        tables=(table,),
    )
    report = replace(full(), measures=(*full().measures, measure))
    return articles(to_html(report))["unheard_of"]


def rows_of(node: Element) -> list[str]:
    return [words(row) for row in node.iter("tr")][1:]


def of_classes(n: int) -> Table:
    return Table(
        name="classes",
        title="Classes",
        columns=(Column(name="class"), Column(name="count", unit="count")),
        rows=tuple((f"class {at}", 1000 - at) for at in range(n)),
    )


@pytest.mark.parametrize("case", [name for name in CASES if name != "hostile"])
def test_every_number_and_row_of_the_sections_is_that_of_the_report(case: str) -> None:
    report = as_published(CASES[case]())
    assert contradictions(to_html(report), report) == []


def test_a_number_that_is_not_that_of_the_report_is_seen() -> None:
    report = as_published(full())
    noise, imbalance, *others = report.measures
    values = tuple(replace(value, value=0.5) for value in imbalance.values)
    rows = imbalance.tables[0].rows[1:]
    altered = replace(imbalance, values=values, tables=(replace(imbalance.tables[0], rows=rows),))
    found = contradictions(to_html(replace(report, measures=(noise, altered, *others))), report)
    assert "class_imbalance: imbalance_ratio is 77.4, printed 0.5" in found
    found = contradictions(to_html(report), replace(report, measures=(noise, altered, *others)))
    assert any("classes: no row ('antelope'" in each for each in found)


def test_sentences_say_what_was_found() -> None:
    said = articles(to_html(full()))
    assert "The most common class has 77.4 times the items of the rarest." in words(
        said["class_imbalance"]
    )
    assert "185 labels are suspected to be wrong, 3.08% of those that the model saw." in words(
        said["label_noise"]
    )
    assert "4 items cannot be read. 12 items have no label. 38 items repeat another" in words(
        said["integrity"]
    )


def with_value(report: Report, measure: str, name: str, value: float | None) -> Report:
    measures = tuple(
        replace(
            result,
            values=tuple(
                replace(each, value=value) if each.name == name else each for each in result.values
            ),
        )
        if result.name == measure
        else result
        for result in report.measures
    )
    return replace(report, measures=measures)


def test_a_sentence_has_its_singular_and_says_that_there_is_none() -> None:
    one = with_value(full(), "integrity", "unlabelled_count", 1)
    assert "1 item has no label." in words(articles(to_html(one))["integrity"])
    even = with_value(full(), "class_imbalance", "imbalance_ratio", 1)
    assert "All classes have equally many items." in words(
        articles(to_html(even))["class_imbalance"]
    )
    none = with_value(full(), "near_duplicates", "near_duplicates_count", 0)
    assert "No item is a near copy of another; equal" in words(
        articles(to_html(none))["near_duplicates"]
    )
    unknown = with_value(full(), "near_duplicates", "near_duplicates_count", None)
    article = articles(to_html(unknown))["near_duplicates"]
    assert not [node for node in article.iter("p") if node.get("class") == "takeaway"]


def test_values_are_known_when_defined_and_some_when_not_zero() -> None:
    measure = replace(full().measures[1], values=())
    for value, (is_known, is_some) in {None: (0, 0), 0: (1, 0), 2.5: (1, 1)}.items():
        made = replace(measure, values=(Value(name="n", title="N", value=value),))
        assert (known(made, "n"), some(made, "n")) == (is_known, is_some)
    assert not known(measure, "n")
    assert not some(measure, "n")


@given(tables(), st.booleans())
def test_a_part_and_what_it_leaves_out_are_the_whole(table: Table, from_the_end: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    part = part_of(table, from_the_end=from_the_end)
    assert len(part.table.rows) + part.rows == len(table.rows)
    assert len(part.table.columns) + part.columns == len(table.columns)
    assert len(part.table.rows) <= N_ROWS
    assert len(part.table.columns) <= N_COLUMNS
    assert part.omitted == table.omitted
    names = [column.name for column in table.columns]
    at = [names.index(column.name) for column in part.table.columns]
    assert at == sorted(at)
    rows = [tuple(row[n] for n in at) for row in table.rows]
    expected = rows[::-1][:N_ROWS] if from_the_end and len(rows) > N_ROWS else rows[:N_ROWS]
    assert list(part.table.rows) == expected


def test_the_page_shows_the_columns_that_a_template_chose() -> None:
    table = Table(
        name="t",
        title="T",
        columns=tuple(Column(name=name) for name in "abc"),
        rows=((1, None, 3), (4, None, 6)),
    )
    assert part_of(table, ["c", "gone"]).table.rows == ((3,), (6,))
    assert [column.name for column in part_of(table).table.columns] == ["a", "c"]
    assert part_of(table, ["b"]).table.rows == ((None,), (None,))


def test_a_long_table_is_cut_and_says_so() -> None:
    rows = tuple((f"r{at}", *range(11)) for at in range(120))
    columns = (Column(name="row"), *(Column(name=f"c{at}") for at in range(11)))
    shown = section(Table(name="t", title="T", columns=columns, rows=rows, omitted=5))
    assert len(rows_of(shown)) == 50
    assert "70 more rows and 4 more columns in report.json." in words(shown)
    assert "5 rows beyond those are counted and not listed." in words(shown)


def test_a_table_by_class_shows_ten_and_leads_to_all() -> None:
    shown = section(of_classes(11))
    assert rows_of(shown)[0] == "class 01,000"
    assert len(rows_of(shown)) == 10
    assert "#classes" in {node.get("href") for node in shown.iter("a")}
    assert len(rows_of(section(of_classes(10)))) == 10
    assert not list(section(of_classes(10)).iter("a"))


def test_the_rarest_classes_come_first_where_not_all_are_shown() -> None:
    report = full()
    measures = [
        replace(result, tables=(of_classes(30),)) if result.name == "class_imbalance" else result
        for result in report.measures
    ]
    page = to_html(replace(report, measures=tuple(measures)))
    rows = rows_of(articles(page)["class_imbalance"])
    assert rows == [f"class {at}{1000 - at}" for at in range(29, 19, -1)]


def test_a_measure_without_template_shows_six_numbers_and_folds_the_others() -> None:
    shown = section(of_classes(2), **{f"v{at}": at for at in range(9)})
    [folded] = [node for node in shown.iter("details") if words(node).startswith("3 more numbers")]
    inside = {name for name, _ in with_attribute(folded, "data-value")}
    everywhere = {name for name, _ in with_attribute(shown, "data-value")}
    assert inside == {"v6", "v7", "v8"}
    assert everywhere - inside == {f"v{at}" for at in range(6)}


def test_names_are_kept_from_reordering_what_is_around() -> None:
    article = articles(to_html(full()))["label_noise"]
    cells = [cell for cell in article.iter("th") if cell.get("scope") == "row"]
    assert cells
    assert all(len(list(cell.iter("bdi"))) == 1 for cell in cells)


def test_numbers_that_a_public_report_leaves_out_are_named_once() -> None:
    report = full()
    result = report.measures[0]
    hidden = replace(result.values[0], value=None, low=None, high=None, note=LEFT_OUT)
    closed = replace(report, measures=(replace(result, values=(hidden, *result.values[1:])),))
    page = to_html(closed)
    assert f"Left out of a public report: {hidden.title}." in page
    assert f'data-value="{hidden.name}">undefined' not in page


def with_values(name: str, **numbers: float) -> str:
    """Return the section of a measure with these numbers."""
    integrity = next(each for each in full().measures if each.name == "integrity")
    values = tuple(
        Value(name=each, title=each, value=value, unit="share" if "share" in each else "count")
        for each, value in numbers.items()
    )
    result = replace(integrity, name=name, values=values, tables=(), galleries=())
    return words(articles(to_html(replace(full(), measures=(result,))))[name])


def test_sentences_say_no_more_than_was_measured() -> None:
    said = with_values("audited_labels", drawn_judged_count=0, reviewer_count=1)
    assert "No item that was drawn at random has been judged" in said
    assert "1 person judged 0 items" not in said
    said = with_values("worst_slices", worst_slice_suspected_share=0.0, worse_slice_count=0)
    assert "In the worst" not in said
    said = with_values("worst_slices", worst_slice_suspected_share=0.5)
    assert "In the worst, 50% of the labels are suspected." in said
    said = with_values("multi_label", cardinality=1)
    assert "An item has 1 label on average." in said
    said = with_values("annotator_agreement", krippendorff_alpha=0.4, ordinal_alpha=0.7)
    assert "Krippendorff's alpha for ordered classes is 0.7" in said
