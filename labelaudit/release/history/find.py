"""The reports below a folder, and the files there that are none."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from labelaudit.errors import InputError
from labelaudit.release.history.parts import Skipped
from labelaudit.render.json import from_json
from labelaudit.report import Report

REPORT: Final = "report.json"
MOST_BYTES: Final = 200_000_000  # of a file that is not called a report

Found = tuple[tuple[tuple[str, Report], ...], tuple[Skipped, ...]]


def find_reports(paths: Iterable[Path]) -> Found:
    """Return the reports among files and below folders, the oldest first, and what was left out.

    Files that are named have to be reports; below a folder, every ``.json`` file is looked at,
    and one that is no report is told. A report that is there twice is taken once.

    Parameters
    ----------
    paths
        Files and folders.

    Raises
    ------
    InputError
        When a path is not there, or a file that was named is no report, or there is no report.
    """
    found: list[tuple[str, Report]] = []
    skipped: list[Skipped] = []
    shown = ", ".join(map(str, paths := list(paths)))
    for path in paths:
        if not path.exists():
            raise InputError(f"{path}: is not there", hint="name a folder with reports, or reports")
        if not path.is_dir():
            found.append((path.name, _read(path, str(path))))
            continue
        for file in sorted(_documents(path)):
            where = file.relative_to(path).as_posix()
            try:
                found.append((where, _read_found(file, where)))
            except InputError as error:
                skipped.append(Skipped(file=where, reason=_why(error, where)))
    if not found:
        there = f"; {len(skipped):,} JSON files there are none" if skipped else ""
        raise InputError(
            f"{shown}: holds no report{there}",
            hint="name a folder with the report.json of several scans, or these files",
            details=[f"{each.file}: {each.reason}" for each in skipped],
        )
    found.sort(key=lambda pair: (pair[1].run.started, pair[0]))
    kept, twice = _once(found)
    return tuple(kept), (*skipped, *twice)


def _documents(folder: Path) -> Iterator[Path]:
    """Yield the JSON files below a folder, those in hidden folders left out."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root) / name for name in names if name.endswith(".json"))


def _read_found(file: Path, where: str) -> Report:
    """Return a report that was found, and not named."""
    if file.name != REPORT and file.stat().st_size > MOST_BYTES:
        raise InputError(f"{where}: too large for a report")
    return _read(file, where)


def _read(file: Path, where: str) -> Report:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "no UTF-8"
        raise InputError(
            f"{where}: cannot be read: {said}", hint="name the report.json of a scan"
        ) from error
    return from_json(text, where)


def _why(error: InputError, where: str) -> str:
    """Return what is wrong with a file, without its name."""
    return error.message.removeprefix(f"{where}: ")


def _once(found: list[tuple[str, Report]]) -> tuple[list[tuple[str, Report]], list[Skipped]]:
    """Return reports that differ, and those that are there again."""
    kept: list[tuple[str, Report]] = []
    twice: list[Skipped] = []
    for where, report in found:
        same = next((other for other, each in kept if each == report), None)
        if same is None:
            kept.append((where, report))
        else:
            twice.append(Skipped(file=where, reason=f"the same report as {same}"))
    return kept, twice
