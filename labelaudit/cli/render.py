"""``labelaudit render``: every rendering of a report again, from its JSON alone."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from labelaudit.errors import InputError

SOURCE, PAGE = "report.json", "report.html"
OF_ITEMS = {PAGE, "summary.md"}  # renderings that show items where a report does


def render(
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="A report.json.")],
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder; the report's own when not given.")
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="Write files of this format only: html, svg, png, md or json (metrics.json); "
            "can be given again.",
        ),
    ] = None,
    privacy: Annotated[
        Literal["public", "team", "full"] | None,
        typer.Option(
            help="Who may see the files: public has aggregates only, team no pictures or texts; as "
            "the report when not given. A report of that level is written, too."
        ),
    ] = None,
    templates: Annotated[
        Path | None, typer.Option(help="Folder of templates that replace ours, file by file.")
    ] = None,
) -> None:
    """Rebuild the page, the pictures and the Markdown from a report.json alone."""
    from labelaudit.cli.files import (
        check_folder,
        read_checked,
        refuse_items_beside,
        refuse_open_beside,
        with_sums,
        write_files,
    )
    from labelaudit.cli.scan import show
    from labelaudit.privacy import published
    from labelaudit.render.files import rendered_files

    names = names_of(formats or [])
    loaded, altered = read_checked(report)
    folder = output or report.parent
    check_folder(folder)
    shown = published(loaded, privacy or loaded.privacy)
    closed = shown.privacy != loaded.privacy
    if closed and altered:
        raise InputError(
            f"{report}: {len(altered):,} of its parts are not as they were written, so no report "
            "is made of it",
            details=altered,
            hint="take the report as it was issued, or scan again",
        )
    elsewhere = closed or folder.resolve() != report.resolve().parent
    if closed or (elsewhere and shown.privacy == "public"):
        refuse_open_beside(folder, {SOURCE, report.name}, shown.privacy)
    if elsewhere and shown.privacy == "public":
        # beside a public report.json, pages are of its level
        others = set() if (folder / SOURCE).exists() else OF_ITEMS - names
        refuse_items_beside(folder, others)
    # the source stays as it is; a report of another level is made beside its renderings
    names |= {SOURCE} if closed else set()
    files = rendered_files(shown, templates, names)
    has_sums = SOURCE in files or (folder / "SHA256SUMS").is_file()
    write_files(folder, with_sums(files, folder) if has_sums else files)
    source = folder / SOURCE if closed else report
    show(shown, source, *(folder / name for name in ([PAGE] if PAGE in files else files)))


def names_of(formats: list[str]) -> set[str]:
    """Return the files of some formats, or of all when none is named, but for the report itself."""
    from labelaudit.render.files import RENDERINGS

    suffixes = {name: name.rpartition(".")[2] for name in RENDERINGS if name != SOURCE}
    unknown = set(formats) - set(suffixes.values())
    if unknown:
        raise InputError(
            f"--format {min(unknown)}: there is no such format",
            hint=f"there are {', '.join(sorted(set(suffixes.values())))}",
        )
    return {name for name, suffix in suffixes.items() if not formats or suffix in formats}
