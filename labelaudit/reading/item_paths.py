"""Paths that a manifest names: made plain, and refused where they leave its folder."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from labelaudit.reading.cells import blank, flat, is_text
from labelaudit.reading.folders import is_inside, printable, refusal
from labelaudit.reading.rows import Problems, quoted

OUTSIDE = r"^/|^\\|^[A-Za-z]:[/\\]|(^|[/\\])\.\.([/\\]|$)"
ADDRESS = r"^[A-Za-z][A-Za-z0-9+.\-]*://"
LONG_WINDED = r"(^|/)\./|//"
HINT = "write paths of files below the manifest's folder, relative to it"


def item_paths(
    column: pa.ChunkedArray,
    name: str,
    root: Path,
    problems: Problems,
    folders: pa.LargeStringArray | None = None,
) -> pa.LargeStringArray:
    """Return the paths of a column, ``./a//b.png`` as ``a/b.png``.

    Only the folders are listed, so that ten million paths are not looked up one by one. A file
    that is not there is no problem here.

    Parameters
    ----------
    column
        The paths.
    name
        Name of the column.
    root
        The folder that no path may leave, also not by a symbolic link.
    problems
        Takes the paths that are refused.
    folders
        What each path is relative to, such as ``train/``; None for the root.
    """
    cells = flat(column)
    if not (is_text(cells.type) or pa.types.is_null(cells.type)):
        problems.note(
            f"column {name!r} holds {cells.type}, not paths",
            "name the column of the paths with --image-column",
        )
        return pa.nulls(len(cells), pa.large_string()).fill_null("")
    paths = cells.cast(pa.large_string())
    problems.add(
        np.flatnonzero(blank(paths)),
        lambda _: f"column {name!r}: the path is blank",
        "give each row a path, or leave the row out",
    )
    paths = paths.fill_null("")
    paths = _inside(paths, problems)
    if folders is not None:
        paths = pc.binary_join_element_wise(folders, paths, pa.scalar("", paths.type))
    paths = plain_paths(paths)
    _check_links(paths, root, problems)
    return paths


def plain_paths(paths: pa.LargeStringArray) -> pa.LargeStringArray:
    """Return paths without steps that lead nowhere: ``./a//b.png`` as ``a/b.png``."""
    if not pc.any(pc.match_substring_regex(paths, LONG_WINDED)).as_py():
        return paths
    paths = pc.replace_substring_regex(paths, r"/(\./|/)+", "/")
    return pc.replace_substring_regex(paths, r"^(\./)+", "")


def _inside(paths: pa.LargeStringArray, problems: Problems) -> pa.LargeStringArray:
    """Note the paths that by their text alone lead elsewhere, and return them blank."""
    leaving = pc.match_substring_regex(paths, OUTSIDE)
    _refuse(paths, leaving, lambda _: "the path leaves the folder of the manifest", problems)
    nul = pc.match_substring(paths, "\0")
    _refuse(paths, nul, lambda _: "no file name has a NUL character", problems)
    address = pc.match_substring_regex(paths, ADDRESS)
    _refuse(paths, address, lambda _: "an address; nothing is downloaded", problems)
    return pc.if_else(pc.or_(pc.or_(leaving, nul), address), "", paths)


def _refuse(
    paths: pa.LargeStringArray,
    wrong: pa.BooleanArray,
    what: Callable[[str], str],
    problems: Problems,
) -> None:
    """Note the paths that are wrong."""

    def said(row: int) -> str:
        path = paths[row].as_py()
        return f"{quoted(path)}: {what(path)}"

    problems.add(np.flatnonzero(wrong.to_numpy(zero_copy_only=False)), said, HINT)


def _check_links(paths: pa.LargeStringArray, root: Path, problems: Problems) -> None:
    """Note paths that a symbolic link takes out of the root, and what is no file."""
    parents = pc.replace_substring_regex(paths, r"[^/]*$", "")
    outside: list[str] = []
    files: dict[str, str] = {}
    real = os.path.realpath(root)
    for folder in pc.unique(parents).to_pylist():
        if not is_inside(os.path.realpath(root / folder), real):
            outside.append(folder)
            continue
        try:
            with os.scandir(root / folder) as entries:
                for entry in entries:
                    if what := refusal(entry, real):
                        files[folder + printable(entry.name)] = what
        except OSError:
            continue  # a folder that is not there has no files, which the scan reports
    away = pc.is_in(parents, pa.array(outside, pa.large_string()))
    _refuse(paths, away, lambda _: "its folder is a symbolic link that leads outside", problems)
    wrong = pc.is_in(paths, pa.array(files.keys(), pa.large_string()))
    _refuse(paths, wrong, files.__getitem__, problems)
