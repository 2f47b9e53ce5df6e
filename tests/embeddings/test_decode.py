import io
import tracemalloc
import warnings
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pictures import (
    bomb,
    damaged_tiff,
    encoded,
    fill_bytes,
    float_tiff,
    gif,
    oriented,
    picture,
    png,
    rows,
    scans_bomb,
    signature,
    stereo,
    text_bomb,
    tiff,
    waves,
)
from PIL import Image

from labelaudit.embeddings.images.decode import (
    MAX_PIXELS,
    Oddity,
    Status,
    UnreadableError,
    decode,
    pillow_warnings_ignored,
)


def pixels(data: bytes) -> NDArray[np.uint8]:
    image = decode(data).image
    assert image.mode == "RGB"
    return np.asarray(image)


def refused(data: bytes) -> UnreadableError:
    with pillow_warnings_ignored(), pytest.raises(UnreadableError) as raised:
        decode(data)
    return raised.value


def tga_of_nothing() -> bytes:
    """Bytes that are mostly zeros, which Pillow takes for a TGA of 32 x 2 pixels."""
    return bytes([0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 2, 0, 8, 0]) + bytes(range(64))


@pytest.mark.parametrize(
    ("data", "status", "reason"),
    [
        (b"", Status.EMPTY, "the file is empty"),
        (b"<!DOCTYPE html><html>404", Status.NOT_AN_IMAGE, "it begins with b'<!DOCTYPE html><"),
        (b"\x00", Status.NOT_AN_IMAGE, "not an image"),
        (
            b"\x00\x00\x00\x18ftypheic\0\0\0\0",
            Status.NOT_AN_IMAGE,
            "HEIC, which Pillow needs a plug",
        ),
        (b"\x00\x00\x00\x18ftypisom\0\0\0\0", Status.NOT_AN_IMAGE, "a video"),
        (b'<?xml version="1.0"?><svg/>', Status.NOT_AN_IMAGE, "an SVG drawing"),
        (b"%PDF-1.7", Status.NOT_AN_IMAGE, "a PDF document"),
        (b"version https://git-lfs.github.com/spec/v1", Status.NOT_AN_IMAGE, "run git lfs pull"),
        (tga_of_nothing(), Status.NOT_AN_IMAGE, "it begins with"),
        (picture("PNG")[:200], Status.TRUNCATED, "truncated"),
        (picture("PNG")[:9], Status.TRUNCATED, "PNG whose header is damaged"),
        (picture("JPEG")[:3], Status.TRUNCATED, "JPEG whose header is damaged"),
        (png(0, 40, []), Status.TRUNCATED, "says of no pixels"),
        (tiff(waves(4, 4), {258: (64,) * 3}), Status.NOT_AN_IMAGE, "TIFF of a kind"),
        (picture("JPEG")[:600], Status.TRUNCATED, "truncated"),
        (picture("JPEG")[:-200], Status.TRUNCATED, "truncated"),
        (damaged_tiff(), Status.TRUNCATED, "truncated or damaged"),
        (png(60, 40, []), Status.TRUNCATED, "truncated or damaged"),
        (text_bomb(), Status.TOO_LARGE, "Decompressed data too large"),
        (bomb(12_000, 10_000), Status.TOO_LARGE, "decompression bomb? Image size (120000000"),
        (bomb(30_000, 30_000), Status.TOO_LARGE, "decompression bomb"),
        (scans_bomb(120), Status.TOO_LARGE, "a JPEG of 125 scans"),
        (picture("EPS"), Status.NOT_AN_IMAGE, "a PostScript program"),
        (float_tiff(), Status.NOT_AN_IMAGE, "floating-point"),
        (encoded(np.array([[0, 70_000]], np.int32), "TIFF"), Status.NOT_AN_IMAGE, "70000"),
    ],
)
def test_unreadable_image_has_its_status_and_reason(
    data: bytes, status: Status, reason: str
) -> None:
    error = refused(data)
    assert error.status is status
    assert reason in str(error)


