"""A table of items: CSV, TSV, JSON Lines or Parquet, with images, with texts, or with neither."""

from pathlib import Path

import numpy as np

from labelaudit.dataset import Dataset, Media, Source
from labelaudit.manifests import Options, reader
from labelaudit.reading.assemble import Items, check_rows, identifiers, row_names, to_dataset
from labelaudit.reading.columns import choose_columns, wanted_columns
from labelaudit.reading.image_cells import image_columns
from labelaudit.reading.item_paths import item_paths
from labelaudit.reading.media import Files
from labelaudit.reading.rows import Problems
from labelaudit.reading.shards import text_columns
from labelaudit.reading.table_files import TABLES, read_rows
from labelaudit.reading.texts import item_texts
from labelaudit.verdicts import VERDICTS_FILE


def looks_like_table(path: Path) -> str:
    """Say why a path looks like a table."""
    suffix = path.suffix.lower()
    if suffix not in TABLES or not path.is_file() or path.name == VERDICTS_FILE:
        return ""
    if suffix == ".parquet" and (image_columns(path) or text_columns(path)):
        return ""
    return f"a file of type {suffix}"


@reader(detect=looks_like_table)
def table(path: Path, options: Options) -> Dataset:
    """Read a table with one row an item.

    Paths are relative to the folder of the manifest. Without an image column the items are
    known by a column ``id``, else by their row; they are the cells of a text column, or nothing
    but their labels is measured.
    """
    rows = read_rows(path, wanted_columns(options))
    roles = choose_columns(rows.where, rows.names, options)
    check_rows(rows)
    problems = Problems(rows)
    columns = rows.table
    if roles.image:
        paths = item_paths(columns.column(roles.image), roles.image, path.parent, problems)
    elif roles.id:
        paths = identifiers(columns.column(roles.id), roles.id, problems)
    else:
        paths = row_names(np.arange(columns.num_rows))
    media: Media | None = Files(path.parent, paths) if roles.image else None
    if roles.text:
        texts = read_rows(path, lambda name: name == roles.text).table.column(roles.text)
        media = item_texts(texts, roles.text, problems)
    items = Items(
        name=path.stem,
        paths=paths,
        media=media,
        modality="text" if roles.text else "image",
        source=Source(
            format="table",
            why=(looks_like_table(path) or "read as asked for",),
            manifest=path.name,
            found=columns.num_rows,
        ),
    )
    return to_dataset(items, roles, options, problems)
