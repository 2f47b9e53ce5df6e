"""Ways to cut a dataset into slices: by class, split, group, column and cluster."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from labelaudit.dataset import Dataset
from labelaudit.inputs import provider
from labelaudit.inputs.columns import Splits

CLASS, SPLIT, GROUP, CLUSTER = "class", "split", "group", "cluster"
N_PARTS: Final = 4
MOST_VALUES: Final = 10  # of a column of numbers that is not cut
BLANK: Final = "(blank)"


@dataclass(frozen=True, slots=True, eq=False)
class Slicing:
    """One way to cut a dataset.

    Attributes
    ----------
    by
        What it is cut by.
    names
        Name of each slice.
    codes
        Slice of each item, ``-1`` for none, shape ``(n_samples,)``.
    """

    by: str
    names: tuple[str, ...]
    codes: NDArray[np.int32]


@provider
def slices(
    dataset: Dataset,
    labels: NDArray[np.int32],
    class_names: tuple[str, ...],
    splits: Splits,
    item_groups: NDArray[np.int32] | None = None,
    metadata: pa.Table | None = None,
    clusters: NDArray[np.int32] | None = None,
) -> tuple[Slicing, ...]:
    """Return every way to cut the dataset, numbers into four parts of equal size.

    A group has the name of its first path, a cluster its number from the largest on and the
    commonest class in it.
    """
    found = [Slicing(CLASS, class_names, labels)]
    if splits.names:
        found.append(Slicing(SPLIT, splits.names, splits.codes))
    if item_groups is not None:
        found.append(_groups(dataset, item_groups))
    if metadata is not None:
        found += [_column(name, metadata[name]) for name in metadata.column_names]
    if clusters is not None:
        found.append(_clusters(clusters, labels, class_names))
    return tuple(found)


def _groups(dataset: Dataset, groups: NDArray[np.int32]) -> Slicing:
    known = np.flatnonzero(groups >= 0)
    paths = pd.Series(dataset.paths.take(pa.array(known)).to_pylist(), dtype=object)
    first = paths.groupby(groups[known]).min()
    codes = np.full(len(groups), -1, dtype=np.int32)
    codes[known] = np.searchsorted(first.index.to_numpy(), groups[known])
    return Slicing(GROUP, tuple(f"group of {path}" for path in first), codes)


def _column(name: str, column: pa.ChunkedArray) -> Slicing:
    """Return the slices of a column of text or of numbers."""
    if pa.types.is_floating(column.type):
        names, codes = _numbers(column.to_numpy().astype(np.float64))
    else:
        codes, values = pd.factorize(column.to_pandas(), sort=True)
        names = [str(value) for value in values]
    blank = codes < 0
    if blank.any():
        codes = np.where(blank, len(names), codes)
        names = [*names, BLANK]
    return Slicing(f"column {name}", tuple(names), codes.astype(np.int32))


def _numbers(numbers: NDArray[np.float64]) -> tuple[list[str], NDArray[np.int64]]:
    """Return parts between quartiles and each number's part, ``-1`` for NaN."""
    known = ~np.isnan(numbers)
    codes = np.full(len(numbers), -1, dtype=np.int64)
    values, inverse = np.unique(numbers[known], return_inverse=True)
    if len(values) <= MOST_VALUES:
        codes[known] = inverse
        return [f"{value:.6g}" for value in values], codes
    inner = np.quantile(numbers[known], np.arange(1, N_PARTS) / N_PARTS, method="higher")
    edges = np.unique(inner)
    codes[known] = np.searchsorted(edges, numbers[known], side="right")
    ends = [f"{edge:.4g}" for edge in edges]
    between = [f"{low} to below {high}" for low, high in pairwise(ends)]
    return [f"below {ends[0]}", *between, f"{ends[-1]} and above"], codes


def _clusters(
    clusters: NDArray[np.int32], labels: NDArray[np.int32], class_names: tuple[str, ...]
) -> Slicing:
    names = []
    for code in range(int(clusters.max(initial=-1)) + 1):
        given = labels[(clusters == code) & (labels >= 0)]
        counts = np.bincount(given, minlength=len(class_names))
        most = min(class_names[at] for at in np.flatnonzero(counts == counts.max()))
        mostly = f" ({counts.max() / len(given):.0%} {most})" if len(given) else ""
        names.append(f"{code + 1}{mostly}")
    return Slicing(CLUSTER, tuple(names), clusters)
