"""What a template says that it needs of a measure, and what it asks for."""

import re
from collections.abc import Iterator
from typing import Final

from jinja2 import Environment, nodes

KINDS: Final = ("value", "table", "gallery", "parameter")
ASKED: Final = {
    "value_of": "value",
    "known": "value",
    "some": "value",
    "values_of": "value",
    "other_values": "value",
    "show.value": "value",
    "show.count": "value",
    "show.between": "value",
    "show.first_values": "value",
    "table_of": "table",
    "other_tables": "table",
    "show.histogram": "table",
    "show.matrix": "table",
    "gallery_of": "gallery",
    "other_galleries": "gallery",
    "parameter_of": "parameter",
}
OF_ALL: Final = {"show.rest", "show.checks"}  # names tables and galleries, or nothing

Need = tuple[str, str]


def declared(source: str) -> set[Need]:
    """Return what the comment at the head of a template says that it needs."""
    head = re.match(r"\{# needs: (.*?) #\}\n", source)
    assert head, "a template starts with a comment that says what it needs"
    if head[1] == "nothing by name":
        return set()
    found: list[Need] = []
    for part in head[1].split("; "):
        kind, _, names = part.partition(" ")
        assert kind in KINDS, part
        found += [(kind, name) for name in names.split(", ")]
    assert len(found) == len(set(found)), "something is needed twice"
    return set(found)


def asked(source: str) -> set[Need]:
    """Return the names that a template asks its measure for, by what they are names of."""
    return {
        (ASKED[function], name)
        for function, names in _calls(source)
        if function not in OF_ALL
        for name in names
    }


def passed_over(source: str) -> set[str]:
    """Return the names of what a template does not print with all the rest."""
    calls = [names for function, names in _calls(source) if function == "show.rest"]
    return {name for names in calls for name in names}


def _calls(source: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each function that is given the measure, and the names that it is given with it."""
    tree = Environment().parse(source)  # noqa: S701 - it is read, not rendered
    for call in tree.find_all(nodes.Call):
        if not call.args or not _is_measure(call.args[0]):
            continue
        function = _name(call.node)
        assert function in ASKED or function in OF_ALL, f"{function} is given the measure"
        rest = call.args[2:] if function in OF_ALL else call.args[1:]
        rest = rest[:1] if function in {"show.count", "show.histogram", "show.matrix"} else rest
        values = [*rest, *(keyword.value for keyword in call.kwargs)]
        yield function, [name for value in values for name in _strings(value)]


def _is_measure(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name == "measure"


def _name(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_name(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else "?"


def _strings(node: nodes.Node) -> list[str]:
    """Return the texts in an argument, itself or in its list."""
    within = node.items if isinstance(node, nodes.List) else [node]
    return [
        each.value
        for each in within
        if isinstance(each, nodes.Const) and isinstance(each.value, str)
    ]
