"""The JSON Schema of the report, made from its dataclasses."""
