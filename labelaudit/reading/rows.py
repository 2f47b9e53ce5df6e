"""Rows of a manifest before they are a dataset, and what is wrong with them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labelaudit.errors import SHOWN, InputError

Locate = Callable[[Sequence[int]], list[str]]
Lines = Callable[[], NDArray[np.int64] | None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """The columns of a manifest that a reader may need.

    Attributes
    ----------
    where
        The manifest as a message names it.
    names
        Names of all columns, those that were not read included.
    table
        The columns that were read.
    locate
        Says where rows stand in their file, such as ``line 7``.
    lines
        Returns the line of the file that each row starts on, counted from 1; None where rows are
        no lines of one file.
    """

    where: str
    names: tuple[str, ...]
    table: pa.Table
    locate: Locate
    lines: Lines = lambda: None


@dataclass(slots=True)
class Problems:
    """What is wrong with a manifest, collected so that it is said all at once.

    Attributes
    ----------
    rows
        The rows that are looked at.
    details
        The problems in words: of each kind the first 20.
    hints
        The next steps, each once.
    total
        How many there are.
    """

    rows: Rows
    details: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    total: int = 0

    def add(self, rows: NDArray[np.int64], what: Callable[[int], str], hint: str = "") -> None:
        """Note rows that share a fault.

        Parameters
        ----------
        rows
            Positions of the rows; nothing is noted when there are none.
        what
            Says what is wrong with a row.
        hint
            The next step.
        """
        if not len(rows):
            return
        first = [int(row) for row in rows[:SHOWN]]
        places = self.rows.locate(first)
        self.details += [f"{place}: {what(row)}" for place, row in zip(places, first, strict=True)]
        self._count(len(rows), hint)

    def cells(self, rows: NDArray[np.int64], what: str, hint: str = "") -> None:
        """Note equal cells as one fault, at the place of the first."""
        if len(rows):
            (place,) = self.rows.locate([int(rows[0])])
            more = f" (and in {counted(len(rows) - 1, 'more row')})" if len(rows) > 1 else ""
            self.details.append(f"{place}: {what}{more}")
            self._count(len(rows), hint)

    def note(self, what: str, hint: str = "") -> None:
        """Note a fault of a whole column."""
        self.details.append(what)
        self._count(1, hint)

    def check(self) -> None:
        """Raise `InputError` when anything was noted."""
        if self.total:
            cut = self.total > SHOWN and len(self.details) >= SHOWN
            raise InputError(
                f"{self.rows.where}: {counted(self.total, 'problem')} "
                f"in {counted(self.rows.table.num_rows, 'row')}" + f"; the first {SHOWN} are" * cut,
                details=self.details[:SHOWN],
                hint="; ".join(self.hints),
            )

    def _count(self, number: int, hint: str) -> None:
        self.total += number
        if hint and hint not in self.hints:
            self.hints.append(hint)


def counted(number: int, noun: str) -> str:
    """Return a number and its noun.

    Examples
    --------
    >>> counted(1, "row"), counted(2000, "row")
    ('1 row', '2,000 rows')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def quoted(cell: object, width: int = 60) -> str:
    """Return a cell as it can be printed: quoted, escaped and not too long.

    Examples
    --------
    >>> quoted("a" * 100, width=4)
    "'aaaa...'"
    """
    text = cell if isinstance(cell, str) else str(cell)
    return repr(text if len(text) <= width else text[:width] + "...")


def stack(parts: list[Rows], where: str) -> Rows:
    """Put the rows of several files below one another; a column that a file lacks is blank.

    Raises
    ------
    InputError
        When a column holds text in one file and numbers in another.
    """
    if len(parts) == 1:
        return replace(parts[0], where=where)
    try:
        table = pa.concat_tables([part.table for part in parts], promote_options="permissive")
    except pa.ArrowException as error:
        raise InputError(
            f"{where}: the files do not fit below one another; {error}",
            details=[
                f"{part.where}: {', '.join(f'{f.name} ({f.type})' for f in part.table.schema)}"
                for part in parts
            ],
            hint="give each column the same type in all files",
        ) from None
    starts = np.cumsum([0, *(part.table.num_rows for part in parts)])

    def locate(rows: Sequence[int]) -> list[str]:
        places = []
        for row in rows:
            part = int(np.searchsorted(starts, row, side="right")) - 1
            (place,) = parts[part].locate([row - int(starts[part])])
            places.append(f"{parts[part].where}: {place}")
        return places

    names = tuple(dict.fromkeys(name for part in parts for name in part.names))
    return Rows(where=where, names=names, table=table, locate=locate)
