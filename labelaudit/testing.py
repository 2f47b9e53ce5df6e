"""What a measure is tested with, ours and those of other packages alike.

>>> from labelaudit.measures.class_imbalance.class_imbalance import class_imbalance
>>> check_measure(class_imbalance)
"""

import inspect
import math
import re
from typing import Final

import numpy as np

from labelaudit.measures import Findings, Measure, Ranking, describe, summary
from labelaudit.report import FAMILIES, Table, Value

UNITS: Final = frozenset({"", "count", "nats", "ratio", "share"})
HEADINGS: Final = ("Formula", "Range", "Undefined", "Not comparable")


def check_measure(measure: Measure) -> None:
    """Check that a measure is documented as its readers are promised.

    Its docstring begins with one sentence; it has the sections Formula, Range, Undefined and Not
    comparable, and says which direction is better.

    Raises
    ------
    AssertionError
        When something is missing.
    """
    name, about = measure.__name__, describe(measure)
    lines = (inspect.getdoc(measure) or "").split("\n")
    _require(about.family in FAMILIES, f"{name}: no family {about.family!r}")
    _require(bool(about.title), f"{name}: has no title")
    _require(summary(measure).endswith("."), f"{name}: its first line is no sentence")
    _require(lines[1:2] in ([""], []), f"{name}: no empty line after the first sentence")
    for heading in HEADINGS:
        line = "-" * len(heading)
        at = lines.index(heading) if heading in lines else -1
        _require(lines[at + 1 : at + 2] == [line] and at >= 0, f"{name}: no section {heading!r}")
    says = re.search(r"\b(lower|higher|neither)\b[\w\s-]* better", "\n".join(lines), re.IGNORECASE)
    _require(says is not None, f"{name}: does not say whether lower or higher is better")


def check_findings(found: Findings, n_samples: int) -> None:
    """Check that a report can hold what a measure found.

    Names are unique, numbers finite and in the range that their last word or unit promises,
    intervals hold their value, and what is undefined says why.

    Parameters
    ----------
    found
        What the measure returned.
    n_samples
        Items of the dataset.

    Raises
    ------
    AssertionError
        At the first thing that a report cannot hold.
    """
    names = [value.name for value in found.values]
    _require(len(set(names)) == len(names), f"a name of a value is there twice: {names}")
    for value in found.values:
        _check_value(value)
    for table in found.tables:
        _check_table(table)
    for ranking in found.rankings:
        _check_ranking(ranking, n_samples)
    for name, column in found.columns.items():
        _require(len(column) == n_samples, f"column {name}: {len(column)} rows, not {n_samples}")
    for name, parameter in found.parameters.items():
        _require(_is_plain(parameter), f"parameter {name}: {type(parameter)}")


def _check_value(value: Value) -> None:
    """Check that a value lies where the last word of its name, and its unit, say."""
    name, number, scale = value.name, value.value, value.name.rpartition("_")[2]
    _require(re.fullmatch(r"[a-z][a-z0-9_]*", name) is not None, f"{name!r}: letters, digits and _")
    _require(bool(value.title), f"{name}: has no title")
    _require(value.unit in UNITS, f"{name}: no unit {value.unit!r}")
    if number is None:
        _require(bool(value.note), f"{name}: does not say why it is undefined")
        _require(value.low is value.high is None, f"{name}: undefined, and has an interval")
        return
    _require(type(number) in (int, float), f"{name}: {type(number)}, not int or float")
    _require(math.isfinite(number), f"{name}: {number}")
    if scale == "count" or value.unit == "count":
        _require(isinstance(number, int) and number >= 0, f"{name}: {number} is no count")
    if scale in ("share", "rate", "score") or value.unit == "share":
        _require(0 <= number <= 1, f"{name}: {number} is not within 0 to 1")
    if scale == "ratio" or value.unit == "ratio":
        _require(number >= 0, f"{name}: {number} is below 0")
    ends = (value.low is None, value.high is None, value.interval == "")
    _require(len(set(ends)) == 1, f"{name}: an interval has two ends, and says what it covers")
    _require(ends[0] != (value.no_interval == ""), f"{name}: an interval, or why there is none")
    if value.low is not None and value.high is not None:
        _require(math.isfinite(value.low) and math.isfinite(value.high), f"{name}: no finite ends")
        _require(value.low <= number <= value.high, f"{name}: lies outside of its interval")


def _check_table(table: Table) -> None:
    _require(table.omitted >= 0, f"{table.name}: omitted {table.omitted}")
    units = {column.unit for column in table.columns}
    _require(units <= UNITS, f"{table.name}: no units {units - UNITS}")
    for row in table.rows:
        _require(len(row) == len(table.columns), f"{table.name}: a row of {len(row)} cells: {row}")
        _require(all(map(_is_plain, row)), f"{table.name}: cells that are no plain Python: {row}")


def _check_ranking(ranking: Ranking, n_samples: int) -> None:
    name, items = ranking.name, ranking.items
    about = np.zeros_like(items) if ranking.classes is None else ranking.classes
    _require(len(set(zip(items, about, strict=True))) == len(items), f"{name}: an item twice")
    _require(bool(((items >= 0) & (items < n_samples)).all()), f"{name}: no such item")
    for each in (ranking.scores, ranking.suggested, ranking.groups, ranking.classes):
        _require(each is None or len(each) == len(items), f"{name}: columns of other lengths")
    _require(len(ranking.details) in (0, len(items)), f"{name}: details of another length")


def _is_plain(cell: object) -> bool:
    """Tell whether JSON has something: a text, a finite number, true, false or null."""
    if isinstance(cell, float):
        return type(cell) is float and math.isfinite(cell)
    return cell is None or type(cell) in (str, int, bool)


def _require(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - as an assert has them
    if not holds:
        raise AssertionError(otherwise)
