"""One table with a row a class, joined from what all measures know of the classes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from labelaudit.privacy import ONE_OF_FEW
from labelaudit.report import Column, MeasureResult, Report, Scalar, Table

MOST_COLUMNS: Final = 8
MOST_ROWS: Final = 1000
MOST_SPLITS: Final = 3
ONE_IN: Final = 10  # classes of which a column must know something
IN_SECTIONS: Final = 10  # rows of a table by class that its section shows
NAMES: Final = frozenset({"class", "label"})
SPLITS: Final = ("class_imbalance", "classes_by_split")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a column of the joint table comes from, and what it is called there."""

    measure: str
    table: str
    column: str
    title: str


def _source(measure: str, table: str, column: str, title: str) -> Source:
    return Source(measure=measure, table=table, column=column, title=title)


# The most telling first; a table of the classes shows as many as fit beside each other.
SOURCES: Final = (
    _source("class_imbalance", "classes", "count", "items"),
    _source("multi_label", "labels", "count", "items"),
    _source("label_noise", "per_class", "suspected", "suspected"),
    _source("label_noise", "per_class", "expected_error_share", "expected errors"),
    _source("multi_label_noise", "label_noise_by_label", "suspected_missing", "suspected missing"),
    _source("multi_label_noise", "label_noise_by_label", "suspected_spurious", "suspected wrong"),
    _source("audited_labels", "per_class", "rate", "audited errors"),
    _source("audited_labels", "per_class", "low", "at least"),
    _source("audited_labels", "per_class", "high", "at most"),
    _source("annotator_agreement", "classes", "agreement", "annotators agree"),
    _source("embedding_label_sharpness", "classes", "error_share", "neighbor differs"),
    _source("embedding_label_sharpness", "classes", "nearest_class", "nearest class"),
    _source(
        "single_label_assumption", "screening_by_class", "several_plausible_share", "several fit"
    ),
    _source("embedding_intrinsic_dimension", "classes", "dimension", "dimension"),
    _source("multi_label", "labels", "share", "share"),
    _source("multi_label", "labels", "imbalance_ratio", "imbalance ratio"),
    _source("multi_label_noise", "label_noise_by_label", "label_quality", "label quality"),
)
WORST_FIRST: Final = ("audited errors", "suspected", "suspected missing", "items")


def columns_of(report: Report) -> tuple[Source, ...]:
    """Return where the columns of the joint table come from, without that of the names.

    Parameters
    ----------
    report
        Any report.
    """
    found = [source for source in SOURCES if _is_known(report, source)]
    splits = list(_splits(report))
    kept = found[: MOST_COLUMNS - len(splits)]
    return (*kept[:1], *splits, *kept[1:])


def classes_of(report: Report) -> Table | None:
    """Return a row a class, those first of which most labels are wrong, then the largest.

    Parameters
    ----------
    report
        Any report.

    Returns
    -------
    The table; None where labels are numbers, or nothing is known by class.
    """
    sources = columns_of(report)
    if report.dataset.task == "regression" or not sources:
        return None
    columns = [_column(report, source) or {} for source in sources]
    names = dict.fromkeys(_declared(report))
    names |= dict.fromkeys(name for column in columns for name in column)
    units = [_unit(report, source) for source in sources]
    titles = [source.title for source in sources]
    rows = [(name, *(column.get(name) for column in columns)) for name in names]
    by = [titles.index(title) + 1 for title in WORST_FIRST if title in titles]
    rows.sort(key=lambda row: tuple(-_number(row[at]) for at in by))
    return Table(
        name="classes",
        title="Classes",
        columns=(
            Column(name="class"),
            *(Column(name=title, unit=unit) for title, unit in zip(titles, units, strict=True)),
        ),
        rows=tuple(rows[:MOST_ROWS]),
        omitted=len(rows[MOST_ROWS:]),
    )


def in_classes(table: Table) -> bool:
    """Tell whether a table has so many rows, one a class, that its section shows the first ones.

    Parameters
    ----------
    table
        Of a measure.
    """
    if not table.columns or table.columns[0].name not in NAMES:
        return False
    names = {row[0] for row in table.rows}
    return IN_SECTIONS < len(table.rows) == len(names)


def _declared(report: Report) -> tuple[str, ...]:
    """Return the classes that have a row: in a public report, those of few items share one."""
    if report.privacy != "public":
        return report.dataset.class_names
    return tuple(name for name in report.dataset.class_names if not name.startswith(ONE_OF_FEW))


def _is_known(report: Report, source: Source) -> bool:
    """Tell whether a column holds a number, or the name of a class, for one class in ten."""
    cells = (_column(report, source) or {}).values()
    classes = set(_declared(report))
    known = sum(cell in classes if isinstance(cell, str) else cell is not None for cell in cells)
    return known > 0 and ONE_IN * known >= len(classes)


def _splits(report: Report) -> Iterator[Source]:
    """Yield the columns of items by split, where there are few."""
    table = _table(report.measure(SPLITS[0]), SPLITS[1])
    names = [] if table is None else [column.name for column in table.columns[1:]]
    if 1 < len(names) <= MOST_SPLITS:
        yield from (_source(*SPLITS, name, f"in {name}") for name in names)


def _table(result: MeasureResult | None, name: str) -> Table | None:
    tables = () if result is None else result.tables
    return next((table for table in tables if table.name == name and table.rows), None)


def _at(report: Report, source: Source) -> tuple[Table, int] | None:
    """Return the table of a column, and its place in it."""
    table = _table(report.measure(source.measure), source.table)
    names = [] if table is None else [column.name for column in table.columns]
    if table is None or source.column not in names or names[0] not in NAMES:
        return None
    return table, names.index(source.column)


def _column(report: Report, source: Source) -> Mapping[str, Scalar] | None:
    """Return the cells of a column by the name of their class."""
    found = _at(report, source)
    if found is None:
        return None
    table, at = found
    return {str(row[0]): row[at] for row in table.rows}


def _unit(report: Report, source: Source) -> str:
    found = _at(report, source)
    return "" if found is None else found[0].columns[found[1]].unit


def _number(cell: Scalar) -> float:
    return 0.0 if cell is None or isinstance(cell, str) else float(cell)
