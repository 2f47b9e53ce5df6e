"""Read, hash, open and embed every item once, several at a time, in the items' order."""

import hashlib
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labelaudit.dataset import Dataset, Modality
from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.images.decode import POLICY, Status, pillow_warnings_ignored
from labelaudit.embeddings.images.looks import GRID, LOOKS
from labelaudit.embeddings.models.model import Model
from labelaudit.embeddings.models.opener import image_opener
from labelaudit.embeddings.pipeline import Chunk, Opener, embedded_chunks
from labelaudit.embeddings.row_file import RowFile
from labelaudit.embeddings.store.shard import LAYOUT
from labelaudit.embeddings.store.store import Store, nearest
from labelaudit.errors import OutputError
from labelaudit.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Content:
    """What the files or texts themselves say, one row an item.

    Attributes
    ----------
    digests
        SHA-256 of the bytes, zeros where there are none, shape ``(n_samples, 32)``.
    decoded
        SHA-256 of what is seen, the same however it is encoded, shape ``(n_samples, 32)``: of an
        image's pixels and size, of a text without its forms of characters and line ends; as
        ``digests`` where that is unreadable. None where nobody looked.
    status
        A `Status` an item.
    oddities
        `Oddity` flags an item, of a text `TextOddity`.
    sizes
        Stored width and height in pixels, of a text its characters and tokens; 0 when
        unreadable, shape ``(n_samples, 2)``.
    signatures
        16 x 16 gray copies, shape ``(n_samples, 256)``; ``(n_samples, 0)`` for texts.
    reasons
        Why an item is unreadable, by row.
    n_bytes
        Bytes of the file, 0 when unreadable; None where nobody looked.
    looks
        How an image looks, a row of `LOOKS` each, zeros when unreadable; None for texts.
    """

    digests: NDArray[np.uint8]
    status: NDArray[np.uint8]
    oddities: NDArray[np.uint16]
    sizes: NDArray[np.int32]
    signatures: NDArray[np.uint8]
    reasons: dict[int, str]
    decoded: NDArray[np.uint8] | None = None
    n_bytes: NDArray[np.int64] | None = None
    looks: NDArray[np.void] | None = None

    @property
    def readable(self) -> NDArray[np.bool_]:
        """Whether each item was opened."""
        readable: NDArray[np.bool_] = self.status == Status.OK
        return readable


def store_for(cache: Path | None, model: Model | None) -> Store:
    """Return the store of a model's embeddings, or of the facts alone without a model."""
    made_by = {"decoding": POLICY, "pillow": _version("pillow"), "pydicom": _version("pydicom")}
    if model is None:
        return kept_by(cache and cache / "facts", 0, made_by)
    import onnxruntime

    made_by |= {
        "model_sha256": model.sha256,
        "preprocessing": model.preprocessing.text(),
        "provider": model.provider,
        "onnxruntime": onnxruntime.__version__,
    }
    return kept_by(cache and cache / "embeddings", model.n_features, made_by, model.name)


def kept_by(
    folder: Path | None, n_features: int, made_by: Mapping[str, str], model: str = ""
) -> Store:
    """Return the store of what was made by all of this, below a folder; None to keep nothing."""
    made_by = {**made_by, "layout": LAYOUT}
    key = hashlib.sha256("\n".join(made_by.values()).encode()).hexdigest()[:32]
    about = {"model": model} if model else {}
    return Store(folder and folder / key, n_features, about | made_by)


def read_content(
    dataset: Dataset, model: Model | None, store: Store, *, n_threads: int, progress: Progress
) -> tuple[Content, Embeddings | None, int]:
    """Read every image of a dataset, and embed those that the store does not have.

    New embeddings are written as they come, so a scan that was killed goes on where it was, at
    most one shard back; one that fails or is interrupted keeps what it has. Memory holds a
    few inputs a thread, and some 450 bytes an item of what the files say; embeddings are on disk.

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
    content, vectors, n_known = read_items(
        dataset, image_opener(model), store, n_threads=n_threads, progress=progress
    )
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


def read_items(
    dataset: Dataset, opener: Opener, store: Store, *, n_threads: int, progress: Progress
) -> tuple[Content, NDArray[np.float16], int]:
    """Read every item of a dataset as its opener does, and embed what the store does not have.

    Returns
    -------
    What the items say, their embeddings, and how many came from the store.
    """
    media = dataset.media
    if media is None:
        raise ValueError("the dataset has no media")
    n = dataset.n_samples
    content, n_known = _blank(n, dataset.modality), 0
    rows = RowFile(store.folder and nearest(store.folder), n, opener.n_features)
    chunks = embedded_chunks(media, n, opener, store, n_threads)
    with pillow_warnings_ignored(), closing(chunks):
        try:
            for chunk in chunks:
                _take(chunk, slice(chunk.rows.start, chunk.rows.stop), content)
                rows.append(chunk.vectors)
                new = (chunk.status == Status.OK) & ~chunk.known
                store.add(chunk.digests[new], chunk.facts[new], chunk.vectors[new])
                n_known += int(chunk.known.sum())
                progress(f"reading {opener.kind}s", chunk.rows.stop, n)
        except BaseException:
            with suppress(OutputError):  # what ended the scan is what is to be said
                store.flush()
            raise
        store.flush()
    return content, rows.mapped(), n_known


def _version(package: str) -> str:
    """Return the version of a package, an empty string when it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _blank(n: int, modality: Modality) -> Content:
    signatures = np.zeros((n, GRID**2 if modality == "image" else 0), dtype=np.uint8)
    return Content(
        digests=np.zeros((n, 32), dtype=np.uint8),
        decoded=np.zeros((n, 32), dtype=np.uint8),
        status=np.zeros(n, dtype=np.uint8),
        oddities=np.zeros(n, dtype=np.uint16),
        sizes=np.zeros((n, 2), dtype=np.int32),
        signatures=signatures,
        reasons={},
        n_bytes=np.zeros(n, dtype=np.int64),
        looks=np.zeros(n, dtype=LOOKS) if modality == "image" else None,
    )


def _take(chunk: Chunk, rows: slice, content: Content) -> None:
    """Put what a chunk's files say in their rows."""
    content.digests[rows] = chunk.digests
    content.status[rows] = chunk.status
    content.oddities[rows] = chunk.facts["oddities"]
    content.sizes[rows, 0] = chunk.facts["width"]
    content.sizes[rows, 1] = chunk.facts["height"]
    if content.decoded is not None:
        is_read = (chunk.status == Status.OK)[:, None]
        content.decoded[rows] = np.where(is_read, chunk.facts["decoded"], chunk.digests)
    if content.n_bytes is not None:
        content.n_bytes[rows] = chunk.facts["n_bytes"]
    if content.looks is not None:
        content.signatures[rows] = chunk.facts["signature"]
        content.looks[rows] = chunk.facts["looks"]
    content.reasons.update({rows.start + at: why for at, why in chunk.reasons.items()})
