"""A baseline as JSON that diffs and merges line by line, and back."""

import base64
import binascii
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import InputError
from labelaudit.gate.baseline import Baseline, Entry, Number, order
from labelaudit.render.json import SIGNIFICANT_DIGITS
from labelaudit.render.load import load, shown
from labelaudit.report import Scalar

FORMAT: Final = 1
ALWAYS: Final = ("verdict", "value")
N_TOGETHER: Final = 64  # items of a line, at most on average
N_KEY: Final = 8  # bytes of an item
BITS_OF_DIGIT: Final = 4
PREFIX: Final = re.compile(r"[0-9a-f]{0,8}")
SHA256: Final = re.compile(r"[0-9a-f]{64}")
NUMBER: Final = re.compile(r"\bfindings\[([0-9]+)\]")
FINDINGS: Final = re.compile(r'"findings"\s*:\s*\[')
BETWEEN: Final = re.compile(r"[\s,]*")
MARKERS: Final = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
ANEW: Final = "remove it, and write it anew with --update-baseline"
HINT: Final = f"mend it; or take it back from version control; or {ANEW}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    """What the file holds."""

    format: int
    tool_version: str
    schema_version: str
    settings: Mapping[str, Scalar]
    numbers: Mapping[str, Number]
    findings: tuple[Entry, ...] = ()
    items: Mapping[str, str] = field(default_factory=dict)


def to_text(baseline: Baseline) -> str:
    """Return a baseline as JSON: a setting, a number, a finding a line; items by how they begin.

    The same baseline makes the same text, whatever the order of the items; everything outside
    ASCII is escaped.
    """
    head = {
        "format": FORMAT,
        "tool_version": baseline.tool_version,
        "schema_version": baseline.schema_version,
    }
    numbers = sorted(baseline.numbers.items())
    parts = [
        *(f"{_json(name)}: {_json(value)}" for name, value in head.items()),
        _object("settings", {name: _json(value) for name, value in baseline.settings.items()}),
        _object("numbers", {name: _json(_said(number)) for name, number in numbers}),
        _lines("findings", "[]", [_json(_said(entry)) for entry in baseline.entries]),
        _object("items", {prefix: _json(text) for prefix, text in _coded(baseline.items)}),
    ]
    return "{\n " + ",\n ".join(parts) + "\n}\n"


def read_baseline(path: Path) -> Baseline:
    """Return the baseline that a file holds.

    Raises
    ------
    InputError
        When it cannot be read, or is no baseline; with the lines that are wrong, where a line can
        be told.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or "it is not UTF-8"
        raise InputError(
            f"{path}: cannot be read: {said}",
            hint="name a file that --update-baseline wrote",
        ) from error
    return from_text(text, str(path))


def from_text(text: str, where: str) -> Baseline:
    """Return the baseline that a text holds; as `read_baseline`."""
    document = _parsed(text, where)
    problems = [*_unknown_keys(document)]
    read = cast("_Document", load(_Document, document, "", problems))
    items: NDArray[np.uint64] = np.empty(0, dtype=np.uint64)
    if not problems:
        problems += [*_wrong_entries(read.findings), *_wrong_settings(read)]
        items, wrong = _decoded(read.items)
        problems += wrong
    if problems:
        raise InputError(
            f"{where}: no baseline of format {FORMAT}; {len(problems):,} wrong",
            details=_with_lines(problems, text),
            hint=HINT,
        )
    return Baseline(
        tool_version=read.tool_version,
        schema_version=read.schema_version,
        settings=read.settings,
        numbers=read.numbers,
        entries=tuple(sorted(read.findings, key=order)),
        items=items,
    )


def _parsed(text: str, where: str) -> dict[str, object]:
    """Parse a text to the object that a baseline is, of this format."""
    marked = [
        f"line {number}: {line[:7]}"
        for number, line in enumerate(text.splitlines(), 1)
        if line.startswith(MARKERS)
    ]
    if marked:
        raise InputError(
            f"{where}: a merge left conflicts in it",
            details=marked,
            hint="keep the lines of both sides for findings and of one for the rest, without the "
            "markers; then scan the merged data with --update-baseline, which keeps all words",
        )
    twice: list[str] = []

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            twice.extend(name for name, count in counts.items() if count > 1)
        return found

    try:
        found = json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"{where}: {place}: no JSON; {error.msg}", hint=HINT) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: no JSON that a baseline is: {error}", hint=HINT) from error
    if twice:
        raise InputError(
            f"{where}: keys are there twice",
            details=[f"{shown(name)}{_places(text, _json(name) + ':')}" for name in twice],
            hint=f"keep one of each; {HINT}",
        )
    if not isinstance(found, dict) or "format" not in found:
        raise InputError(f"{where}: no baseline; it has no format", hint=HINT)
    if found["format"] != FORMAT:
        raise InputError(
            f"{where}: format: expected {FORMAT}, found {shown(found['format'])}",
            hint=f"read it with the labelaudit that wrote it; or {ANEW}",
        )
    return found


