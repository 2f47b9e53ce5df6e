"""What was embedded before, kept by content hash, so that no image is embedded twice.

A store is a folder for each model and preprocessing, of shards that are written once. A shard is
two ``.npy`` files; it counts only when the second, the facts, is there and fits the first.
"""

import hashlib
import os
import secrets
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.decode import SIGNATURE_SIDE
from labelaudit.errors import OutputError

FACTS = np.dtype(
    [
        ("content", "S32"),
        ("oddities", "u2"),
        ("width", "i4"),
        ("height", "i4"),
        ("signature", "u1", (SIGNATURE_SIDE**2,)),
    ]
)
N_OPEN = 64  # shards that are kept open; each takes two of the process's file descriptors

Shard = tuple[NDArray[np.void], NDArray[np.float16]]


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

    Parameters
    ----------
    folder
        Where the shards are; None to keep nothing.
    n_features
        Length of an embedding; shards of another length do not count.

    Raises
    ------
    OutputError
        When the folder cannot be made: better before the images are embedded than after.
    """

    def __init__(self, folder: Path | None, n_features: int) -> None:
        self._folder = folder
        self._n_features = n_features
        self._pending: list[Shard] = []
        self._paths: list[Path] = []
        self._open = lru_cache(N_OPEN)(self._open_shard)
        contents = self._contents() if folder else []
        content = np.concatenate(contents) if contents else np.empty(0, dtype="S32")
        self._order = np.argsort(content, kind="stable")
        self._sorted = content[self._order]
        self._starts = np.cumsum([0, *map(len, contents)])

    def find(self, content: NDArray[np.bytes_]) -> NDArray[np.int64]:
        """Return where each content hash is kept, ``-1`` where it is not."""
        if not len(self._sorted):
            return np.full(len(content), -1, dtype=np.int64)
        place = np.minimum(np.searchsorted(self._sorted, content), len(self._sorted) - 1)
        return np.where(self._sorted[place] == content, self._order[place], -1)

    def get(self, place: int) -> tuple[np.void, NDArray[np.float16]]:
        """Return the facts and the embedding that `find` found."""
        shard = int(np.searchsorted(self._starts, place, side="right")) - 1
        try:
            facts, vectors = self._open(self._paths[shard])
        except (OSError, ValueError) as error:
            raise OutputError(
                f"{self._paths[shard]}: the cache was changed while it was in use: {error}",
                hint="scan again",
            ) from error
        row = place - int(self._starts[shard])
        return facts[row], vectors[row]

    def add(self, facts: NDArray[np.void], vectors: NDArray[np.float16]) -> None:
        """Take new embeddings; they are on disk after the next `flush`."""
        if self._folder and len(facts):
            self._pending.append((facts, vectors))

    @property
    def n_pending(self) -> int:
        """Embeddings that are not on disk yet."""
        return sum(len(facts) for facts, _ in self._pending)

    def flush(self) -> None:
        """Write what was added as one shard."""
        if not self._pending or self._folder is None:
            return
        facts = np.concatenate([part for part, _ in self._pending])
        vectors = np.concatenate([part for _, part in self._pending])
        name = hashlib.sha256(facts["content"].tobytes()).hexdigest()[:16]
        facts_path = self._folder / f"{name}.facts.npy"
        try:
            _write(_vectors_path(facts_path), vectors)
            _write(facts_path, facts)
        except OSError as error:
            if not facts_path.exists():
                _vectors_path(facts_path).unlink(missing_ok=True)
            raise _unwritable(self._folder, error) from error
        self._pending.clear()

    def _contents(self) -> list[NDArray[np.bytes_]]:
        """Return the content hashes of every whole shard, and note where it is."""
        assert self._folder is not None  # noqa: S101 - the caller looked
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(self._folder, error) from error
        contents = []
        for path in sorted(self._folder.glob("*.facts.npy")):
            try:
                facts, _ = self._open_shard(path)
            except Exception:  # noqa: BLE001, S112 - a damaged header makes NumPy raise anything
                continue
            contents.append(np.array(facts["content"]))
            self._paths.append(path)
        return contents

    def _open_shard(self, path: Path) -> Shard:
        """Map a shard into memory; raise ``ValueError`` when it is not whole."""
        facts = np.load(path, mmap_mode="r", allow_pickle=False)
        vectors = np.load(
            _vectors_path(path),
            mmap_mode="r" if self._n_features else None,
            allow_pickle=False,
        )
        whole = vectors.dtype == np.float16 and vectors.shape == (len(facts), self._n_features)
        if facts.dtype != FACTS or not whole:
            raise ValueError(f"{path}: not a shard of this store")
        return facts, vectors


def _vectors_path(facts: Path) -> Path:
    return facts.with_name(facts.name.replace(".facts.", ".vectors."))


def _unwritable(folder: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{folder}: the cache cannot be written: {error.strerror or error}",
        hint="make room, name another folder with --cache, or scan with --no-cache",
    )


def _write(path: Path, array: NDArray[np.generic]) -> None:
    """Write an array so that the name exists only once the bytes are on disk."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("wb") as file:
            np.lib.format.write_array(file, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
