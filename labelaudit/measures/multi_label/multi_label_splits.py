"""How well the splits share out the labels of items that have several of them."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.dataset import LabelStates
from labelaudit.errors import MissingInputError, some
from labelaudit.inputs.columns import Splits
from labelaudit.measures import Findings, measure
from labelaudit.measures.multi_label.split_label_tables import (
    labels_table,
    lacking_pair_table,
    lacking_table,
    moved_table,
    split_table,
)
from labelaudit.statistics.distributions import compared_pairs
from labelaudit.statistics.labelsets import labelset_codes
from labelaudit.statistics.split_labels import (
    Compared,
    PairCounts,
    compared_shares,
    odds_distance,
    odds_distance_by_chance,
    pair_counts,
    share_variances,
)
from labelaudit.tabulate import Specification, exact_values

SIGNIFICANT: Final = 0.05
VALUES: Final[tuple[Specification, ...]] = (
    ("ld", "Odds of a label, split against all, mean difference (LD)", "", "lower"),
    ("ld_by_chance", "LD of splits drawn at random", "", "neither"),
    ("lpd", "The same of labels and their pairs (LPD)", "", "lower"),
    ("fz_count", "Splits that lack a label (FZ)", "count", "lower"),
    ("flz_count", "Labels that a split lacks, over all splits (FLZ)", "count", "lower"),
    ("flpz_count", "Labels and pairs that a split lacks, over all splits (FLPZ)", "count", "lower"),
    ("compared_share_count", "Shares compared", "count", "neither"),
    ("moved_label_count", "Labels with another share (5 % false discoveries)", "count", "lower"),
    ("unseen_labelset_share", "Items with a labelset that no other split has", "share", "lower"),
)
DRAWN: Final = "the mean of 200 draws; with these sizes it varies from draw to draw"
OF_ITEMS: Final = "of items, one by one; splits that keep groups together have more of it"
UNDEFINED: Final = "undefined: no label has items with it and without it in every split"


@measure(family="multi_label", title="Labels by split")
def multi_label_splits(
    label_matrix: csr_array,
    label_states: LabelStates,
    class_names: tuple[str, ...],
    splits: Splits,
    random_state: int,
    item_groups: NDArray[np.int32] | None = None,
) -> Findings:
    """Measure how well the splits share out the labels, and which labels they lack.

    With several labels an item, splits that are drawn at random lack rare labels and rare pairs,
    which then cannot be learned, or not be tested. All pairs of up to five splits are compared, of
    more each split with the largest.

    Formula
    -------
    Of the labelled items that are in a split; with d and s_k the items with a label over those
    without it, in all and in split k:

    - LD: mean |s_k - d| over splits and labels. By chance: its mean over 200 ways to share the
      items out at random, of each label by itself, into splits of these sizes
    - LPD: the same over pairs of labels that some item has. As in scikit-multilearn a label with
      itself counts as a pair, here and in FLPZ
    - FZ: splits in which a label has no item; FLZ: such labels, summed over splits; FLPZ: such
      pairs. Labels without any item are left out
    - p-value of a share in two splits: the pooled z-test, or twice the smaller hypergeometric
      tail where an expected count is below 5; adjusted over all labels and pairs of splits
      (Benjamini and Hochberg). With groups: that of the z-test with the variance that the share
      would have, were all groups shared out at random, or of as many items as they are worth,
      where one is larger
    - unseen: items whose set of labels no item of another split has

    Range
    -----
    LD and LPD 0 or more, and lower is better; near that by chance is as good as drawn at random.
    Shares 0 to 1. Counts: lower is better.

    Undefined
    ---------
    With fewer than two splits that have labelled items. LD and LPD leave out labels that no item
    has, or that all items of a split have.

    Not comparable
    --------------
    Between datasets with other labels or splits of other sizes: small splits and rare labels make
    LD large by chance.

    Parameters
    ----------
    label_matrix
        Positive labels of the labelled items, shape ``(n_labelled, n_classes)``.
    label_states
        For which items these are.
    class_names
        Names of all declared labels.
    splits
        Split of each item.
    random_state
        Seed of the draws.
    item_groups
        The group of each item.

    Returns
    -------
    Values; tables of splits, of labels by split, of labels whose share moved, and of labels and
    pairs that a split lacks.

    Raises
    ------
    MissingInputError
        With fewer than two splits that have labelled items.

    References
    ----------
    Katakis, Tsoumakas and Vlahavas, Multilabel text classification for automated tag suggestion,
    ECML PKDD Discovery Challenge 2008. Szymanski and Kajdanowicz, A network perspective on
    stratification of multi-label data, LIDTA 2017.
    """
    codes = splits.codes[label_states.labelled]
    used = np.unique(codes[codes >= 0])
    if len(used) < 2:  # noqa: PLR2004 - a split and another
        raise MissingInputError(
            f"splits that have labelled items: {len(used)}; it takes 2 to compare them"
        )
    names = tuple(splits.names[code] for code in used)
    rows = [np.flatnonzero(codes == code) for code in used]
    parts = [label_matrix[own] for own in rows]
    sizes = np.array([len(own) for own in rows])
    by_split = np.stack([part.sum(axis=0, dtype=np.int64) for part in parts])
    pairs = pair_counts(parts)
    variances = None
    if item_groups is not None:
        of_rows = item_groups[label_states.labelled]
        variances = share_variances(parts, [of_rows[own] for own in rows])
    compared = compared_shares(by_split, sizes, compared_pairs(sizes.tolist()), variances)
    unseen = _unseen(label_matrix, rows)
    numbers = {
        **_distances(by_split, sizes, pairs, random_state),
        **_lacking(by_split, pairs),
        "compared_share_count": int(np.isfinite(compared.p_value).sum()),
        "moved_label_count": len(np.unique(compared.label[compared.p_value < SIGNIFICANT])),
        "unseen_labelset_share": float((unseen * sizes).sum() / sizes.sum()),
    }
    notes = {name: UNDEFINED for name, number in numbers.items() if number is None}
    if item_groups is not None:
        notes.setdefault("ld_by_chance", OF_ITEMS)
    return Findings(
        values=tuple(
            replace(value, no_interval=DRAWN) if value.name == "ld_by_chance" else value
            for value in exact_values(VALUES, numbers, notes)
        ),
        tables=(
            split_table(names, sizes, by_split, pairs, unseen),
            labels_table(names, sizes, by_split, class_names),
            moved_table(compared, names, class_names, SIGNIFICANT),
            lacking_table(names, sizes, by_split, class_names),
            lacking_pair_table(names, sizes, pairs, class_names),
        ),
        notes=_notes(by_split, compared, names, class_names, int((codes < 0).sum())),
        parameters={
            "significant": SIGNIFICANT,
            "p_values": "items drawn" if item_groups is None else "groups drawn",
        },
    )


def _distances(
    by_split: NDArray[np.int64], sizes: NDArray[np.int64], pairs: PairCounts, random_state: int
) -> dict[str, float | None]:
    """Return LD, LPD, and what LD is by chance; None where undefined."""
    found = {
        "ld": odds_distance(by_split, sizes),
        "ld_by_chance": odds_distance_by_chance(by_split.sum(axis=0), sizes, random_state),
        "lpd": odds_distance(pairs.by_split, sizes),
    }
    return {name: None if np.isnan(number) else number for name, number in found.items()}


def _lacking(by_split: NDArray[np.int64], pairs: PairCounts) -> dict[str, float | None]:
    """Return how many splits, labels in splits and pairs in splits are without an item."""
    lacking = (by_split == 0) & by_split.any(axis=0)
    return {
        "fz_count": int(lacking.any(axis=1).sum()),
        "flz_count": int(lacking.sum()),
        "flpz_count": int((pairs.by_split == 0).sum()),
    }


def _unseen(label_matrix: csr_array, rows: list[NDArray[np.int64]]) -> NDArray[np.float64]:
    """Return the share of each split's items whose labelset no other split has."""
    codes = labelset_codes(label_matrix)
    found = np.zeros((len(rows), int(codes.max()) + 1), dtype=np.int64)
    for split, own in enumerate(rows):
        found[split] = np.bincount(codes[own], minlength=found.shape[1])
    alone = (found > 0).sum(axis=0) == 1
    shares: NDArray[np.float64] = found[:, alone].sum(axis=1) / found.sum(axis=1)
    return shares


def _notes(
    by_split: NDArray[np.int64],
    compared: Compared,
    names: tuple[str, ...],
    class_names: tuple[str, ...],
    n_without: int,
) -> tuple[str, ...]:
    """Return what a reader must not miss."""
    notes = []
    for split, counts in zip(names, by_split, strict=True):
        lacking = np.flatnonzero((counts == 0) & by_split.any(axis=0))
        if len(lacking):
            listed = some(class_names[label] for label in lacking[:6])
            notes.append(f"split {split} lacks {len(lacking):,} labels that others have: {listed}")
    moved = np.unique(compared.label[compared.p_value < SIGNIFICANT])
    if len(moved):
        listed = some(class_names[label] for label in moved[:6])
        notes.append(f"{len(moved):,} labels are more frequent in one split than another: {listed}")
    if n_without:
        notes.append(f"{n_without:,} labelled items are in no split, and are left out")
    return tuple(notes)
