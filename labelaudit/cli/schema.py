"""``labelaudit schema``: the JSON Schema of the report."""

import typer


def schema() -> None:
    """Print the JSON Schema (2020-12) that every report.json validates against."""
    from labelaudit.schema import schema_text

    typer.echo(schema_text(), nl=False)
