"""Read, hash, decode and embed every image once, several at a time, in the items' order."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from math import ceil
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
from labelaudit.embeddings.row_file import RowFile
from labelaudit.embeddings.shard import FACTS
from labelaudit.embeddings.store import Store
from labelaudit.errors import ModelError
from labelaudit.progress import Progress

CHUNK = 16  # images of one task, at least: few enough that threads end together
HALF = np.finfo(np.float16)


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

    digests: NDArray[np.uint8]
    status: NDArray[np.uint8]
    known: NDArray[np.bool_]
    facts: NDArray[np.void]
    vectors: NDArray[np.float16]
    reasons: dict[int, str] = field(default_factory=dict)


def store_for(cache: Path | None, model: Model | None) -> Store:
    """Return the store of a model's embeddings, or of the facts alone without a model."""
    n_features = model.n_features if model else 0
    if cache is None:
        return Store(None, n_features)
    if model is None:
        return Store(cache / "facts" / POLICY, 0, {"decoding": POLICY})
    import onnxruntime

    made_by = {
        "decoding": POLICY,
        "model_sha256": model.sha256,
        "preprocessing": model.preprocessing.text(),
        "provider": model.provider,
        "onnxruntime": onnxruntime.__version__,
    }
    key = hashlib.sha256("\n".join(made_by.values()).encode()).hexdigest()[:32]
    return Store(cache / "embeddings" / key, n_features, {"model": model.name} | made_by)


def read_content(
    dataset: Dataset, model: Model | None, store: Store, *, n_threads: int, progress: Progress
) -> tuple[Content, Embeddings | None, int]:
    """Read every image of a dataset, and embed those that the store does not have.

    New embeddings are written as they come, so a scan that was killed goes on where it was, at
    most one shard back; one that fails or is interrupted keeps what it has. Each thread holds one
    encoded image and one batch of inputs; the embeddings are on disk, and some 300 bytes an item
    of what the files say are in memory.

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
    rows = RowFile(store.folder, n, model.n_features if model else 0)
    size = _chunk_size(model)
    starts = range(0, n, size)

    def task(start: int) -> _Chunk:
        return _read_chunk(media, range(start, min(start + size, n)), model, store)

    n_known = 0
    with pillow_warnings_ignored(), ThreadPoolExecutor(n_threads) as pool:
        chunks = _in_order(pool, task, starts, 4 * n_threads)
        try:
            for start, chunk in zip(starts, chunks, strict=True):
                end = start + len(chunk.status)
                _take(chunk, slice(start, end), content)
                rows.append(chunk.vectors)
                new = (chunk.status == Status.OK) & ~chunk.known
                store.add(chunk.digests[new], chunk.facts[new], chunk.vectors[new])
                n_known += int(chunk.known.sum())
                progress("reading images", end, n)
        finally:
            pool.shutdown(cancel_futures=True)
            store.flush()
    if model is None:
        return content, None, n_known
    embedded = Embeddings(
        vectors=rows.mapped(),
        present=content.readable,
        model=model.name,
        model_sha256=model.sha256,
        preprocessing=f"{POLICY} {model.preprocessing.text()}",
    )
    return content, embedded, n_known


def _chunk_size(model: Model | None) -> int:
    """Return how many images a task has: whole batches of the model."""
    batch = model.runner.batch_size if model else 1
    return batch * ceil(CHUNK / batch)


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
    """Read a chunk's images one by one, and embed together those that are not in the store."""
    n = len(rows)
    chunk = _Chunk(
        digests=np.zeros((n, 32), dtype=np.uint8),
        status=np.zeros(n, dtype=np.uint8),
        known=np.zeros(n, dtype=bool),
        facts=np.zeros(n, dtype=FACTS),
        vectors=np.zeros((n, model.n_features if model else 0), dtype=np.float16),
    )
    inputs: dict[int, NDArray[np.generic]] = {}
    for at, row in enumerate(rows):
        try:
            data = media.read(row)
        except (OSError, ValueError) as error:  # a NUL in a path, damaged Parquet: ValueError
            chunk.status[at] = Status.MISSING
            chunk.reasons[at] = f"cannot be opened: {getattr(error, 'strerror', None) or error}"
            continue
        digest = hashlib.sha256(data).digest()
        chunk.digests[at] = np.frombuffer(digest, dtype=np.uint8)
        kept = store.get(digest)
        if kept is None:
            _decode_into(chunk, at, data, model, inputs)
        else:
            chunk.facts[at], chunk.vectors[at] = kept
            chunk.known[at] = True
    if model is not None and inputs:
        made = run_model(model, np.stack(list(inputs.values())))
        chunk.vectors[list(inputs)] = _in_half(model, made, [rows[at] for at in inputs])
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
    gray = signature(decoded.image)
    chunk.facts[at] = (decoded.oddities, decoded.width, decoded.height, gray)
    if model is not None:
        inputs[at] = fit(decoded.image, model.preprocessing)


def _take(chunk: _Chunk, rows: slice, content: Content) -> None:
    """Put what a chunk's files say in their rows."""
    content.digests[rows] = chunk.digests
    content.status[rows] = chunk.status
    content.oddities[rows] = chunk.facts["oddities"]
    content.sizes[rows, 0] = chunk.facts["width"]
    content.sizes[rows, 1] = chunk.facts["height"]
    content.signatures[rows] = chunk.facts["signature"]
    content.reasons.update({rows.start + at: why for at, why in chunk.reasons.items()})


def _in_half(model: Model, vectors: NDArray[np.floating], items: list[int]) -> NDArray[np.float16]:
    """Return embeddings in half precision; refuse NaN, infinity, and what it has no digits for."""
    whole = vectors.astype(np.float32)
    largest = np.abs(whole).max(axis=1)
    bad = np.flatnonzero(~np.isfinite(largest))
    if len(bad):
        raise ModelError(
            f"{model.name}: the model returned NaN or infinity for image {items[bad[0]]:,}, "
            "counted from 0",
            hint="is the preprocessing declared as the model was trained?",
        )
    bad = np.flatnonzero((largest > HALF.max) | ((largest > 0) & (largest < HALF.tiny)))
    if len(bad):
        raise ModelError(
            f"{model.name}: the largest number that it returned for image {items[bad[0]]:,}, "
            f"counted from 0, is {largest[bad[0]]:.3g}; embeddings are kept in half precision, "
            f"which goes from {HALF.tiny:.1g} to {HALF.max:,.0f}",
            hint="let the model end in a normalization, or give its output as --embeddings",
        )
    return whole.astype(np.float16)
