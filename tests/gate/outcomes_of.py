"""Reports and policies of which a test knows what a gate has to say."""

import sys
from dataclasses import replace
from pathlib import Path

from labelaudit.report import Column, Limit, MeasureResult, Report, Scalar, Table, Value

sys.path.append(str(Path(__file__).parents[1] / "render"))
from reports import CASES, audited, full

RATE_BY_PEOPLE = Limit(measure="audited_labels", value="audited_error_rate")
RATE_BY_MODEL = Limit(measure="label_noise", value="model_estimated_error_rate")
__all__ = [
    "CASES",
    "RATE_BY_MODEL",
    "RATE_BY_PEOPLE",
    "measured",
    "people_judged",
    "with_table",
    "with_value",
]


UNITS = {"judged": "count", "rate": "share", "low": "share", "high": "share"}


def measured() -> Report:
    """Return a report of which nobody judged a label."""
    return full()


def people_judged() -> Report:
    """Return a report of which people judged labels."""
    return audited()


def with_value(report: Report, measure: str, value: Value) -> Report:
    """Return a report with a number in the place of its own of that name, or beside the others."""
    result = _result(report, measure)
    others = tuple(each for each in result.values if each.name != value.name)
    return _with(report, replace(result, values=(*others, value)))


def with_table(
    report: Report, measure: str, name: str, rows: dict[str, tuple[Scalar, ...]], omitted: int = 0
) -> Report:
    """Return a report with a table, given by its columns, in the place of its own of that name."""
    table = Table(
        name=name,
        title=name,
        columns=tuple(Column(name=column, unit=UNITS.get(column, "")) for column in rows),
        rows=tuple(zip(*rows.values(), strict=True)),
        omitted=omitted,
    )
    result = _result(report, measure)
    others = tuple(each for each in result.tables if each.name != name)
    return _with(report, replace(result, tables=(*others, table)))


def _result(report: Report, measure: str) -> MeasureResult:
    found = report.measure(measure)
    bare = MeasureResult(
        name=measure, family="integrity", title=measure, summary="", status="measured"
    )
    return bare if found is None else replace(found, status="measured")


def _with(report: Report, result: MeasureResult) -> Report:
    others = tuple(each for each in report.measures if each.name != result.name)
    return replace(report, measures=(*others, result))
