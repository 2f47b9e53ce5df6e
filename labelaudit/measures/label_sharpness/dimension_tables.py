"""Tables of intrinsic dimension: by neighbors, by scale, by number of points, by class."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.measures.label_sharpness.dimension_points import Points, nearest_in
from labelaudit.report import Table
from labelaudit.statistics.intervals import Z_95
from labelaudit.statistics.intrinsic_dimension import gride, mle, mle_error
from labelaudit.tabulate import ranked_table

K: Final = 20
NEIGHBORS: Final = (5, 10, 20, 50)
RANKS: Final = (1, 2, 4, 8, 16, 32)
SIZES: Final = (250, 500, 1000, 2000)
N_DRAWS: Final = 5
CLASS_SIZE: Final = 500


def neighbor_table(near: NDArray[np.float64]) -> Table:
    """Return the dimension by the number of neighbors, as far as there are ten points for each."""
    ks = [k for k in NEIGHBORS if k <= near.shape[1]]
    found = [mle(near, k) for k in ks]
    errors = [mle_error(number, len(near), k) for number, k in zip(found, ks, strict=True)]
    return _bounded("neighbors", "By the number of neighbors (MLE)", "neighbors", ks, found, errors)


def scale_table(near: NDArray[np.float64]) -> Table:
    """Return the dimension by scale: from the nearest two neighbors to dozens."""
    ranks = [rank for rank in RANKS if 2 * rank <= near.shape[1]]
    found = [gride(near, rank) for rank in ranks]
    title = "By scale: from the ratio of distances to the n-th and 2n-th neighbor (Gride)"
    dimensions, errors = ([pair[at] for pair in found] for at in (0, 1))
    return _bounded("scales", title, "neighbor_rank", ranks, dimensions, errors)


def size_table(distances: NDArray[np.float32], seed: int) -> Table:
    """Return the dimension by the number of points: datasets compare at equal ones alone.

    ``distances`` are those between the points that are drawn from.
    """
    sizes = [size for size in SIZES if size <= len(distances)]
    found = [mean_at(distances, size, seed) for size in sizes]
    columns = (
        ("points", "count", np.array(sizes)),
        ("draws", "count", np.array([n_draws for _, n_draws in found])),
        ("dimension", "", np.array([number for number, _ in found])),
    )
    title = "By the number of points: compare two datasets at equal ones (MLE, 20 neighbors)"
    return ranked_table("sizes", title, columns, np.arange(len(sizes)))


def mean_at(distances: NDArray[np.float32], size: int, seed: int) -> tuple[float, int]:
    """Return the mean dimension of draws of so many points, and how many draws there were.

    ``distances`` are those between all points that are drawn from.
    """
    rng = np.random.default_rng(seed)
    n_draws = N_DRAWS if len(distances) > size else 1
    found = []
    for _ in range(n_draws):
        drawn = np.sort(rng.permutation(len(distances))[:size])
        found.append(mle(nearest_in(distances[np.ix_(drawn, drawn)], K), K))
    return float(np.mean(found)), n_draws


def class_table(points: Points, class_names: Sequence[str], seed: int) -> Table:
    """Return the dimension of each class of at least 500 points, in their own number and at 500.

    The dimension of all points together reads lower than that of a class of as many, where
    classes are apart. The neighbors of 500 points of a class are looked for among all of it.
    """
    counts = np.bincount(points.classes[points.classes >= 0], minlength=len(class_names))
    large = np.flatnonzero(counts >= CLASS_SIZE)
    found = np.empty((4, len(large)))
    for at, code in enumerate(large):
        own = points.rows[points.classes == code]
        asked = own[:CLASS_SIZE]
        number = mle(points.nearest(own, asked, K), K)
        half = Z_95 * mle_error(number, len(asked), K)
        at_equal, _ = mean_at(points.between(own[: 2 * CLASS_SIZE]), CLASS_SIZE, seed)
        found[:, at] = number, number - half, number + half, at_equal
    names = [class_names[code] for code in large.tolist()]
    columns = (
        ("class", "", names),
        ("points", "count", counts[large]),
        ("dimension", "", found[0]),
        ("low", "", found[1]),
        ("high", "", found[2]),
        ("dimension_at_500", "", found[3]),
    )
    order = np.lexsort((names, -found[3]))
    title = "By class of at least 500 points (MLE, 20 neighbors)"
    return ranked_table("classes", title, columns, order)


def _bounded(
    name: str,
    title: str,
    first: str,
    at: Sequence[int],
    found: Sequence[float],
    errors: Sequence[float],
) -> Table:
    """Return dimensions with their intervals, which are of sampling only."""
    middle, half = np.array(found), Z_95 * np.array(errors)
    columns = (
        (first, "count", np.array(at)),
        ("dimension", "", middle),
        ("low", "", middle - half),
        ("high", "", middle + half),
    )
    return ranked_table(name, title, columns, np.arange(len(at)))
