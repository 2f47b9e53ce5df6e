"""Read, hash, decode and embed every image once, several at a time, in the items' order."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labelaudit.dataset import Dataset, Media
from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.decode import (
    POLICY,
    SIGNATURE_SIDE,
    Status,
    UnreadableError,
    decode,
    pillow_warnings_ignored,
    signature,
)
from labelaudit.embeddings.model import Model, run_model
from labelaudit.embeddings.preprocessing import fit
from labelaudit.embeddings.store import FACTS, Store
from labelaudit.errors import ModelError
from labelaudit.progress import Progress

CHUNK = 32
SHARD = 2048


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Content:
    """What the files themselves say, one row an item.

    Attributes
    ----------
    digests
        SHA-256 of the bytes, zeros where there are none, shape ``(n_samples, 32)``.
    status
        A `Status` an item.
    oddities
        `Oddity` flags an item.
    sizes
        Stored width and height in pixels, 0 when unreadable, shape ``(n_samples, 2)``.
    signatures
        16 x 16 gray copies, shape ``(n_samples, 256)``.
    reasons
        Why an item is unreadable, by row.
    """

    digests: NDArray[np.uint8]
    status: NDArray[np.uint8]
    oddities: NDArray[np.uint16]
    sizes: NDArray[np.int32]
    signatures: NDArray[np.uint8]
    reasons: dict[int, str]

    @property
    def readable(self) -> NDArray[np.bool_]:
        """Whether each item's image was decoded."""
        readable: NDArray[np.bool_] = self.status == Status.OK
        return readable


@dataclass(slots=True)
class _Chunk:
    """One task's results; rows count from the chunk's first item."""

    content: NDArray[np.bytes_]
    status: NDArray[np.uint8]
    facts: NDArray[np.void]
    vectors: NDArray[np.float16]
    places: NDArray[np.int64]
    reasons: dict[int, str] = field(default_factory=dict)


def store_for(cache: Path | None, model: Model | None) -> Store:
    """Return the store of a model's embeddings, or of the facts alone without a model."""
    n_features = model.n_features if model else 0
    if cache is None:
        return Store(None, n_features)
    if model is None:
        return Store(cache / "facts" / POLICY, 0)
    said = f"{POLICY}\n{model.sha256}\n{model.preprocessing.text()}\n{model.provider}"
    key = hashlib.sha256(said.encode()).hexdigest()[:32]
    return Store(cache / "embeddings" / key, n_features)


def read_content(
    dataset: Dataset, model: Model | None, store: Store, *, n_threads: int, progress: Progress
) -> tuple[Content, Embeddings | None, int]:
    """Read every image of a dataset, and embed those that the store does not have.

    New embeddings are written as they come, so a scan that was killed goes on where it was, at
    most one shard back; one that fails or is interrupted keeps what it has.

    Parameters
    ----------
    dataset
        A dataset with media.
    model
        The embedding model; None to look at the files alone.
    store
        What was embedded before, of the same model.
    n_threads
        Images are read, decoded and embedded in so many threads.
    progress
        Told after each chunk.

    Returns
    -------
    What the files say, the embeddings (None without a model), and how many came from the store.
    """
    media = dataset.media
    if media is None:
        raise ValueError("the dataset has no media")
    n = dataset.n_samples
    content = _blank(n)
    vectors = np.zeros((n, model.n_features if model else 0), dtype=np.float16)
    starts = range(0, n, CHUNK)

    def task(start: int) -> _Chunk:
        return _read_chunk(media, range(start, min(start + CHUNK, n)), model, store)

    n_known = 0
    with pillow_warnings_ignored(), ThreadPoolExecutor(n_threads) as pool:
        chunks = _in_order(pool, task, starts, 4 * n_threads)
        try:
            for start, chunk in zip(starts, chunks, strict=True):
                n_known += _take(
                    chunk, slice(start, start + len(chunk.status)), content, vectors, store
                )
                if store.n_pending >= SHARD:
                    store.flush()
                progress("reading images", min(start + CHUNK, n), n)
        finally:
            pool.shutdown(cancel_futures=True)
            store.flush()
    if model is None:
        return content, None, n_known
    embedded = Embeddings(
        vectors=vectors,
        present=content.readable,
        model=model.name,
        model_sha256=model.sha256,
        preprocessing=f"{POLICY} {model.preprocessing.text()}",
    )
    return content, embedded, n_known


def _blank(n: int) -> Content:
    return Content(
        digests=np.zeros((n, 32), dtype=np.uint8),
        status=np.zeros(n, dtype=np.uint8),
        oddities=np.zeros(n, dtype=np.uint16),
        sizes=np.zeros((n, 2), dtype=np.int32),
        signatures=np.zeros((n, SIGNATURE_SIDE**2), dtype=np.uint8),
        reasons={},
    )


