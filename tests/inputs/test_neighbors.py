import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

import labelaudit.inputs.neighbors as neighbors_module
from labelaudit.dataset import Dataset, Source
from labelaudit.embeddings import Embeddings
from labelaudit.errors import MissingInputError
from labelaudit.inputs.neighbors import N_NEIGHBORS, neighbors
from labelaudit.progress import silent
from labelaudit.statistics.nearest_neighbors import nearest, unit_vectors


def embedded(vectors: NDArray[np.floating], present: NDArray[np.bool_]) -> Embeddings:
    return Embeddings(
        vectors=vectors,
        present=present,
        model="test",
        model_sha256="0" * 64,
        preprocessing="none",
    )


def brute_force(
    vectors: NDArray[np.float32], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the neighbors by sorting every product, ties by row."""
    products = vectors.astype(np.float64) @ vectors.T.astype(np.float64)
    np.fill_diagonal(products, -np.inf)
    order = np.argsort(-products, axis=1, kind="stable")[:, :k]
    return order, np.take_along_axis(products, order, axis=1)


def unit(seed: int, n: int, n_features: int = 16) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(n, n_features)).astype(np.float32)
    return unit_vectors(vectors, np.arange(n))


@pytest.mark.parametrize(
    ("n", "k"), [(2, 1), (3, 2), (51, 50), (1024, 10), (1025, 10), (1100, 50), (2500, 50)]
)
def test_neighbors_are_those_of_a_full_sort(n: int, k: int) -> None:
    vectors = unit(n, n)
    found, products = nearest(vectors, k, progress=silent)
    expected, similarities = brute_force(vectors, k)
    assert np.abs(products - similarities).max() < 1e-6
    assert (np.sort(found, axis=1) == np.sort(expected, axis=1)).mean() == 1


@pytest.mark.parametrize("n", [60, 1100])
def test_all_other_items_can_be_neighbors(n: int) -> None:
    found, products = nearest(unit(1, n), n - 1, progress=silent)
    for item in range(n):
        assert np.array_equal(np.sort(found[item]), np.delete(np.arange(n), item))
    assert (np.diff(products, axis=1) <= 0).all()


@pytest.mark.parametrize("order", ["sorted", "shuffled"])
def test_clusters_are_found_in_any_order(order: str) -> None:
    rng = np.random.default_rng(2)
    clusters = rng.integers(0, 40, 2100)
    clusters = np.sort(clusters) if order == "sorted" else clusters
    points = 4 * rng.normal(size=(40, 8))[clusters] + rng.normal(size=(2100, 8))
    vectors = unit_vectors(points, np.arange(2100))
    found, _ = nearest(vectors, 20, progress=silent)
    assert np.array_equal(np.sort(found), np.sort(brute_force(vectors, 20)[0]))


def test_copies_and_ties_are_neighbors_by_what_they_are_worth() -> None:
    rng = np.random.default_rng(3)
    vectors = np.eye(6, dtype=np.float32)[rng.integers(0, 6, 2200)]  # products of 0 and 1
    found, products = nearest(vectors, 30, progress=silent)
    assert np.array_equal(products, brute_force(vectors, 30)[1])
    assert (found != np.arange(2200)[:, None]).all()
    assert all(len(set(row)) == 30 for row in found.tolist())
    same = (vectors[found] == vectors[:, None]).all(axis=2)
    assert same.all()
    assert (np.diff(found, axis=1) > 0).all()  # all are ties, so by row


def test_vectors_of_no_direction_have_neighbors_all_the_same() -> None:
    found, products = nearest(np.zeros((1500, 4), np.float32), 5, progress=silent)
    assert (products == 0).all()
    assert all(len({*row, item}) == 6 for item, row in enumerate(found.tolist()))


def test_number_of_threads_does_not_matter() -> None:
    embeddings = embedded(unit(4, 3500, 32), np.ones(3500, dtype=bool))
    with threadpool_limits(1):  # as in a scan: with BLAS's own threads, products round otherwise
        results = [neighbors(embeddings, n_threads, silent) for n_threads in (1, 2, 4)]
    for result in results[1:]:
        assert np.array_equal(result.indices, results[0].indices)
        assert np.array_equal(result.similarities, results[0].similarities)


def test_rows_made_as_they_are_needed_have_the_same_neighbors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    present = np.random.default_rng(7).random(2300) < 0.9
    embeddings = embedded(unit(7, 2300, 24).astype(np.float16), present)
    held = neighbors(embeddings, 2, silent)
    monkeypatch.setattr(neighbors_module, "IN_MEMORY", 0)
    made = neighbors(embeddings, 2, silent)
    assert np.array_equal(held.indices, made.indices)
    assert np.array_equal(held.similarities, made.similarities)


def test_progress_ends_where_it_said() -> None:
    told: list[tuple[int, int]] = []
    nearest(unit(5, 2100), 3, progress=lambda _, done, total: told.append((done, total)))
    assert told == [(done, 6) for done in range(1, 7)]


@settings(max_examples=50, deadline=None)
@given(
    vectors=arrays(
        np.float32,
        st.tuples(st.integers(2, 30), st.integers(1, 5)),
        elements=st.floats(-1e6, 1e6, width=32),
    )
)
def test_unit_vectors_are_centered_and_of_length_one(vectors: NDArray[np.float32]) -> None:
    rows = np.arange(len(vectors))[::2]
    units = unit_vectors(vectors, rows)
    chosen = vectors[rows].astype(np.float64)
    scale = max(1e-3, float(np.abs(chosen).max()))
    for row, vector in zip(units, chosen - chosen.mean(axis=0), strict=True):
        length = np.linalg.norm(vector)
        if length > 1e-2 * scale:
            assert np.abs(row - vector / length).max() < 1e-3
        assert np.linalg.norm(row) < 1 + 1e-5


def test_rows_without_embedding_are_nobodys_neighbors() -> None:
    rng = np.random.default_rng(6)
    present = rng.random(90) < 0.7
    vectors = np.where(present[:, None], rng.normal(size=(90, 5)), 0).astype(np.float16)
    found = neighbors(embedded(vectors, present), 1, silent)
    assert found.indices.shape == found.similarities.shape == (90, N_NEIGHBORS)
    assert (found.indices[~present] == -1).all()
    assert np.isneginf(found.similarities[~present]).all()
    assert present[found.indices[present]].all()
    rows = np.flatnonzero(present)
    expected = rows[brute_force(unit_vectors(vectors, rows), N_NEIGHBORS)[0]]
    assert np.array_equal(np.sort(found.indices[present]), np.sort(expected))


def test_few_items_have_as_many_neighbors_as_there_are() -> None:
    found = neighbors(embedded(np.eye(3, dtype=np.float32), np.ones(3, dtype=bool)), 1, silent)
    assert np.sort(found.indices).tolist() == [[1, 2], [0, 2], [0, 1]]


@pytest.mark.parametrize("n", [0, 1])
def test_one_item_has_no_neighbors(n: int) -> None:
    present = np.arange(3) < n
    with pytest.raises(MissingInputError, match="fewer than two items"):
        neighbors(embedded(np.eye(3, dtype=np.float32), present), 1, silent)


def piled() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return vectors of which 60 are equal, and two more, and the number of each pile."""
    vectors = np.random.default_rng(8).normal(size=(200, 12)).astype(np.float32)
    vectors[20:80], vectors[5] = vectors[20], vectors[190]
    _, numbers = np.unique(vectors, axis=0, return_inverse=True)
    return vectors, numbers.ravel()


def test_a_pile_of_copies_takes_one_place_among_the_neighbors() -> None:
    vectors, numbers = piled()
    present = np.arange(200) % 40 != 3
    found = neighbors(embedded(vectors, present), 1, silent, np.where(present, numbers, -1))
    for item in np.flatnonzero(present):
        around = found.indices[item]
        assert item not in around
        assert present[around].all()
        assert len(set(numbers[around].tolist())) == N_NEIGHBORS
        has_copies = (numbers[present] == numbers[item]).sum() > 1
        assert (numbers[around] == numbers[item]).sum() == int(has_copies)
        assert (numbers[around[0]] == numbers[item]) == has_copies
        assert (np.diff(found.similarities[item]) <= 1e-6).all()


def test_neighbors_beside_a_pile_are_those_of_a_full_sort_of_the_piles() -> None:
    vectors, numbers = piled()
    found = neighbors(embedded(vectors, np.ones(200, dtype=bool)), 1, silent, numbers)
    _, firsts = np.unique(numbers, return_index=True)
    expected = brute_force(unit_vectors(vectors, firsts), N_NEIGHBORS)[0]
    for item in (0, 5, 20, 60, 199):
        own = int(numbers[found.indices[item, 0]] == numbers[item])
        wanted = numbers[firsts[expected[np.flatnonzero(firsts == firsts[numbers[item]])[0]]]]
        got = numbers[found.indices[item, own:]]
        assert set(got.tolist()) == set(wanted[: len(got)].tolist())


def test_all_copies_of_a_pile_stand_for_it_and_one_follows_the_other() -> None:
    vectors, numbers = piled()
    found = neighbors(embedded(vectors, np.ones(200, dtype=bool)), 1, silent, numbers)
    pile = np.arange(20, 80)
    others = np.setdiff1d(np.arange(200), pile)
    seen = found.indices[others][np.isin(found.indices[others], pile)]
    assert len(set(seen.tolist())) > 10
    item, walked = 20, []
    for _ in pile:
        item = int(found.indices[item, 0])
        walked.append(item)
    assert sorted(walked) == pile.tolist()


def test_which_copies_stand_for_a_pile_does_not_follow_from_the_order_of_items() -> None:
    vectors, numbers = piled()
    everyone = np.ones(200, dtype=bool)
    paths = pa.array([f"images/{at:03}.png" for at in range(200)], pa.large_string())
    order = np.random.default_rng(9).permutation(200)
    one = neighbors(embedded(vectors, everyone), 1, silent, numbers, named(paths))
    other = neighbors(
        embedded(vectors[order], everyone), 1, silent, numbers[order], named(paths.take(order))
    )
    assert np.array_equal(order[other.indices], one.indices[order])


def named(paths: pa.Array) -> Dataset:
    n = len(paths)
    return Dataset(
        name="piled",
        task="multiclass",
        class_names=("a",),
        paths=paths,
        labels=np.zeros(n, dtype=np.int32),
        splits=np.full(n, -1, dtype=np.int32),
        media=None,
        source=Source(format="test", why=(), found=n),
    )


def test_two_piles_are_neighbors_of_each_other() -> None:
    vectors = np.repeat(np.eye(2, dtype=np.float32), 3, axis=0)
    found = neighbors(embedded(vectors, np.ones(6, dtype=bool)), 1, silent, np.repeat([0, 1], 3))
    assert found.indices[:, 0].tolist() == [1, 2, 0, 4, 5, 3]
    assert [sorted(found.indices[of, 1].tolist()) for of in (slice(0, 3), slice(3, 6))] == [
        [3, 4, 5],
        [0, 1, 2],
    ]
    assert np.allclose(found.similarities, [[1, -1]] * 6)


def test_copies_of_one_item_alone_are_neighbors() -> None:
    found = neighbors(
        embedded(np.ones((4, 3), np.float32), np.ones(4, dtype=bool)),
        1,
        silent,
        np.zeros(4, np.int64),
    )
    assert [sorted(row) for row in found.indices.tolist()] == [
        [other for other in range(4) if other != item] for item in range(4)
    ]
