"""Which copies are found as near duplicates, and at what cost, by the threshold.

Run ``python tests/benchmarks/near_duplicates.py DATA [--images 1000]``; DATA is any dataset of
photographs with one label an item, such as Tiny-ImageNet. Of each image one copy is made a kind of
edit; originals and copies of one kind are a dataset, of which the near duplicates are looked for as
a scan does. Recall is the share of copies that are confirmed as such of their original; false pairs
are pairs of different originals (which may be true copies that the dataset has: look at them), per
1,000 images. One half of the images is to choose a threshold by, the other to report it on. The
last column is the perceptual hash that CleanVision has (phash of 8 x 8, equal ones are a pair).
"""

import argparse
import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import imagehash
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter, ImageOps
from threadpoolctl import threadpool_limits

from labelaudit.dataset import Dataset, Source
from labelaudit.embeddings.builtin import BUILTIN
from labelaudit.embeddings.content import Content, read_content, store_for
from labelaudit.embeddings.images.decode import decode
from labelaudit.embeddings.models.model import Model, load_model
from labelaudit.inputs.copies import copies, embedding_hashes
from labelaudit.inputs.near_copies import MOST_DIFFERENCE, confirmed_pairs
from labelaudit.inputs.neighbors import Neighbors, neighbors
from labelaudit.manifests import open_dataset
from labelaudit.progress import silent

THRESHOLDS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4)
Edit = Callable[[Image.Image], bytes]


@dataclass
class Memory:
    """Images in memory."""

    images: list[bytes]

    def read(self, item: int) -> bytes:
        """Return the bytes of an image."""
        return self.images[item]


