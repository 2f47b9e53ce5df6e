"""Hugging Face Parquet: shards such as ``train-00000-of-00004.parquet``, of images or texts."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from labelaudit.dataset import Dataset, Media, Source
from labelaudit.errors import some
from labelaudit.manifests import Options, reader
from labelaudit.manifests.image_folder import metadata_files
from labelaudit.reading.assemble import Items, check_rows, identifiers, row_names, to_dataset
from labelaudit.reading.cells import blank
from labelaudit.reading.columns import choose_columns
from labelaudit.reading.image_cells import has_bytes, image_columns
from labelaudit.reading.item_paths import item_paths
from labelaudit.reading.media import Files, ParquetCells
from labelaudit.reading.rows import Problems, stack
from labelaudit.reading.shards import (
    SHARD,
    Shard,
    check_shards,
    common_classes,
    has_texts,
    image_column,
    read_shard,
    shard_files,
    text_columns,
)
from labelaudit.reading.texts import item_texts


def looks_like_hf_parquet(path: Path) -> str:
    """Say why a path looks like Parquet files with images, or with texts and their schema."""
    if metadata_files(path):
        return ""
    for file in shard_files(path):
        if path.is_dir() and SHARD.fullmatch(file.stem):
            return f"it has shards such as {file.name}"
        if columns := image_columns(file):
            return f"column {columns[0]!r} of {file.name} holds images"
        if columns := text_columns(file):
            return f"{file.name} has a schema of Hugging Face's and a column {columns[0]!r}"
    return ""


@reader(detect=looks_like_hf_parquet)
def hf_parquet(path: Path, options: Options) -> Dataset:
    """Read Parquet files whose image column is a struct of ``bytes`` and ``path``, or texts.

    Of images only the paths are read; their bytes stay where they are. The classes
    are those that the schema declares; ``-1`` is then an item without a label, as the format
    has it. An item without a path is called ``split/00000007`` by its row in the split.
    """
    files = shard_files(path)
    check_shards(path, files)
    image = "" if has_texts(files, options) else image_column(path, files, options)
    shards = [read_shard(file, image, options) for file in files]
    rows = stack([shard.rows for shard in shards], str(path))
    declared = common_classes(path, shards)
    roles = choose_columns(
        str(path),
        rows.names,
        options,
        is_image=lambda name: name == image,
        other_labels=tuple(declared),
    )
    check_rows(rows)
    problems = Problems(rows)
    if roles.text:
        paths = _row_names(shards)
        if roles.id:
            paths = identifiers(rows.table.column(roles.id), roles.id, problems)
        media: Media = item_texts(rows.table.column(roles.text), roles.text, problems)
    else:
        paths, media = _media(shards, image, problems)
    items = Items(
        name=path.resolve().stem if path.is_file() else path.resolve().name,
        paths=paths,
        media=media,
        modality="text" if roles.text else "image",
        source=Source(
            format="hf_parquet",
            why=(f"{len(files)} Parquet files: {some(f.name for f in files)}",),
            manifest=some(
                f.relative_to(path).as_posix() if path.is_dir() else f.name for f in files
            ),
            found=rows.table.num_rows,
        ),
        splits=_spread([shard.split for shard in shards], shards),
        splits_from="file names",
        declared=declared,
    )
    return to_dataset(items, roles, options, problems)


def _spread(values: list[str | None], shards: list[Shard]) -> pa.LargeStringArray:
    """Return the value of each item's file."""
    counts = [len(shard.paths) for shard in shards]
    numbers = np.repeat(np.arange(len(shards)), counts)
    return pa.array(values, pa.large_string()).take(pa.array(numbers))


def _media(
    shards: list[Shard], image: str, problems: Problems
) -> tuple[pa.LargeStringArray, Media]:
    """Return the name of each item and where its image is."""
    if not any(has_bytes(shard.file, image) for shard in shards):
        root = shards[0].file.parent
        column = pa.chunked_array([shard.paths for shard in shards])
        paths = item_paths(column, image, root, problems)
        return paths, Files(root, paths)
    return _row_names(shards), ParquetCells([shard.file for shard in shards], image)


def _row_names(shards: list[Shard]) -> pa.LargeStringArray:
    """Return each item's own path, or the name of its row in the split."""
    named = []
    starts: dict[str, int] = defaultdict(int)
    for shard in shards:
        prefix = shard.split or "row"
        rows = np.arange(starts[prefix], starts[prefix] + len(shard.paths))
        starts[prefix] += len(shard.paths)
        nameless = pa.array(blank(shard.paths))
        named.append(pc.if_else(nameless, row_names(rows, prefix), shard.paths))
    return pa.concat_arrays(named)
