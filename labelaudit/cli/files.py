"""Read reports, and write results so that a file is either whole or as it was before."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labelaudit.errors import InputError, OutputError, some

OF_ITEMS: Final = ("*.parquet", "issues.csv", "review*", "*verdicts*.csv")

if TYPE_CHECKING:
    from labelaudit.report import Privacy, Report


def read_report(file: Path) -> "Report":
    """Return the report that a report.json holds.

    Raises
    ------
    InputError
        When it cannot be read, or holds none.
    """
    return read_checked(file)[0]


def read_checked(file: Path) -> "tuple[Report, tuple[str, ...]]":
    """Return the report that a report.json holds, and the parts that were altered since.

    Raises
    ------
    InputError
        When it cannot be read, or holds none.
    """
    import json

    from labelaudit.render.json import altered, from_json

    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{file}: cannot be read: {error}", hint="name the report.json of a scan"
        ) from error
    return from_json(text, str(file)), altered(json.loads(text))


def check_folder(folder: Path) -> None:
    """Make sure, before long work, that a folder can be written to.

    Raises
    ------
    OutputError
        When it is no folder, or cannot be made or written to.
    """
    probe = folder / f".labelaudit.{os.getpid()}.tmp"
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
        if made:
            folder.rmdir()
    except OSError as error:
        raise _unwritable(folder, error) from error


def refuse_items_beside(folder: Path, others: Collection[str] = ()) -> None:
    """Make sure that a public report is not put beside files that name items or show them.

    Raises
    ------
    InputError
        When an earlier scan or review left such files there; they are not removed, as they may
        be all that is left of it.
    """
    found = sorted({file.name for each in (*OF_ITEMS, *others) for file in folder.glob(each)})
    if found:
        raise InputError(
            f"{folder}: holds {some(found)}, which name items or show them; a public report must "
            "not lie beside them",
            hint="name an empty folder with --output, or move these files away",
        )


def refuse_open_beside(folder: Path, names: Collection[str], privacy: "Privacy") -> None:
    """Make sure that a report is not put over or beside one that shows more.

    Parameters
    ----------
    folder
        Where it is to be.
    names
        Of the reports that may be there.
    privacy
        Its level.

    Raises
    ------
    InputError
        When there is one: it would be lost, or what was made of it would lie beside the new files.
    """
    from labelaudit.privacy import LEVELS

    for file in sorted(folder / name for name in names if (folder / name).exists()):
        found = read_report(file).privacy
        if LEVELS.index(found) > LEVELS.index(privacy):
            raise InputError(
                f"{file}: is {found}; one that is {privacy} shows less, and needs another folder",
                hint="name one with --output",
            )


def write_files(folder: Path, files: Mapping[str, bytes], stale: Collection[str] = ()) -> None:
    """Write files into a folder: all under temporary names, then each is renamed.

    Parameters
    ----------
    folder
        Made if it is not there.
    files
        Content of each, by name.
    stale
        Names of other files that an earlier run may have left: removed, as they are of another
        dataset than the new ones.

    Raises
    ------
    OutputError
        When one cannot be written; then none is changed.
    """
    temporary = {name: folder / f".{name}.{os.getpid()}.tmp" for name in files}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            with temporary[name].open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for name, path in temporary.items():
            path.replace(folder / name)
        for name in stale:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        for path in temporary.values():
            path.unlink(missing_ok=True)


def with_sums(files: Mapping[str, bytes], folder: Path | None = None) -> dict[str, bytes]:
    """Return files and the SHA256SUMS of them.

    Parameters
    ----------
    files
        Content of each, by name.
    folder
        Whose other files keep the sums that they have there; None when there are no others.

    Raises
    ------
    InputError
        When the sums of the folder cannot be read.
    """
    from labelaudit.release.sums import SUMS, parsed_sums, sums_of, sums_text

    before = folder / SUMS if folder else None
    kept = parsed_sums(before.read_bytes(), str(before)) if before and before.is_file() else {}
    return {**files, SUMS: sums_text(kept | sums_of(files)).encode()}


def _unwritable(folder: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{folder}: cannot be written: {error.strerror or error}",
        hint="make room, or name another folder with --output",
    )
