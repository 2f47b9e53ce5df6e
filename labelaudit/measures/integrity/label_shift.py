"""Whether the classes are as frequent in one split as in another."""

from itertools import zip_longest
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError, some
from labelaudit.inputs.columns import Splits
from labelaudit.inputs.pred_probs import PredProbs
from labelaudit.measures import Findings, measure
from labelaudit.measures.integrity.estimated_shares import estimated_shares
from labelaudit.measures.integrity.label_shift_tables import (
    SIGNIFICANT,
    Pair,
    lacking_table,
    moved_table,
    pair_p_values,
    pair_table,
)
from labelaudit.report import Table, Value
from labelaudit.statistics.distributions import compared_pairs, distance
from labelaudit.statistics.grouped_labels import GroupEffect, group_effect
from labelaudit.statistics.imbalance import count_labels
from labelaudit.tabulate import Specification, exact_values

N_NAMED: Final = 6
BIASED: Final = (
    "exact of these splits; as an estimate of what they were drawn from it reads high: see what "
    "chance alone would make"
)
DISTANCES: Final[tuple[Specification, ...]] = (
    ("jensen_shannon_divergence", "Jensen-Shannon divergence, bits", "", "lower"),
    ("jensen_shannon_excess", "of it, beyond what chance alone would make", "", "lower"),
    ("total_variation", "Total variation: share that would have to change", "share", "lower"),
    ("hellinger_distance", "Hellinger distance", "", "lower"),
    ("population_stability_index", "Population stability index (PSI)", "", "lower"),
    ("cramers_v", "Cramer's V of class and split", "", "lower"),
)
COUNTS: Final[tuple[Specification, ...]] = (
    ("label_shift_p_value", "p-value of equal shares, adjusted for all pairs", "", "neither"),
    ("moved_class_count", "Classes with another share (5 % false discoveries)", "count", "lower"),
    ("one_split_class_count", "Classes that a split lacks", "count", "lower"),
)


