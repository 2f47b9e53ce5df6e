"""How far the annotators of an item agree."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.errors import MissingInputError
from labelaudit.measures import Findings, measure
from labelaudit.report import Table, Value
from labelaudit.statistics.agreement import (
    N_REPLICATES,
    UNDEFINED_IN_REPLICATES,
    Patterns,
    agreement_statistics,
    bootstrap,
    vote_counts,
    vote_patterns,
)
from labelaudit.tabulate import Specification, bounded, exact_values, ranked_table

MIN_ITEMS: Final = 50
MIN_JUDGEMENTS: Final = 30
COUNTS: Final[tuple[Specification, ...]] = (
    ("annotator_count", "Annotators", "count", "neither"),
    ("judgement_count", "Judgements", "count", "neither"),
    ("shared_item_count", "Items with two or more judgements", "count", "neither"),
    ("judgements_per_item", "Judgements an item", "", "neither"),
)
STATISTICS: Final[tuple[Specification, ...]] = (
    ("krippendorff_alpha", "Krippendorff's alpha", "", "higher"),
    ("raw_agreement", "Agreement of two judgements of an item", "share", "higher"),
    ("gwet_ac1", "Gwet's AC1", "", "higher"),
    ("fleiss_kappa", "Fleiss' kappa", "", "higher"),
    ("full_agreement_share", "Items on which all agree", "share", "higher"),
)


@measure(family="annotators", title="Annotator agreement")
def annotator_agreement(
    annotations: pa.Table, class_names: tuple[str, ...], random_state: int
) -> Findings:
    """Measure how far the annotators of an item agree, beyond what chance would give.

    Only items with two or more judgements count for agreement; annotators and judgements are
    counted over all. Krippendorff reads an alpha of 0.8 and more as
    reliable, 0.667 to 0.8 as fit for tentative conclusions. Where one class dominates, alpha
    and kappa fall though annotators agree; AC1 does not, so read them together. Intervals are
    percentiles of 1,000 bootstrap replicates that draw items, not annotators: they hold for
    these annotators.

    Formula
    -------
    Item i has n_i judgements, c_ik of them for class k; n = sum n_i, n_k = sum_i c_ik:

    - agreement of two judgements: A, the mean of A_i = sum_k c_ik (c_ik - 1) / (n_i (n_i - 1))
    - Krippendorff's alpha, nominal, with missing judgements: 1 - D_o / D_e, where
      D_o = sum n_i (1 - A_i) / n and D_e = (n^2 - sum n_k^2) / (n (n - 1))
    - Gwet's AC1: (A - e) / (1 - e), where e = sum_k p_k (1 - p_k) / (K - 1) over all K declared
      classes, p_k being the mean of c_ik / n_i
    - Fleiss' kappa: (A - e) / (1 - e), where e = sum_k (n_k / n)^2
    - items on which all agree: the share with A_i = 1
    - agreement of an annotator: mean over that one's judgements of shared items of the share of
      the other judgements that name the same class

    Range
    -----
    Agreement and shares 0 to 1; alpha, AC1 and kappa at most 1, 0 for what chance would give,
    and below 0 for less. Higher is better.

    Undefined
    ---------
    Alpha, AC1 and kappa, when every judgement names the same class; kappa, when items differ in
    their number of judgements; the agreement of an annotator, under 30 judgements of shared
    items. With fewer than 50 shared items nothing is measured.

    Not comparable
    --------------
    Between sets of classes. Alpha and kappa between class balances; the items on which all agree
    between numbers of judgements an item.

    Parameters
    ----------
    annotations
        One row a judgement: ``item``, ``annotator`` and ``label``, negative for none.
    class_names
        Names of all declared classes.
    random_state
        Seed of the bootstrap.

    Returns
    -------
    Values with intervals; a table of annotators, those who agree least first.

    Raises
    ------
    MissingInputError
        When fewer than 50 items have two or more judgements.

    References
    ----------
    Krippendorff (2011), "Computing Krippendorff's alpha-reliability". Fleiss (1971),
    "Measuring nominal scale agreement among many raters", Psychological Bulletin 76. Gwet
    (2008), "Computing inter-rater reliability and its variance in the presence of high
    agreement", British Journal of Mathematical and Statistical Psychology 61.

    Examples
    --------
    Two annotators of 100 items, who differ on the first ten:

    >>> first = np.arange(100) % 2
    >>> second = np.where(np.arange(100) < 10, 1 - first, first)
    >>> table = pa.table(
    ...     {
    ...         "item": np.tile(np.arange(100), 2),
    ...         "annotator": ["ann"] * 100 + ["bob"] * 100,
    ...         "label": np.concatenate([first, second]).astype(np.int32),
    ...     }
    ... )
    >>> found = annotator_agreement(table, ("cat", "dog"), 0)
    >>> {value.name: value.value for value in found.values}["raw_agreement"]
    0.9
    """
    judged = annotations.filter(pc.greater_equal(annotations["label"], 0))
    items: NDArray[np.int64] = judged["item"].to_numpy()
    labels: NDArray[np.int32] = judged["label"].to_numpy()
    rows, votes = vote_counts(items, labels, len(class_names))
    patterns = vote_patterns(votes)
    n_shared = int(patterns.items.sum())
    if n_shared < MIN_ITEMS:
        raise MissingInputError(
            f"{n_shared:,} items have two or more judgements; agreement needs {MIN_ITEMS}"
        )
    codes = judged["annotator"].combine_chunks().dictionary_encode()
    names = tuple(codes.dictionary.to_pylist())
    annotators: NDArray[np.int64] = codes.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    counts = {
        "annotator_count": len(names),
        "judgement_count": len(items),
        "shared_item_count": n_shared,
        "judgements_per_item": len(items) / votes.shape[0],
    }
    return Findings(
        values=(*_statistics(patterns, random_state), *exact_values(COUNTS, counts, {})),
        tables=(_annotator_table(votes, rows, labels, annotators, names),),
        notes=_notes(annotations.num_rows - len(items), rows * len(names) + annotators),
        parameters={"replicates": N_REPLICATES, "min_judgements": MIN_JUDGEMENTS},
    )


def _statistics(patterns: Patterns, seed: int) -> tuple[Value, ...]:
    """Return the statistics of agreement with their intervals."""
    found = agreement_statistics(patterns, patterns.items[None, :].astype(np.float64))
    numbers = {name: float(number[0]) for name, number in found.items()}
    notes = {
        name: "undefined: every judgement names the same class"
        for name, number in numbers.items()
        if np.isnan(number)
    }
    if "fleiss_kappa" not in numbers:
        numbers["fleiss_kappa"] = np.nan
        notes["fleiss_kappa"] = "undefined: the items differ in their number of judgements"
    replicates = bootstrap(patterns, seed)
    values = exact_values(STATISTICS, numbers, notes, UNDEFINED_IN_REPLICATES)
    return tuple(_bounded(value, replicates) for value in values)


def _bounded(value: Value, replicates: Mapping[str, NDArray[np.float64]]) -> Value:
    """Return a value with its bootstrap interval, if nearly all replicates define it."""
    drawn = replicates.get(value.name, np.full(1, np.nan))
    defined = drawn[~np.isnan(drawn)]
    if value.value is None or len(defined) < 0.95 * len(drawn):
        return value
    low, high = np.quantile(defined, [0.025, 0.975])
    return bounded(value, low, high, "95 % bootstrap over items, for these annotators")


def _annotator_table(
    votes: csr_array,
    rows: NDArray[np.int64],
    labels: NDArray[np.int32],
    annotators: NDArray[np.int64],
    names: tuple[str, ...],
) -> Table:
    """Return one row an annotator: how much was judged, and how far the others agree."""
    others = votes.sum(axis=1)[rows] - 1
    shared = others > 0
    same = np.asarray(votes[rows[shared], labels[shared]]).ravel() - 1
    n_shared = np.bincount(annotators[shared], minlength=len(names))
    agreed = np.bincount(annotators[shared], weights=same / others[shared], minlength=len(names))
    agreement = np.full(len(names), np.nan)
    np.divide(agreed, n_shared, out=agreement, where=n_shared >= MIN_JUDGEMENTS)
    return ranked_table(
        "annotators",
        "Annotators, by agreement with the others",
        (
            ("annotator", "", names),
            ("judgements", "count", np.bincount(annotators, minlength=len(names))),
            ("of_shared_items", "count", n_shared),
            ("agreement", "share", agreement),
        ),
        np.lexsort((np.array(names), agreement)),
    )


def _notes(n_without: int, pairs: NDArray[np.int64]) -> tuple[str, ...]:
    """Return the warnings about judgements without a class, and repeated ones."""
    notes = []
    if n_without:
        notes.append(f"{n_without:,} judgements name no class and are left out")
    repeated = len(pairs) - len(np.unique(pairs))
    if repeated:
        notes.append(
            f"{repeated:,} judgements repeat an annotator's own of the same item: each counts as "
            "one of another annotator, which raises agreement"
        )
    return tuple(notes)
