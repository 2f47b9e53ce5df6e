"""From parsed JSON to dataclasses, by their type hints, with every mismatch noted."""

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Literal, cast, get_args, get_origin, get_type_hints

BIGGEST_INTEGER = 2**64
SHOWN_CHARACTERS = 40
WORDS = {str: "text", int: "an integer", float: "a number", bool: "true or false"}


def load(hint: object, found: object, at: str, problems: list[str]) -> object:
    """Return what was found as what a type hint asks for.

    Parameters
    ----------
    hint
        A dataclass, or what a field of one may be: a scalar, a tuple of one kind, a mapping from
        text, a Literal, or a union of scalars, or of a dataclass and None.
    found
        Parsed JSON.
    at
        Where it was found.
    problems
        A line is added for each place that holds something else; the result is then of no use.
    """
    if found is None and type(None) in get_args(hint):
        return None
    origin = get_origin(hint)
    if origin is Literal:
        return _literal(hint, found, at, problems)
    if origin is tuple:
        return _items(hint, found, at, problems)
    if origin is Mapping:
        return _mapping(hint, found, at, problems)
    part = next((kind for kind in get_args(hint) or (hint,) if is_dataclass(kind)), None)
    if part is not None:
        return _part(cast("Callable[..., object]", part), found, at, problems)
    return _scalar(hint, found, at, problems)


def shown(found: object) -> str:
    """Return what was found as it can be printed anywhere: short, and ASCII."""
    kinds = {dict: "an object", list: "a list", type(None): "null"}
    text = kinds.get(type(found)) or ascii(found)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "..."


def _literal(hint: object, found: object, at: str, problems: list[str]) -> object:
    if found not in get_args(hint):
        expected = " or ".join(map(repr, get_args(hint)))
        problems.append(f"{at}: expected {expected}, found {shown(found)}")
    return found


def _items(hint: object, found: object, at: str, problems: list[str]) -> object:
    if not isinstance(found, list):
        problems.append(f"{at}: expected a list, found {shown(found)}")
        return ()
    kind = get_args(hint)[0]
    return tuple(load(kind, item, f"{at}[{number}]", problems) for number, item in enumerate(found))


def _mapping(hint: object, found: object, at: str, problems: list[str]) -> object:
    if not isinstance(found, dict):
        problems.append(f"{at}: expected an object, found {shown(found)}")
        return {}
    kind = get_args(hint)[1]
    return {key: load(kind, item, f"{at}[{shown(key)}]", problems) for key, item in found.items()}


def _part(part: Callable[..., object], found: object, at: str, problems: list[str]) -> object:
    """Return an object as a dataclass; what is missing takes its default."""
    if not isinstance(found, dict):
        problems.append(f"{at}: expected an object, found {shown(found)}")
        return None
    hints, arguments, before = _hints_of(part), {}, len(problems)
    for each in fields(part):  # type: ignore[arg-type]
        place = f"{at}.{each.name}".removeprefix(".")
        if each.name in found:
            arguments[each.name] = load(hints[each.name], found[each.name], place, problems)
        elif not _has_default(each):
            problems.append(f"{place}: missing")
    return part(**arguments) if len(problems) == before else None


@cache
def _hints_of(part: Callable[..., object]) -> Mapping[str, object]:
    return get_type_hints(part)


def _has_default(each: "Field[object]") -> bool:
    return each.default is not MISSING or each.default_factory is not MISSING


def _scalar(hint: object, found: object, at: str, problems: list[str]) -> object:
    kinds = cast("tuple[type, ...]", get_args(hint) or (hint,))
    # JSON has one kind of number: an integer is a fine float, true and false are no integers.
    fits = math.isfinite(found) if isinstance(found, float) else True
    if not fits or (isinstance(found, int) and abs(found) > BIGGEST_INTEGER):
        problems.append(f"{at}: expected a number of usual size, found {shown(found)}")
        return found
    if type(found) is int and int not in kinds and float in kinds:
        return float(found)
    if type(found) not in kinds:
        expected = " or ".join(WORDS.get(kind, "null") for kind in kinds)
        problems.append(f"{at}: expected {expected}, found {shown(found)}")
    return found