@measure(family="integrity", title="Label shift between splits")
def label_shift(
    labels: NDArray[np.int32],
    class_names: tuple[str, ...],
    splits: Splits,
    random_state: int,
    pred_probs: PredProbs | None = None,
    copies: NDArray[np.int64] | None = None,
    embedding_hashes: NDArray[np.uint64] | None = None,
    item_groups: NDArray[np.int32] | None = None,
) -> Findings:
    """Compare how frequent each class is in the splits, two splits at a time.

    All pairs of up to five splits are compared, of more each split with the largest. The numbers
    on top are those of the pair that is furthest apart beyond chance. A difference between
    splits is no mistake by itself: a test set can be balanced on purpose. It is one when the
    splits are taken for samples of one thing.

    Where a split has 50 unlabelled items or more and others are labelled, the shares of its
    classes are estimated from a classifier's predictions and its known mistakes, by BBSE and by
    MLLS. That is **valid only under label shift**: every class has to look there as it does where
    it is labelled, which no unlabelled item can show. *Covariate shift* tests it between labelled
    splits; where it is rejected within the classes, do not use these estimates.

    Formula
    -------
    With shares p and q of the classes in two splits of n and m labelled items, and r their mean:

    - Jensen-Shannon divergence: (sum p log2 p/r + sum q log2 q/r) / 2; by chance, were both
      drawn from one distribution, (C - 1) / 8 (1/n + 1/m) / ln 2 on average, for C classes;
    - total variation: sum |p - q| / 2; Hellinger: sqrt(sum (sqrt p - sqrt q)^2 / 2);
    - PSI: sum (p - q) ln(p/q); Cramer's V: sqrt(chi-squared / (n + m));
    - p-value of a pair: chi-squared with C - 1 degrees of freedom where every expected count is 5
      or more, else by 999 to 9,999 permutations; of a class: the pooled z-test, or twice the
      smaller hypergeometric tail where an expected count is below 5; adjusted by Benjamini and
      Hochberg over all pairs, and over all classes of all pairs. Where the manifest names groups
      (patients, sources), these were drawn and not their items: chi-squared, and what chance
      makes, are then corrected for how alike the labels of a group are (Rao and Scott's second
      order, with F), and shares of a class count as of so many fewer items;
    - BBSE: w = C^-1 mu, negative ones set to 0, for C the joint shares of predicted and given
      class where labelled and mu the shares of the predictions where not; q proportional to w p.
      Its interval is that of 200 samples drawn anew;
    - MLLS: q = mean over items of q_k p_ik / p_k, normalized, until it stands still, of
      probabilities calibrated by one factor and a bias a class, with p_k their mean where labelled.

    Range
    -----
    All but PSI 0 to 1, PSI 0 or more; lower is better, 0 is equal shares. Above 0.25 a PSI is
    often called a large shift: a custom, no test.

    Undefined
    ---------
    With fewer than two splits that have labels. PSI, where a split lacks a class. The p-value and
    V, for a single class; the p-value, where a split has a single group. The estimate, where the
    condition number of C by given class is above 100, or the classifier finds less than 20 % of a
    class.

    Not comparable
    --------------
    The divergence between datasets of different size or number of classes, but for its excess
    over chance; p-values between datasets of different size at all: in large ones the smallest
    shift is significant.

    Parameters
    ----------
    labels
        Class of each item, ``-1`` when unlabelled, shape ``(n_samples,)``.
    class_names
        Names of all declared classes.
    splits
        Split of each item.
    random_state
        Seed of the permutations and of the draws.
    pred_probs
        Class probabilities, for the estimate; None for none.
    item_groups
        Group of each item, ``-1`` for none; None without groups.
    copies, embedding_hashes
        Of the embeddings, by which items are drawn for the estimate.

    Returns
    -------
    Values of the pair that is furthest apart; tables of the pairs, of the classes that moved, of
    classes that a split lacks, and of estimated shares.

    Raises
    ------
    MissingInputError
        With fewer than two splits that have labels, unless one can be estimated.

    References
    ----------
    Lin, Divergence measures based on the Shannon entropy, 1991. Lipton, Wang and Smola, Detecting
    and correcting for label shift with black box predictors, ICML 2018. Alexandari, Kundaje and
    Shrikumar, ICML 2020. Benjamini and Hochberg, JRSS B 57, 1995. Rao and Scott, Annals of
    Statistics 12, 1984.

    Examples
    --------
    >>> labels = np.repeat(np.array([0, 1, 2, 0, 1, 2], dtype=np.int32), [50, 30, 20, 30, 30, 40])
    >>> halves = Splits(("train", "test"), np.repeat(np.array([0, 1], dtype=np.int32), 100))
    >>> found = label_shift(labels, ("cat", "dog", "fox"), halves, 0)
    >>> {value.name: value.value for value in found.values}["total_variation"]
    0.2
    """
    counts = count_labels(labels, len(class_names), splits.codes, len(splits.names))[:-1]
    sizes = counts.sum(axis=1).tolist()
    compared = compared_pairs(sizes)
    effects: list[GroupEffect | None] = []
    if item_groups is not None:
        effects = [
            _effect(labels, splits, item_groups, pair, len(class_names)) for pair in compared
        ]
    pairs = [
        (one, other, distance(counts[one], counts[other], random_state, effect))
        for (one, other), effect in zip_longest(compared, effects)
    ]
    tables: tuple[Table, ...] = ()
    estimates: tuple[Table, ...] = ()
    refusals: tuple[str, ...] = ()
    if pred_probs is not None and copies is not None and embedding_hashes is not None:
        estimates, refusals = estimated_shares(
            labels, class_names, splits, pred_probs, copies, embedding_hashes, random_state
        )
    if not pairs and not estimates:
        n_labelled = sum(size > 0 for size in sizes)
        raise MissingInputError(
            f"splits with labels: {n_labelled}, and two are needed to compare"
            + "".join(f"; {reason[0].lower()}{reason[1:]}" for reason in refusals)
        )
    moved, n_moved = moved_table(counts, pairs, splits.names, class_names, effects)
    lacking, n_lacking = lacking_table(counts, splits.names, class_names)
    if pairs:
        tables = (pair_table(pairs, sizes, splits.names), moved, lacking)
    return Findings(
        values=_values(pairs, splits.names, n_moved, n_lacking),
        tables=(*tables, *estimates),
        notes=(*_notes(pairs, splits.names, moved), *refusals),
        parameters={"pairs": len(pairs), "significant_below": SIGNIFICANT},
    )


