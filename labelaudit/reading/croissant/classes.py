"""The classes that a Croissant file lists in a record set, and labels that refer to them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from labelaudit.errors import InputError, some
from labelaudit.reading.cells import as_text, blank, is_list
from labelaudit.reading.class_labels import class_labels
from labelaudit.reading.croissant.document import Document, Field, RecordSet, Source
from labelaudit.reading.croissant.frames import frame_of, traced
from labelaudit.reading.croissant.records import Records
from labelaudit.reading.croissant.resources import Fetch
from labelaudit.reading.croissant.transforms import applied
from labelaudit.reading.rows import Problems, quoted
from labelaudit.reading.table_files import read_schema


def listed_classes(
    document: Document, field: Field, fetch: Fetch | None
) -> tuple[pa.Array, tuple[str, ...]] | None:
    """Return the keys and names of the classes that a label refers to; None where it lists none.

    Raises
    ------
    InputError
        When a key or a name comes twice, or is blank.
    """
    if field.references is None:
        return None
    target = document.fields.get(field.references.node)
    listed = document.record_sets.get(target.record_set if target else field.references.node)
    if listed is None or not ("Enumeration" in listed.types or listed.data is not None):
        return None
    key = target or _key(document, listed)
    name = next(filter(_is_name, listed.fields), key)
    sources = [traced(document, Source(where=each.where, node=each.id)) for each in (key, name)]
    if len({source.node for source in sources}) > 1:
        raise InputError(
            f"{listed.where}: its keys and names come from different resources",
            hint="write both into one table, or into the data of the record set",
        )
    frame = frame_of(document, sources[0].node, sources, fetch)
    keys, names = (
        applied(as_text(frame.values(s), s.where, problems), s.transforms, s.where)[0]
        for s, problems in ((s, Problems(frame.rows)) for s in sources)
    )
    for what, values in (("key", keys), ("name", names)):
        if blank(values).any() or len(pc.unique(values)) < len(values):
            raise InputError(
                f"{listed.where}: a {what} of a class is blank or comes twice",
                hint="give each class its own key and name",
            )
    return keys, tuple(names.to_pylist())


def _is_name(field: Field) -> bool:
    """Tell whether a field has the names of classes: by its type, or by what it is called."""
    return "name" in field.types or field.id.rpartition("/")[2] == "name"


def file_classes(records: Records, source: Source) -> tuple[str, ...]:
    """Return the classes that the Parquet files of a label declare; none where they differ."""
    what, which = source.extract
    if what != "column" or source.transforms:
        return ()
    files = [each.file for each in records.frames[source.node].files]
    if any(file.suffix.lower() != ".parquet" for file in files):
        return ()
    found = {class_labels(read_schema(file), file).get(which, ()) for file in files}
    return found.pop() if len(found) == 1 else ()


def _key(document: Document, listed: RecordSet) -> Field:
    """Return the field that is the key of a record set."""
    names = [*listed.keys, *(f"{listed.id}/{key}" for key in listed.keys)]
    found = [document.fields[name] for name in names if name in document.fields]
    if len(found) != 1:
        raise InputError(f"{listed.where}: it has no key", hint="name the field that is its key")
    return found[0]


def numbered(column: pa.Array, name: str, keys: pa.Array, problems: Problems) -> pa.Array:
    """Return the position of each label among the keys of the classes, null for none."""
    if is_list(column.type):
        problems.note(
            f"column {name!r} holds lists and refers to classes that the file lists",
            "write the names of the classes into the lists",
        )
        return pa.nulls(len(column), pa.int64())
    texts = as_text(column, f"column {name!r}", problems)
    codes = pc.index_in(texts, value_set=keys)
    wrong = pc.is_null(codes).to_numpy(zero_copy_only=False) & ~blank(texts)
    problems.add(
        np.flatnonzero(wrong),
        lambda row: f"column {name!r}: {quoted(texts[row].as_py())} is no class that is listed",
        f"list all classes; there are {some(keys.to_pylist())}",
    )
    return codes.cast(pa.int64())