def _unknown_keys(document: Mapping[str, object]) -> Iterator[str]:
    """Say which keys a baseline has not, and which finding has them."""
    yield from _not_in(document, {each.name for each in fields(_Document)}, "")
    listed = document.get("findings")
    of_entry = {each.name for each in fields(Entry)}
    for number, entry in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(entry, dict):
            yield from _not_in(entry, of_entry, f"findings[{number}].")
    numbers = document.get("numbers")
    of_number = {each.name for each in fields(Number)}
    for name, value in numbers.items() if isinstance(numbers, dict) else ():
        if isinstance(value, dict):
            yield from _not_in(value, of_number, f"numbers[{shown(name)}].")


def _not_in(found: Mapping[str, object], names: set[str], at: str) -> Iterator[str]:
    for name in found.keys() - names:
        yield f"{at}{shown(name)}: no key of a baseline"


def _wrong_entries(entries: tuple[Entry, ...]) -> Iterator[str]:
    """Say which findings no scan wrote, and which are there twice."""
    seen: dict[tuple[str, ...], int] = {}
    for number, entry in enumerate(entries):
        if not SHA256.fullmatch(entry.content):
            yield f"findings[{number}].content: expected a SHA-256, found {shown(entry.content)}"
        if entry.copies < 1:
            yield f"findings[{number}].copies: expected 1 or more, found {shown(entry.copies)}"
        first = seen.setdefault(entry.place, number)
        if first != number:
            yield f"findings[{number}]: the same finding as findings[{first}]"


def _wrong_settings(read: _Document) -> Iterator[str]:
    if not re.fullmatch(r"[0-9]+\.[0-9]+", read.schema_version):
        yield f"schema_version: expected major.minor, found {shown(read.schema_version)}"


def _decoded(coded: Mapping[str, str]) -> tuple[NDArray[np.uint64], list[str]]:
    """Return the keys of the items in ascending order, and what is wrong with them."""
    problems, parts = [], []
    if len({len(prefix) for prefix in coded}) > 1:
        problems.append("items: their keys are of several lengths, as of two files")
    for prefix, text in coded.items():
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            data = b"?"
        if len(data) % N_KEY or not data or not PREFIX.fullmatch(prefix):
            problems.append(f"items[{shown(prefix)}]: expected items in base64")
            continue
        keys = np.frombuffer(data, dtype=">u8").astype(np.uint64)
        if (
            prefix
            and (keys >> np.uint64(64 - BITS_OF_DIGIT * len(prefix)) != int(prefix, 16)).any()
        ):
            problems.append(f"items[{shown(prefix)}]: holds items that begin otherwise")
        parts.append(keys)
    return np.sort(np.concatenate([np.empty(0, dtype=np.uint64), *parts])), problems


def _coded(keys: NDArray[np.uint64]) -> Iterator[tuple[str, str]]:
    """Yield the items that begin alike, by their first hexadecimal digits, in base64."""
    digits = 0
    while len(keys) > N_TOGETHER << BITS_OF_DIGIT * digits:
        digits += 1
    shift = np.uint64(64 - BITS_OF_DIGIT * digits)
    firsts = keys >> shift if digits else np.zeros(len(keys), dtype=np.uint64)
    different, starts = np.unique(firsts, return_index=True)
    for first, alike in zip(different.tolist(), np.split(keys, starts)[1:], strict=True):
        prefix = f"{first:0{digits}x}" if digits else ""
        yield prefix, base64.b64encode(alike.astype(">u8").tobytes()).decode()


def _said(part: Entry | Number) -> dict[str, object]:
    """Return what is written of a finding or a number: what is not as by default."""
    usual = {each.name: each.default for each in fields(part)}
    return {
        name: float(f"{value:.{SIGNIFICANT_DIGITS}g}") if isinstance(value, float) else value
        for name, value in asdict(part).items()
        if name in ALWAYS or value != usual[name]
    }


def _json(value: object) -> str:
    return json.dumps(value, allow_nan=False)


def _object(name: str, lines: Mapping[str, str]) -> str:
    return _lines(name, "{}", [f"{_json(key)}: {line}" for key, line in lines.items()])


def _lines(name: str, brackets: str, lines: list[str]) -> str:
    inside = "".join(f"\n  {line}," for line in lines).removesuffix(",")
    return f"{_json(name)}: {brackets[0]}{inside}" + ("\n " if lines else "") + brackets[1]


def _with_lines(problems: list[str], text: str) -> list[str]:
    """Return problems with the lines that their findings begin on."""
    starts = _lines_of_findings(text)

    def located(found: re.Match[str]) -> str:
        number = int(found[1])
        return f"line {starts[number]}: {found[0]}" if number < len(starts) else found[0]

    return [NUMBER.sub(located, problem) for problem in problems]


def _lines_of_findings(text: str) -> list[int]:
    """Return the line that each finding of a document begins on, however it is laid out."""
    opened = FINDINGS.search(text)
    decoder, lines = json.JSONDecoder(), []
    line, before, at = 1, 0, opened.end() if opened else len(text)
    while (found := BETWEEN.match(text, at)) and text[found.end() : found.end() + 1] not in {
        "]",
        "",
    }:
        line += text.count("\n", before, found.end())
        lines.append(line)
        before = found.end()
        _, at = decoder.raw_decode(text, before)
    return lines


def _places(text: str, key: str) -> str:
    lines = [str(number) for number, line in enumerate(text.splitlines(), 1) if key in line]
    return f": lines {', '.join(lines[:5])}" if lines else ""
