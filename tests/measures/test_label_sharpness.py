import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import numbers, rows
from numpy.typing import NDArray
from sharp import of_classes, of_numbers, of_sets, sharpness

from labelaudit.errors import MissingInputError
from labelaudit.inputs.label_differences import LabelDifferences
from labelaudit.inputs.pixels import Pixels
from labelaudit.statistics import label_steepness
from labelaudit.statistics.label_steepness import draw_sharpness, steepest_of_each
from labelaudit.statistics.nearest_enemy import nearest, pairwise_distances


def steepest(vectors: NDArray[np.float64], labels: LabelDifferences) -> float:
    """Return K_F of all rows, however few."""
    differences = labels.between(np.arange(len(vectors)))
    return float(steepest_of_each(pairwise_distances(vectors), differences).max())


def lattice() -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return a 10 x 10 unit lattice, and the same shifted by (.3, .4) as another class."""
    grid = np.stack(np.meshgrid(np.arange(10.0), np.arange(10.0)), axis=-1).reshape(-1, 2)
    points = np.concatenate([grid, grid + np.array([0.3, 0.4])]).astype(np.float32)
    return points, np.repeat(np.array([0, 1], dtype=np.int32), 100)


LINE = np.array([[0.0], [1.0], [3.0], [7.0]])


@pytest.mark.parametrize(
    ("labels", "expected"), [([0, 0, 1, 1], 0.5), ([0, 1, 2, 2], 1.0), ([0, 1, 1, 1], 1.0)]
)
def test_the_steepest_change_on_a_line(labels: list[int], expected: float) -> None:
    assert steepest(LINE, of_classes(np.array(labels, dtype=np.int32))) == expected


def test_the_steepest_change_of_numbers_has_their_unit() -> None:
    assert steepest(LINE, of_numbers(np.array([0.0, 5, 2, 2]))) == 5


def test_sets_differ_by_what_they_do_not_share() -> None:
    # {a} and {a, b} differ by 1/2 over 1, {a, b} and {c} by 1 over 2, {c} and {} by 1 over 4.
    cells = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 0, 0]])
    labels = of_sets(cells)
    assert labels.between(np.arange(4)).tolist() == [
        [0, 0.5, 1, 1],
        [0.5, 0, 1, 1],
        [1, 1, 0, 1],
        [1, 1, 1, 0],
    ]
    assert steepest(LINE, labels) == 0.5
    uncertain = np.where(cells == 0, 2, cells)
    assert np.array_equal(of_sets(uncertain).between(np.arange(4)), labels.between(np.arange(4)))


def test_single_sets_are_as_sharp_as_classes() -> None:
    rng = np.random.default_rng(0)
    codes = np.tile(np.arange(3, dtype=np.int32), 35)
    points = rng.random((105, 2))
    as_classes, as_sets = (
        numbers(sharpness(labels, points))
        for labels in (of_classes(codes), of_sets(np.eye(3, dtype=np.int64)[codes]))
    )
    for name in ("kf_max", "kf_q05", "contradictory_duplicates"):
        assert as_classes[name] == pytest.approx(as_sets[name])


def test_two_shifted_lattices() -> None:
    points, labels = lattice()
    found = numbers(sharpness(of_classes(labels), points))
    assert found["kf_max"] == pytest.approx(2.0, rel=1e-5)
    assert found["kf_q05"] == pytest.approx(2.0, rel=1e-5)
    assert found["enemy_friend_ratio"] == pytest.approx(0.5, rel=1e-5)
    assert found["nearest_neighbor_error"] == 1
    assert found["contradictory_duplicates"] == 0


def test_scaling_the_space_divides_sharpness_and_leaves_ratios() -> None:
    points, labels = lattice()
    one, three = (numbers(sharpness(of_classes(labels), a * points)) for a in (1, 3))
    for name in ("kf_max", "kf_q05"):
        assert one[name] == pytest.approx(3 * (three[name] or 0), rel=1e-5)
    for name in ("kf_null_ratio", "enemy_friend_ratio", "nearest_neighbor_error"):
        assert one[name] == pytest.approx(three[name], rel=1e-5)


def test_a_contradictory_duplicate_is_counted_and_left_out() -> None:
    line = np.concatenate([np.arange(60.0), [29.0]])[:, None]
    labels = np.array([0] * 30 + [1] * 31, dtype=np.int32)
    found = numbers(sharpness(of_classes(labels), line))
    assert found["contradictory_duplicates"] == 1
    assert found["kf_max"] == 1


Points = list[tuple[int, int, int]]
POINTS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 2)), min_size=2, max_size=25
)


@given(POINTS)
def test_values_match_the_definitions_in_double_loops(points: Points) -> None:
    vectors = np.array([point[:2] for point in points], dtype=np.float32) / 8
    labels = np.array([point[2] for point in points], dtype=np.int32)
    distances = pairwise_distances(vectors)
    enemy, friend, enemies = nearest(distances, labels)
    of_each = steepest_of_each(distances, of_classes(labels).between(np.arange(len(labels))))
    as_numbers = of_numbers(labels.astype(np.float64)).between(np.arange(len(labels)))
    of_numbers_each = steepest_of_each(distances, as_numbers)
    for i, x in enumerate(vectors):
        others = [
            (float(np.linalg.norm(x - z)), abs(int(labels[i]) - int(labels[j])))
            for j, z in enumerate(vectors)
            if j != i
        ]
        apart = [distance for distance, change in others if change]
        assert enemy[i] == pytest.approx(min(apart, default=np.inf))
        assert friend[i] == pytest.approx(min((d for d, c in others if not c), default=np.inf))
        if apart:
            assert distances[i, enemies[i]] == enemy[i]
            assert labels[enemies[i]] != labels[i]
        steep = [1 / d for d, change in others if change and d > 0]
        assert of_each[i] == pytest.approx(max(steep, default=0))
        steep = [change / d for d, change in others if d > 0]
        assert of_numbers_each[i] == pytest.approx(max(steep, default=0))


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


@pytest.mark.parametrize("steep", [False, True])
def test_shuffles_are_exact_though_only_near_pairs_are_looked_at(
    monkeypatch: pytest.MonkeyPatch, *, steep: bool
) -> None:
    # Numbers of which one alone is large: its steepest change is not among the nearest pairs.
    rng = np.random.default_rng(0)
    distances = pairwise_distances(rng.random((60, 4)))
    targets = np.where(np.arange(60) == 7, 1e3, 0) if steep else rng.random(60)
    differences = of_numbers(targets).between(np.arange(60))
    one_class = np.zeros(60, dtype=np.int32)
    all_pairs = draw_sharpness(distances, differences, one_class, 0)
    monkeypatch.setattr(label_steepness, "LOOKED_AT", 20)
    assert np.array_equal(
        draw_sharpness(distances, differences, one_class, 0).shuffled, all_pairs.shuffled
    )


def test_shuffled_labels_are_as_sharp_as_random_ones_and_separated_ones_are_not() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.random((300, 6))
    labels = rng.integers(0, 2, 300).astype(np.int32)
    random = numbers(sharpness(of_classes(labels), vectors))
    assert random["kf_null_ratio"] == pytest.approx(1, abs=0.25)
    found = sharpness(of_classes(labels), vectors + 2.0 * labels[:, None])
    values = numbers(found)
    assert values["kf_null_ratio"] is not None
    assert values["kf_null_ratio"] < 0.5
    assert values["nearest_neighbor_error"] == 0
    assert found.notes == ()


def test_numbers_that_follow_the_images_change_little_between_neighbors() -> None:
    rng = np.random.default_rng(0)
    points = rng.random((300, 2))
    smooth, random = (
        numbers(sharpness(of_numbers(targets), points))
        for targets in (points.sum(axis=1), rng.random(300))
    )
    assert smooth["kf_max"] == pytest.approx(2**0.5, rel=0.01)  # the slope of x + y
    assert smooth["neighbor_change_ratio"] == pytest.approx(0.06, abs=0.03)
    assert random["neighbor_change_ratio"] == pytest.approx(1, abs=0.15)
    assert random["kf_null_ratio"] == pytest.approx(1, abs=0.6)


def test_the_change_between_neighbors_by_hand() -> None:
    # Pairs of neighbors 1 apart that differ by 2; any two of the 40 differ by 1 on average:
    # half of the items are 0 and half 2, so 20 * 20 of 780 pairs differ, by 2.
    line = np.concatenate([10 * np.arange(20.0), 10 * np.arange(20.0) + 1])[:, None]
    targets = np.repeat([0.0, 2.0], 20)
    found = numbers(sharpness(of_numbers(targets), line))
    assert found["neighbor_change_ratio"] == pytest.approx(2 / (400 * 2 / 780))
    assert found["kf_max"] == 2
    note = sharpness(of_numbers(targets), line).values[0].note
    assert note.endswith("label difference: |difference of the labels|, in their unit")
    assert found["contradictory_duplicates"] == 0


def test_sharpness_that_says_nothing_is_warned_about() -> None:
    line = np.arange(60.0)[:, None]
    labels = np.tile(np.array([0, 1], dtype=np.int32), 30)
    found = sharpness(of_classes(labels), line)
    assert numbers(found)["kf_null_ratio"] == 1
    assert any("shuffled" in note for note in found.notes)


def test_a_class_with_few_samples_is_left_out_of_draws() -> None:
    line = np.concatenate([np.arange(30.0), 100 + np.arange(35.0), [29.5, 30, 31, 32, 33]])
    labels = np.array([0] * 30 + [1] * 35 + [2] * 5, dtype=np.int32)
    found = sharpness(of_classes(labels), line[:, None])
    assert numbers(found)["kf_max"] == pytest.approx(1 / 71)
    assert found.values[0].note.startswith(
        "at M = 70: one draw of all samples, 65 in classes with 30 of them"
    )
    (note,) = found.notes
    assert note.startswith("classes with fewer than 30 samples in a draw of 70 are left out")
    assert note.endswith(": 1 of 20 (class 2)")
    by_class = {row["class"]: row for row in rows(found, "classes")}
    assert by_class["class 2"]["error_share"] is None
    assert by_class["class 2"]["nearest_class"] == "too few samples"
    assert by_class["class 0"]["nearest_class"] == "class 2"


def test_classes_that_are_all_rare_have_no_sharpness() -> None:
    line = np.arange(60.0)[:, None]
    labels = np.repeat(np.arange(3, dtype=np.int32), 20)
    found = sharpness(of_classes(labels), line)
    assert found.values[0].value is None
    assert found.values[0].note == "undefined: of a draw of 60, only 0 in classes with 30 of them"
    assert numbers(found)["nearest_neighbor_error"] == 0


def test_a_size_at_which_most_classes_are_rare_has_no_sharpness() -> None:
    rng = np.random.default_rng(0)
    labels = np.tile(np.arange(10, dtype=np.int32), 60)
    found = sharpness(of_classes(labels), rng.random((600, 5)))
    sizes = {row["samples"]: row for row in rows(found, "sizes")}
    assert sizes[250]["kf_max"] is None  # of 10 classes, 25 of each
    assert sizes[250]["samples_used"] < 125
    assert sizes[500]["kf_max"] is not None
    assert sizes[500]["samples_used"] == 500


def test_several_draws_give_an_interval_around_their_mean() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 1100).astype(np.int32)
    found = sharpness(of_classes(labels), rng.random((1100, 3)))
    for value in found.values[:3]:
        assert value.value is not None
        assert value.low is not None
        assert value.high is not None
        assert value.low < value.value < value.high
        assert value.note.startswith("at M = 1,000: mean of 25 draws")
    assert found.parameters["draws"] == 25
    assert found.parameters["space"] == "a test's own"
    sizes = {row["samples"]: row for row in rows(found, "sizes")}
    assert list(sizes) == [250, 500, 1000, 1100]
    assert sizes[250]["kf_max"] < sizes[1000]["kf_max"] < sizes[1100]["kf_max"]
    assert sizes[1000]["kf_max"] == found.values[0].value


def test_the_table_by_class() -> None:
    # Class 1 lies between the classes 0 and 2, nearer to 0; class 2 is far from both.
    ends = [np.arange(40.0), 40.5 + np.arange(40.0), 200 + np.arange(40.0)]
    labels = np.repeat(np.arange(3, dtype=np.int32), 40)
    found = sharpness(of_classes(labels), np.concatenate(ends)[:, None])
    by_class = {row["class"]: row for row in rows(found, "classes")}
    assert by_class["class 2"] == {
        "class": "class 2",
        "samples": 40,
        "error_share": 0,
        "enemy_friend_ratio": 140,
        "enemy_distance_q05": pytest.approx(120.5 + 1.95),
        "enemy_distance_median": 140,
        "nearest_class": "class 1",
        "nearest_class_is_enemy": 1,
    }
    assert by_class["class 0"]["nearest_class"] == "class 1"
    assert by_class["class 1"]["nearest_class"] == "class 0"
    quantiles = rows(found, "nearest_distances")
    assert quantiles[0] == {"quantile": 0, "to_nearest_enemy": 1.5, "to_nearest_friend": 1}


def test_a_friend_at_distance_zero_leaves_the_median_undefined() -> None:
    line = np.concatenate([np.zeros(30), np.ones(30)])[:, None]
    labels = np.repeat(np.array([0, 1], dtype=np.int32), 30)
    found = numbers(sharpness(of_classes(labels), line))
    assert found["enemy_friend_ratio"] is None
    assert found["nearest_neighbor_error"] == 0


def test_classes_that_never_differ_leave_sharpness_undefined() -> None:
    labels = np.tile(np.array([0, 1], dtype=np.int32), 30)
    points = np.zeros((62, 2))
    points[60:] = 1  # another image, of a class too rare to count
    found = sharpness(of_classes(np.append(labels, np.int32(2)).repeat([1] * 60 + [2])), points)
    values = numbers(found)
    assert values["kf_max"] is values["kf_q05"] is values["kf_null_ratio"] is None
    assert values["contradictory_duplicates"] == 900
    assert (values["enemy_friend_ratio"], values["nearest_neighbor_error"]) == (1, 0)


def test_a_tie_of_friend_and_enemy_is_no_error() -> None:
    line = np.arange(60.0)[:, None]
    labels = np.tile(np.array([0, 0, 1, 1], dtype=np.int32), 15)
    found = numbers(sharpness(of_classes(labels), line))
    assert (found["enemy_friend_ratio"], found["nearest_neighbor_error"]) == (1, 0)


def test_the_quantile_is_of_the_distances_to_the_nearest_enemy() -> None:
    # Pairs of enemies 1, 2, ..., 30 apart, far from all others; the 5 % quantile of the 60
    # distances lies at rank 2.95, between the first 2 and the second.
    gaps = np.arange(1.0, 31.0)
    line = np.concatenate([1000 * gaps, 1000 * gaps + gaps])[:, None]
    labels = np.repeat(np.array([0, 1], dtype=np.int32), 30)
    found = numbers(sharpness(of_classes(labels), line))
    assert found["kf_max"] == 1
    assert found["kf_q05"] == pytest.approx(1 / 2)


def test_only_the_sampled_and_labelled_items_count() -> None:
    labels = np.array([-1] * 10 + [0] * 30 + [1] * 30 + [0] * 50, dtype=np.int32)
    values = np.concatenate([np.arange(10.0) + 29.4, np.arange(30.0), np.arange(31.0, 61.0)])
    pixels = Pixels(
        items=np.arange(70), values=values[:, None].astype(np.float32), space="", n_candidates=110
    )
    found = sharpness(of_classes(labels), pixels)
    assert numbers(found)["kf_max"] == 0.5
    assert found.parameters["pool"] == 60
    assert found.parameters["labelled"] == 110
    error = next(value for value in found.values if value.name == "nearest_neighbor_error")
    assert error.interval


@pytest.mark.parametrize(
    ("counts", "reason"), [((10, 10), "need 30"), ((40, 0), "all of one class")]
)
def test_too_few_rows_or_one_class_are_not_measured(counts: tuple[int, int], reason: str) -> None:
    labels = np.repeat(np.array([0, 1], dtype=np.int32), counts)
    with pytest.raises(MissingInputError, match=reason):
        sharpness(of_classes(labels), np.arange(float(len(labels)))[:, None])


def test_equal_images_are_not_measured() -> None:
    labels = np.repeat(np.array([0, 1], dtype=np.int32), 30)
    with pytest.raises(MissingInputError, match="all 60 vectors are equal"):
        sharpness(of_classes(labels), np.ones((60, 3)))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("unit", [1e-60, 1e39, 1e90])
def test_numbers_in_any_unit_have_the_same_sharpness_in_that_unit(unit: float) -> None:
    rng = np.random.default_rng(0)
    targets, points = rng.standard_normal(400), rng.standard_normal((400, 3))
    one = numbers(sharpness(of_numbers(targets), points))
    other = numbers(sharpness(of_numbers(targets * unit), points))
    assert other["kf_max"] == pytest.approx((one["kf_max"] or 0) * unit)
    assert other["kf_null_ratio"] == pytest.approx(one["kf_null_ratio"])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("unit", [1e-300, 1e300, 1e308])
def test_numbers_that_cannot_be_divided_by_distances_are_refused(unit: float) -> None:
    rng = np.random.default_rng(0)
    targets = np.where(rng.random(400) < 0.5, unit, -unit)
    with pytest.raises(MissingInputError, match=r"too (close|far apart)"):
        sharpness(of_numbers(targets), rng.standard_normal((400, 3)))


def test_the_neighbor_error_of_shuffled_labels_is_beside_it() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], [300, 60, 40]).astype(np.int32)
    points = rng.standard_normal((400, 5))
    note = next(
        value.note
        for value in sharpness(of_classes(labels), points).values
        if value.name == "nearest_neighbor_error"
    )
    assert "40.6 % with shuffled labels" in note
    drawn = [
        numbers(sharpness(of_classes(rng.permutation(labels)), points))["nearest_neighbor_error"]
        for _ in range(20)
    ]
    assert np.mean([each or 0 for each in drawn]) == pytest.approx(0.406, abs=0.02)
