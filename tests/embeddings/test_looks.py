"""How an image looks, against its definition in loops and cases worked by hand."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import encoded, waves
from PIL import Image, ImageFilter

from labelaudit.embeddings.images.decode import decode
from labelaudit.embeddings.images.looks import (
    SIDE,
    looks_of,
    sharpness_of,
    small_copies,
)

RNG = np.random.default_rng(0)


def looks(image: Image.Image) -> NDArray[np.void]:
    return looks_of([small_copies(image)])[1].reshape(())


def test_a_case_worked_by_hand() -> None:
    """Half of the picture is black, half is pure red, of which the gray level is 76."""
    pixels = np.zeros((16, 16, 3), dtype=np.uint8)
    pixels[:, 8:, 0] = 255
    found = looks(Image.fromarray(pixels))
    assert found["brightness"] == pytest.approx(38 / 255)
    assert found["darkest"] == 0
    assert found["brightest"] == pytest.approx(76 / 255)
    assert found["contrast"] == pytest.approx(38 / 255)
    assert found["entropy"] == pytest.approx(1)
    assert found["colors"] == 1
    assert found["rgb"] == pytest.approx([0.5, 0, 0])
    assert found["border_rgb"] == pytest.approx([0.5, 0, 0])
    # from left to right, 1 of 15 neighbors differs, and 4 of 12 that are four apart
    assert found["sharpness"] == pytest.approx((1 / 15) / (4 / 12))


def test_numbers_are_their_definition() -> None:
    pixels = RNG.integers(0, 256, (48, 32, 3), dtype=np.uint8)
    found = looks(Image.fromarray(pixels))
    gray = np.asarray(Image.fromarray(pixels).convert("L")).astype(float)
    levels = sorted(gray.ravel().tolist())
    assert found["brightness"] == pytest.approx(sum(levels) / len(levels) / 255)
    assert found["contrast"] == pytest.approx(gray.std() / 255)
    for name, share in (("darkest", 0.01), ("brightest", 0.99)):
        level = next(x for x in levels if sum(y <= x for y in levels) >= share * len(levels))
        assert found[name] == pytest.approx(level / 255)
    shares = [levels.count(level) / len(levels) for level in set(levels)]
    assert found["entropy"] == pytest.approx(-sum(p * math.log2(p) for p in shares))
    blocks = [
        pixels[y : y + 3, x : x + 2].reshape(-1, 3).mean(axis=0)
        for y in range(0, 48, 3)
        for x in range(0, 32, 2)
    ]
    most = max(max(color) - min(color) for color in blocks)
    assert found["colors"] == pytest.approx(most / 255, abs=1 / 255)
    inner = pixels[6:42, 4:28].reshape(-1, 3).astype(float)
    whole = pixels.reshape(-1, 3).astype(float)
    border = (whole.sum(axis=0) - inner.sum(axis=0)) / (len(whole) - len(inner))
    assert found["rgb"] == pytest.approx(whole.mean(axis=0) / 255, abs=1 / 255)
    assert found["border_rgb"] == pytest.approx(border / 255, abs=1 / 255)


def test_sharpness_is_its_definition() -> None:
    gray = RNG.integers(0, 256, (9, 7), dtype=np.uint8).astype(int)
    ratios = []
    for rows, columns in ((1, 0), (0, 1)):
        means = []
        for far in (1, 4):
            squares = [
                float(gray[y + rows * far, x + columns * far] - gray[y, x]) ** 2
                for y in range(9 - rows * far)
                for x in range(7 - columns * far)
            ]
            means.append(sum(squares) / len(squares))
        ratios.append(means[0] / means[1])
    assert sharpness_of(gray[None])[0] == pytest.approx(min(ratios))


def test_sharpness_of_a_ramp_and_of_noise() -> None:
    y, x = np.mgrid[:64, :64].astype(np.uint8)
    noise = RNG.integers(0, 256, (64, 64), dtype=np.uint8)
    assert sharpness_of(np.stack([x + y, noise])) == pytest.approx([1 / 16, 1], abs=0.1)
    assert sharpness_of(x[None] + y)[0] == pytest.approx(1 / 16)


@pytest.mark.parametrize("size", [(4, 64), (64, 4), (64, 64)])
def test_sharpness_is_undefined_where_nothing_can_be_seen(size: tuple[int, int]) -> None:
    assert math.isnan(sharpness_of(np.full((1, *size), 7, dtype=np.uint8))[0])


def test_blurred_and_moved_pictures_are_less_sharp() -> None:
    noise = Image.fromarray(RNG.integers(0, 256, (64, 64, 3), dtype=np.uint8))
    moved = np.mean([np.roll(np.asarray(noise), step, axis=1) for step in range(7)], axis=0)
    blurred = noise.filter(ImageFilter.GaussianBlur(1))
    for worse in (blurred, Image.fromarray(moved.astype(np.uint8))):
        assert looks(worse)["sharpness"] < 0.6 * looks(noise)["sharpness"]


@pytest.mark.parametrize("size", [(64, 64), (20, 300), (300, 20), (1, 1), (640, 427)])
def test_a_small_copy_is_no_larger_than_said_and_never_enlarged(size: tuple[int, int]) -> None:
    copies = small_copies(Image.new("RGB", size))
    assert copies.gray.shape == (min(size[1], SIDE), min(size[0], SIDE))
    assert copies.grid.shape == (256, 3)


@pytest.mark.parametrize("size", [(64, 64), (32, 48), (20, 40), (100, 64), (9, 5)])
def test_grid_is_of_block_means_whatever_the_size(size: tuple[int, int]) -> None:
    pixels = RNG.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    small = Image.fromarray(pixels).resize([min(side, SIDE) for side in size], Image.Resampling.BOX)
    wanted = np.asarray(small.resize((16, 16), Image.Resampling.BOX)).reshape(-1, 3)
    found = small_copies(Image.fromarray(pixels)).grid
    assert np.abs(found.astype(int) - wanted).max() <= 1


def test_images_of_many_sizes_look_together_as_each_does_alone() -> None:
    images = [
        Image.fromarray(RNG.integers(0, 256, (height, width, 3), dtype=np.uint8))
        for width, height in [(64, 64), (32, 32), (200, 90), (3, 5), (32, 32), (64, 64)]
    ]
    copies = [small_copies(image) for image in images]
    signatures, together = looks_of(copies)
    for at, copy in enumerate(copies):
        signature, alone = looks_of([copy])
        assert np.array_equal(signatures[at], signature[0])
        assert together[at].tobytes() == alone[0].tobytes()
        grid = Image.fromarray(copy.grid.reshape(16, 16, 3))
        assert np.array_equal(signature[0], np.asarray(grid.convert("L")).ravel())


@pytest.mark.parametrize("size", [(1600, 1200), (520, 300), (301, 211)])
def test_looks_of_a_jpeg_hardly_depend_on_the_size_it_is_decoded_at(size: tuple[int, int]) -> None:
    data = encoded(waves(*size), "JPEG", quality=90)
    found = [looks(decode(data, at_least=edge).image) for edge in (64, 128, 224, 0)]
    for name, within in (("brightness", 0.005), ("contrast", 0.005), ("brightest", 0.02)):
        values = np.array([each[name] for each in found])
        assert np.ptp(values) <= within, name
    entropies = np.array([each["entropy"] for each in found])
    assert np.ptp(entropies) < 0.2
    sharpness = np.array([each["sharpness"] for each in found])
    assert sharpness.max() <= 1.1 * sharpness.min()
