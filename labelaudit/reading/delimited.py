"""CSV and TSV as text: a header, UTF-8, quoted cells that may hold commas and line ends."""

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as pa_csv

from labelaudit.errors import InputError
from labelaudit.reading.rows import Rows, counted, quoted

BLOCK = 1 << 24
FIELD_LIMIT = (1 << 31) - 1


def read_delimited(path: Path, wanted: Callable[[str], bool]) -> Rows:
    """Read the wanted columns of a CSV or TSV file as text; no cell becomes a number or null.

    Parameters
    ----------
    path
        The file; ``.tsv`` is separated by tabs, any other by commas.
    wanted
        Tells by its name whether a column is read.

    Raises
    ------
    InputError
        When the file is empty, is not UTF-8, or has rows of another width than its header.
    """
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    n_lines, odd_quotes, odd_returns = _check_bytes(path)
    names = _header(path, delimiter)
    if odd_quotes:
        _check_rows(path, delimiter, len(names))
    columns = {name: pa.string() for name in names if wanted(name)}
    table = _read(path, delimiter, len(names), columns) if columns else pa.table({})

    def locate(rows: Sequence[int]) -> list[str]:
        lines = _lines(path, delimiter, len(names), rows)
        return [f"line {lines[row]}" for row in rows]

    def lines() -> NDArray[np.int64]:
        if n_lines == table.num_rows + 1 and not odd_returns:  # a line is a row
            return np.arange(2, n_lines + 1)
        found = _starts(path, delimiter, len(names))
        return np.fromiter((line for _, line in found), dtype=np.int64, count=table.num_rows)

    return Rows(where=str(path), names=names, table=table, locate=locate, lines=lines)


def _read(path: Path, delimiter: str, width: int, columns: dict[str, pa.DataType]) -> pa.Table:
    """Parse the file with pyarrow; when it cannot, say why line by line."""
    try:
        return pa_csv.read_csv(
            path,
            read_options=pa_csv.ReadOptions(block_size=BLOCK),
            parse_options=pa_csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=width > 1,  # in a single column an empty line is a cell
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=columns, include_columns=list(columns), strings_can_be_null=False
            ),
        )
    except (pa.ArrowException, KeyError) as error:
        _check_encoding(path)
        _check_rows(path, delimiter, width)
        reason = str(error).partition("\n")[0]
        if "straddling" in reason:
            reason = f"a row is longer than {BLOCK >> 20} MB"
        raise InputError(
            f"{path}: cannot be read as a table; {reason}",
            hint="write it again with a CSV library, or as Parquet",
        ) from None


def _check_bytes(path: Path) -> tuple[int, bool, bool]:
    """Refuse an empty file and NUL bytes.

    Returns
    -------
    The number of lines, whether a quote may have been left open, and whether there may be a
    return without a line feed, which ends a line too.
    """
    lines, quotes, size, last = 1, 0, 0, b""
    returns = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if (nul := block.find(b"\0")) >= 0:
                line = lines + block.count(b"\n", 0, nul)
                raise InputError(
                    f"{path}: line {line}: found a NUL byte; "
                    f"the file is {_utf16(path) or 'damaged, or no text'}",
                    hint="save it as CSV in UTF-8",
                )
            size += len(block)
            lines += block.count(b"\n")
            quotes += block.count(b'"')
            returns += block.count(b"\r") - block.count(b"\r\n")
            last = block[-1:]
    if not size:
        raise InputError(f"{path}: the file is empty", hint="its first line names the columns")
    return lines - (last == b"\n"), quotes % 2 == 1, returns > 0


def _utf16(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(2)
    return "UTF-16" if start in {b"\xff\xfe", b"\xfe\xff"} else ""


def _header(path: Path, delimiter: str) -> tuple[str, ...]:
    """Return the names of the columns."""
    _, found = next((record for record in _records(path, delimiter) if record[1]), (1, ""))
    if isinstance(found, str):
        raise InputError(
            f"{path}: line 1 is no header; {found or 'the file has only empty lines'}",
            hint="the first line names the columns, such as path,label",
        )
    names = tuple(found)
    if len(names) == 1 and (other := next((d for d in ";\t," if d in names[0]), "")):
        raise InputError(
            f"{path}: the cells are separated by {other!r}, not by {delimiter!r}; "
            f"the header is {quoted(names[0])}",
            hint="separate them by commas in a .csv file and by tabs in a .tsv file",
        )
    return names


def _records(path: Path, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Yield the line that each record starts on, and its cells or what is wrong with it."""
    before = csv.field_size_limit(FIELD_LIMIT)
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            while True:
                start = reader.line_num + 1
                try:
                    yield start, next(reader)
                except csv.Error as error:
                    # Python's words for a cell that no quote ends are "unexpected end of data".
                    is_open = "end of data" in str(error)
                    yield start, "a quote is left open" if is_open else str(error)
                except StopIteration:
                    return
    finally:
        csv.field_size_limit(before)


def _check_rows(path: Path, delimiter: str, width: int) -> None:
    """Raise when rows are of another width than the header, or a quote is left open."""
    problems = []
    number = 0
    for line, found in _records(path, delimiter):
        number += 1
        if isinstance(found, str):
            problems.append(f"line {line}: {found}")
        elif found and len(found) != width:
            problems.append(f"line {line}: {counted(len(found), 'cell')} instead of {width}")
    if problems:
        raise InputError(
            f"{path}: of {counted(number - 1, 'row')}, {len(problems):,} do not fit the header",
            details=problems,
            hint='put a cell with commas, quotes or line ends in double quotes, a quote as ""',
        )


def _check_encoding(path: Path) -> None:
    """Raise when lines are not UTF-8."""
    problems = []
    with path.open("rb") as file:
        for line, content in enumerate(file, start=1):
            try:
                content.decode()
            except UnicodeDecodeError as error:
                bad = content[error.start : error.start + 1].hex()
                problems.append(f"line {line}: byte 0x{bad} at position {error.start + 1}")
    if problems:
        raise InputError(
            f"{path}: {counted(len(problems), 'line')} of text that is not UTF-8",
            details=problems,
            hint="save the file as UTF-8, for example with iconv -f WINDOWS-1252 -t UTF-8",
        )


def _lines(path: Path, delimiter: str, width: int, rows: Sequence[int]) -> dict[int, int]:
    """Return the line that each of some rows starts on."""
    found: dict[int, int] = {}
    wanted = set(rows)
    for row, line in _starts(path, delimiter, width):
        if row in wanted:
            found[row] = line
            if len(found) == len(wanted):
                break
    return found


def _starts(path: Path, delimiter: str, width: int) -> Iterator[tuple[int, int]]:
    """Yield the rows below the header, each with the line that it starts on."""
    row = -1  # the header
    for line, cells in _records(path, delimiter):
        if not cells and (width > 1 or row < 0):
            continue
        if row >= 0:
            yield row, line
        row += 1