def _in_order(
    pool: ThreadPoolExecutor, task: Callable[[int], _Chunk], starts: range, ahead: int
) -> Iterator[_Chunk]:
    """Yield the results of tasks in order, with only so many of them under way."""
    waiting: deque[Future[_Chunk]] = deque()
    rest = iter(starts)
    waiting.extend(pool.submit(task, start) for start in islice(rest, ahead))
    while waiting:
        yield waiting.popleft().result()
        waiting.extend(pool.submit(task, start) for start in islice(rest, 1))


def _read_chunk(media: Media, rows: range, model: Model | None, store: Store) -> _Chunk:
    """Hash the chunk's files, then decode and embed those that are not in the store."""
    n = len(rows)
    chunk = _Chunk(
        content=np.zeros(n, dtype="S32"),
        status=np.zeros(n, dtype=np.uint8),
        facts=np.zeros(n, dtype=FACTS),
        vectors=np.zeros((n, model.n_features if model else 0), dtype=np.float16),
        places=np.full(n, -1, dtype=np.int64),
    )
    blobs: dict[int, bytes] = {}
    for at, row in enumerate(rows):
        try:
            blobs[at] = media.read(row)
            chunk.content[at] = hashlib.sha256(blobs[at]).digest()
        except (OSError, ValueError) as error:  # a NUL in a path, damaged Parquet: ValueError
            chunk.status[at] = Status.MISSING
            chunk.reasons[at] = f"cannot be opened: {getattr(error, 'strerror', None) or error}"
    chunk.places = np.where(chunk.status == Status.OK, store.find(chunk.content), -1)
    inputs: dict[int, NDArray[np.generic]] = {}
    for at, data in blobs.items():
        if chunk.places[at] < 0:
            _decode_into(chunk, at, data, model, inputs)
    if model is not None and inputs:
        made = run_model(model, np.stack(list(inputs.values())))
        chunk.vectors[list(inputs)] = _half(model, made, [rows[at] for at in inputs])
    return chunk


def _decode_into(
    chunk: _Chunk,
    at: int,
    data: bytes,
    model: Model | None,
    inputs: dict[int, NDArray[np.generic]],
) -> None:
    """Decode one image into the chunk's facts and the model's inputs."""
    edge = max(model.preprocessing.shortest_edge if model else 0, SIGNATURE_SIDE)
    try:
        decoded = decode(data, at_least=edge)
    except UnreadableError as error:
        chunk.status[at] = error.status
        chunk.reasons[at] = str(error)
        return
    chunk.facts[at] = (
        chunk.content[at],
        decoded.oddities,
        decoded.width,
        decoded.height,
        signature(decoded.image),
    )
    if model is not None:
        inputs[at] = fit(decoded.image, model.preprocessing)


def _take(
    chunk: _Chunk,
    rows: slice,
    content: Content,
    vectors: NDArray[np.float16],
    store: Store,
) -> int:
    """Put a chunk's results in their rows, keep the new ones; return how many were known."""
    for at in np.flatnonzero(chunk.places >= 0):
        chunk.facts[at], chunk.vectors[at] = store.get(int(chunk.places[at]))
    hashed = chunk.content.view(np.uint8).reshape(-1, 32)
    content.digests[rows] = hashed
    content.status[rows] = chunk.status
    content.oddities[rows] = chunk.facts["oddities"]
    content.sizes[rows, 0] = chunk.facts["width"]
    content.sizes[rows, 1] = chunk.facts["height"]
    content.signatures[rows] = chunk.facts["signature"]
    content.reasons.update({rows.start + at: why for at, why in chunk.reasons.items()})
    vectors[rows] = chunk.vectors
    new = (chunk.places < 0) & (chunk.status == Status.OK)
    store.add(chunk.facts[new], chunk.vectors[new])
    return int((chunk.places >= 0).sum())


def _half(model: Model, vectors: NDArray[np.floating], items: list[int]) -> NDArray[np.float16]:
    """Return embeddings in half precision, cut at its largest number; refuse NaN and infinity."""
    bad = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(bad):
        raise ModelError(
            f"{model.name}: the model returned NaN or infinity for image {items[bad[0]]:,}, "
            "counted from 0",
            hint="is the preprocessing declared as the model was trained?",
        )
    limit = float(np.finfo(np.float16).max)
    half: NDArray[np.float16] = np.clip(vectors, -limit, limit).astype(np.float16)
    return half
