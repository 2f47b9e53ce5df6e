"""Pairs and rows of reports that differ in a known way."""

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "render"))
sys.path.insert(0, str(Path(__file__).parents[1]))
from reports import CASES, full
from test_hostile import LIVE, UNPRINTED, assert_dead, is_command, nodes

from labelaudit.report import MeasureResult, Report, Value

__all__ = [
    "CASES",
    "LIVE",
    "UNPRINTED",
    "assert_dead",
    "corrected",
    "full",
    "is_command",
    "nodes",
    "sha",
    "with_results",
    "with_value",
]


def sha(number: int) -> str:
    return f"{number:064x}"


def with_results(report: Report, *results: MeasureResult) -> Report:
    """Return a report with results in the place of those of their names."""
    named = {result.name: result for result in results}
    kept = [result for result in report.measures if result.name not in named]
    return replace(report, measures=(*kept, *results))


def with_value(report: Report, measure: str, value: Value) -> Report:
    """Return a report with a number in the place of the one of its name."""
    result = report.measure(measure)
    assert result is not None
    values = [each for each in result.values if each.name != value.name]
    changed = replace(result, values=(*values, value))
    measures = [changed if each.name == measure else each for each in report.measures]
    return replace(report, measures=tuple(measures))


def corrected() -> Report:
    """Return the full report after 4 of its 12 listed suspects were corrected."""
    report = full()
    noise = report.measure("label_noise")
    assert noise is not None
    gallery = noise.galleries[0]
    fewer = replace(gallery, samples=gallery.samples[4:], omitted=0)
    count = next(value for value in noise.values if value.name == "suspected_errors_count")
    exact = replace(count, value=8, no_interval="exact: all that is known was counted")
    values = [exact if value.name == count.name else value for value in noise.values]
    noise = replace(noise, values=tuple(values), galleries=(fewer,))
    report = with_results(report, noise)
    return replace(
        report,
        dataset=replace(report.dataset, name="animals-v3", digest="a" * 64),
        run=replace(report.run, started="2026-12-24T08:00:00+00:00"),
    )
