from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from labelaudit.statistics.anchors import nearest_distances
from labelaudit.statistics.intrinsic_dimension import (
    gride,
    mle,
    mle_error,
    mle_of_each,
    too_near,
    two_nn,
    two_nn_error,
    two_nn_line,
)

Points = NDArray[np.float64]


def near_of(points: Points, k: int) -> Points:
    rows = np.arange(len(points))
    return nearest_distances(points, rows, rows, k)


def cube(rng: np.random.Generator, n: int, d: int) -> Points:
    return rng.random((n, d))


def sphere(rng: np.random.Generator, n: int, d: int) -> Points:
    points = rng.standard_normal((n, d + 1))
    unit: Points = points / np.linalg.norm(points, axis=1, keepdims=True)
    return unit


def gauss(rng: np.random.Generator, n: int, d: int) -> Points:
    return rng.standard_normal((n, d))


def near_on_torus(rng: np.random.Generator, n: int, d: int, k: int) -> Points:
    """Return distances on a flat torus, which has no boundary: through the walls of a cube."""
    points = rng.random((n, d))
    found = np.empty((n, k))
    for at, point in enumerate(points):
        apart = np.abs(points - point)
        own = np.linalg.norm(np.minimum(apart, 1 - apart), axis=1)
        found[at] = np.sort(own)[1 : k + 1]
    return found


LINE = np.array([[0.0], [1], [3], [7], [15]])
PLANE = np.array([(0.0, 0), (1, 0), (0, 2), (3, 3), (5, 1), (2, 5)])


@pytest.mark.parametrize(
    ("points", "k", "harmonic", "biased", "ratio"),
    [
        (LINE, 3, 1.235797297, 0.617898649, 1.329718806),
        (PLANE, 4, 2.005953680, 1.337302454, 1.852482141),
    ],
)
def test_a_few_points_by_hand(
    points: Points, k: int, harmonic: float, biased: float, ratio: float
) -> None:
    near = near_of(points, k)
    assert mle(near, k) == pytest.approx(harmonic, abs=1e-9)
    assert mle(near, k) * (k - 2) / (k - 1) == pytest.approx(biased, abs=1e-9)
    assert two_nn(near) == pytest.approx(ratio, abs=1e-9)


def test_the_mean_of_the_estimates_is_another_number() -> None:
    assert mle_of_each(near_of(LINE, 3), 3).mean() == pytest.approx(1.810227968, abs=1e-9)


def test_the_estimates_are_their_definitions_in_loops() -> None:
    points = np.random.default_rng(3).random((40, 3))
    near = near_of(points, 6)
    sums, ratios = [], []
    for at, point in enumerate(points):
        own = sorted(np.linalg.norm(point - other) for i, other in enumerate(points) if i != at)
        sums.append(sum(np.log(own[5] / own[j]) for j in range(5)))
        ratios.append(np.log(own[1] / own[0]))
    assert mle(near, 6) == pytest.approx(5 / np.mean(sums))
    assert two_nn(near) == pytest.approx(39 / np.sum(ratios))
    kept = sorted(ratios)[:36]
    heights = [-np.log(1 - (i + 1) / 40) for i in range(36)]
    assert two_nn_line(near) == pytest.approx(
        np.linalg.lstsq(np.array(kept)[:, None], heights)[0][0]
    )


Shape = Callable[[np.random.Generator, int, int], Points]
SEEDED = [
    (cube, 2, 1.9341, 1.9310, 1.9308, 1.9082, 1.8291, 2.0312, 1.9527, 1.9286),
    (cube, 5, 4.5528, 4.4881, 4.3894, 4.2348, 4.1584, 4.6400, 4.8105, 4.8175),
    (cube, 10, 8.0494, 8.0280, 7.8412, 7.5730, 7.4285, 8.2322, 8.0028, 8.0254),
    (sphere, 2, 1.9766, 1.9819, 1.9694, 1.9842, 1.8658, 2.0931, 1.9357, 1.9553),
    (sphere, 5, 4.8259, 4.8345, 4.8408, 4.7531, 4.5860, 5.0891, 4.7858, 4.8469),
    (sphere, 10, 9.1387, 8.9227, 8.7964, 8.4138, 8.3334, 9.2022, 9.4379, 9.3292),
]


@pytest.mark.parametrize("case", SEEDED)
def test_seeded_points(case: tuple[Shape, int, *tuple[float, ...]]) -> None:
    shape, d, *expected = case
    near = near_of(shape(np.random.default_rng(0), 1000, d), 50)
    found = [mle(near, k) for k in (5, 10, 20, 50)]
    found += [mle(near, 20) * 18 / 19, mle_of_each(near, 20).mean(), two_nn(near)]
    assert [*found, two_nn_line(near)] == pytest.approx(expected, abs=2e-3)


def test_the_curve_over_scales_of_seeded_points() -> None:
    near = near_of(cube(np.random.default_rng(0), 1000, 5), 64)
    found = [gride(near, rank) for rank in (1, 2, 4, 8, 16, 32)]
    dimensions = [dimension for dimension, _ in found]
    assert dimensions == pytest.approx([4.81, 4.41, 4.47, 4.39, 4.22, 4.10], abs=0.005)
    errors = [error / 1.4 for _, error in found]
    assert errors == pytest.approx([0.15, 0.10, 0.07, 0.05, 0.03, 0.02], abs=0.005)
    assert dimensions[0] == pytest.approx(two_nn(near))


def test_the_curve_holds_where_distances_are_equal() -> None:
    near = np.array([[1.0, 1, 1, 1], [1, 2, 3, 4], [1, 2, 2, 3]])
    found, error = gride(near, 2)
    assert np.isfinite([found, error]).all()
    assert found > 0


