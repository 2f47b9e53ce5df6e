"""Parquet columns that hold images: structs of ``bytes`` and ``path``, as Hugging Face has them."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from labelaudit.errors import InputError
from labelaudit.reading.table_files import read_schema


def image_columns(path: Path) -> list[str]:
    """Return the columns of a Parquet file that hold images; none when it cannot be read."""
    try:
        return images_of(read_schema(path))
    except InputError:
        return []


def images_of(schema: pa.Schema) -> list[str]:
    """Return the names of the columns that are structs with the children bytes and path."""
    return [
        field.name
        for field in schema
        if pa.types.is_struct(field.type)
        and {"bytes", "path"} <= {child.name for child in field.type}
    ]


def has_bytes(path: Path, column: str) -> bool:
    """Tell whether any cell of an image column has bytes, from the file's statistics alone.

    A column chunk without statistics counts as one that has.
    """
    metadata = pq.read_metadata(path)
    chunks = (
        metadata.row_group(group).column(number)
        for group in range(metadata.num_row_groups)
        for number in range(metadata.num_columns)
    )
    return any(
        chunk.statistics is None or chunk.statistics.null_count != chunk.num_values
        for chunk in chunks
        if chunk.path_in_schema == f"{column}.bytes" and chunk.num_values
    )
