"""The images of pairs of classes as Konz and Mazurowski (2024) prepare them, and what they get."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labelaudit.dataset import Dataset
from labelaudit.embeddings.content import Content
from labelaudit.embeddings.images.again import image_again
from labelaudit.errors import MissingInputError
from labelaudit.inputs import provider
from labelaudit.inputs.pixels import by_content
from labelaudit.progress import Progress
from labelaudit.statistics.konz2024 import DRAW_SIZE, SIZES, PairOfClasses, pair_as_published

Compat = Literal["none", "konz2024"]
SIDE: Final = 224
N_PAIRS: Final = 5
MIN_OF_CLASS: Final = 60  # so that a draw of 1,000 of 1,750 has 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Konz2024:
    """The published quantities of some pairs of classes, or why there are none.

    Attributes
    ----------
    pairs
        One result a pair.
    channels
        1 where all images are gray, as the paper has it, else 3.
    reason
        Why there are no pairs; empty where there are.
    """

    pairs: tuple[PairOfClasses, ...] = ()
    channels: int = 3
    reason: str = ""


@provider
def konz2024(
    dataset: Dataset,
    content: Content,
    compat: Compat,
    random_state: int,
    n_threads: int,
    progress: Progress,
) -> Konz2024:
    """Measure at most five pairs of classes as the paper does, where that was asked for."""
    if compat != "konz2024":
        raise MissingInputError("--compat konz2024 was not asked for")
    if dataset.task != "multiclass" or dataset.modality != "image":
        return Konz2024(reason="the published quantities are of images with one class each")
    classes = _classes(dataset, content)
    tasks = [pair for pair in combinations(classes, 2) if sum(map(len, pair)) >= DRAW_SIZE]
    if not tasks:
        return Konz2024(
            reason=f"they need two classes of {DRAW_SIZE:,} images together, {MIN_OF_CLASS} of each"
        )
    rng = np.random.default_rng(random_state)
    chosen = sorted(rng.permutation(len(tasks))[:N_PAIRS].tolist())
    found = []
    for done, number in enumerate(chosen):
        progress("measuring as published", done, len(chosen))
        of_pair = np.concatenate(tasks[number])
        order = rng.permutation(len(of_pair))[: SIZES[-1]]
        images = _images(dataset, content, of_pair[order], n_threads)
        pair = pair_as_published(images, order >= len(tasks[number][0]), random_state)
        found.append((pair, images.shape[1] // SIDE**2))
    channels = max(own for _, own in found)
    pairs = tuple(pair.with_channels(channels / own) for pair, own in found)
    return Konz2024(pairs=pairs, channels=channels)


def _classes(dataset: Dataset, content: Content) -> list[NDArray[np.int64]]:
    """Return the items of each class in an order of content, and the classes in that of theirs."""
    items = np.flatnonzero(content.readable & (dataset.labels >= 0))
    items = items[by_content(content, items)]
    codes = dataset.labels[items]
    firsts = np.sort(np.unique(codes, return_index=True)[1])
    found = [items[codes == code] for code in codes[firsts]]
    return [own for own in found if len(own) >= MIN_OF_CLASS]


def _images(
    dataset: Dataset, content: Content, items: NDArray[np.int64], n_threads: int
) -> NDArray[np.uint8]:
    """Return images as rows of 224 x 224 pixels, of one channel where all of them are gray."""
    pixels = np.empty((len(items), SIDE, SIDE, 3), dtype=np.uint8)

    def read(row: int) -> None:
        item = int(items[row])
        pixels[row] = prepared(image_again(dataset, item, content.digests[item], at_least=SIDE))

    with ThreadPoolExecutor(n_threads) as pool:
        list(pool.map(read, np.argsort(items).tolist()))
    if (pixels == pixels[..., :1]).all():
        pixels = np.ascontiguousarray(pixels[..., :1])
    return pixels.reshape(len(items), -1)


def prepared(image: Image.Image) -> NDArray[np.uint8]:
    """Return an image with its brightest number at 255, at 224 x 224, bilinear."""
    levels = np.asarray(image).astype(np.float64)
    stretched = (levels * 255 / max(levels.max(), 1)).astype(np.uint8)
    small = Image.fromarray(stretched).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.asarray(small)
