"""The report as strict JSON, the same bytes for the same report, and back."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import cast

from labelaudit.errors import InputError
from labelaudit.render.checksums import altered, with_checksums
from labelaudit.render.load import load, shown
from labelaudit.report import SCHEMA_VERSION, Report

__all__ = ["altered", "as_published", "from_json", "to_json"]

SIGNIFICANT_DIGITS = 6
WEBP = re.compile("UklGR[A-Za-z0-9+/]*={0,2}")
MOST_OF_PICTURE = 40_000  # characters: those of 96 x 96 pixels need fewer
HINT = "give the report.json that a scan wrote; scan again to make one"


def to_json(report: Report) -> str:
    """Return a report as strict JSON.

    Keys are sorted, everything outside ASCII is escaped (a reversing control in a file name does
    nothing to who reads the file), and floats are rounded here, and only here, to six significant
    digits, beyond which results differ between machines.

    Parameters
    ----------
    report
        Any report.

    Returns
    -------
    The document, ended by a line feed; everything that may differ between two scans of the same
    input is in its ``run``. It has checksums of its parts, whatever the report had.

    Raises
    ------
    ValueError
        When a number is not finite: a measure writes None for what is undefined.
    """
    document = with_checksums(cast("dict[str, object]", _plain(report)))
    return json.dumps(document, indent=1, sort_keys=True, allow_nan=False) + "\n"


def from_json(text: str, where: str = "report.json") -> Report:
    """Return the report that a JSON document holds.

    Unknown keys are passed over, so that this version reads the reports of later minor versions.

    Parameters
    ----------
    text
        The document.
    where
        Its name in messages.

    Raises
    ------
    InputError
        When it is no JSON, of another major version, or does not hold what a report holds.
    """
    problems: list[str] = []
    found = _parse(text, where, problems)
    if not isinstance(found, dict) or "schema_version" not in found:
        raise InputError(f"{where}: no report; it has no schema_version", hint=HINT)
    _check_version(found["schema_version"], where)
    report = cast("Report", load(Report, found, "", problems))
    problems += [] if problems else [*_repeated(report), *_ragged(report), *_unfit(report)]
    if problems:
        raise InputError(
            f"{where}: no report of version {SCHEMA_VERSION}; {len(problems):,} wrong",
            details=problems,
            hint=HINT,
        )
    return report


def as_published(report: Report) -> Report:
    """Return a report with the numbers that its JSON holds, so that nothing prints others."""
    return from_json(to_json(report))


def _plain(thing: object) -> object:
    """Return a dataclass and all within it as what the JSON encoder takes."""
    if isinstance(thing, float):
        return float(f"{thing:.{SIGNIFICANT_DIGITS}g}") + 0.0  # adding 0.0 makes -0.0 a 0.0
    if is_dataclass(thing):
        return {each.name: _plain(getattr(thing, each.name)) for each in fields(thing)}
    if isinstance(thing, Mapping):
        return {key: _plain(value) for key, value in thing.items()}
    if isinstance(thing, tuple):
        return [_plain(value) for value in thing]
    return thing


def _parse(text: str, where: str, problems: list[str]) -> object:
    """Parse a document; note keys that occur twice, of which only one could be seen."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = dict(pairs)
        if len(keys) < len(pairs):
            [(name, _)] = Counter(name for name, _ in pairs).most_common(1)
            problems.append(f"an object that has the key {shown(name)} twice")
        return keys

    def refuse(literal: str) -> float:
        lines = [number for number, line in enumerate(text.splitlines(), 1) if literal in line]
        raise InputError(
            f"{where}: {literal} is no number of JSON",
            details=[f"line {number}" for number in lines],
            hint="write null for a number that is undefined",
        )

    try:
        return json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"{where}: {place}: no JSON; {error.msg}", hint=HINT) from error
    except ValueError as error:
        raise InputError(f"{where}: a number is too long; {error}", hint=HINT) from error
    except RecursionError as error:
        raise InputError(f"{where}: nested too deep for a report", hint=HINT) from error


def _check_version(version: object, where: str) -> None:
    major = SCHEMA_VERSION.partition(".")[0]
    if not isinstance(version, str) or version.partition(".")[0] != major:
        raise InputError(
            f"{where}: schema_version: expected '{major}.x', found {shown(version)}",
            hint="read it with the labelaudit that wrote it, or scan again with this one",
        )


def _repeated(report: Report) -> list[str]:
    """Name the measures of which there are two results."""
    names = Counter(result.name for result in report.measures)
    return [f"measures[{shown(name)}]: {n} results" for name, n in names.items() if n > 1]


def _unfit(report: Report) -> list[str]:
    """Name the pictures that are no small WebP in base64, which no page should hold."""
    return [
        f"thumbnails: {shown(key)} is no WebP in base64 of at most {MOST_OF_PICTURE // 1000} kB"
        for key, picture in report.thumbnails.items()
        if len(picture) > MOST_OF_PICTURE or not WEBP.fullmatch(picture)
    ]


def _ragged(report: Report) -> list[str]:
    """Name the tables that have a row of another length than their columns."""
    return [
        f"measures[{shown(result.name)}].tables[{shown(table.name)}]: "
        f"a row of {len(row)} cells for {len(table.columns)} columns"
        for result in report.measures
        for table in result.tables
        for row in table.rows
        if len(row) != len(table.columns)
    ]
