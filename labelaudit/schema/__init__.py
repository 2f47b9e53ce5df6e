"""The JSON Schemas of the documents that are published, made from their dataclasses."""

import inspect
import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Literal, cast, get_args, get_origin, get_type_hints

from labelaudit.report import SCHEMA_VERSION, Report

TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}

Schema = dict[str, object]


def report_schema() -> Schema:
    """Return the JSON Schema (2020-12) that every ``report.json`` of this major version fits.

    It leaves objects open, so that a report of a later minor version fits too.

    Examples
    --------
    >>> report_schema()["$ref"]
    '#/$defs/Report'
    """
    return document_schema(Report, "report", SCHEMA_VERSION, "Report of a labelaudit scan")


def document_schema(document: type, name: str, version: str, title: str) -> Schema:
    """Return the JSON Schema (2020-12) of a document that a dataclass describes.

    Parameters
    ----------
    document
        The dataclass; it has a ``schema_version``. What its fields are is said by their metadata,
        else by the section of attributes of its docstring.
    name, version
        What the document is called, and its version, major and minor.
    title
        What it is.
    """
    parts: dict[str, Schema] = {}
    reference = _schema(document, parts)
    major = version.partition(".")[0]
    properties = cast("dict[str, Schema]", parts[document.__name__]["properties"])
    properties["schema_version"]["pattern"] = rf"^{major}\.[0-9]+$"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:labelaudit:{name}-{major}",
        "title": title,
        **reference,
        "$defs": dict(sorted(parts.items())),
    }


def schema_text() -> str:
    """Return the schema as the text of its published file."""
    return json.dumps(report_schema(), indent=2) + "\n"


def _schema(hint: object, parts: dict[str, Schema]) -> Schema:
    """Return the schema of a type; dataclasses are added to the parts and referred to."""
    origin, kinds = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(kinds)}
    if origin is tuple:
        return {"type": "array", "items": _schema(kinds[0], parts)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _schema(kinds[1], parts)}
    if kinds and all(kind in TYPES for kind in kinds):
        return {"type": [TYPES[kind] for kind in kinds]}
    if kinds:
        return {"anyOf": [_schema(kind, parts) for kind in kinds]}
    scalar = TYPES.get(cast("type", hint))
    return {"type": scalar} if scalar else _reference(cast("type", hint), parts)


def _reference(part: type, parts: dict[str, Schema]) -> Schema:
    if part.__name__ not in parts:
        hints = get_type_hints(part)
        members = fields(part)
        said = _attributes(part)
        required = [
            each.name
            for each in members
            if each.default is MISSING and each.default_factory is MISSING
        ]
        parts[part.__name__] = {
            "type": "object",
            "description": (part.__doc__ or "").partition("\n")[0],
            "properties": {
                each.name: {
                    **_schema(hints[each.name], parts),
                    "description": each.metadata.get("help") or said.get(each.name, ""),
                }
                for each in members
            },
            "required": required,
        }
    return {"$ref": f"#/$defs/{part.__name__}"}


def _attributes(part: type) -> dict[str, str]:
    """Return what the docstring of a class says of its attributes."""
    section = inspect.getdoc(part) or ""
    lines = section.partition("Attributes\n----------\n")[2].splitlines()
    said: dict[str, str] = {}
    names: list[str] = []
    for line in lines:
        if re.match(r"\w", line):
            names = line.split(", ")
        elif line.strip():
            words = line.strip().replace("``", "").replace("None", "null")
            said |= {name: f"{said[name]} {words}" if name in said else words for name in names}
    return said
