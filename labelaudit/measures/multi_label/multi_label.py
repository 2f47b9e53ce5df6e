"""How many labels an item has, how uneven they are, and which go together."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.dataset import LabelStates
from labelaudit.embeddings import Embeddings
from labelaudit.errors import MissingInputError, some
from labelaudit.measures import Findings, measure
from labelaudit.measures.multi_label.label_pairs import (
    MOST_RULES,
    exclusion_table,
    implication_table,
    near_rule_table,
    pair_table,
    rule_breakers,
)
from labelaudit.measures.multi_label.label_prevalence import (
    Cells,
    cells_of,
    group_table,
    label_table,
    prevalence_source,
    state_table,
)
from labelaudit.measures.multi_label.multi_label_numbers import (
    ALPHA,
    VALUES,
    asides,
    imbalance_numbers,
    labelset_numbers,
    pair_numbers,
)
from labelaudit.report import Table
from labelaudit.statistics.cooccurrence import MIN_EXPECTED, label_pairs
from labelaudit.statistics.group_shares import likeness
from labelaudit.statistics.label_rules import Rules, label_rules
from labelaudit.statistics.labelsets import imbalance_levels, scumble_rows
from labelaudit.tabulate import exact_values


@measure(family="multi_label", title="Multi-label structure")
def multi_label(
    label_matrix: csr_array,
    label_states: LabelStates,
    class_names: tuple[str, ...],
    embeddings: Embeddings | None = None,
    item_groups: NDArray[np.int32] | None = None,
    random_state: int = 0,
) -> Findings:
    """Describe how many labels an item has, how uneven they are and which go together.

    High SCUMBLE says that rare labels come with common ones, so that resampling whole items
    cannot balance them. Labels that never occur together, or one of which never occurs without
    the other, though chance would have it 5 times or more, are candidates for rules of annotation,
    or habits of the annotators; items that break a rule which nearly all others keep are
    candidates for errors. All of the dataset is counted; only the shares by label have intervals,
    for readers who take its items, or its groups (patients, sources), for a random sample.

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
    - TCS: ln(f L labelsets), with f the dimension of the embedding, as images and texts have no
      number of features of their own
    - lift: n_ij N / (s_i s_j); phi: the correlation; NPMI: ln lift / -ln(n_ij / N);
      Jaccard: n_ij / (s_i + s_j - n_ij)
    - p-value of independence: chi-squared, adjusted over all tested pairs (Benjamini and
      Hochberg); tested are pairs whose four expected counts are 5 or more. rDep, as published,
      is the share of all pairs with p below 0.01: unadjusted, however few were expected, and
      whatever the groups
    - rule: of the items with label i, and of which it is known whether they have j, all have it
      (implication) or none has (exclusion), where chance would make 5 exceptions or more; an
      implication also needs an adjusted p-value below 0.01 (hypergeometric, over all pairs). A
      near-rule has exceptions, at most 5 % of the items and a fifth of what chance would make.
      "True rate below" is the upper end of the one-sided 95 % interval of the share of
      exceptions: 1 - 0.05^(1/n) of n items without exception
    - with groups, what chance may explain in tests of pairs and in rules are counts of fewer items,
      as those of one patient are alike: all of them divided by 1 + (m - 1) r_i r_j, where r_i is
      the correlation of label i between two items of a group, by the variance of its share over
      groups, and m = sum n_g^2 / N
    - share of items that have a label: from those marked positive, to those also that are marked
      uncertain, to all that are not marked negative. A group has the strongest state of its
      items: positive, then uncertain, then negative, then unknown
    - intervals of the shares: Wilson, were the items drawn at random; with groups the middle 95 %
      of 2,000 draws of groups (bootstrap), as items of one patient are no independent draws

    Range
    -----
    Lower is better: MeanIR 1 or more, CVIR 0 or more, SCUMBLE 0 to 1. Without a direction:
    cardinality 0 to L, density and shares 0 to 1, lift 0 or more, phi and NPMI -1 to 1.

    A state that is uncertain or unknown counts as not having the label, in every number but the
    tables of states, which have the bounds; a rule is broken only where both states are known.

    Undefined
    ---------
    MeanIR, CVIR and SCUMBLE, when no item has a label; CVIR, with fewer than two labels in use;
    SCUMBLE CV, for a single item; phi, for a label that every item has; TCS, without embeddings;
    rDep, with a single label; an interval by groups, beyond the 100 most common labels, or where
    fewer than 10 groups have the label, or are without.

    Not comparable
    --------------
    Cardinality, labelsets and SCUMBLE between datasets with different labels; labelset shares,
    MeanIR and p-values between datasets of different size either; TCS across embedding models,
    and with values that were computed from input features.

    Parameters
    ----------
    label_matrix
        Positive labels of the labelled items, shape ``(n_labelled, n_classes)``.
    label_states
        Positive, uncertain and unknown cells of all items.
    class_names
        Names of all declared labels.
    embeddings
        Only for their dimension.
    item_groups
        The group of each item.
    random_state
        Seed of the draws of groups.

    Returns
    -------
    Values of the whole dataset; tables of labels, pairs, rules, and uncertain cells; the items
    that break a near-rule.

    Raises
    ------
    MissingInputError
        When no item is labelled.

    References
    ----------
    Charte et al. (2015), "Addressing imbalance in multilabel classification: measures and
    random resampling algorithms", Neurocomputing 163. Charte et al. (2019), "Dealing with
    difficult minority labels in imbalanced multilabel data sets", Neurocomputing 326
    (SCUMBLE). Charte and Charte (2018), "On the impact of dataset complexity and sampling
    strategy in multilabel classifiers performance", HAIS (TCS). Irvin et al. (2019), "CheXpert",
    AAAI (uncertain states). Bouma (2009), "Normalized (pointwise) mutual information in collocation
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
    cells = cells_of(label_matrix, label_states, item_groups)
    counts = label_matrix.sum(axis=0, dtype=np.int64)
    levels = imbalance_levels(counts)
    scumble = scumble_rows(label_matrix, levels)
    alike = None if cells.members is None else likeness(label_matrix, cells.members)
    pairs, rules = label_pairs(label_matrix, alike), label_rules(label_matrix, cells.open, alike)
    items = np.flatnonzero(label_states.labelled)
    breakers = rule_breakers(rules, label_matrix, cells.open, items, class_names)
    numbers = {
        **labelset_numbers(label_matrix, embeddings),
        **imbalance_numbers(counts, levels, scumble),
        **pair_numbers(pairs, rules, label_matrix),
        "rule_breaker_count": len(np.unique(breakers.items)),
        "group_count": None if cells.members is None else cells.members.shape[0],
        "uncertain_cell_share": cells.uncertain.nnz / label_matrix.shape[0] / len(counts),
        "unknown_cell_share": cells.unknown.nnz / label_matrix.shape[0] / len(counts),
    }
    return Findings(
        values=exact_values(VALUES, numbers, asides(numbers, embeddings)),
        tables=(
            label_table(cells, levels, scumble, class_names, random_state),
            pair_table(pairs, class_names),
            exclusion_table(rules, counts, class_names),
            implication_table(rules, counts, class_names),
            near_rule_table(rules, class_names),
            *_state_tables(cells, class_names),
        ),
        rankings=(breakers,),
        notes=_notes(cells, counts, rules, class_names),
        parameters={
            "min_expected": MIN_EXPECTED,
            "alpha": ALPHA,
            "prevalence_interval": prevalence_source(cells),
            "p_values": "items drawn" if cells.members is None else "groups drawn",
        },
    )