def encoded(image: Image.Image, kind: str = "PNG", **options: int) -> bytes:
    """Return an image in a format."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def cropped(image: Image.Image, share: float) -> bytes:
    """Cut a share off each side."""
    x, y = (round(share * length) for length in image.size)
    return encoded(image.crop((x, y, image.width - x, image.height - y)))


def noisy(image: Image.Image, levels: float) -> bytes:
    """Add normal noise."""
    rng = np.random.default_rng(0)
    pixels = np.asarray(image) + rng.normal(0, levels, (image.height, image.width, 3))
    return encoded(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)))


def resized(image: Image.Image, factor: float) -> bytes:
    """Make it smaller or larger."""
    size = round(factor * image.width), round(factor * image.height)
    return encoded(image.resize(size, Image.Resampling.BICUBIC))


EDITS: dict[str, Edit] = {
    "JPEG at 90": lambda image: encoded(image, "JPEG", quality=90),
    "JPEG at 60": lambda image: encoded(image, "JPEG", quality=60),
    "JPEG at 30": lambda image: encoded(image, "JPEG", quality=30),
    "half the size": lambda image: resized(image, 0.5),
    "1.5 times the size": lambda image: resized(image, 1.5),
    "darker by 0.7": lambda image: encoded(ImageEnhance.Brightness(image).enhance(0.7)),
    "lighter by 1.3": lambda image: encoded(ImageEnhance.Brightness(image).enhance(1.3)),
    "contrast by 0.7": lambda image: encoded(ImageEnhance.Contrast(image).enhance(0.7)),
    "without color": lambda image: encoded(image.convert("L")),
    "noise of 10 levels": lambda image: noisy(image, 10),
    "blurred by 1": lambda image: encoded(image.filter(ImageFilter.GaussianBlur(1))),
    "2 % cut off": lambda image: cropped(image, 0.02),
    "5 % cut off": lambda image: cropped(image, 0.05),
    "10 % cut off": lambda image: cropped(image, 0.1),
    "mirrored": lambda image: encoded(ImageOps.mirror(image)),
    "upside down": lambda image: encoded(ImageOps.flip(image)),
}


@dataclass
class Looked:
    """Of one kind of edit: recall and false pairs by threshold, and those of the hash."""

    recall: list[float]
    false_pairs: list[float]
    hash_recall: float
    hash_false_pairs: float


def look_for(originals: list[bytes], edited: list[bytes], model: Model, cache: Path) -> Looked:
    """Look for the copies of some images among them."""
    n = len(originals)
    content, near = read([*originals, *edited], model, cache)
    found = [confirmed_pairs(content, near, threshold) for threshold in THRESHOLDS]
    hashes = np.array([str(imagehash.phash(decode(data).image)) for data in [*originals, *edited]])
    _, codes = np.unique(hashes, return_inverse=True)
    of_originals = np.bincount(np.unique(codes[:n], return_inverse=True)[1])
    return Looked(
        recall=[len(np.unique(pairs.max(axis=1)[is_copy(pairs, n)])) / n for pairs in found],
        false_pairs=[1000 * n_false(pairs, n) / n for pairs in found],
        hash_recall=float((codes[:n] == codes[n:]).mean()),
        hash_false_pairs=1000 * float((of_originals * (of_originals - 1) / 2).sum()) / n,
    )


def is_copy(pairs: NDArray[np.int64], n: int) -> NDArray[np.bool_]:
    """Tell which pairs are an original and its copy."""
    same: NDArray[np.bool_] = np.abs(pairs[:, 0] - pairs[:, 1]) == n
    return same


def n_false(pairs: NDArray[np.int64], n: int) -> int:
    """Return how many pairs of different originals there are."""
    among = np.sort(pairs[(pairs < n).all(axis=1)], axis=1)
    return len(np.unique(among, axis=0))


def read(images: list[bytes], model: Model, cache: Path) -> tuple[Content, Neighbors]:
    """Return what a scan knows of some images."""
    n = len(images)
    dataset = Dataset(
        name="copies",
        task="multiclass",
        class_names=("one",),
        paths=pa.array([str(at) for at in range(n)], pa.large_string()),
        labels=np.zeros(n, dtype=np.int32),
        splits=np.full(n, -1, dtype=np.int32),
        media=Memory(images),
        source=Source(format="made", why=(), found=n),
    )
    store = store_for(cache, model)
    content, embeddings, _ = read_content(dataset, model, store, n_threads=1, progress=silent)
    assert embeddings is not None
    same = copies(embeddings, embedding_hashes(embeddings))
    return content, neighbors(embeddings, 1, silent, same)


def main() -> None:
    """Print recall and false pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--images", type=int, default=1000, help="In each half.")
    said = parser.parse_args()
    dataset = open_dataset(said.data)
    drawn = np.random.default_rng(0).permutation(dataset.n_samples)[: 2 * said.images]
    assert dataset.media is not None
    files = [dataset.media.read(int(item)) for item in drawn]
    with threadpool_limits(1), tempfile.TemporaryDirectory() as cache:
        model = load_model(BUILTIN, "cpu")
        for title, half in (("to choose by", files[::2]), ("to report on", files[1::2])):
            table = {}
            for name, edit in EDITS.items():
                edited = [edit(decode(data).image) for data in half]
                table[name] = look_for(half, edited, model, Path(cache))
            show(f"{len(half):,} images {title}; the scan's threshold is {MOST_DIFFERENCE}", table)


def show(title: str, table: dict[str, Looked]) -> None:
    """Print a row a kind of edit, then the false pairs."""
    print(f"\n{title}\n{'copies found by':20}", *(f"{t:>6}" for t in THRESHOLDS), f"{'phash':>7}")
    for name, found in table.items():
        print(f"{name:20}", *(f"{r:6.1%}" for r in found.recall), f"{found.hash_recall:7.1%}")
    first = next(iter(table.values()))
    cells = (f"{each:6.1f}" for each in first.false_pairs)
    print(f"{'false pairs / 1,000':20}", *cells, f"{first.hash_false_pairs:7.1f}")


if __name__ == "__main__":
    main()
