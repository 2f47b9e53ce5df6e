import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import compute, numbers
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.inputs.pixels import Pixels
from labelaudit.statistics.nearest_enemy import draw_sharpness, nearest, pairwise_distances


def steepest(vectors: NDArray[np.float64], labels: list[int]) -> float:
    """Return K_F of all rows in one draw."""
    distances = pairwise_distances(vectors)
    return float(draw_sharpness(distances, np.array(labels, dtype=np.int32), 0).steepest[0])


def pixels_of(values: NDArray[np.floating]) -> Pixels:
    return Pixels(
        items=np.arange(len(values)),
        values=values.astype(np.float32),
        space="a test's own",
        n_candidates=len(values),
    )


def lattice() -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return a 10 x 10 unit lattice, and the same shifted by (.3, .4) as another class."""
    grid = np.stack(np.meshgrid(np.arange(10.0), np.arange(10.0)), axis=-1).reshape(-1, 2)
    points = np.concatenate([grid, grid + np.array([0.3, 0.4])]).astype(np.float32)
    return points, np.repeat(np.array([0, 1], dtype=np.int32), 100)


@pytest.mark.parametrize(
    ("labels", "expected"), [([0, 0, 1, 1], 0.5), ([0, 1, 2, 2], 1.0), ([0, 1, 1, 1], 1.0)]
)
def test_the_steepest_change_on_a_line(labels: list[int], expected: float) -> None:
    assert steepest(np.array([[0.0], [1.0], [3.0], [7.0]]), labels) == expected


def test_two_shifted_lattices() -> None:
    points, labels = lattice()
    found = numbers(
        compute("label_sharpness", labels=labels, pixels=pixels_of(points), random_state=0)
    )
    assert found["kf_max"] == pytest.approx(2.0, rel=1e-5)
    assert found["kf_q05"] == pytest.approx(2.0, rel=1e-5)
    assert found["enemy_friend_ratio"] == pytest.approx(0.5, rel=1e-5)
    assert found["nearest_neighbor_error"] == 1
    assert found["contradictory_duplicates"] == 0


def test_scaling_the_space_divides_sharpness_and_leaves_ratios() -> None:
    points, labels = lattice()
    one, three = (
        numbers(
            compute("label_sharpness", labels=labels, pixels=pixels_of(a * points), random_state=0)
        )
        for a in (1, 3)
    )
    for name in ("kf_max", "kf_q05"):
        assert one[name] == pytest.approx(3 * (three[name] or 0), rel=1e-5)
    for name in ("kf_null_ratio", "enemy_friend_ratio", "nearest_neighbor_error"):
        assert one[name] == pytest.approx(three[name], rel=1e-5)


def test_a_contradictory_duplicate_is_counted_and_left_out() -> None:
    line = np.concatenate([np.arange(40.0), [19.0]])[:, None]
    labels = np.array([0] * 20 + [1] * 21, dtype=np.int32)
    found = numbers(
        compute("label_sharpness", labels=labels, pixels=pixels_of(line), random_state=0)
    )
    assert found["contradictory_duplicates"] == 1
    assert found["kf_max"] == 1


@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 2)), min_size=2, max_size=25
    )
)
def test_values_match_the_definitions_in_double_loops(points: list[tuple[int, int, int]]) -> None:
    vectors = np.array([point[:2] for point in points], dtype=np.float32) / 8
    labels = np.array([point[2] for point in points], dtype=np.int32)
    distances = pairwise_distances(vectors)
    enemy, friend = nearest(distances, labels)
    steepest = np.nan
    for i, x in enumerate(vectors):
        others = [
            (float(np.linalg.norm(x - z)), labels[i] != labels[j])
            for j, z in enumerate(vectors)
            if j != i
        ]
        enemies = [distance for distance, other in others if other]
        friends = [distance for distance, other in others if not other]
        assert enemy[i] == pytest.approx(min(enemies, default=np.inf))
        assert friend[i] == pytest.approx(min(friends, default=np.inf))
        for distance in enemies:
            if distance > 0:
                steepest = np.fmax(steepest, 1 / distance)
    found = draw_sharpness(distances, labels, 0)
    assert found.steepest[0] == pytest.approx(steepest, nan_ok=True)


def test_distances_of_near_duplicates_far_from_the_origin_keep_their_digits() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(50, 8)) + 1e4
    vectors[1] = vectors[0]
    vectors[2:10] = vectors[0] + 1e-7 * rng.normal(size=(8, 8))
    distances = pairwise_distances(vectors)
    assert distances[0, 1] == 0
    by_subtraction = np.linalg.norm(vectors[2:10] - vectors[0], axis=1)
    assert distances[0, 2:10] == pytest.approx(by_subtraction, rel=1e-6, abs=0)
    assert np.array_equal(distances, distances.T)


def test_blocks_do_not_change_distances(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.random.default_rng(1).random((40, 5))
    whole = pairwise_distances(vectors)
    monkeypatch.setattr("labelaudit.statistics.nearest_enemy.BLOCK", 7)
    assert np.allclose(pairwise_distances(vectors), whole, rtol=1e-6)


def test_shuffled_labels_are_as_sharp_as_random_ones_and_separated_ones_are_not() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.random((300, 6))
    labels = rng.integers(0, 2, 300).astype(np.int32)
    random = compute("label_sharpness", labels=labels, pixels=pixels_of(vectors), random_state=0)
    assert numbers(random)["kf_null_ratio"] == pytest.approx(1, abs=0.25)
    apart = vectors + 2.0 * labels[:, None]
    found = compute("label_sharpness", labels=labels, pixels=pixels_of(apart), random_state=0)
    values = numbers(found)
    assert values["kf_null_ratio"] is not None
    assert values["kf_null_ratio"] < 0.5
    assert values["nearest_neighbor_error"] == 0
    assert found.notes == ()


def test_sharpness_that_says_nothing_is_warned_about() -> None:
    line = np.arange(60.0)[:, None]
    labels = np.tile(np.array([0, 1], dtype=np.int32), 30)
    found = compute("label_sharpness", labels=labels, pixels=pixels_of(line), random_state=0)
    assert numbers(found)["kf_null_ratio"] == 1
    assert any("shuffled" in note for note in found.notes)


def test_a_class_with_few_samples_is_warned_about() -> None:
    line = np.arange(40.0)[:, None]
    labels = np.array([0] * 35 + [1] * 5, dtype=np.int32)
    found = compute("label_sharpness", labels=labels, pixels=pixels_of(line), random_state=0)
    assert any("only 5 samples" in note for note in found.notes)


def test_several_draws_give_an_interval_around_their_mean() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 1100).astype(np.int32)
    pixels = pixels_of(rng.random((1100, 3)))
    found = compute("label_sharpness", labels=labels, pixels=pixels, random_state=0)
    for value in found.values[:3]:
        assert value.value is not None
        assert value.low is not None
        assert value.high is not None
        assert value.low < value.value < value.high
    assert found.parameters["draws"] == 25
    assert found.parameters["space"] == "a test's own"


def test_a_friend_at_distance_zero_leaves_the_median_undefined() -> None:
    line = np.concatenate([np.zeros(20), np.ones(20)])[:, None]
    labels = np.repeat(np.array([0, 1], dtype=np.int32), 20)
    found = numbers(
        compute("label_sharpness", labels=labels, pixels=pixels_of(line), random_state=0)
    )
    assert found["enemy_friend_ratio"] is None
    assert found["nearest_neighbor_error"] == 0


def test_classes_that_never_differ_leave_sharpness_undefined() -> None:
    labels = np.tile(np.array([0, 1], dtype=np.int32), 20)
    found = compute(
        "label_sharpness", labels=labels, pixels=pixels_of(np.zeros((40, 2))), random_state=0
    )
    values = numbers(found)
    assert values["kf_max"] is values["kf_q05"] is values["kf_null_ratio"] is None
    assert values["contradictory_duplicates"] == 400
    assert (values["enemy_friend_ratio"], values["nearest_neighbor_error"]) == (1, 0)


def test_a_tie_of_friend_and_enemy_is_no_error() -> None:
    line = np.arange(40.0)[:, None]
    labels = np.tile(np.array([0, 0, 1, 1], dtype=np.int32), 10)
    found = numbers(
        compute("label_sharpness", labels=labels, pixels=pixels_of(line), random_state=0)
    )
    assert (found["enemy_friend_ratio"], found["nearest_neighbor_error"]) == (1, 0)


def test_the_quantile_is_of_the_distances_to_the_nearest_enemy() -> None:
    # Pairs of enemies 1, 2, ..., 20 apart, far from all others; the 5 % quantile of the 40
    # distances lies at rank 1.95, between the last 1 and the first 2.
    gaps = np.arange(1.0, 21.0)
    line = np.concatenate([1000 * gaps, 1000 * gaps + gaps])[:, None]
    labels = np.repeat(np.array([0, 1], dtype=np.int32), 20)
    found = numbers(
        compute("label_sharpness", labels=labels, pixels=pixels_of(line), random_state=0)
    )
    assert found["kf_max"] == 1
    assert found["kf_q05"] == pytest.approx(1 / 1.95)


def test_only_the_sampled_and_labelled_items_count() -> None:
    labels = np.array([-1] * 10 + [0] * 20 + [1] * 20 + [0] * 50, dtype=np.int32)
    values = np.concatenate([np.arange(10.0) + 19.4, np.arange(20.0), np.arange(21.0, 41.0)])
    pixels = Pixels(
        items=np.arange(50), values=values[:, None].astype(np.float32), space="", n_candidates=90
    )
    found = compute("label_sharpness", labels=labels, pixels=pixels, random_state=0)
    assert numbers(found)["kf_max"] == 0.5
    assert found.parameters["pool"] == 40
    assert found.parameters["labelled"] == 90
    error = next(value for value in found.values if value.name == "nearest_neighbor_error")
    assert error.interval


@pytest.mark.parametrize(
    ("counts", "reason"), [((10, 10), "need 30"), ((40, 0), "all of one class")]
)
def test_too_few_rows_or_one_class_are_not_measured(counts: tuple[int, int], reason: str) -> None:
    labels = np.repeat(np.array([0, 1], dtype=np.int32), counts)
    line = np.arange(float(len(labels)))[:, None]
    with pytest.raises(MissingInputError, match=reason):
        compute("label_sharpness", labels=labels, pixels=pixels_of(line), random_state=0)
