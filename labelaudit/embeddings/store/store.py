"""What was embedded before, kept by content hash, so that no image is embedded twice.

A store is a folder for each model, preprocessing and runtime, of shards that are written once.
Scans at the same time share it without a lock: a shard appears whole, and one that is damaged or
gone is as one that never was.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from errno import EACCES, ENOTDIR
from functools import lru_cache
from pathlib import Path
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.store.shard import NAME, is_intact, open_shard, write_shard, write_whole
from labelaudit.errors import OutputError

ABOUT = "store.json"
SHARD, SECONDS = 2048, 30  # a shard is written of so many images, or after so many seconds
N_OPEN = 128  # shards that are kept open; each takes one of the process's file descriptors

Kept = tuple[np.void, NDArray[np.float16]]


def default_cache() -> Path:
    """Return the folder for caches: ``$LABELAUDIT_CACHE``, or the user's own as XDG has it."""
    if said := os.environ.get("LABELAUDIT_CACHE"):
        return Path(said)
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base) / "labelaudit"
    try:
        return Path.home() / ".cache" / "labelaudit"
    except RuntimeError as error:
        raise OutputError(
            "there is no home folder to keep the cache in",
            hint="name a folder with --cache, or scan with --no-cache",
        ) from error


class Store:
    """The embeddings of one model and preprocessing.

    Reading is safe from several threads; `add` and `flush` belong to one.

    Parameters
    ----------
    folder
        Where the shards are; None to keep nothing.
    n_features
        Length of an embedding; shards of another length do not count.
    about
        What the store is of; written beside the shards for people and `labelaudit cache`.

    Raises
    ------
    OutputError
        When the folder cannot be made: better said before the images are embedded than after.
        It is made with the first of them, so that a scan that fails leaves none that is empty.
    """

    def __init__(
        self, folder: Path | None, n_features: int, about: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder
        self._n_features = n_features
        self._about = dict(about or {})
        self._pending: list[tuple[NDArray[np.uint8], NDArray[np.void], NDArray[np.float16]]] = []
        self._since = 0.0
        self._described = False
        self._paths: list[Path] = []
        self._intact: set[int] = set()
        self._lost: set[int] = set()
        self._open = lru_cache(N_OPEN)(open_shard)
        parts = self._digests(folder) if folder else []
        digests = np.concatenate([np.empty(0, dtype="S32"), *parts])
        self._starts = np.cumsum([0, *map(len, parts)])
        self._order = np.argsort(digests, kind="stable")
        self._sorted = digests[self._order]

    def get(self, digest: bytes) -> Kept | None:
        """Return the facts and the embedding of an image; None when they are not here.

        A shard's bytes are checked when it is first asked, and one that is damaged is removed.
        """
        key = np.bytes_(digest.rstrip(b"\0"))  # as NumPy returns an entry
        at = int(self._sorted.searchsorted(key))
        if at == len(self._sorted) or self._sorted[at] != key:
            return None
        place = int(self._order[at])
        number = int(self._starts.searchsorted(place, side="right")) - 1
        shard = self._shard(number)
        if shard is None:
            return None
        row = place - int(self._starts[number])
        return shard["facts"][0, row], shard["vectors"][0, row]

    def add(
        self, digests: NDArray[np.uint8], facts: NDArray[np.void], vectors: NDArray[np.float16]
    ) -> None:
        """Take new embeddings, and write a shard when there are enough, or it has been long.

        Raises
        ------
        OutputError
            When the folder cannot be written to; of a new store before the first are taken.
        """
        if self.folder is None or not len(digests):
            return
        if not self._described:
            self._describe(self.folder)
            self._described = True
        if not self._pending:
            self._since = monotonic()
        self._pending.append((digests, facts, vectors))
        n_pending = sum(len(digests) for digests, _, _ in self._pending)
        if n_pending >= SHARD or monotonic() - self._since >= SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what was added as one shard.

        Raises
        ------
        OutputError
            When it cannot be written; it is then still pending.
        """
        if not self._pending or self.folder is None:
            return
        digests, facts, vectors = (
            np.concatenate(part) for part in zip(*self._pending, strict=True)
        )
        try:
            write_shard(self.folder, digests, facts, vectors)
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        self._pending.clear()
        if not (self.folder / ABOUT).exists():  # it was cleaned during the scan
            self._describe(self.folder)

    def _describe(self, folder: Path) -> None:
        """Write what the store is of."""
        text = json.dumps(self._about, indent=2) + "\n"
        try:
            write_whole(folder / ABOUT, text.encode())
        except OSError as error:
            raise _unwritable(folder, error) from error

    def _digests(self, folder: Path) -> list[NDArray[np.bytes_]]:
        """Return the content hashes of every shard, and note where it is."""
        if not folder.is_dir():
            _check_can_be_made(folder)
            return []
        with suppress(OSError):  # the day of its last use; a store may be read-only
            os.utime(folder / ABOUT)
        parts = []
        for path in sorted(folder.iterdir()):
            if not NAME.fullmatch(path.name):
                continue
            try:
                digests = open_shard(path, self._n_features)["digests"][0]
            except Exception:  # noqa: BLE001, S112 - a damaged header makes NumPy raise anything
                continue
            parts.append(np.array(digests).view("S32").ravel())
            self._paths.append(path)
        return parts

    def _shard(self, number: int) -> NDArray[np.void] | None:
        """Return a shard, None when it is damaged or another process removed it."""
        if number in self._lost:
            return None
        path = self._paths[number]
        with suppress(OSError, ValueError):
            if number in self._intact or is_intact(path):
                self._intact.add(number)
                return self._open(path, self._n_features)
            path.unlink(missing_ok=True)
        self._lost.add(number)
        return None


def nearest(folder: Path) -> Path:
    """Return a folder or, when it is not there yet, the nearest one above that is."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _check_can_be_made(folder: Path) -> None:
    above = nearest(folder)
    if not above.is_dir():
        raise _unwritable(folder, NotADirectoryError(ENOTDIR, f"{above} is a file"))
    if not os.access(above, os.W_OK):
        raise _unwritable(folder, PermissionError(EACCES, os.strerror(EACCES)))


def _unwritable(folder: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{folder}: the cache cannot be written: {error.strerror or error}",
        hint="make room, name another folder with --cache, or scan with --no-cache",
    )
