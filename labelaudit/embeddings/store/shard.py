"""One file of the store: some images' hashes, facts and embeddings, named by its own hash.

A shard is a ``.npy`` file of one record of three arrays, so the hashes can be read without the
rest. It appears whole or not at all, by a rename; the name tells whether a byte changed since.
"""

import hashlib
import os
import re
import secrets
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.images.looks import GRID, LOOKS

NAME = re.compile(r"[0-9a-f]{32}\.npy")
FACTS = np.dtype(
    [
        ("oddities", "<u2"),
        ("width", "<i4"),
        ("height", "<i4"),
        ("n_bytes", "<i8"),
        ("decoded", "u1", (32,)),
        ("signature", "u1", (GRID**2,)),
        ("looks", LOOKS),
    ]
)
SAID = ("oddities", "width", "height", "n_bytes")  # of `FACTS`, by the item itself
LAYOUT = "facts-5"  # of `FACTS`, and what each of them is; part of what a store is known by


def write_shard(
    folder: Path,
    digests: NDArray[np.uint8],
    facts: NDArray[np.void],
    vectors: NDArray[np.float16],
) -> Path:
    """Write a shard, and return its path.

    Parameters
    ----------
    folder
        Made when it is not there.
    digests, facts, vectors
        SHA-256, `FACTS` and embedding of each image, as many of each.

    Raises
    ------
    OSError
        When it cannot be written; then nothing is left of it.
    """
    record = np.zeros(1, dtype=shard_type(*vectors.shape))
    record["digests"], record["facts"], record["vectors"] = digests, facts, vectors
    out = BytesIO()
    np.lib.format.write_array(out, record, allow_pickle=False)
    data = out.getbuffer()
    path = folder / f"{hashlib.sha256(data).hexdigest()[:32]}.npy"
    write_whole(path, data)
    return path


def open_shard(path: Path, n_features: int) -> NDArray[np.void]:
    """Map a shard, whose bytes are not looked at yet; raise ``ValueError`` when it is none."""
    shard = np.load(path, mmap_mode="r", allow_pickle=False)
    n_images = shard.dtype["digests"].shape[0] if shard.dtype.names else 0
    if shard.shape != (1,) or shard.dtype != shard_type(n_images, n_features):
        raise ValueError(f"{path}: not a shard of this store")
    record: NDArray[np.void] = np.asarray(shard)
    return record


def is_intact(path: Path) -> bool:
    """Tell whether a shard's bytes are still those it was named by."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32] == path.stem


def shard_type(n_images: int, n_features: int) -> np.dtype[np.void]:
    """Return the type of a shard's record."""
    return np.dtype(
        [
            ("digests", "u1", (n_images, 32)),
            ("facts", FACTS, (n_images,)),
            ("vectors", "<f2", (n_images, n_features)),
        ]
    )


def write_whole(path: Path, data: bytes | memoryview) -> None:
    """Write a file so that its name exists only once its bytes are on disk.

    A file that has these bytes already stays as it is: where it is mapped, as another scan maps
    a shard, Windows does not let it be replaced. A folder that was removed meanwhile is made
    again.
    """
    if _has(path, data):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _write(path, data)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, data)


def _write(path: Path, data: bytes | memoryview) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            temporary.replace(path)
        except PermissionError:
            if not _has(path, data):  # else another scan wrote it at the same time
                raise
    finally:
        temporary.unlink(missing_ok=True)


def _has(path: Path, data: bytes | memoryview) -> bool:
    """Tell whether a file is there with these bytes."""
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False
