"""The judgements of several annotators, as statistics that need evidence of each want them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.inputs import provider
from labelaudit.statistics.votes import Votes, count_votes

MIN_ITEMS: Final = 50
MIN_JUDGEMENTS: Final = 30
MIN_A_CLASS: Final = 10
MOST_RATES: Final = 1 << 25


@dataclass(frozen=True, slots=True, eq=False)
class Voters:
    """Who votes: annotators with enough evidence, and the others together as one more.

    Attributes
    ----------
    votes
        Judgements by voter.
    known
        Whether an annotator is a voter of their own, shape ``(n_annotators,)``.
    numbers
        Number of the voter that each annotator is, or is a part of.
    """

    votes: Votes
    known: NDArray[np.bool_]
    numbers: NDArray[np.int64]

    def of_annotators(self, found: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what was found of each voter for the annotators, NaN for those taken together."""
        return np.where(self.known, found[np.where(self.known, self.numbers, 0)], np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class AnnotatorPanel:
    """The judgements, and the annotators who gave them.

    Attributes
    ----------
    items
        Rows of the dataset that were judged, ascending.
    names, n_judged, n_shared
        Name of each annotator, their judgements, and those of items that another judged, too.
    weighed
        The voters where one number is estimated of each: 30 shared judgements are enough.
    rated
        The voters where a rate is estimated for each pair of classes: ten shared judgements a
        class are enough, and no fewer than 30.
    """

    items: NDArray[np.int64]
    names: tuple[str, ...]
    n_judged: NDArray[np.int64]
    n_shared: NDArray[np.int64]
    weighed: Voters
    rated: Voters


@provider
def annotator_panel(annotations: pa.Table, class_names: tuple[str, ...]) -> AnnotatorPanel:
    """Return the judgements that name a class, and who of the annotators can be told apart."""
    judged = annotations.filter(pc.greater_equal(annotations["label"], 0))
    items, rows = np.unique(judged["item"].to_numpy(), return_inverse=True)
    encoded = judged["annotator"].combine_chunks().dictionary_encode()
    names = tuple(encoded.dictionary.to_pylist())
    who: NDArray[np.int64] = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    shared = np.bincount(rows, minlength=len(items)) > 1
    if shared.sum() < MIN_ITEMS:
        raise MissingInputError(
            f"{int(shared.sum()):,} items have two or more judgements; "
            f"a consensus needs {MIN_ITEMS}"
        )
    n_shared = np.bincount(who[shared[rows]], minlength=len(names))
    votes = count_votes(rows, who, judged["label"].to_numpy(), len(items), len(class_names))
    rated = _voters(votes, n_shared >= min_rated(len(class_names)))
    if len(rated.votes.labels) * len(class_names) > MOST_RATES:
        raise MissingInputError(
            f"the error rates of {len(names):,} annotators in {len(class_names):,} classes do "
            "not fit into memory"
        )
    return AnnotatorPanel(
        items=items,
        names=names,
        n_judged=np.bincount(who, minlength=len(names)),
        n_shared=n_shared,
        weighed=_voters(votes, n_shared >= MIN_JUDGEMENTS),
        rated=rated,
    )


def min_rated(n_classes: int) -> int:
    """Return how many shared judgements give an annotator error rates of their own."""
    return max(MIN_JUDGEMENTS, MIN_A_CLASS * n_classes)


def _voters(votes: Votes, known: NDArray[np.bool_]) -> Voters:
    numbers = np.where(known, np.cumsum(known) - 1, known.sum())
    return Voters(votes.pooled(numbers), known, numbers)
