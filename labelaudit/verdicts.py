"""What people judged of a dataset's labels, kept in a CSV file beside it."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import InputError, OutputError, some
from labelaudit.spreadsheet import csv_text, read_cells

VERDICTS_FILE: Final = "labelaudit-verdicts.csv"
WORDS: Final = ("given", "suggested", "neither", "both", "unsure")
TEXTS: Final = (
    *("content", "path", "given_label", "suggested_label"),
    *("verdict", "reviewer", "audit"),
)
NUMBERS: Final = ("stratum", "stratum_size", "stratum_drawn", "judged_before")

SHA256: Final = re.compile(r"[0-9a-f]{64}")
MOST_STRATA: Final = 1000
INTEGER: Final = re.compile(r"-?[0-9]{1,18}")


def verdicts_path(data: Path) -> Path:
    """Return where the verdicts on a dataset are kept: in its folder, or beside its manifest."""
    return (data if data.is_dir() else data.parent) / VERDICTS_FILE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verdicts:
    """Judgements in columns of equal length, one row a judgement of one item by one reviewer.

    Attributes
    ----------
    content
        SHA-256 of the item's bytes, hexadecimal.
    path
        Path of the item when the sample was drawn.
    given_label, suggested_label
        Names of the two labels when the sample was drawn; the suggested one may be empty.
    verdict
        Which label is right, one of `WORDS`: the given, the suggested, neither of the two, both
        (the given one is right, and so is the other), or unsure.
    reviewer
        Who judged; may be empty.
    audit
        Identifier of the drawn sample; empty for a list of fixes, which says nothing of the rate.
    stratum
        Stratum that the item was drawn from, ``-1`` for none.
    stratum_size, stratum_drawn
        Items of the stratum when it was drawn, and how many of them were drawn; 0 for none.
    judged_before
        How many contents there were verdicts on when the sample was drawn, the first of the
        file: their items are in no stratum of it; 0 for a list of fixes.
    """

    content: tuple[str, ...]
    path: tuple[str, ...]
    given_label: tuple[str, ...]
    suggested_label: tuple[str, ...]
    verdict: tuple[str, ...]
    reviewer: tuple[str, ...]
    audit: tuple[str, ...]
    stratum: NDArray[np.int64]
    stratum_size: NDArray[np.int64]
    stratum_drawn: NDArray[np.int64]
    judged_before: NDArray[np.int64]

    def __post_init__(self) -> None:
        lengths = {field.name: len(getattr(self, field.name)) for field in fields(self)}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"columns of several lengths: {lengths}")

    def __len__(self) -> int:
        return len(self.content)

    def rows(self) -> Iterator[dict[str, str]]:
        """Yield each judgement as texts by column."""
        names = [*TEXTS, *NUMBERS]
        for cells in zip(*(getattr(self, name) for name in names), strict=True):
            yield dict(zip(names, map(str, cells), strict=True))


def from_rows(rows: Iterable[Mapping[str, str]]) -> Verdicts:
    """Return verdicts from texts by column, as `Verdicts.rows` yields them."""
    listed = list(rows)
    texts = {name: tuple(row[name] for row in listed) for name in TEXTS}
    numbers = {
        name: np.array([int(row[name]) for row in listed], dtype=np.int64) for name in NUMBERS
    }
    return Verdicts(**texts, **numbers)  # type: ignore[arg-type]


def merge(old: Verdicts, new: Verdicts) -> tuple[Verdicts, int]:
    """Put new verdicts behind old ones.

    A reviewer's new verdict on the same item of the same audit takes the place of the old one;
    verdicts of other reviewers and audits stay beside it.

    Returns
    -------
    The verdicts, and how many of the old ones were replaced by another word.
    """
    merged = {_key(row): row for row in old.rows()}
    replaced = 0
    for row in new.rows():
        before = merged.get(_key(row))
        replaced += before is not None and before["verdict"] != row["verdict"]
        merged[_key(row)] = row
    return from_rows(merged.values()), replaced


def _key(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row[name] for name in ("audit", "content", "path", "given_label", "reviewer"))


def write_verdicts(path: Path, verdicts: Verdicts) -> None:
    r"""Write verdicts as CSV in UTF-8: the whole file is there, or the one that was before.

    A text that a spreadsheet would run as a formula gets a quote ``'`` before it, which
    `read_verdicts` takes away again, so every name comes back as it was.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    names = [*TEXTS, *NUMBERS]
    rows = [[row[name] for name in names] for row in verdicts.rows()]
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(csv_text(names, rows).encode())
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written: {error.strerror or error}",
            hint="make room, make its folder writable, or name another file with --verdicts, for "
            "review and scan",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def read_verdicts(path: Path) -> Verdicts:
    """Read verdicts that `write_verdicts` wrote.

    A spreadsheet may have saved them since: a byte order mark, other line ends, semicolons or
    tabs between the cells, and empty columns at the right are read as what they are.

    Raises
    ------
    InputError
        When the file cannot be read, lacks a column or has one twice, or has a word, a hash or
        a number that is none; all such lines are said at once.
    """
    cells = read_cells(path, (*TEXTS, *NUMBERS))
    unknown = sorted(set(cells.names) - {*TEXTS, *NUMBERS})
    if unknown:
        raise InputError(
            f"{path}: line 1: unknown columns: {some(map(repr, unknown))}",
            hint=f"the columns are {','.join((*TEXTS, *NUMBERS))}",
        )
    problems = [
        f"line {line}: {what}" for line, row in cells.rows for what in _problems(row)
    ] or _contradictions(cells.rows)
    if problems:
        raise InputError(
            f"{path}: {len(problems):,} problems in {len(cells.rows):,} verdicts",
            details=problems,
            hint="mend these lines, or take the file away and import the judgements again",
        )
    return from_rows(row | {"content": row["content"].lower()} for _, row in cells.rows)


