"""A hundred small images in memory, and what `read_content` makes of some of them."""

import errno
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
from pictures import encoded

from labelaudit.dataset import Dataset, Media, Source
from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.content import Content, read_content, store_for
from labelaudit.embeddings.models.model import Model
from labelaudit.progress import Progress, silent

RNG = np.random.default_rng(0)
IMAGES = [encoded(RNG.integers(0, 256, (9, 12, 3), dtype=np.uint8)) for _ in range(100)]
Read = tuple[Content, Embeddings, int]


@dataclass
class Memory:
    """Images in memory, with a count of how often each was read."""

    images: list[bytes]
    reads: list[int] = field(default_factory=list)

    def read(self, item: int) -> bytes:
        """Return the bytes of an image."""
        self.reads.append(item)
        if not isinstance(self.images[item], bytes):
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        return self.images[item]


def dataset_of(media: Media, n: int) -> Dataset:
    return Dataset(
        name="images",
        task="multiclass",
        class_names=("one",),
        paths=pa.array([f"{at:04}.png" for at in range(n)], pa.large_string()),
        labels=np.zeros(n, dtype=np.int32),
        splits=np.full(n, -1, dtype=np.int32),
        media=media,
        source=Source(format="test", why=(), found=n),
    )


def read(
    images: Sequence[bytes] | Media,
    model: Model,
    cache: Path | None,
    *,
    n_threads: int = 1,
    progress: Progress = silent,
) -> Read:
    media = Memory(list(images)) if isinstance(images, Sequence) else images
    n = len(images) if isinstance(images, Sequence) else 100
    store = store_for(cache, model)
    dataset = dataset_of(media, n)
    content, embeddings, known = read_content(
        dataset, model, store, n_threads=n_threads, progress=progress
    )
    assert embeddings is not None
    return content, embeddings, known


def equal(one: Read, other: Read) -> bool:
    return all(
        np.array_equal(getattr(one[0], name), getattr(other[0], name))
        for name in ("digests", "status", "oddities", "sizes", "signatures", "n_bytes", "looks")
    ) and np.array_equal(one[1].vectors, other[1].vectors)
