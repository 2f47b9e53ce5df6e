"""A Croissant file as a manifest: the record set of the items, from the files that it describes."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from labelaudit.dataset import Dataset, Source
from labelaudit.errors import some
from labelaudit.manifests import Options, reader
from labelaudit.reading.assemble import Items, check_rows, identifiers, row_names, to_dataset
from labelaudit.reading.cells import as_text, flat
from labelaudit.reading.class_labels import ClassLabels
from labelaudit.reading.columns import Roles
from labelaudit.reading.croissant import document as described
from labelaudit.reading.croissant.choice import Fields, chosen, items_of, named_fields
from labelaudit.reading.croissant.classes import file_classes, listed_classes, numbered
from labelaudit.reading.croissant.fetch import fetched
from labelaudit.reading.croissant.frames import traced
from labelaudit.reading.croissant.media import Images, images_of_records
from labelaudit.reading.croissant.records import Records, records_of, rows_of
from labelaudit.reading.croissant.resources import Fetch
from labelaudit.reading.croissant.transforms import separator_of
from labelaudit.reading.rows import Problems
from labelaudit.reading.texts import item_texts

SUFFIXES: Final = (".json", ".jsonld")
MARK: Final = b"mlcommons.org/croissant"
HEAD: Final = 1 << 20  # bytes in which a Croissant file says what it is


def looks_like_croissant(path: Path) -> str:
    """Say why a path looks like a Croissant file."""
    if path.suffix.lower() not in SUFFIXES or not path.is_file():
        return ""
    if path.name.lower() == "croissant.json":
        return "it is called croissant.json"
    try:
        with path.open("rb") as file:
            return "its context is that of Croissant" if MARK in file.read(HEAD) else ""
    except OSError:
        return ""


@reader(detect=looks_like_croissant)
def croissant(path: Path, options: Options) -> Dataset:
    """Read the items that a Croissant file describes, 1.0 or 1.1.

    The items are the records of the one record set that has a field of the type ``cr:Label``, or
    of the only one, or of the one that is named. The image, the label and the split are the
    fields of these types, or those with the usual names. Files lie in the folder of the Croissant
    file, or are fetched when that is asked for; hashes that are given are checked.
    """
    document = described.read_document(path)
    record_set = items_of(document, options)
    fields = named_fields(record_set)
    roles, options = chosen(document, record_set, fields, options)
    fetch: Fetch | None = partial(fetched, cache=options.fetch) if options.fetch else None
    sources = {name: traced(document, _source(fields, name)) for name in _used(roles)}
    records = records_of(document, record_set, list(sources.values()), fetch)
    columns = {name: source for name, source in sources.items() if name != roles.image}
    rows, problems = rows_of(records, columns, tuple(fields), record_set.where)
    check_rows(rows)
    declared: ClassLabels = {}
    if len(roles.labels) == 1:
        (label,) = roles.labels
        keys, declared = _declared(document, records, fields[label], label, fetch)
        if keys is not None:
            _number(label, keys, problems)
        if not options.label_separator:
            parted = separator_of(sources[label].transforms)
            options = replace(options, label_separator=parted)
    paths, media = _items(document, records, roles, sources, problems)
    items = Items(
        name=document.name or path.stem,
        paths=paths,
        media=item_texts(_text(problems, roles), roles.text, problems) if roles.text else media,
        modality="text" if roles.text else "image",
        source=Source(
            format="croissant",
            why=(
                looks_like_croissant(path) or "read as asked for",
                f"record set {record_set.id!r}",
                *records.why,
            ),
            manifest=_manifest(path, records),
            found=len(records),
        ),
        declared=declared,
    )
    return to_dataset(items, roles, options, problems)


def _manifest(path: Path, records: Records) -> str:
    """Return the table whose rows the items are, or the Croissant file where they are files."""
    base = records.frames[records.base]
    if not base.rows.names or any(each.is_fetched for each in base.files):
        return path.name
    return some(each.path for each in base.files)


def _used(roles: Roles) -> list[str]:
    """Return the fields that are needed, each once."""
    one = (roles.image, roles.text, roles.target, roles.split, roles.group, roles.id)
    judged = (*roles.annotators, roles.annotator, roles.judgement)
    names = (*one, *roles.labels, *judged, *roles.metadata)
    return list(dict.fromkeys(name for name in names if name))


def _source(fields: Fields, name: str) -> described.Source:
    source = fields[name].source
    if source is None:
        raise AssertionError  # fields without a source are not named
    return source


def _declared(
    document: described.Document,
    records: Records,
    label: described.Field,
    name: str,
    fetch: Fetch | None,
) -> tuple[pa.Array | None, ClassLabels]:
    """Return the keys and names of the classes that a label refers to, or that its files list."""
    listed = listed_classes(document, label, fetch)
    if listed is not None:
        return listed[0], {name: listed[1]}
    found = file_classes(records, traced(document, _source({name: label}, name)))
    return None, {name: found} if found else {}


def _number(name: str, keys: pa.Array, problems: Problems) -> None:
    """Put the position of each label among the classes in its place."""
    table = problems.rows.table
    numbers = numbered(flat(table.column(name)), name, keys, problems)
    table = table.set_column(table.column_names.index(name), name, numbers)
    problems.rows = replace(problems.rows, table=table)


def _items(
    document: described.Document,
    records: Records,
    roles: Roles,
    sources: dict[str, described.Source],
    problems: Problems,
) -> Images:
    """Return what the items are called, and where their images are."""
    table = problems.rows.table
    if roles.image:
        splits = None
        if roles.split:
            splits = as_text(table.column(roles.split), f"field {roles.split!r}", problems)
        return images_of_records(
            document, records, (roles.image, sources[roles.image]), splits, problems
        )
    if roles.id:
        return identifiers(table.column(roles.id), roles.id, problems), None
    return row_names(np.arange(len(records))), None


def _text(problems: Problems, roles: Roles) -> pa.ChunkedArray:
    return problems.rows.table.column(roles.text)
