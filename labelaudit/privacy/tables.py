"""Tables without rows of single items, of persons by name, or of classes with few items."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from labelaudit.privacy.columns import (
    ANNOTATORS,
    CLASSES,
    CUTS,
    MENTIONED,
    OTHER_ANNOTATOR,
    OWN_WORDS,
    SPLITS,
    cells,
    texts_of,
    undeclared,
)
from labelaudit.report import Column, Scalar, Table

Row = tuple[Scalar, ...]
OF_PEOPLE: Final = frozenset({*ANNOTATORS, OTHER_ANNOTATOR})
# Numbers of rows that are of no single class, from which the items of a small class follow.
OF_THE_SMALLEST: Final = frozenset({"imbalance_ratio", "ratio_with_items", "samples_used"})
OF_SHOTS: Final = "shots"  # a table of few classes: how many there are, and their items
# Measures whose numbers are of the items of all classes, so that a small count could be solved for.
COARSE: Final = frozenset({"class_imbalance", "multi_label", "label_shift", "multi_label_splits"})
DIGITS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names that a public report may print, and what stands for those that it may not.

    Attributes
    ----------
    classes, splits
        Names that are printed.
    few
        Classes that are not named.
    annotators
        A number in place of each annotator's name.
    """

    classes: frozenset[str]
    splits: frozenset[str]
    few: frozenset[str]
    annotators: Mapping[str, str]


def public_table(measure: str, table: Table, names: Names) -> Table:
    """Return a table of aggregates; what is left out is counted.

    A table with a column of which nothing says that it may be published loses all its rows. Rows
    of classes with few items become one row where a row is about one class, and are left out
    where it is about more.

    Parameters
    ----------
    measure
        Name of its measure.
    table
        The table.
    names
        What may be printed.
    """
    hidden = names.few | names.annotators.keys()
    of_few = bool(names.few) and table.name == OF_SHOTS
    if of_few or undeclared(measure, table, names.classes | names.splits, hidden):
        omitted = table.omitted + len(table.rows)
        return replace(table, columns=(Column(name="left_out"),), rows=(), omitted=omitted)
    own = OWN_WORDS.get(measure, frozenset())
    places = {name: at for name, at in texts_of(table).items() if name not in own}
    if places.keys() & ANNOTATORS:
        table = _numbered(table, places, names)
        places = {name: at for name, at in places.items() if name not in OF_PEOPLE}
    kept, few, n_unknown = [], [], 0
    for row in table.rows:
        if _is_known(row, table, places, names):
            kept.append(_without_mentions(row, places, names))
        elif names.few.issuperset(cells(row, places, CLASSES)):
            few.append(row)
        else:
            n_unknown += 1
    if names.few and not places.keys() & CLASSES:
        kept = [_coarse(row, table, measure) for row in kept]
    keys = places.keys() & (CLASSES | SPLITS)
    merged = _merged(few, table, places) if len(keys) == 1 and len(few) > 1 else ()
    n_left_out = n_unknown + (0 if merged else len(few))
    return replace(table, rows=(*kept, *merged), omitted=table.omitted + n_left_out)


def _numbered(table: Table, places: Mapping[str, int], names: Names) -> Table:
    """Return a table with numbers in place of the names of annotators."""
    of_people = {places[name] for name in OF_PEOPLE if name in places}
    rows = tuple(
        tuple(
            names.annotators.get(str(cell), "") if at in of_people else cell
            for at, cell in enumerate(row)
        )
        for row in table.rows
    )
    return replace(table, rows=rows)


def _is_known(row: Row, table: Table, places: Mapping[str, int], names: Names) -> bool:
    """Tell whether a row is of classes and splits that may be named."""
    allowed = names.classes | names.splits
    of_classes = cells(row, places, CLASSES - SPLITS)
    of_splits = cells(row, places, SPLITS - CLASSES)
    of_either = cells(row, places, CLASSES & SPLITS)
    cut = [row[at] for at, column in enumerate(table.columns) if column.name == "cut_by"]
    return (
        names.classes.issuperset(of_classes)
        and names.splits.issuperset(of_splits)
        and allowed.issuperset(of_either)
        and CUTS.issuperset(cut)
    )


def _without_mentions(row: Row, places: Mapping[str, int], names: Names) -> Row:
    """Return a row that mentions no class of few items."""
    hidden = {places[name] for name in MENTIONED if name in places}
    return tuple(
        None if at in hidden and cell not in names.classes else cell for at, cell in enumerate(row)
    )


def _coarse(row: Row, table: Table, measure: str) -> Row:
    """Return a row of no single class without what the items of a small class follow from."""
    return tuple(
        None if column.name in OF_THE_SMALLEST else rounded(cell) if measure in COARSE else cell
        for cell, column in zip(row, table.columns, strict=True)
    )


def rounded(cell: Scalar) -> Scalar:
    """Return a number that is no count to two digits."""
    return float(f"{cell:.{DIGITS}g}") if isinstance(cell, float) else cell


def _merged(few: list[Row], table: Table, places: Mapping[str, int]) -> tuple[Row]:
    """Return one row in place of those of classes with few items: the sums of what is counted."""
    name = f"{len(few):,} classes of few items"
    [key] = places.keys() & (CLASSES | SPLITS)
    cells_: list[Scalar] = []
    for at, column in enumerate(table.columns):
        column_cells = [row[at] for row in few]
        counts = [cell for cell in column_cells if isinstance(cell, int | float)]
        summed = column.unit == "count" and len(counts) == len(few)
        cells_.append(sum(counts) if summed else None)
    cells_[places[key]] = name
    return (tuple(cells_),)
