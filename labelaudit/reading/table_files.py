"""A table from a CSV, TSV, JSON Lines or Parquet file."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from labelaudit.errors import InputError, some
from labelaudit.reading.delimited import read_delimited
from labelaudit.reading.json_lines import read_json_lines
from labelaudit.reading.rows import Rows


def read_rows(path: Path, wanted: Callable[[str], bool]) -> Rows:
    """Read the wanted columns of a table.

    Parameters
    ----------
    path
        A file whose suffix is one of `TABLES`.
    wanted
        Tells by its name whether a column is read.

    Returns
    -------
    The rows; ``names`` has all columns, ``table`` the wanted ones.

    Raises
    ------
    InputError
        When the file cannot be read, or two columns share a name.
    """
    try:
        read = TABLES[path.suffix.lower()]
    except KeyError:
        raise InputError(
            f"{path}: a table is a file of type {' '.join(TABLES)}; found {path.suffix!r}",
            hint="rename it, or convert it to one of these",
        ) from None
    try:
        rows = read(path, wanted)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read; {error.strerror or error}", hint="name a readable file"
        ) from None
    twice = [name for name, count in Counter(rows.names).items() if name and count > 1]
    if twice:
        raise InputError(
            f"{path}: column names come twice: {some(map(repr, twice))}",
            hint="rename one of each",
        )
    return rows


def read_schema(path: Path) -> pa.Schema:
    """Return the schema of a Parquet file.

    Raises
    ------
    InputError
        When it is none, or is damaged.
    """
    try:
        return pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(path, error) from None


def read_columns(path: Path, columns: list[str]) -> pa.Table:
    """Read some columns of a Parquet file; ``a.b`` is the child ``b`` of the struct ``a``."""
    try:
        with pq.ParquetFile(path) as file:
            return file.read(columns=columns)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(path, error) from None


def locate_rows(rows: Sequence[int]) -> list[str]:
    """Name rows of a file without lines, counted from 1."""
    return [f"row {row + 1}" for row in rows]


def _read_parquet(path: Path, wanted: Callable[[str], bool]) -> Rows:
    names = tuple(read_schema(path).names)
    columns = [name for name in dict.fromkeys(names) if wanted(name)]
    table = read_columns(path, columns).replace_schema_metadata(None)
    return Rows(where=str(path), names=names, table=table, locate=locate_rows)


def _unreadable(path: Path, error: Exception) -> InputError:
    reason = str(error).partition("\n")[0].rstrip(".")
    return InputError(
        f"{path}: not a Parquet file, or a damaged one; {reason}",
        hint="write or download it again",
    )


TABLES: dict[str, Callable[[Path, Callable[[str], bool]], Rows]] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".parquet": _read_parquet,
}