DISTRIBUTIONAL = [
    (sphere, 2, 1000, 1.998, 0.015),
    (sphere, 5, 1000, 4.831, 0.046),
    (sphere, 10, 1000, 8.728, 0.056),
    (sphere, 20, 1000, 14.94, 0.12),
    (cube, 5, 1000, 4.383, 0.049),
    (cube, 10, 1000, 7.940, 0.076),
    (gauss, 5, 1000, 4.963, 0.041),
    (gauss, 10, 1000, 8.840, 0.079),
    (gauss, 20, 1000, 14.59, 0.12),
]
LARGE = [
    (sphere, 5, 4000, 4.915, 0.023),
    (cube, 10, 4000, 8.262, 0.044),
    (gauss, 20, 4000, 15.83, 0.09),
]


@pytest.mark.parametrize("case", [*DISTRIBUTIONAL, *LARGE])
def test_any_seed_is_within_four_deviations(
    case: tuple[Shape, int, int, float, float],
) -> None:
    shape, d, n, expected, deviation = case
    near = near_of(shape(np.random.default_rng(11), n, d), 20)
    assert mle(near, 20) == pytest.approx(expected, abs=4 * deviation)


@pytest.mark.parametrize(
    ("d", "n", "expected", "deviation"),
    [
        (2, 1000, 2.000, 0.016),
        (5, 1000, 4.982, 0.053),
        (5, 4000, 4.992, 0.017),
    ],
)
def test_without_a_boundary_there_is_no_bias(
    d: int, n: int, expected: float, deviation: float
) -> None:
    near = near_on_torus(np.random.default_rng(11), n, d, 20)
    assert mle(near, 20) == pytest.approx(expected, abs=4 * deviation)


def test_a_rolled_sheet_has_two_dimensions() -> None:
    rng = np.random.default_rng(11)
    turns, across = 1.5 * np.pi * (1 + 2 * rng.random(1000)), 21 * rng.random(1000)
    points = np.stack([turns * np.cos(turns), across, turns * np.sin(turns)], axis=1)
    assert mle(near_of(points, 20), 20) == pytest.approx(1.932, abs=4 * 0.016)


@pytest.mark.parametrize(
    ("shape", "d", "expected", "deviation"),
    [(sphere, 5, 5.006, 0.196), (cube, 10, 8.488, 0.343), (gauss, 20, 16.42, 0.52)],
)
def test_two_neighbors_are_within_four_deviations(
    shape: Shape, d: int, expected: float, deviation: float
) -> None:
    near = near_of(shape(np.random.default_rng(11), 1000, d), 2)
    assert two_nn(near) == pytest.approx(expected, abs=4 * deviation)


def test_what_keeps_ratios_of_distances_keeps_the_dimension() -> None:
    rng = np.random.default_rng(5)
    points = rng.standard_normal((300, 4))
    turned = np.linalg.qr(rng.standard_normal((12, 12)))[0][:, :4]
    expected = near_of(points, 20)
    for moved in (1e3 * points, 1e-3 * points, points + 50, points @ turned.T):
        near = near_of(moved, 20)
        assert mle(near, 20) == pytest.approx(mle(expected, 20), abs=1e-6)
        assert two_nn(near) == pytest.approx(two_nn(expected), abs=1e-6)


def test_the_errors_are_inflated() -> None:
    assert mle_error(5.0, 1000, 20) == pytest.approx(1.4 * 5 / np.sqrt(19_000))
    assert two_nn_error(5.0, 1002) == pytest.approx(1.4 * 5 / np.sqrt(1000))


def test_an_inflated_interval_covers_as_it_says() -> None:
    # Without a boundary and in few dimensions there is no bias, so that the spread is all.
    inside, draws = 0, 60
    for seed in range(draws):
        near = near_on_torus(np.random.default_rng(seed), 400, 2, 20)
        found = mle(near, 20)
        inside += abs(found - 2) < 1.96 * mle_error(found, 400, 20)
    assert inside >= 52  # of 95 % of 60, which are 57


def test_near_copies_are_too_near_and_points_are_not() -> None:
    points = np.random.default_rng(0).standard_normal((1000, 10))
    near = near_of(points, 20)
    assert too_near(near, mle(near, 20)) <= 3
    copied = points.copy()
    copied[:10] = points[10:20] + 1e-3 * np.random.default_rng(1).standard_normal((10, 10))
    near = near_of(copied, 20)
    assert 20 <= too_near(near, mle(near, 20)) <= 23
    assert two_nn(near) < 6  # published: 1 % of near copies halve it


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_anchors_have_the_distances_of_all_pairs(dtype: type[np.floating]) -> None:
    rng = np.random.default_rng(0)
    vectors = (rng.standard_normal((3000, 5)) + 3).astype(dtype)
    rows = rng.permutation(3000)[:2500]
    anchors = rows[:50]
    found = nearest_distances(vectors, rows, anchors, 12)
    exact = vectors.astype(np.float64)
    for at, anchor in enumerate(anchors):
        own = np.linalg.norm(exact[rows[rows != anchor]] - exact[anchor], axis=1)
        assert found[at] == pytest.approx(np.sort(own)[:12], rel=1e-6)


def test_threads_and_far_origins_change_nothing() -> None:
    vectors = np.random.default_rng(0).standard_normal((1500, 6))
    vectors[1] = vectors[0] + 1e-9
    rows = np.arange(1500)
    alone, far = (
        nearest_distances(moved, rows, rows, 5, n_threads=threads)
        for moved, threads in ((vectors, 1), (vectors + 100, 2))
    )
    assert far == pytest.approx(alone, rel=1e-4, abs=0)
