"""Images on the page: large enough, small enough, and nothing else in them."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from labelaudit.review.pictures import picture, share_of_bytes


def noise(width: int, height: int) -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def opened(look: dict[str, object]) -> Image.Image:
    image = Image.open(io.BytesIO(base64.b64decode(str(look["webp"]))))
    assert image.size == (look["width"], look["height"])
    return image


def test_a_small_image_keeps_every_pixel() -> None:
    image = noise(32, 20)
    kept = opened(picture(image, 512, 70_000)).convert("RGB")
    assert kept.tobytes() == image.tobytes()


@pytest.mark.parametrize(("width", "height"), [(2000, 1500), (513, 3), (3000, 1), (300, 400)])
def test_a_large_image_is_made_to_fit(width: int, height: int) -> None:
    found = opened(picture(noise(width, height), 512, 10**9))
    assert max(found.size) == min(512, max(width, height))
    assert min(found.size) >= 1


def test_an_image_that_is_too_heavy_is_made_coarser_but_not_too_small() -> None:
    heavy = noise(1000, 1000)
    plenty, little = picture(heavy, 512, 10**9), picture(heavy, 512, 1)
    assert len(str(little["webp"])) < len(str(plenty["webp"])) / 2
    assert max(opened(little).size) == 384


def test_what_an_image_says_of_itself_is_left_behind() -> None:
    image = noise(200, 200)
    image.info["exif"] = b"Exif\0\0MM\0*\0\0\0\x08\0\0secret"
    assert b"secret" not in base64.b64decode(str(picture(image, 512, 10**9)["webp"]))


def test_two_hundred_images_have_14_mb_and_more_share_them() -> None:
    assert share_of_bytes(10) == share_of_bytes(200) == 70_000
    assert share_of_bytes(2000) == 7_000
