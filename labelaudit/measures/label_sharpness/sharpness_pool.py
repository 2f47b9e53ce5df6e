"""The samples that label sharpness compares, with their distances and labels."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.inputs.label_differences import LabelDifferences
from labelaudit.statistics.nearest_enemy import content_numbers

SMALLEST: Final = 1e-100
LARGEST: Final = 1e100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pool:
    """The samples that are compared, in an order that only their content decides.

    Attributes
    ----------
    items
        Rows of the dataset, shape ``(n,)``.
    distances, differences
        Between them and between their labels, shape ``(n, n)``.
    classes
        Class of each; 0 for all where labels are no classes.
    total
        Labelled rows that they were drawn from.
    """

    items: NDArray[np.int64]
    distances: NDArray[np.float32]
    differences: NDArray[np.floating]
    classes: NDArray[np.int32]
    total: int


def pool_of(
    items: NDArray[np.int64],
    vectors: NDArray[np.floating],
    distances: NDArray[np.float32],
    labels: LabelDifferences,
    *,
    total: int,
) -> Pool:
    """Return the samples with their labels, in an order of content.

    Raises
    ------
    MissingInputError
        When all vectors or all labels are equal.
    """
    content = content_numbers(vectors)
    if content.max() == 0:
        raise MissingInputError(f"all {len(items):,} vectors are equal: nothing is near or far")
    order = np.lexsort((labels.ties(items, content), content))
    items = items[order]
    differences = labels.between(items)
    _check_range(float(differences.max()))
    if not differences.any():
        what = "of one class" if labels.kind == "classes" else "labelled equally"
        raise MissingInputError(f"the {len(items):,} items compared are all {what}")
    single = labels.kind == "classes"
    return Pool(
        items=items,
        distances=distances[np.ix_(order, order)],
        differences=differences,
        classes=labels.codes[items] if single else np.zeros(len(items), dtype=np.int32),
        total=total,
    )


def _check_range(most: float) -> None:
    """Refuse labels whose differences over distances could leave the range of numbers."""
    if not (most == 0 or SMALLEST < most < LARGEST):
        how = "close" if most < 1 else "far apart"
        raise MissingInputError(
            f"labels that differ by at most {most:.3g} are too {how} to be divided by distances"
        )
