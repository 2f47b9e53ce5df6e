"""Where the labels are worst: parts of the dataset with more suspected labels than the rest."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.content import Content
from labelaudit.errors import MissingInputError, some
from labelaudit.inputs.label_judgement import Judgement, check_informed, with_verdicts
from labelaudit.inputs.slices import CLUSTER, Slicing
from labelaudit.inputs.verdicts import JudgedLabels
from labelaudit.measures import Findings, Ranking, measure
from labelaudit.measures.label_noise.audited_rates import of_usable_samples
from labelaudit.measures.label_noise.slice_shares import FEWEST, SliceShares, audited, slice_shares
from labelaudit.report import Table, Value
from labelaudit.statistics.domain_rates import DomainRates
from labelaudit.statistics.intervals import clopper_pearson
from labelaudit.tabulate import ColumnValues, Specification, bounded, exact_values, ranked_table

LEVEL: Final = 0.95
N_SHOWN: Final = 48
N_NAMED: Final = 3
SHARE: Final[tuple[Specification, ...]] = (
    ("worst_slice_suspected_share", "Suspected labels of the worst slice", "share", "lower"),
)
COUNTS: Final[tuple[Specification, ...]] = (
    ("worse_slice_count", "Slices worse than the rest (5 % false discoveries)", "count", "lower"),
    ("ranked_slice_count", "Slices ranked", "count", "neither"),
    ("small_slice_count", f"Slices of fewer than {FEWEST} items, not ranked", "count", "neither"),
)


@measure(family="label_noise", title="Slices with the worst labels")
def worst_slices(
    labels: NDArray[np.int32],
    label_judgement: Judgement,
    slices: tuple[Slicing, ...],
    verdicts: JudgedLabels | None = None,
    content: Content | None = None,
) -> Findings:
    """Find the parts of the dataset that have more suspected labels than the rest.

    The dataset is cut by given class, by split, by group, by every ``--metadata-column`` (numbers
    at their quartiles) and into clusters of the embedding: k-means on at most 20,000 items chosen
    by content, one cluster for every 200 items, at least 2 and at most 50. In each slice the
    labels that *label noise* suspects are counted.

    The worst of many slices is worst **partly by chance**. So each is compared with all other
    items, the p-values are adjusted for the number of slices, and slices are ordered by the lower
    end of the interval of the difference, which is far down for a small slice. The interval of
    the worst one's share is wide enough to hold whichever slice was chosen.

    Items are counted one by one: where mistakes come by group (an annotator, a session), a column
    that goes along with the groups looks worse or better by chance more often than is said.

    A slice can be worse because its labels are, or because the model is: what is hard to tell
    apart is suspected more often. Judgements by people tell which; where there are some, the
    audited rate of each slice stands beside it.

    Formula
    -------
    With x of n judged labels of a slice suspected, and y of m of all other items: the difference
    x/n - y/m with Newcombe's interval, and the p-value of the pooled z-test, or twice the smaller
    hypergeometric tail where an expected count is below 5, adjusted by Benjamini and Hochberg over
    all ranked slices of all kinds. The interval of x/n is Clopper and Pearson's at 1 - 0.05 / s
    for s ranked slices. The mean error probability is the noise channel's, as in *label noise*.

    Range
    -----
    Shares 0 to 1, lower is better; differences -1 to 1.

    Undefined
    ---------
    Where *label noise* is not measured. A slice of fewer than 30 judged items, or of all, is not
    ranked. The mean error probability, where the model disagrees with more than half of the
    labels; the audited rate, with fewer than 10 judgements in a slice.

    Not comparable
    --------------
    Across embedding models; the number of worse slices between datasets of different size or with
    other columns.

    Parameters
    ----------
    labels
        Class of each item, ``-1`` when unlabelled, shape ``(n_samples,)``.
    label_judgement
        What the probabilities say of each label.
    slices
        The ways to cut the dataset.
    verdicts
        What people judged; None where nobody did.
    content
        Which items can be opened: of the others no rate is audited.

    Returns
    -------
    Values, a table of all ranked slices, and the items of the worst cluster where it is worse
    than the rest.

    Raises
    ------
    MissingInputError
        By its inputs: without probabilities; where they are as good as chance, or no slice has
        30 items.

    References
    ----------
    Newcombe, Statistics in Medicine 17, 1998. Benjamini and Hochberg, JRSS B 57, 1995.
    """
    check_informed(labels, label_judgement)
    judgement = label_judgement
    if verdicts is not None:
        judgement = with_verdicts(judgement, verdicts)
    found = slice_shares(slices, judgement)
    if not len(found):
        raise MissingInputError(f"no slice has {FEWEST} judged items, and others beside it")
    there = (labels >= 0) & (np.True_ if content is None else content.readable)
    rates = None
    if verdicts is not None:
        usable, reason = of_usable_samples(verdicts, int(there.sum()))
        rates = None if reason else audited(found, slices, usable, there)
    cluster = _worst_cluster(found)
    return Findings(
        values=_values(found),
        tables=(_table(found, rates),),
        rankings=() if cluster is None else (_ranking(found, cluster, slices, judgement),),
        notes=_notes(found),
        parameters={
            "fewest_items": FEWEST,
            "cut_by": ", ".join(slicing.by for slicing in slices),
            "clusters": sum(len(slicing.names) for slicing in slices if slicing.by == CLUSTER),
        },
    )


def _values(found: SliceShares) -> tuple[Value, ...]:
    """Return the share of the worst slice, and how many slices there are."""
    worst = int(found.order()[0])
    judged, suspected = int(found.judged[worst]), int(found.suspected[worst])
    numbers: dict[str, float | None] = {
        "worst_slice_suspected_share": suspected / judged,
        "worse_slice_count": int(found.worse.sum()),
        "ranked_slice_count": len(found),
        "small_slice_count": found.n_small,
    }
    note = (
        f"{found.by[worst]}: {found.names[worst]}; {found.difference.other[worst]:.1%} of all "
        "other labels are suspected" + ("." if found.worse[worst] else ", no more than by chance.")
    )
    (share,) = exact_values(SHARE, numbers, {"worst_slice_suspected_share": note})
    low, high = clopper_pearson(suspected, judged, 1 - (1 - LEVEL) / len(found))
    covers = f"95 %, whichever of the {len(found):,} slices is chosen; of suspicions, not of errors"
    return (
        bounded(share, float(low), float(high), covers),
        *exact_values(COUNTS, numbers, {}),
    )


def _table(found: SliceShares, rates: DomainRates | None) -> Table:
    """Return one row a slice, that first which is surely the worst."""
    columns: list[tuple[str, str, ColumnValues]] = [
        ("cut_by", "", found.by),
        ("slice", "", found.names),
        ("judged", "count", found.judged),
        ("suspected", "count", found.suspected),
        ("suspected_share", "share", found.difference.share),
        ("share_of_the_rest", "share", found.difference.other),
        ("difference", "", found.difference.difference),
        ("low", "", found.difference.low),
        ("high", "", found.difference.high),
        ("p_value", "", found.difference.p_value),
        ("adjusted_p_value", "", found.p_values),
        ("mean_error_probability", "share", found.error_probability),
    ]
    if rates is not None:
        columns += [
            ("judged_by_people", "count", rates.judged),
            ("audited_rate", "share", rates.shares),
            ("audited_low", "share", rates.low),
            ("audited_high", "share", rates.high),
        ]
    title = "Slices, that first which is surely the worst"
    return ranked_table("slices", title, columns, found.order())


def _worst_cluster(found: SliceShares) -> int | None:
    """Return the cluster that is surely the worst; None where none is worse than the rest."""
    order = found.order()
    return next((int(at) for at in order if found.by[at] == CLUSTER and found.worse[at]), None)


def _ranking(
    found: SliceShares,
    cluster: int,
    slices: tuple[Slicing, ...],
    judgement: Judgement,
) -> Ranking:
    """Return the most doubtful items of a cluster."""
    codes = slices[found.slicings[cluster]].codes
    items = np.flatnonzero((codes == found.codes[cluster]) & judgement.judged)
    items = items[np.argsort(judgement.margin[items], kind="stable")][:N_SHOWN]
    return Ranking(
        name="worst_cluster",
        title=f"The worst cluster, most doubtful first: {found.names[cluster]}",
        items=items,
        scores=judgement.margin[items].astype(np.float64),
        suggested=np.where(judgement.suspected, judgement.suggested, np.int32(-1))[items],
    )


def _notes(found: SliceShares) -> tuple[str, ...]:
    """Name the worst slices that are worse than the rest."""
    worse = [at for at in found.order() if found.worse[at]]
    if not worse:
        return ()
    named = some(
        (
            f"{found.by[at]} {found.names[at]!r} ({found.difference.share[at]:.1%}, "
            f"{found.difference.other[at]:.1%} elsewhere)"
            for at in worse
        ),
        N_NAMED,
    )
    end = "" if named.endswith(".") else "."
    return (f"{len(worse):,} of {len(found):,} slices have more suspected labels: {named}{end}",)
