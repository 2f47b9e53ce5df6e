"""Where the images of records are: files, names in a column, or cells of Parquet files."""

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from labelaudit.dataset import Media
from labelaudit.errors import InputError
from labelaudit.reading.cells import blank
from labelaudit.reading.croissant.document import Document, Source
from labelaudit.reading.croissant.frames import Frame
from labelaudit.reading.croissant.records import Records
from labelaudit.reading.image_cells import images_of
from labelaudit.reading.item_paths import item_paths
from labelaudit.reading.media import Files, ParquetCells
from labelaudit.reading.rows import Problems, quoted
from labelaudit.reading.table_files import read_columns, read_schema

Images = tuple[pa.LargeStringArray, Media | None]


def images_of_records(
    document: Document,
    records: Records,
    image: tuple[str, Source],
    splits: pa.LargeStringArray | None,
    problems: Problems,
) -> Images:
    """Return what the images of records are called, and where they are.

    Parameters
    ----------
    document
        The Croissant file.
    records
        The records.
    image
        The field of the images: its name and source.
    splits
        The split of each record, by which an image without a path of its own is called; or None.
    problems
        Takes what is wrong.
    """
    _, source = image
    if source.extract == ("fileProperty", "content"):
        return _file_images(document, records, source, problems)
    if _is_cells(records.frames[source.node], source):
        return _cell_images(records, source, splits)
    return _named_images(document, records, image, problems)


def _is_cells(frame: Frame, source: Source) -> bool:
    """Tell whether a source is a column of Parquet files that holds images."""
    what, which = source.extract
    return what == "column" and any(
        each.file.suffix.lower() == ".parquet" and which in images_of(read_schema(each.file))
        for each in frame.files
    )


def _file_images(
    document: Document, records: Records, source: Source, problems: Problems
) -> Images:
    """Return the path of each record's file, and the files."""
    frame = records.frames[source.node]
    numbers = records.files(source.node)
    names = pa.array([each.path for each in frame.files], pa.large_string())
    paths = names.take(pa.array(numbers, mask=numbers < 0))
    if records.join is not None and source.node == records.join.right.node:
        if records.join.right.extract == ("fileProperty", "fullpath"):
            first = frame.files[0]
            prefix = pa.scalar(first.path.removesuffix(first.inside), paths.type)
            there = pc.binary_join_element_wise(prefix, records.keys, pa.scalar("", paths.type))
            paths = pc.coalesce(paths, there)
        keys = records.keys
        problems.add(
            np.flatnonzero(pc.is_null(paths).to_numpy(zero_copy_only=False)),
            lambda row: f"no file goes with {quoted(keys[row].as_py())}",  # type: ignore[index]
            "add the files, or leave out the rows",
        )
    root = document.path.parent
    paths = item_paths(pa.chunked_array([paths.fill_null("?")]), "path", root, problems)
    return paths, Files(root, paths)


def _named_images(
    document: Document, records: Records, image: tuple[str, Source], problems: Problems
) -> Images:
    """Return the paths that a column holds, which are relative to the folder of its table."""
    root = document.path.parent
    name, source = image
    frame = records.frames[source.node]
    folders = [each.path.removesuffix(each.path.rpartition("/")[2]) for each in frame.files]
    values, missed = records.values(source)
    if missed is not None:
        wrong = np.flatnonzero(missed.fill_null(False).to_numpy(zero_copy_only=False))  # noqa: FBT003 - pyarrow's signature
        problems.add(wrong, lambda row: f"the regex is not of {quoted(values[row].as_py())}")
    column = pa.chunked_array([values])
    if not any(folders):
        paths = item_paths(column, name, root, problems)
        return paths, Files(root, paths)
    numbers = records.files(source.node)
    taken = pa.array(folders, pa.large_string()).take(pa.array(numbers, mask=numbers < 0))
    paths = item_paths(column, name, root, problems, taken.fill_null(""))
    return paths, Files(root, paths)


def _cell_images(records: Records, source: Source, splits: pa.LargeStringArray | None) -> Images:
    """Return the name of each image in a Parquet cell, by its own path or its row in the split."""
    if source.node != records.base:
        raise InputError(
            f"{source.where}: the images lie in another table than the records",
            hint="write what belongs together into one table",
        )
    frame = records.frames[source.node]
    _, column = source.extract
    files: list[Path] = [each.file for each in frame.files]
    paths = pa.concat_arrays(
        [
            pc.struct_field(chunk, "path").cast(pa.large_string())
            for file in files
            for chunk in read_columns(file, [f"{column}.path"]).column(column).chunks
        ]
        or [pa.array([], pa.large_string())]
    )
    return _named(paths, splits), ParquetCells(files, column)


def _named(paths: pa.LargeStringArray, splits: pa.LargeStringArray | None) -> pa.LargeStringArray:
    nameless = blank(paths)
    if not nameless.any():
        return paths
    prefixes = splits.fill_null("row").to_pylist() if splits is not None else ["row"] * len(paths)
    seen: Counter[str] = Counter()
    rows = []
    for prefix in prefixes:
        rows.append(seen[prefix])
        seen[prefix] += 1
    named = pa.array(
        [f"{prefix}/{row:08d}" for row, prefix in zip(rows, prefixes, strict=True)],
        pa.large_string(),
    )
    return pc.if_else(pa.array(nameless), named, paths)
