"""``labelaudit render``: every rendering of a report again, from its JSON alone."""

from pathlib import Path
from typing import Annotated

import typer


def render(
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="A report.json.")],
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder; the report's own when not given.")
    ] = None,
    templates: Annotated[
        Path | None, typer.Option(help="Folder of templates that replace ours, file by file.")
    ] = None,
) -> None:
    """Rebuild report.html, label.svg and the summary from a report.json alone."""
    from labelaudit.cli.files import check_folder, write_files
    from labelaudit.cli.scan import show
    from labelaudit.errors import InputError
    from labelaudit.render.files import rendered_files
    from labelaudit.render.json import from_json

    try:
        text = report.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{report}: cannot be read: {error}", hint="name the report.json of a scan"
        ) from error
    loaded = from_json(text, str(report))
    folder = output or report.parent
    check_folder(folder)
    files = rendered_files(loaded, templates)
    del files["report.json"]  # the source stays as it is
    write_files(folder, files)
    show(loaded, folder)
