import time
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import dicom, encoded, picture, waves
from PIL import Image

from labelaudit.embeddings.images.decode import UnreadableError, decode
from labelaudit.embeddings.images.looks import SmallCopies, looks_of, small_copies
from labelaudit.embeddings.images.preprocessing import Preprocessing
from labelaudit.embeddings.models import opener as opener_module
from labelaudit.embeddings.models.model import Model
from labelaudit.embeddings.models.opener import image_opener
from labelaudit.embeddings.pipeline import Opened
from labelaudit.inputs.near_copies import MAX_DIFFERENCE


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


def gray_copy(opened: Opened) -> NDArray[np.uint8]:
    assert opened.copies is not None
    return looks_of([opened.copies])[0].reshape(-1)


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
    copies = [direction(gray_copy(image_opener(model).open(data))) for model in models]
    apart = [np.linalg.norm(one - other) for one, other in combinations(copies, 2)]
    assert max(apart) <= MAX_DIFFERENCE


def most_at_once(data: bytes, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many of three threads were in the middle of opening an image at once."""
    inside: list[int] = []
    counts: list[int] = []

    def slow(image: Image.Image) -> SmallCopies:
        inside.append(0)
        counts.append(len(inside))
        if len(inside) < 3:
            time.sleep(0.2)
        inside.pop()
        return small_copies(image)

    monkeypatch.setattr(opener_module, "small_copies", slow)
    opener = image_opener(None)
    with ThreadPoolExecutor(3) as pool:
        assert len(list(pool.map(opener.open, [data] * 3))) == 3
    return max(counts)


@pytest.mark.parametrize("data", [picture(), dicom(waves(60, 40)[:, :, 0])], ids=["png", "dicom"])
def test_large_images_are_opened_one_at_a_time(
    monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    decode(data)  # what is imported on the way is imported
    assert most_at_once(data, monkeypatch) > 1
    monkeypatch.setattr(opener_module, "LARGE", 60 * 40 - 1)
    assert most_at_once(data, monkeypatch) == 1


def test_large_image_that_is_damaged_lets_the_next_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opener_module, "LARGE", 1)
    opener = image_opener(None)
    with pytest.raises(UnreadableError):
        opener.open(picture()[:300])
    assert opener.open(picture()).said[1:3] == (60, 40)
