"""JSON Lines: one object a line; a key that a line lacks is a blank cell."""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Never

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labelaudit.errors import InputError
from labelaudit.reading.rows import Rows, counted

CHUNK = 1 << 13
CELL_ERRORS = (pa.ArrowException, OverflowError, UnicodeEncodeError)


def read_json_lines(path: Path, wanted: Callable[[str], bool]) -> Rows:
    """Read the wanted keys of a JSON Lines file.

    Parameters
    ----------
    path
        The file, in UTF-8.
    wanted
        Tells by its name whether a key is read.

    Raises
    ------
    InputError
        When lines are no JSON objects, or a key holds text in one line and a number in another.
    """
    names: dict[str, bool] = {}
    chunks: list[pa.Table] = []
    try:
        for chunk in _chunks(_objects(path)):
            for found in chunk:
                if not found.keys() <= names.keys():
                    names |= {name: wanted(name) for name in found}
            read = [name for name, is_wanted in names.items() if is_wanted]
            columns = {name: pa.array([found.get(name) for found in chunk]) for name in read}
            # A nameless column keeps the number of rows while no wanted key was seen yet.
            chunks.append(pa.table({"": pa.nulls(len(chunk))} | columns))
        table = pa.concat_tables(chunks, promote_options="permissive") if chunks else pa.table({})
    except CELL_ERRORS as error:
        raise _mixed(path, wanted, error) from None
    if table.num_columns > 1:
        table = table.drop_columns("")
    if not names:
        raise InputError(f"{path}: there are no rows", hint="write one JSON object a line")

    def locate(rows: Sequence[int]) -> list[str]:
        lines = [line for line, _ in islice(_filled(path), max(rows) + 1)]
        return [f"line {lines[row]}" for row in rows]

    def lines() -> NDArray[np.int64]:
        numbers = (line for line, _ in _filled(path))
        return np.fromiter(numbers, dtype=np.int64, count=table.num_rows)

    return Rows(where=str(path), names=tuple(names), table=table, locate=locate, lines=lines)


def _filled(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not empty, with their numbers."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if stripped := line.removeprefix(b"\xef\xbb\xbf" if number == 1 else b"").strip():
                yield number, stripped


def _objects(path: Path) -> Iterator[dict[str, object]]:
    """Yield the object of each line; raise after the last when some are none."""
    problems = []
    decoder = json.JSONDecoder(object_pairs_hook=_distinct, parse_constant=_no_constant)
    for number, line in _filled(path):
        try:
            found = decoder.decode(line.decode())
        except UnicodeDecodeError:
            problems.append(f"line {number}: not UTF-8")
        except ValueError as error:
            problems.append(f"line {number}: {error}")
        except RecursionError:
            problems.append(f"line {number}: nested too deeply")
        else:
            if isinstance(found, dict):
                yield found
            else:
                problems.append(f"line {number}: {_kind(found)}, not an object")
    if problems:
        raise InputError(
            f"{path}: {counted(len(problems), 'line')} without a JSON object",
            details=problems,
            hint='write one object a line, such as {"path": "a.png", "label": "cat"}',
        )


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Build an object; a key that comes twice is an error."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(k for k in keys if keys.count(k) > 1)!r} comes twice")
    return found


def _no_constant(text: str) -> Never:
    """Refuse NaN and Infinity, which Python reads and JSON does not know."""
    raise ValueError(f"{text} is not JSON; write null for a blank cell")


def _chunks(objects: Iterator[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    while chunk := list(islice(objects, CHUNK)):
        yield chunk


def _mixed(path: Path, wanted: Callable[[str], bool], error: Exception) -> InputError:
    """Return the error that says which lines of a key do not go together."""
    first: dict[str, dict[str, int]] = {}
    for (number, _), found in zip(_filled(path), _objects(path), strict=True):
        for name, cell in found.items():
            if cell is not None and wanted(name):
                first.setdefault(name, {}).setdefault(_kind(cell), number)
    details = [
        f"key {name!r}: " + ", ".join(f"{kind} (line {line})" for kind, line in kinds.items())
        for name, kinds in first.items()
        if len(kinds) > 1 or "text that is no Unicode" in kinds or "a huge number" in kinds
    ]
    return InputError(
        f"{path}: the cells of a key cannot be read as one column"
        + ("" if details else f"; {error}"),
        details=details,
        hint="write one kind of value for a key: text, whole numbers, or lists of these",
    )


def _kind(cell: object) -> str:
    """Say what a JSON value is."""
    if isinstance(cell, str):
        return "text" if cell.isascii() or _is_unicode(cell) else "text that is no Unicode"
    if isinstance(cell, bool):
        return "true or false"
    if isinstance(cell, int | float):
        return "a number" if abs(cell) < 1 << 63 else "a huge number"
    if isinstance(cell, list):
        kinds = sorted({_kind(element) for element in cell if element is not None})
        return f"a list with {' and '.join(kinds)}" if kinds else "a list"
    return "null" if cell is None else "an object"


def _is_unicode(text: str) -> bool:
    """Tell whether a text has no lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
