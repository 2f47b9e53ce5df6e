"""What holds for every registered measure."""

import inspect
import math
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny import KINDS, N, Tiny, inputs_of, run_measure

from labelaudit.errors import MissingInputError
from labelaudit.inputs import Inputs
from labelaudit.measures import Findings, describe, load_measures, summary
from labelaudit.report import FAMILIES, Value

UNITS = {"", "count", "nats", "ratio", "share"}
HEADINGS = ("Formula", "Range", "Undefined", "Not comparable", "Parameters", "Returns")
SHUFFLED = np.random.default_rng(7).permutation(N)
VARIANTS: dict[str, Callable[[Tiny], Tiny]] = {
    "as it is": lambda tiny: tiny,
    "shuffled": lambda tiny: tiny.take(SHUFFLED),
    "renamed": lambda tiny: replace(
        tiny, class_names=tuple(f"<class {at}>" for at in range(len(tiny.class_names)))
    ),
    "renumbered": Tiny.renumbered,
    "one sample": lambda tiny: tiny.take(np.array([0])),
    "two samples": lambda tiny: tiny.take(np.array([0, 119])),
    "nothing labelled": Tiny.unlabelled,
    "one class": Tiny.first_class,
}
DEGENERATE = ("one sample", "two samples", "nothing labelled", "one class")


@cache
def inputs(kind: str, variant: str) -> Inputs:
    """Return the inputs of a variant of a tiny dataset."""
    return inputs_of(VARIANTS[variant](KINDS[kind]()))


@cache
def run(name: str, kind: str, variant: str = "as it is") -> Findings | MissingInputError:
    """Run a measure on a variant of a tiny dataset."""
    return run_measure(name, inputs(kind, variant))


def findings(name: str, kind: str, variant: str = "as it is") -> Findings:
    """Return what a measure found; skip the test where it is not measured."""
    found = run(name, kind, variant)
    if isinstance(found, MissingInputError):
        pytest.skip(f"not measured: {found}")
    return found


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=list(load_measures()))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)


def assert_same_values(found: Findings, expected: Findings, *, bounds: bool = True) -> None:
    assert [value.name for value in found.values] == [value.name for value in expected.values]
    for value, wanted in zip(found.values, expected.values, strict=True):
        assert same(value.value, wanted.value), (value, wanted)
        if bounds:
            assert same(value.low, wanted.low), (value, wanted)
            assert same(value.high, wanted.high), (value, wanted)


def test_every_measure_is_measured_on_some_tiny_dataset(name: str) -> None:
    assert any(isinstance(run(name, kind), Findings) for kind in KINDS)


def test_the_order_of_items_does_not_matter(name: str, kind: str) -> None:
    if describe(load_measures()[name]).order_matters:
        pytest.skip("the order of the items is what it measures")
    found, expected = findings(name, kind, "shuffled"), findings(name, kind)
    assert_same_values(found, expected)
    for ranking, wanted in zip(found.rankings, expected.rankings, strict=True):
        assert ranking.name == wanted.name
        assert set(SHUFFLED[ranking.items]) == set(wanted.items)
    for column, values in found.columns.items():
        assert _equal(values, expected.columns[column][SHUFFLED]), column


def _equal(one: NDArray[np.generic], other: NDArray[np.generic]) -> bool:
    if np.issubdtype(one.dtype, np.floating):
        # Single precision, summed in another order.
        return np.allclose(one, other, rtol=1e-3, atol=1e-3, equal_nan=True)
    return np.array_equal(one, other)


def test_the_names_of_classes_do_not_matter(name: str, kind: str) -> None:
    assert_same_values(findings(name, kind, "renamed"), findings(name, kind))


def test_the_order_of_classes_does_not_matter(name: str, kind: str) -> None:
    # Bounds by resampling draw the classes in their order, so only the values are compared.
    assert_same_values(findings(name, kind, "renumbered"), findings(name, kind), bounds=False)


