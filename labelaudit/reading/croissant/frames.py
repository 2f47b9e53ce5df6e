"""The values of a resource or of a record set with data, one column a field that asks for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labelaudit.errors import InputError, some
from labelaudit.json_ld import Json
from labelaudit.reading.croissant.document import Document, RecordSet, Resource, Source
from labelaudit.reading.croissant.json_records import read_json_records
from labelaudit.reading.croissant.resources import Fetch, Found, files_of
from labelaudit.reading.image_cells import images_of
from labelaudit.reading.rows import Rows, quoted, stack
from labelaudit.reading.table_files import TABLES, read_rows, read_schema

PROPERTIES: Final = ("fullpath", "filename", "content")
DEEPEST: Final = 8  # fields that take their values from one another


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """The records of one source.

    Attributes
    ----------
    rows
        Its columns; of files, none.
    files
        The files that the records are, or that they come from.
    counts
        How many records each file has.
    data
        The records themselves where they stand in the Croissant file.
    """

    rows: Rows
    files: tuple[Found, ...] = ()
    counts: tuple[int, ...] = ()
    data: tuple[Json, ...] | None = None

    def __len__(self) -> int:
        return int(self.rows.table.num_rows)

    def values(self, source: Source) -> pa.Array:
        """Return what a source extracts, one value a record; its transforms are not applied."""
        what, which = source.extract
        if self.data is not None:
            return _column(self.data, which, source)
        if what in {"column", "jsonPath"}:
            if which not in self.rows.table.column_names:
                raise InputError(
                    f"{source.where}: column: there is no {quoted(which)}; found "
                    f"{some(map(repr, self.rows.names), 12)}",
                    hint="correct the name of the column",
                )
            return self.rows.table.column(which)
        if what == "fileProperty" and which in PROPERTIES[:2]:
            names = [f.inside if which == "fullpath" else _name(f) for f in self.files]
            numbers = np.repeat(np.arange(len(self.files)), self.counts)
            return pa.array(names, pa.large_string()).take(pa.array(numbers))
        raise InputError(
            f"{source.where}: extract: {what or 'nothing'} {quoted(which)} is not read here",
            hint="of the ways to extract, column, jsonPath and the fileProperty "
            f"{', '.join(PROPERTIES)} are read",
        )

    def file_numbers(self) -> NDArray[np.int64]:
        """Return the number of each record's file."""
        return np.repeat(np.arange(len(self.files)), self.counts)


def traced(document: Document, source: Source) -> Source:
    """Return a source in a resource, or in a record set with data, through the fields between."""
    for _ in range(DEEPEST):
        if source.node in document.resources:
            return source
        field = document.fields.get(source.node)
        if field is None or source.extract[0]:
            raise InputError(
                f"{source.where}: there is no resource and no field {quoted(source.node)}",
                hint="correct the reference",
            )
        inside = document.record_sets[field.record_set]
        if inside.data is not None:
            return Source(
                where=source.where,
                node=inside.id,
                extract=("column", field.id),
                transforms=source.transforms,
            )
        if field.source is None:
            raise InputError(
                f"{field.where}: it has no source, and {source.where} takes its values from it",
                hint="write its source",
            )
        below = field.source
        source = Source(
            where=source.where,
            node=below.node,
            extract=below.extract,
            transforms=(*below.transforms, *source.transforms),
        )
    raise InputError(
        f"{source.where}: more than {DEEPEST} fields take their values from one another",
        hint="let the field name its resource",
    )


def frame_of(
    document: Document, node: str, sources: Iterable[Source], fetch: Fetch | None
) -> Frame:
    """Return the records of a resource, or of a record set with data.

    Parameters
    ----------
    document
        The Croissant file.
    node
        Name of the resource or record set.
    sources
        What is to be extracted from it; other columns are not read.
    fetch
        Brings what lies at an address; None to refuse it.
    """
    wanted = [source.extract for source in sources]
    inline = document.record_sets.get(node)
    if inline is not None and inline.data is not None:
        return _inline(inline)
    resource = document.resources[node]
    found = files_of(document, resource, fetch)
    columns = {which for what, which in wanted if what == "column"}
    paths = {which for what, which in wanted if what == "jsonPath"}
    if not columns | paths:
        return _files(resource, found)
    if paths:
        parts = [read_json_records(each.file, paths, resource.where) for each in found]
    else:
        parts = [_read(_table(resource, each), columns) for each in found]
    rows = stack(parts, parts[0].where if len(parts) == 1 else resource.where)
    if any(each.is_fetched for each in found):
        rows = replace(rows, lines=lambda: None)  # what was fetched lies nowhere in the dataset
    return Frame(rows=rows, files=tuple(found), counts=tuple(part.table.num_rows for part in parts))


def _read(file: Path, columns: set[str]) -> Rows:
    """Read columns of a table, but for images, whose bytes stay where they are."""
    images = images_of(read_schema(file)) if file.suffix.lower() == ".parquet" else []
    part = read_rows(file, lambda name: name in columns and name not in images)
    if not columns & set(part.names):
        raise InputError(
            f"{part.where}: there is no column {some(sorted(map(repr, columns)))}; found "
            f"{some(map(repr, part.names), 12)}",
            hint="correct the names of the columns in the Croissant file",
        )
    return part


def _table(resource: Resource, found: Found) -> Path:
    """Return the file of a table; refuse one of another kind."""
    if found.file.suffix.lower() not in TABLES:
        raise InputError(
            f"{resource.where}: {quoted(found.path)}: a table is a file of type {' '.join(TABLES)}",
            hint="convert it to one of these",
        )
    return found.file


def _files(resource: Resource, found: list[Found]) -> Frame:
    """Return a frame of which each record is a file."""
    paths = [each.path for each in found]

    def locate(rows: Sequence[int]) -> list[str]:
        return [paths[row] for row in rows]

    table = pa.table({"": pa.nulls(len(found))})
    rows = Rows(where=resource.where, names=(), table=table, locate=locate)
    return Frame(rows=rows, files=tuple(found), counts=(1,) * len(found))


def _inline(record_set: RecordSet) -> Frame:
    """Return the records that stand in the Croissant file."""
    data = record_set.data or ()

    def locate(rows: Sequence[int]) -> list[str]:
        return [f"record {row + 1}" for row in rows]

    table = pa.table({"": pa.nulls(len(data))})
    rows = Rows(where=f"{record_set.where}: data", names=(), table=table, locate=locate)
    return Frame(rows=rows, data=data)


def _column(data: tuple[Json, ...], field: str, source: Source) -> pa.Array:
    """Return a field of records, which name it in full or by its last part."""
    short = field.rpartition("/")[2]
    cells = [record.get(field, record.get(short)) for record in data]
    try:
        return pa.array(
            [None if cell is None else _text(cell) for cell in cells], pa.large_string()
        )
    except (TypeError, UnicodeEncodeError):
        raise InputError(
            f"{source.where}: the records of the data hold no text or number under {quoted(field)}",
            hint="write a text or a whole number in each",
        ) from None


def _text(cell: object) -> str:
    if isinstance(cell, bool) or not isinstance(cell, str | int):
        raise TypeError
    return str(cell)


def _name(found: Found) -> str:
    return found.inside.rpartition("/")[2]
