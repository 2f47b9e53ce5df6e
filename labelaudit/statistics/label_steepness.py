"""How steeply labels change over distance, in random draws and under shuffled labels."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.statistics.intervals import half_width
from labelaudit.statistics.nearest_enemy import MIN_ROWS

DRAW_SIZE: Final = 1000
N_DRAWS: Final = 25
N_PERMUTATIONS: Final = 100
LOOKED_AT: Final = 8192


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Label sharpness in each random draw; NaN where a draw has no two labels apart.

    Attributes
    ----------
    size
        Rows of a draw, before classes with few of them are left out.
    total
        Rows that are drawn from.
    used
        Rows of a draw, after that; mean over draws.
    steepest
        The largest difference of two labels over their distance, shape ``(n_draws,)``.
    quantile
        What 5 % of the rows exceed: one over the 5 % quantile of one over each row's largest.
    shuffled
        Mean of ``steepest`` after shuffling the labels of the draw.
    n_left_out
        Draws in which a class had fewer than 30 rows and was left out, shape ``(n_classes,)``.
    """

    size: int
    total: int
    used: float
    steepest: NDArray[np.float64]
    quantile: NDArray[np.float64]
    shuffled: NDArray[np.float64]
    n_left_out: NDArray[np.int64]

    @property
    def measured(self) -> NDArray[np.bool_]:
        """Whether each draw has a value; none has, where classes left out are half of them."""
        found: NDArray[np.bool_] = np.isfinite(self.steepest) & (2 * self.used >= self.size)
        return found

    def half_width(self, numbers: NDArray[np.float64]) -> float:
        """Return half the width of the 95 % interval of a mean over draws; NaN without spread.

        The draws share rows, so their spread says too little of what other rows would give. Of a
        mean over all draws of M of n rows, the variance over samples of n rows is at most M / n
        times that of a draw (Hoeffding), and draws of the same rows spread by the rest.

        Parameters
        ----------
        numbers
            One a draw.
        """
        if self.size >= self.total:
            return float("nan")
        shared = self.size / (self.total - self.size)
        return half_width(numbers) * float(np.sqrt(1 + len(numbers) * shared))


def draw_sharpness(
    distances: NDArray[np.float32],
    differences: NDArray[np.floating],
    classes: NDArray[np.int32],
    seed: int,
    *,
    size: int = DRAW_SIZE,
    most_draws: int = N_DRAWS,
) -> Draws:
    """Measure label sharpness in random draws; in one of all rows, if there are not more.

    Of draws larger than 1,000 there are fewer, and fewer shuffles, so that they cost no more
    together.

    Parameters
    ----------
    distances
        As from `nearest_enemy.pairwise_distances`, shape ``(n, n)``.
    differences
        Of the rows' labels, from 0, shape ``(n, n)``.
    classes
        Class of each row; one and the same for all where labels are no classes.
    seed
        Seed of the draws and of the shuffled labels.
    size
        Rows of a draw.
    most_draws
        Draws of 1,000 rows and fewer.
    """
    rng = np.random.default_rng(seed)
    n_rows = len(classes)
    size = min(size, n_rows)
    part = min(1.0, (DRAW_SIZE / size) ** 2)
    n_draws = max(2, int(most_draws * part)) if n_rows > size else 1
    found, n_used = np.full((3, n_draws), np.nan), 0
    left_out = np.zeros(int(classes.max()) + 1, dtype=np.int64)
    for draw in range(n_draws):
        rows = rng.permutation(n_rows)[:size] if n_draws > 1 else np.arange(size)
        counts = np.bincount(classes[rows], minlength=len(left_out))
        left_out += (counts > 0) & (counts < MIN_ROWS)
        rows = rows[counts[classes[rows]] >= MIN_ROWS]
        n_used += len(rows)
        if len(rows):
            pairs = np.ix_(rows, rows) if len(rows) < n_rows else slice(None)
            n_shuffles = max(2, int(N_PERMUTATIONS * part) // n_draws)
            found[:, draw] = _sharpness(distances[pairs], differences[pairs], rng, n_shuffles)
    steepest, quantile, shuffled = found
    return Draws(size, n_rows, n_used / n_draws, steepest, quantile, shuffled, left_out)


def steepest_of_each(
    distances: NDArray[np.float32], differences: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return each row's largest difference over distance; pairs at distance 0 are left out."""
    apart = np.where(distances > 0, distances, np.float32(np.inf))
    found: NDArray[np.float64] = (differences / apart).max(axis=1).astype(np.float64)
    return found


def _sharpness(
    distances: NDArray[np.float32],
    differences: NDArray[np.floating],
    rng: np.random.Generator,
    n_shuffles: int,
) -> tuple[float, float, float]:
    """Return the steepest change of a draw, its quantile, and the steepest under shuffled labels.

    NaN when no two labels apart differ.
    """
    each = steepest_of_each(distances, differences)
    each = each[each > 0]
    if not len(each):
        return np.nan, np.nan, np.nan
    shuffled = _steepest_shuffled(distances, differences, rng, n_shuffles)
    return float(each.max()), float(1 / np.quantile(1 / each, 0.05)), shuffled


def _steepest_shuffled(
    distances: NDArray[np.float32],
    differences: NDArray[np.floating],
    rng: np.random.Generator,
    n_shuffles: int,
) -> float:
    """Return the mean over shuffles of the steepest change.

    It is among the nearest pairs, nearly always: those are looked at first, and the others only
    where even the largest difference could make one of them steeper.
    """
    n_rows, most = len(distances), float(differences.max())
    apart = np.where(distances > 0, distances, np.float32(np.inf))
    near = np.arange(apart.size)
    if apart.size > LOOKED_AT:
        near = np.argpartition(apart.ravel(), LOOKED_AT)[:LOOKED_AT]
    first, second = np.divmod(near, n_rows)
    between = apart[first, second]
    limit = most / float(between.max()) if apart.size > LOOKED_AT else 0.0
    found = []
    for _ in range(n_shuffles):
        given = rng.permutation(n_rows)
        steepest = float((differences[given[first], given[second]] / between).max())
        if steepest < limit:
            steepest = float((differences[np.ix_(given, given)] / apart).max())
        found.append(steepest)
    return float(np.mean(found))
