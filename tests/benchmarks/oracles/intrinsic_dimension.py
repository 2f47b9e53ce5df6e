"""Intrinsic dimension beside scikit-dimension, distances to enemies beside scikit-learn."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelaudit.statistics.anchors import nearest_distances
from labelaudit.statistics.intrinsic_dimension import gride, mle, two_nn, two_nn_line
from labelaudit.statistics.nearest_enemy import nearest, pairwise_distances

Row = tuple[str, str, float, float, float]


def seeded() -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield the points that the tests have published numbers of, and 5,000 x 64."""
    for d in (2, 5, 10):
        yield f"cube {d}", np.random.default_rng(0).random((1000, d))
        points = np.random.default_rng(0).standard_normal((1000, d + 1))
        yield f"sphere {d}", points / np.linalg.norm(points, axis=1, keepdims=True)
    yield "normal, 5,000 x 64", np.random.default_rng(0).standard_normal((5000, 64))


def rows() -> Iterator[Row]:
    """Yield what is ours and theirs."""
    from skdim.id import GRIDE, MLE, TwoNN

    def theirs(estimator: Any, points: NDArray[np.float64]) -> float:  # noqa: ANN401 - not typed
        return float(estimator.fit(points).dimension_)

    for name, points in seeded():
        every = np.arange(len(points))
        near = nearest_distances(points, every, every, 64)
        by_mle = mle(near, 20)
        yield f"{name}: MLE, k = 20", "skdim MLE()", by_mle, theirs(MLE(), points), 1e-6
        unbiased = theirs(MLE(unbiased=True), points)
        yield f"{name}: the same, k - 2", "skdim MLE(unbiased)", by_mle * 18 / 19, unbiased, 1e-6
        yield (
            f"{name}: TwoNN, line",
            "skdim TwoNN()",
            two_nn_line(near),
            theirs(TwoNN(), points),
            1e-6,
        )
        likeliest = theirs(TwoNN(method="mle", discard_fraction=0), points)
        yield f"{name}: TwoNN, ML", "skdim TwoNN(mle)", two_nn(near), likeliest, 1e-6
        at_8 = theirs(GRIDE(n1=8), points)
        yield f"{name}: by scale, n = 8", "skdim GRIDE(n1=8)", gride(near, 8)[0], at_8, 1e-5
    yield from _distances()


def _distances() -> Iterator[Row]:
    """Yield the distances to the nearest enemy and friend, those furthest apart of all."""
    from sklearn.neighbors import NearestNeighbors

    rng = np.random.default_rng(0)
    points, labels = rng.standard_normal((3000, 64)), rng.integers(0, 3, 3000).astype(np.int32)
    enemy, friend, _ = nearest(pairwise_distances(points), labels)
    for code in range(3):
        own = labels == code
        for name, found, among, at in (
            ("enemy", enemy, ~own, 0),
            ("friend", friend, own, 1),
        ):
            fitted = NearestNeighbors(n_neighbors=2, algorithm="brute").fit(points[among])
            expected = fitted.kneighbors(points[own])[0][:, at]
            worst = int(np.abs(found[own] - expected).argmax())
            ours, theirs = float(found[own][worst]), float(expected[worst])
            yield f"distance to the nearest {name} of class {code}", "sklearn", ours, theirs, 1e-5
