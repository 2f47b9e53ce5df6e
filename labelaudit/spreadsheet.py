"""CSV files that people edit: what spreadsheets do to them is read, and nothing in them runs."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from labelaudit.errors import InputError, some

# What a spreadsheet runs, the full width of East Asian keyboards too, escaped or not.
FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
ESCAPED: Final = re.compile(r"'+[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
NUMBER: Final = re.compile(r"-[0-9]+")
SEPARATORS: Final = ",;\t"  # spreadsheets of some languages write semicolons


def csv_text(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a header and rows as CSV.

    A text that a spreadsheet would run as a formula gets a quote ``'`` before it, and so does one
    that has such quotes already; `read_cells` takes one away, so every text comes back as it was.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([map(_escaped, row) for row in rows])
    return out.getvalue()


def _escaped(text: str) -> str:
    return "'" + text if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


@dataclass(frozen=True, slots=True)
class Cells:
    """A CSV file as texts: its columns, and the line and cells of each row."""

    names: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]


def read_cells(path: Path, needed: Sequence[str]) -> Cells:
    """Read a CSV file that a spreadsheet may have saved.

    Parameters
    ----------
    path
        The file.
    needed
        Columns that must be there.

    Raises
    ------
    InputError
        When it cannot be read, is no such table, lacks a column or has one twice.
    """
    records = _records(path)
    if not records:
        raise InputError(f"{path}: the file is empty", hint=f"its columns are {','.join(needed)}")
    names = _without_empty_end([name.strip() for name in records[0][1]])
    missing = [name for name in needed if name not in names]
    twice = sorted({name for name in names if names.count(name) > 1})
    if missing or twice:
        what = "columns are missing" if missing else "columns come twice"
        raise InputError(
            f"{path}: line {records[0][0]}: {what}: {', '.join(map(repr, missing or twice))}; "
            f"found {some(map(repr, names), 12)}",
            hint=f"the first line names the columns {','.join(needed)}",
        )
    rows, problems = [], []
    for line, record in records[1:]:
        cells = _without_empty_end(record)
        if len(cells) > len(names):
            problems.append(f"line {line}: {len(cells)} cells instead of {len(names)}")
        elif cells:
            padded = cells + [""] * (len(names) - len(cells))
            rows.append((line, dict(zip(names, map(_unescaped, padded), strict=True))))
    if problems:
        raise InputError(
            f"{path}: {len(problems):,} rows do not fit the header",
            details=problems,
            hint='put a cell with separators, quotes or line ends in double quotes, a quote as ""',
        )
    return Cells(tuple(names), rows)


def _records(path: Path) -> list[tuple[int, list[str]]]:
    """Return the line that each record starts on, and its cells."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read: {error.strerror or error}", hint="name a readable CSV file"
        ) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InputError(
            f"{path}: line {line}: byte 0x{error.object[error.start]:02x} is not UTF-8",
            hint="save it as CSV in UTF-8",
        ) from None
    header = re.split(r"[\r\n]", text.lstrip(), maxsplit=1)[0]
    separator = max(SEPARATORS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    records: list[tuple[int, list[str]]] = []
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return records
        except csv.Error as error:
            raise InputError(
                f"{path}: line {line}: {error}", hint="save it as CSV, with quotes closed"
            ) from None
        if any(record):
            records.append((line, record))


def _without_empty_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _unescaped(text: str) -> str:
    return text[1:] if ESCAPED.match(text) else text
