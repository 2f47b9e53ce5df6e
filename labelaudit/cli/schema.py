"""``labelaudit schema``: the JSON Schema of the report."""

import typer


def schema() -> None:
    """Print the JSON Schema (2020-12) that every report.json validates against."""
    import json

    from labelaudit.schema import report_schema

    typer.echo(json.dumps(report_schema(), indent=2))
