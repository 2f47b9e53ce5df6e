"""Image faults: each kind is found where it is planted, with its evidence, and nowhere else."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from made import numbers
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from test_integrity import content_of

from labelaudit.embeddings.content import Content
from labelaudit.embeddings.images.decode import Status, decode
from labelaudit.embeddings.images.looks import LOOKS, looks_of, small_copies
from labelaudit.errors import MissingInputError
from labelaudit.measures import Findings
from labelaudit.measures.integrity.image_faults import image_faults
from labelaudit.statistics.fences import fences_of

N = 20


def picture(seed: int) -> Image.Image:
    """Return blobs of color of as much contrast at each scale, as photographs have it."""
    rng = np.random.default_rng(seed)
    whole = np.zeros((48, 64, 3))
    for n in (4, 8, 16, 48):
        blobs = rng.integers(0, 256, (n * 3 // 4, n, 3), dtype=np.uint8)
        whole += np.asarray(Image.fromarray(blobs).resize((64, 48)))
    return Image.fromarray((whole / 4).astype(np.uint8))


def encoded(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", **options)
    return out.getvalue()


def content_of_images(files: list[bytes]) -> Content:
    """Return what a scan says of files."""
    content = content_of(files)
    images = [decode(data) for data in files]
    _, looks = looks_of([small_copies(each.image) for each in images])
    for at, decoded in enumerate(images):
        content.sizes[at] = decoded.width, decoded.height
        content.oddities[at] = decoded.oddities
    return Content(
        digests=content.digests, status=content.status, oddities=content.oddities,
        sizes=content.sizes, signatures=content.signatures, reasons={}, looks=looks,
    )  # fmt: skip


def level(image: Image.Image, low: float, high: float) -> Image.Image:
    return image.point([int(low + (high - low) * value / 255) for value in range(256)] * 3)


def transparent(image: Image.Image) -> Image.Image:
    image.putalpha(128)
    return image


PLANTED: dict[str, Callable[[Image.Image], Image.Image]] = {
    "dark": lambda image: level(image, 0, 40),
    "light": lambda image: level(image, 235, 255),
    "blurred": lambda image: image.filter(ImageFilter.GaussianBlur(2)),
    "low_information": lambda image: level(image, 128, 131),
    "odd_size": lambda image: image.resize((256, 192), Image.Resampling.NEAREST),
    "odd_aspect_ratio": lambda image: image.crop((0, 0, 64, 15)),
    "grayscale": lambda image: image.convert("L").convert("RGB"),
    "odd_mode": transparent,
}


def found_with(files: list[bytes]) -> Findings:
    return image_faults(content_of_images(files))


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found_and_nothing_else_of_its_kind(fault: str) -> None:
    images = [picture(seed) for seed in range(N)]
    files = [encoded(each) for each in images]
    files[7] = encoded(PLANTED[fault](images[7]))
    found = found_with(files)
    assert numbers(found)[f"{fault}_count"] == 1
    ranking = next(each for each in found.rankings if each.name == fault)
    assert ranking.items.tolist() == [7]
    assert len(ranking.details) == 1
    assert np.flatnonzero(found.columns[f"is_{fault}"]).tolist() == [7]
    assert numbers(found)["faulty_count"] == 1


def test_good_pictures_have_no_faults() -> None:
    found = found_with([encoded(picture(seed)) for seed in range(N)])
    assert set(numbers(found).values()) == {0}
    assert found.rankings == ()


def test_what_exif_turns_is_counted() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    files = [encoded(picture(seed)) for seed in range(5)]
    found = found_with([*files, encoded(picture(9), exif=exif)])
    assert numbers(found)["exif_rotated_count"] == 1
    assert found.rankings[0].items.tolist() == [5]


def test_the_worst_comes_first_with_its_evidence() -> None:
    images = [picture(seed) for seed in range(8)]
    for at, high in ((2, 60), (5, 20), (6, 40)):
        images[at] = level(images[at], 0, high)
    found = found_with([encoded(each) for each in images])
    ranking = next(each for each in found.rankings if each.name == "dark")
    assert ranking.items.tolist() == [5, 6, 2]
    assert ranking.details[0].endswith("dark below 0.32")


def test_what_most_images_have_is_no_fault() -> None:
    gray = [encoded(picture(seed).convert("L")) for seed in range(6)]
    color = [encoded(picture(seed)) for seed in range(6, 11)]
    found = found_with([*gray, *color])
    assert numbers(found)["grayscale_count"] is None
    assert not found.columns["is_grayscale"].any()
    assert "6 of 11" in next(v.note for v in found.values if v.name == "grayscale_count")
    assert numbers(found_with([*gray[1:], *color]))["grayscale_count"] == 5


def test_unreadable_images_are_left_to_integrity() -> None:
    content = content_of_images([encoded(picture(seed)) for seed in range(3)])
    content.status[1] = Status.TRUNCATED
    assert content.looks is not None
    content.looks[1] = np.zeros((), dtype=LOOKS)
    found = image_faults(content)
    assert numbers(found)["dark_count"] == 0
    assert np.isnan(found.columns["brightness"]).tolist() == [False, True, False]


@pytest.mark.parametrize("reason", ["texts", "no image"])
def test_refusals(reason: str) -> None:
    content = content_of([b"a"], [Status.EMPTY])
    if reason == "no image":
        content = Content(
            digests=content.digests, status=content.status, oddities=content.oddities,
            sizes=content.sizes, signatures=content.signatures, reasons={},
            looks=np.zeros(1, dtype=LOOKS),
        )  # fmt: skip
    with pytest.raises(MissingInputError, match=reason):
        image_faults(content)


def by_definition(values: NDArray[np.float64]) -> list[bool]:
    logs = sorted(float(np.log(value)) for value in values)

    def quantile(share: float) -> float:
        at = share * (len(logs) - 1)
        low = int(at)
        return logs[low] + (at - low) * (logs[min(low + 1, len(logs) - 1)] - logs[low])

    first, middle, third = quantile(0.25), quantile(0.5), quantile(0.75)
    reach = 3 * (third - first)
    return [
        log < min(first - reach, middle - np.log(2)) or log > max(third + reach, middle + np.log(2))
        for log in map(float, np.log(values))
    ]


def test_fences_are_their_definition() -> None:
    rng = np.random.default_rng(0)
    for spread in (0.01, 0.3, 1.0):
        values = np.exp(rng.standard_t(2, 200) * spread)
        assert fences_of(values).beyond(values).tolist() == by_definition(values)
