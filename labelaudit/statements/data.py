"""JSON and YAML as text, lists and mappings; nothing else is ever made from them."""

import json
from collections.abc import Iterable, Iterator
from typing import Final, cast

import yaml

from labelaudit.statements.papers import UnreadablePaperError

DEEPEST: Final = 32
MOST_ENTRIES: Final = 20
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # in C where the wheel has it

Mapping = dict[str, object]


def read_json(text: str) -> object:
    """Return what a JSON text holds, every number as it is written.

    Raises
    ------
    UnreadablePaperError
        When it is no JSON, or nested beyond reason.
    """
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError:
        raise UnreadablePaperError("is nested too deeply") from None
    except ValueError as error:
        line = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise UnreadablePaperError(f"is no JSON{line}") from None


def read_yaml(text: str) -> object:
    """Return what a YAML text holds, every scalar as it is written: ``1.10`` stays ``1.10``.

    Raises
    ------
    UnreadablePaperError
        When it is no YAML, repeats parts of itself by aliases, or is nested beyond reason.
    """
    try:
        depth = 0
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.AliasEvent):
                raise UnreadablePaperError("has aliases, which are not followed")
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise UnreadablePaperError("is nested too deeply")
        loader = _LOADER(text)
        try:
            return cast("object", loader.get_single_data())
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        raise UnreadablePaperError(f"is no YAML{line}") from None


def mapping(found: object) -> Mapping:
    """Return a mapping; an empty one for anything else."""
    return cast("Mapping", found) if isinstance(found, dict) else {}


def entries(found: object) -> list[object]:
    """Return a list; what is none, as the only entry of one; what is blank, as an empty one."""
    if isinstance(found, list):
        return found
    return [] if found in (None, "", {}) else [found]


def words(found: object) -> str:
    """Return a scalar as text; an empty string for anything else."""
    if isinstance(found, bool):
        return "yes" if found else "no"
    return found if isinstance(found, str) else ""


def listed(texts: Iterable[str], separator: str = "; ") -> str:
    """Join the first texts, those that are blank left out; the rest are counted."""
    kept: list[str] = [text.strip() for text in _unique(texts) if text.strip()]
    more = f"{separator}and {len(kept) - MOST_ENTRIES} more" if len(kept) > MOST_ENTRIES else ""
    return separator.join(kept[:MOST_ENTRIES]) + more


def _unique(texts: Iterable[str]) -> Iterator[str]:
    return iter(dict.fromkeys(texts))
