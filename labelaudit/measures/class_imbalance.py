"""How unevenly the items are spread over the classes, overall and in each split."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError, some
from labelaudit.inputs.columns import Splits
from labelaudit.measures import Findings, measure
from labelaudit.report import Table, Value
from labelaudit.statistics.imbalance import (
    BETA,
    FEW,
    MANY,
    class_balanced_weights,
    count_labels,
    imbalance_statistics,
    shots,
)
from labelaudit.tabulate import Specification, exact_values, ranked_table

SHOTS: Final = ("few", "medium", "many")
VALUES: Final[tuple[Specification, ...]] = (
    ("imbalance_ratio", "Imbalance ratio", "ratio", "lower"),
    ("nonempty_imbalance_ratio", "Imbalance ratio of classes with items", "ratio", "lower"),
    ("effective_classes", "Effective number of classes", "", "higher"),
    ("entropy", "Entropy of the class shares", "nats", "higher"),
    ("evenness", "Evenness", "share", "higher"),
    ("inverse_simpson", "Inverse Simpson index", "", "higher"),
    ("gini", "Gini index", "share", "lower"),
    ("normalized_gini", "Gini index, normalized", "share", "lower"),
    ("uniform_distance", "Total variation distance from balance", "share", "lower"),
    ("lrid", "Likelihood-ratio imbalance degree (LRID)", "", "lower"),
    ("lrid_per_sample", "LRID / 2N", "nats", "lower"),
    ("balance_p_value", "p-value of balance", "", "neither"),
    ("class_count", "Declared classes", "count", "neither"),
    ("empty_class_count", "Classes without items", "count", "lower"),
    ("many_shot_count", f"Many-shot classes (over {MANY} items)", "count", "neither"),
    ("medium_shot_count", f"Medium-shot classes ({FEW} to {MANY} items)", "count", "neither"),
    ("few_shot_count", f"Few-shot classes (under {FEW} items)", "count", "lower"),
)


@measure(family="class_imbalance", title="Class imbalance")
def class_imbalance(
    labels: NDArray[np.int32], class_names: tuple[str, ...], splits: Splits
) -> Findings:
    """Measure how unevenly the items are spread over the classes.

    Every declared class counts, those without a single item included, and every labelled item,
    whatever its split; each split has a table row of its own. The counts are exact, so nothing
    has an interval. Read the imbalance ratio, the effective number of classes and the few-shot
    classes together: evenness alone hardly sees a long tail (ten classes that fall from 5,000
    items to 50 still have 0.71).

    Formula
    -------
    With n_c items in class c of C, N = sum n_c and p_c = n_c / N:

    - imbalance ratio: max n_c / min n_c
    - entropy: H = -sum p_c ln p_c; effective classes: exp(H); evenness: H / ln C
    - inverse Simpson index: 1 / sum p_c^2
    - Gini index: sum_i (2i - C - 1) n_(i) / (C N) over ascending n_(i); normalized: times
      C / (C - 1)
    - LRID: 2 sum n_c ln(C p_c); LRID / 2N is the Kullback-Leibler divergence from balance. Were
      the classes drawn evenly, LRID would be chi-squared with C - 1 degrees of freedom: hence
      the p-value
    - total variation distance from balance: sum |p_c - 1/C| / 2, the share of items in excess
      of their class's even share
    - many-shot: over 100 items; medium: 20 to 100; few: under 20. An empty class is few-shot,
      so the three add up to C
    - weight of a class: (1 - b) / (1 - b^n_c) with b = 0.9999, scaled to average 1 over the
      classes that have items

    Range
    -----
    Lower is better: imbalance ratio 1 or more; Gini index and distance 0 to 1 - 1/C, Gini index
    normalized 0 to 1; LRID 0 or more, LRID / 2N 0 to ln C nats. Higher is better: entropy 0 to
    ln C nats, effective classes and inverse Simpson 1 to C, evenness 0 to 1.

    Undefined
    ---------
    The imbalance ratio, when a declared class is empty; that of the other classes is given
    beside it. Evenness, the normalized Gini index and the p-value, for a single class. With
    fewer than 5 C items the entropy reads low by about (C - 1) / 2N nats (Miller and Madow), and
    the p-value is rough.

    Not comparable
    --------------
    Entropy, effective classes, inverse Simpson, Gini, LRID and shots between datasets with
    different numbers of classes; LRID, its p-value and shots between datasets of different size
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
    Values of the whole dataset; tables by class, by split, and by class and split.

    Raises
    ------
    MissingInputError
        When no item is labelled.

    References
    ----------
    Zhu et al. (2018), "LRID: A new metric of multi-class imbalance degree based on
    likelihood-ratio test", Pattern Recognition Letters 116. Cui et al. (2019),
    "Class-balanced loss based on effective number of samples", CVPR. Liu et al. (2019),
    "Large-scale long-tailed recognition in an open world", CVPR (shots).

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
    tables = [_class_table(counts, class_names)]
    if splits.names:
        names = (*splits.names, "(no split)")[: len(by_split) - (not by_split[-1].any())]
        tables.append(_split_table(by_split, names))
        tables.append(_cross_table(by_split, names, class_names))
    return Findings(
        values=_values(counts, class_names),
        tables=tuple(tables),
        notes=_notes(counts, class_names),
        parameters={"many": MANY, "few": FEW, "beta": BETA},
    )


