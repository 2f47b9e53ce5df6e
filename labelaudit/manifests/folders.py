"""What readers of folders share: a safe walk, split names, and what counts as an image."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import InputError

IMAGE_SUFFIXES = frozenset(
    {".avif", ".bmp", ".gif", ".jfif", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm"}
    | {".tif", ".tiff", ".webp"}
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


def split_name(text: str) -> str:
    """Return the usual name of a split: ``val`` and ``dev`` are ``validation``, and so on."""
    return SPLIT_ALIASES.get(text.lower(), text)


def encode_splits(names: Sequence[str | None]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Return the sorted names of the splits, and each item's position among them or -1."""
    found = sorted({name for name in names if name})
    position = {name: code for code, name in enumerate(found)}
    codes = (position[name] if name else -1 for name in names)
    return tuple(found), np.fromiter(codes, dtype=np.int32, count=len(names))


def walk(root: Path) -> tuple[list[PurePosixPath], list[PurePosixPath], Counter[str]]:
    """List the files and folders below a root.

    Parameters
    ----------
    root
        The folder.

    Returns
    -------
    Files and folders relative to the root, sorted; and how many hidden files were ignored.

    Raises
    ------
    InputError
        When a symbolic link leaves the root, or a name is not UTF-8.
    """
    files: list[PurePosixPath] = []
    folders: list[PurePosixPath] = []
    ignored: Counter[str] = Counter()
    problems: list[str] = []
    for top, names, leaves in os.walk(root, followlinks=True):
        here = Path(top)
        for name in list(names):
            hidden = name.startswith(".") or name == "__MACOSX"
            if hidden:
                names.remove(name)
                count = sum(len(inside) for _, _, inside in os.walk(here / name))
                ignored["hidden, or __MACOSX"] += count
                continue
            relative = PurePosixPath((here / name).relative_to(root).as_posix())
            if (here / name).is_symlink():
                names.remove(name)
                problems.append(f"{_shown(relative)}: a symbolic link to a folder")
                continue
            folders.append(relative)
        for name in leaves:
            relative = PurePosixPath((here / name).relative_to(root).as_posix())
            if name.startswith("."):
                ignored["hidden, or __MACOSX"] += 1
            elif problem := unsafe(root, relative):
                problems.append(f"{_shown(relative)}: {problem}")
            else:
                files.append(relative)
    if problems:
        raise InputError(
            f"{root}: {len(problems):,} paths are refused",
            details=sorted(problems),
            hint="put the files themselves below the folder, under names in UTF-8",
        )
    return sorted(files), sorted(folders), ignored


def unsafe(root: Path, relative: PurePosixPath) -> str:
    """Say why a path below a root is refused; an empty string when it is not."""
    if relative.is_absolute() or ".." in relative.parts:
        return "the path leaves the folder of the manifest"
    try:
        str(relative).encode()
    except UnicodeEncodeError:
        return "the name is not UTF-8"
    path = root / relative
    if path.is_symlink() and not path.resolve().is_relative_to(root.resolve()):
        return "a symbolic link that leaves the folder"
    return ""


def _shown(path: PurePosixPath) -> str:
    """Return a path that can be printed, whatever its bytes."""
    return str(path).encode("utf-8", "backslashreplace").decode()
