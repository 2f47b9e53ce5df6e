"""How far the annotators of an item agree."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.inputs.judgements import Judgements
from labelaudit.measures import Findings, measure
from labelaudit.measures.annotators.agreement_tables import (
    class_table,
    disputed_table,
    interval_table,
)
from labelaudit.measures.annotators.agreement_values import Replicates, agreement_values
from labelaudit.report import Value
from labelaudit.statistics.agreement import (
    N_REPLICATES,
    bootstrap,
    vote_counts,
    vote_patterns,
)
from labelaudit.statistics.annotator_bootstrap import Shared, bootstrap_annotators
from labelaudit.tabulate import Specification, exact_values

MIN_ITEMS: Final = 50
MIN_ANNOTATORS: Final = 20
MOST_ORDERED: Final = 500
COUNTS: Final[tuple[Specification, ...]] = (
    ("annotator_count", "Annotators", "count", "neither"),
    ("judgement_count", "Judgements", "count", "neither"),
    ("shared_item_count", "Items with two or more judgements", "count", "neither"),
    ("judgements_per_item", "Judgements an item", "", "neither"),
)


@measure(family="annotators", title="Annotator agreement")
def annotator_agreement(
    judgements: Judgements, class_names: tuple[str, ...], random_state: int, *, ordered: bool
) -> Findings:
    """Measure how far the annotators of an item agree, beyond what chance would give.

    Only items with two or more judgements count for agreement; annotators and judgements are
    counted over all, the anonymous ones included. Krippendorff reads an alpha of 0.8 and more as
    reliable, 0.667 to 0.8 as fit for tentative conclusions. Where one class dominates, alpha and
    kappa fall though annotators agree; AC1 does not, so read them together. Of classes that are
    declared from the lowest to the highest, read the ordinal alpha: to the nominal one, "maybe"
    is as far from "yes" as "no" is.

    Intervals are percentiles of 1,000 bootstrap replicates. Those beside the values draw items:
    they hold for these annotators. With 20 annotators or more, all of them named, a table has
    those that draw annotators, too: they hold for these items, and annotators of this kind. Items
    that were judged in more than 2,000 ways are drawn in 2,000 groups, more than 500 annotators in
    500.

    Formula
    -------
    Item i has n_i judgements, c_ik of them for class k; n = sum n_i, n_k = sum_i c_ik:

    - agreement of two judgements: A, the mean of A_i = sum_k c_ik (c_ik - 1) / (n_i (n_i - 1))
    - Krippendorff's alpha, nominal, with missing judgements: 1 - D_o / D_e, where
      D_o = sum n_i (1 - A_i) / n and D_e = (n^2 - sum n_k^2) / (n (n - 1))
    - alpha of ordered classes: with o_kl pairs of judgements of an item, each item's adding up to
      n_i, 1 - (n - 1) sum o_kl d_kl / sum n_k n_l d_kl, where d_kl = (k - l)^2 of ranks, and
      ordinal (n_k / 2 + the n_m between + n_l / 2)^2
    - Gwet's AC1: (A - e) / (1 - e), where e = sum_k p_k (1 - p_k) / (K - 1) over all K declared
      classes, p_k being the mean of c_ik / n_i
    - Fleiss' kappa: (A - e) / (1 - e), where e = sum_k (n_k / n)^2
    - items on which all agree: the share with A_i = 1
    - agreement on class k: o_kk / n_k, and alpha of the class against all others

    Range
    -----
    Agreement and shares 0 to 1; alpha, AC1 and kappa at most 1, 0 for what chance would give,
    and below 0 for less. Higher is better.

    Undefined
    ---------
    Alpha, AC1 and kappa, when every judgement names the same class; kappa, when items differ in
    their number of judgements; alphas of ordered classes, of two or of more than 500. Nothing is
    measured when fewer than 50 items have two judgements, or one annotator gave all.

    Not comparable
    --------------
    Between sets of classes. Alpha and kappa between class balances; the items on which all agree
    between numbers of judgements an item.

    Parameters
    ----------
    judgements
        The judgements that name a class.
    class_names
        Names of all declared classes.
    random_state
        Seed of the bootstrap.
    ordered
        Whether the classes are declared from the lowest to the highest.

    Returns
    -------
    Values with intervals; a table of classes, the most disputed first, and one of pairs of
    classes that annotators call the same item.

    Raises
    ------
    MissingInputError
        When fewer than 50 items have two or more judgements, or all are of one annotator.

    References
    ----------
    Krippendorff (2011), "Computing Krippendorff's alpha-reliability". Fleiss (1971),
    "Measuring nominal scale agreement among many raters", Psychological Bulletin 76. Gwet
    (2008), "Computing inter-rater reliability and its variance in the presence of high
    agreement", British Journal of Mathematical and Statistical Psychology 61.

    Examples
    --------
    Two annotators of 100 items, who differ on the first ten:

    >>> items = np.arange(100)
    >>> first = (items % 2).astype(np.int32)
    >>> labels = np.concatenate([first, np.where(items < 10, 1 - first, first)])
    >>> judged = Judgements(
    ...     items, np.tile(items, 2), np.repeat([0, 1], 100), labels, ("ann", "bob"), 0
    ... )
    >>> found = annotator_agreement(judged, ("cat", "dog"), 0, ordered=False)
    >>> {value.name: value.value for value in found.values}["raw_agreement"]
    0.9
    """
    n_an_item, n_classes = judgements.n_an_item, len(class_names)
    _check(judgements, n_an_item)
    votes = vote_counts(judgements.rows, judgements.labels, len(judgements.items), n_classes)
    patterns = vote_patterns(votes)
    # Two classes are as far apart either way; distances of many more fill the memory.
    ordered = ordered and 2 < n_classes <= MOST_ORDERED  # noqa: PLR2004
    replicates = bootstrap(patterns, random_state, ordered=ordered)
    redrawn: Replicates = {}
    if len(judgements.names) >= MIN_ANNOTATORS and not judgements.n_anonymous:
        redrawn = bootstrap_annotators(
            _shared(judgements, n_an_item[judgements.rows] > 1),
            judgements.names,
            n_classes,
            random_state,
            ordered=ordered,
        )
    values = agreement_values(patterns, replicates, redrawn, ordered=ordered)
    tables = [
        class_table(patterns.votes, patterns.items, class_names),
        disputed_table(patterns.votes, patterns.items, class_names),
    ]
    if redrawn:
        tables.insert(0, interval_table(values, {"items": replicates, "annotators": redrawn}))
    return Findings(
        values=(*values, *_counts(judgements, n_an_item)),
        tables=tuple(tables),
        notes=_notes(judgements),
        parameters={"replicates": N_REPLICATES, "intervals_over": _drawn(judgements)},
    )


def _shared(judgements: Judgements, shared: NDArray[np.bool_]) -> Shared:
    return Shared(judgements.rows[shared], judgements.annotators[shared], judgements.labels[shared])


def _check(judgements: Judgements, n_an_item: NDArray[np.int64]) -> None:
    """Refuse judgements that say nothing of agreement, with the numbers."""
    n_shared, n_items = int((n_an_item > 1).sum()), len(judgements.items)
    if len(judgements.names) == 1 and not judgements.n_anonymous and n_shared:
        raise MissingInputError(
            f"one annotator gave all judgements: {n_shared:,} items have two or more, but agreeing "
            "with oneself is another matter"
        )
    if not n_shared and len(judgements.names) > 1:
        raise MissingInputError(
            f"0 items have two or more judgements: the {len(judgements.names):,} annotators "
            f"judged {n_items:,} items, none of which they share; agreement needs {MIN_ITEMS}"
        )
    if n_shared < MIN_ITEMS:
        raise MissingInputError(
            f"{n_shared:,} items have two or more judgements, of {n_items:,} that were judged; "
            f"agreement needs {MIN_ITEMS}"
        )


def _drawn(judgements: Judgements) -> str:
    """Return what the intervals draw, and why not annotators."""
    if judgements.n_anonymous:
        return "items; not annotators, as judgements are anonymous"
    if len(judgements.names) < MIN_ANNOTATORS:
        return f"items; not annotators, as they are fewer than {MIN_ANNOTATORS}"
    return "items, and annotators in a table"


def _counts(judgements: Judgements, n_an_item: NDArray[np.int64]) -> tuple[Value, ...]:
    """Return how many annotators, judgements and shared items there are."""
    numbers = {
        "annotator_count": len(judgements.names) or None,
        "judgement_count": len(judgements.rows),
        "shared_item_count": int((n_an_item > 1).sum()),
        "judgements_per_item": len(judgements.rows) / len(judgements.items),
    }
    unnamed = "undefined: the judgements are anonymous" if not judgements.names else ""
    return exact_values(COUNTS, numbers, {"annotator_count": unnamed})


def _notes(judgements: Judgements) -> tuple[str, ...]:
    """Return the warnings about judgements without a class or a name, and repeated ones."""
    notes = []
    if judgements.n_without_class:
        notes.append(f"{judgements.n_without_class:,} judgements name no class and are left out")
    n_anonymous = judgements.n_anonymous
    if n_anonymous:
        notes.append(
            f"{n_anonymous:,} judgements are anonymous: each counts as of another annotator"
        )
    n_repeated = judgements.n_repeated
    if n_repeated:
        notes.append(
            f"{n_repeated:,} judgements repeat an annotator's own of the same item: each counts as "
            "one of another annotator, which raises agreement"
        )
    return tuple(notes)
