"""What was embedded before, kept by content hash, so that no image is embedded twice.

A store is a folder for each model and preprocessing, of shards that are written once. A shard is
two ``.npy`` files; it counts only when the second, the facts, is there and fits the first.
"""

import hashlib
import os
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


def default_cache() -> Path:
    """Return the folder for caches: ``$LABELAUDIT_CACHE``, or the user's own as XDG has it."""
    if said := os.environ.get("LABELAUDIT_CACHE"):
        return Path(said)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "labelaudit"


class Store:
    """The embeddings of one model and preprocessing.

    Parameters
    ----------
    folder
        Where the shards are; None to keep nothing.
    n_features
        Length of an embedding; shards of another length do not count.
    """

    def __init__(self, folder: Path | None, n_features: int) -> None:
        self._folder = folder
        self._n_features = n_features
        self._pending: list[tuple[NDArray[np.void], NDArray[np.float16]]] = []
        self._shards = self._open_shards() if folder else []
        counts = [len(facts) for facts, _ in self._shards]
        contents = [facts["content"] for facts, _ in self._shards]
        content = np.concatenate(contents) if contents else np.empty(0, dtype="S32")
        self._order = np.argsort(content, kind="stable")
        self._sorted = content[self._order]
        self._starts = np.cumsum([0, *counts])

    def find(self, content: NDArray[np.bytes_]) -> NDArray[np.int64]:
        """Return where each content hash is kept, ``-1`` where it is not."""
        if not len(self._sorted):
            return np.full(len(content), -1, dtype=np.int64)
        place = np.minimum(np.searchsorted(self._sorted, content), len(self._sorted) - 1)
        return np.where(self._sorted[place] == content, self._order[place], -1)

    def get(self, place: int) -> tuple[np.void, NDArray[np.float16]]:
        """Return the facts and the embedding that `find` found."""
        shard = int(np.searchsorted(self._starts, place, side="right")) - 1
        facts, vectors = self._shards[shard]
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
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write(self._folder / f"{name}.vectors.npy", vectors)
            _write(self._folder / f"{name}.facts.npy", facts)
        except OSError as error:
            raise OutputError(
                f"{self._folder}: the cache cannot be written: {error.strerror or error}",
                hint="make room, name another folder with --cache, or scan with --no-cache",
            ) from error
        self._pending.clear()

    def _open_shards(self) -> list[tuple[NDArray[np.void], NDArray[np.float16]]]:
        assert self._folder is not None  # noqa: S101 - the caller looked
        shards = []
        for path in sorted(self._folder.glob("*.facts.npy")):
            try:
                facts = np.load(path, allow_pickle=False)
                vectors = np.load(
                    path.with_name(path.name.replace(".facts.", ".vectors.")),
                    mmap_mode="r" if self._n_features else None,
                    allow_pickle=False,
                )
            except (OSError, ValueError, EOFError):
                continue
            if facts.dtype == FACTS and vectors.shape == (len(facts), self._n_features):
                shards.append((facts, vectors))
        return shards


def _write(path: Path, array: NDArray[np.generic]) -> None:
    """Write an array so that the name exists only once the bytes are on disk."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            np.lib.format.write_array(file, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
