"""A report's numbers, words and files put into a Croissant file; all else stays as it is."""

import hashlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final, cast
from urllib.parse import quote

from labelaudit.errors import InputError
from labelaudit.json_ld import RAI, Context, Json, context_of, entries, kind, parsed
from labelaudit.release.croissant import numbers, words
from labelaudit.release.croissant.edits import Edits
from labelaudit.release.croissant.json_text import Node, placed
from labelaudit.release.croissant.names import (
    missing_prefixes,
    property_name,
    renamed,
    used_names,
    with_prefixes,
)
from labelaudit.report import Report

CONFORMS: Final = f"{RAI}1.0"
VERSIONS: Final = "http://mlcommons.org/croissant/"
ANNOTATED_FROM: Final = (1, 1)
OF_NO_ITEM: Final = frozenset({"Enumeration", "Split"})  # record sets that list classes or splits
FORMATS: Final = MappingProxyType(
    {
        ".csv": "text/csv",
        ".html": "text/html",
        ".json": "application/json",
        ".md": "text/markdown",
        ".parquet": "application/vnd.apache.parquet",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".toml": "application/toml",
        ".zip": "application/zip",
    }
)


def merged(report: Report, text: str, files: Mapping[str, bytes], where: str) -> str:
    """Return a Croissant file with what a report says, in place of what one said before."""
    document = parsed(text, where)
    root = placed(text, document)
    context = context_of(document)
    _check(root, context, where)
    said = words.statements(report)
    lists: dict[str, list[tuple[str, object]]] = {
        "sc:distribution": [_file(name, content) for name, content in sorted(files.items())],
        "dqv:hasQualityMeasurement": numbers.measurements(report),
        **{name: [(text, text) for text in texts] for name, texts in said.items()},
    }
    notes = _annotations(report, root, context)
    written = [key for key, values in lists.items() if values]
    nodes = [*lists.values(), *(values for _, values in notes)]
    used = [*written, *used_names([node for values in nodes for _, node in values])]
    added = missing_prefixes(context, used)
    edits = Edits(text, root)
    _add_context(edits, root, added)
    context = with_prefixes(context, added)
    _conform(edits, root, context, is_rai=any(said.values()))
    for name, values in lists.items():
        owner = words.is_ours if name.startswith("rai:") else _owned
        key = _key(root, name, context)
        if name == words.PER_ITEM and _is_anothers(root, key):
            continue  # the property has one value
        edits.merge(root, key, owner, [(own, renamed(node, context)) for own, node in values])
    for node, values in notes:
        key = _key(node, "cr:annotation", context)
        edits.merge(node, key, _owned, [(own, renamed(each, context)) for own, each in values])
    return edits.applied()


def _check(root: Node, context: Context, where: str) -> None:
    """Refuse a file that holds something else where Croissant has a list of nodes."""
    for key, value in cast("Json", root.value).items():
        if context.local(key) not in {"distribution", "recordSet"}:
            continue
        wrong = [each for each in entries(value) if not isinstance(each, dict)]
        if wrong:
            raise InputError(
                f"{where}: {key}: found {kind(wrong[0])} where an object should be",
                hint="write the file again with the tool that made it",
            )


def _add_context(edits: Edits, root: Node, added: Mapping[str, str]) -> None:
    """Declare the prefixes that are missing."""
    if not added:
        return
    node = root.members.get("@context")
    if node is None:
        edits.add(root, "@context", {"@vocab": "https://schema.org/", **added})
    elif isinstance(node.value, dict):
        for prefix, namespace in added.items():
            edits.add(node, prefix, namespace)
    else:
        edits.merge(root, "@context", lambda _: None, [("", dict(added))])


def _conform(edits: Edits, root: Node, context: Context, *, is_rai: bool) -> None:
    """Say that the file conforms to the Responsible AI vocabulary, where it uses it now."""
    key = _key(root, "dct:conformsTo", context)
    if not is_rai or CONFORMS in entries(cast("Json", root.value).get(key)):
        return
    edits.merge(root, key, lambda _: None, [(CONFORMS, CONFORMS)])


def _key(node: Node, name: str, context: Context) -> str:
    """Return the key under which a node has a property, or would have it."""
    wanted = property_name(name, context)
    local = context.local(wanted)
    return next((key for key in node.members if context.local(key) == local), wanted)


