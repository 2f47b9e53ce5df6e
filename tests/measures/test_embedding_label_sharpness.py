import numpy as np
import pytest
from made import numbers
from sharp import embedding_sharpness

from labelaudit.errors import MissingInputError


def test_embeddings_are_as_sharp_as_equal_pixels() -> None:
    line = np.array([*range(30), *range(32, 62)], dtype=np.float16)[:, None]
    labels = np.repeat(np.array([0, 1], dtype=np.int32), 30)
    found = numbers(embedding_sharpness(labels, line))
    assert found["kf_max"] == pytest.approx(1 / 3, rel=1e-6)
    assert found["nearest_neighbor_error"] == 0
    assert found["enemy_friend_ratio"] == 17.5


def test_at_most_4000_rows_are_compared() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 4100).astype(np.int32)
    found = embedding_sharpness(labels, rng.random((4100, 2), dtype=np.float32))
    assert found.parameters["pool"] == 4000
    assert found.parameters["labelled"] == 4100
    ratio, error = found.values[3:5]
    assert "share neighbors" in ratio.no_interval
    assert error.value is not None
    assert error.low is not None
    assert error.high is not None
    assert error.low < error.value < error.high
    # As of fewer samples than there are: in the plane most are each other's nearest.
    assert (
        error.high - error.low > 1.15 * 2 * 1.96 * (error.value * (1 - error.value) / 4000) ** 0.5
    )


def test_another_seed_draws_other_rows_and_the_same_seed_the_same() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 1200).astype(np.int32)
    vectors = rng.random((1200, 3), dtype=np.float32)
    first, second, same = (
        numbers(embedding_sharpness(labels, vectors, seed=seed)) for seed in (0, 1, 0)
    )
    assert first["kf_q05"] != second["kf_q05"]
    assert first == same


def test_rows_without_vectors_or_labels_are_left_out() -> None:
    vectors = np.array([*range(30), *range(31, 61), 29.9, 30.1], dtype=np.float32)[:, None]
    labels = np.array([0] * 30 + [1] * 30 + [1, -1], dtype=np.int32)
    present = np.ones(62, dtype=bool)
    present[60] = False
    assert numbers(embedding_sharpness(labels, vectors, present))["kf_max"] == 0.5


def test_nothing_embedded_is_not_measured() -> None:
    with pytest.raises(MissingInputError, match="0 labelled items with a vector are too few"):
        embedding_sharpness(
            np.zeros(50, dtype=np.int32), np.zeros((50, 2)), np.zeros(50, dtype=bool)
        )


def test_equal_embeddings_are_not_measured() -> None:
    labels = np.repeat(np.array([0, 1], dtype=np.int32), 30)
    with pytest.raises(MissingInputError, match="all 60 vectors are equal"):
        embedding_sharpness(labels, np.full((60, 4), 0.5, dtype=np.float16))
