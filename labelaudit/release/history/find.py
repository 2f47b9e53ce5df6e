"""The reports below a folder, and the files there that are none."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from labelaudit.errors import InputError
from labelaudit.release.history.parts import Skipped
from labelaudit.release.history.tags import tagged_reports
from labelaudit.render.json import from_json
from labelaudit.report import Report

REPORT: Final = "report.json"
# What is written beside reports: told by name, and not file by file.
OWN: Final = frozenset(
    {
        "badge.json",
        "diff.json",
        "gate.json",
        "gl-code-quality-report.json",
        "history.json",
        "labelaudit-baseline.json",
        "metrics.json",
    }
)
MOST_BYTES: Final = 200_000_000  # of a file that is not called a report

Found = tuple[tuple[tuple[str, Report], ...], tuple[Skipped, ...]]


def find_reports(paths: Iterable[Path], tagged: Path | None = None) -> Found:
    """Return the reports among files and below folders, the oldest first, and what was left out.

    Files that are named have to be reports; below a folder, every ``.json`` file is looked at,
    and one that is no report is told. A report that is there twice is taken once.

    Parameters
    ----------
    paths
        Files and folders.
    tagged
        A report in a git repository, of which that of every tag is taken.

    Raises
    ------
    InputError
        When a path is not there, or a file that was named is no report, or there is no report.
    """
    found: list[tuple[str, Report]] = []
    skipped: list[Skipped] = []
    named = [str(path) for path in paths]
    for path in map(Path, named):
        if path.is_dir():
            more, others = _below(path, f"{path.name}/" if path.name and len(named) > 1 else "")
        elif path.exists():
            where = "/".join(filter(None, (path.parent.name, path.name)))
            more, others = [(where, _read(path, str(path)))], []
        else:
            raise InputError(f"{path}: is not there", hint="name a folder with reports, or reports")
        found, skipped = found + more, skipped + others
    if tagged is not None:
        more, others = tagged_reports(tagged)
        found, skipped = found + more, skipped + others
        named.append(f"{tagged} at the tags")
    if not found:
        there = f"; {len(skipped):,} files there are none" if skipped else ""
        raise InputError(
            f"{', '.join(named)}: holds no report{there}",
            hint="name a folder with the report.json of several scans, or these files",
            details=[f"{each.file}: {each.reason}" for each in skipped],
        )
    found.sort(key=lambda pair: (pair[1].run.started, pair[0]))
    kept, twice = _once(found)
    return tuple(kept), (*skipped, *twice)


def _below(folder: Path, called: str) -> tuple[list[tuple[str, Report]], list[Skipped]]:
    """Return the reports below a folder, and the JSON files that are none."""
    found: list[tuple[str, Report]] = []
    skipped: list[Skipped] = []
    own: Counter[str] = Counter()
    for file in sorted(_documents(folder)):
        where = called + file.relative_to(folder).as_posix()
        if file.name in OWN:
            own[file.name] += 1
            continue
        try:
            found.append((where, _read_found(file, where)))
        except InputError as error:
            skipped.append(Skipped(file=where, reason=error.message.removeprefix(f"{where}: ")))
    for name, times in own.items():
        reason = f"{times:,} of this name: labelaudit writes it beside a report, and it is none"
        skipped.append(Skipped(file=called + name, reason=reason))
    return found, skipped


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
