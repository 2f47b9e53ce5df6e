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
MOST_RATES: Final = 1 << 25


@dataclass(frozen=True, slots=True, eq=False)
class AnnotatorPanel:
    """The judgements, and the annotators who gave them.

    Attributes
    ----------
    items
        Rows of the dataset that were judged, ascending.
    votes
        Judgements of these, by voter.
    names, n_judged, n_shared
        Name of each annotator, their judgements, and those of items that another judged, too.
    known, voters
        Whether an annotator has enough of these to be a voter of their own, and the number of
        the voter that each is or is a part of.
    """

    items: NDArray[np.int64]
    votes: Votes
    names: tuple[str, ...]
    n_judged: NDArray[np.int64]
    n_shared: NDArray[np.int64]
    known: NDArray[np.bool_]
    voters: NDArray[np.int64]


@provider
def annotator_panel(annotations: pa.Table, class_names: tuple[str, ...]) -> AnnotatorPanel:
    """Return the judgements that name a class; annotators of little evidence vote as one."""
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
    known = n_shared >= MIN_JUDGEMENTS
    voters = np.where(known, np.cumsum(known) - 1, known.sum())
    labels = judged["label"].to_numpy()
    votes = count_votes(rows, voters[who], labels, len(items), len(class_names))
    if len(votes.labels) * len(class_names) > MOST_RATES:
        raise MissingInputError(
            f"the error rates of {len(names):,} annotators in {len(class_names):,} classes do "
            "not fit into memory"
        )
    n_judged = np.bincount(who, minlength=len(names))
    return AnnotatorPanel(items, votes, names, n_judged, n_shared, known, voters)
