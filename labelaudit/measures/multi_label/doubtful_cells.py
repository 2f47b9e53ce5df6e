"""Cells of items and labels that are likelier wrong than not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelaudit.dataset import State
from labelaudit.inputs.cell_odds import CellOdds
from labelaudit.inputs.cell_views import OTHERS
from labelaudit.measures.label_noise.label_evidence import chance
from labelaudit.statistics.cell_channel import CellChannel

MOST_KEPT = 100_000
SUSPECTED_ABOVE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankedCells:
    """Some cells, the likeliest errors first; all arrays are as long.

    Attributes
    ----------
    items
        Rows of the dataset.
    columns
        Columns of the blocks of log odds.
    error_probs
        Probability that the cell is wrong.
    log_odds
        Of the label.
    """

    items: NDArray[np.int64]
    columns: NDArray[np.int64]
    error_probs: NDArray[np.float64]
    log_odds: NDArray[np.float64]

    def worst(self) -> "RankedCells":
        """Return the 100,000 likeliest errors; ties by item, then by label."""
        order = np.lexsort((self.columns, self.items, -self.error_probs))[:MOST_KEPT]
        return self.taken(order)

    def taken(self, order: NDArray[np.int64]) -> "RankedCells":
        """Return the cells at some positions."""
        return RankedCells(
            items=self.items[order],
            columns=self.columns[order],
            error_probs=self.error_probs[order],
            log_odds=self.log_odds[order],
        )

    def and_more(self, more: "RankedCells") -> "RankedCells":
        """Return these cells and others."""
        return RankedCells(
            items=np.concatenate([self.items, more.items]),
            columns=np.concatenate([self.columns, more.columns]),
            error_probs=np.concatenate([self.error_probs, more.error_probs]),
            log_odds=np.concatenate([self.log_odds, more.log_odds]),
        )


def _no_cells() -> RankedCells:
    none = np.empty(0, dtype=np.int64)
    return RankedCells(
        items=none, columns=none, error_probs=none.astype(float), log_odds=none.astype(float)
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DoubtfulCells:
    """The suspected cells.

    Attributes
    ----------
    missing, spurious
        How many of each label, shape ``(n_judged,)``.
    by_item
        How many of each item, shape ``(n_samples,)``.
    kept
        The likeliest errors, among cells that are not given, and among those that are.
    """

    missing: NDArray[np.int64]
    spurious: NDArray[np.int64]
    by_item: NDArray[np.int32]
    kept: tuple[RankedCells, RankedCells]


def doubtful_cells(cell_odds: CellOdds, channel: CellChannel) -> DoubtfulCells:
    """Find the known cells that are likelier wrong than not, in one pass over the blocks."""
    counts = np.zeros((2, len(cell_odds.labels)), dtype=np.int64)
    by_item = np.zeros(cell_odds.n_samples, dtype=np.int32)
    kept = [_no_cells(), _no_cells()]
    for items, odds, states in cell_odds.blocks():
        given = states == State.POSITIVE
        errors = channel.error_probs(odds, given)
        suspected = (errors > SUSPECTED_ABOVE) & (given | (states == State.NEGATIVE))
        by_item[items] = suspected.sum(axis=1)
        for at, wanted in enumerate((suspected & ~given, suspected & given)):
            counts[at] += wanted.sum(axis=0)
            row, column = np.nonzero(wanted)
            found = RankedCells(
                items=items[row],
                columns=column,
                error_probs=errors[row, column],
                log_odds=odds[row, column].astype(np.float64),
            )
            kept[at] = kept[at].and_more(found).worst()
    return DoubtfulCells(
        missing=counts[0], spurious=counts[1], by_item=by_item, kept=(kept[0], kept[1])
    )


def sentences(
    kept: RankedCells, names: NDArray[np.object_], cell_odds: CellOdds, *, given: bool
) -> tuple[str, ...]:
    """Say of each cell how likely it is wrong, and what the views together and each alone say.

    Parameters
    ----------
    kept
        The cells.
    names
        Name of the label of each.
    cell_odds
        The views on them.
    given
        Whether the label is given.
    """
    views = cell_odds.views(kept.items, kept.columns)
    probs = 1 / (1 + np.exp(-kept.log_odds))
    kind = "spurious" if given else "missing"
    said = []
    for at, name in enumerate(names):
        each = ", ".join(
            f"{view} {round(float(values[at]), 2) + 0.0:{'+' if view == OTHERS else ''}.2f}"
            for view, values in views.items()
        )
        said.append(
            f"{name}: likely {kind} (P {chance(kept.error_probs[at], '= ')}). "
            f"Probability of {name} {chance(probs[at])}: {each}"
        )
    return tuple(said)
