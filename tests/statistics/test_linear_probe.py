import numpy as np
import pytest
from numpy.typing import NDArray

import labelaudit.statistics.linear_probe as probe_module
from labelaudit.blocks import row_blocks
from labelaudit.statistics.linear_probe import (
    LinearProbe,
    fit_linear_probe,
    log_softmax,
)

N = 60
F64 = NDArray[np.float64]


def made(
    seed: int, n_features: int, n_classes: int, *, distance: float = 1.0
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, n_classes, N).astype(np.int32)
    centers = distance * rng.normal(size=(n_classes, n_features))
    vectors = (centers[labels] + rng.normal(size=(N, n_features)) + 3).astype(np.float32)
    return vectors, labels


def fitted(
    vectors: NDArray[np.float32],
    labels: NDArray[np.int32],
    n_classes: int,
    weights: NDArray[np.float32] | None = None,
) -> LinearProbe:
    weights = np.ones(len(labels), dtype=np.float32) if weights is None else weights
    rows = np.arange(len(labels))
    return fit_linear_probe(vectors, labels, n_classes, weights=weights, tuning_rows=rows)


def logs_of(
    probe: LinearProbe,
    vectors: NDArray[np.float32],
    labels: NDArray[np.int32],
    weights: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    weights = np.ones(len(labels), dtype=np.float32) if weights is None else weights
    return probe.log_probs(vectors, labels, weights, probe.squared_lengths(vectors))


def moments(vectors: F64, labels: NDArray[np.int32], weights: F64, n: int) -> tuple[F64, F64, F64]:
    """Return class weights, class means and the scatter within classes, one item at a time."""
    sizes, means = np.zeros(n), np.zeros((n, vectors.shape[1]))
    for vector, label, weight in zip(vectors, labels, weights, strict=True):
        sizes[label] += weight
        means[label] += weight * vector
    means /= np.maximum(sizes, 1e-300)[:, None]
    scatter = np.zeros((vectors.shape[1],) * 2)
    for vector, label, weight in zip(vectors, labels, weights, strict=True):
        scatter += weight * np.outer(vector - means[label], vector - means[label])
    return sizes, means, scatter


def refitted(
    vectors: NDArray[np.float32],
    labels: NDArray[np.int32],
    probe: LinearProbe,
    weights: NDArray[np.float32] | None = None,
) -> F64:
    """Fit the discriminant again without each item; shrinkage target and divisor are kept."""
    x, n_classes = vectors.astype(float), len(probe.class_weights)
    w = np.ones(len(x)) if weights is None else weights.astype(float)
    scatter, n = moments(x, labels, w, n_classes)[2], w.sum()
    target = probe.shrinkage * np.trace(scatter) / n / x.shape[1] * np.eye(x.shape[1])
    logs = np.empty((len(x), n_classes))
    for item in range(len(x)):
        rest = np.arange(len(x)) != item
        sizes, means, scatter = moments(x[rest], labels[rest], w[rest], n_classes)
        inverse = np.linalg.inv((1 - probe.shrinkage) * scatter / n + target)
        gaps = x[item] - means
        distances = np.array([gap @ inverse @ gap for gap in gaps])
        with np.errstate(divide="ignore"):
            scores = np.log(sizes) - probe.temperature / 2 * distances
        logs[item] = scores - np.logaddexp.reduce(scores)
    return logs


@pytest.mark.parametrize(
    ("n_features", "n_classes", "distance"), [(5, 3, 1.0), (20, 4, 0.5), (40, 2, 0.3)]
)
def test_leaving_one_out_is_fitting_again_without_it(
    n_features: int, n_classes: int, distance: float
) -> None:
    data = made(n_features, n_features, n_classes, distance=distance)
    probe = fitted(*data, n_classes)
    logs = logs_of(probe, *data)
    assert logs.dtype == np.float32
    assert np.abs(logs - refitted(*data, probe)).max() < 1e-4


@pytest.mark.parametrize("n_features", [5, 40])
def test_it_is_so_of_items_that_weigh_less(n_features: int) -> None:
    data = made(n_features, n_features, 3, distance=0.5)
    weights = np.random.default_rng(0).uniform(0.1, 1, N).astype(np.float32)
    probe = fitted(*data, 3, weights)
    logs = logs_of(probe, *data, weights)
    assert np.abs(logs - refitted(*data, probe, weights)).max() < 1e-4
    assert np.abs(logs - logs_of(fitted(*data, 3), *data)).max() > 0.01


def test_an_item_that_weighs_twice_is_two() -> None:
    vectors, labels = made(2, 4, 3)
    weights = np.ones(N, dtype=np.float32)
    weights[:5] = 2
    twice = np.concatenate([np.arange(N), np.arange(5)])
    one, two = fitted(vectors, labels, 3, weights), fitted(vectors[twice], labels[twice], 3)
    assert np.allclose(one.class_weights, two.class_weights)
    assert np.allclose(one.means @ one.directions, two.means @ two.directions, atol=1e-3)


@pytest.mark.parametrize("shrinkage", [0.01, 0.1, 0.6])
@pytest.mark.parametrize("n_features", [60, 120, 240])
def test_it_is_so_with_more_features_than_items(
    monkeypatch: pytest.MonkeyPatch, n_features: int, shrinkage: float
) -> None:
    monkeypatch.setattr(probe_module, "SHRINKAGES", (shrinkage,))
    data = made(1, n_features, 3, distance=0.1)
    probe = fitted(*data, 3)
    logs, expected = logs_of(probe, *data), refitted(*data, probe)
    assert np.abs(logs - expected).max() <= 1e-4 * max(10, np.abs(expected).max())
    assert np.abs(np.exp(logs) - np.exp(expected)).max() < 2e-3


def test_single_precision_is_as_exact_where_items_are_many() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 400).astype(np.int32)
    vectors = (rng.normal(size=(3, 20))[labels] + rng.normal(size=(400, 20))).astype(np.float32)
    probe = fitted(vectors, labels, 3)
    assert probe.whitening.dtype == np.float32
    logs = logs_of(probe, vectors, labels)
    assert np.abs(logs - refitted(vectors, labels, probe)).max() < 1e-4


