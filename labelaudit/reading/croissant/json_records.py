"""Records that are a list in a JSON file, by the JSONPath of each field: ``$.images[*].name``."""

import json
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from labelaudit.errors import InputError
from labelaudit.reading.rows import Rows, quoted

STEP: Final = r"\.[A-Za-z_][\w-]*"
PATH: Final = re.compile(rf"\$(?P<list>(?:{STEP})*)\[\*\](?P<value>(?:{STEP})+)")
MOST_BYTES: Final = 1 << 30
HINT: Final = "of JSONPath, a list and a value of its objects are read, such as $.images[*].name"


def read_json_records(file: Path, paths: Collection[str], where: str) -> Rows:
    """Read the values that paths lead to, one a record.

    Parameters
    ----------
    file
        The file, in UTF-8.
    paths
        JSONPaths of one list; each is the name of a column.
    where
        The resource as messages name it.

    Raises
    ------
    InputError
        When a path is of another form, or they are of several lists; when the file is no JSON,
        has no such list, or values of one path are of several kinds.
    """
    found = {path: PATH.fullmatch(path) for path in paths}
    wrong = [path for path, match in found.items() if match is None]
    if wrong:
        raise InputError(f"{where}: jsonPath {quoted(wrong[0])} is not read here", hint=HINT)
    lists = sorted({match["list"] for match in found.values() if match is not None})
    if len(lists) > 1:
        raise InputError(
            f"{where}: jsonPath: its values stand in {len(lists)} lists, and one is read", hint=HINT
        )
    records = _stepped(_loaded(file, where), lists[0])
    if not isinstance(records, list):
        raise InputError(
            f"{where}: jsonPath: there is no list at {quoted(f'${lists[0]}')}", hint=HINT
        )
    try:
        columns = {
            path: pa.array([_stepped(record, match["value"]) for record in records])
            for path, match in found.items()
            if match is not None
        }
    except (pa.ArrowException, OverflowError, UnicodeEncodeError) as error:
        reason = str(error).partition("\n")[0]
        raise InputError(
            f"{where}: jsonPath: its values cannot be read as one column; {reason}",
            hint="write one kind of value for each path: text, or whole numbers",
        ) from None

    def locate(rows: Sequence[int]) -> list[str]:
        return [f"record {row + 1}" for row in rows]

    return Rows(where=where, names=tuple(found), table=pa.table(columns), locate=locate)


def _stepped(found: object, steps: str) -> object:
    """Return what some steps lead to; None where they lead nowhere."""
    for step in steps.split(".")[1:]:
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _loaded(file: Path, where: str) -> object:
    """Return what a JSON file holds."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise InputError(
                f"{where}: {quoted(file.name)} is larger than {MOST_BYTES >> 30} GiB",
                hint="write it as JSON Lines or Parquet",
            )
        return json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"{where}: {quoted(file.name)} is no JSON that can be read; {error}",
            hint="write it again, in UTF-8",
        ) from None
