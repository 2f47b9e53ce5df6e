"""Sections of the page, made from what the measures find in tiny datasets."""

from functools import cache

import pytest
from printed import articles, contradictions, with_attribute, words
from test_common import inputs, run
from test_template_needs import FILES, rarer
from tiny import KINDS, inputs_of, run_measure

from labelaudit.dataset import Dataset
from labelaudit.embeddings.content import Content
from labelaudit.galleries import gallery_of
from labelaudit.gather import dataset_facts
from labelaudit.inputs import Inputs
from labelaudit.measures import Findings, describe, load_measures, summary
from labelaudit.render.html import to_html
from labelaudit.render.json import as_published
from labelaudit.report import MeasureResult, Report, Run

DATASETS = (*KINDS, "rarer")


def _result(name: str, found: Findings, given: Inputs) -> MeasureResult:
    dataset, content = given.get("dataset"), given.get("content")
    assert isinstance(dataset, Dataset)
    assert isinstance(content, Content)
    about = describe(load_measures()[name])
    return MeasureResult(
        name=name,
        family=about.family,
        title=about.title,
        summary=summary(load_measures()[name]),
        status="measured",
        values=found.values,
        tables=found.tables,
        galleries=tuple(gallery_of(ranking, dataset, content) for ranking in found.rankings),
        notes=found.notes,
        parameters=dict(found.parameters),
    )


@cache
def report_of(which: str) -> Report:
    """Return the report of a tiny dataset, as its JSON has it."""
    if which in KINDS:
        given = inputs(which, "as it is")
        found = {name: run(name, which) for name in load_measures()}
    else:
        given = inputs_of(rarer())
        found = {name: run_measure(name, given) for name in load_measures()}
    dataset, content = given.get("dataset"), given.get("content")
    assert isinstance(dataset, Dataset)
    assert isinstance(content, Content)
    report = Report(
        tool_version="0",
        dataset=dataset_facts(dataset, content),
        embedding=None,
        random_state=0,
        measures=tuple(
            _result(name, each, given) for name, each in found.items() if isinstance(each, Findings)
        ),
        run=Run(
            started="2026-01-31T09:00:00Z",
            seconds={},
            provider="",
            node_providers={},
            n_from_cache=0,
            python="3",
            packages={},
        ),
    )
    return as_published(report)


@cache
def page_of(which: str) -> str:
    return to_html(report_of(which))


@pytest.mark.parametrize("which", DATASETS)
def test_every_number_of_a_section_is_that_of_the_report(which: str) -> None:
    assert contradictions(page_of(which), report_of(which)) == []


@pytest.mark.parametrize("which", DATASETS)
def test_a_section_with_its_own_template_says_in_a_sentence_what_was_found(which: str) -> None:
    for name, article in articles(page_of(which)).items():
        said = [words(p) for p in article.iter("p") if p.get("class") == "takeaway"]
        result = report_of(which).measure(name)
        assert result is not None
        known = [value for value in result.values if value.value is not None]
        assert len(said) == int(name in FILES and bool(known)), name
        assert all(each.endswith(".") and " ." not in each and " ," not in each for each in said)


@pytest.mark.parametrize("which", DATASETS)
def test_a_section_prints_every_value_and_every_table_once_at_least(which: str) -> None:
    for name, article in articles(page_of(which)).items():
        result = report_of(which).measure(name)
        assert result is not None
        values = {each for each, _ in with_attribute(article, "data-value")}
        undefined = {value.name for value in result.values if value.value is None}
        assert {value.name for value in result.values} - undefined <= values, name
        tables = {each for each, _ in with_attribute(article, "data-table")}
        assert {table.name for table in result.tables if table.rows} <= tables, name
        galleries = {each for each, _ in with_attribute(article, "data-gallery")}
        assert {each.name for each in result.galleries if each.samples} <= galleries, name


def test_the_sentence_about_imbalance_is_made_of_its_numbers() -> None:
    report = report_of("rarer")
    said = words(articles(page_of("rarer"))["class_imbalance"])
    few = report.value("class_imbalance", "few_shot_count")
    empty = report.value("class_imbalance", "empty_class_count")
    assert few is not None
    assert empty is not None
    assert rarer().class_names[-1] == "nothing"
    assert (empty.value, few.value) == (1, 1)
    assert "1 class has no item. 1 class has fewer than 20 items" in said
