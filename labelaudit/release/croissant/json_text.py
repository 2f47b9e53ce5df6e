"""A JSON text with the place of each value in it, so that one is changed and no other byte is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast

SPACE: Final = re.compile(r"[ \t\r\n]*")
STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
SCALAR: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[-+.\w]+')


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A value and where it stands.

    Attributes
    ----------
    value
        What it is.
    start, end
        Where its text begins and ends.
    first
        Where the first entry of an object or list begins, at its key if it has one.
    members
        The values of an object by their keys, in order.
    items
        The entries of a list.
    """

    value: object
    start: int
    end: int
    first: int = -1
    members: Mapping[str, "Node"] = field(default_factory=dict)
    items: tuple["Node", ...] = ()


def placed(text: str, value: object) -> Node:
    """Return the nodes of a JSON text.

    Parameters
    ----------
    text
        A valid text without repeated keys.
    value
        What it holds, as the JSON module reads it.
    """
    return _node(text, _after_space(text, 0), value)


def _node(text: str, at: int, value: object) -> Node:
    if isinstance(value, dict):
        return _object(text, at, value)
    if isinstance(value, list):
        return _list(text, at, value)
    return Node(value, at, _matched(SCALAR, text, at))


def _object(text: str, start: int, value: dict[str, object]) -> Node:
    members: dict[str, Node] = {}
    first = at = _after_space(text, start + 1)
    for key, child in value.items():
        colon = _after_space(text, _matched(STRING, text, at))
        members[key] = node = _node(text, _after_space(text, colon + 1), child)
        at = _next(text, node.end)
    return Node(value, start, at + 1, first, members)


def _list(text: str, start: int, value: list[object]) -> Node:
    items = []
    first = at = _after_space(text, start + 1)
    for child in value:
        items.append(_node(text, at, child))
        at = _next(text, items[-1].end)
    return Node(value, start, at + 1, first, items=tuple(items))


def _next(text: str, end: int) -> int:
    """Return where the next entry begins, or where the closing bracket stands."""
    at = _after_space(text, end)
    return _after_space(text, at + 1) if text[at] == "," else at


def _after_space(text: str, at: int) -> int:
    return _matched(SPACE, text, at)


def _matched(pattern: re.Pattern[str], text: str, at: int) -> int:
    return cast("re.Match[str]", pattern.match(text, at)).end()
