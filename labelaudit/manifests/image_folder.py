"""Hugging Face imagefolder: images below a folder, described by ``metadata.csv|jsonl|parquet``."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from labelaudit.dataset import Dataset, Source
from labelaudit.errors import InputError, some
from labelaudit.manifests import Options, reader
from labelaudit.reading.assemble import Items, check_rows, to_dataset
from labelaudit.reading.columns import Roles, choose_columns, is_file_name, wanted_columns
from labelaudit.reading.folders import SPLIT_ALIASES, is_hidden, is_image, walk
from labelaudit.reading.item_paths import item_paths
from labelaudit.reading.media import Files
from labelaudit.reading.rows import Problems, Rows, stack
from labelaudit.reading.table_files import read_rows

NOT_LISTED = "an image that is not in the metadata"
NO_IMAGE = "not an image by its name"
METADATA = ("metadata.csv", "metadata.jsonl", "metadata.parquet")


def metadata_files(path: Path) -> list[Path]:
    """Return the metadata files of an imagefolder: at its top, or in its first folders."""
    if not path.is_dir():
        return []
    return sorted(
        file
        for name in METADATA
        for where in ("", "*/")
        for file in path.glob(where + name)
        if not (where and is_hidden(file.parent.name))
    )


def looks_like_image_folder(path: Path) -> str:
    """Say why a path looks like an imagefolder."""
    files = [file.relative_to(path).as_posix() for file in metadata_files(path)]
    return f"it has {some(files)}" if files else ""


@reader(detect=looks_like_image_folder)
def image_folder(path: Path, options: Options) -> Dataset:
    """Read a folder of images and the metadata that describes them.

    The labels come from the metadata alone, never from the names of folders. An image that the
    metadata does not name is no item; it is counted. The split is that of a split column, else
    that of the first folder when it is named as one.
    """
    files = metadata_files(path)
    _check_files(path, files)
    parts, roles = _read(path, files, options)
    rows = stack(parts, str(files[0]) if len(files) == 1 else str(path))
    check_rows(rows)
    problems = Problems(rows)
    column = rows.table.column(roles.image)
    paths = item_paths(column, roles.image, path, problems, _prefixes(path, files, parts))
    ignored = _ignored(path, paths, files)
    names = [file.relative_to(path).as_posix() for file in files]
    items = Items(
        name=path.resolve().name,
        paths=paths,
        media=Files(path, paths),
        source=Source(
            format="image_folder",
            why=(f"metadata: {some(names)}; labels of folders do not count",),
            manifest=some(names),
            found=len(paths) + sum(ignored.values()),
            ignored=ignored,
        ),
        splits=_folder_splits(paths),
        splits_from="first folders",
    )
    return to_dataset(items, roles, options, problems)


def _check_files(path: Path, files: list[Path]) -> None:
    """Refuse metadata that is missing, of several types, or both at the top and below it."""
    names = [file.relative_to(path).as_posix() for file in files]
    if not files:
        raise InputError(
            f"{path}: no {', '.join(METADATA)} at its top or in its first folders",
            hint="write one with the columns file_name and label",
        )
    if len({file.suffix for file in files}) > 1:
        raise InputError(
            f"{path}: metadata of several types: {some(names)}",
            hint="keep the metadata of one type",
        )
    if len({len(file.relative_to(path).parts) for file in files}) > 1:
        raise InputError(
            f"{path}: metadata both at the top and in folders, so an image could be described "
            f"twice: {some(names)}",
            hint="keep the one at the top, or those in the folders",
        )


def _read(path: Path, files: list[Path], options: Options) -> tuple[list[Rows], Roles]:
    """Read the metadata of each folder, and choose the columns that all have in common."""
    if options.text_column:
        raise InputError(
            f"{path}: --text-column {options.text_column}: the items of this format are images",
            hint=f"name {files[0].name} itself to read its texts",
        )
    wanted = wanted_columns(options, is_file_name)
    parts = [read_rows(file, wanted) for file in files]
    names = tuple(dict.fromkeys(name for part in parts for name in part.names))
    roles = choose_columns(str(path), names, options, is_image=is_file_name)
    image = roles.image or "file_name"
    without = [part for part in parts if image not in part.names]
    if without:
        raise InputError(
            f"{path}: there is no column {image!r}",
            details=[f"{part.where}: found {some(map(repr, part.names), 12)}" for part in without],
            hint="add it, with paths relative to the metadata file",
        )
    return parts, roles


def _prefixes(path: Path, files: list[Path], parts: list[Rows]) -> pa.LargeStringArray | None:
    """Return the folder of each row's metadata file; None when that is the top."""
    if files[0].parent == path:
        return None
    folders = pa.array([f"{file.parent.name}/" for file in files], pa.large_string())
    counts = [part.table.num_rows for part in parts]
    return folders.take(pa.array(np.repeat(np.arange(len(parts)), counts)))


def _ignored(path: Path, paths: pa.LargeStringArray, files: list[Path]) -> dict[str, int]:
    """Count the files that are no items, by reason."""
    found, _, ignored = walk(path)
    listed = pc.is_in(pa.array(found, pa.large_string()), paths).to_pylist()
    metadata = {file.relative_to(path).as_posix() for file in files}
    for file, is_item in zip(found, listed, strict=True):
        if not is_item and file not in metadata:
            ignored[NOT_LISTED if is_image(file) else NO_IMAGE] += 1
    return dict(sorted(ignored.items()))


def _folder_splits(paths: pa.LargeStringArray) -> pa.LargeStringArray:
    """Return the first folder of each path where it is named as a split, else null."""
    first = pc.struct_field(pc.extract_regex(paths, r"^(?P<first>[^/]+)/"), "first")
    aliases = pa.array(SPLIT_ALIASES, pa.large_string())
    return pc.if_else(pc.is_in(pc.utf8_lower(first), aliases), first, None)
