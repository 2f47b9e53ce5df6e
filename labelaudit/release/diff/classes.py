"""Two reports class by class."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from labelaudit.privacy import ONE_OF_FEW
from labelaudit.release.diff.comparable import other_model, unlike
from labelaudit.release.diff.numbers import direction, finite
from labelaudit.release.diff.parts import ClassChange, ClassColumn, Classes, ClassNumber
from labelaudit.render.classes import SOURCES, Source
from labelaudit.report import Better, MeasureResult, Report, Scalar, Table
from labelaudit.statistics.differences import Ends, mover_difference

NAMES: Final = ("class", "label")
OF_FEW: Final = re.compile(r"[\d,]+ class(es)? not named")  # the row of a public report for them
ENDS: Final = ("low", "high")
# What the ends of a table of classes are of.
WITH_ENDS: Final = frozenset({("audited_labels", "rate")})
BETTER: Final[Mapping[str, Better]] = MappingProxyType(
    {
        "suspected": "lower",
        "expected_error_share": "lower",
        "suspected_missing": "lower",
        "suspected_spurious": "lower",
        "rate": "lower",
        "agreement": "higher",
        "error_share": "lower",
        "label_quality": "higher",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of both reports, with the cells of each by class."""

    source: Source
    unit: str
    reason: str
    old: Mapping[str, tuple[Scalar, ...]]
    new: Mapping[str, tuple[Scalar, ...]]

    def compared(self) -> set[str]:
        """Return the classes of which both reports have a number with ends."""
        return {
            name
            for name in self.old.keys() & self.new.keys()
            if _ends(self.old[name]) is not None and _ends(self.new[name]) is not None
        }


def classes(old: Report, new: Report) -> Classes:
    """Return the classes that differ: those with a difference that is no chance first.

    Parameters
    ----------
    old, new
        The reports.
    """
    before, now = (dict.fromkeys(_named(report)) for report in (old, new))
    columns = [column for source in SOURCES if (column := _column(old, new, source)) is not None]
    found = now | before
    for column in columns:
        found |= dict.fromkeys(name for name in (*column.new, *column.old) if _is_named(name))
    wider = [len(column.compared()) for column in columns]
    rows = [
        ClassChange(
            name=name,
            numbers=tuple(
                _number(column, name, max(n, 1)) for column, n in zip(columns, wider, strict=True)
            ),
        )
        for name in found
    ]
    changed = [row for row in rows if any(_differs(number) for number in row.numbers)]
    return Classes(
        added=tuple(name for name in now if name not in before),
        removed=tuple(name for name in before if name not in now),
        columns=tuple(_described(column, n) for column, n in zip(columns, wider, strict=True)),
        rows=tuple(sorted(changed, key=_place)),
        n_same=len(rows) - len(changed),
    )


def _named(report: Report) -> list[str]:
    return [name for name in report.dataset.class_names if _is_named(name)]


def _is_named(name: str) -> bool:
    """Tell whether a name is of one class, as that of classes of few items is not."""
    return not name.startswith(ONE_OF_FEW) and OF_FEW.fullmatch(name) is None


def _described(column: Column, n_compared: int) -> ClassColumn:
    source = column.source
    return ClassColumn(
        measure=source.measure,
        table=source.table,
        column=source.column,
        title=source.title,
        unit=column.unit,
        better=BETTER.get(source.column, "neither"),
        n_compared=n_compared,
        reason=column.reason,
    )


def _column(old: Report, new: Report, source: Source) -> Column | None:
    """Return a column of numbers that a report has."""
    results = [report.measure(source.measure) for report in (old, new)]
    found = [_cells(result, source) for result in results]
    if source.column in ENDS or not any(cells for _, cells in found):
        return None
    numbers = [row[0] for _, cells in found for row in cells.values()]
    if any(isinstance(number, str | bool) for number in numbers):
        return None
    first, second = results
    reason = ""
    if first is not None and second is not None:
        reason = unlike(first, second, other_model(old, new))
    unit = found[1][0] or found[0][0]
    return Column(source=source, unit=unit, reason=reason, old=found[0][1], new=found[1][1])


def _cells(
    result: MeasureResult | None, source: Source
) -> tuple[str, dict[str, tuple[Scalar, ...]]]:
    """Return the unit of a column, and its cells with the ends that stand beside them."""
    table = _table(result, source.table)
    names = [] if table is None else [column.name for column in table.columns]
    if table is None or source.column not in names or names[0] not in NAMES:
        return "", {}
    at = [names.index(source.column)]
    if (source.measure, source.column) in WITH_ENDS and set(ENDS) <= set(names):
        at += [names.index(end) for end in ENDS]
    cells = {str(row[0]): tuple(row[each] for each in at) for row in table.rows}
    return table.columns[at[0]].unit, cells


def _table(result: MeasureResult | None, name: str) -> Table | None:
    tables = () if result is None else result.tables
    return next((table for table in tables if table.name == name), None)


def _number(column: Column, name: str, n_compared: int) -> ClassNumber:
    """Return the number of a class, with the interval of its difference where there is one."""
    old, new = _plain(column.old.get(name)), _plain(column.new.get(name))
    if old is None or new is None:
        one = (old is None) != (new is None)
        return ClassNumber(old=old, new=new, standing="one side" if one else "undefined")
    difference = finite(new - old)
    if column.reason:
        return ClassNumber(old=old, new=new, difference=difference, standing="not comparable")
    if not difference:
        return ClassNumber(old=old, new=new, difference=difference, standing="same")
    better = BETTER.get(column.source.column, "neither")
    first, second = _ends(column.old[name]), _ends(column.new[name])
    if first is not None and second is not None:
        found = mover_difference(first, second, n_compared=n_compared)
        beyond = not found.low <= 0 <= found.high
        return ClassNumber(
            old=old,
            new=new,
            difference=difference,
            low=finite(found.low),
            high=finite(found.high),
            standing="beyond" if beyond else "within",
            direction=direction(better, difference) if beyond else "",
        )
    is_count = column.unit == "count"
    return ClassNumber(
        old=old,
        new=new,
        difference=difference,
        standing="exact" if is_count else "no interval",
        direction=direction(better, difference) if is_count else "",
    )


def _plain(cells: tuple[Scalar, ...] | None) -> float | int | None:
    cell = None if not cells else cells[0]
    return cell if isinstance(cell, int | float) else None


def _ends(cells: tuple[Scalar, ...]) -> Ends | None:
    """Return a number with its ends; None without them."""
    found = [cell for cell in cells if isinstance(cell, int | float)]
    if len(found) != 1 + len(ENDS) or found[1] > found[2]:
        return None
    return Ends(*map(float, found))


def _differs(number: ClassNumber) -> bool:
    if number.standing in {"same", "undefined"}:
        return False
    return number.standing != "not comparable" or bool(number.difference)


def _place(row: ClassChange) -> tuple[bool, float, str]:
    """Return where a class stands: no chance first, then what changed most for its size."""
    parts = [
        abs(number.difference or 0) / max(abs(number.old or 0), abs(number.new or 0), 1e-9)
        for number in row.numbers
        if number.standing != "not comparable"
    ]
    beyond = any(number.standing == "beyond" for number in row.numbers)
    return not beyond, -sum(parts), row.name
