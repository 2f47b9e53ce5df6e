"""Hash, check and embed every text once, several at a time, in the items' order."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import IntFlag
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labelaudit.dataset import Dataset, Media
from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.content import Content
from labelaudit.embeddings.decode import Status
from labelaudit.embeddings.half import in_half
from labelaudit.embeddings.row_file import RowFile
from labelaudit.embeddings.shard import FACTS
from labelaudit.embeddings.store import Store
from labelaudit.embeddings.text_model import TextModel, embed_tokens
from labelaudit.embeddings.tokens import Tokens
from labelaudit.progress import Progress

POLICY = "text-1"
CHUNK = 64  # texts of one task
BATCHES = 8  # of the model in one task: enough that many texts share a length


class TextOddity(IntFlag):
    """What of a text the model did not see."""

    NONE = 0
    CUT = 1
    WORDLESS = 2


@dataclass(slots=True)
class _Chunk:
    """One task's results; rows count from the chunk's first item."""

    digests: NDArray[np.uint8]
    status: NDArray[np.uint8]
    known: NDArray[np.bool_]
    facts: NDArray[np.void]
    vectors: NDArray[np.float16]
    reasons: dict[int, str] = field(default_factory=dict)


def text_store(cache: Path | None, model: TextModel | None) -> Store:
    """Return the store of a text model's embeddings; one that keeps nothing without a model."""
    if cache is None or model is None:
        return Store(None, model.n_features if model else 0)
    import onnxruntime
    import tokenizers

    made_by = {
        "decoding": POLICY,
        "model_sha256": model.sha256,
        "preprocessing": model.text(),
        "provider": model.provider,
        "onnxruntime": onnxruntime.__version__,
        "tokenizers": tokenizers.__version__,
    }
    key = hashlib.sha256("\n".join(made_by.values()).encode()).hexdigest()[:32]
    return Store(cache / "embeddings" / key, model.n_features, {"model": model.name} | made_by)


def read_texts(
    dataset: Dataset, model: TextModel | None, store: Store, *, n_threads: int, progress: Progress
) -> tuple[Content, Embeddings | None, int]:
    """Read every text of a dataset, and embed those that the store does not have.

    A text that has no token of the model's has no embedding. New embeddings are written as they
    come, so a scan that was killed goes on where it was.

    Parameters
    ----------
    dataset
        A dataset of texts.
    model
        The text model; None to look at the texts alone.
    store
        As `text_store` returns it.
    n_threads
        Texts that are read and embedded at the same time.
    progress
        Told of every chunk.

    Returns
    -------
    What the texts are, in ``sizes`` their characters and tokens and in ``oddities`` a
    `TextOddity` an item; the embeddings, None without a model; and how many came from the store.
    """
    media, n = dataset.media, dataset.n_samples
    if media is None:
        raise ValueError("the dataset has no media")
    content = _blank(n)
    rows = RowFile(store.folder, n, model.n_features if model else 0)
    size = max(CHUNK, BATCHES * model.runner.batch_size if model else 0)
    starts = range(0, n, size)

    def task(start: int) -> _Chunk:
        return _read_chunk(media, range(start, min(start + size, n)), model, store)

    n_known = 0
    with ThreadPoolExecutor(n_threads) as pool:
        try:
            for start, chunk in zip(starts, pool.map(task, starts), strict=True):
                end = start + len(chunk.status)
                _take(chunk, slice(start, end), content)
                rows.append(chunk.vectors)
                new = (chunk.status == Status.OK) & ~chunk.known
                store.add(chunk.digests[new], chunk.facts[new], chunk.vectors[new])
                n_known += int(chunk.known.sum())
                progress("reading texts", end, n)
        finally:
            pool.shutdown(cancel_futures=True)
            store.flush()
    if model is None:
        return content, None, n_known
    embedded = Embeddings(
        vectors=rows.mapped(),
        present=content.readable & (content.oddities & TextOddity.WORDLESS == 0),
        model=model.name,
        model_sha256=model.sha256,
        preprocessing=f"{POLICY} {model.text()}",
    )
    return content, embedded, n_known


def _blank(n: int) -> Content:
    return Content(
        digests=np.zeros((n, 32), dtype=np.uint8),
        status=np.zeros(n, dtype=np.uint8),
        oddities=np.zeros(n, dtype=np.uint16),
        sizes=np.zeros((n, 2), dtype=np.int32),
        signatures=np.zeros((n, 0), dtype=np.uint8),
        reasons={},
    )


def _read_chunk(media: Media, rows: range, model: TextModel | None, store: Store) -> _Chunk:
    """Read a chunk's texts one by one, and embed together those that are not in the store."""
    n = len(rows)
    chunk = _Chunk(
        digests=np.zeros((n, 32), dtype=np.uint8),
        status=np.zeros(n, dtype=np.uint8),
        known=np.zeros(n, dtype=bool),
        facts=np.zeros(n, dtype=FACTS),
        vectors=np.zeros((n, model.n_features if model else 0), dtype=np.float16),
    )
    tokens: dict[int, Tokens] = {}
    for at, row in enumerate(rows):
        try:
            data = media.read(row)
        except OSError as error:
            chunk.status[at], chunk.reasons[at] = Status.MISSING, str(error.strerror or error)
            continue
        digest = hashlib.sha256(data).digest()
        chunk.digests[at] = np.frombuffer(digest, dtype=np.uint8)
        kept = store.get(digest)
        if kept is None:
            _open(chunk, at, data, model, tokens)
        else:
            chunk.facts[at], chunk.vectors[at] = kept
            chunk.known[at] = True
    if model is not None and tokens:
        made = embed_tokens(model, list(tokens.values()))
        items = [rows[at] for at in tokens]
        chunk.vectors[list(tokens)] = in_half(model.name, made, items, "text")
    return chunk


def _open(
    chunk: _Chunk, at: int, data: bytes, model: TextModel | None, tokens: dict[int, Tokens]
) -> None:
    """Note what one text is, and its tokens when it is to be embedded."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        chunk.status[at] = Status.TRUNCATED
        chunk.reasons[at] = f"not UTF-8: {error.reason} at byte {error.start + 1:,}"
        return
    if not text.strip():
        chunk.status[at] = Status.EMPTY
        chunk.reasons[at] = "only white space" if text else "the text is empty"
        return
    oddities, found = TextOddity.NONE, np.empty(0, dtype=np.int64)
    if model is not None:
        found, is_cut = model.tokenizer.tokens(text)
        oddities |= TextOddity.CUT * is_cut
        if len(found):
            tokens[at] = found
        else:
            oddities |= TextOddity.WORDLESS
    chunk.facts["oddities"][at] = oddities
    chunk.facts["width"][at] = len(text)
    chunk.facts["height"][at] = len(found)


def _take(chunk: _Chunk, rows: slice, content: Content) -> None:
    """Put what a chunk's texts are in their rows."""
    content.digests[rows] = chunk.digests
    content.status[rows] = chunk.status
    content.oddities[rows] = chunk.facts["oddities"]
    content.sizes[rows, 0] = chunk.facts["width"]
    content.sizes[rows, 1] = chunk.facts["height"]
    content.reasons.update({rows.start + at: why for at, why in chunk.reasons.items()})
