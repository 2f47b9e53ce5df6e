"""How unevenly the items are spread over the classes, overall and in each split."""

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError, some
from labelaudit.inputs.columns import Splits
from labelaudit.measures import Findings, measure
from labelaudit.measures.class_imbalance.imbalance_tables import (
    SMALL,
    by_size,
    class_table,
    rarest_table,
    shot_table,
    split_tables,
    weight_table,
)
from labelaudit.measures.class_imbalance.imbalance_values import (
    N_NAMED,
    dataset_values,
    source_values,
)
from labelaudit.statistics.imbalance import FEW, MANY, count_labels


@measure(family="class_imbalance", title="Class imbalance")
def class_imbalance(
    labels: NDArray[np.int32], class_names: tuple[str, ...], splits: Splits
) -> Findings:
    """Measure how unevenly the items are spread over the classes.

    Every declared class counts, those without a single item included, and every labelled item,
    whatever its split; each split has table rows of its own. Read the imbalance ratio, the
    effective number of classes and the few-shot classes together: evenness alone hardly sees a
    long tail (ten classes that fall from 5,000 items to 50 still have 0.71).

    These values describe the dataset: every item was counted, so they are exact and have no
    interval, however small the dataset. What they are often taken for is something else: the
    shares of a source that the items were drawn from. As estimates of that, entropy, evenness,
    effective classes and the inverse Simpson index read low, the Gini index, LRID and the distance
    from balance high, the more so the fewer items there are a class. So the entropy and the
    effective classes of the source stand beside them, corrected, with an interval; both, and the
    p-value, take the items as a random sample. Where a dataset was made with so many items a
    class on purpose, as most benchmarks were, only the exact values mean something.

    Formula
    -------
    With n_c items in class c of C, N = sum n_c and p_c = n_c / N:

    - imbalance ratio: max n_c / min n_c
    - entropy: H = -sum p_c ln p_c; effective classes: exp(H); evenness: H / ln C
    - inverse Simpson index: 1 / sum p_c^2
    - Gini index: sum_i (2i - C - 1) n_(i) / (C N) over ascending n_(i); normalized: times
      C / (C - 1)
    - LRID: 2 sum n_c ln(C p_c); LRID / 2N is the Kullback-Leibler divergence from balance
    - p-value of balance: of Pearson's chi-squared, sum (n_c - N/C)^2 / (N/C), with C - 1 degrees
      of freedom. LRID has that distribution only with many items a class
    - total variation distance from balance: sum |p_c - 1/C| / 2, the share of items in excess
      of their class's even share
    - many-shot: over 100 items; medium: 20 to 100; few: under 20. An empty class is few-shot,
      so the three add up to C
    - classes that hold half of the items: the fewest that do, the largest first
    - items missing for parity: sum (max n - n_c)
    - effective number of items of a class: (1 - b^n_c) / (1 - b) for b = 0.9, 0.99, 0.999 and
      0.9999; its weight is one over that, scaled to average 1 over the classes that have items.
      With b near 1 - 1/N the weights are near those of inverse frequency, with small b all are 1
    - entropy of the source: H + (m - 1) / 2N (Miller and Madow), at most ln C, where m classes
      have items; effective classes of the source: its exponential. Interval: that entropy and
      1.96 sqrt(V / N + (m - 1) / 2N^2) to either side, V = sum p_c (ln p_c)^2 - H^2; given from
      10 items a class on, with 20 outside the largest class, and no more than a tenth of the
      classes under 5 items. Of two classes: the entropies of the shares in the Clopper-Pearson
      interval

    Range
    -----
    Lower is better: imbalance ratio 1 or more; share of the most common class 1/C to 1, what a
    model that always names that class gets right; Gini index and distance 0 to 1 - 1/C, Gini
    index normalized 0 to 1; LRID 0 or more, LRID / 2N 0 to ln C nats. Higher is better: entropy
    0 to ln C nats, effective classes and inverse Simpson 1 to C, evenness 0 to 1, classes that
    hold half of the items 1 to (C + 1) / 2.

    Undefined
    ---------
    The imbalance ratio, when a declared class is empty; that of the other classes is given
    beside it. Evenness, the normalized Gini index, the p-value and the values of the source, for
    a single class. With fewer items than classes the p-value is rough.

    Not comparable
    --------------
    Entropy, effective classes, inverse Simpson, Gini, LRID and shots between datasets with
    different numbers of classes; LRID, the p-value and shots between datasets of different size
    either.

    Parameters
    ----------
    labels
        Class of each item, ``-1`` when unlabelled, shape ``(n_samples,)``.
    class_names
        Names of all declared classes.
    splits
        Split of each item.

    Returns
    -------
    Values of the whole dataset; tables by class, by shots, of weights, by split, and by class and
    split.

    Raises
    ------
    MissingInputError
        When no item is labelled.

    References
    ----------
    Zhu et al. (2018), "LRID: A new metric of multi-class imbalance degree based on
    likelihood-ratio test", Pattern Recognition Letters 116. Cui et al. (2019),
    "Class-balanced loss based on effective number of samples", CVPR. Liu et al. (2019),
    "Large-scale long-tailed recognition in an open world", CVPR (shots; its code counts 100 as
    many and 20 as few). Miller (1955), "Note on the bias of information estimates".

    Examples
    --------
    >>> labels = np.repeat(np.array([0, 1, 2], dtype=np.int32), [50, 30, 20])
    >>> no_splits = Splits((), np.full(100, -1, dtype=np.int32))
    >>> found = class_imbalance(labels, ("cat", "dog", "fox"), no_splits)
    >>> {value.name: value.value for value in found.values}["imbalance_ratio"]
    2.5
    """
    by_split = count_labels(labels, len(class_names), splits.codes, len(splits.names))
    counts = by_split.sum(axis=0)
    if not counts.sum():
        raise MissingInputError("no item of this dataset has a label")
    tables = [
        class_table(counts, class_names),
        *rarest_table(counts, class_names),
        shot_table(counts),
        weight_table(counts, class_names),
    ]
    missing: tuple[str, ...] = ()
    if splits.names:
        names = (*splits.names, "(no split)")[: len(by_split) - (not by_split[-1].any())]
        tables += split_tables(by_split[: len(names)], names, class_names)
        missing = _missing_in_splits(by_split[: len(names)], names, class_names)
    return Findings(
        values=(*dataset_values(counts, class_names), *source_values(counts)),
        tables=tuple(tables),
        notes=(*_notes(counts, class_names), *missing),
        parameters={"many": MANY, "few": FEW},
    )


