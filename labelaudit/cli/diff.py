"""``labelaudit diff``: what changed between two reports, from these alone."""

from pathlib import Path
from typing import Annotated

import typer

from labelaudit.errors import InputError


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The report.json of before.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The report.json of now.")],
    *,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="Write a file: html, md or json; can be given again.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Folder for the files; all three when no --format is given."
        ),
    ] = None,
) -> None:
    """Compare two reports: which differences are beyond their intervals, and what was fixed.

    Neither the data nor a model is needed. It shows no more than the less open of the two.
    """
    from rich.console import Console

    from labelaudit.cli.files import check_folder, read_report, refuse_items_beside, write_files
    from labelaudit.cli.unheeded import print_unheeded
    from labelaudit.release.diff.files import FORMATS, diff_files
    from labelaudit.release.diff.terminal import to_terminal

    wanted = wanted_formats(formats, FORMATS, output)
    before, now = read_report(_file(old)), read_report(_file(new))
    folder = output or Path()
    if wanted:
        check_folder(folder)
    found, files = diff_files(before, now, wanted)
    if wanted:
        if found.privacy == "public":
            refuse_items_beside(folder)
        write_files(folder, files)
    console = Console(highlight=False, soft_wrap=True)
    print_unheeded(console, to_terminal(found, width=console.width))
    for name in files:
        print_unheeded(console, str(folder / name))


def wanted_formats(
    formats: list[str] | None, known: tuple[str, ...], output: Path | None
) -> tuple[str, ...]:
    """Return the formats to write: all where only a folder is named, none where nothing is.

    Raises
    ------
    InputError
        When there is no such format.
    """
    unknown = set(formats or ()) - set(known)
    if unknown:
        raise InputError(
            f"--format {min(unknown)}: there is no such format",
            hint=f"there are {', '.join(known)}",
        )
    if formats:
        return tuple(name for name in known if name in formats)
    return () if output is None else known


def _file(path: Path) -> Path:
    """Return a report, also where the folder that it is in is named."""
    return path / "report.json" if path.is_dir() else path
