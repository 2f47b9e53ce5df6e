"""Checksums of the parts of a report, so that what was edited since can be named.

They are found again by whoever edits them, too: they tell of accidents and of numbers that were
changed by hand. That nobody made the whole anew, only a signature tells.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Final, cast

from labelaudit.errors import InputError

LENGTH: Final = 16  # hexadecimal digits: 64 bits
LISTS: Final = ("values", "tables", "galleries")
APART: Final = ("notes", "parameters")
SINCE: Final = (1, 4)  # the version of the schema that has them first
NONE: Final = ("checksums: removed",)

Part = tuple[str, object]


def with_checksums(document: Mapping[str, object]) -> dict[str, object]:
    """Return the document of a report with its checksums and that of its run.

    Parameters
    ----------
    document
        What a report's JSON holds; checksums that it has are replaced.

    Raises
    ------
    ValueError
        When a number is not finite.
    """
    run = cast("Mapping[str, object]", document["run"])
    return {
        **document,
        "checksums": _checksums(document),
        "run": {**run, "checksum": _checksum(_without_own(run))},
    }


def has_checksums(document: Mapping[str, object]) -> bool:
    """Return whether a document has checksums; those of version 1.3 and before have none."""
    return bool(document.get("checksums"))


def altered(document: Mapping[str, object]) -> tuple[str, ...]:
    """Return the parts of a report that are not as they were written.

    Parameters
    ----------
    document
        A parsed report.json, of any version.

    Returns
    -------
    Where each part is, such as ``measures/integrity/values/missing_count``, with ``: removed`` or
    ``: added`` where it is; sorted. Empty when all is as it was written, and for a document of
    before version 1.4 without checksums, of which nobody can tell.

    Raises
    ------
    InputError
        When it is nested too deep to be a report, or a number in it is too large.
    """
    written = document.get("checksums")
    if not isinstance(written, Mapping) or not written:
        return NONE if _version(document) >= SINCE else ()
    try:
        found = _checksums(document)
        run = document.get("run")
        known = run.get("checksum") if isinstance(run, Mapping) else None
        is_run_altered = known != _checksum(_without_own(run))
    except RecursionError as error:
        raise InputError("report.json: nested too deep for a report") from error
    except ValueError as error:  # as 1e999, which Python reads as infinite
        raise InputError("report.json: a number in it is too large for a float64") from error
    gone = dict.fromkeys(written.keys() - found.keys(), "removed")
    gone |= dict.fromkeys(found.keys() - written.keys(), "added")
    edited = {at for at in written.keys() & found.keys() if written[at] != found[at]}
    listed = {at for at in edited if any(_lists(at, each) for each in gone)}
    # what is gone with a whole measure is not told once more
    told = {f"{at}: {how}" for at, how in gone.items() if _measure_of(at) not in gone}
    return tuple(sorted(told | (edited - listed) | ({"run"} if is_run_altered else set())))


def _lists(at: str, part: str) -> bool:
    """Return whether a part, edited, only says that another one is there."""
    return at == (_measure_of(part) or ("measures" if part.startswith("measures/") else ""))


def _measure_of(at: str) -> str:
    """Return where the measure is that a part belongs to; empty for other parts."""
    steps = at.split("/")
    return "/".join(steps[:2]) if steps[0] == "measures" and len(steps) > 2 else ""  # noqa: PLR2004


def _version(document: Mapping[str, object]) -> tuple[int, int]:
    major, _, minor = str(document.get("schema_version", "")).partition(".")
    return (int(major), int(minor)) if major.isdecimal() and minor.isdecimal() else (0, 0)


def _checksums(document: Mapping[str, object]) -> dict[str, str]:
    """Return a checksum a part; parts of the same name are taken together."""
    parts: dict[str, list[object]] = defaultdict(list)
    for at, part in _parts(document):
        parts[at].append(part)
    return {
        at: _checksum(same[0] if len(same) == 1 else same) for at, same in sorted(parts.items())
    }


def _parts(document: Mapping[str, object]) -> Iterator[Part]:
    """Yield every part of a document but the run, with where it is."""
    for key, part in document.items():
        if key in {"run", "checksums"}:
            continue
        if key == "measures" and isinstance(part, list):
            yield key, [_name(result) for result in part]
            for result in part:
                yield from _of_measure(f"{key}/{_name(result)}", result)
        elif key == "dataset" and isinstance(part, Mapping):
            yield from ((f"{key}/{name}", member) for name, member in part.items())
        else:
            yield key, part


def _of_measure(at: str, result: object) -> Iterator[Part]:
    """Yield a measure's numbers, tables and galleries one by one, and what is left of it."""
    if not isinstance(result, Mapping):
        yield at, result
        return
    named = {key: part for key in LISTS if isinstance(part := result.get(key), list)}
    order = {key: [_name(each) for each in part] for key, part in named.items()}
    yield at, {**{key: result[key] for key in result if key not in {*named, *APART}}, **order}
    for key in APART:
        if key in result:
            yield f"{at}/{key}", result[key]
    for key, part in named.items():
        yield from ((f"{at}/{key}/{_name(each)}", each) for each in part)


def _name(part: object) -> str:
    return str(part.get("name", "")) if isinstance(part, Mapping) else ""


def _without_own(run: object) -> object:
    """Return the run without the checksum of itself."""
    if not isinstance(run, Mapping):
        return run
    return {key: part for key, part in run.items() if key != "checksum"}


def _checksum(part: object) -> str:
    """Return the start of the SHA-256 of a part as JSON: keys sorted, ASCII, no spaces."""
    text = json.dumps(_canonical(part), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return sha256(text.encode()).hexdigest()[:LENGTH]


def _canonical(part: object) -> object:
    """Return a part with whole numbers as integers, as other writers of JSON have them."""
    if isinstance(part, float):
        return int(part) if part.is_integer() else part
    if isinstance(part, Mapping):
        return {key: _canonical(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_canonical(value) for value in part]
    return part