def _values(counts: NDArray[np.int64], class_names: tuple[str, ...]) -> tuple[Value, ...]:
    """Return the statistics and the numbers of classes by size."""
    by_shots = np.bincount(shots(counts), minlength=3).tolist()
    numbers = {
        **imbalance_statistics(counts),
        "class_count": len(counts),
        "empty_class_count": int((counts == 0).sum()),
        "many_shot_count": by_shots[2],
        "medium_shot_count": by_shots[1],
        "few_shot_count": by_shots[0],
    }
    why = "a declared class has no items" if len(counts) > 1 else "there is a single class"
    notes = {name: f"undefined: {why}" for name, number in numbers.items() if number is None}
    most, least = counts.argmax(), np.where(counts > 0, counts, counts.max()).argmin()
    notes["nonempty_imbalance_ratio"] = (
        f"most common: {class_names[most]} ({counts[most]:,}), "
        f"least common with items: {class_names[least]} ({counts[least]:,})"
    )
    return exact_values(VALUES, numbers, notes)


def _notes(counts: NDArray[np.int64], class_names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the warnings about small classes and small samples."""
    n_items, n_classes = int(counts.sum()), len(counts)
    notes = []
    for chosen, what in (
        (counts == 0, "declared without a single item"),
        ((counts > 0) & (counts < FEW), f"with fewer than {FEW} items"),
    ):
        if chosen.any():
            names = some(class_names[index] for index in np.flatnonzero(chosen)[:6])
            notes.append(f"{int(chosen.sum()):,} of {n_classes:,} classes {what}: {names}")
    if n_items < 5 * n_classes:
        notes.append(
            f"{n_items:,} items are fewer than 5 a class: the entropy reads low by about "
            f"{(n_classes - 1) / (2 * n_items):.2g} nats (Miller and Madow), and the p-value "
            "is rough"
        )
    return tuple(notes)


def _class_table(counts: NDArray[np.int64], class_names: tuple[str, ...]) -> Table:
    """Return one row a class, the most common first."""
    return ranked_table(
        "classes",
        "Items by class",
        (
            ("class", "", class_names),
            ("count", "count", counts),
            ("share", "share", counts / counts.sum()),
            ("shots", "", np.array(SHOTS, dtype=object)[shots(counts)]),
            ("class_balanced_weight", "", class_balanced_weights(counts)),
        ),
        np.argsort(-counts, kind="stable"),
    )


def _split_table(by_split: NDArray[np.int64], names: tuple[str, ...]) -> Table:
    """Return one row a split; the statistics of a split without labelled items are None."""
    by_split = by_split[: len(names)]
    found = [imbalance_statistics(counts) if counts.any() else {} for counts in by_split]

    def column(name: str) -> NDArray[np.float64]:
        return np.array([numbers.get(name) for numbers in found], dtype=np.float64)

    return ranked_table(
        "splits",
        "Imbalance by split",
        (
            ("split", "", names),
            ("labelled", "count", by_split.sum(axis=1)),
            ("classes_present", "count", (by_split > 0).sum(axis=1)),
            ("few_shot_classes", "count", (shots(by_split) == 0).sum(axis=1)),
            ("imbalance_ratio", "ratio", column("imbalance_ratio")),
            ("evenness", "share", column("evenness")),
            ("effective_classes", "", column("effective_classes")),
        ),
        np.arange(len(names)),
    )


def _cross_table(
    by_split: NDArray[np.int64], names: tuple[str, ...], class_names: tuple[str, ...]
) -> Table:
    """Return one row a class and one column a split, the most common class first."""
    by_name = ((name, "count", counts) for name, counts in zip(names, by_split, strict=False))
    return ranked_table(
        "classes_by_split",
        "Items by class and split",
        (("class", "", class_names), *by_name),
        np.argsort(-by_split.sum(axis=0), kind="stable"),
    )
