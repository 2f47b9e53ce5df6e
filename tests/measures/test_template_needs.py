"""Templates say what they need of their measure, and need nothing that no measure reports."""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from jinja2 import Environment, meta, nodes
from needs import Need, asked, declared, passed_over
from test_common import run
from test_near_duplicates import encoded, picture
from tiny import KINDS, N, Tiny, annotated, inputs_of, run_measure, single_label

from labelaudit.inputs import Inputs
from labelaudit.measures import Findings, load_measures
from labelaudit.render.charts import DRAWINGS
from labelaudit.render.sections import SECTIONS

TEMPLATES = Path(__file__).parents[2] / "templates"
FILES = {file.stem: file for file in sorted((TEMPLATES / "measures").glob("*.html"))}
GIVEN = {"measure", "report"}
FORMATS = {"number", "interval", "one_pair"}


@cache
def source_of(name: str) -> str:
    return FILES[name].read_text(encoding="utf-8")


def rarer() -> Tiny:
    """Return a dataset with what the tiny ones lack: near copies, a split without labels."""
    base = single_label()
    truth = np.arange(N, dtype=np.int32) % 3
    splits = (np.arange(N) >= N // 2).astype(np.int32)
    copied = picture(0)
    images = (encoded(copied), encoded(copied.resize((48, 48))), *base.images[2:])
    vectors = np.random.default_rng(0).normal(size=(N, 8)) + 4 * np.eye(3, 8)[truth]
    vectors[1] = vectors[0]
    labels = np.where(splits == 0, truth, -1).astype(np.int32)
    made = replace(base, images=images, vectors=vectors.astype(np.float32))
    return replace(made, labels=labels, splits=splits)


@cache
def special_inputs() -> tuple[Inputs, ...]:
    in_order = replace(annotated(), ordered=True)
    return inputs_of(single_label(), compat="konz2024"), inputs_of(rarer()), inputs_of(in_order)


def found(name: str, *, everywhere: bool) -> list[Findings]:
    """Return what a measure finds in the tiny datasets, or everywhere."""
    results = [run(name, kind) for kind in KINDS]
    if everywhere:
        results += [run_measure(name, each) for each in special_inputs()]
    return [result for result in results if isinstance(result, Findings)]


def reported(results: Iterable[Findings]) -> set[Need]:
    names: set[Need] = set()
    for result in results:
        names |= {("value", value.name) for value in result.values}
        names |= {("table", table.name) for table in result.tables}
        names |= {("gallery", ranking.name) for ranking in result.rankings}
        names |= {("parameter", name) for name in result.parameters}
    return names


@pytest.mark.parametrize("name", FILES)
def test_a_template_declares_what_it_asks_for_and_nothing_else(name: str) -> None:
    assert declared(source_of(name)) == asked(source_of(name))


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("_")])
def test_a_measure_reports_what_its_template_needs(name: str) -> None:
    assert name in load_measures()
    missing = declared(source_of(name)) - reported(found(name, everywhere=False))
    assert not missing or missing <= reported(found(name, everywhere=True))


@pytest.mark.parametrize("name", FILES)
def test_a_template_passes_over_nothing_that_it_does_not_show(name: str) -> None:
    needed = {need for kind, need in declared(source_of(name)) if kind in {"table", "gallery"}}
    assert passed_over(source_of(name)) <= needed


@pytest.mark.parametrize("name", FILES)
def test_a_template_uses_what_is_documented_and_nothing_else(name: str) -> None:
    tree = Environment().parse(source_of(name))  # noqa: S701 - it is read, not rendered
    own = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    used = meta.find_undeclared_variables(tree) - own - GIVEN
    assert used <= {*DRAWINGS, *SECTIONS, *FORMATS}


def test_what_templates_are_put_together_from_is_documented_at_its_head() -> None:
    source = (TEMPLATES / "macros.html").read_text(encoding="utf-8")
    head = source.partition("#}")[0]
    calls = {call for file in FILES for call in re.findall(r"show\.(\w+)", source_of(file))}
    macros = set(re.findall(r"{% macro (\w+)", source))
    assert calls <= macros
    assert {name for name in calls if f"show.{name}(" not in head} == set()
    used = {
        name
        for file in FILES
        for name in meta.find_undeclared_variables(Environment().parse(source_of(file)))  # noqa: S701
    }
    assert {name for name in used & set(SECTIONS) if f"`{name}`" not in head} == set()


@pytest.mark.parametrize(
    "name", ["value", "interval", "bar", "histogram", "matrix", "gallery", "table"]
)
def test_there_is_a_macro_for_each_part_of_a_section(name: str) -> None:
    source = (TEMPLATES / "macros.html").read_text(encoding="utf-8")
    assert f"{{% macro {name}(" in source
    assert f"show.{name}(" in source.partition("#}")[0]


def test_every_measure_with_several_numbers_has_its_own_template() -> None:
    without = set(load_measures()) - set(FILES)
    assert all(
        len(result.values) < 4 for name in without for result in found(name, everywhere=False)
    )
