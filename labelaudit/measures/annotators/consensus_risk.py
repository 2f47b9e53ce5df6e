"""How risky it is to give an item one label, by what its annotators said."""

from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labelaudit.inputs.item_consensus import ItemConsensus
from labelaudit.measures import Findings, Ranking, measure
from labelaudit.report import Table, Value
from labelaudit.statistics.consensus_risk import Risk
from labelaudit.statistics.consensus_risk import consensus_risk as risk_of
from labelaudit.statistics.intervals import Z_95, wilson
from labelaudit.tabulate import Specification, bounded, exact_values, ranked_table

RISKY: Final = 0.34
MIN_JUDGEMENTS: Final = 3
MIN_AGAINST: Final = 2
N_BINS: Final = 10
N_NAMED: Final = 4
ALL_ALIKE: Final = "all items have the same risk, which says nothing of how far it varies"
EXPORT: Final = "soft_labels.parquet"
SPECIFICATIONS: Final[tuple[Specification, ...]] = (
    ("mean_risk_share", "Risk of the label that most of the weight is for", "share", "lower"),
    ("risky_item_share", "Items with a risk above 0.34", "share", "lower"),
)
COUNTS: Final[tuple[Specification, ...]] = (
    ("ambiguous_item_count", "Items that people read differently", "count", "lower"),
    ("few_judgements_item_count", "Items with too few judgements to tell", "count", "lower"),
)


@measure(family="annotators", title="Consensus risk")
def consensus_risk(
    item_consensus: ItemConsensus, class_names: tuple[str, ...], labelled: NDArray[np.bool_]
) -> Findings:
    """Measure how much of the annotators' weighted vote is against the label that leads it.

    Items of high risk and enough judgements are *ambiguous*: people read them differently, so
    that no one label is wrong, and a soft label says more. They are told apart from items with
    fewer than three judgements, of which nobody can say whether one annotator slipped or people
    differ.

    A judgement weighs what its annotator's accuracy is by the model of Dawid and Skene; those of
    the anonymous, and of annotators with too few judgements for one of their own, what theirs
    together is. Where nobody can be told apart, all weigh the same. The published measure weighs
    by a score of other work of the annotators, which a dataset does not hold.

    The votes and the weighted shares of all judged items, one judgement or more, are written to
    ``soft_labels.parquet`` beside the report.

    Formula
    -------
    - share of class k of item i: C_ik, the sum of the weights of the judgements that name k, over
      the sum of all weights; these shares are the soft label;
    - risk: r_i = 1 - max_k C_ik; of two classes, min(C, 1 - C);
    - the mean is over items with two or more judgements, as is the share of items with r > 0.34,
      the limit that was published for two classes: just above one of three who weigh the same;
    - ambiguous: r > 0.34, three judgements or more, and two of them at least not for the leading
      class, as one may be a slip.

    Range
    -----
    0, when all name the same class, to 1 - 1 / K with K classes; lower is better, but where items
    are ambiguous by nature, a risk near 0 says that annotators were not asked often enough.

    Undefined
    ---------
    The risk of an item with one judgement. With fewer than 50 items of two or more judgements
    nothing is measured.

    Not comparable
    --------------
    Between numbers of classes, or of judgements an item: with few, the leading class leads by
    chance, and the risk is too low. The table by judgements has it for each number.

    Parameters
    ----------
    item_consensus
        The judgements, and the model of annotators.
    class_names
        Names of all declared classes.
    labelled
        Whether each item has a label.

    Returns
    -------
    Values; the distribution of the risk; a ranking of ambiguous items; the risk of each item; soft
    labels.

    References
    ----------
    Estes and others, arXiv 2412.18483, 2024, for two classes.
    """
    panel, model = item_consensus.panel, item_consensus.model
    votes = panel.rated.votes
    weights = np.ones(votes.n_annotators) if model is None else model.accuracy
    found = risk_of(votes, weights)
    method = "votes, all of the same weight" if model is None else "votes weighted by accuracy"
    several = found.n_judgements > 1
    ambiguous = (
        (found.risk > RISKY)
        & (found.n_judgements >= MIN_JUDGEMENTS)
        & (found.n_against >= MIN_AGAINST)
    )
    risk = np.full(len(labelled), np.nan)
    risk[panel.items[several]] = found.risk[several]
    is_ambiguous = np.zeros(len(labelled), dtype=bool)
    is_ambiguous[panel.items] = ambiguous
    return Findings(
        values=_values(found, ambiguous),
        tables=(_distribution(found.risk[several]), _by_judgements(found)),
        rankings=(_ranking(item_consensus, found, ambiguous, class_names),),
        parameters={"weights": method, "soft_labels": EXPORT, "risky_above": RISKY},
        columns={"consensus_risk": risk, "is_ambiguous": is_ambiguous},
        exports={EXPORT: _soft_labels(item_consensus, found, class_names, method)},
    )


