"""``labelaudit models``: embedding models by name."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from labelaudit.cli.model_inspect import inspect_model
from labelaudit.errors import InputError, ModelError

models = typer.Typer(
    help="List, pull, verify, inspect and time embedding models.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
models.command("inspect")(inspect_model)


def tell(message: str) -> None:
    """Print what is pulled to stderr."""
    typer.echo(message, err=True)


@models.command("list")
def list_models(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Print the models that have a name, and which of them are here."""
    from labelaudit.embeddings.hub.catalog import read_catalog
    from labelaudit.embeddings.hub.pulled import pulled_names

    entries, here = read_catalog().values(), pulled_names()
    if as_json:
        facts = [{**asdict(entry), "pulled": entry.name in here} for entry in entries]
        typer.echo(json.dumps(facts, indent=2))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table("name", "kind", box=box.SIMPLE)
    table.add_column("dimension", justify="right")
    table.add_column("size", justify="right")
    table.add_column("licence")
    table.add_column("pulled")
    for entry in entries:
        size, pulled = entry.size_text, "yes" if entry.name in here else "no"
        table.add_row(entry.name, entry.kind, f"{entry.dimension:,}", size, entry.licence, pulled)
    Console().print(table)


@models.command("pull")
def pull_models(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="As models list has it.")],
) -> None:
    """Bring models here, and record their hashes; one that is here and unchanged is left."""
    from labelaudit.embeddings.hub.catalog import find_entry
    from labelaudit.embeddings.hub.resolve import pull

    for entry in [find_entry(name) for name in names]:
        path = pull(entry, offline=False, tell=tell)
        typer.echo(f"{entry.name}: {path}")


@models.command("verify")
def verify_models(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME...]", help="All that are here if none.")
    ] = None,
) -> None:
    """Compare pulled models with the hashes that were recorded when they were pulled."""
    from labelaudit.embeddings.hub.pulled import pulled_names, verify

    wrong: list[ModelError] = []
    for name in names or pulled_names():
        try:
            record = verify(name)
        except ModelError as error:
            wrong.append(error)
        else:
            typer.echo(f"{name}: as it was pulled, commit {record.commit}")
    if len(wrong) > 1:
        details = [line for error in wrong for line in (error.message, *error.details)]
        raise ModelError(f"{len(wrong)} models failed", details=details, hint=wrong[0].hint)
    if wrong:
        raise wrong[0]
    if not names and not pulled_names():
        typer.echo("no model is pulled")


@models.command("bench")
def bench_model(
    model: Annotated[
        str, typer.Argument(metavar="[NAME|PATH]", help="builtin, a pulled model, or a file.")
    ] = "builtin",
    *,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or tensorrt.")] = "auto",
    threads: Annotated[int, typer.Option(min=0, help="Threads; 0 for all processors.")] = 0,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long to measure.")] = 3.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Measure how many random, decoded inputs a second a model's session takes here."""
    from typing import get_args

    from labelaudit.cli.machine import available_processors
    from labelaudit.embeddings.bench import bench
    from labelaudit.embeddings.hub.catalog import read_catalog
    from labelaudit.embeddings.hub.pulled import verify
    from labelaudit.embeddings.hub.resolve import find_model
    from labelaudit.embeddings.runtime.session import Device

    if device not in get_args(Device):
        raise InputError(
            f"--device {device}: no such device", hint=f"one of {', '.join(get_args(Device))}"
        )
    if model in read_catalog():
        verify(model)  # a benchmark pulls nothing
    found = bench(
        find_model(model, offline=True, tell=tell),
        device,  # type: ignore[arg-type]
        n_threads=threads or available_processors(),
        seconds=seconds,
    )
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2))
        return
    typer.echo(f"model      {found.model}")
    typer.echo(f"device     {found.provider}, called from {found.n_threads} threads")
    typer.echo(f"batch      {found.batch_size}")
    typer.echo(f"dimension  {found.n_features:,}")
    typer.echo(f"{found.unit + '/s':<10} {found.per_second:,.1f}")
