"""The files of a dataset in Parquet: which there are, and what each holds but its images."""

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from labelaudit.errors import InputError, some
from labelaudit.reading.class_labels import ClassLabels, class_labels
from labelaudit.reading.columns import is_usual_text, refuse_images, wanted_columns
from labelaudit.reading.folders import SPLIT_ALIASES, is_hidden
from labelaudit.reading.image_cells import images_of
from labelaudit.reading.options import Options
from labelaudit.reading.rows import Rows
from labelaudit.reading.table_files import locate_rows, read_columns, read_schema

SHARD = re.compile(r"(?P<split>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shard:
    """One file: its rows without images, their paths if they have any, its split and classes."""

    file: Path
    rows: Rows
    paths: pa.LargeStringArray
    split: str | None
    declared: ClassLabels


def shard_files(path: Path) -> list[Path]:
    """Return the Parquet files of a dataset: the file, or those in a folder or its ``data/``."""
    if path.is_file():
        return [path] if path.suffix.lower() == ".parquet" else []
    files = [*path.glob("*.parquet"), *path.glob("data/*.parquet")]
    return sorted(file for file in files if not is_hidden(file.name))


def check_shards(path: Path, files: list[Path]) -> None:
    """Refuse a dataset whose shards are not all there, or lie in two places."""
    if not files:
        raise InputError(
            f"{path}: there is no Parquet file in it or in its data/",
            hint="name a folder of Parquet files",
        )
    if len({file.parent for file in files}) > 1:
        raise InputError(
            f"{path}: there are Parquet files in it and in its data/: "
            f"{some(file.relative_to(path).as_posix() for file in files)}",
            hint="name the folder that holds the dataset",
        )
    if path.is_file():
        return
    there: dict[tuple[str, int], set[int]] = defaultdict(set)
    for file in files:
        if found := SHARD.fullmatch(file.stem):
            there[found["split"], int(found["count"])].add(int(found["number"]))
    missing = [
        f"{split}-{number:05d}-of-{count:05d}.parquet"
        for (split, count), numbers in sorted(there.items())
        for number in range(count)
        if number not in numbers
    ]
    if missing:
        raise InputError(
            f"{path}: {len(missing):,} shards are missing",
            details=missing,
            hint="download them, or name the one file that is to be read",
        )


def text_columns(file: Path) -> list[str]:
    """Return the columns with usual names for texts of a file without images.

    None when the file was not written by Hugging Face's ``datasets``, or cannot be read.
    """
    try:
        schema = read_schema(file)
    except InputError:
        return []
    if images_of(schema) or b"huggingface" not in (schema.metadata or {}):
        return []
    return [name for name in schema.names if is_usual_text(name)]


def has_texts(files: list[Path], options: Options) -> bool:
    """Tell whether the items are texts: asked for, or there are no images and a usual name."""
    if options.text_column or options.image_column:
        return bool(options.text_column)
    schemas = [read_schema(file) for file in files]
    names = {name for schema in schemas for name in schema.names}
    return not any(map(images_of, schemas)) and any(map(is_usual_text, names))


def image_column(path: Path, files: list[Path], options: Options) -> str:
    """Return the one column that holds the images in all files."""
    problems = []
    found: dict[str, None] = {}
    for file in files:
        schema = read_schema(file)
        columns = images_of(schema)
        if options.image_column:
            columns = [name for name in columns if name == options.image_column]
        if not columns:
            wanted = f"image column {options.image_column!r}" if options.image_column else "column"
            problems.append(
                f"{file.name}: no {wanted} of bytes and path; found {some(schema.names)}"
            )
        found.update(dict.fromkeys(columns))
    if problems:
        raise InputError(
            f"{path}: {len(problems):,} of {len(files):,} files hold no images",
            details=problems,
            hint="name a single Parquet or CSV file when the images are files of their own, or the "
            "texts with --text-column",
        )
    if len(found) > 1:
        raise InputError(
            f"{path}: the image column could be {some(map(repr, found))}",
            hint="say which with --image-column",
        )
    return next(iter(found))


def read_shard(file: Path, image: str, options: Options) -> Shard:
    """Read all of a file that is needed but its images; its texts when ``image`` is empty."""
    schema = read_schema(file)
    declared = class_labels(schema, file)
    refuse_images(str(file), options, images_of(schema))
    wanted = wanted_columns(options)
    names = [name for name in schema.names if name not in images_of(schema)]
    columns = [name for name in names if wanted(name) or name in declared]
    if image:
        columns.append(f"{image}.path")
    else:
        columns += [name for name in names if is_usual_text(name) and name not in columns]
    table = read_columns(file, columns).replace_schema_metadata(None)
    paths = pa.chunked_array([pa.nulls(table.num_rows, pa.large_string())])
    if image:
        paths = pc.struct_field(table.column(image), "path").cast(pa.large_string())
        table = table.drop_columns(image)
    match = SHARD.fullmatch(file.stem)
    alias = file.stem if file.stem.lower() in SPLIT_ALIASES else None
    return Shard(
        file=file,
        rows=Rows(
            where=file.name,
            names=tuple(schema.names),
            table=table,
            locate=locate_rows,
        ),
        paths=pa.concat_arrays(paths.chunks) if paths.num_chunks else pa.array([], paths.type),
        split=match["split"] if match else alias,
        declared=declared,
    )


def common_classes(path: Path, shards: list[Shard]) -> ClassLabels:
    """Return the declared classes; refuse files that declare different ones."""
    declared: ClassLabels = {}
    for shard in shards:
        for name, classes in shard.declared.items():
            if declared.setdefault(name, classes) != classes:
                raise InputError(
                    f"{path}: {shard.file.name} declares other classes for column {name!r} than "
                    f"the files before it: {some(classes)}; not {some(declared[name])}",
                    hint="write all files with the same classes",
                )
    return declared