def test_the_same_seed_gives_the_same_values(name: str, kind: str) -> None:
    again = run_measure(name, inputs_of(KINDS[kind]()))
    expected = findings(name, kind)
    assert isinstance(again, Findings)
    assert again.values == expected.values
    assert again.tables == expected.tables
    assert again.notes == expected.notes
    assert again.parameters == expected.parameters


@pytest.mark.parametrize("variant", DEGENERATE)
def test_degenerate_datasets_are_measured_or_refused_with_a_reason(
    name: str, kind: str, variant: str
) -> None:
    found = run(name, kind, variant)
    if isinstance(found, MissingInputError):
        assert found.message
    else:
        check_findings(found, len(VARIANTS[variant](KINDS[kind]())))


def test_findings_are_what_a_report_can_hold(name: str, kind: str) -> None:
    check_findings(findings(name, kind), N)


def check_findings(found: Findings, n_samples: int) -> None:
    names = [value.name for value in found.values]
    assert len(set(names)) == len(names)
    for value in found.values:
        check_value(value)
    for table in found.tables:
        assert table.omitted >= 0
        for row in table.rows:
            assert len(row) == len(table.columns)
            for cell in row:
                assert cell is None or type(cell) in (str, int, float, bool), (table.name, cell)
                assert not isinstance(cell, float) or math.isfinite(cell), (table.name, row)
        assert {column.unit for column in table.columns} <= UNITS
    for ranking in found.rankings:
        about = np.zeros_like(ranking.items) if ranking.classes is None else ranking.classes
        assert len(set(zip(ranking.items, about, strict=True))) == len(ranking.items)
        assert ((ranking.items >= 0) & (ranking.items < n_samples)).all()
        for each in (ranking.scores, ranking.suggested, ranking.groups, ranking.classes):
            assert each is None or len(each) == len(ranking.items)
        assert len(ranking.details) in (0, len(ranking.items))
    for column in found.columns.values():
        assert len(column) == n_samples
    for parameter in found.parameters.values():
        assert parameter is None or type(parameter) in (str, int, float, bool)


def check_value(value: Value) -> None:
    """Check that a value lies where the last word of its name, and its unit, say."""
    assert re.fullmatch(r"[a-z][a-z0-9_]*", value.name)
    assert value.title
    assert value.unit in UNITS
    if value.value is None:
        assert value.note, f"{value.name} does not say why it is undefined"
        assert value.low is value.high is None
        return
    assert type(value.value) in (int, float), value
    assert math.isfinite(value.value)
    scale = value.name.rpartition("_")[2]
    if scale == "count" or value.unit == "count":
        assert isinstance(value.value, int)
        assert value.value >= 0
    if scale in ("share", "rate", "score") or value.unit == "share":
        assert 0 <= value.value <= 1
    if scale == "ratio" or value.unit == "ratio":
        assert value.value >= 0
    assert (value.low is None) == (value.high is None) == (value.interval == "")
    assert (value.interval == "") != (value.no_interval == ""), value
    if value.low is not None and value.high is not None:
        assert math.isfinite(value.low)
        assert math.isfinite(value.high)
        assert value.low <= value.value <= value.high


def test_its_documentation_has_the_agreed_sections(name: str) -> None:
    measure = load_measures()[name]
    text = inspect.getdoc(measure) or ""
    lines = text.split("\n")
    for heading in HEADINGS:
        assert heading in lines, f"{name}: no section {heading!r}"
        assert lines[lines.index(heading) + 1] == "-" * len(heading)
    assert summary(measure).endswith(".")
    assert lines[1] == ""
    assert re.search(r"\b(lower|higher)\b[\w\s-]* better", text, re.IGNORECASE)


def test_it_has_a_title_a_family_and_a_test_file_of_its_name(name: str) -> None:
    described = describe(load_measures()[name])
    assert described.family in FAMILIES
    assert described.title
    assert Path(__file__).with_name(f"test_{name}.py").is_file()
