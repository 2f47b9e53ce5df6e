"""The command line: one thin file per command, each parses, calls and prints."""

import inspect as inspect_module
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from labelaudit import __version__
from labelaudit.cli.config import configured
from labelaudit.cli.explain import explain
from labelaudit.cli.inspect import inspect
from labelaudit.cli.render import render
from labelaudit.cli.scan import scan
from labelaudit.cli.schema import schema
from labelaudit.errors import LabelauditError

FAILED, INTERRUPTED = 2, 130

app = typer.Typer(
    name="labelaudit",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (scan, inspect, render, explain, schema):
    app.command()(command)


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer passes the flag's value
    if wanted:
        typer.echo(f"labelaudit {__version__}")
        raise typer.Exit


@app.callback()
def labelaudit(
    context: typer.Context,
    *,
    version: Annotated[  # noqa: ARG001 - its callback prints it
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Measure a labelled dataset and print its nutrition label.

    Exit codes: 0 done, 2 the input, the model or the output is not usable, 130 interrupted.

    Options can be set in labelaudit.toml, or in [tool.labelaudit] of pyproject.toml.
    """
    known = frozenset(inspect_module.signature(scan).parameters) - {"data"}
    known = known - {"dataset_format"} | {"format"}
    values = configured(Path.cwd(), known)
    if "format" in values:
        values["dataset_format"] = values.pop("format")
    context.default_map = {"scan": values, "inspect": values}


def main() -> None:
    """Run the command line; an error that its reader can act on is printed, with exit code 2."""
    try:
        app()
    except LabelauditError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        typer.echo("interrupted; what was embedded is kept, the same command goes on", err=True)
        sys.exit(INTERRUPTED)
    except MemoryError:
        typer.echo("error: out of memory\nhint: use fewer --threads, or a larger machine", err=True)
        sys.exit(FAILED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
    except OSError as error:
        typer.echo(f"error: {error}\nhint: did a file change during the scan?", err=True)
        sys.exit(FAILED)
