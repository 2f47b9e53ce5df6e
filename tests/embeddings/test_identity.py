"""Which image it is: the same however it is encoded, another where a pixel is."""

import hashlib
import io
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pictures import encoded, oriented, picture, waves
from PIL import Image, PngImagePlugin
from small_scans import Memory, dataset_of
from tiny_models import write_model

import labelaudit.embeddings.models.opener as opener_module
from labelaudit.embeddings.content import read_content, store_for
from labelaudit.embeddings.images.decode import Decoded, decode
from labelaudit.embeddings.images.identity import MOST_PIXELS, pixels_sha256
from labelaudit.embeddings.models.model import load_model
from labelaudit.embeddings.texts.content import text_sha256
from labelaudit.progress import silent

AT_LEAST = (0, 16, 64, 224, 500)
WIDE = (1000, 700)
HUGE = (5120, 3400)


def found(data: bytes, at_least: int = 64) -> str:
    return decode(data, at_least=at_least, identify=True).sha256.hex()


def with_text() -> PngImagePlugin.PngInfo:
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", "nobody")
    return said


def same_in_all(image: Image.Image) -> list[bytes]:
    """Return an image in encodings that lose nothing."""
    return [
        encoded(image, "PNG", compress_level=0),
        encoded(image, "PNG", optimize=True, pnginfo=with_text()),
        encoded(image, "BMP"),
        encoded(image, "TIFF"),
        encoded(image, "TIFF", compression="tiff_lzw"),
        encoded(image, "TIFF", compression="tiff_deflate"),
        encoded(image, "WEBP", lossless=True),
        encoded(image, "PPM"),
        encoded(image.convert("RGBA"), "PNG"),
    ]


@pytest.mark.parametrize("size", [(60, 40), (1, 1), (700, 600)])
def test_encodings_that_lose_nothing_are_one_image(size: tuple[int, int]) -> None:
    image = Image.fromarray(waves(*size))
    assert {found(data) for data in same_in_all(image)} == {pixels_sha256(image).hex()}


def test_the_hash_is_of_size_and_pixels_and_can_be_made_elsewhere() -> None:
    pixels = waves(700, 600)
    assert pixels.nbytes > 2**20, "of more than one strip"
    wanted = hashlib.sha256(b"RGB 700 600\n" + pixels.tobytes()).hexdigest()
    assert found(encoded(pixels)) == wanted


@pytest.mark.parametrize("mode", ["1", "L", "P"])
def test_few_colors_are_the_image_that_they_show(mode: str) -> None:
    few = Image.fromarray(waves(60, 40)).convert(mode)
    assert found(encoded(few)) == found(encoded(few.convert("RGB")))


def test_what_is_transparent_is_the_white_that_is_seen() -> None:
    seen = np.dstack([waves(30, 20), np.full((20, 30), 255, np.uint8)])
    seen[5:9, 5:9, 3] = 0
    hidden = seen.copy()
    hidden[5:9, 5:9, :3] = 7
    white = seen[..., :3].copy()
    white[5:9, 5:9] = 255
    assert len({found(encoded(each)) for each in (seen, hidden, white)}) == 1


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_turned_image_is_what_is_seen_upright(orientation: int) -> None:
    turned = oriented(orientation, "PNG")
    assert found(turned) == found(encoded(decode(turned).image))
    assert found(turned) != found(picture("PNG"))


@pytest.mark.parametrize("at_least", AT_LEAST)
@pytest.mark.parametrize("subsampling", [0, 2])
def test_a_jpeg_is_itself_however_its_numbers_are_packed(at_least: int, subsampling: int) -> None:
    """Progressive, optimized and with metadata, its coefficients are the same."""
    pixels = waves(*WIDE)
    plain = encoded(pixels, "JPEG", quality=90, subsampling=subsampling)
    exif = Image.Exif()
    exif[0x010F] = "a maker"
    others = [
        encoded(pixels, "JPEG", quality=90, subsampling=subsampling, progressive=True),
        encoded(pixels, "JPEG", quality=90, subsampling=subsampling, optimize=True),
        encoded(pixels, "JPEG", quality=90, subsampling=subsampling, exif=exif, comment=b"hi"),
        encoded(Image.open(io.BytesIO(plain)), "PNG"),
    ]
    assert len({plain, *others}) == 5
    assert {found(data, at_least) for data in others} == {found(plain)}
    assert found(encoded(pixels, "JPEG", quality=89, subsampling=subsampling)) != found(plain)


