import json
from dataclasses import replace
from math import isfinite

import pytest
from attacks import poisoned
from reports import CASES, audited, full, hostile

from labelaudit.privacy import published
from labelaudit.render import text
from labelaudit.render.files import rendered_files
from labelaudit.render.json import as_published
from labelaudit.render.metrics import to_metrics
from labelaudit.report import Report


def metrics(report: Report) -> dict[str, float]:
    numbers: dict[str, float] = json.loads(to_metrics(report))
    return numbers


def flattened(thing: object, prefix: str = "") -> dict[str, object]:
    """Return a file of metrics as DVC reads it: keys of nested maps joined by dots."""
    if not isinstance(thing, dict):
        return {prefix: thing}
    return {
        name: value
        for key, each in thing.items()
        for name, value in flattened(each, f"{prefix}.{key}" if prefix else key).items()
    }


@pytest.mark.parametrize("case", CASES)
def test_it_is_a_flat_map_of_finite_numbers(case: str) -> None:
    source = rendered_files(CASES[case](), names=["metrics.json"])["metrics.json"]
    numbers = json.loads(source, parse_constant=pytest.fail)
    assert flattened(numbers) == numbers
    assert numbers
    for name, number in numbers.items():
        assert type(number) in {int, float}, name
        assert isfinite(number)


@pytest.mark.parametrize("case", CASES)
def test_every_number_of_the_report_is_in_it_and_no_other(case: str) -> None:
    report = as_published(CASES[case]())
    wanted = {
        f"{result.name}.{value.name}{end}"
        for result in report.measures
        for value in result.values
        for end, number in (("", value.value), (".low", value.low), (".high", value.high))
        if number is not None
    }
    found = metrics(report)
    if case != "hostile":
        assert {name for name in found if not name.startswith("dataset.")} == wanted
    for result in report.measures:
        for value in result.values:
            name = f"{result.name}.{value.name}"
            if case != "hostile" and value.value is not None:
                assert found[name] == value.value


@pytest.mark.parametrize("start", [0, 11, 23])
def test_no_name_does_anything_to_who_prints_it(start: int) -> None:
    source = to_metrics(poisoned(full(), start, keep_names=False))
    assert source.isascii()
    names = json.loads(source, parse_constant=pytest.fail)
    assert len(names) > 5
    assert not [name for name in names if text.INVISIBLE.search(name)]


def test_names_are_those_that_a_limit_has() -> None:
    found = metrics(audited())
    assert found["label_noise.model_estimated_error_rate"] == pytest.approx(0.0412346)
    low, high = (found[f"audited_labels.audited_error_rate.{end}"] for end in ("low", "high"))
    assert (low, high) == (0.0184, 0.0493)
    assert found["dataset.n_items"] == 6012


def test_what_is_undefined_has_no_key() -> None:
    report = full()
    result = report.measures[0]
    values = tuple(replace(value, value=None, low=None, high=None) for value in result.values)
    without = replace(report, measures=(replace(result, values=values),))
    assert {name.partition(".")[0] for name in metrics(without)} == {"dataset"}


def test_a_public_report_has_no_more_in_its_metrics_than_in_its_json() -> None:
    for make in (audited, full, hostile):
        public = published(make(), "public")
        hidden = set(metrics(make())) - set(metrics(public))
        known = {
            f"{result.name}.{value.name}"
            for result in public.measures
            for value in result.values
            if value.value is not None
        }
        assert not hidden & known
        numbers = metrics(public)
        for result in public.measures:
            for value in result.values:
                assert value.value is not None or f"{result.name}.{value.name}" not in numbers
