"""The values of class imbalance: of the dataset, and of the source it may be a sample of."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import some
from labelaudit.measures.class_imbalance.imbalance_tables import SMALL, by_size
from labelaudit.report import Value
from labelaudit.statistics.imbalance import (
    FEW,
    MANY,
    SMALLEST_P,
    fewest_classes,
    imbalance_statistics,
    shots,
)
from labelaudit.statistics.source_entropy import source_entropy
from labelaudit.tabulate import Specification, bounded, exact_values

N_NAMED: Final = 5
VALUES: Final[tuple[Specification, ...]] = (
    ("imbalance_ratio", "Imbalance ratio", "ratio", "lower"),
    ("effective_classes", "Effective number of classes", "", "higher"),
    ("few_shot_count", f"Few-shot classes (under {FEW} items)", "count", "lower"),
    ("empty_class_count", "Classes without items", "count", "lower"),
    ("largest_class_share", "Share of the most common class", "share", "lower"),
    ("half_classes_count", "Classes that hold half of the items", "count", "higher"),
    ("nonempty_imbalance_ratio", "Imbalance ratio of classes with items", "ratio", "lower"),
    ("entropy", "Entropy of the class shares", "nats", "higher"),
    ("evenness", "Evenness", "share", "higher"),
    ("inverse_simpson", "Inverse Simpson index", "", "higher"),
    ("gini", "Gini index", "share", "lower"),
    ("normalized_gini", "Gini index, normalized", "share", "lower"),
    ("uniform_distance", "Total variation distance from balance", "share", "lower"),
    ("lrid", "Likelihood-ratio imbalance degree (LRID)", "", "lower"),
    ("lrid_per_sample", "LRID / 2N (divergence from balance)", "nats", "lower"),
    ("class_count", "Declared classes", "count", "neither"),
    ("many_shot_count", f"Many-shot classes (over {MANY} items)", "count", "neither"),
    ("medium_shot_count", f"Medium-shot classes ({FEW} to {MANY} items)", "count", "neither"),
    ("parity_items_count", "Items missing for parity", "count", "lower"),
)
P_VALUE: Final[Specification] = ("balance_p_value", "p-value of balance", "", "neither")
OF_SOURCE: Final[tuple[Specification, ...]] = (
    ("source_effective_classes", "Effective number of classes of the source", "", "higher"),
    ("source_entropy", "Entropy of the source (Miller and Madow)", "nats", "higher"),
)
READS_LOW: Final = ("entropy", "effective_classes", "evenness", "inverse_simpson")
READS_HIGH: Final = ("gini", "normalized_gini", "uniform_distance", "lrid_per_sample")
IF_DRAWN: Final = (
    "only where the items are a random draw, not where each class was filled on purpose"
)


def dataset_values(counts: NDArray[np.int64], class_names: tuple[str, ...]) -> tuple[Value, ...]:
    """Return what describes the dataset."""
    by_shots = np.bincount(shots(counts), minlength=3).tolist()
    half = fewest_classes(counts, 0.5)
    numbers = {
        **imbalance_statistics(counts),
        "largest_class_share": float(counts.max() / counts.sum()),
        "half_classes_count": half,
        "class_count": len(counts),
        "empty_class_count": int((counts == 0).sum()),
        "many_shot_count": by_shots[2],
        "medium_shot_count": by_shots[1],
        "few_shot_count": by_shots[0],
        "parity_items_count": int((counts.max() - counts).sum()),
    }
    notes = _value_notes(counts, class_names, half)
    if len(counts) == 1:
        single = "undefined: there is a single class"
        notes |= dict.fromkeys(("evenness", "normalized_gini"), single)
    return exact_values(VALUES, numbers, notes)


def _value_notes(
    counts: NDArray[np.int64], class_names: tuple[str, ...], half: int
) -> dict[str, str]:
    """Return which classes a value is about, and what a small sample does to it."""
    order = by_size(counts, class_names)
    empty = [class_names[at] for at in order if counts[at] == 0]
    few = [class_names[at] for at in reversed(order) if counts[at] < FEW]
    most, least = order[0], order[len(order) - len(empty) - 1]
    ratio = counts[most] / counts[least]
    extremes = (
        f"most common: {class_names[most]} ({counts[most]:,}), "
        f"least common with items: {class_names[least]} ({counts[least]:,})"
    )
    notes = {
        "imbalance_ratio": extremes,
        "effective_classes": f"of {len(counts):,}: as many equal classes would have this entropy",
        "largest_class_share": f"{class_names[most]}: what always naming it gets right",
        "half_classes_count": f"of {len(counts):,}: "
        + some((class_names[at] for at in order[:half]), N_NAMED),
        "empty_class_count": some(empty, N_NAMED),
        "few_shot_count": some(few, N_NAMED),
        "lrid": "grows with the number of items: compare LRID / 2N",
        "parity_items_count": f"until all classes have the {counts[most]:,} of {class_names[most]}",
    }
    if empty:
        notes["imbalance_ratio"] = (
            f"undefined: no item of {some(empty, N_NAMED)} to divide by; {ratio:.3g} between the "
            f"other classes; {extremes}"
        )
    if counts.sum() < SMALL * len(counts):
        why = f"exact of this dataset; of a source, {{}}: under {SMALL} items a class"
        notes |= dict.fromkeys(READS_LOW, why.format("too low"))
        notes |= dict.fromkeys(READS_HIGH, why.format("too high"))
    return notes


def source_values(counts: NDArray[np.int64]) -> tuple[Value, ...]:
    """Return what the dataset says of the source that its items were drawn from, if they were."""
    single = len(counts) == 1
    why = "undefined: there is a single class"
    p_value = imbalance_statistics(counts)["balance_p_value"]
    most = f"at most {SMALLEST_P:g}; " if p_value == SMALLEST_P else ""
    tested = exact_values(
        (P_VALUE,),
        {"balance_p_value": p_value},
        {"balance_p_value": why if single else most + IF_DRAWN},
        "a p-value has none: it is what chance gives under equal shares",
    )
    found = source_entropy(counts)
    numbers = {
        "source_effective_classes": None
        if single
        else min(float(np.exp(found.entropy)), float(len(counts))),
        "source_entropy": None if single else found.entropy,
    }
    notes = dict.fromkeys(numbers, why if single else IF_DRAWN)
    effective, entropy = exact_values(OF_SOURCE, numbers, notes, "too few items a class for one")
    if found.low is not None and found.high is not None:
        covers = "95 %, were the items a random sample"
        most_classes = min(np.exp(found.high), len(counts))
        effective = bounded(effective, np.exp(found.low), most_classes, covers)
        entropy = bounded(entropy, found.low, found.high, covers)
    return (*tested, effective, entropy)
