"""A baseline as JSON that diffs and merges line by line, and back."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import InputError
from labelaudit.gate.baseline import Baseline, Entry, Number, order
from labelaudit.gate.baseline_checks import (
    Document,
    unknown_keys,
    with_lines,
    wrong_entries,
    wrong_settings,
)
from labelaudit.gate.item_lines import coded, decoded
from labelaudit.render.json import SIGNIFICANT_DIGITS
from labelaudit.render.load import load, shown

FORMAT: Final = 1
ALWAYS: Final = ("verdict", "value")
MARKERS: Final = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
ANEW: Final = "remove it, and write it anew with --update-baseline"
HINT: Final = f"mend it; or take it back from version control; or {ANEW}"


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
        _object("items", {prefix: _json(text) for prefix, text in coded(baseline.items)}),
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
    problems = [*unknown_keys(document)]
    read = cast("Document", load(Document, document, "", problems))
    items: NDArray[np.uint64] = np.empty(0, dtype=np.uint64)
    if not problems:
        problems += [*wrong_entries(read.findings), *wrong_settings(read)]
        items, wrong = decoded(read.items)
        problems += wrong
    if problems:
        raise InputError(
            f"{where}: no baseline of format {FORMAT}; {len(problems):,} wrong",
            details=with_lines(problems, text),
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


def _places(text: str, key: str) -> str:
    lines = [str(number) for number, line in enumerate(text.splitlines(), 1) if key in line]
    return f": lines {', '.join(lines[:5])}" if lines else ""
