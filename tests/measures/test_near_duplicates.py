"""Near duplicates: edits that keep a picture are found, other pictures are not."""

import io
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from made import no_splits
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from test_integrity import content_of

from labelaudit.embeddings.images.decode import decode
from labelaudit.embeddings.images.looks import looks_of, small_copies
from labelaudit.inputs.near_copies import confirmed_pairs, joined, near_copies
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.measures import Findings
from labelaudit.measures.integrity.near_duplicates import near_duplicates
from labelaudit.statistics.groups import Groups, groups_of


def picture(seed: int) -> Image.Image:
    """Return a picture of ten random disks."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (64, 64), tuple(rng.integers(0, 255, 3).tolist()))
    draw = ImageDraw.Draw(image)
    for _ in range(10):
        x, y, r = (int(value) for value in rng.integers((0, 0, 4), (64, 64, 20)))
        color = tuple(rng.integers(0, 255, 3).tolist())
        draw.ellipse((x - r, y - r, x + r, y + r), fill=color)
    return image


def encoded(image: Image.Image, kind: str = "PNG", **options: int) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def signatures_of(files: list[bytes]) -> NDArray[np.uint8]:
    return looks_of([small_copies(decode(data).image) for data in files])[0]


def found_among(files: list[bytes], labels: list[int]) -> Findings:
    """Measure files, each of which has all others as its neighbors."""
    n = len(files)
    content = replace(content_of(files), signatures=signatures_of(files))
    indices = np.stack([np.delete(np.arange(n), at) for at in range(n)]).astype(np.int32)
    neighbors = Neighbors(indices=indices, similarities=np.ones(indices.shape, dtype=np.float32))
    codes: NDArray[np.int64] = np.array([files.index(data) for data in files])
    differ = partial(Groups.disagree, values=np.array(labels))
    near = near_copies(content, neighbors, codes)
    return near_duplicates(near, codes, differ, no_splits(n))


EDITS = {
    "JPEG at quality 60": lambda image: encoded(image, "JPEG", quality=60),
    "darker": lambda image: encoded(image.point(lambda level: level * 0.8)),
    "half the size": lambda image: encoded(image.resize((32, 32))),
    "without color": lambda image: encoded(image.convert("L")),
    "one pixel changed": lambda image: encoded(_with_a_dot(image)),
}


def _with_a_dot(image: Image.Image) -> Image.Image:
    image = image.copy()
    image.putpixel((3, 3), (255, 0, 255))
    return image


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_copy_is_found(edit: str) -> None:
    files = [encoded(picture(0)), encoded(picture(1)), EDITS[edit](picture(0))]
    found = found_among(files, [0, 0, 1])
    assert [value.value for value in found.values] == [2, 2, None]
    assert [ranking.items.tolist() for ranking in found.rankings] == [[0, 2], [0, 2]]


def test_different_pictures_are_not_found() -> None:
    found = found_among([encoded(picture(seed)) for seed in range(6)], [0] * 6)
    assert [value.value for value in found.values] == [0, 0, None]


def test_exact_copies_alone_are_left_to_integrity() -> None:
    files = [encoded(picture(0)), encoded(picture(0)), encoded(picture(1))]
    assert found_among(files, [0, 0, 0]).values[0].value == 0


def test_flat_images_are_left_out() -> None:
    flat = [encoded(Image.new("RGB", (8, 8), (level, level, level))) for level in (10, 20, 30)]
    assert found_among(flat, [0, 1, 2]).values[0].value == 0


def test_pairs_join_into_groups() -> None:
    groups = groups_of(joined(np.array([[0, 1], [1, 2], [4, 5], [1, 0]]), 7))
    assert np.split(groups.items, groups.starts[1:])[0].tolist() == [0, 1, 2]
    assert groups.sizes.tolist() == [3, 2]


def test_exact_copies_of_a_near_copy_belong_to_its_group() -> None:
    """Only one of the equal files has the near copy among its neighbors."""
    files = [encoded(picture(0)), encoded(picture(0)), EDITS["JPEG at quality 60"](picture(0))]
    content = replace(content_of(files), signatures=signatures_of(files))
    neighbors = Neighbors(
        indices=np.array([[2], [0], [0]], dtype=np.int32),
        similarities=np.ones((3, 1), dtype=np.float32),
    )
    codes = near_copies(content, neighbors, np.array([5, 5, 6]))
    assert len(set(codes.tolist())) == 1
    found = near_duplicates(
        codes, np.array([5, 5, 6]), lambda groups: groups.sizes < 0, no_splits(3)
    )
    assert found.tables[0].rows == ((3, 1, 3),)


def test_more_is_allowed_where_other_candidates_are_far_away() -> None:
    """Gray copies 0.2 apart are a pair beside one at a right angle, and none beside one nearer."""
    rng = np.random.default_rng(0)
    first, second, third = np.linalg.qr(rng.normal(size=(256, 3)))[0].T
    near = np.cos(0.2) * first + np.sin(0.2) * second
    for beside, expected in ((third, [[0, 1]]), (np.cos(0.5) * first + np.sin(0.5) * third, [])):
        vectors = np.stack([first, near, beside])
        content = replace(
            content_of([b"a", b"b", b"c"]),
            signatures=np.round(128 + 500 * (vectors - vectors.mean(axis=1, keepdims=True))).astype(
                np.uint8
            ),
        )
        neighbors = Neighbors(
            indices=np.array([[1, 2], [-1, -1], [-1, -1]], dtype=np.int32),
            similarities=np.ones((3, 2), dtype=np.float32),
        )
        assert confirmed_pairs(content, neighbors).tolist() == expected
