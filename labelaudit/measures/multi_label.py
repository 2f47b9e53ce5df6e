"""How many labels an item has, how uneven they are, and which go together."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.dataset import LabelStates, State
from labelaudit.errors import MissingInputError, some
from labelaudit.measures import Findings, measure
from labelaudit.report import Table
from labelaudit.statistics.cooccurrence import (
    MIN_EXPECTED,
    Pairs,
    exclusion_table,
    label_pairs,
    pair_table,
)
from labelaudit.statistics.labelsets import (
    imbalance_levels,
    labelset_sizes,
    mean_by_label,
    scumble_rows,
)
from labelaudit.tabulate import Specification, exact_values, ranked_table

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
    ("empty_label_count", "Declared labels without items", "count", "lower"),
    ("mean_ir", "Imbalance ratio of a label, mean (MeanIR)", "ratio", "lower"),
    ("cvir", "Its coefficient of variation (CVIR)", "", "lower"),
    ("scumble", "Rare labels beside common ones (SCUMBLE)", "", "lower"),
    ("scumble_cv", "Its coefficient of variation", "", "neither"),
    ("tested_pair_count", "Pairs of labels with enough items to test", "count", "neither"),
    ("dependent_pair_share", f"Of them, dependent (adjusted p < {ALPHA})", "share", "neither"),
    ("exclusion_count", "Pairs that never occur together", "count", "neither"),
    ("uncertain_cell_share", "Cells marked uncertain", "share", "lower"),
    ("unknown_cell_share", "Cells marked unknown", "share", "lower"),
)
UNDEFINED: Final = {
    "mean_ir": "undefined: no item has a label",
    "cvir": "undefined: fewer than two labels are in use",
    "scumble": "undefined: no item has a label",
    "scumble_cv": "undefined for a single item, or when no item has a label",
    "dependent_pair_share": "undefined: no pair has enough items",
}


@measure(family="multi_label", title="Multi-label structure")
def multi_label(
    label_matrix: csr_array, label_states: LabelStates, class_names: tuple[str, ...]
) -> Findings:
    """Describe how many labels an item has, how uneven they are and which go together.

    High SCUMBLE says that rare labels come with common ones, so that resampling whole items
    cannot balance them. Pairs that never occur together, though chance would have it 5 times or
    more, are a rule of annotation or a habit of the annotators. The counts are exact, so nothing
    has an interval.

    Formula
    -------
    Over N labelled items with label sets Y_i, L declared labels, s_l items with label l and n_ij
    with both i and j:

    - cardinality: mean |Y_i|; density: cardinality / L
    - labelsets: distinct Y_i. As shares of N: labelsets of one item (PUniq), the most common
      labelset (PMax), all labelsets (PDiv; KDIS divides by 2^L instead)
    - IRLbl of a label: max s / s_l; MeanIR: its mean; CVIR: its standard deviation (divisor
      n - 1) over MeanIR. Labels without items are left out and counted (the mldr package
      averages them in as 0)
    - SCUMBLE: mean over all items of 1 - (geometric / arithmetic mean of IRLbl over Y_i), 0 for
      an item without labels; of a label: the mean over its items; SCUMBLE CV: the standard
      deviation over items (divisor n - 1) over SCUMBLE
    - lift: n_ij N / (s_i s_j); phi: the correlation; NPMI: ln lift / -ln(n_ij / N);
      Jaccard: n_ij / (s_i + s_j - n_ij)
    - p-value of independence: chi-squared, adjusted over all tested pairs (Benjamini and
      Hochberg); tested are pairs whose four expected counts are 5 or more
    - share of items that have a label: from those marked positive, to those not marked negative

    Range
    -----
    Lower is better: MeanIR 1 or more, CVIR 0 or more, SCUMBLE 0 to 1. Without a direction:
    cardinality 0 to L, density and shares 0 to 1, lift 0 or more, phi and NPMI -1 to 1.

    A state that is uncertain or unknown counts as not having the label, in every number but the
    table of states, which has the bounds.

    Undefined
    ---------
    MeanIR, CVIR and SCUMBLE, when no item has a label; CVIR, with fewer than two labels in use;
    SCUMBLE CV, for a single item; phi, for a label that every item has. TCS multiplies by the
    number of input features, so images have none.

    Not comparable
    --------------
    Cardinality, labelsets and SCUMBLE between datasets with different labels; labelset shares,
    MeanIR and p-values between datasets of different size either.

    Parameters
    ----------
    label_matrix
        Positive labels of the labelled items, shape ``(n_labelled, n_classes)``.
    label_states
        Positive, uncertain and unknown cells of all items.
    class_names
        Names of all declared labels.

    Returns
    -------
    Values of the whole dataset; tables of labels, pairs, exclusions and uncertain cells.

    Raises
    ------
    MissingInputError
        When no item is labelled.

    References
    ----------
    Charte et al. (2015), "Addressing imbalance in multilabel classification: measures and
    random resampling algorithms", Neurocomputing 163. Charte et al. (2019), "Dealing with
    difficult minority labels in imbalanced multilabel data sets", Neurocomputing 326
    (SCUMBLE). Bouma (2009), "Normalized (pointwise) mutual information in collocation
    extraction", GSCL.

    Examples
    --------
    Two items, the first with both labels:

    >>> states = LabelStates(
    ...     indptr=np.array([0, 2, 3]),
    ...     indices=np.array([0, 1, 0], dtype=np.int32),
    ...     states=np.ones(3, dtype=np.int8),
    ...     labelled=np.ones(2, dtype=bool),
    ... )
    >>> found = multi_label(csr_array(np.array([[1, 1], [1, 0]], dtype=bool)), states, ("a", "b"))
    >>> {value.name: value.value for value in found.values}["cardinality"]
    1.5
    """
    if 0 in label_matrix.shape:
        raise MissingInputError("no item of this dataset has a label")
    counts = label_matrix.sum(axis=0, dtype=np.int64)
    levels = imbalance_levels(counts)
    scumble = scumble_rows(label_matrix, levels)
    pairs = label_pairs(label_matrix)
    uncertain = _marked(label_states, State.UNCERTAIN, len(counts))
    unknown = _marked(label_states, State.UNKNOWN, len(counts))
    numbers = {
        **_labelset_numbers(label_matrix),
        **_imbalance_numbers(counts, levels, scumble),
        **_pair_numbers(pairs),
        "uncertain_cell_share": float(uncertain.sum() / (len(scumble) * len(counts))),
        "unknown_cell_share": float(unknown.sum() / (len(scumble) * len(counts))),
    }
    tables = [
        _label_table(label_matrix, levels, scumble, class_names),
        pair_table(pairs, class_names),
        exclusion_table(pairs, counts, class_names),
    ]
    open_states = bool(uncertain.any() or unknown.any())
    if open_states:
        tables.append(_state_table(counts, uncertain, unknown, class_names, len(scumble)))
    return Findings(
        values=exact_values(
            VALUES, numbers, {name: UNDEFINED[name] for name in UNDEFINED if numbers[name] is None}
        ),
        tables=tuple(tables),
        notes=_notes(label_matrix, counts, class_names, open_states=open_states),
        parameters={"min_expected": MIN_EXPECTED, "alpha": ALPHA},
    )


def _marked(states: LabelStates, state: State, n_classes: int) -> NDArray[np.int64]:
    """Count the labelled items that have each label in a state."""
    labelled = np.repeat(states.labelled, np.diff(states.indptr))
    return np.bincount(states.indices[labelled & (states.states == state)], minlength=n_classes)


def _labelset_numbers(label_matrix: csr_array) -> dict[str, float | None]:
    """Return how many labels an item has, and how many different sets of them there are."""
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
    }


def _imbalance_numbers(
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


def _pair_numbers(pairs: Pairs) -> dict[str, float | None]:
    """Return how many pairs of labels depend on one another, or exclude each other."""
    tested = pairs.p_value[~np.isnan(pairs.p_value)]
    return {
        "tested_pair_count": len(tested),
        "dependent_pair_share": float((tested < ALPHA).mean()) if len(tested) else None,
        "exclusion_count": len(pairs.excluded),
    }


def _notes(
    label_matrix: csr_array,
    counts: NDArray[np.int64],
    class_names: tuple[str, ...],
    *,
    open_states: bool,
) -> tuple[str, ...]:
    """Return the warnings about empty labels, and about labels that must be missing."""
    notes = []
    empty = np.flatnonzero(counts == 0)
    if len(empty):
        names = some(class_names[index] for index in empty[:6])
        notes.append(f"{len(empty):,} of {len(counts):,} labels have no item: {names}")
    if len(counts) > 1 and (np.diff(label_matrix.indptr) == 1).all():
        notes.append(
            "single-positive suspected: every item has exactly one positive label, so either "
            "the dataset is not multi-label, or the other positive labels are missing and its "
            "negative ones cannot be trusted"
        )
    if open_states:
        notes.append("uncertain and unknown states count as not having the label")
    return tuple(notes)


def _label_table(
    label_matrix: csr_array,
    levels: NDArray[np.float64],
    scumble: NDArray[np.float64],
    class_names: tuple[str, ...],
) -> Table:
    """Return one row a label, the most common first."""
    counts = label_matrix.sum(axis=0, dtype=np.int64)
    return ranked_table(
        "labels",
        "Items by label",
        (
            ("label", "", class_names),
            ("count", "count", counts),
            ("share", "share", counts / len(scumble)),
            ("imbalance_ratio", "ratio", levels),
            ("scumble", "", mean_by_label(label_matrix, scumble)),
        ),
        np.argsort(-counts, kind="stable"),
    )


def _state_table(
    counts: NDArray[np.int64],
    uncertain: NDArray[np.int64],
    unknown: NDArray[np.int64],
    class_names: tuple[str, ...],
    n_rows: int,
) -> Table:
    """Return the states of each label, the least determined first."""
    determined = n_rows - uncertain - unknown
    share = np.divide(counts, determined, out=np.full(len(counts), np.nan), where=determined > 0)
    return ranked_table(
        "label_states",
        "Labels that are uncertain or unknown, and what share of items may have them",
        (
            ("label", "", class_names),
            ("uncertain_share", "share", uncertain / n_rows),
            ("unknown_share", "share", unknown / n_rows),
            ("lowest_share", "share", counts / n_rows),
            ("highest_share", "share", (counts + n_rows - determined) / n_rows),
            ("share_of_determined", "share", share),
        ),
        np.argsort(determined, kind="stable"),
    )
