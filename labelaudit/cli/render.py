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
    from labelaudit.cli.files import check_folder, read_report, write_files
    from labelaudit.cli.scan import show
    from labelaudit.render.files import rendered_files

    loaded = read_report(report)
    folder = output or report.parent
    check_folder(folder)
    files = rendered_files(loaded, templates)
    del files["report.json"]  # the source stays as it is
    write_files(folder, files)
    show(loaded, folder)
