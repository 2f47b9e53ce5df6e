"""Labels that items with several of them seem to lack, or to have by mistake."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from labelaudit.dataset import State
from labelaudit.errors import some
from labelaudit.inputs.cell_odds import CellOdds
from labelaudit.measures import Findings, Ranking, measure
from labelaudit.measures.multi_label.doubtful_cells import DoubtfulCells, doubtful_cells, sentences
from labelaudit.report import Table
from labelaudit.statistics.cell_channel import (
    CellChannel,
    expected_errors,
    fit_cell_channel,
    histogram,
)
from labelaudit.statistics.missing_positives import missing_range
from labelaudit.tabulate import Specification, exact_values, ranked_table

SPECIFICATIONS: tuple[Specification, ...] = (
    ("suspected_missing_count", "Labels suspected missing", "count", "lower"),
    ("suspected_spurious_count", "Labels suspected spurious", "count", "lower"),
    ("doubtful_item_share", "Items with a suspected label, of those judged", "share", "lower"),
    ("missing_low_share", "Missing, of all that should be there: low estimate", "share", "lower"),
    ("missing_high_share", "Missing, of all that should be there: high estimate", "share", "lower"),
    ("spurious_share", "Spurious, of those given, model-estimated", "share", "lower"),
    ("judged_cell_count", "Cells judged", "count", "neither"),
    ("uncertain_cell_count", "Cells marked uncertain, not judged", "count", "lower"),
    ("unknown_cell_count", "Cells marked unknown, not judged", "count", "lower"),
)
ASIDES = {
    "missing_low_share": "The lower of two: by the 20 surest items of a label, and by the model.",
    "missing_high_share": "Overstated where embeddings hardly tell of the label.",
    "spurious_share": "Estimated by a model, judged by no person.",
}
RANGE_END = "one end of a range; which value inside it is likeliest, the data cannot tell"
NO_INTERVALS = {
    "missing_low_share": RANGE_END,
    "missing_high_share": RANGE_END,
    "spurious_share": "it depends on how well the model is calibrated more than on the sample",
}
DECIMALS = 6  # of estimates in single precision
NOT_TOLD = "undefined: the model ranks no label higher where it is given than by chance"
NOT_JUDGED = "fewer than 5 items have the label, or lack it, among those with an embedding"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counted:
    """Cells by state and log odds, and what is thought of each label.

    Attributes
    ----------
    positive, negative
        Histograms of known cells, shape ``(N_BINS, n_judged)``.
    uncertain, unknown
        Counts of open cells, shape ``(n_judged,)``.
    """

    positive: NDArray[np.float64]
    negative: NDArray[np.float64]
    uncertain: NDArray[np.int64]
    unknown: NDArray[np.int64]


@measure(family="multi_label", title="Multi-label noise")
def multi_label_noise(cell_odds: CellOdds, class_names: tuple[str, ...]) -> Findings:
    """Find labels that items with several of them seem to lack, or to have by mistake.

    Each label of each item, a *cell*, has out-of-sample log odds: what a ridge regression on the
    embeddings predicts without the item, what its neighbors have, and what its other labels say.
    From how often labels are given where they are probable, and where they are not, follows how
    often they were left out or made up, and how likely each cell is to be wrong. A cell is
    *suspected* when that is likelier than not. So many are suspected where sure predictions are
    contradicted again and again, and few where predictions are never sure.

    How many positives are missing is no number but a range, and only under assumptions: that
    what was given is a random draw of what should have been, with one probability. Items of which
    the model is surest may lack a label because it is missing, or because the model is never sure
    of it: the low end is the lower of what the two explain, and the high end overstates the more,
    the weaker the model is. So it is a range of what may be, never a rate. Cells marked uncertain
    or unknown are neither judged nor learned from, but a label's mean stands for them in the
    regression.

    Formula
    -------
    With log odds o of a cell, numbers a, b, e, m of its label and h = 1 / (1 + exp(-a - b o)):

    - P(given) = (1 - m) h + e (1 - h); a, b, m and e by penalized likelihood, m and e leaning on
      their means over all labels
    - P(missing | not given) = m h / (m h + (1 - e) (1 - h)), suspected above 1/2
    - P(spurious | given) = e (1 - h) / (e (1 - h) + (1 - m) h), suspected above 1/2
    - missing positives of a label with n given: n (1 / c - 1). Low: c the share given among the
      20 most probable cells, upper end of its 95 % interval; or the sum of P(missing | not given),
      where that is less. High: c the mean of 1 / (1 + exp(-o)) over the given, lower end of the
      95 % interval of n in n / c. As shares: of the given and the missing together
    - label quality: 2 t / (2 t + missing + spurious), with the suspected cells and t the given
      positives that are not suspected (F1 of the given labels, were every suspicion right)

    Range
    -----
    Shares and label quality from 0 to 1; higher is better for quality, lower is better for all
    else.

    Undefined
    ---------
    For labels that fewer than 5 items with an embedding have, or lack. The range of what is
    missing, for labels that the model ranks no higher where they are given than by chance (Mann
    and Whitney's U, two standard deviations); the range of all is that of the others. Label quality
    of a label whose every positive is suspected is 0.

    Not comparable
    --------------
    Across embedding models, or between datasets of different difficulty.

    Parameters
    ----------
    cell_odds
        Out-of-sample log odds of every cell, in blocks of rows.
    class_names
        Names of all declared labels.

    Returns
    -------
    Values; a table of labels; the cells suspected missing and those suspected spurious, the
    likeliest errors first, at most 100,000 of each.

    Raises
    ------
    MissingInputError
        By its inputs: with one label an item, or without embeddings.

    References
    ----------
    Elkan and Noto, Learning classifiers from only positive and unlabeled data, KDD 2008. Natarajan
    et al., Learning with noisy labels, NIPS 2013. Allen, The relationship between variable
    selection and data augmentation and a method for prediction, Technometrics 16, 1974.
    """
    counted = _counted(cell_odds)
    channel = fit_cell_channel(counted.positive, counted.negative)
    doubtful = doubtful_cells(cell_odds, channel)
    names = np.array(class_names, dtype=object)[cell_odds.labels]
    surest, high = missing_range(counted.positive, counted.negative)
    expected, _ = expected_errors(channel, counted.positive, counted.negative)
    missing = np.minimum(surest, expected), high
    numbers = _numbers(cell_odds, counted, channel, doubtful, missing)
    asides = {name: NOT_TOLD if numbers[name] is None else text for name, text in ASIDES.items()}
    return Findings(
        values=tuple(
            replace(value, no_interval=NO_INTERVALS.get(value.name, value.no_interval))
            for value in exact_values(SPECIFICATIONS, numbers, asides)
        ),
        tables=(_label_table(names, counted, doubtful, missing),),
        rankings=tuple(
            _ranking(doubtful, cell_odds, class_names, given=given) for given in (False, True)
        ),
        notes=(*_range_notes(names, missing), *_notes(cell_odds, class_names, doubtful)),
        parameters={"probabilities": cell_odds.source, "n_labels_judged": len(cell_odds.labels)},
        columns={"suspected_cells": doubtful.by_item},
    )


def _counted(cell_odds: CellOdds) -> Counted:
    """Count the cells of every label by state and log odds."""
    n_labels = len(cell_odds.labels)
    open_cells = np.zeros((2, n_labels), dtype=np.int64)
    positive = negative = np.zeros((1, n_labels))
    for _, odds, states in cell_odds.blocks():
        positive = positive + histogram(odds, states == State.POSITIVE)
        negative = negative + histogram(odds, states == State.NEGATIVE)
        for at, state in enumerate((State.UNCERTAIN, State.UNKNOWN)):
            open_cells[at] += (states == state).sum(axis=0)
    return Counted(
        positive=positive, negative=negative, uncertain=open_cells[0], unknown=open_cells[1]
    )


def _numbers(
    cell_odds: CellOdds,
    counted: Counted,
    channel: CellChannel,
    doubtful: DoubtfulCells,
    missing: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> dict[str, float | None]:
    """Return the values of the whole dataset, by name."""
    given = counted.positive.sum()
    spurious = expected_errors(channel, counted.positive, counted.negative)[1]
    told = ~np.isnan(missing[0])
    of_told = counted.positive[:, told].sum()
    low, high = (
        round(float(end / (end + of_told)), DECIMALS) if told.any() else None
        for end in (missing[0][told].sum(), missing[1][told].sum())
    )
    return {
        "suspected_missing_count": int(doubtful.missing.sum()),
        "suspected_spurious_count": int(doubtful.spurious.sum()),
        "doubtful_item_share": int((doubtful.by_item > 0).sum()) / cell_odds.n_items,
        "missing_low_share": low,
        "missing_high_share": high,
        "spurious_share": round(float(spurious.sum() / given), DECIMALS),
        "judged_cell_count": round(float(given + counted.negative.sum())),
        "uncertain_cell_count": int(counted.uncertain.sum()),
        "unknown_cell_count": int(counted.unknown.sum()),
    }


def _label_table(
    names: NDArray[np.object_],
    counted: Counted,
    doubtful: DoubtfulCells,
    missing: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> Table:
    """Return one row a label, those with most suspected cells for their size first."""
    given = np.rint(counted.positive.sum(axis=0)).astype(np.int64)
    right = given - doubtful.spurious
    suspected = doubtful.missing + doubtful.spurious
    quality = 2 * right / np.maximum(2 * right + suspected, 1)
    return ranked_table(
        "label_noise_by_label",
        "Labels, worst first; missing is a range, were the given ones drawn at random from all",
        (
            ("label", "", names),
            ("given", "count", given),
            ("suspected_missing", "count", doubtful.missing),
            ("suspected_spurious", "count", doubtful.spurious),
            *(
                (name, "share", np.round(end / np.maximum(end + given, 1), DECIMALS))
                for name, end in zip(
                    ("missing_low_share", "missing_high_share"), missing, strict=True
                )
            ),
            ("label_quality", "share", quality),
        ),
        np.lexsort((np.arange(len(names)), -suspected, quality)),
    )


def _ranking(
    doubtful: DoubtfulCells, cell_odds: CellOdds, class_names: tuple[str, ...], *, given: bool
) -> Ranking:
    """Return the cells suspected missing, or those suspected spurious."""
    kept = doubtful.kept[given]
    classes = cell_odds.labels[kept.columns].astype(np.int32)
    names = np.array(class_names, dtype=object)[classes]
    return Ranking(
        name="spurious_labels" if given else "missing_labels",
        title="Labels suspected spurious" if given else "Labels suspected missing",
        items=kept.items,
        scores=kept.error_probs,
        suggested=None if given else classes,
        classes=classes,
        details=sentences(kept, names, cell_odds, given=given),
    )


def _range_notes(
    names: NDArray[np.object_], missing: tuple[NDArray[np.float64], ...]
) -> tuple[str, ...]:
    """Name the labels of which the range is undefined."""
    untold = names[np.isnan(missing[0])]
    if not len(untold):
        return ()
    said = (
        "Labels without a range, as the model ranks them no higher where they are given than "
        f"by chance: {some(untold[:6])}."
    )
    return (said,)


def _notes(
    cell_odds: CellOdds, class_names: tuple[str, ...], doubtful: DoubtfulCells
) -> tuple[str, ...]:
    notes = []
    left = len(class_names) - len(cell_odds.labels)
    if left:
        notes.append(f"{left:,} of {len(class_names):,} labels were not judged: {NOT_JUDGED}.")
    for given, name in ((False, "missing"), (True, "spurious")):
        total = int((doubtful.spurious if given else doubtful.missing).sum())
        kept = len(doubtful.kept[given].items)
        if total > kept:
            notes.append(
                f"Of {total:,} labels suspected {name} the {kept:,} likeliest errors are listed."
            )
    return tuple(notes)
