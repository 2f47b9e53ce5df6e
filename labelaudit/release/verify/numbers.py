"""Where a report says other numbers than the data gives."""

from collections.abc import Iterable, Iterator, Mapping
from math import isclose
from typing import Final

from labelaudit.release.verify.outcome import Difference
from labelaudit.report import DatasetFacts, MeasureResult, Report, Scalar, Table

CLOSE: Final = 2e-5  # of numbers of six digits, of which another machine may round the last
FACTS: Final = ("digest", "task", "modality", "n_items", "n_unlabelled")


def facts_that_differ(said: DatasetFacts, given: DatasetFacts) -> Iterator[Difference]:
    """Yield what a report says of the dataset otherwise than the data.

    Parameters
    ----------
    said
        What the report says.
    given
        What the data gives.
    """
    for name in FACTS:
        ours, theirs = getattr(said, name), getattr(given, name)
        if ours != theirs:
            yield _number(f"dataset/{name}", ours, theirs)
    for name in sorted(set(said.class_names) - set(given.class_names)):
        yield Difference("number", "dataset/class_names", f"the data has no class {name}")
    for name in sorted(set(given.class_names) - set(said.class_names)):
        yield Difference("number", "dataset/class_names", f"the report has no class {name}")
    for name in sorted({*said.splits, *given.splits}):
        ours, theirs = said.splits.get(name), given.splits.get(name)
        if ours != theirs:
            yield _number(f"dataset/splits/{name}", ours, theirs)


def numbers_that_differ(report: Report, given: Report) -> Iterator[Difference]:
    """Yield the numbers of a report that the data does not give.

    Numbers and tables that only one of them has are passed over: a checksum tells of what was
    taken out.

    Parameters
    ----------
    report
        What is verified.
    given
        What was computed from the data.
    """
    for result in report.measures:
        other = given.measure(result.name)
        if other is not None and other.status == result.status == "measured":
            yield from _of_measure(result, other)


def _of_measure(said: MeasureResult, given: MeasureResult) -> Iterator[Difference]:
    values = {each.name: each for each in given.values}
    for value in said.values:
        other = values.get(value.name)
        if other is None or (other.value is None and other.note != value.note):
            continue
        for name in ("value", "low", "high"):
            ours, theirs = getattr(value, name), getattr(other, name)
            if not _is_same(ours, theirs):
                end = "" if name == "value" else f"/{name}"
                yield _number(f"measures/{said.name}/values/{value.name}{end}", ours, theirs)
    tables: Mapping[str, Table] = {each.name: each for each in given.tables}
    for table in said.tables:
        if table.name in tables:
            at = f"measures/{said.name}/tables/{table.name}"
            yield from _of_table(at, table, tables[table.name])


def _of_table(at: str, said: Table, given: Table) -> Iterator[Difference]:
    """Yield the cells that differ, rows told again by their first cell where that names them."""
    if said.columns != given.columns:
        return
    lengths = len(said.rows) + said.omitted, len(given.rows) + given.omitted
    if lengths[0] != lengths[1]:
        yield _number(f"{at}/rows", *lengths)
    ours, theirs = _by_name(said.rows), _by_name(given.rows)
    for name in [name for name in ours if name in theirs]:
        cells = zip(said.columns[1:], ours[name][1:], theirs[name][1:], strict=True)
        for column, cell, other in cells:
            if not _is_same(cell, other):
                yield _number(f"{at}/{name}/{column.name}", cell, other)
    if not said.omitted and not given.omitted:
        for name in sorted(ours.keys() ^ theirs.keys(), key=str):
            owner = "data" if name in ours else "report"
            yield Difference("number", f"{at}/{name}", f"the {owner} has no such row")


def _by_name(rows: Iterable[tuple[Scalar, ...]]) -> dict[Scalar, tuple[Scalar, ...]]:
    """Return rows by their first cell; those of an equal one by their number, too."""
    named: dict[Scalar, tuple[Scalar, ...]] = {}
    for number, row in enumerate(rows):
        name = row[0] if row else None
        named[f"{name}, row {number}" if name in named else name] = row
    return named


def _is_same(ours: Scalar, theirs: Scalar) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float):
        return isclose(ours, theirs, rel_tol=CLOSE)
    return ours == theirs


def _number(at: str, ours: Scalar, theirs: Scalar) -> Difference:
    said, gives = (
        "none" if each is None else f"{each:,}" if type(each) is int else str(each)
        for each in (ours, theirs)
    )
    return Difference("number", at, f"the report says {said}, the data gives {gives}")
