"""Labels as arrays: one class an item, or a sparse matrix of several."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.dataset import Dataset, LabelStates, State
from labelaudit.errors import MissingInputError
from labelaudit.inputs import provider
from labelaudit.statistics.groups import Groups

Conflicts = Callable[[Groups], NDArray[np.bool_]]


@provider
def labels(dataset: Dataset) -> NDArray[np.int32]:
    """Given class of each item, ``-1`` when unlabelled, shape ``(n_samples,)``."""
    if dataset.task == "regression":
        raise MissingInputError("the labels of this dataset are numbers, not classes")
    if dataset.task != "multiclass":
        raise MissingInputError("an item of this dataset has several labels")
    if not (dataset.labels >= 0).any():
        raise MissingInputError("no item of this dataset has a label")
    return dataset.labels


@provider
def targets(dataset: Dataset) -> NDArray[np.float64]:
    """Given number of each item, NaN when unlabelled, shape ``(n_samples,)``."""
    if dataset.targets is None:
        raise MissingInputError("the labels of this dataset are classes, not numbers")
    if np.isnan(dataset.targets).all():
        raise MissingInputError("no item of this dataset has a label")
    return dataset.targets


@provider
def class_names(dataset: Dataset) -> tuple[str, ...]:
    """Names of all declared classes, those without items included."""
    return dataset.class_names


@provider
def ordered(dataset: Dataset) -> bool:
    """Whether the classes are declared from the lowest to the highest."""
    return dataset.ordered


@provider
def label_states(dataset: Dataset) -> LabelStates:
    """Positive, uncertain and unknown cells of a dataset with several labels an item."""
    if dataset.task == "regression":
        raise MissingInputError("the labels of this dataset are numbers, not classes")
    if dataset.label_states is None:
        raise MissingInputError("an item of this dataset has one label")
    return dataset.label_states


@provider
def label_matrix(label_states: LabelStates, class_names: tuple[str, ...]) -> csr_array:
    """Positive labels of the labelled items, a boolean matrix ``(n_labelled, n_classes)``."""
    shape = (len(label_states.labelled), len(class_names))
    matrix = cells_in_state(label_states, label_states.states == State.POSITIVE, shape).astype(bool)
    return matrix[np.flatnonzero(label_states.labelled)]


@provider
def labelled(dataset: Dataset) -> NDArray[np.bool_]:
    """Whether each item has a label, shape ``(n_samples,)``."""
    return dataset.labelled


@provider
def label_conflicts(dataset: Dataset) -> Conflicts:
    """Return a function that tells in which groups of items labels contradict each other.

    Of items with one label, two labels contradict each other, and so do two numbers. Of items
    with several, one item has a class that another has not; an uncertain or unknown state
    contradicts nothing.
    """
    states = dataset.label_states
    if dataset.targets is not None:
        numbers = pd.factorize(dataset.targets)[0]
        return lambda groups: groups.disagree(numbers)
    if states is None:
        return lambda groups: groups.disagree(dataset.labels)
    shape = (dataset.n_samples, len(dataset.class_names))
    positive = cells_in_state(states, states.states == State.POSITIVE, shape)
    open_ = cells_in_state(states, states.states != State.POSITIVE, shape)

    def conflicts(groups: Groups) -> NDArray[np.bool_]:
        ends = np.append(groups.starts, len(groups.items))
        known = states.labelled[groups.items].astype(np.int32)
        members = csr_array((known, groups.items, ends), shape=(len(groups.starts), shape[0]))
        having = (members @ positive).tocoo()
        left_open = (members @ open_).tocsr()[having.row, having.col]
        lacking = members.sum(axis=1)[having.row] - having.data - left_open
        found = np.zeros(len(groups.starts), dtype=bool)
        found[having.row[(having.data > 0) & (lacking > 0)]] = True
        return found

    return conflicts


def cells_in_state(
    states: LabelStates, wanted: NDArray[np.bool_], shape: tuple[int, int]
) -> csr_array:
    """Return some of the stored cells as a matrix of ones."""
    ends = np.concatenate([[0], np.cumsum(wanted)])[states.indptr]
    ones = np.ones(int(wanted.sum()), dtype=np.int32)
    return csr_array((ones, states.indices[wanted], ends), shape=shape)