def _problems(row: Mapping[str, str]) -> Iterator[str]:
    """Say what is wrong with one verdict."""
    if not SHA256.fullmatch(row["content"].lower()):
        yield f"content is no SHA-256 in hexadecimal; found {row['content'][:80]!r}"
    if row["verdict"] not in WORDS:
        yield f"verdict is none of {', '.join(WORDS)}; found {row['verdict'][:80]!r}"
    elif row["verdict"] in {"suggested", "both"} and not row["suggested_label"]:
        yield f"verdict is {row['verdict']!r}, and there is no suggested label"
    wrong = [name for name in NUMBERS if not INTEGER.fullmatch(row[name])]
    for name in wrong:
        yield f"{name} is no whole number; found {row[name][:80]!r}"
    if wrong:
        return
    stratum, size, drawn, before = (int(row[name]) for name in NUMBERS)
    if row["audit"] and not (0 <= stratum < MOST_STRATA and 1 <= drawn <= size):
        yield f"of a drawn sample, with stratum {stratum}, and {drawn} drawn of {size}"
    if before < 0:
        yield f"judged_before is {before}"
    if not row["audit"] and stratum != -1:
        yield f"of no drawn sample, and stratum is {stratum}, not -1"


def _contradictions(rows: list[tuple[int, dict[str, str]]]) -> list[str]:
    """Say which lines contradict one before them."""
    problems = []
    strata: dict[tuple[str, str], tuple[int, tuple[str, str]]] = {}
    seen: dict[tuple[str, ...], int] = {}
    counts: dict[str, tuple[int, str]] = {}
    for line, row in rows:
        first = seen.setdefault(_key(row), line)
        if first != line:
            problems.append(f"line {line}: the same item, reviewer and audit as line {first}")
        sizes = (row["stratum_size"], row["stratum_drawn"])
        before, known = strata.setdefault((row["audit"], row["stratum"]), (line, sizes))
        if row["audit"] and known != sizes:
            problems.append(
                f"line {line}: {sizes[1]} drawn of {sizes[0]} in stratum {row['stratum']}; "
                f"line {before} says {known[1]} of {known[0]}"
            )
        said, count = counts.setdefault(row["audit"], (line, row["judged_before"]))
        if row["audit"] and count != row["judged_before"]:
            problems.append(
                f"line {line}: {row['judged_before']} judged before the sample was drawn; line "
                f"{said} says {count}"
            )
    return problems or [
        f"line {rows[at][0]}: {what}" for at, what in out_of_order([row for _, row in rows])
    ]


def out_of_order(rows: Sequence[Mapping[str, str]]) -> list[tuple[int, str]]:
    """Say which verdicts are of a sample that left their items out: verdicts keep their order."""
    place: dict[str, int] = {}
    for row in rows:
        place.setdefault(row["content"], len(place))
    problems = []
    for at, row in enumerate(rows):
        number = place[row["content"]] + 1
        if row["audit"] and number <= int(row["judged_before"]):
            what = (
                f"of sample {row['audit']}, drawn when {row['judged_before']} items had been "
                f"judged, and left out of it; this item is number {number} of the judged"
            )
            problems.append((at, what))
    return problems
