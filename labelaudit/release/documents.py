"""Dataclasses as strict JSON, the same bytes for the same numbers."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Final

SIGNIFICANT_DIGITS: Final = 6


def document(part: object) -> str:
    """Return a dataclass as a JSON document.

    Keys are sorted, everything outside ASCII is escaped, and floats are rounded to six
    significant digits, as those of a report are.

    Parameters
    ----------
    part
        A dataclass of scalars, texts, tuples, mappings and dataclasses.

    Raises
    ------
    ValueError
        When a number is not finite.
    """
    return json.dumps(_plain(part), indent=1, sort_keys=True, allow_nan=False) + "\n"


def rounded(number: float) -> float:
    """Return a number as a document holds it.

    Examples
    --------
    >>> rounded(0.30000000000000004)
    0.3
    """
    return float(f"{number:.{SIGNIFICANT_DIGITS}g}") + 0.0


def _plain(thing: object) -> object:
    if isinstance(thing, float):
        return rounded(thing)
    if is_dataclass(thing):
        return {each.name: _plain(getattr(thing, each.name)) for each in fields(thing)}
    if isinstance(thing, Mapping):
        return {key: _plain(value) for key, value in thing.items()}
    if isinstance(thing, tuple):
        return [_plain(value) for value in thing]
    return thing
