"""What share of items has each label: with intervals, by state, and by group."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.dataset import LabelStates, State
from labelaudit.inputs.labels import cells_in_state
from labelaudit.report import Table
from labelaudit.statistics.group_shares import membership, share_intervals
from labelaudit.statistics.intervals import wilson
from labelaudit.statistics.labelsets import mean_by_label
from labelaudit.tabulate import ranked_table


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """The cells of the labelled items by state, boolean matrices ``(n_labelled, n_classes)``.

    ``members`` says which of them each group has, a matrix ``(n_groups, n_labelled)``, or is None.
    """

    positive: csr_array
    uncertain: csr_array
    unknown: csr_array
    members: csr_array | None

    @property
    def open(self) -> csr_array:
        """Cells that are uncertain or unknown."""
        return (self.uncertain + self.unknown).astype(bool)


def cells_of(
    label_matrix: csr_array, label_states: LabelStates, item_groups: NDArray[np.int32] | None
) -> Cells:
    """Return the cells of the labelled items, and the groups that these come in."""
    rows = np.flatnonzero(label_states.labelled)
    shape = (len(label_states.labelled), label_matrix.shape[1])
    uncertain, unknown = (
        cells_in_state(label_states, label_states.states == state, shape)[rows].astype(bool)
        for state in (State.UNCERTAIN, State.UNKNOWN)
    )
    return Cells(
        positive=label_matrix,
        uncertain=uncertain,
        unknown=unknown,
        members=None if item_groups is None else membership(item_groups[rows]),
    )


def prevalence_source(cells: Cells) -> str:
    """Say what the intervals of the table of labels take for drawn at random."""
    if cells.members is None:
        return "Wilson: were the items drawn at random"
    return f"bootstrap: were the {cells.members.shape[0]:,} groups drawn at random"


def label_table(
    cells: Cells,
    levels: NDArray[np.float64],
    scumble: NDArray[np.float64],
    class_names: tuple[str, ...],
    random_state: int,
) -> Table:
    """Return one row a label, the most common first."""
    counts = cells.positive.sum(axis=0, dtype=np.int64)
    low, high = (
        wilson(counts, np.full(len(counts), len(scumble)))
        if cells.members is None
        else share_intervals(cells.positive, cells.members, random_state)
    )
    drawn = "items" if cells.members is None else "groups"
    return ranked_table(
        "labels",
        f"Items by label; low and high are the 95 % interval, were the {drawn} a random sample",
        (
            ("label", "", class_names),
            ("count", "count", counts),
            ("share", "share", counts / len(scumble)),
            ("low", "share", low),
            ("high", "share", high),
            ("imbalance_ratio", "ratio", levels),
            ("scumble", "", mean_by_label(cells.positive, scumble)),
        ),
        np.argsort(-counts, kind="stable"),
    )


def state_table(cells: Cells, class_names: tuple[str, ...]) -> Table:
    """Return the states of each label, the least determined first.

    The share of items that have it is at least that of the positive, and at most the highest.
    """
    n_rows = cells.positive.shape[0]
    positive, uncertain, unknown = (
        matrix.sum(axis=0, dtype=np.int64)
        for matrix in (cells.positive, cells.uncertain, cells.unknown)
    )
    determined = n_rows - uncertain - unknown
    share = np.divide(
        positive, determined, out=np.full(len(positive), np.nan), where=determined > 0
    )
    return ranked_table(
        "label_states",
        "Labels that are uncertain or unknown, and what share of items may have them",
        (
            ("label", "", class_names),
            ("positive_share", "share", positive / n_rows),
            ("uncertain_share", "share", uncertain / n_rows),
            ("negative_share", "share", (determined - positive) / n_rows),
            ("unknown_share", "share", unknown / n_rows),
            ("highest_if_uncertain", "share", (positive + uncertain) / n_rows),
            ("highest_if_unknown", "share", (positive + uncertain + unknown) / n_rows),
            ("share_of_determined", "share", share),
        ),
        np.argsort(determined, kind="stable"),
    )


def group_table(cells: Cells, members: csr_array, class_names: tuple[str, ...]) -> Table:
    """Return how many groups have each label: the strongest state of their items counts.

    Positive is stronger than uncertain, uncertain than negative, negative than unknown.
    """
    positive, uncertain = (
        (members @ matrix.astype(np.int64)).astype(bool)
        for matrix in (cells.positive, cells.uncertain)
    )
    n_positive = positive.sum(axis=0, dtype=np.int64)
    n_uncertain = uncertain.sum(axis=0, dtype=np.int64) - positive.multiply(uncertain).sum(
        axis=0, dtype=np.int64
    )
    unknown = (members @ cells.unknown.astype(np.int64)).tocoo()
    wholly = unknown.data == members.sum(axis=1)[unknown.row]
    n_unknown = np.bincount(unknown.col[wholly], minlength=len(class_names))
    n_groups = members.shape[0]
    return ranked_table(
        "label_states_by_group",
        "Groups by label: the strongest state of their items counts",
        (
            ("label", "", class_names),
            ("positive_groups", "count", n_positive),
            ("uncertain_groups", "count", n_uncertain),
            ("negative_groups", "count", n_groups - n_positive - n_uncertain - n_unknown),
            ("unknown_groups", "count", n_unknown),
            ("positive_share", "share", n_positive / n_groups),
            ("highest_if_uncertain", "share", (n_positive + n_uncertain) / n_groups),
        ),
        np.argsort(-n_positive, kind="stable"),
    )
