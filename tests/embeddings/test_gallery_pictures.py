"""Which pictures of the galleries are drawn, where a page cannot hold all of them."""

from functools import cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from pictures import encoded
from small_scans import Memory, dataset_of

from labelaudit.dataset import Dataset
from labelaudit.embeddings.content import Content, read_content, store_for
from labelaudit.galleries import (
    MOST_CHARACTERS,
    MOST_PICTURES,
    N_THUMBNAILS,
    gallery_of,
    in_turns,
    thumbnails_of,
    with_drawn,
)
from labelaudit.measures import Ranking
from labelaudit.progress import silent
from labelaudit.report import MeasureResult

N = 320


def ranking(
    items: list[int], neighbors: list[list[int]] | None = None, groups: list[int] | None = None
) -> Ranking:
    return Ranking(
        name="rule",
        title="Rule",
        items=np.array(items, dtype=np.int64),
        neighbors=None if neighbors is None else np.array(neighbors, dtype=np.int32),
        groups=None if groups is None else np.array(groups, dtype=np.int64),
    )


def photo(seed: int, width: int = 500, height: int = 375) -> NDArray[np.uint8]:
    """Return colored noise with the spectrum of photographs: amplitude falls as frequency rises."""
    rng = np.random.default_rng(seed)
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    frequency[0, 0] = 1
    spectrum = np.fft.rfft2(rng.normal(size=(3, height, width))) / frequency
    pixels = np.fft.irfft2(spectrum, s=(height, width))
    pixels = 128 + 50 * (pixels - pixels.mean()) / pixels.std()
    shown: NDArray[np.uint8] = np.clip(pixels, 0, 255).astype(np.uint8)
    return shown.transpose(1, 2, 0)


def opened(images: list[bytes]) -> tuple[Dataset, Content]:
    dataset = dataset_of(Memory(images), len(images))
    content, _, _ = read_content(dataset, None, store_for(None, None), n_threads=1, progress=silent)
    return dataset, content


@cache
def small() -> tuple[Dataset, Content]:
    rng = np.random.default_rng(1)
    images = [encoded(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8)) for _ in range(N)]
    return opened(images)


def units(*items: list[int]) -> list[NDArray[np.int64]]:
    return [np.array(each, dtype=np.int64) for each in items]


def test_rankings_take_turns_each_sample_with_its_neighbors() -> None:
    suspects = ranking([3, 4], neighbors=[[7, 8], [9, -1]])
    copies = ranking([0, 1, 5, 6, 2], groups=[0, 0, 1, 1, 2])
    turns = [unit.tolist() for unit in in_turns([suspects, copies, ranking([])])]
    assert turns == [[3, 7, 8], [0, 1], [4, 9], [5, 6], [2]]


def test_no_ranking_has_more_pictures_than_a_gallery_may() -> None:
    turns = list(in_turns([ranking(list(range(100)))]))
    assert len(turns) == N_THUMBNAILS


def test_there_are_never_more_pictures_than_a_report_may_have() -> None:
    dataset, content = small()
    made = thumbnails_of(dataset, content, units(*([at] for at in range(N))), silent)
    assert len(made) == MOST_PICTURES
    digests = [content.digests[at, :8].tobytes().hex() for at in range(MOST_PICTURES)]
    assert sorted(digests) == list(made)


def test_what_belongs_together_is_drawn_together_or_not_at_all() -> None:
    dataset, content = small()
    first = list(range(MOST_PICTURES - 1))
    made = thumbnails_of(dataset, content, units(first, [300, 301], [302], [303], [0, 5]), silent)
    keys = {content.digests[at, :8].tobytes().hex(): at for at in range(N)}
    assert {keys[key] for key in made} == {*first, 302}


def test_pictures_of_one_content_count_once() -> None:
    dataset, content = opened([encoded(photo(0, 9, 9)), encoded(photo(0, 9, 9))])
    assert len(thumbnails_of(dataset, content, units([0, 1], [1]), silent)) == 1


def test_most_photographs_are_small_enough_for_a_page_and_white_noise_is_cut() -> None:
    dataset, content = opened([encoded(photo(seed)) for seed in range(8)])
    made = thumbnails_of(dataset, content, units(list(range(8))), silent)
    assert 0.9 * MOST_PICTURES * sum(map(len, made.values())) / 8 < MOST_CHARACTERS
    rng = np.random.default_rng(0)
    noise = [encoded(rng.integers(0, 256, (96, 96, 3), dtype=np.uint8)) for _ in range(150)]
    dataset, content = opened(noise)
    made = thumbnails_of(dataset, content, units(*([at] for at in range(150))), silent)
    size = sum(map(len, made.values()))
    assert 0.97 * MOST_CHARACTERS < size <= MOST_CHARACTERS
    assert len(made) < 150


def test_a_picture_counts_as_often_as_it_is_printed() -> None:
    rng = np.random.default_rng(0)
    noise = [encoded(rng.integers(0, 256, (96, 96, 3), dtype=np.uint8)) for _ in range(120)]
    dataset, content = opened(noise)
    twice = units(*([at] for at in range(120)), *([at] for at in range(120)))
    size = sum(map(len, thumbnails_of(dataset, content, twice, silent).values()))
    assert 0.48 < size / MOST_CHARACTERS <= 0.5


def test_a_sample_names_no_picture_that_was_not_drawn() -> None:
    dataset, content = small()
    gallery = gallery_of(ranking([0, 1], neighbors=[[2, 3], [4, 5]]), dataset, content)
    result = MeasureResult(
        name="rule",
        family="integrity",
        title="",
        summary="",
        status="measured",
        galleries=(gallery,),
    )
    made = thumbnails_of(dataset, content, units([0, 2]), silent)
    assert len(made) == 2
    [shown] = with_drawn(result, made).galleries
    drawn = [(s.thumbnail, *(near.thumbnail for near in s.neighbors)) for s in shown.samples]
    assert [[key is not None for key in keys] for keys in drawn] == [[1, 1, 0], [0, 0, 0]]
    assert set(chain(*drawn)) - {None} == set(made)
    assert [sample.path for sample in shown.samples] == ["0000.png", "0001.png"]
