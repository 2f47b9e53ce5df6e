import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.statistics.two_directions import (
    Directions,
    positions,
    two_directions,
    unit_rows,
)


def one_hot(labels: NDArray[np.integer]) -> csr_array:
    rows = np.flatnonzero(labels >= 0)
    ones = np.ones(len(rows))
    return csr_array((ones, (rows, labels[rows])), shape=(len(labels), int(labels.max()) + 1))


def mapped(
    vectors: NDArray[np.floating], labels: NDArray[np.integer]
) -> tuple[Directions, NDArray[np.float64]]:
    members, rows = one_hot(labels), np.arange(len(vectors))
    found = two_directions(vectors, rows, lambda some: members[some], rows)
    assert found is not None
    return found, positions(vectors, rows, found)


def clouds(
    n: int, d: int, n_classes: int, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, n_classes, n)
    labels[:n_classes] = np.arange(n_classes)
    means = rng.normal(size=(n_classes, d)) * 2
    return (rng.normal(size=(n, d)) + means[labels] + 5).astype(np.float32), labels


def by_definition(
    vectors: NDArray[np.floating], labels: NDArray[np.integer]
) -> tuple[NDArray[np.float64], float, float]:
    """Return the scatter of the class means, the variance, and the spread of the means."""
    points = vectors.astype(np.float64)
    points = points - points.mean(axis=0)
    points = np.array([p / np.linalg.norm(p) if p.any() else p for p in points])
    mean = points.mean(axis=0)
    scatter = np.zeros((points.shape[1], points.shape[1]))
    for label in np.unique(labels):
        inside = points[labels == label]
        offset = inside.mean(axis=0) - mean
        scatter += len(inside) / len(points) * np.outer(offset, offset)
    return scatter, float(((points - mean) ** 2).sum(axis=1).mean()), float(np.trace(scatter))


@settings(max_examples=30, deadline=None)
@given(st.integers(40, 300), st.integers(3, 12), st.integers(3, 8), st.integers(0, 999))
def test_directions_are_the_main_components_of_the_class_means(
    n: int, d: int, n_classes: int, seed: int
) -> None:
    vectors, labels = clouds(n, d, n_classes, seed)
    found, at = mapped(vectors, labels)
    scatter, variance, spread = by_definition(vectors, labels)
    assert found.axes.T @ found.axes == pytest.approx(np.eye(2), abs=1e-9)
    along = np.diag(found.axes.T @ scatter @ found.axes)
    assert along == pytest.approx(np.sort(np.linalg.eigvalsh(scatter))[::-1][:2], rel=1e-6)
    assert found.variance == pytest.approx(variance, rel=1e-9)
    assert found.between_share == pytest.approx(along.sum() / spread, rel=1e-6)
    assert (found.axes[np.abs(found.axes).argmax(axis=0), [0, 1]] > 0).all()
    assert at == pytest.approx(unit_rows(vectors, found.center) @ found.axes)


def test_worked_case_of_three_classes_in_a_plane() -> None:
    # Four classes at (3, 0), (-3, 0), (0, 1) and (0, -1) of a plane: at length 1, all are as far
    # from the middle, so the direction with more items comes first.
    corners = np.array([[3, 0, 0], [-3, 0, 0], [0, 1, 0], [0, -1, 0]], dtype=np.float32)
    labels = np.repeat([0, 1, 2, 3], [30, 30, 10, 10])
    found, at = mapped(corners[labels], labels)
    assert found.axes == pytest.approx(np.eye(3)[:, :2], abs=1e-9)
    assert found.variance == pytest.approx(1)
    assert found.between_share == pytest.approx(1)
    assert at[[0, 30, 60, 70]] == pytest.approx(
        np.array([[1, 0], [-1, 0], [0, 1], [0, -1]]), abs=1e-9
    )


def test_the_second_direction_of_two_classes_is_that_of_most_variance_across() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 200)
    vectors = rng.normal(size=(400, 5)) * [0.1, 0.1, 1, 0.1, 0.1] + np.eye(5)[0] * (
        4 * labels[:, None] - 2
    )
    found, _ = mapped(vectors, labels)
    assert abs(found.axes[0, 0]) == pytest.approx(1, abs=0.02)
    assert abs(found.axes[2, 1]) == pytest.approx(1, abs=0.02)
    assert found.between_share == pytest.approx(1)


def test_without_groups_the_directions_are_those_of_most_variance() -> None:
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(500, 6)) * [1, 5, 1, 1, 3, 1]
    found, at = mapped(vectors, np.zeros(500, dtype=np.int64))
    assert found.between_share is None
    points = unit_rows(vectors, vectors.mean(axis=0))
    spread = np.sort(np.linalg.eigvalsh(np.cov(points.T, bias=True)))[::-1]
    assert at.var(axis=0) == pytest.approx(spread[:2], rel=1e-6)


def test_vectors_on_a_line_have_no_second_direction() -> None:
    vectors = np.linspace(-1, 1, 50)[:, None] * np.array([[3.0, 4.0]])
    found, at = mapped(vectors, np.zeros(50, dtype=np.int64))
    assert at[:, 1] == pytest.approx(np.zeros(50), abs=1e-9)
    assert found.axes[:, 0] == pytest.approx([0.6, 0.8])


@pytest.mark.parametrize("value", [0.0, 0.1, 1e4])
def test_equal_vectors_have_no_directions(value: float) -> None:
    rows = np.arange(40)
    members = one_hot(rows % 2)
    vectors = np.full((40, 3), value, dtype=np.float32)
    assert two_directions(vectors, rows, lambda some: members[some], rows) is None


def test_half_precision_and_blocks_change_nothing_to_speak_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vectors, labels = clouds(3000, 16, 5, 3)
    half = vectors.astype(np.float16)
    _, at = mapped(half, labels)
    monkeypatch.setattr("labelaudit.statistics.two_directions.rows_at_once", lambda _: 97)
    _, in_blocks = mapped(half.astype(np.float64), labels)
    assert in_blocks == pytest.approx(at, abs=1e-12)
