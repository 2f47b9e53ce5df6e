import numpy as np
import pytest
from made import compute, embedded, numbers

from labelaudit.errors import MissingInputError


def test_embeddings_are_as_sharp_as_equal_pixels() -> None:
    line = np.array([*range(20), *range(22, 42)], dtype=np.float16)[:, None]
    labels = np.repeat(np.array([0, 1], dtype=np.int32), 20)
    found = numbers(
        compute(
            "embedding_label_sharpness", labels=labels, embeddings=embedded(line), random_state=0
        )
    )
    assert found["kf_max"] == pytest.approx(1 / 3, rel=1e-6)
    assert found["nearest_neighbor_error"] == 0
    assert found["enemy_friend_ratio"] == 12.5


def test_at_most_4000_rows_are_compared() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 4100).astype(np.int32)
    found = compute(
        "embedding_label_sharpness",
        labels=labels,
        embeddings=embedded(rng.random((4100, 2), dtype=np.float32)),
        random_state=0,
    )
    assert found.parameters["pool"] == 4000
    for value in found.values[3:5]:
        assert value.value is not None
        assert value.low is not None
        assert value.high is not None
        assert value.low < value.value < value.high


def test_another_seed_draws_other_rows_and_the_same_seed_the_same() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 1200).astype(np.int32)
    vectors = embedded(rng.random((1200, 3), dtype=np.float32))
    first, second, same = (
        numbers(
            compute(
                "embedding_label_sharpness", labels=labels, embeddings=vectors, random_state=seed
            )
        )
        for seed in (0, 1, 0)
    )
    assert first["kf_q05"] != second["kf_q05"]
    assert first == same


def test_rows_without_vectors_or_labels_are_left_out() -> None:
    vectors = np.array([*range(20), *range(21, 41), 19.9, 20.1], dtype=np.float32)[:, None]
    labels = np.array([0] * 20 + [1] * 20 + [1, -1], dtype=np.int32)
    present = np.ones(42, dtype=bool)
    present[40] = False
    found = compute(
        "embedding_label_sharpness",
        labels=labels,
        embeddings=embedded(vectors, present),
        random_state=0,
    )
    assert numbers(found)["kf_max"] == 0.5


def test_nothing_embedded_is_not_measured() -> None:
    with pytest.raises(MissingInputError, match="too few"):
        compute(
            "embedding_label_sharpness",
            labels=np.zeros(50, dtype=np.int32),
            embeddings=embedded(np.zeros((50, 2)), np.zeros(50, dtype=bool)),
            random_state=0,
        )
