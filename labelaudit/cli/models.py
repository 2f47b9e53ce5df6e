"""``labelaudit models``: embedding models by name."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from labelaudit.cli.model_inspect import inspect_model

models = typer.Typer(
    help="List, pull, verify, inspect and time embedding models.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
models.command("inspect")(inspect_model)


@models.command("list")
def list_models(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Print the models that have a name."""
    from labelaudit.embeddings.catalog import read_catalog

    entries = read_catalog().values()
    if as_json:
        typer.echo(json.dumps([asdict(entry) for entry in entries], indent=2))
        return
    for entry in entries:
        typer.echo(f"{entry.name}  {entry.kind}  {entry.dimension}  {entry.licence}")
