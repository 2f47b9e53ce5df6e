"""The judgements of several annotators, as statistics that need evidence of each want them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.inputs import provider
from labelaudit.inputs.judgements import Judgements
from labelaudit.statistics.votes import Votes, count_votes

MIN_ITEMS: Final = 50
MIN_JUDGEMENTS: Final = 30
MIN_A_CLASS: Final = 10
MOST_RATES: Final = 1 << 25
NOBODY: Final = "the judgements are anonymous"


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
    unrated
        Why nobody is rated, so that all votes count the same; empty when somebody is.
    """

    items: NDArray[np.int64]
    names: tuple[str, ...]
    n_judged: NDArray[np.int64]
    n_shared: NDArray[np.int64]
    weighed: Voters
    rated: Voters
    unrated: str


@provider
def annotator_panel(judgements: Judgements, class_names: tuple[str, ...]) -> AnnotatorPanel:
    """Return the judgements that name a class, and who of the annotators can be told apart."""
    n_items, n_named = len(judgements.items), len(judgements.names)
    shared = judgements.n_an_item > 1
    if shared.sum() < MIN_ITEMS:
        raise MissingInputError(
            f"{int(shared.sum()):,} items have two or more judgements, of {n_items:,} that were "
            f"judged; a consensus needs {MIN_ITEMS}"
        )
    # The anonymous are one more, whom nothing is known of.
    who = np.where(judgements.annotators < 0, n_named, judgements.annotators)
    n_shared = np.bincount(who[shared[judgements.rows]], minlength=n_named + 1)
    n_shared[n_named] = 0
    votes = count_votes(judgements.rows, who, judgements.labels, n_items, len(class_names))
    least = min_rated(len(class_names))
    rated = _voters(votes, n_shared >= least, n_named)
    unrated = ""
    if not n_named:
        unrated = NOBODY
    elif not rated.known.any():
        unrated = f"no annotator has {least:,} judgements of items that another judged, too"
    elif len(rated.votes.labels) * len(class_names) > MOST_RATES:
        unrated = (
            f"the error rates of {n_named:,} annotators in {len(class_names):,} classes do not "
            "fit into memory"
        )
        rated = _voters(votes, np.zeros(n_named + 1, dtype=bool), n_named)
    return AnnotatorPanel(
        items=judgements.items,
        names=judgements.names,
        n_judged=np.bincount(who, minlength=n_named + 1)[:n_named],
        n_shared=n_shared[:n_named],
        weighed=_voters(votes, n_shared >= MIN_JUDGEMENTS, n_named),
        rated=rated,
        unrated=unrated,
    )


def min_rated(n_classes: int) -> int:
    """Return how many shared judgements give an annotator error rates of their own."""
    return max(MIN_JUDGEMENTS, MIN_A_CLASS * n_classes)


def _voters(votes: Votes, known: NDArray[np.bool_], n_named: int) -> Voters:
    """Return the voters: those who are known, and the others as one."""
    numbers = np.where(known, np.cumsum(known) - 1, known.sum())
    return Voters(votes.pooled(numbers), known[:n_named], numbers[:n_named])
