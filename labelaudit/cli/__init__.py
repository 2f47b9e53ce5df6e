"""The command line: one thin file per command, each parses, calls and prints."""

import inspect as inspect_module
import os
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from labelaudit import __version__
from labelaudit.cli.attach import attach
from labelaudit.cli.cache import cache
from labelaudit.cli.config import configured, known_options
from labelaudit.cli.diff import diff
from labelaudit.cli.doctor import doctor
from labelaudit.cli.exits import CheckFailed
from labelaudit.cli.explain import explain
from labelaudit.cli.familiarity import familiarity
from labelaudit.cli.gate import gate
from labelaudit.cli.history import history
from labelaudit.cli.inspect import inspect
from labelaudit.cli.models import models
from labelaudit.cli.render import render
from labelaudit.cli.review import review
from labelaudit.cli.scan import scan
from labelaudit.cli.schema import schema
from labelaudit.cli.stability import stability
from labelaudit.cli.verify import verify
from labelaudit.errors import LabelauditError

SAID_NO, FAILED, INTERRUPTED = 1, 2, 130

app = typer.Typer(
    name="labelaudit",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    scan,
    inspect,
    gate,
    review,
    diff,
    history,
    verify,
    attach,
    stability,
    familiarity,
    render,
    explain,
    schema,
    doctor,
):
    app.command()(command)
app.add_typer(models, name="models")
app.add_typer(cache, name="cache")


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

    Exit codes: 0 done and passed, 1 the gate failed or a check says no, 2 the input, the model or
    the output is not usable, 130 interrupted.

    Options can be set in labelaudit.toml, or in [tool.labelaudit] of pyproject.toml.
    """
    values = configured(Path.cwd(), known_options())
    if "format" in values:
        values["dataset_format"] = values.pop("format")
    inspected = inspect_module.signature(inspect).parameters
    where = {"folder": values["cache"]} if "cache" in values else {}
    of_manifest = {name: values[name] for name in values if name in inspected}
    context.default_map = {
        "scan": values,
        "inspect": values,
        "review": of_manifest,
        "stability": of_manifest,
        "cache": {"list": where, "clean": where},
    }


def main() -> None:
    """Run the command line: 0 done, 1 a check says no, 2 an error to act on, 130 interrupted."""
    _prepare_streams()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except CheckFailed:
        _end_with(SAID_NO)
    except LabelauditError as error:
        _fail(str(error))
    except MemoryError:
        _fail("out of memory\nhint: use fewer --threads, or a larger machine")
    except OSError as error:
        _fail(str(error))
    except (KeyboardInterrupt, SystemExit) as stop:
        code = INTERRUPTED if isinstance(stop, KeyboardInterrupt) else stop.code
        if code == INTERRUPTED:
            typer.echo("interrupted; embeddings that were cached are not made again", err=True)
        # who reads the first lines only has them; 1, which typer ends with, is no code of ours
        gone = isinstance(stop.__context__, BrokenPipeError)
        sys.exit(0 if gone else FAILED if code == 1 else code)
    except Exception:  # noqa: BLE001 - a fault of ours; 1, which Python ends with, is a verdict
        with suppress(OSError):
            traceback.print_exc()
        sys.exit(FAILED)


def _end_with(code: int) -> NoReturn:
    """End with a code that stands where nobody reads what was printed to its end, too."""
    try:
        sys.stdout.flush()
    except OSError:  # what is left cannot be printed, and must not be tried again at the exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def _fail(message: str) -> NoReturn:
    from labelaudit.cli.unheeded import shown

    with suppress(OSError):  # where stderr is full, the code says it alone
        typer.echo(shown(f"error: {message}"), err=True)
    sys.exit(FAILED)


def _prepare_streams() -> None:
    """Print whatever the names of files hold, also where a stream is closed or not UTF-8."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the end
            setattr(sys, name, nowhere)
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
