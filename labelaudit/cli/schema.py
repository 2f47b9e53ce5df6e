"""``labelaudit schema``: the JSON Schemas of the report and of the gate's outcome."""

from typing import Annotated, Literal

import typer


def schema(
    document: Annotated[
        Literal["report", "gate"],
        typer.Argument(help="Of which file: report.json, or the gate.json of labelaudit gate."),
    ] = "report",
) -> None:
    """Print the JSON Schema (2020-12) that every report.json validates against, or gate.json."""
    from labelaudit.gate.formats.gate_json import gate_schema_text
    from labelaudit.schema import schema_text

    texts = {"report": schema_text, "gate": gate_schema_text}
    typer.echo(texts[document](), nl=False)
