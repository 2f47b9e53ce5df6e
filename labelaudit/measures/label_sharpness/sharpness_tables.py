"""Tables of label sharpness: by class, by quantile, by the number of samples."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.measures.label_sharpness.sharpness_pool import Pool
from labelaudit.report import Table
from labelaudit.statistics.label_steepness import Draws, draw_sharpness
from labelaudit.statistics.nearest_enemy import MIN_ROWS, Nearest, enemy_friend_ratios
from labelaudit.tabulate import ranked_table

QUANTILES: Final = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95)
N_DRAWS: Final = 10
FEWEST_DRAWS: Final = 5
SIZES: Final = (250, 500, 1000, 2000, 4000)


def class_table(pool: Pool, near: Nearest, class_names: Sequence[str]) -> Table:
    """Return how near each class is to others; undefined with fewer than 30 samples of it."""
    enemy, friend, enemies = near
    ratios = enemy_friend_ratios(enemy, friend)
    present = np.unique(pool.classes)
    found = np.full((5, len(present)), np.nan)
    others = ["too few samples"] * len(present)
    for at, code in enumerate(present):
        own = np.flatnonzero(pool.classes == code)
        if len(own) < MIN_ROWS:
            continue
        middle = np.median(ratios[own])
        others[at], share = _most_often(pool.classes[enemies[own]], class_names)
        found[:, at] = (
            np.quantile(enemy[own], 0.05),
            np.median(enemy[own]),
            middle if np.isfinite(middle) else np.nan,
            (ratios[own] < 1).mean(),
            share,
        )
    names = [class_names[code] for code in present]
    by_error = np.lexsort((names, -np.nan_to_num(found[3], nan=-1.0)))
    columns = (
        ("class", "", names),
        ("samples", "count", np.bincount(pool.classes)[present]),
        ("error_share", "share", found[3]),
        ("enemy_friend_ratio", "ratio", found[2]),
        ("enemy_distance_q05", "", found[0]),
        ("enemy_distance_median", "", found[1]),
        ("nearest_class", "", others),
        ("nearest_class_is_enemy", "share", found[4]),
    )
    return ranked_table("classes", "By class, the most mixed first", columns, by_error)


def _most_often(codes: NDArray[np.int32], class_names: Sequence[str]) -> tuple[str, float]:
    """Return the class that is named most often, the first by name of equals, and its share."""
    counts = np.bincount(codes)
    tied = np.flatnonzero(counts == counts.max())
    return min(class_names[code] for code in tied.tolist()), float(counts.max() / len(codes))


def distance_table(near: Nearest) -> Table:
    """Return the quantiles of the distances to the nearest enemy and friend."""
    enemy, friend, _ = near
    columns = (
        ("quantile", "share", np.array(QUANTILES)),
        ("to_nearest_enemy", "", _quantiles(enemy)),
        ("to_nearest_friend", "", _quantiles(friend)),
    )
    title = f"Exact distances to the nearest among {len(enemy):,} samples"
    return ranked_table("nearest_distances", title, columns, np.arange(len(QUANTILES)))


def _quantiles(distances: NDArray[np.float32]) -> NDArray[np.float64]:
    finite = distances[np.isfinite(distances)]
    if not len(finite):
        return np.full(len(QUANTILES), np.nan)
    return np.quantile(finite, QUANTILES).astype(np.float64)


def size_table(pool: Pool, draws: Draws, random_state: int) -> Table:
    """Return K_F by the number of samples in a draw, as datasets compare at equal ones alone.

    ``draws`` are those of the headline; of larger ones there are fewer.
    """
    sizes = sorted({size for size in SIZES if size < len(pool.items)} | {len(pool.items)})
    each = [
        draws
        if size == draws.size
        else draw_sharpness(
            pool.distances,
            pool.differences,
            pool.classes,
            random_state,
            size=size,
            most_draws=N_DRAWS,
        )
        for size in sizes
    ]
    rows = np.array([_means(found) for found in each]).T
    columns = (
        ("samples", "count", np.array(sizes)),
        ("kf_max", "", rows[0]),
        ("low", "", rows[1]),
        ("high", "", rows[2]),
        ("kf_q05", "", rows[3]),
        ("kf_null_ratio", "ratio", rows[4]),
        ("draws", "count", np.array([len(found.steepest) for found in each])),
        ("samples_used", "count", np.array([round(found.used) for found in each])),
    )
    title = "By the number of samples: compare two datasets at equal ones"
    return ranked_table("sizes", title, columns, np.arange(len(sizes)))


def _means(draws: Draws) -> tuple[float, ...]:
    """Return K_F with its interval, its quantile, and its ratio to shuffled labels, or NaN.

    The spread of fewer than five draws says nothing.
    """
    measured = draws.measured
    if not measured.any():
        return (np.nan,) * 5
    steepest, quantile, shuffled = (
        float(numbers[measured].mean())
        for numbers in (draws.steepest, draws.quantile, draws.shuffled)
    )
    enough = measured.sum() >= FEWEST_DRAWS
    half = draws.half_width(draws.steepest[measured]) if enough else np.nan
    low = float(np.maximum(0.0, steepest - half))
    return steepest, low, steepest + half, quantile, steepest / shuffled