def _is_anothers(root: Node, key: str) -> bool:
    """Tell whether a property already has a value that is not ours."""
    there = entries(cast("Json", root.value).get(key))
    return any(words.is_ours(value) is None for value in there)


def _owned(value: object) -> str | None:
    """Return the ``@id`` of a node that labelaudit wrote; None for any other."""
    name = cast("Json", value).get("@id") if isinstance(value, dict) else None
    return name if isinstance(name, str) and name.startswith(numbers.OURS) else None


def _file(name: str, content: bytes) -> tuple[str, object]:
    """Return a file of the report as a resource of the dataset."""
    own = f"{numbers.OURS}{quote(name)}"
    suffix = PurePosixPath(name).suffix.lower()
    return own, {
        "@type": "cr:FileObject",
        "@id": own,
        "sc:name": name,
        "sc:description": "Written by labelaudit: what was measured of this dataset.",
        "sc:contentUrl": quote(name),
        "sc:contentSize": f"{len(content)} B",
        "sc:encodingFormat": FORMATS.get(suffix, "application/octet-stream"),
        "sc:sha256": hashlib.sha256(content).hexdigest(),
    }


def _annotations(
    report: Report, root: Node, context: Context
) -> list[tuple[Node, list[tuple[str, object]]]]:
    """Return which nodes are to be annotated, and with what; none before version 1.1.

    Every field and record set that has annotations of ours is among them, so that those are
    removed which stand in the wrong place by now.
    """
    if _version(root, context) < ANNOTATED_FROM:
        return []
    sets = [each for each in _nodes(root, "recordSet", context) if _holds_items(each, context)]
    fields = [(each, field) for each in sets for field in _fields(each, context)]
    labels = [(each, field) for each, field in fields if "Label" in _types(field, context)]
    of_set: Node | None = sets[0] if len(sets) == 1 else None
    of_field: Node | None = None
    if len(labels) == 1:
        of_set, of_field = labels[0]
    values = numbers.annotations(report)
    found: list[tuple[Node, list[tuple[str, object]]]] = []
    for node in (*sets, *(field for _, field in fields)):
        mine = list(values) if node is (of_field or of_set) else []
        if node is of_set:
            mine.insert(0, numbers.count(report))
        if mine or _has_ours(node, context):
            found.append((node, mine))
    return found


def _has_ours(node: Node, context: Context) -> bool:
    key = _key(node, "cr:annotation", context)
    return any(_owned(each) for each in entries(cast("Json", node.value).get(key)))


def _version(root: Node, context: Context) -> tuple[int, int]:
    """Return the version that a file conforms to; 1.0 where it names none that is known."""
    for key, value in cast("Json", root.value).items():
        if context.local(key) == "conformsTo":
            for each in entries(value):
                said = each.get("@id") if isinstance(each, dict) else each
                plain = said.removeprefix(VERSIONS) if isinstance(said, str) else ""
                major, _, minor = plain.partition(".")
                if major.isdecimal() and minor.isdecimal():
                    return int(major), int(minor)
    return 1, 0


def _nodes(node: Node, name: str, context: Context) -> list[Node]:
    """Return the objects that a property of a node holds."""
    found = [child for key, child in node.members.items() if context.local(key) == name]
    each = [item for child in found for item in (child.items or (child,))]
    return [item for item in each if isinstance(item.value, dict)]


def _fields(node: Node, context: Context) -> list[Node]:
    """Return the fields of a record set, those within others included."""
    found = []
    pending = _nodes(node, "field", context)
    while pending:
        found.append(field := pending.pop(0))
        pending = [*_nodes(field, "subField", context), *pending]
    return found


def _holds_items(node: Node, context: Context) -> bool:
    """Tell whether a record set can be the one of the items."""
    return not OF_NO_ITEM & _types(node, context)


def _types(node: Node, context: Context) -> set[str]:
    """Return the data types of a field or record set, without their namespaces."""
    said = [
        each
        for key, value in cast("Json", node.value).items()
        if context.local(key) == "dataType"
        for each in entries(value)
    ]
    return {context.local(each) for each in said if isinstance(each, str)}
