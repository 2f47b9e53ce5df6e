"""``labelaudit cache``: what scans keep, and removing it."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Annotated

import typer

from labelaudit.errors import InputError, some

if TYPE_CHECKING:
    from labelaudit.embeddings.store.cache import KeptStore

MB, DAY = 1e6, 86_400
FACTS_ALONE = "none, facts alone"
CACHE = Annotated[
    Path | None, typer.Option("--cache", help="Folder of the cache; the user's when not given.")
]

cache = typer.Typer(
    help="Show what scans keep, with sizes, and remove it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@cache.command("list")
def list_cache(
    *,
    folder: CACHE = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Print the embeddings that are kept, by model, and the size of all."""
    from labelaudit.embeddings.store.cache import kept_stores, pulled_size

    where = _cache(folder)
    stores = kept_stores(where)
    n_files, n_bytes = pulled_size(where)
    if as_json:
        facts = [asdict(store) | {"folder": str(store.folder)} for store in stores]
        pulled = {"n_files": n_files, "n_bytes": n_bytes}
        typer.echo(json.dumps({"folder": str(where), "stores": facts, "models": pulled}, indent=2))
        return
    _print(stores)
    if n_files:
        typer.echo(f"{_size(n_bytes)} of models pulled by name; see labelaudit models list")
    total = n_bytes + sum(store.n_bytes for store in stores)
    typer.echo(f"{_size(total)} in {where}")


@cache.command("clean")
def clean_cache(
    *,
    folder: CACHE = None,
    model: Annotated[str, typer.Option(help="Only of this model, as cache list has it.")] = "",
    older_than: Annotated[
        float, typer.Option(min=0, metavar="DAYS", help="Only what no scan opened for so long.")
    ] = 0,
    yes: Annotated[bool, typer.Option("--yes", help="Remove it; without, only say what.")] = False,
) -> None:
    """Remove embeddings that are kept; models pulled by name stay."""
    from labelaudit.embeddings.store.cache import kept_stores, remove_store

    stores = kept_stores(_cache(folder))
    names = sorted({store.model or FACTS_ALONE for store in stores})
    if model and model not in names:
        raise InputError(
            f"--model {model}: no embeddings of it are kept",
            hint=f"there are some of {some(names)}" if names else "the cache is empty",
        )
    before = time() - older_than * DAY
    chosen = [
        store
        for store in stores
        if model in {"", store.model or FACTS_ALONE} and store.used <= before
    ]
    if not chosen:
        typer.echo("nothing to remove")
        return
    if yes:
        for store in chosen:
            remove_store(store)
    else:
        _print(chosen)
    size = _size(sum(store.n_bytes for store in chosen))
    typer.echo(f"{size} removed" if yes else f"{size} would be removed; do it with --yes")


def _cache(folder: Path | None) -> Path:
    from labelaudit.embeddings.store.store import default_cache

    return folder or default_cache()


def _size(n_bytes: int) -> str:
    return f"{n_bytes / MB:,.1f} MB"


def _print(stores: "list[KeptStore]") -> None:
    """Print a line a store."""
    if not stores:
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table("model", box=box.SIMPLE)
    for name in ("images", "size"):
        table.add_column(name, justify="right")
    for name in ("last used", "provider", "onnxruntime"):
        table.add_column(name)
    for store in stores:
        table.add_row(
            store.model or FACTS_ALONE,
            f"{store.n_images:,}",
            _size(store.n_bytes),
            datetime.fromtimestamp(store.used, UTC).date().isoformat(),
            store.about.get("provider", ""),
            store.about.get("onnxruntime", ""),
        )
    Console().print(table)
