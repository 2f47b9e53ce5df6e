"""What a file that should be a baseline must hold, and the lines of what is wrong in it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Final

from labelaudit.gate.baseline import Entry, Number
from labelaudit.render.load import shown
from labelaudit.report import Scalar

SHA256: Final = re.compile(r"[0-9a-f]{64}")
VERSION: Final = re.compile(r"[0-9]+\.[0-9]+")
NUMBER: Final = re.compile(r"\bfindings\[([0-9]+)\]")
FINDINGS: Final = re.compile(r'"findings"\s*:\s*\[')
BETWEEN: Final = re.compile(r"[\s,]*")
END: Final = frozenset({"]", ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What the file holds."""

    format: int
    tool_version: str
    schema_version: str
    settings: Mapping[str, Scalar]
    numbers: Mapping[str, Number]
    findings: tuple[Entry, ...] = ()
    items: Mapping[str, str] = field(default_factory=dict)


def unknown_keys(document: Mapping[str, object]) -> Iterator[str]:
    """Say which keys a baseline has not, and which finding has them."""
    yield from _not_in(document, {each.name for each in fields(Document)}, "")
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
    for name in sorted(found.keys() - names):
        yield f"{at}{shown(name)}: no key of a baseline"


def wrong_entries(entries: tuple[Entry, ...]) -> Iterator[str]:
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


def wrong_settings(read: Document) -> Iterator[str]:
    """Say what is wrong with the head of the file."""
    if not VERSION.fullmatch(read.schema_version):
        yield f"schema_version: expected major.minor, found {shown(read.schema_version)}"


def with_lines(problems: list[str], text: str) -> list[str]:
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
    while (found := BETWEEN.match(text, at)) and text[found.end() : found.end() + 1] not in END:
        line += text.count("\n", before, found.end())
        lines.append(line)
        before = found.end()
        _, at = decoder.raw_decode(text, before)
    return lines
