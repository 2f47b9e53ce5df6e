"""Whether items that follow each other are alike, against all orders that they could have.

Both statistics have a closed mean and variance over the permutations of the items in each group,
so that dependence between the pairs, which share items, is accounted for. Orders are drawn only
where so few pairs can differ that their number is far from normal: rare classes, few items.
"""

import math
import sys
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

LEAST_WINDOW: Final = 5
WINDOW_SHARE: Final = 0.01
FEWEST_OF_GROUP: Final = 10
FEWEST_DEVIATING: Final = 6  # standard deviation of a count below which it is not taken for normal
DRAWN_CELLS: Final = 2**25
LEAST_DRAWS, MOST_DRAWS = 199, 4999


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrderTest:
    """How many pairs are alike, and how many would be in a random order.

    Attributes
    ----------
    n_pairs
        Pairs that were looked at.
    alike
        Those that are alike.
    expected
        How many would be, on average over all orders.
    deviation
        Standard deviation of that.
    pairs_by_item, alike_by_item
        The pairs of each item, shape ``(n_samples,)``.
    drawn_p_value
        Share of drawn orders with as many, where few pairs can differ; None where the normal
        distribution will do.
    """

    n_pairs: int
    alike: int
    expected: float
    deviation: float
    pairs_by_item: NDArray[np.int64]
    alike_by_item: NDArray[np.int64]
    drawn_p_value: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times as many pairs are alike as in a random order."""
        return self.alike / self.expected if self.expected > 0 else None

    @property
    def z(self) -> float | None:
        """How many standard deviations more; None where every order has as many."""
        return (self.alike - self.expected) / self.deviation if self.deviation > 0 else None

    @property
    def p_value(self) -> float | None:
        """One-sided, above 0: that a random order has as many; normal where none were drawn."""
        from scipy.stats import norm

        if self.z is not None and self.drawn_p_value is not None:
            return self.drawn_p_value
        return None if self.z is None else max(float(norm.sf(self.z)), sys.float_info.min)


def same_label_next(labels: NDArray[np.int32], groups: NDArray[np.int64]) -> OrderTest:
    """Count the items whose next item in the group has the same label.

    Parameters
    ----------
    labels
        Class of each item in their order, ``-1`` for an item to leave out.
    groups
        Group of each item, 0 or more.

    References
    ----------
    Barton and David, Multiple runs, Biometrika 44, 1957, for the mean and variance of the number
    of runs, which are the items less these pairs.
    """
    items = np.flatnonzero(labels >= 0)
    items = items[np.argsort(groups[items], kind="stable")]
    together = groups[items][1:] == groups[items][:-1]
    alike = together & (labels[items][1:] == labels[items][:-1])
    pairs_by_item, alike_by_item = np.zeros((2, len(labels)), dtype=np.int64)
    pairs_by_item[items[:-1]], alike_by_item[items[:-1]] = together, alike
    n_classes = int(labels.max(initial=0)) + 1
    cells, counts = np.unique(groups[items] * n_classes + labels[items], return_counts=True)
    of_group = cells // n_classes
    n, two, three = (
        np.bincount(of_group, counts.astype(np.float64) ** power) for power in (1, 2, 3)
    )
    n, two, three = n[n > 1], two[n > 1], three[n > 1]
    variance = (two * (two + n * (n + 1)) - 2 * n * three - n**3) / (n**2 * (n - 1))
    drawn = None
    if 0 < variance.sum() < FEWEST_DEVIATING**2:
        drawn = _drawn_p_value(labels[items], groups[items], int(alike.sum()))
    return OrderTest(
        n_pairs=int(together.sum()),
        alike=int(alike.sum()),
        expected=float(((two - n) / n).sum()),
        deviation=math.sqrt(max(float(variance.sum()), 0.0)),
        pairs_by_item=pairs_by_item,
        alike_by_item=alike_by_item,
        drawn_p_value=drawn,
    )


def _drawn_p_value(labels: NDArray[np.int32], groups: NDArray[np.int64], alike: int) -> float:
    """Return the share of random orders with as many pairs, this one too; groups lie together."""
    rng = np.random.default_rng(0)
    starts = np.flatnonzero(np.diff(groups)) + 1
    parts = []
    for group in np.split(labels, starts):
        counts = np.sort(np.bincount(group))  # so that the order of classes changes no draw
        parts.append(np.repeat(np.arange(len(counts)), counts))
    n_draws = int(np.clip(DRAWN_CELLS // max(len(labels), 1), LEAST_DRAWS, MOST_DRAWS))
    as_many = 0
    for _ in range(n_draws):
        found = 0
        for part in parts:
            drawn = rng.permutation(part)
            found += int((drawn[1:] == drawn[:-1]).sum())
        as_many += found >= alike
    return (1 + as_many) / (n_draws + 1)


def nearby_neighbors(neighbors: NDArray[np.int32], groups: NDArray[np.int64]) -> OrderTest:
    """Count the nearest neighbors that are also nearby in the order of their group.

    Nearby are the 1 % of the group before an item and the 1 % after it, at least 5.

    Parameters
    ----------
    neighbors
        Nearest neighbors of each item, ``-1`` for none, shape ``(n_samples, n_neighbors)``; those
        of another group do not count.
    groups
        Group of each item, ``-1`` for an item to leave out. Groups of fewer than 10 are left out.

    References
    ----------
    Mantel, The detection of disease clustering and a generalized regression approach, Cancer
    Research 27, 1967, for mean and variance; Cliff and Ord, Spatial Processes, 1981, section 2.2.
    """
    sizes = np.bincount(groups[groups >= 0])
    kept = np.flatnonzero(groups >= 0)
    kept = kept[sizes[groups[kept]] >= FEWEST_OF_GROUP]
    ordered = kept[np.argsort(groups[kept], kind="stable")]
    starts = np.cumsum(sizes * (sizes >= FEWEST_OF_GROUP)) - sizes
    place = np.full(len(groups), -1, dtype=np.int64)
    place[ordered] = np.arange(len(ordered)) - starts[groups[ordered]]
    window = np.maximum(np.ceil(WINDOW_SHARE * sizes), LEAST_WINDOW).astype(np.int64)
    rows, columns = np.nonzero(neighbors >= 0)
    others = neighbors[rows, columns]
    within = (place[rows] >= 0) & (place[others] >= 0) & (groups[rows] == groups[others])
    rows, others = rows[within], others[within]
    alike = np.abs(place[rows] - place[others]) <= window[groups[rows]]
    expected, variance = _mantel(rows, others, groups, place, sizes, window)
    return OrderTest(
        n_pairs=len(rows),
        alike=int(alike.sum()),
        expected=expected,
        deviation=math.sqrt(max(variance, 0.0)),
        pairs_by_item=np.bincount(rows, minlength=len(groups)),
        alike_by_item=np.bincount(rows[alike], minlength=len(groups)),
    )


def _mantel(
    rows: NDArray[np.int64],
    others: NDArray[np.int32],
    groups: NDArray[np.int64],
    place: NDArray[np.int64],
    sizes: NDArray[np.int64],
    window: NDArray[np.int64],
) -> tuple[float, float]:
    """Return mean and variance of the edges whose ends are nearby, the groups added up."""
    n_items, n_groups = len(groups), len(sizes)
    of_edge = groups[rows]
    ends = np.bincount(rows, minlength=n_items) + np.bincount(others, minlength=n_items)
    shape = (n_items, n_items)
    edges = csr_array((np.ones(len(rows), dtype=np.int8), (rows, others)), shape=shape)
    mutual = edges.multiply(edges.T).tocoo()
    known = np.flatnonzero(place >= 0)
    at, n_of, w_of = place[known], sizes[groups[known]], window[groups[known]]
    near = np.minimum(at, w_of) + np.minimum(n_of - 1 - at, w_of)

    def by_group(values: NDArray[np.integer], codes: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.bincount(codes, values, minlength=n_groups).astype(np.float64)

    a0 = np.bincount(of_edge, minlength=n_groups).astype(np.float64)
    a1 = a0 + np.bincount(groups[mutual.row], minlength=n_groups)
    a2 = by_group(ends[known] ** 2, groups[known])
    b0 = by_group(near, groups[known])
    b1, b2 = 2 * b0, 4 * by_group(near**2, groups[known])
    some = (sizes >= FEWEST_OF_GROUP) & (a0 > 0)
    a0, a1, a2, b0, b1, b2 = (each[some] for each in (a0, a1, a2, b0, b1, b2))
    n = sizes[some].astype(np.float64)
    two = n * (n - 1)
    three = two * (n - 2)
    four = three * (n - 3)
    mean = a0 * b0 / two
    variance = (
        a1 * b1 / (2 * two)
        + (a2 - 2 * a1) * (b2 - 2 * b1) / (4 * three)
        + (a0**2 + a1 - a2) * (b0**2 + b1 - b2) / four
        - mean**2
    )
    return float(mean.sum()), float(np.maximum(variance, 0).sum())
