"""Labels as arrays: one class an item, or a sparse matrix of several."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.dataset import Dataset, LabelStates, State
from labelaudit.errors import MissingInputError
from labelaudit.inputs import provider


@provider
def labels(dataset: Dataset) -> NDArray[np.int32]:
    """Given class of each item, ``-1`` when unlabelled, shape ``(n_samples,)``."""
    if dataset.task != "multiclass":
        raise MissingInputError("an item of this dataset has several labels")
    if not (dataset.labels >= 0).any():
        raise MissingInputError("no item of this dataset has a label")
    return dataset.labels


@provider
def class_names(dataset: Dataset) -> tuple[str, ...]:
    """Names of all declared classes, those without items included."""
    return dataset.class_names


@provider
def label_states(dataset: Dataset) -> LabelStates:
    """Positive, uncertain and unknown cells of a dataset with several labels an item."""
    if dataset.label_states is None:
        raise MissingInputError("an item of this dataset has one label")
    return dataset.label_states


@provider
def label_matrix(label_states: LabelStates, class_names: tuple[str, ...]) -> csr_array:
    """Positive labels of the labelled items, a boolean matrix ``(n_labelled, n_classes)``."""
    positive = label_states.states == State.POSITIVE
    ends = np.concatenate([[0], np.cumsum(positive)])[label_states.indptr]
    matrix = csr_array(
        (np.ones(int(positive.sum()), dtype=bool), label_states.indices[positive], ends),
        shape=(len(label_states.labelled), len(class_names)),
    )
    return matrix[np.flatnonzero(label_states.labelled)]


@provider
def label_codes(dataset: Dataset) -> NDArray[np.int64]:
    """Return a number an item that items of equal labels share; ``-1`` when unlabelled.

    For a dataset with several labels an item, labels are equal when all states are.
    """
    states = dataset.label_states
    if states is None:
        return dataset.labels.astype(np.int64)
    cells = np.stack([states.indices, states.states.astype(np.int32)], axis=1)
    texts = (
        cells[start:stop].tobytes()
        for start, stop in zip(states.indptr[:-1], states.indptr[1:], strict=True)
    )
    codes: NDArray[np.int64] = pd.factorize(np.array(list(texts), dtype=object))[0]
    return np.where(states.labelled, codes, -1)
