"""The files beside a report: by their sums, and by drawing them again."""

from collections.abc import Mapping
from hashlib import file_digest
from pathlib import Path
from typing import Final

from labelaudit import __version__
from labelaudit.errors import InputError
from labelaudit.release.sums import MORE_SUMS, SUMS, parsed_sums
from labelaudit.release.verify.outcome import Difference, Found, together
from labelaudit.report import Report

SOURCE: Final = "report.json"
TABLES: Final = ("issues.csv", "issues.parquet", "items.parquet", "soft_labels.parquet")
PAGES: Final = (
    *("report.html", "summary.md", "card.md", "metrics.json"),
    *("label.svg", "label-dark.svg", "label.png"),
)
ADDED: Final = ("gate.json", "policy.toml", "environment.json")  # by a gate, and by a bundle
DRAWN_ELSEWHERE: Final = ".png"  # drawn by a library whose versions may differ in a dot
OWN_TEMPLATES: Final = " (by our templates; name others with --templates)"
SHORT: Final = 12
AROUND: Final = 60  # characters shown of a place that differs


def check_sums(folder: Path) -> Found:
    """Hold the files of a folder against its SHA256SUMS."""
    there = {name for name in (*TABLES, *PAGES, SOURCE) if (folder / name).is_file()}
    try:
        sums = parsed_sums((folder / SUMS).read_bytes())
    except FileNotFoundError:
        others = ", ".join(name for name in TABLES if name in there)
        why = f", so {others} could be any" if others else ""
        return Found(unchecked=(f"{SUMS}: there is none beside the report{why}",))
    except (InputError, OSError) as error:
        return Found(differences=(Difference("file", SUMS, str(error).partition("\n")[0]),))
    missed = [Difference("file", name, f"is not in {SUMS}") for name in sorted(there - set(sums))]
    more = _check_more(folder, sums)
    return together([Found(differences=tuple(missed)), _held(folder, SUMS, sums), more])


def _held(folder: Path, title: str, sums: Mapping[str, str]) -> Found:
    """Hold files against a list of sums."""
    listed = [name for name in sums if _is_there(folder / name)]
    wrong = {name: found for name in listed if (found := _sum_of(folder / name)) != sums[name]}
    right = f"{len(listed) - len(wrong):,} of {len(listed):,}" if wrong else f"all {len(listed):,}"
    gone = [name for name in sums if name not in listed]
    return Found(
        (f"{title}: {right} files that are there are as listed",),
        (f"{title} lists {', '.join(gone)}, which {_are_not(len(gone))} there",) if gone else (),
        tuple(
            Difference("file", name, _said(title, found, sums[name]))
            for name, found in wrong.items()
        ),
    )


def _check_more(folder: Path, sums: Mapping[str, str]) -> Found:
    """Hold the files that a bundle added against their own list, which nobody signed."""
    added = [name for name in ADDED if name not in sums and _is_there(folder / name)]
    try:
        more = parsed_sums((folder / MORE_SUMS).read_bytes(), MORE_SUMS)
    except FileNotFoundError:
        said = f"{', '.join(added)}: no list of sums has {'it' if len(added) == 1 else 'them'}"
        return Found(unchecked=(said,) if added else ())
    except (InputError, OSError) as error:
        return Found(differences=(Difference("file", MORE_SUMS, str(error).partition("\n")[0]),))
    unsigned = f"who issued {', '.join(more)}: {MORE_SUMS} is not signed"
    missed = [
        Difference("file", name, f"is not in {MORE_SUMS}") for name in added if name not in more
    ]
    told = Found(unchecked=(unsigned,) if more else (), differences=tuple(missed))
    return together([_held(folder, MORE_SUMS, more), told])


def check_pages(report: Report, folder: Path, templates: Path | None) -> Found:
    """Hold the pages and pictures beside a report against what it gives.

    Parameters
    ----------
    report
        The report.
    folder
        Where it lies.
    templates
        Folder of templates that they were made with; None for ours.
    """
    pages = [name for name in PAGES if (folder / name).is_file()]
    if not pages:
        return Found()
    if report.tool_version != __version__:
        why = f"made by labelaudit {report.tool_version}, and this is {__version__}"
        return Found(unchecked=(f"{', '.join(pages)}: not drawn again: {why}",))
    from labelaudit.render.files import RENDERINGS

    same, unsure, differences = [], [], []
    for name in pages:
        found, given = (folder / name).read_bytes(), RENDERINGS[name](report, templates)
        if found == given:
            same.append(name)
        elif name.endswith(DRAWN_ELSEWHERE) and _is_listed(folder, name):
            unsure.append(f"{name}: is as {SUMS} has it, and is drawn otherwise here")
        else:
            said = "" if name.endswith(DRAWN_ELSEWHERE) else _where(found, given)
            made = OWN_TEMPLATES if name == "report.html" and templates is None else ""
            differences.append(Difference("file", name, f"is not what {SOURCE} gives{made}{said}"))
    checked = (f"{', '.join(same)}: what {SOURCE} gives",) if same else ()
    return Found(checked, tuple(unsure), tuple(differences))


def _is_there(file: Path) -> bool:
    """Return whether there is a file; of a name that no file can have, there is none."""
    try:
        return file.is_file()
    except OSError:
        return False


def _are_not(n: int) -> str:
    """Return the verb of so many files that are missing."""
    return "is not" if n == 1 else "are not"


def _said(title: str, found: str, listed: str) -> str:
    return f"its SHA-256 is {found[:SHORT]}..., in {title} it is {listed[:SHORT]}..."


def _is_listed(folder: Path, name: str) -> bool:
    try:
        sums = parsed_sums((folder / SUMS).read_bytes())
    except (InputError, OSError):
        return False
    return sums.get(name) == _sum_of(folder / name)


def _sum_of(file: Path) -> str:
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def _where(found: bytes, given: bytes) -> str:
    """Say in which line a page differs first, what it says and what it should."""
    ours, theirs = (content.decode(errors="replace") for content in (found, given))
    ends = min(len(ours), len(theirs))
    start = next((at for at in range(ends) if ours[at] != theirs[at]), ends)
    line = ours.count("\n", 0, start) + 1
    said, should = (_line_from(text, start) for text in (ours, theirs))
    return f": line {line:,} says {said!r}, and should say {should!r}"


def _line_from(text: str, at: int) -> str:
    """Return what stands around a place, of its own line."""
    start = max(text.rfind("\n", 0, at) + 1, at - AROUND // 2)
    end = text.find("\n", at)
    return text[start : min(end if end >= 0 else len(text), at + AROUND)]
