"""How different the labels of two items are, whatever the labels are."""

from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.dataset import Dataset, State
from labelaudit.errors import MissingInputError
from labelaudit.inputs import provider
from labelaudit.inputs.labels import cells_in_state

Kind = Literal["classes", "sets", "numbers"]
NUMERATORS: Final[dict[Kind, str]] = {
    "classes": "1 for different classes, else 0",
    "sets": "1 - Jaccard index of the positive labels; uncertain and unknown ones count as absent",
    "numbers": "|difference of the labels|, in their unit",
}
LEAST_SPAN: Final = 1e-30
MOST_SPAN: Final = 1e30


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelDifferences:
    """The labels of all items, and the difference of any two.

    Attributes
    ----------
    kind
        One class an item, a set of classes, or a number.
    labelled
        Whether each item has a label, shape ``(n_samples,)``.
    codes
        Class of each item, where it has one.
    sets
        Positive labels, shape ``(n_samples, n_classes)``, where an item has several.
    targets
        Number of each item, where labels are numbers.
    """

    kind: Kind
    labelled: NDArray[np.bool_]
    codes: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    sets: csr_array | None = None
    targets: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    @property
    def numerator(self) -> str:
        """How two labels differ, in words."""
        return NUMERATORS[self.kind]

    def between(self, rows: NDArray[np.int64]) -> NDArray[np.floating]:
        """Return the differences of some items' labels, from 0, shape ``(n, n)``."""
        if self.kind == "classes":
            codes = self.codes[rows]
            return np.asarray(codes[:, None] != codes, dtype=np.float32)
        if self.kind == "numbers":
            targets = self.targets[rows]
            with np.errstate(over="ignore"):
                return np.abs(targets[:, None] - targets)
        chosen = self._sets(rows)
        both = (chosen @ chosen.T).toarray().astype(np.float32)
        sizes = both.diagonal().copy()
        either = np.maximum(sizes[:, None] + sizes - both, 1)
        same = np.where(sizes[:, None] + sizes > 0, both / either, np.float32(1))
        return (1 - same).astype(np.float32)

    def ties(self, rows: NDArray[np.int64], content: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return a number for each of some items that tells unequal labels of equal items apart.

        It depends on what items have the label, and not on how classes are named or ordered.

        Parameters
        ----------
        rows
            The items.
        content
            A number of each that only items of equal content share.
        """
        if self.kind == "numbers":
            return self.targets[rows]
        if self.kind == "classes":
            weights = np.bincount(self.codes[rows], weights=content)
            return weights[self.codes[rows]].astype(np.float64)
        chosen = self._sets(rows)
        return np.asarray(chosen @ (chosen.T @ content.astype(np.float64)))

    def _sets(self, rows: NDArray[np.int64]) -> csr_array:
        assert self.sets is not None  # noqa: S101 - the kind says so
        return self.sets[rows]


@provider
def label_differences(dataset: Dataset) -> LabelDifferences:
    """Return the labels of the items, and how different any two are."""
    labelled = dataset.labelled
    if not labelled.any():
        raise MissingInputError("no item of this dataset has a label")
    if dataset.targets is not None:
        _check_span(dataset.targets[labelled])
        return LabelDifferences(kind="numbers", labelled=labelled, targets=dataset.targets)
    states = dataset.label_states
    if states is None:
        return LabelDifferences(kind="classes", labelled=labelled, codes=dataset.labels)
    shape = (dataset.n_samples, len(dataset.class_names))
    positive = cells_in_state(states, states.states == State.POSITIVE, shape)
    return LabelDifferences(kind="sets", labelled=labelled, sets=positive)


def _check_span(targets: NDArray[np.float64]) -> None:
    """Refuse targets whose differences, and what is divided by them, overflow single precision."""
    low, high = float(targets.min()), float(targets.max())
    span = high - low if max(abs(low), abs(high)) <= MOST_SPAN else np.inf
    if span > MOST_SPAN or 0 < span < LEAST_SPAN:
        why = "far apart" if span > MOST_SPAN else "close"
        raise MissingInputError(
            f"targets from {low:.3g} to {high:.3g} are too {why} to be compared"
        )
