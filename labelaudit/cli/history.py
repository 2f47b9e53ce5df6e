"""``labelaudit history``: how the numbers of several reports went, from these alone."""

from pathlib import Path
from typing import Annotated

import typer

from labelaudit.errors import InputError


def history(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FOLDER...]", help="Folders with reports, or report.json files."),
    ] = None,
    *,
    git: Annotated[
        Path | None,
        typer.Option(help="A report.json in a git repository: the one at every tag is taken."),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="Write a file: html, svg, md or json; can be given again.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Folder for the files; all four when no --format is given."
        ),
    ] = None,
) -> None:
    """Show how the headline numbers went over the reports below a folder, the oldest first.

    Files that are no reports are told. It shows no more than the least open of the reports.
    """
    from rich.console import Console

    from labelaudit.cli.diff import wanted_formats
    from labelaudit.cli.files import check_folder, write_files
    from labelaudit.cli.unheeded import print_unheeded
    from labelaudit.release.history.files import FORMATS, history_files
    from labelaudit.release.history.find import find_reports
    from labelaudit.release.history.gather import history as gathered
    from labelaudit.release.history.terminal import to_terminal

    if not paths and git is None:
        raise InputError(
            "history: no reports are named",
            hint="name a folder: labelaudit history reports/; or --git label/report.json",
        )
    wanted = wanted_formats(formats, FORMATS, output)
    found = gathered(*find_reports(paths or (), git))
    folder = output or Path()
    files = history_files(found, wanted)
    if wanted:
        check_folder(folder)
        write_files(folder, files)
    console = Console(highlight=False, soft_wrap=True)
    print_unheeded(console, to_terminal(found, width=console.width))
    for name in files:
        print_unheeded(console, str(folder / name))
