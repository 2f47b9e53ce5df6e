import numpy as np
import pytest
from dimensions import cube, gauss, of_pixels
from made import numbers, rows

from labelaudit.errors import MissingInputError


def test_a_seeded_cube_has_the_published_dimensions() -> None:
    # The pixels are float32, and so nearly those numbers.
    found = of_pixels(cube(np.random.default_rng(0), 1000, 5))
    values = numbers(found)
    assert values["intrinsic_dimension"] == pytest.approx(4.3894, abs=2e-3)
    assert values["twonn_dimension"] == pytest.approx(4.8105, abs=2e-3)
    assert values["twonn_line_dimension"] == pytest.approx(4.8175, abs=2e-3)
    assert values["dimension_at_1000"] == values["intrinsic_dimension"]
    assert values["duplicates_removed_count"] == 0
    by_neighbors = [row["dimension"] for row in rows(found, "neighbors")]
    assert by_neighbors == pytest.approx([4.5528, 4.4881, 4.3894, 4.2348], abs=2e-3)
    by_scale = [row["dimension"] for row in rows(found, "scales")]
    assert by_scale == pytest.approx([4.81, 4.41, 4.47, 4.39, 4.22, 4.10], abs=0.005)
    assert found.notes == ()


def test_the_interval_is_of_sampling_and_inflated() -> None:
    found = of_pixels(cube(np.random.default_rng(0), 1000, 5)).values[0]
    assert found.value is not None
    assert found.low is not None
    half = 1.96 * 1.4 * found.value / np.sqrt(1000 * 19)
    assert found.value - found.low == pytest.approx(half, rel=1e-3)
    assert "sampling only" in found.interval


def test_copies_are_removed_and_change_nothing() -> None:
    points = gauss(np.random.default_rng(0), 600, 4).astype(np.float32)
    once = numbers(of_pixels(points))
    found = numbers(of_pixels(np.concatenate([points, points[:50], points[:50]])))
    assert found["duplicates_removed_count"] == 100
    assert found["intrinsic_dimension"] == once["intrinsic_dimension"]
    assert found["twonn_dimension"] == once["twonn_dimension"]


def test_near_copies_that_are_known_are_removed() -> None:
    rng = np.random.default_rng(0)
    points = gauss(rng, 1000, 10)
    once = numbers(of_pixels(points[10:]))
    points[:10] = points[10:20] + 1e-3 * gauss(rng, 10, 10)
    codes = np.arange(1000)
    codes[:10] = codes[10:20]
    found = of_pixels(np.roll(points, -10, axis=0), near_copies=np.roll(codes, -10))
    values = numbers(found)
    assert values["near_copies_count"] == 10
    assert values["too_near_share"] == once["too_near_share"]
    assert values["intrinsic_dimension"] == once["intrinsic_dimension"]
    assert found.notes == ("10 images are near copies of others: one of each group was kept",)
    kept = next(value.note for value in found.values if value.name == "near_copies_count")
    assert kept == "with them the dimension would read 2.9 % lower"


