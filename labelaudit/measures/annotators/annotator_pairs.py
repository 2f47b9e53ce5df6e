"""How far each two annotators agree with each other."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.inputs.judgements import Judgements
from labelaudit.measures import Findings, measure
from labelaudit.report import Table
from labelaudit.statistics.annotator_pairs import AnnotatorPairs
from labelaudit.statistics.annotator_pairs import annotator_pairs as compared_pairs
from labelaudit.statistics.intervals import wilson
from labelaudit.tabulate import Specification, exact_values, ranked_table

MIN_SHARED: Final = 50
MAX_ANNOTATORS: Final = 1000
SPECIFICATIONS: Final[tuple[Specification, ...]] = (
    ("median_kappa", "Median of Cohen's kappa over pairs", "", "higher"),
    ("lowest_kappa", "Lowest Cohen's kappa of a pair", "", "higher"),
    ("highest_kappa", "Highest Cohen's kappa of a pair", "", "higher"),
    ("pair_count", "Pairs of annotators with 50 shared items", "count", "neither"),
)
OF_PAIRS: Final = "of many pairs; the table has the interval of each one's agreement"


@measure(family="annotators", title="Agreement of annotators with each other")
def annotator_pairs(judgements: Judgements, class_names: tuple[str, ...]) -> Findings:
    """Compare each two annotators on the items that both judged.

    A group of annotators who agree with each other and not with the rest may have read other
    guidelines, and one who agrees with nobody may have read none. The lowest kappa of many pairs
    is low by chance, too: look at its shared items. Items that somebody judged more than once are
    left out for that one. Of more than 1,000 annotators, those with the most judgements are
    compared.

    Formula
    -------
    Cohen's kappa: (A - e) / (1 - e), where A is the share of the shared items that both call the
    same, and e = sum_k a_k b_k with the shares of these items that either calls k.

    Range
    -----
    Agreement 0 to 1; kappa at most 1, 0 for what chance would give. Higher is better.

    Undefined
    ---------
    A pair's kappa, when both call all shared items the same one class. Pairs with fewer than 50
    shared items are not compared; nothing is measured without one that has them, or where
    judgements are anonymous.

    Not comparable
    --------------
    Between sets of classes, or pairs that judged items of different classes.

    Parameters
    ----------
    judgements
        The judgements that name a class.
    class_names
        Names of all declared classes.

    Returns
    -------
    Values; a table of pairs, those who agree least first, with Wilson's interval of 95 % of their
    agreement.

    Raises
    ------
    MissingInputError
        When no two named annotators share 50 items.

    References
    ----------
    Cohen, A coefficient of agreement for nominal scales, Educational and Psychological
    Measurement 20, 1960.
    """
    if not judgements.names:
        raise MissingInputError("the judgements are anonymous: no annotator can be told apart")
    rows, annotators, labels = _judged_once(judgements)
    found = compared_pairs(rows, annotators, labels, len(class_names), MIN_SHARED)
    if not len(found.first):
        raise MissingInputError(_why(judgements.names, rows, annotators, labels))
    kappa = found.kappa[~np.isnan(found.kappa)]
    numbers: dict[str, float | None] = {
        "median_kappa": float(np.median(kappa)) if len(kappa) else None,
        "lowest_kappa": float(kappa.min()) if len(kappa) else None,
        "highest_kappa": float(kappa.max()) if len(kappa) else None,
        "pair_count": len(found.first),
    }
    none = "" if len(kappa) else "undefined: every pair calls all shared items the same one class"
    notes = dict.fromkeys(("median_kappa", "lowest_kappa", "highest_kappa"), none)
    left_out = len(judgements.names) - MAX_ANNOTATORS
    return Findings(
        values=(
            *exact_values(SPECIFICATIONS[:3], numbers, notes, OF_PAIRS),
            *exact_values(SPECIFICATIONS[3:], numbers, {}),
        ),
        tables=(_table(found, judgements.names),),
        notes=(f"Annotators with fewer judgements, who are not compared: {left_out:,}.",)
        if left_out > 0
        else (),
        parameters={"min_shared_items": MIN_SHARED, "max_annotators": MAX_ANNOTATORS},
    )


def _judged_once(
    judgements: Judgements,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    """Return the judgements of named annotators of items that they judged once."""
    n_annotators = len(judgements.names)
    counts = np.bincount(judgements.annotators + 1, minlength=n_annotators + 1)[1:]
    compared = np.zeros(n_annotators, dtype=bool)
    compared[np.argsort(-counts, kind="stable")[:MAX_ANNOTATORS]] = True
    kept = compared[judgements.annotators] & (judgements.annotators >= 0)
    rows, annotators = judgements.rows[kept], judgements.annotators[kept]
    cells, at, times = np.unique(
        rows * n_annotators + annotators, return_index=True, return_counts=True
    )
    once = at[times == 1]
    cells = cells[times == 1]
    return cells // n_annotators, cells % n_annotators, judgements.labels[kept][once]


def _why(
    names: tuple[str, ...],
    rows: NDArray[np.int64],
    annotators: NDArray[np.int64],
    labels: NDArray[np.int32],
) -> str:
    """Return why no two annotators can be compared."""
    if len(names) == 1:
        return "one annotator gave all judgements that have a name"
    found = compared_pairs(rows, annotators, np.zeros_like(labels), 1, 1)
    if not len(found.first):
        return (
            f"no two of the {len(names):,} annotators judged the same item; comparing two needs "
            f"{MIN_SHARED} shared items"
        )
    most = int(found.shared.argmax())
    two = names[found.first[most]], names[found.second[most]]
    return (
        f"no two annotators share {MIN_SHARED} items; {two[0]} and {two[1]} share the most, "
        f"{int(found.shared[most]):,}"
    )


def _table(found: AnnotatorPairs, names: tuple[str, ...]) -> Table:
    """Return one row a pair, those who agree least first."""
    low, high = wilson(found.same, found.shared)
    return ranked_table(
        "pairs",
        "Pairs of annotators",
        (
            ("annotator", "", [names[at] for at in found.first]),
            ("other", "", [names[at] for at in found.second]),
            ("shared_items", "count", found.shared),
            ("agreement", "share", found.same / found.shared),
            ("low", "share", low),
            ("high", "share", high),
            ("kappa", "", found.kappa),
        ),
        np.lexsort((found.second, found.first, found.kappa)),
    )
