"""The numbers of a dataset with several labels an item, by name."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.embeddings import Embeddings
from labelaudit.statistics.cooccurrence import Pairs, dependent_share
from labelaudit.statistics.label_rules import Rules
from labelaudit.statistics.labelsets import complexity, labelset_sizes
from labelaudit.tabulate import Specification

ALPHA: Final = 0.01
VALUES: Final[tuple[Specification, ...]] = (
    ("cardinality", "Labels an item", "", "neither"),
    ("density", "Labels an item, of all declared", "share", "neither"),
    ("no_label_share", "Items without any label", "share", "neither"),
    ("labelset_count", "Distinct labelsets", "count", "neither"),
    ("single_labelset_count", "Labelsets of one item", "count", "neither"),
    ("puniq_share", "Items with a labelset of their own", "share", "neither"),
    ("pmax_share", "Items with the most common labelset", "share", "neither"),
    ("pdiv_share", "Labelsets an item", "share", "neither"),
    ("tcs", "Theoretical complexity score (TCS)", "", "neither"),
    ("empty_label_count", "Declared labels without items", "count", "lower"),
    ("mean_ir", "Imbalance ratio of a label, mean (MeanIR)", "ratio", "lower"),
    ("cvir", "Its coefficient of variation (CVIR)", "", "lower"),
    ("scumble", "Rare labels beside common ones (SCUMBLE)", "", "lower"),
    ("scumble_cv", "Its coefficient of variation", "", "neither"),
    ("tested_pair_count", "Pairs of labels with enough items to test", "count", "neither"),
    ("dependent_pair_share", f"Of them, dependent (adjusted p < {ALPHA})", "share", "neither"),
    ("rdep_share", "Of all pairs, dependent at 99 %, unadjusted (rDep)", "share", "neither"),
    ("exclusion_count", "Pairs that never occur together", "count", "neither"),
    ("implication_count", "Labels that always bring another with them", "count", "neither"),
    ("near_rule_count", "Rules that nearly all items keep", "count", "neither"),
    ("rule_breaker_count", "Items that break one of them", "count", "lower"),
    ("group_count", "Groups that the items come in", "count", "neither"),
    ("uncertain_cell_share", "Cells marked uncertain", "share", "lower"),
    ("unknown_cell_share", "Cells marked unknown", "share", "lower"),
)
UNDEFINED: Final = {
    "mean_ir": "undefined: no item has a label",
    "cvir": "undefined: fewer than two labels are in use",
    "scumble": "undefined: no item has a label",
    "scumble_cv": "undefined for a single item, or when no item has a label",
    "dependent_pair_share": "undefined: no pair has enough items, or groups",
    "tcs": "undefined: images and texts have no number of features, and nothing was embedded",
    "rdep_share": "undefined: a single label is declared",
    "group_count": "undefined: the manifest names no groups",
}


def labelset_numbers(
    label_matrix: csr_array, embeddings: Embeddings | None
) -> dict[str, float | None]:
    """Return how many labels an item has, and how many different sets of them there are.

    The complexity (TCS) takes the dimension of the embeddings for the number of features.
    """
    n_rows, n_classes = label_matrix.shape
    lengths, sizes = np.diff(label_matrix.indptr), labelset_sizes(label_matrix)
    single = int((sizes == 1).sum())
    return {
        "cardinality": float(lengths.mean()),
        "density": float(lengths.mean() / n_classes),
        "no_label_share": float((lengths == 0).mean()),
        "labelset_count": len(sizes),
        "single_labelset_count": single,
        "puniq_share": single / n_rows,
        "pmax_share": int(sizes.max()) / n_rows,
        "pdiv_share": len(sizes) / n_rows,
        "tcs": None
        if embeddings is None
        else complexity(embeddings.vectors.shape[1], n_classes, len(sizes)),
    }


def imbalance_numbers(
    counts: NDArray[np.int64], levels: NDArray[np.float64], scumble: NDArray[np.float64]
) -> dict[str, float | None]:
    """Return MeanIR, CVIR and SCUMBLE."""
    used = levels[counts > 0]
    mean = float(scumble.mean()) if len(used) else None
    spread = float(scumble.std(ddof=1)) if mean is not None and len(scumble) > 1 else None
    return {
        "empty_label_count": int((counts == 0).sum()),
        "mean_ir": float(used.mean()) if len(used) else None,
        "cvir": float(used.std(ddof=1) / used.mean()) if len(used) > 1 else None,
        "scumble": mean,
        "scumble_cv": spread / mean if spread and mean else spread,
    }


def asides(numbers: dict[str, float | None], embeddings: Embeddings | None) -> dict[str, str]:
    """Return why a value is undefined, and what must be known beside one."""
    notes = {name: why for name, why in UNDEFINED.items() if numbers[name] is None}
    if embeddings is not None:
        notes["tcs"] = (
            f"with the {embeddings.vectors.shape[1]:,} dimensions of the embedding for features, "
            "so not comparable across models"
        )
    return notes


def pair_numbers(pairs: Pairs, rules: Rules, label_matrix: csr_array) -> dict[str, float | None]:
    """Return how many pairs of labels depend on one another, and how many keep a rule."""
    tested = pairs.p_value[~np.isnan(pairs.p_value)]
    return {
        "tested_pair_count": len(tested),
        "dependent_pair_share": float((tested < ALPHA).mean()) if len(tested) else None,
        "rdep_share": dependent_share(label_matrix) if label_matrix.shape[1] > 1 else None,
        "exclusion_count": int((rules.hard & ~rules.implied).sum()),
        "implication_count": int((rules.hard & rules.implied).sum()),
        "near_rule_count": int((~rules.hard).sum()),
    }
