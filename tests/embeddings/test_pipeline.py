import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from labelaudit.embeddings.images.decode import Status, UnreadableError
from labelaudit.embeddings.pipeline import CHUNK, Input, Opened, Opener, embedded_chunks, in_order
from labelaudit.embeddings.store.store import Store

SAID_OF_ONE = (0, 1, 1, 1)


class Numbers:
    """Items whose bytes are their numbers, with a list of those that were read."""

    def __init__(self, seconds: float = 0.0005) -> None:
        self.seconds = seconds
        self.were_read: list[int] = []

    def read(self, item: int) -> bytes:
        """Return an item's number."""
        self.were_read.append(item)
        time.sleep((item * 7919 % 5) * self.seconds)
        return str(item).encode()


def opener(batch_size: int, embed: Callable[[list[Input]], NDArray[np.floating]]) -> Opener:
    """Return an opener for which the numbers that end in 7 are unreadable."""

    def opened(data: bytes) -> Opened:
        if data.endswith(b"7"):
            raise UnreadableError(Status.TRUNCATED, "it ends in 7")
        return Opened(SAID_OF_ONE, bytes(32), np.array([int(data)]))

    return Opener(
        kind="number", model="m", n_features=1, batch_size=batch_size, open=opened, embed=embed
    )


def as_they_are(inputs: list[Input]) -> NDArray[np.floating]:
    time.sleep(0.002)
    return np.stack(inputs).astype(np.float32)


@pytest.mark.parametrize("n_threads", [1, 3])
@pytest.mark.parametrize("batch_size", [0, 1, 20, 64])
def test_every_item_comes_once_in_order_with_its_own_vector(
    n_threads: int, batch_size: int
) -> None:
    whole = opener(batch_size, as_they_are)
    chunks = list(embedded_chunks(Numbers(), 200, whole, Store(None, 1), n_threads))
    assert [row for chunk in chunks for row in chunk.rows] == list(range(200))
    wanted = [0 if row % 10 == 7 else row for row in range(200)]
    assert np.concatenate([chunk.vectors[:, 0] for chunk in chunks]).tolist() == wanted
    bad = [row for chunk in chunks for row in np.flatnonzero(chunk.status) + chunk.rows.start]
    assert bad == list(range(7, 200, 10))
    assert [chunk.rows.start + at for chunk in chunks for at in chunk.reasons] == bad
    assert not any(chunk.inputs for chunk in chunks)


@pytest.mark.parametrize(
    ("batch_size", "n_chunks"), [(1, [1] * 10), (32, [2] * 5), (64, [4, 4, 2])]
)
def test_batches_are_as_full_as_whole_chunks_make_them(
    batch_size: int, n_chunks: list[int]
) -> None:
    sizes: list[int] = []

    def embed(inputs: list[Input]) -> NDArray[np.floating]:
        sizes.append(len(inputs))
        return as_they_are(inputs)

    list(embedded_chunks(Numbers(), 160, opener(batch_size, embed), Store(None, 1), 1))
    ends = np.cumsum([0, *n_chunks]) * CHUNK
    wanted = [sum(row % 10 != 7 for row in range(*pair)) for pair in pairwise(ends)]
    assert sizes == wanted


@pytest.mark.parametrize(("n_threads", "batch_size"), [(1, 1), (4, 1), (2, 64), (2, 0)])
def test_reading_runs_only_so_far_ahead(n_threads: int, batch_size: int) -> None:
    """Of 4,800 items, at most those of the tasks that may wait are read before the first is out."""
    media = Numbers(seconds=0)
    chunks = embedded_chunks(
        media, 4800, opener(batch_size, as_they_are), Store(None, 1), n_threads
    )
    group = max(CHUNK, batch_size)
    most = (2 * n_threads + 1) * CHUNK + (max(2, 2 * n_threads * CHUNK // group) + 2) * group
    for done, _ in enumerate(chunks):
        if done % 20 == 0:
            time.sleep(0.02)
        assert len(media.were_read) <= (done + 1) * CHUNK + most
    assert len(media.were_read) == 4800


def test_failure_of_a_task_ends_all_and_leaves_no_thread() -> None:
    def fail(inputs: list[Input]) -> NDArray[np.floating]:
        raise RuntimeError(f"{len(inputs)} are too many")

    before = threading.active_count()
    media = Numbers()
    with pytest.raises(RuntimeError, match="are too many"):
        list(embedded_chunks(media, 1600, opener(1, fail), Store(None, 1), 2))
    assert threading.active_count() == before
    assert len(media.were_read) < 800


def test_consumer_that_stops_leaves_no_thread() -> None:
    before = threading.active_count()
    chunks = embedded_chunks(Numbers(), 1600, opener(1, as_they_are), Store(None, 1), 2)
    next(chunks)
    chunks.close()
    assert threading.active_count() == before


def test_results_come_in_the_order_of_their_arguments() -> None:
    def task(number: int) -> int:
        time.sleep((5 - number % 5) / 500)
        return number

    with ThreadPoolExecutor(4) as pool:
        assert list(in_order(pool, task, range(60), 8)) == list(range(60))


def test_results_before_an_argument_that_fails_come_first() -> None:
    def arguments() -> Iterator[int]:
        yield from range(5)
        raise RuntimeError("there is no sixth")

    with ThreadPoolExecutor(2) as pool:
        results = in_order(pool, abs, arguments(), 8)
        assert [next(results) for _ in range(5)] == list(range(5))
        with pytest.raises(RuntimeError, match="no sixth"):
            next(results)