def _values(found: Risk, ambiguous: NDArray[np.bool_]) -> tuple[Value, ...]:
    """Return the mean risk and the share of risky items with intervals, and the counts."""
    several = found.n_judgements > 1
    risk = found.risk[several]
    risky = several & (found.risk > RISKY)
    n_risky, n_classes = int(risky.sum()), found.shares.shape[1]
    thirds = int((risky & (found.n_judgements == MIN_JUDGEMENTS) & (found.n_against == 1)).sum())
    mean, error = float(risk.mean()), float(risk.std(ddof=1) / np.sqrt(len(risk)))
    low, high = (float(end) for end in wilson(n_risky, len(risk)))
    numbers: dict[str, float | None] = {
        "mean_risk_share": mean,
        "risky_item_share": n_risky / len(risk),
        "ambiguous_item_count": int(ambiguous.sum()),
        "few_judgements_item_count": int((found.n_judgements < MIN_JUDGEMENTS).sum()),
    }
    notes = {
        "risky_item_share": f"{thirds:,} of these items have one dissent of three: small "
        "differences of weight decide on which side of 0.34 their risk lies"
        if thirds
        else ""
    }
    mean_risk, risky_share = exact_values(SPECIFICATIONS, numbers, notes, ALL_ALIKE)
    if error > 0:
        ends = max(mean - Z_95 * error, 0), min(mean + Z_95 * error, 1 - 1 / n_classes)
        mean_risk = bounded(mean_risk, *ends, "95 % normal, over items")
    risky_share = bounded(risky_share, low, high, "95 % Wilson, over items")
    return mean_risk, risky_share, *exact_values(COUNTS, numbers, {})


def _distribution(risk: NDArray[np.float64]) -> Table:
    """Return how many items have which risk; those on which all agree stand alone."""
    counts = np.bincount(np.ceil(N_BINS * risk - 1e-9).astype(int), minlength=2)
    ranges = [f"{(at - 1) / N_BINS:g} to {at / N_BINS:g}" for at in range(1, len(counts))]
    return ranked_table(
        "risks",
        "Items by risk, of those with two or more judgements",
        (
            ("risk", "", ["none", *ranges]),
            ("items", "count", counts),
            ("share", "share", counts / len(risk)),
        ),
        np.arange(len(counts)),
    )


def _by_judgements(found: Risk) -> Table:
    """Return the risk of items by how many judgements they have."""
    numbers, at = np.unique(found.n_judgements, return_inverse=True)
    items = np.bincount(at)
    mean = np.where(numbers > 1, np.bincount(at, found.risk) / items, np.nan)
    risky = np.where(numbers > 1, np.bincount(at, found.risk > RISKY) / items, np.nan)
    return ranked_table(
        "by_judgements",
        "Risk by judgements an item",
        (
            ("judgements", "count", numbers),
            ("items", "count", items),
            ("mean_risk", "share", mean),
            ("risky_share", "share", risky),
        ),
        np.arange(len(numbers)),
    )


def _ranking(
    item_consensus: ItemConsensus,
    found: Risk,
    ambiguous: NDArray[np.bool_],
    class_names: tuple[str, ...],
) -> Ranking:
    """Return the ambiguous items, the riskiest first."""
    rows = np.flatnonzero(ambiguous)
    rows = rows[np.lexsort((rows, -found.n_judgements[rows], -found.risk[rows]))]
    by_class = item_consensus.panel.rated.votes.by_class
    return Ranking(
        name="ambiguous",
        title="Items that people read differently",
        items=item_consensus.panel.items[rows],
        scores=found.risk[rows],
        details=tuple(
            f"{_said(by_class.indices[cells], by_class.data[cells], class_names)}; risk {risk:.2f}"
            for cells, risk in zip(
                (slice(by_class.indptr[row], by_class.indptr[row + 1]) for row in rows),
                found.risk[rows],
                strict=True,
            )
        ),
    )


def _said(
    classes: NDArray[np.int32], counts: NDArray[np.float64], class_names: tuple[str, ...]
) -> str:
    """Return how many named which class, such as ``3 cat, 2 dog``."""
    order = np.lexsort((classes, -counts))
    named = [f"{counts[at]:.0f} {class_names[classes[at]]}" for at in order[:N_NAMED]]
    left_out = len(order) - N_NAMED
    return ", ".join(named) + (f" and {left_out} other classes" if left_out > 0 else "")


def _soft_labels(
    item_consensus: ItemConsensus, found: Risk, class_names: tuple[str, ...], method: str
) -> pa.Table:
    """Return the votes and the weighted shares of each judged item, the classes named only."""
    votes = item_consensus.panel.rated.votes.by_class
    votes.sort_indices()
    ends = pa.array(votes.indptr, type=pa.int64())
    n_items = votes.shape[0]
    named = pa.DictionaryArray.from_arrays(
        pa.array(votes.indices, type=pa.int32()), pa.array(class_names, type=pa.string())
    )

    def lists(values: pa.Array) -> pa.LargeListArray:
        return pa.LargeListArray.from_arrays(ends, values)

    return pa.table(
        {
            "item": item_consensus.panel.items,
            "n_judgements": found.n_judgements,
            "classes": lists(named.cast(pa.string())),
            "votes": lists(pa.array(votes.data.round().astype(np.int32))),
            "distribution": lists(pa.array(found.shares.data)),
            "method": pa.array([method], type=pa.string()).take(pa.array(np.zeros(n_items, int))),
        }
    )
