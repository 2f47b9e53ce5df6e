"""Items read, opened and embedded at the same time, in the items' order, in bounded memory.

What it is to open an item, an image or a text, an `Opener` says.

Threads, not processes: decoders and ONNX Runtime let other threads run, and nothing is copied
between them. Two kinds of tasks share one pool. One reads, hashes and opens a few items: images
are decoded and resized; the other runs the model on a batch of what was opened. Only so many
are under way.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labelaudit.dataset import Media
from labelaudit.embeddings.half import in_half
from labelaudit.embeddings.images.decode import Status, UnreadableError
from labelaudit.embeddings.images.looks import SmallCopies, looks_of
from labelaudit.embeddings.store.shard import FACTS, SAID
from labelaudit.embeddings.store.store import Store

CHUNK = 16  # items of one task: few enough that threads end together
LONGEST = 4096  # items that may wait until enough of them are new to fill a batch
UNREADABLE = (OSError, ValueError, pa.ArrowException, MemoryError)  # a NUL in a path: ValueError

Input = NDArray[np.generic]

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")


class Opened(NamedTuple):
    """What an item says of itself, the model's input, and copies by which an image is looked at.

    Attributes
    ----------
    said
        What of `FACTS` is `SAID`.
    sha256
        Which item it is, however it is encoded.
    wanted
        The input; None where there is nothing to embed.
    copies
        None for a text.
    """

    said: tuple[int, int, int, int]
    sha256: bytes
    wanted: Input | None = None
    copies: SmallCopies | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opener:
    """What becomes of an item's bytes; used from several threads.

    Attributes
    ----------
    kind
        What a message calls an item.
    model, n_features
        Name of the model and length of an embedding; empty and 0 without a model.
    batch_size
        Inputs that are worth embedding together; 0 without a model.
    open
        Opens an item, or raises `UnreadableError`.
    embed
        Returns one vector an input.
    """

    kind: str
    model: str = ""
    n_features: int = 0
    batch_size: int = 0
    open: Callable[[bytes], Opened]
    embed: Callable[[list[Input]], NDArray[np.floating]] | None = None


@dataclass(slots=True)
class Chunk:
    """Some consecutive items; entries of the arrays count from the first of ``rows``.

    Attributes
    ----------
    rows
        Items of the dataset.
    digests, status, facts, vectors
        SHA-256, `Status`, `FACTS` and embedding of each.
    known
        Whether facts and embedding came from the store.
    inputs
        What the model still has to be run on.
    reasons
        Why an item is unreadable.
    """

    rows: range
    digests: NDArray[np.uint8]
    status: NDArray[np.uint8]
    known: NDArray[np.bool_]
    facts: NDArray[np.void]
    vectors: NDArray[np.float16]
    inputs: dict[int, Input] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)


def embedded_chunks(
    media: Media, n_items: int, opener: Opener, store: Store, n_threads: int
) -> Generator[Chunk, None, None]:
    """Yield every item of a dataset in chunks, read and embedded, in order.

    The last batch of a model is filled up by its runner, and so are those before long stretches
    of items that are known.
    """
    size = opener.batch_size
    chunks = (range(start, min(start + CHUNK, n_items)) for start in range(0, n_items, CHUNK))
    with ThreadPoolExecutor(n_threads) as pool:
        try:
            read = in_order(
                pool, lambda rows: _read(media, rows, opener, store), chunks, 2 * n_threads
            )
            groups = in_order(
                pool,
                lambda group: _embed(opener, group),
                _batches(read, size),
                max(2, 2 * n_threads * CHUNK // max(size, CHUNK)),
            )
            for group in groups:
                yield from group
        finally:
            pool.shutdown(cancel_futures=True)


def in_order(
    pool: ThreadPoolExecutor,
    task: Callable[[_Argument], _Result],
    arguments: Iterable[_Argument],
    ahead: int,
) -> Iterator[_Result]:
    """Yield the results of tasks in the arguments' order, with so many more under way.

    When the arguments end in an error, it is raised after the results of those before.
    """
    waiting: deque[Future[_Result]] = deque()
    remaining, failure = iter(arguments), None
    while failure is None:
        try:
            waiting.append(pool.submit(task, next(remaining)))
        except StopIteration:
            break
        except Exception as error:  # noqa: BLE001 - raised below
            failure = error
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
    if failure is not None:
        raise failure


def _batches(chunks: Iterable[Chunk], size: int) -> Iterator[list[Chunk]]:
    """Yield chunks together that have as many inputs as are run at once."""
    group: list[Chunk] = []
    n_inputs = 0
    for chunk in chunks:
        group.append(chunk)
        n_inputs += len(chunk.inputs)
        if n_inputs + CHUNK > size or len(group) * CHUNK >= LONGEST:
            yield group
            group, n_inputs = [], 0
    if group:
        yield group


def _embed(opener: Opener, group: list[Chunk]) -> list[Chunk]:
    """Run the model on the inputs of some chunks together."""
    inputs = [array for chunk in group for array in chunk.inputs.values()]
    if opener.embed is None or not inputs:
        return group
    items = [chunk.rows[at] for chunk in group for at in chunk.inputs]
    vectors = in_half(opener.model, opener.embed(inputs), items, opener.kind)
    start = 0
    for chunk in group:
        end = start + len(chunk.inputs)
        chunk.vectors[list(chunk.inputs)] = vectors[start:end]
        chunk.inputs.clear()
        start = end
    return group


def _read(media: Media, rows: range, opener: Opener, store: Store) -> Chunk:
    """Read some items; open those that are not in the store, and look at them together."""
    n = len(rows)
    chunk = Chunk(
        rows=rows,
        digests=np.zeros((n, 32), dtype=np.uint8),
        status=np.zeros(n, dtype=np.uint8),
        known=np.zeros(n, dtype=bool),
        facts=np.zeros(n, dtype=FACTS),
        vectors=np.zeros((n, opener.n_features), dtype=np.float16),
    )
    copies: dict[int, SmallCopies] = {}
    for at, row in enumerate(rows):
        try:
            data = media.read(row)
        except UNREADABLE as error:
            chunk.status[at] = Status.MISSING
            chunk.reasons[at] = f"cannot be opened: {_said(error)}"
            continue
        digest = hashlib.sha256(data).digest()
        chunk.digests[at] = np.frombuffer(digest, dtype=np.uint8)
        kept = store.get(digest)
        if kept is None:
            _open_into(chunk, at, data, opener, copies)
        else:
            chunk.facts[at], chunk.vectors[at] = kept
            chunk.known[at] = True
    if copies:
        looked_at = list(copies)
        signatures, looks = looks_of(list(copies.values()))
        chunk.facts["signature"][looked_at], chunk.facts["looks"][looked_at] = signatures, looks
    return chunk


def _said(error: BaseException) -> str:
    """Return what an error says, in one line."""
    if isinstance(error, MemoryError):
        return "it does not fit into memory"
    return " ".join(str(getattr(error, "strerror", None) or error).split())


def _open_into(
    chunk: Chunk, at: int, data: bytes, opener: Opener, copies: dict[int, SmallCopies]
) -> None:
    """Open one item into a chunk's facts, the model's inputs and the copies to be looked at."""
    try:
        opened = opener.open(data)
    except UnreadableError as error:
        chunk.status[at] = error.status
        chunk.reasons[at] = str(error)
        return
    for name, number in zip(SAID, opened.said, strict=True):
        chunk.facts[name][at] = number
    chunk.facts["decoded"][at] = np.frombuffer(opened.sha256, dtype=np.uint8)
    if opened.wanted is not None:
        chunk.inputs[at] = opened.wanted
    if opened.copies is not None:
        copies[at] = opened.copies
