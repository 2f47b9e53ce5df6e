"""The records of a record set as rows: the fields that are needed, joined where they have to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labelaudit.errors import InputError, some
from labelaudit.reading.cells import flat, is_text
from labelaudit.reading.croissant.document import Document, RecordSet, Source
from labelaudit.reading.croissant.frames import Frame, frame_of, traced
from labelaudit.reading.croissant.resources import Fetch
from labelaudit.reading.croissant.transforms import applied
from labelaudit.reading.rows import Problems, Rows, counted, quoted


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Join:
    """How the records of one source find their partners in another.

    Attributes
    ----------
    left, right
        The two sources, and what each takes as key.
    """

    left: Source
    right: Source


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Records:
    """The records of a record set.

    Attributes
    ----------
    base
        The source whose records they are, one each.
    frames
        All sources by their names.
    partner
        The record of the other source that goes with each record, null for none; None where there
        is no other.
    keys
        What each record looks for there.
    join
        How; or None.
    why
        What a reader of the report must know of it.
    """

    base: str
    frames: Mapping[str, Frame]
    partner: pa.Int64Array | None = None
    keys: pa.LargeStringArray | None = None
    join: Join | None = None
    why: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.frames[self.base])

    def values(self, source: Source) -> tuple[pa.Array, pa.Array | None]:
        """Return what a source gives for each record, and where its pattern does not fit."""
        values, missed = applied(
            flat(self.frames[source.node].values(source)), source.transforms, source.where
        )
        if source.node == self.base or self.partner is None:
            return values, missed
        return values.take(self.partner), None if missed is None else missed.take(self.partner)

    def files(self, node: str) -> NDArray[np.int64]:
        """Return the number of each record's file in a source, ``-1`` for none."""
        numbers = self.frames[node].file_numbers()
        if node == self.base or self.partner is None:
            return numbers
        taken = pa.array(numbers).take(self.partner).fill_null(-1)
        found: NDArray[np.int64] = taken.to_numpy(zero_copy_only=False)
        return found


@dataclass(slots=True)
class Needs:
    """The sources that are to be read, by what holds them."""

    sources: dict[str, list[Source]] = field(default_factory=dict)

    def add(self, source: Source) -> None:
        """Ask for what a source extracts."""
        self.sources.setdefault(source.node, []).append(source)


def records_of(
    document: Document, record_set: RecordSet, sources: list[Source], fetch: Fetch | None
) -> Records:
    """Read the records of a record set.

    Parameters
    ----------
    document
        The Croissant file.
    record_set
        The record set.
    sources
        What is needed of it, as `traced` returns it.
    fetch
        Brings what lies at an address; None to refuse it.

    Raises
    ------
    InputError
        When a source cannot be read, or several cannot be joined.
    """
    needs = Needs()
    for source in sources:
        needs.add(source)
    join = _join(document, record_set, set(needs.sources))
    if join is not None:
        needs.add(join.left)
        needs.add(join.right)
    frames = {
        node: frame_of(document, node, wanted, fetch) for node, wanted in needs.sources.items()
    }
    if join is None:
        (base,) = frames
        return Records(base=base, frames=frames)
    return _joined(frames, join)


def _join(document: Document, record_set: RecordSet, nodes: set[str]) -> Join | None:
    """Return how the sources of a record set go together; None where there is only one."""
    if len(nodes) == 1:
        return None
    named = some(sorted(map(repr, nodes)))
    if not nodes:
        raise InputError(
            f"{record_set.where}: none of its fields has a source", hint="write their sources"
        )
    if len(nodes) > 2:  # noqa: PLR2004 - two are joined
        raise InputError(
            f"{record_set.where}: its fields come from {len(nodes)} resources: {named}; two are "
            "joined",
            hint="write what belongs together into one table",
        )
    for each in record_set.fields:
        if each.source is None or each.references is None:
            continue
        left, right = traced(document, each.source), traced(document, each.references)
        if {left.node, right.node} == nodes:
            return Join(left=left, right=right)
    raise InputError(
        f"{record_set.where}: its fields come from {named}, and none refers from one to the other",
        hint="write 'references' into the field that both have in common",
    )


def _joined(frames: dict[str, Frame], join: Join) -> Records:
    """Return the records of the left source, each with its partner in the right one."""
    left, right = (
        _keys(frames[source.node].values(source), source) for source in (join.left, join.right)
    )
    counts = pc.value_counts(right)
    twice = [each["values"].as_py() for each in counts if each["counts"].as_py() > 1]
    if twice:
        raise InputError(
            f"{join.right.where}: {counted(len(twice), 'key')} of those that are referred to "
            f"come twice: {some(map(quoted, twice))}",
            hint="leave one record of each",
        )
    partner = pc.index_in(left, value_set=right).cast(pa.int64())
    why = []
    alone = partner.null_count
    unused = len(right) - len(pc.unique(partner.drop_null()))
    if alone:
        why.append(
            f"no partner in {join.right.node!r}: {alone:,} of {counted(len(left), 'record')}"
        )
    if unused:
        why.append(f"records of {join.right.node!r} that nothing refers to: {unused:,}")
    return Records(
        base=join.left.node,
        frames=frames,
        partner=partner,
        keys=left,
        join=join,
        why=tuple(why),
    )


def _keys(values: pa.Array, source: Source) -> pa.LargeStringArray:
    """Return keys as text."""
    cells, _ = applied(flat(values), source.transforms, source.where)
    if not (is_text(cells.type) or pa.types.is_integer(cells.type)):
        raise InputError(
            f"{source.where}: a key is text or a whole number, and these are {cells.type}",
            hint="refer by another field",
        )
    return cells.cast(pa.large_string())


def rows_of(
    records: Records, sources: Mapping[str, Source], names: tuple[str, ...], where: str
) -> tuple[Rows, Problems]:
    """Return the columns of some fields, and what is wrong with them.

    Parameters
    ----------
    records
        The records.
    sources
        The sources of the fields that are columns, by the names of the columns.
    names
        Names of all fields.
    where
        What a message calls the record set.
    """
    base = records.frames[records.base].rows
    columns: dict[str, pa.Array] = {"": pa.nulls(len(records))}
    misses = {}
    for name, source in sources.items():
        columns[name], misses[name] = records.values(source)
    rows = Rows(
        where=where, names=names, table=pa.table(columns), locate=base.locate, lines=base.lines
    )
    problems = Problems(rows)
    for name, missed in misses.items():
        if missed is not None:
            wrong = np.flatnonzero(missed.fill_null(False).to_numpy(zero_copy_only=False))  # noqa: FBT003 - pyarrow's signature
            _note(problems, wrong, name, columns[name])
    return rows, problems


def _note(problems: Problems, rows: NDArray[np.int64], name: str, cells: pa.Array) -> None:
    problems.add(
        rows,
        lambda row: f"field {name!r}: its pattern is not of {quoted(cells[row].as_py())}",
        "correct the regex of the field, or the patterns of its files",
    )
