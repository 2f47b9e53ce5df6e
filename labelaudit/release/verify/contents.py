"""The hash of every item's bytes, by several threads; nothing is decoded."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from labelaudit.dataset import Dataset, Modality
from labelaudit.embeddings.images.decode import Status
from labelaudit.embeddings.pipeline import UNREADABLE
from labelaudit.progress import Progress

CHUNK = 512  # items of one task


def read_contents(
    dataset: Dataset, *, n_threads: int, progress: Progress
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the hash of each item, and whether it is there.

    Returns
    -------
    SHA-256 of the bytes, zeros where there are none, shape ``(n_samples, 32)``; and a `Status`
    each: ``OK``, ``MISSING`` or ``EMPTY``.
    """
    n = dataset.n_samples
    digests = np.zeros((n, 32), dtype=np.uint8)
    status = np.full(n, Status.OK, dtype=np.uint8)
    media = dataset.media
    if media is None:
        return digests, status

    def read(rows: range) -> int:
        hashes, states = bytearray(), bytearray()
        for row in rows:
            try:
                data = media.read(row)
            except UNREADABLE:
                hashes += bytes(32)
                states.append(Status.MISSING)
                continue
            hashes += sha256(data).digest()
            states.append(Status.EMPTY if _is_empty(data, dataset.modality) else Status.OK)
        digests[rows.start : rows.stop] = np.frombuffer(hashes, dtype=np.uint8).reshape(-1, 32)
        status[rows.start : rows.stop] = np.frombuffer(states, dtype=np.uint8)
        return rows.stop

    chunks = (range(start, min(start + CHUNK, n)) for start in range(0, n, CHUNK))
    with ThreadPoolExecutor(n_threads) as pool:
        try:
            for done in pool.map(read, chunks):
                progress(f"reading {dataset.modality}s", done, n)
        finally:
            pool.shutdown(cancel_futures=True)
    return digests, status


def _is_empty(data: bytes, modality: Modality) -> bool:
    """Return whether there is nothing in an item, as a scan has it."""
    if modality == "image":
        return not data
    try:
        return not data.decode().strip()
    except UnicodeDecodeError:
        return False