def _notes(counts: NDArray[np.int64], class_names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the warnings about small classes and small samples."""
    n_items, n_classes = int(counts.sum()), len(counts)
    rarest_first = by_size(counts, class_names)[::-1]
    notes = []
    for chosen, what in (
        (counts == 0, "declared without a single item"),
        ((counts > 0) & (counts < FEW), f"with fewer than {FEW} items"),
    ):
        if chosen.any():
            names = some((class_names[at] for at in rarest_first if chosen[at]), N_NAMED)
            notes.append(f"{int(chosen.sum()):,} of {n_classes:,} classes {what}: {names}")
    if n_items < SMALL * n_classes:
        low = (n_classes - 1) / (2 * n_items)
        told = f"by about {low:.2g} nats (Miller and Madow)"
        notes.append(
            f"{n_items:,} items are fewer than {SMALL} a class: of a source, the entropy reads low "
            f"{told if n_items >= n_classes else 'by an amount that cannot be told'}"
        )
    return tuple(notes)


def _missing_in_splits(
    by_split: NDArray[np.int64], names: tuple[str, ...], class_names: tuple[str, ...]
) -> tuple[str, ...]:
    """Return a note on the splits that have no item of a class that the dataset has."""
    filled = by_split.sum(axis=1, keepdims=True) > 0
    lacking = (by_split == 0) & (by_split.sum(axis=0) > 0) & filled
    parts = [
        f"{name} {int(row.sum()):,} ({some((class_names[at] for at in np.flatnonzero(row)), 3)})"
        for name, row in zip(names, lacking, strict=True)
        if row.any()
    ]
    if not parts:
        return ()
    return (f"splits that lack classes of the dataset: {some(parts, N_NAMED)}",)
