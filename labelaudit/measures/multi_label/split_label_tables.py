"""Tables of how labels are shared out among splits."""

import numpy as np
from numpy.typing import NDArray

from labelaudit.report import Table
from labelaudit.statistics.split_labels import Compared, PairCounts
from labelaudit.tabulate import ranked_table

Counts = NDArray[np.int64]


def split_table(
    names: tuple[str, ...],
    sizes: Counts,
    by_split: Counts,
    pairs: PairCounts,
    unseen: NDArray[np.float64],
) -> Table:
    """Return one row a split."""
    lacking = (by_split == 0) & by_split.any(axis=0)
    others = pairs.by_split[:, pairs.first < pairs.second]
    return ranked_table(
        "splits",
        "Labels by split",
        (
            ("split", "", names),
            ("items", "count", sizes),
            ("labels_an_item", "", by_split.sum(axis=1) / sizes),
            ("labels_lacking", "count", lacking.sum(axis=1)),
            ("pairs_lacking", "count", (others == 0).sum(axis=1)),
            ("unseen_labelset_share", "share", unseen),
        ),
        np.arange(len(names)),
    )


def labels_table(
    names: tuple[str, ...], sizes: Counts, by_split: Counts, class_names: tuple[str, ...]
) -> Table:
    """Return one row a label: its share in each split, the most common label first."""
    shares = by_split / sizes[:, None]
    return ranked_table(
        "label_shares_by_split",
        "What share of each split's items has each label",
        (
            ("label", "", class_names),
            ("lowest", "share", shares.min(axis=0)),
            ("highest", "share", shares.max(axis=0)),
            *((name, "share", own) for name, own in zip(names, shares, strict=True)),
        ),
        np.argsort(-by_split.sum(axis=0), kind="stable"),
    )


def moved_table(
    compared: Compared, names: tuple[str, ...], class_names: tuple[str, ...], significant: float
) -> Table:
    """Return the labels whose share differs between two splits, the surest first."""
    moved = np.flatnonzero(compared.p_value < significant)
    of_splits = np.array(names, dtype=object)
    return ranked_table(
        "moved_labels",
        "Labels whose share differs between two splits",
        (
            ("label", "", np.array(class_names, dtype=object)[compared.label]),
            ("split", "", of_splits[compared.split]),
            ("split_share", "share", compared.share),
            ("other_split", "", of_splits[compared.other_split]),
            ("other_split_share", "share", compared.other_share),
            ("adjusted_p_value", "", compared.p_value),
        ),
        moved[np.lexsort((-np.abs(compared.difference[moved]), compared.p_value[moved]))],
    )


def lacking_table(
    names: tuple[str, ...], sizes: Counts, by_split: Counts, class_names: tuple[str, ...]
) -> Table:
    """Return the labels that a split lacks, the least to be expected first."""
    split, label = np.nonzero((by_split == 0) & by_split.any(axis=0))
    elsewhere = by_split.sum(axis=0)[label]
    expected = elsewhere * sizes[split] / sizes.sum()
    return ranked_table(
        "lacking_labels",
        "Labels that a split lacks",
        (
            ("label", "", np.array(class_names, dtype=object)[label]),
            ("split", "", np.array(names, dtype=object)[split]),
            ("elsewhere", "count", elsewhere),
            ("expected_here", "", expected),
        ),
        np.argsort(-expected, kind="stable"),
    )


def lacking_pair_table(
    names: tuple[str, ...], sizes: Counts, pairs: PairCounts, class_names: tuple[str, ...]
) -> Table:
    """Return the pairs of labels that a split lacks, the least to be expected first."""
    split, at = np.nonzero((pairs.by_split == 0) & (pairs.first < pairs.second))
    elsewhere = pairs.by_split.sum(axis=0)[at]
    expected = elsewhere * sizes[split] / sizes.sum()
    labels = np.array(class_names, dtype=object)
    return ranked_table(
        "lacking_pairs",
        "Pairs of labels that a split lacks",
        (
            ("label", "", labels[pairs.first[at]]),
            ("other_label", "", labels[pairs.second[at]]),
            ("split", "", np.array(names, dtype=object)[split]),
            ("elsewhere", "count", elsewhere),
            ("expected_here", "", expected),
        ),
        np.argsort(-expected, kind="stable"),
    )
