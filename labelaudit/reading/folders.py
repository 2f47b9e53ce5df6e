"""What readers of folders share: a safe walk, split names, and what counts as an image."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labelaudit.errors import InputError
from labelaudit.reading.cells import encode
from labelaudit.verdicts import VERDICTS_FILE

IMAGE_SUFFIXES = (
    *(".apng", ".avif", ".bmp", ".dcm", ".dicom", ".gif", ".heic", ".heif", ".icns", ".ico"),
    *(".j2k", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".mpo", ".pbm", ".pgm", ".png", ".pnm"),
    *(".ppm", ".tif", ".tiff", ".webp"),
)
SPLIT_ALIASES = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
    "eval": "test",
    "evaluation": "test",
}
HIDDEN = "hidden, or __MACOSX"
OWN = frozenset({VERDICTS_FILE, ".labelaudit"})  # what labelaudit writes beside a dataset


def is_image(path: str) -> bool:
    """Tell by its name whether a file is an image."""
    return path.lower().endswith(IMAGE_SUFFIXES)


def is_hidden(name: str) -> bool:
    """Tell whether a file or folder is no part of a dataset."""
    return name.startswith(".") or name == "__MACOSX"


def split_name(text: str) -> str:
    """Return the usual name of a split: ``val`` and ``dev`` are ``validation``, and so on."""
    return SPLIT_ALIASES.get(text.lower(), text)


def encode_splits(
    names: Sequence[str | None] | pa.LargeStringArray,
) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Return the sorted usual names of the splits, and each item's position or ``-1``.

    Examples
    --------
    >>> splits, codes = encode_splits(["val", None, "train", "dev"])
    >>> splits, codes.tolist()
    (('train', 'validation'), [1, -1, 0, 1])
    """
    coded = encode(pa.array(names, type=pa.large_string()))
    usual = [split_name(value.strip()) for value in coded.values]
    found = tuple(sorted(set(usual)))
    position = np.array([*map(found.index, usual), -1], dtype=np.int32)
    return found, position[coded.codes]


def walk(root: Path) -> tuple[list[str], list[str], Counter[str]]:
    """List the files and folders below a root.

    Parameters
    ----------
    root
        The folder.

    Returns
    -------
    Files and folders relative to the root, with forward slashes, sorted; and how many hidden
    files were ignored.

    Raises
    ------
    InputError
        When a symbolic link leaves the root or leads to a folder, a name is not UTF-8, a folder
        cannot be opened, or something is neither a file nor a folder.
    """
    files: list[str] = []
    folders: list[str] = []
    ignored: Counter[str] = Counter()
    problems: list[str] = []
    real = os.path.realpath(root)
    pending = [""]
    while pending:
        above = pending.pop()
        for entry in _entries(root, above, problems):
            path = above + entry.name
            if path in OWN:
                continue  # no part of the dataset
            if is_hidden(entry.name):
                ignored[HIDDEN] += _count(entry)
            elif what := refusal(entry, real):
                problems.append(f"{printable(path)}: {what}")
            elif entry.is_dir():
                folders.append(path)
                pending.append(path + "/")
            else:
                files.append(path)
    if problems:
        raise InputError(
            f"{root}: paths are refused",
            details=sorted(problems),
            hint="put the files themselves below the folder, under names in UTF-8",
        )
    return sorted(files), sorted(folders), ignored


def _entries(root: Path, above: str, problems: list[str]) -> list[os.DirEntry[str]]:
    """Return what a folder holds; note when it cannot be opened."""
    try:
        with os.scandir(root / above) as entries:
            return list(entries)
    except OSError as error:
        problems.append(f"{above or '.'}: cannot be opened; {error.strerror}")
        return []


def refusal(entry: os.DirEntry[str], root: str) -> str:
    """Say why a file or folder is refused; an empty string when it is not.

    Parameters
    ----------
    entry
        The file or folder.
    root
        Real path of the folder that no symbolic link may leave.
    """
    if printable(entry.name) != entry.name:
        return "the name is not UTF-8"
    try:
        plain = entry.is_file() or entry.is_dir()
    except OSError:
        return "a symbolic link that leads nowhere"
    if entry.is_symlink():
        real = os.path.realpath(entry.path)
        if not is_inside(real, root):
            return "a symbolic link that leaves the folder"
        if entry.is_dir():
            return "a symbolic link to a folder"
        plain = plain or not os.path.lexists(real)
    return "" if plain else "neither a file nor a folder"


def is_inside(path: str, root: str) -> bool:
    """Tell whether a real path is a root or below it."""
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def printable(name: str) -> str:
    """Return a name that can be encoded, whatever its bytes."""
    return name.encode("utf-8", "backslashreplace").decode()


def _count(entry: os.DirEntry[str]) -> int:
    """Return how many files a hidden entry is or holds."""
    if entry.is_dir(follow_symlinks=False):
        return sum(len(files) for _, _, files in os.walk(entry.path))
    return 1
