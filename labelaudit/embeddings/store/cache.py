"""What the cache holds, and removing it: nothing is touched that a store did not write."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import time

import numpy as np

from labelaudit.embeddings.store.shard import NAME, is_intact
from labelaudit.embeddings.store.store import ABOUT
from labelaudit.errors import OutputError

PLACES = ("embeddings", "facts")  # as `content.store_for` lays them out
HOUR = 3600  # a file that is unfinished for so long belongs to a scan that was killed
UNFINISHED = re.compile(r"\.([0-9a-f]{32}\.npy|store\.json)\.[0-9a-f]{8}\.tmp")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptStore:
    """A store on disk.

    Attributes
    ----------
    folder
        Where it is.
    model
        Name of the model; empty when only facts of the files are kept.
    about
        What else its embeddings were made with.
    n_images, n_bytes
        Images in its shards, and size of its files.
    used
        When a scan last opened it, in seconds since 1970.
    """

    folder: Path
    model: str
    about: Mapping[str, str]
    n_images: int
    n_bytes: int
    used: float


def kept_stores(cache: Path) -> list[KeptStore]:
    """Return the stores in a cache, by model and then the latest used first."""
    folders = [folder for place in PLACES for folder in (cache / place).glob("*")]
    stores = [_kept(folder) for folder in folders if _is_store(folder)]
    return sorted(stores, key=lambda store: (store.model, -store.used, store.folder))


def remove_store(store: KeptStore) -> None:
    """Remove the files that a store wrote, and its folder when nothing else is in it.

    A scan that uses it meanwhile embeds its images again.

    Raises
    ------
    OutputError
        When a file cannot be removed.
    """
    try:
        for path in _files(store.folder):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"{error.filename}: cannot be removed: {error.strerror}",
            hint="who owns the cache?",
        ) from error
    with suppress(OSError):
        store.folder.rmdir()


def pulled_size(cache: Path) -> tuple[int, int]:
    """Return how many files of models that were pulled by name there are, and their bytes."""
    files = [path for path in (cache / "models").rglob("*") if path.is_file()]
    sizes = [path.stat().st_size for path in files if not path.is_symlink()]
    return len(sizes), sum(sizes)


def _is_store(folder: Path) -> bool:
    """Tell whether a store wrote to a folder: by what it says, else by a shard that is intact."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    if (folder / ABOUT).is_file():
        return True
    with suppress(OSError):
        return any(NAME.fullmatch(path.name) and is_intact(path) for path in folder.iterdir())
    return False


def _kept(folder: Path) -> KeptStore:
    files = _files(folder)
    about = _about(folder)
    return KeptStore(
        folder=folder,
        model=about.pop("model", ""),
        about=about,
        n_images=sum(_n_images(path) for path in files if NAME.fullmatch(path.name)),
        n_bytes=sum(path.stat().st_size for path in files),
        used=files[-1].stat().st_mtime,
    )


def _files(folder: Path) -> list[Path]:
    """Return the files in a folder that a store wrote, what it says of itself last."""
    named = [
        path
        for path in sorted(folder.iterdir())
        if (NAME.fullmatch(path.name) or _is_left_over(path)) and path.is_file()
    ]
    return [*named, *([about] if (about := folder / ABOUT).is_file() else [])]


def _is_left_over(path: Path) -> bool:
    """Tell whether a file is an unfinished one that no scan is about to rename."""
    if not UNFINISHED.fullmatch(path.name):
        return False
    try:
        return path.stat().st_mtime < time() - HOUR
    except OSError:  # it was renamed meanwhile
        return False


def _about(folder: Path) -> dict[str, str]:
    """Return what a store says of itself; nothing when that is damaged."""
    try:
        said = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in said.items()} if isinstance(said, dict) else {}


def _n_images(shard: Path) -> int:
    """Return how many images a shard has, from its header alone; 0 when that is damaged."""
    try:
        return int(np.load(shard, mmap_mode="r", allow_pickle=False)["digests"].shape[1])
    except Exception:  # noqa: BLE001 - a damaged header makes NumPy raise anything
        return 0
