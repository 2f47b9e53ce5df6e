"""Items far from all others in the embedding."""

import numpy as np
from numpy.typing import NDArray

from labelaudit.blocks import row_blocks
from labelaudit.errors import MissingInputError
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.measures import Findings, Ranking, measure
from labelaudit.tabulate import Specification, exact_values

N_NEAREST = 10
FENCE = 3.0
SPECIFICATIONS: tuple[Specification, ...] = (
    ("outliers_count", "Outliers", "count", "lower"),
    ("outliers_share", "Outliers, of the items with an embedding", "share", "lower"),
)


@measure(family="integrity", title="Outliers")
def outliers(neighbors: Neighbors, copies: NDArray[np.int64]) -> Findings:
    """Find items that are far from their nearest neighbors, as the dataset goes.

    An item far from all others may be of no class at all, badly cropped or broken, or a rare case
    that is worth more than a common one: the list is to be looked at, not to be deleted. Copies of
    an item are not its neighbors here, so two equal strangers do not hide each other.

    Formula
    -------
    d_i = mean of 1 - cosine similarity over the ten nearest other items (fewer where there are no
    more), of centered embeddings. An outlier has d_i > Q3 + 3 (Q3 - Q1), with the quartiles of all
    d: Tukey's outer fence, above which one item in 850,000 of a normal distribution lies.

    Range
    -----
    Distances in ``[0, 2]``, counts from 0, shares in ``[0, 1]``; lower is better.

    Undefined
    ---------
    Without embeddings; for an item whose 50 nearest neighbors are all copies of it.

    Not comparable
    --------------
    Across embedding models. The fence is the dataset's own, so that a dataset of which much is
    strange has few outliers.

    Parameters
    ----------
    neighbors
        Nearest neighbors of each item in the embedding.
    copies
        A number an item that items of equal embedding share.

    Returns
    -------
    Counts, and the outliers, farthest first.

    Raises
    ------
    MissingInputError
        Without embeddings, or when all items are copies of one.

    References
    ----------
    Tukey, Exploratory Data Analysis, 1977. Angiulli and Pizzuti, Fast outlier detection in high
    dimensional spaces, PKDD 2002, for the distance.

    Examples
    --------
    >>> five = Neighbors(
    ...     indices=np.array([[1], [0], [0], [0], [0]], dtype=np.int32),
    ...     similarities=np.array([[0.9], [0.9], [0.9], [0.1], [0.9]], dtype=np.float32),
    ... )
    >>> outliers(five, np.arange(5)).rankings[0].items.tolist()
    [3]
    """
    distance = mean_distances(neighbors, copies)
    known = np.isfinite(distance)
    if not known.any():
        raise MissingInputError("no item has a neighbor that is no copy of it")
    low, high = np.quantile(distance[known].astype(np.float64), [0.25, 0.75])
    fence = float(high + FENCE * (high - low))
    found = known & (distance > fence)
    items = np.flatnonzero(found)
    items = items[np.lexsort((items, -distance[items]))]
    numbers = {
        "outliers_count": len(items),
        "outliers_share": len(items) / int(known.sum()),
    }
    return Findings(
        values=exact_values(SPECIFICATIONS, numbers, {}),
        rankings=(
            Ranking(
                name="outliers",
                title="Outliers",
                items=items,
                scores=distance[items].astype(np.float64),
                details=tuple(
                    f"Mean distance to its nearest {distance[item]:.3f}, {fence:.3f} is the fence"
                    for item in items
                ),
            ),
        ),
        parameters={"n_nearest": N_NEAREST, "fence": round(fence, 6)},
        columns={"is_outlier": found, "outlier_distance": distance},
    )


def mean_distances(neighbors: Neighbors, copies: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the mean distance of each item to the nearest that are no copies; NaN without any."""
    distance = np.full(len(copies), np.nan, dtype=np.float32)
    for block in row_blocks(len(copies)):
        around = neighbors.indices[block]
        others = (around >= 0) & (copies[around] != copies[block, None])
        others &= np.cumsum(others, axis=1) <= N_NEAREST
        n_others = others.sum(axis=1)
        total = np.where(others, 1 - neighbors.similarities[block], 0).sum(axis=1)
        distance[block] = np.where(n_others > 0, total / np.maximum(n_others, 1), np.nan)
    return distance