def test_near_copies_that_run_through_a_dataset_are_kept() -> None:
    points = gauss(np.random.default_rng(0), 600, 4)
    alone = numbers(of_pixels(points))
    found = of_pixels(points, near_copies=np.arange(600) // 4)
    assert numbers(found)["intrinsic_dimension"] == alone["intrinsic_dimension"]
    assert numbers(found)["near_copies_count"] == 450
    assert found.notes == ("450 images are near copies of others: too many to leave out",)


def test_near_copies_are_warned_about() -> None:
    rng = np.random.default_rng(0)
    points = gauss(rng, 1000, 10)
    points[:10] = points[10:20] + 1e-3 * gauss(rng, 10, 10)
    found = of_pixels(points)
    values = numbers(found)
    assert values["too_near_share"] == pytest.approx(0.02, abs=0.003)
    assert any("near copies" in note for note in found.notes)
    assert values["twonn_dimension"] is not None
    assert values["twonn_dimension"] < 6


def test_many_dimensions_are_a_lower_bound() -> None:
    found = of_pixels(gauss(np.random.default_rng(0), 1000, 20)).values
    assert found[0].value == pytest.approx(14.6, abs=0.5)  # of 20
    assert "a lower bound" in found[0].note
    few = of_pixels(gauss(np.random.default_rng(0), 1000, 3)).values
    assert "a lower bound" not in few[0].note


def test_noise_makes_the_dimension_depend_on_the_scale() -> None:
    rng = np.random.default_rng(0)
    line = np.concatenate([30 * rng.random((1000, 1)), np.zeros((1000, 19))], axis=1)
    found = of_pixels(line + 0.05 * gauss(rng, 1000, 20))
    by_neighbors = [row["dimension"] for row in rows(found, "neighbors")]
    assert by_neighbors[0] > 1.25 * by_neighbors[3]
    assert any("depends on the scale" in note for note in found.notes)


def test_equal_numbers_of_points_are_comparable_where_others_are_not() -> None:
    # Published: 20 normal dimensions read 14.6 at 1,000 points and 15.8 at 4,000.
    large = numbers(of_pixels(gauss(np.random.default_rng(0), 4000, 20)))
    small = numbers(of_pixels(gauss(np.random.default_rng(1), 1000, 20)))
    assert large["intrinsic_dimension"] == pytest.approx(15.83, abs=0.36)
    assert large["dimension_at_1000"] == pytest.approx(14.59, abs=0.3)
    assert small["dimension_at_1000"] == pytest.approx(14.59, abs=0.48)


def test_classes_that_are_apart_read_like_their_own_size() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(3, dtype=np.int32), (900, 700, 300))
    found = of_pixels(gauss(rng, 1900, 4) + 100 * labels[:, None], labels)
    by_class = {row["class"]: row for row in rows(found, "classes")}
    assert list(by_class) == ["class 0", "class 1"] or list(by_class) == ["class 1", "class 0"]
    assert by_class["class 0"]["points"] == 900
    for row in by_class.values():
        assert row["low"] < row["dimension"] < row["high"]
        assert row["dimension_at_500"] == pytest.approx(3.9, abs=0.3)


def test_fewer_neighbors_are_asked_where_there_are_few_points() -> None:
    found = of_pixels(gauss(np.random.default_rng(0), 210, 3))
    assert [row["neighbors"] for row in rows(found, "neighbors")] == [5, 10, 20]
    assert [row["neighbor_rank"] for row in rows(found, "scales")] == [1, 2, 4, 8]
    assert [row["points"] for row in rows(found, "sizes")] == []
    assert found.values[3].value is None
    assert found.values[3].note == "undefined: there are 210; compare at a smaller number"
    assert any("210 images are few" in note for note in found.notes)


def test_too_few_different_images_are_not_measured() -> None:
    points = gauss(np.random.default_rng(0), 199, 3)
    with pytest.raises(MissingInputError, match="199 different images are too few"):
        of_pixels(np.concatenate([points, points]))


def test_equal_images_are_not_measured() -> None:
    with pytest.raises(MissingInputError, match="all 300 images are equal"):
        of_pixels(np.ones((300, 3)))


@pytest.mark.filterwarnings("error")
def test_points_that_are_all_at_one_distance_are_not_measured() -> None:
    with pytest.raises(MissingInputError, match="300 images are at one distance"):
        of_pixels(np.eye(300))


@pytest.mark.filterwarnings("error")
def test_points_on_a_grid_have_no_dimension_by_two_neighbors() -> None:
    line = np.arange(20.0)
    found = of_pixels(np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2))
    values = {value.name: value for value in found.values}
    assert values["twonn_dimension"].value is values["twonn_line_dimension"].value is None
    assert values["twonn_dimension"].note.startswith("undefined")
    assert rows(found, "scales")[0]["dimension"] is None
    assert any("as on a grid" in note for note in found.notes)
