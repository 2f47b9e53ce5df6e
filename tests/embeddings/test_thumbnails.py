import base64
import io

import numpy as np
import pytest
from pictures import encoded, oriented, picture, waves
from PIL import Image

from labelaudit.embeddings.images.decode import decode
from labelaudit.embeddings.images.thumbnails import thumbnail


def drawn(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(base64.b64decode(thumbnail(decode(data).image), validate=True)))
    assert image.format == "WEBP"
    return image


@pytest.mark.parametrize(
    ("size", "small"),
    [((300, 200), (96, 64)), ((50, 20), (50, 20)), ((5000, 1), (96, 1)), ((1, 1), (1, 1))],
)
def test_thumbnail_keeps_proportions(size: tuple[int, int], small: tuple[int, int]) -> None:
    assert drawn(picture("PNG", size)).size == small


def test_thumbnail_is_upright_and_without_metadata() -> None:
    image = drawn(oriented(6, size=(300, 200)))
    assert image.size == (64, 96)
    assert not image.getexif()
    assert not {"exif", "icc_profile", "xmp"} & set(image.info)


def test_thumbnail_shows_the_picture() -> None:
    image = drawn(encoded(waves(192, 128)))
    wanted = Image.fromarray(waves(192, 128)).resize((96, 64))
    assert np.abs(np.asarray(image.convert("RGB")).astype(int) - np.asarray(wanted)).mean() < 5
