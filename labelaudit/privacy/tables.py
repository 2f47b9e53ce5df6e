"""Tables without rows of single items, of persons by name, or of classes with few items."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from labelaudit.privacy.columns import (
    ANNOTATORS,
    CLASSES,
    CUTS,
    MENTIONED,
    OF_ALL_CLASSES,
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
OF_SHOTS: Final = "shots"  # a table of few classes: how many there are, and their items
# Measures whose other numbers say a little of every class: too little in so few digits.
COARSE: Final = frozenset(
    {"annotator_agreement", "annotator_pairs", "label_shift", "multi_label_splits"}
)
DIGITS: Final = 2
LEAST: Final = 2  # columns of a table that says something


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names that a public report may print, and what stands for those that it may not.

    Attributes
    ----------
    classes, splits
        Names that are printed.
    few
        Classes that are not named.
    held
        Those of them that may have items.
    annotators
        A number in place of each annotator's name.
    """

    classes: frozenset[str]
    splits: frozenset[str]
    few: frozenset[str]
    held: frozenset[str]
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
    if names.few:
        table = _without(table, OF_ALL_CLASSES.get((measure, table.name), frozenset()))
    if (
        of_few
        or len(table.columns) < LEAST
        or undeclared(measure, table, names.classes | names.splits, hidden)
    ):
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
        kept = [_coarse(row, measure) for row in kept]
    keys = places.keys() & (CLASSES | SPLITS)
    # a sum over some of them only, beside one over all of them, would be that of the others
    whole = (
        len(keys) == 1
        and len(few) > 1
        and names.held.issubset(row[places[key]] for row in few for key in keys)
    )
    merged = _merged(few, table, places, len(names.few)) if whole else ()
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


def _without(table: Table, hidden: Collection[str]) -> Table:
    """Return a table without the columns of some names."""
    kept = [at for at, column in enumerate(table.columns) if column.name not in hidden]
    return replace(
        table,
        columns=tuple(table.columns[at] for at in kept),
        rows=tuple(tuple(row[at] for at in kept) for row in table.rows),
    )


def _coarse(row: Row, measure: str) -> Row:
    """Return a row of no single class with its numbers in as few digits as tell no count."""
    return tuple(rounded(cell) for cell in row) if measure in COARSE else row


def rounded(cell: Scalar) -> Scalar:
    """Return a number that is no count to two digits."""
    return float(f"{cell:.{DIGITS}g}") if isinstance(cell, float) else cell


def _merged(few: list[Row], table: Table, places: Mapping[str, int], n_few: int) -> tuple[Row]:
    """Return one row in place of those of classes with few items: the sums of what is counted."""
    name = f"{n_few:,} classes not named"
    [key] = places.keys() & (CLASSES | SPLITS)
    cells_: list[Scalar] = []
    for at, column in enumerate(table.columns):
        column_cells = [row[at] for row in few]
        counts = [cell for cell in column_cells if isinstance(cell, int | float)]
        summed = column.unit == "count" and len(counts) == len(few)
        cells_.append(sum(counts) if summed else None)
    cells_[places[key]] = name
    return (tuple(cells_),)