def _effect(
    labels: NDArray[np.int32],
    splits: Splits,
    item_groups: NDArray[np.int32],
    pair: tuple[int, int],
    n_classes: int,
) -> GroupEffect | None:
    """Return what groups do to the comparison of two splits; None where no items share one."""
    items = np.flatnonzero((labels >= 0) & np.isin(splits.codes, pair))
    known = item_groups[items][item_groups[items] >= 0]
    if len(np.unique(known)) == len(known):
        return None
    return group_effect(
        labels[items], item_groups[items], splits.codes[items] == pair[1], n_classes
    )


def _furthest(pairs: list[Pair]) -> int:
    return int(np.argmax([found.jensen_shannon - found.by_chance for _, _, found in pairs]))


def _values(
    pairs: list[Pair], names: tuple[str, ...], n_moved: int, n_lacking: int
) -> tuple[Value, ...]:
    """Return the distances of the pair that is furthest apart, and how many classes moved."""
    if not pairs:
        why = "undefined: fewer than two splits have labels"
        specifications = (*DISTANCES, *COUNTS)
        every = [name for name, *_ in specifications]
        return exact_values(specifications, dict.fromkeys(every), dict.fromkeys(every, why))
    at = _furthest(pairs)
    one, other, found = pairs[at]
    numbers = {
        "jensen_shannon_divergence": found.jensen_shannon,
        "jensen_shannon_excess": found.jensen_shannon - found.by_chance,
        "total_variation": found.total_variation,
        "hellinger_distance": found.hellinger,
        "population_stability_index": found.psi,
        "cramers_v": found.cramers_v,
    }
    notes = {
        "jensen_shannon_divergence": f"Of {names[one]!r} and {names[other]!r}"
        + (f", the furthest apart of {len(pairs):,} pairs." if len(pairs) > 1 else ".")
    }
    if np.isnan(found.psi):
        notes["population_stability_index"] = "undefined: one of the two lacks a class"
    if np.isnan(found.cramers_v):
        notes["cramers_v"] = notes["label_shift_p_value"] = "undefined: there is a single class"
    elif np.isnan(found.p_value):
        notes["label_shift_p_value"] = "undefined: one of the two has a single group of items"
    elif found.permuted:
        notes["label_shift_p_value"] = "By permutations, as some expected counts are below 5."
    counts = {
        "label_shift_p_value": float(pair_p_values(pairs)[at]),
        "moved_class_count": n_moved,
        "one_split_class_count": n_lacking,
    }
    return (
        *exact_values(DISTANCES, numbers, notes, BIASED),
        *exact_values(COUNTS, counts, notes),
    )


def _notes(pairs: list[Pair], names: tuple[str, ...], moved: Table) -> list[str]:
    """Say which splits differ, and in which classes most."""
    if not pairs:
        return []
    at = _furthest(pairs)
    one, other, found = pairs[at]
    if not pair_p_values(pairs)[at] < SIGNIFICANT:
        return []
    pair = names[one], names[other]
    known = (row for row in moved.rows if row[:2] == pair and row[-1] is not None)
    sure = (row for row in known if float(row[-1] or 0) < SIGNIFICANT)
    classes = some((str(row[2]) for row in sure), N_NAMED)
    return [
        f"The classes are not as frequent in {pair[0]!r} as in {pair[1]!r}: "
        f"{found.total_variation:.1%} of the labels would have to change"
        + (f", of these classes first: {classes}." if classes else "."),
    ]
