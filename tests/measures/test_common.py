"""What holds for every registered measure."""

import inspect
import math
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
from labelaudit.measures import Findings, describe, load_measures
from labelaudit.report import FAMILIES
from labelaudit.testing import check_findings, check_measure

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


def test_its_documentation_has_the_agreed_sections(name: str) -> None:
    measure = load_measures()[name]
    check_measure(measure)
    lines = (inspect.getdoc(measure) or "").split("\n")
    assert {"Parameters", "Returns"} <= set(lines)


def test_it_has_a_title_a_family_and_a_test_file_of_its_name(name: str) -> None:
    described = describe(load_measures()[name])
    assert described.family in FAMILIES
    assert described.title
    assert Path(__file__).with_name(f"test_{name}.py").is_file()
