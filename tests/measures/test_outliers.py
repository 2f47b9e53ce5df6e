import numpy as np
import pytest
from numpy.typing import NDArray

from labelaudit.blocks import row_blocks
from labelaudit.errors import MissingInputError
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.measures.integrity.outliers import mean_distances, outliers
from labelaudit.progress import silent
from labelaudit.statistics.nearest_neighbors import nearest, unit_vectors

N, K = 200, 20


def graph(vectors: NDArray[np.float32]) -> Neighbors:
    found, similar = nearest(unit_vectors(vectors, np.arange(len(vectors))), K, progress=silent)
    return Neighbors(indices=found.astype(np.int32), similarities=similar)


def made() -> NDArray[np.float32]:
    """Return a cloud in one direction, and two equal items in the opposite one."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(N, 6)) + 5 * np.sign(rng.normal(size=(N, 1))) * np.eye(1, 6)
    vectors[:2] = (0, 0, 0, 30, -30, 0)
    return vectors.astype(np.float32)


def codes() -> NDArray[np.int64]:
    """Return numbers by which the first two items are copies."""
    return np.maximum(np.arange(N), 1)


def test_distance_is_the_mean_over_the_ten_nearest_others() -> None:
    around = graph(made())
    found = mean_distances(around, codes())
    for item in range(N):
        distances = [
            1 - float(similarity)
            for other, similarity in zip(
                around.indices[item], around.similarities[item], strict=True
            )
            if codes()[other] != codes()[item]
        ][:10]
        assert found[item] == pytest.approx(sum(distances) / len(distances), abs=1e-5)


def test_two_equal_strangers_do_not_hide_each_other() -> None:
    found = outliers(graph(made()), codes())
    (ranking,) = found.rankings
    assert set(ranking.items[:2].tolist()) == {0, 1}
    assert found.columns["is_outlier"][:2].all()
    assert found.values[0].value == len(ranking.items) == found.columns["is_outlier"].sum()


def test_worked_case_of_the_fence() -> None:
    # distances 1, 2, 3, 4 and x tenths: quartiles 2 and 4, so the fence is 4 + 3 * 2 = 10
    for last, n_found in ((0.99, 0), (1.01, 1)):
        distances = np.array([0.1, 0.2, 0.3, 0.4, last], dtype=np.float32)
        around = Neighbors(
            indices=np.array([[1], [0], [0], [0], [0]], dtype=np.int32),
            similarities=1 - distances[:, None],
        )
        found = outliers(around, np.arange(5))
        assert found.parameters["fence"] == pytest.approx(1.0)
        assert found.values[0].value == n_found
        assert found.values[1].value == pytest.approx(n_found / 5)


def test_farthest_come_first_and_none_is_cut() -> None:
    rng = np.random.default_rng(1)
    distances = np.concatenate([rng.uniform(0.1, 0.11, 2000), rng.uniform(0.5, 1, 300)])
    around = Neighbors(
        indices=(1 - np.minimum(np.arange(2300), 1))[:, None].astype(np.int32),
        similarities=(1 - distances[:, None]).astype(np.float32),
    )
    (ranking,) = outliers(around, np.arange(2300)).rankings
    assert len(ranking.items) == len(ranking.details) == 300
    assert ranking.scores is not None
    assert (np.diff(ranking.scores) <= 0).all()
    assert ranking.items[0] == distances.argmax()


def test_items_without_embedding_have_no_distance() -> None:
    around = graph(made())
    indices, similar = around.indices.copy(), around.similarities.copy()
    indices[7], similar[7] = -1, -np.inf
    numbers = codes()
    numbers[7] = -1
    found = outliers(Neighbors(indices=indices, similarities=similar), numbers)
    assert np.isnan(found.columns["outlier_distance"][7])
    assert not found.columns["is_outlier"][7]


def test_copies_of_one_item_alone_are_refused() -> None:
    with pytest.raises(MissingInputError, match="no copy"):
        outliers(graph(np.ones((N, 6), dtype=np.float32)), np.zeros(N, dtype=np.int64))


def test_blocks_of_rows_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    around = graph(made())
    whole = mean_distances(around, codes())
    monkeypatch.setattr(row_blocks, "__defaults__", (7,))
    assert np.array_equal(whole, mean_distances(around, codes()))
