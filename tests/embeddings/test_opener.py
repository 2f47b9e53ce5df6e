from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import encoded
from PIL import Image

from labelaudit.embeddings.images.preprocessing import Preprocessing
from labelaudit.embeddings.models.model import Model
from labelaudit.embeddings.models.opener import image_opener
from labelaudit.measures.near_duplicates import MAX_DIFFERENCE


def model_of(edge: int) -> Model:
    """Return as much of a model as an opener asks for."""
    wanted = Preprocessing(
        input="", output="", size=(edge, edge), resize="stretch", resize_to=0,
        interpolation="bilinear", color="RGB", layout="NHWC", dtype="uint8", scale=1,
        mean=(0,) * 3, std=(1,) * 3,
    )  # fmt: skip
    return SimpleNamespace(  # type: ignore[return-value]
        name="m", n_features=1, preprocessing=wanted, runner=SimpleNamespace(batch_size=1)
    )


def direction(signature: NDArray[np.uint8]) -> NDArray[np.float64]:
    centered = signature - signature.mean()
    unit: NDArray[np.float64] = centered / np.linalg.norm(centered)
    return unit


def octaves(size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return noise of as much contrast at each scale, as photographs have it."""
    rng, whole = np.random.default_rng(0), np.zeros((*size[::-1], 3))
    for n in (4, 8, 16, 32, 64, 128):
        blobs = rng.integers(0, 256, (3 * n, 4 * n, 3), dtype=np.uint8)
        whole += np.asarray(Image.fromarray(blobs).resize(size))
    return (whole / 6).astype(np.uint8)


@pytest.mark.parametrize("size", [(1600, 1200), (520, 300), (301, 211)])
def test_gray_copy_of_a_jpeg_hardly_depends_on_the_model(size: tuple[int, int]) -> None:
    """A JPEG is decoded at what scale is enough for a model; near duplicates compare the copies."""
    data = encoded(octaves(size), "JPEG", quality=90)
    models = [None, *map(model_of, (8, 32, 64, 128, 224, 600))]
    copies = [direction(np.asarray(image_opener(model).open(data)[0][3])) for model in models]
    apart = [np.linalg.norm(one - other) for one, other in combinations(copies, 2)]
    assert max(apart) <= MAX_DIFFERENCE