def test_bomb_is_refused_by_its_header() -> None:
    tracemalloc.start()
    refused(bomb(MAX_PIXELS, 2))
    refused(bomb(9_000, 10_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_fill_bytes_of_a_jpeg_are_passed_once() -> None:
    """Half an hour, when the markers are sought from each of the fill bytes on."""
    assert np.array_equal(pixels(fill_bytes(200_000)), pixels(picture("JPEG", quality=95)))


@pytest.mark.parametrize(
    ("data", "oddities"),
    [
        (picture("PNG"), Oddity.NONE),
        (picture("JPEG", progressive=True), Oddity.NONE),
        (encoded(Image.fromarray(waves(60, 40)).convert("CMYK"), "JPEG"), Oddity.CMYK),
        (encoded(Image.fromarray(waves(60, 40)).convert("L")), Oddity.GRAYSCALE),
        (encoded(Image.fromarray(waves(60, 40)).convert("1")), Oddity.GRAYSCALE),
        (
            encoded(Image.fromarray(waves(60, 40)).convert("LA")),
            Oddity.GRAYSCALE | Oddity.ALPHA,
        ),
        (encoded(Image.fromarray(waves(60, 40)).convert("RGBA")), Oddity.ALPHA),
        (oriented(1), Oddity.NONE),
        (oriented(6), Oddity.ROTATED),
        (oriented(6, "PNG"), Oddity.ROTATED),
        (oriented(6, "TIFF"), Oddity.ROTATED),
        (oriented(9), Oddity.NONE),
    ],
)
def test_what_was_changed_is_said(data: bytes, oddities: Oddity) -> None:
    decoded = decode(data)
    assert decoded.oddities == oddities
    assert (decoded.width, decoded.height) == (60, 40)


@pytest.mark.parametrize("size", [(1, 1), (5000, 1), (1, 5000)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_extreme_proportions_are_decoded(size: tuple[int, int], kind: str) -> None:
    decoded = decode(picture(kind, size), at_least=64)
    assert decoded.image.size == (decoded.width, decoded.height) == size


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
def test_sixteen_bits_become_the_upper_eight(kind: str) -> None:
    ramp = np.arange(65_536, dtype=np.uint16).reshape(256, 256)
    if kind == "PPM":
        data = b"P5 256 256 65535\n" + ramp.astype(">u2").tobytes()
    else:
        data = encoded(ramp, kind)
    decoded = decode(data)
    assert decoded.oddities == Oddity.SIXTEEN_BIT | Oddity.GRAYSCALE
    assert np.array_equal(np.asarray(decoded.image)[:, :, 1], ramp >> 8)


def test_sixteen_bits_of_color_are_said() -> None:
    deep = ((waves(60, 40).astype(np.uint16) << 8) + 7).astype(">u2")
    decoded = decode(png(60, 40, [rows(deep)], depth=16))
    assert decoded.oddities == Oddity.SIXTEEN_BIT
    assert np.array_equal(np.asarray(decoded.image), waves(60, 40))


@pytest.mark.parametrize(
    ("data", "gray"),
    [
        (tiff(np.array([[0, 0x1234, 65_535]], "<u2"), {262: (0,)}), [255, 255 - 0x12, 0]),
        (tiff(np.array([[0, 0x1234, 65_535]], ">u2"), order=">"), [0, 0x12, 255]),
        (
            tiff(np.array([[0x80, 0x0F, 0xFF]], np.uint8), {256: (2,), 258: (12,), 277: (1,)}),
            [0x80, 0xFF],
        ),
    ],
    ids=["white is zero", "big endian", "12 bits"],
)
def test_deep_tiff_is_read_as_it_declares(data: bytes, gray: list[int]) -> None:
    assert Oddity.SIXTEEN_BIT in decode(data).oddities
    assert pixels(data)[0, :, 1].tolist() == gray


@pytest.mark.parametrize(
    ("depth", "kind", "row", "clear", "seen"),
    [
        (16, 0, b"\0\0\x12\x34\xff\xff", b"\x12\x34", [0, 255, 255]),
        (16, 2, b"\x12\x34" * 3 + b"\x40\0" * 6, b"\x12\x34" * 3, [255, 64, 64]),
        (8, 0, b"\0\5\6", b"\0\5", [0, 255, 6]),
        (4, 0, b"\x05\xa0", b"\0\5", [0, 255, 170]),
        (2, 0, b"\x18", b"\0\1", [0, 255, 170]),
        (1, 0, b"\x40", b"\0\0", [255, 255, 255]),
    ],
)
def test_the_color_that_a_png_declares_transparent_becomes_white(
    depth: int, kind: int, row: bytes, clear: bytes, seen: list[int]
) -> None:
    packed = np.frombuffer(row, np.uint8)[None]
    data = png(3, 1, [(b"tRNS", clear), rows(packed)], depth, kind)
    assert Oddity.ALPHA in decode(data).oddities
    assert pixels(data)[0, :, 0].tolist() == seen


def test_five_and_six_bits_a_channel_are_not_sixteen() -> None:
    header = b"BM" + (70 + 8).to_bytes(4, "little") + bytes(4) + (70).to_bytes(4, "little")
    size = (2).to_bytes(4, "little") * 2
    info = (56).to_bytes(4, "little") + size + b"\1\0\x10\0" + (3).to_bytes(4, "little") + bytes(20)
    masks = b"".join(mask.to_bytes(4, "little") for mask in (0xF800, 0x07E0, 0x001F, 0))
    decoded = decode(header + info + masks + b"\x00\xf8" * 4)
    assert decoded.oddities == Oddity.NONE
    assert np.asarray(decoded.image).reshape(-1, 3).tolist() == [[255, 0, 0]] * 4


def test_transparency_becomes_white() -> None:
    hidden = np.zeros((2, 3, 4), dtype=np.uint8)
    hidden[..., 0] = 200
    hidden[:, 1, 3], hidden[:, 2, 3] = 255, 51
    seen = pixels(encoded(hidden))[0].tolist()
    assert seen == [[255, 255, 255], [200, 0, 0], [244, 204, 204]]


def test_transparency_of_a_palette_becomes_white() -> None:
    indexed = Image.fromarray(np.array([[0, 1]], dtype=np.uint8), "P")
    indexed.putpalette([200, 0, 0, 0, 0, 200])
    data = encoded(indexed, transparency=0)
    assert decode(data).oddities == Oddity.ALPHA
    assert pixels(data)[0].tolist() == [[255, 255, 255], [0, 0, 200]]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_first_frame_of_an_animation_is_taken(kind: str) -> None:
    frames = [Image.new("RGB", (30, 20), color) for color in ("red", "lime", "blue")]
    options: dict[str, object] = {"lossless": True} if kind == "WEBP" else {}
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    assert decode(data).oddities == Oddity.ANIMATED
    assert (pixels(data) == [255, 0, 0]).all()


@pytest.mark.parametrize("clear", [None, 2])
def test_what_the_first_frame_of_a_gif_leaves_out_is_transparent(clear: int | None) -> None:
    data = gif((4, 3), [(1, 1, 2, 2, 1)], [(255, 0, 0), (0, 0, 255)], clear)
    wanted = np.full((3, 4, 3), 255)
    wanted[1:, 1:3] = 0, 0, 255
    assert decode(data).oddities == Oddity.ALPHA
    assert np.array_equal(pixels(data), wanted)


@pytest.mark.parametrize(
    ("kind", "oddities"),
    [
        (b"\x02\0\2\0", Oddity.ANIMATED),  # another view
        (b"\1\0\1\0", Oddity.NONE),  # a preview
        (bytes(4), Oddity.NONE),  # none of the types, as a gain map
    ],
)
def test_a_preview_in_a_jpeg_is_no_frame(kind: bytes, oddities: Oddity) -> None:
    assert decode(stereo(kind)).oddities == oddities
    assert np.abs(pixels(stereo(kind)).astype(int) - waves(60, 40)).mean() < 3


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "upright"),
    [
        (2, lambda stored: stored[:, ::-1]),
        (3, lambda stored: stored[::-1, ::-1]),
        (4, lambda stored: stored[::-1]),
        (5, lambda stored: stored.transpose(1, 0, 2)),
        (6, lambda stored: np.rot90(stored, -1)),
        (7, lambda stored: stored[::-1, ::-1].transpose(1, 0, 2)),
        (8, np.rot90),
    ],
)
def test_exif_orientation_is_undone(
    kind: str, orientation: int, upright: Callable[[NDArray[np.uint8]], NDArray[np.uint8]]
) -> None:
    seen, wanted = pixels(oriented(orientation, kind)), upright(waves(60, 40))
    assert seen.shape == wanted.shape
    assert np.abs(seen.astype(int) - wanted).mean() < 3


@pytest.mark.parametrize("exif", [b"junk", b"II*\0\x08\0\0\0\xff\xff", b"MM\0*", b""])
def test_damaged_exif_leaves_the_pixels(exif: bytes) -> None:
    data = picture("JPEG", exif=b"Exif\0\0" + exif)
    with pillow_warnings_ignored():
        decoded = decode(data)
    assert decoded.oddities == Oddity.NONE
    assert decoded.image.size == (60, 40)


def test_cmyk_keeps_its_colors() -> None:
    red = Image.new("RGB", (16, 16), (200, 30, 30)).convert("CMYK")
    seen = pixels(encoded(red, "JPEG", quality=95))
    assert np.abs(seen.astype(int) - [200, 30, 30]).max() <= 8


def test_cmyk_of_adobe_is_inverted_and_may_be_ycck() -> None:
    ink = np.full((16, 16, 4), (10, 90, 160, 50), dtype=np.uint8)
    data = bytearray(encoded(Image.fromarray(ink, "CMYK"), "JPEG", quality=100))
    c, m, y, k = (255 - ink[0, 0].astype(float)) / 255
    wanted = 255 * k * np.array([c, m, y])
    assert np.abs(pixels(bytes(data)).astype(int) - wanted).max() <= 3
    # what is stored (inverted ink) is now Y, Cb, Cr of the inverse of C, M, Y (Adobe TN 5116)
    data[data.index(b"Adobe") + 11] = 2
    luma, blue, red = 255 - ink[0, 0, :3].astype(float)
    red, blue = red - 128, blue - 128
    rgb = [luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red, luma + 1.772 * blue]
    wanted = (255 - np.clip(rgb, 0, 255)) * k
    assert decode(bytes(data)).oddities == Oddity.CMYK
    assert np.abs(pixels(bytes(data)).astype(int) - wanted).max() <= 3


def test_what_is_appended_to_a_jpeg_is_no_scan_of_it() -> None:
    assert np.array_equal(pixels(picture("JPEG") + b"\xff\xda" * 500), pixels(picture("JPEG")))


@pytest.mark.parametrize("orientation", [1, 6])
def test_draft_of_a_jpeg_is_close_to_the_whole_and_large_enough(orientation: int) -> None:
    data = oriented(orientation, size=(1000, 700))
    draft, whole = decode(data, at_least=100), decode(data)
    assert 100 <= min(draft.image.size) < 200
    assert (draft.width, draft.height) == (whole.width, whole.height) == (1000, 700)
    small = whole.image.resize(draft.image.size, Image.Resampling.BOX)
    assert np.abs(np.asarray(draft.image).astype(int) - np.asarray(small)).mean() < 1
    assert np.abs(signature(draft.image).astype(int) - signature(whole.image)).max() <= 4


@pytest.mark.parametrize("size", [(513, 513), (1001, 777), (640, 427), (2000, 130), (97, 1300)])
@pytest.mark.parametrize("at_least", [16, 64, 100])
def test_a_draft_moves_nothing_by_more_than_is_said(size: tuple[int, int], at_least: int) -> None:
    y, x = np.mgrid[: size[1], : size[0]].astype(float)
    ramps = np.stack([255 * x / size[0], 255 * y / size[1], 0 * x], axis=-1).astype(np.uint8)
    draft = decode(encoded(ramps, "JPEG", quality=100, subsampling=0), at_least=at_least).image
    assert min(draft.size) >= min(at_least, *size)
    for axis in (0, 1):
        n = draft.size[axis]
        seen = np.asarray(draft)[..., axis].mean(axis=axis) + 0.5
        wanted = 255 * (np.arange(n) + 0.5) / n  # where each row or column is thought to be
        a_pixel = 255 * min(size) / size[axis] / at_least
        assert np.abs(seen - wanted).max() <= 0.25 * a_pixel + 1.5  # levels, for rounding


def test_signature_is_a_block_mean_of_gray() -> None:
    gray = waves(64, 32)[:, :, 0]
    means = gray.reshape(16, 2, 16, 4).mean(axis=(1, 3)).ravel()
    assert np.abs(signature(Image.fromarray(gray)) - means).max() <= 1


VALID = [
    picture("PNG"),
    picture("JPEG"),
    picture("JPEG", progressive=True),
    picture("TIFF", compression="tiff_lzw"),
    picture("GIF"),
    picture("WEBP"),
    picture("BMP"),
    picture("PPM"),
    oriented(6),
    oriented(8, "TIFF"),
]


@settings(max_examples=300, deadline=None)
@given(
    data=st.sampled_from(VALID),
    flips=st.lists(st.tuples(st.floats(0, 0.999), st.integers(1, 255)), max_size=8),
    end=st.floats(0, 1),
)
def test_damaged_bytes_raise_nothing_but_unreadable(
    data: bytes, flips: list[tuple[float, int]], end: float
) -> None:
    damaged = bytearray(data)
    for place, change in flips:
        # most formats keep what is fragile at their start
        damaged[int(place**3 * len(damaged))] ^= change
    cut = bytes(damaged[: int(len(damaged) * min(1, 2 * end))])
    with pillow_warnings_ignored(), suppress(UnreadableError):
        decoded = decode(cut, at_least=16)
        assert decoded.image.mode == "RGB"
        assert signature(decoded.image).shape == (256,)


def test_warnings_of_pillow_are_ignored_only_where_said() -> None:
    damaged = encoded(waves(60, 40), exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with pillow_warnings_ignored():
            Image.open(io.BytesIO(damaged)).getexif()
        assert not caught
        Image.open(io.BytesIO(damaged)).getexif()
        assert caught


def test_a_bomb_is_an_error_also_inside_of_another_file() -> None:
    hidden = bomb(12_000, 10_000)
    entry = b"\0\0\0\0\1\0\x20\0" + len(hidden).to_bytes(4, "little") + (22).to_bytes(4, "little")
    assert refused(b"\0\0\1\0\1\0" + entry + hidden).status is Status.TOO_LARGE


def test_nothing_is_printed_of_damaged_files(capfd: pytest.CaptureFixture[str]) -> None:
    damaged = bytearray(picture("TIFF", (300, 200), compression="tiff_deflate"))
    damaged[100:20_000:97] = bytes(len(damaged[100:20_000:97]))
    refused(bytes(damaged))
    refused(tiff(waves(4, 4), {277: (60_000,)}))
    assert capfd.readouterr() == ("", "")
    with pytest.raises(UnreadableError):
        decode(bytes(damaged))
    assert "Decode" in capfd.readouterr().err  # libtiff prints again, or this test shows nothing


def test_an_image_that_does_not_fit_into_memory_is_not_called_damaged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def load(_image: Image.Image) -> None:
        raise MemoryError

    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", load)
    error = refused(picture("PNG"))
    assert error.status is Status.TOO_LARGE
    assert "memory" in str(error)