def test_images_are_told_apart_that_agree_at_a_fraction_of_their_size() -> None:
    """Of one all differences are within blocks of 8 x 8, of which a draft has the means alone."""
    rng = np.random.default_rng(5)
    signs = rng.choice(np.array([-40, 40]), size=(16, 16))
    fine = np.kron(signs, np.array([[1, -1], [-1, 1]] * 2).repeat(2, axis=0)[:8].repeat(4, axis=1))
    flat = np.full((*fine.shape, 3), 128, np.uint8)
    wavy = (flat + fine[..., None]).astype(np.uint8)
    one, other = (encoded(each, "JPEG", quality=95, subsampling=0) for each in (flat, wavy))
    drafts = [np.asarray(decode(data, at_least=16).image).astype(int) for data in (one, other)]
    assert drafts[0].shape == (16, 16, 3)
    assert np.abs(drafts[0] - drafts[1]).max() <= 1
    assert found(one, 16) != found(other, 16)


@settings(deadline=None)
@given(
    st.integers(0, 29),
    st.integers(0, 19),
    st.integers(0, 2),
    st.sampled_from(["PNG", "BMP", "TIFF"]),
)
def test_one_level_of_one_pixel_is_another_image(x: int, y: int, channel: int, kind: str) -> None:
    pixels = waves(30, 20)
    changed = pixels.copy()
    changed[y, x, channel] ^= 1
    assert found(encoded(changed, kind)) != found(encoded(pixels, kind))


def test_the_same_pixels_in_another_shape_are_another_image() -> None:
    row = np.zeros((1, 12, 3), np.uint8)
    shapes = [row, row.reshape(12, 1, 3), row.reshape(3, 4, 3), row.reshape(4, 3, 3)]
    for one, other in combinations(shapes, 2):
        assert found(encoded(one)) != found(encoded(other))


def huge(kind: str = "JPEG", seed: int = 0, **options: object) -> bytes:
    """Return a picture of more pixels than are decoded for its hash."""
    pixels = np.full((HUGE[1], HUGE[0], 3), 120, np.uint8)
    pixels[seed, :8] = 200
    return encoded(pixels, kind, **options)


def test_a_huge_jpeg_is_known_by_what_it_is_decoded_from() -> None:
    assert HUGE[0] * HUGE[1] > MOST_PIXELS
    exif = Image.Exif()
    exif[0x010F] = "a maker"
    plain, described = huge(), huge(exif=exif, comment=b"hi", icc_profile=b"profile" * 100)
    assert plain != described
    turned = Image.Exif()
    turned[0x0112] = 6
    prints = {found(data, edge) for data in (plain, described) for edge in (64, 3000)}
    assert len(prints) == 1
    assert prints.isdisjoint({found(huge(exif=turned)), found(huge(seed=1))})
    assert found(plain + b"appended to it") in prints


def hashes(images: list[bytes], model_size: int, folder: Path) -> NDArray[np.uint8]:
    """Return what a scan knows images by; with a model of an input size, 0 for none."""
    dataset = dataset_of(Memory(images), len(images))
    model = None
    if model_size:
        size = [model_size, model_size]
        path = write_model(folder / f"m{model_size}.onnx", shape=("n", 3, *size), size=size)
        model = load_model(path, "cpu")
    content, _, _ = read_content(
        dataset, model, store_for(folder / "cache", model), n_threads=2, progress=silent
    )
    assert content.decoded is not None
    return content.decoded


def test_no_model_changes_the_hash_and_a_known_image_is_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = picture("PNG")[:90]
    images = [encoded(waves(*WIDE), "JPEG"), picture("PNG"), broken, b""]
    first = {size: hashes(images, size, tmp_path) for size in (0, 8, 100)}
    wanted = [found(images[0]), found(images[1])]
    wanted += [hashlib.sha256(data).hexdigest() for data in (broken, b"")]
    for got in first.values():
        assert [row.tobytes().hex() for row in got] == wanted

    def refuse(data: bytes, **_: object) -> Decoded:
        assert data in images[2:], "an image that is known was decoded"
        return decode(data)

    monkeypatch.setattr(opener_module, "decode", refuse)
    for size, got in first.items():
        assert np.array_equal(hashes(images, size, tmp_path), got)


def test_a_text_is_itself_in_every_form_of_its_characters_and_lines() -> None:
    forms = ["caf\u00e9\nau lait", "cafe\u0301\r\nau lait", "caf\u00e9\rau lait"]
    assert len({text_sha256(text) for text in forms}) == 1
    assert text_sha256("cafe\nau lait") != text_sha256(forms[0])
    assert text_sha256("caf\u00e9 au lait") != text_sha256(forms[0])