def _state_tables(cells: Cells, class_names: tuple[str, ...]) -> tuple[Table, ...]:
    """Return the tables of states, where there are open ones, and of groups, where there are."""
    tables = []
    if cells.open.nnz:
        tables.append(state_table(cells, class_names))
    if cells.members is not None:
        tables.append(group_table(cells, cells.members, class_names))
    return tuple(tables)


def _notes(
    cells: Cells, counts: NDArray[np.int64], rules: Rules, class_names: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the warnings about empty labels, and about labels that must be missing."""
    notes = []
    empty = np.flatnonzero(counts == 0)
    if len(empty):
        names = some(class_names[index] for index in empty[:6])
        notes.append(f"{len(empty):,} of {len(counts):,} labels have no item: {names}")
    if len(counts) > 1 and (np.diff(cells.positive.indptr) == 1).all():
        notes.append(
            "single-positive suspected: every item has exactly one positive label, so either "
            "the dataset is not multi-label, or the other positive labels are missing and its "
            "negative ones cannot be trusted. One label of k is kept at random in such a dataset, "
            "so 1 - 1/k of them are missing: for illustration, 33 % at the 1.5 labels an item of "
            "VOC and 66 % at the 2.9 of COCO (Cole et al., Multi-label learning from single "
            "positive labels, 2021)"
        )
    n_near = int((~rules.hard).sum())
    if n_near > MOST_RULES:
        notes.append(
            f"of {n_near:,} rules with exceptions, the items that break the {MOST_RULES} strictest "
            "are listed"
        )
    if cells.open.nnz:
        notes.append("uncertain and unknown states count as not having the label")
    return tuple(notes)
