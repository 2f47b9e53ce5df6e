"""The other columns of a manifest: splits, groups, annotations and metadata."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labelaudit.dataset import Dataset
from labelaudit.errors import MissingInputError
from labelaudit.inputs import provider


@dataclass(frozen=True, slots=True, eq=False)
class Splits:
    """Names of the splits, and each item's position among them or ``-1``."""

    names: tuple[str, ...]
    codes: NDArray[np.int32]


@provider
def splits(dataset: Dataset) -> Splits:
    """Return the split of each item; without a single name when there are none."""
    return Splits(dataset.split_names, dataset.splits)


@provider
def annotations(dataset: Dataset) -> pa.Table:
    """One row a judgement: ``item`` (int64), ``annotator`` (string), ``label`` (int32)."""
    if dataset.annotations is None:
        raise MissingInputError("the manifest names no annotators")
    return dataset.annotations


@provider
def item_groups(dataset: Dataset) -> NDArray[np.int32]:
    """Return the number of each item's group (patient, source, video), ``-1`` for none."""
    if dataset.groups is None:
        raise MissingInputError("the manifest names no groups")
    return dataset.groups


@provider
def metadata(dataset: Dataset) -> pa.Table:
    """Other columns of the manifest that were named, one row an item."""
    if dataset.metadata is None:
        raise MissingInputError("no other column of the manifest was named: --metadata-column")
    return dataset.metadata