def test_worked_case_of_two_classes_on_a_line() -> None:
    # without the item at 0, class 0 is the item at 2 alone; the scatter is class 1's, 2 * 1 / 4
    vectors = np.array([[0], [2], [10], [12]], dtype=np.float32)
    labels = np.array([0, 0, 1, 1], dtype=np.int32)
    probe = LinearProbe(
        center=np.zeros(1),
        whitening=np.eye(1),
        directions=np.array([[1.0, 11.0]]),
        means=np.array([[1.0], [11.0]]),
        class_weights=np.array([2.0, 2.0]),
        shrinkage=0.0,
    )
    lengths = probe.squared_lengths(vectors)
    distances = probe.squared_distances(vectors, labels, np.ones(4, np.float32), lengths)
    assert np.allclose(distances[0], [2**2 / 0.5, 11**2 / 0.5])
    logs = logs_of(probe, vectors, labels)
    # the class left has the frequency 1 to 2
    assert np.isclose(logs[0, 1] - logs[0, 0], np.log(2) - (242 - 8) / 2)


def test_item_alone_in_its_class_is_never_of_it_and_changes_no_other() -> None:
    vectors, labels = made(3, 4, 2)
    labels[7] = 2
    probe = fitted(vectors, labels, 3)
    probs = np.exp(logs_of(probe, vectors, labels))
    assert probs[7, 2] == 0
    assert np.allclose(probs.sum(axis=1), 1, atol=1e-6)
    assert (probs[np.arange(N) != 7, 2] > 0).any()


def test_class_without_items_has_no_probability() -> None:
    vectors, labels = made(4, 4, 2)
    probs = np.exp(logs_of(fitted(vectors, labels, 4), vectors, labels))
    assert (probs[:, 2:] == 0).all()
    without = np.exp(logs_of(fitted(vectors, labels, 2), vectors, labels))
    assert np.allclose(probs[:, :2], without, atol=1e-6)


@pytest.mark.parametrize("constant", [0.0, 5.0])
def test_features_that_never_vary_change_little(constant: float) -> None:
    vectors, labels = made(5, 4, 3)
    wide = np.concatenate([vectors, np.full((N, 3), constant, np.float32)], axis=1)
    logs = logs_of(fitted(wide, labels, 3), wide, labels)
    assert np.isfinite(logs).all()
    assert (logs.argmax(axis=1) == labels).mean() > 0.6


def test_items_that_are_all_the_same_are_as_frequent_as_their_classes() -> None:
    vectors, labels = np.ones((N, 4), np.float32), made(6, 4, 3)[1]
    logs = logs_of(fitted(vectors, labels, 3), vectors, labels)
    counts = np.bincount(labels)
    for item in (0, 1, 2):
        left = counts - (np.arange(3) == labels[item])
        assert np.allclose(np.exp(logs[item]), left / left.sum(), atol=1e-5)


def test_chosen_shrinkage_and_temperature_have_the_least_loss(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = made(8, 10, 3, distance=0.6)
    labels = data[1]

    def loss(probe: LinearProbe) -> float:
        return -float(logs_of(probe, *data)[np.arange(N), labels].mean())

    best = loss(fitted(*data, 3))
    for shrinkage in (0.01, 0.03, 0.1, 0.3, 0.6):
        monkeypatch.setattr(probe_module, "SHRINKAGES", (shrinkage,))
        assert best <= loss(fitted(*data, 3)) + 1e-6


def test_blocks_of_rows_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    data = made(9, 10, 3)
    whole = fitted(*data, 3)
    monkeypatch.setattr(row_blocks, "__defaults__", (7,))
    parts = fitted(*data, 3)
    assert (whole.shrinkage, whole.temperature) == (parts.shrinkage, parts.temperature)
    assert np.allclose(logs_of(whole, *data), logs_of(parts, *data), atol=1e-4)


def test_log_softmax_of_no_chance_at_all_is_uniform() -> None:
    scores = np.array([[0, 0], [-np.inf, -np.inf], [-np.inf, 3], [1000, -1000]], np.float32)
    expected = np.array([[0.5, 0.5], [0.5, 0.5], [0, 1], [1, 0]])
    assert np.allclose(np.exp(log_softmax(scores)), expected)
