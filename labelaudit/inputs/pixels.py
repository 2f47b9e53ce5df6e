"""The pixels of a sample of the images, small and of one size."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelaudit.dataset import Dataset
from labelaudit.embeddings.content import Content
from labelaudit.embeddings.images.again import image_again
from labelaudit.embeddings.images.preprocessing import Preprocessing, fit
from labelaudit.errors import MissingInputError
from labelaudit.inputs import provider
from labelaudit.statistics.nearest_enemy import pairwise_distances

N_PIXEL_SAMPLES = 4000
SIDE = 32
SMALL_RGB = Preprocessing(
    input="",
    output="",
    size=(SIDE, SIDE),
    resize="stretch",
    resize_to=0,
    interpolation="bilinear",
    color="RGB",
    layout="NHWC",
    dtype="float32",
    scale=1 / 255,
    mean=(0.0, 0.0, 0.0),
    std=(1.0, 1.0, 1.0),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pixels:
    """Small copies of a sample of the images.

    Attributes
    ----------
    items
        Rows of the dataset that were drawn, shape ``(n,)``.
    values
        Their pixels in ``[0, 1]``, shape ``(n, n_pixels)``.
    space
        What was done to the images.
    n_candidates
        Images that they were drawn from.
    """

    items: NDArray[np.int64]
    values: NDArray[np.float32]
    space: str
    n_candidates: int


@provider
def pixels(dataset: Dataset, content: Content) -> Pixels:
    """Return small copies of a sample of the readable images: of labelled ones, if there are any.

    The sample is in an order that is as good as random, and the same however the manifest is
    sorted.
    """
    if dataset.modality != "image":
        raise MissingInputError("the items are texts, which have no pixels")
    labelled = dataset.labelled
    items = np.flatnonzero(content.readable & (labelled if labelled.any() else True))
    if not len(items):
        raise MissingInputError("no labelled image can be read")
    drawn = items[by_content(content, items)[:N_PIXEL_SAMPLES]]
    if dataset.media is None:
        raise MissingInputError("the manifest names no images")
    values = np.empty((len(drawn), SIDE * SIDE * 3), dtype=np.float32)
    for row in np.argsort(drawn):  # in the order in which shards are quick to read
        item = int(drawn[row])
        image = image_again(dataset, item, content.digests[item], at_least=SIDE)
        values[row] = fit(image, SMALL_RGB).ravel()
    return Pixels(
        items=drawn,
        values=values,
        space=f"RGB, {SIDE} x {SIDE}, [0, 1], of {len(drawn):,} of {len(items):,} images",
        n_candidates=len(items),
    )


@provider
def pixel_distances(pixels: Pixels) -> NDArray[np.float32]:
    """Return the distances between all images of the sample, as `pairwise_distances` has them."""
    return pairwise_distances(pixels.values)


def by_content(content: Content, items: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return an order of items that is random, and the same however the manifest is sorted."""
    return np.argsort(content.digests[items].copy().view("S32").ravel(), kind="stable")
