"""``labelaudit attach``: put a report into a dataset card, a Croissant file, a release bundle."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from labelaudit.errors import InputError, some

if TYPE_CHECKING:
    from labelaudit.report import Report


def attach(  # noqa: PLR0913 - each is an option
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="A report.json.")],
    *,
    card: Annotated[
        Path | None,
        typer.Option(
            help="A dataset's README.md: its block is written, and the picture beside it; a card "
            "is made where there is none."
        ),
    ] = None,
    croissant: Annotated[
        Path | None,
        typer.Option(help="A Croissant file: written into, or made where there is none."),
    ] = None,
    croissant_version: Annotated[
        Literal["1.0", "1.1"], typer.Option(help="Of a Croissant file that is made.")
    ] = "1.1",
    bundle: Annotated[
        Path | None,
        typer.Option(help="A zip to make: the report, what belongs to it, and SHA-256 sums."),
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Write nothing; end with 1 where it is not up to date."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing; print what would change.")
    ] = False,
) -> None:
    """Put a report into a dataset card, a Croissant file or a release bundle.

    All of it is written, or none; a second run changes nothing. Where the front matter of a card
    says otherwise than the report, a warning says so; with --check, that ends with 1, too.
    """
    from labelaudit.cli.exits import CheckFailed

    if check and dry_run:
        raise InputError("--check and --dry-run: say one", hint="leave out the other")
    _refuse_same(report, card, croissant, bundle)
    loaded, source = _unaltered(report)
    wanted: dict[Path, bytes] = {}
    wrong: list[str] = []
    if bundle:
        wanted[bundle] = _bundle(loaded, source, report.parent)
    if card:
        wanted |= _card(loaded, card, _below(bundle, card), wrong)
    if croissant:
        files = {report: source, **({bundle: wanted[bundle]} if bundle else {})}
        wanted[croissant] = _croissant(loaded, croissant, files, croissant_version)
    is_current = _carry_out(wanted, is_written=not (check or dry_run), is_shown=dry_run)
    for each in wrong:
        _warn(each)
    if check and (wrong or not is_current):
        raise CheckFailed


def _carry_out(wanted: Mapping[Path, bytes], *, is_written: bool, is_shown: bool) -> bool:
    """Write what is not as it should be, and say so of each; return whether all was."""
    from labelaudit.cli.unheeded import shown
    from labelaudit.cli.whole_files import content_of, write_together

    before = {path: content_of(path) for path in wanted}
    stale = {path: content for path, content in wanted.items() if content != before[path]}
    if is_written:
        write_together(stale)
    of_old, of_new = ("written", "made") if is_written else ("not up to date", "missing")
    for path in wanted:
        said = of_new if before[path] is None else of_old if path in stale else "up to date"
        typer.echo(shown(f"{path}: {said}"))
    if is_shown:
        _print_difference(before, stale)
    return not stale


def _refuse_same(report: Path, *others: Path | None) -> None:
    """Raise when there is nothing to attach to, or a file is asked for twice."""
    asked = [path for path in others if path is not None]
    if not asked:
        raise InputError(
            "nothing to attach the report to",
            hint="name a --card, a --croissant file or a --bundle, or several of them",
        )
    places = [path.resolve() for path in (report, *asked)]
    twice = [path for at, path in enumerate(asked, 1) if places[at] in places[:at]]
    if twice:
        raise InputError(f"{twice[0]}: is asked for twice", hint="name another file")


def _unaltered(file: Path) -> tuple["Report", bytes]:
    """Return a report and the bytes of its file.

    Raises
    ------
    InputError
        When it is no report, or not as it was written.
    """
    import json

    from labelaudit.cli.files import read_report
    from labelaudit.render.json import altered

    loaded = read_report(file)
    source = file.read_bytes()
    edited = altered(json.loads(source.decode("utf-8-sig")))
    if edited:
        raise InputError(
            f"{file}: was edited after it was written",
            details=list(edited),
            hint="take the file that the scan wrote, or scan again",
        )
    return loaded, source


def _card(report: "Report", card: Path, bundle: str, wrong: list[str]) -> dict[Path, bytes]:
    """Return a card and its picture; note what its front matter says otherwise."""
    from labelaudit.cli.whole_files import content_of
    from labelaudit.release.card.block import PICTURE, attached_card

    drawn = card.parent / PICTURE
    found = attached_card(
        report, content_of(card), content_of(drawn), where=str(card), bundle=bundle
    )
    wrong += [f"{card}: {each}" for each in found.differences]
    return {card: found.text, drawn: found.picture}


def _bundle(report: "Report", source: bytes, folder: Path) -> bytes:
    from labelaudit.cli.whole_files import content_of
    from labelaudit.release.bundle.archive import archive
    from labelaudit.release.bundle.contents import contents, names_beside
    from labelaudit.release.sums import SUMS

    names = names_beside(content_of(folder / SUMS))
    beside = {name: content_of(folder / name) for name in names}
    there = {name: content for name, content in beside.items() if content is not None}
    return archive(contents(report, source, there))


def _croissant(
    report: "Report",
    file: Path,
    files: Mapping[Path, bytes],
    version: Literal["1.0", "1.1"],
) -> bytes:
    """Return a Croissant file that lists those of some files that lie below its folder."""
    from labelaudit.cli.whole_files import content_of
    from labelaudit.release.croissant import attached, missing

    below = {_below(path, file): content for path, content in files.items()}
    listed = {name: content for name, content in below.items() if name}
    existing = content_of(file)
    try:
        text = existing.decode("utf-8-sig") if existing is not None else None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file}: no UTF-8 at byte {error.start:,}", hint="JSON has to be UTF-8"
        ) from error
    mark = b"\xef\xbb\xbf" if existing is not None and existing[:3] == b"\xef\xbb\xbf" else b""
    written = attached(report, text, listed, version=version, where=str(file))
    if not listed:
        _warn(f"{file}: lists no file of the report, as none lies below its folder")
    if lacking := missing(written, str(file)):
        _warn(f"{file}: lacks {some(lacking, len(lacking))}, which Croissant asks for")
    return mark + written.encode()


def _warn(said: str) -> None:
    from labelaudit.cli.unheeded import shown

    typer.echo(shown(f"warning: {said}"), err=True)


def _below(path: Path | None, file: Path) -> str:
    """Return a path from the folder of a file; an empty string when it does not lie below it."""
    folder = file.resolve().parent
    inside = path is not None and path.resolve().is_relative_to(folder)
    return path.resolve().relative_to(folder).as_posix() if path is not None and inside else ""


def _print_difference(before: Mapping[Path, bytes | None], after: Mapping[Path, bytes]) -> None:
    """Print what would change in files of text, and the size of the others."""
    from difflib import unified_diff

    from labelaudit.cli.unheeded import shown

    for path, content in after.items():
        old = before[path] or b""
        if b"\0" in content or b"\0" in old:
            typer.echo(shown(f"{path}: {len(old):,} bytes, then {len(content):,}"))
            continue
        was, now = (each.decode(errors="replace").splitlines() for each in (old, content))
        for line in unified_diff(was, now, str(path), str(path), lineterm=""):
            typer.echo(shown(line))
