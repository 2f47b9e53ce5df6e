"""Where labels that are numbers lie, and where on their range they are thin."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.inputs.columns import Splits
from labelaudit.measures import Findings, measure
from labelaudit.measures.class_imbalance.outlying_targets import (
    FENCE,
    beyond_middle,
    outlying_targets,
)
from labelaudit.measures.class_imbalance.target_tables import (
    Part,
    bin_table,
    bins_by_split_table,
    quantile_table,
    sparse_table,
    split_table,
)
from labelaudit.measures.class_imbalance.target_values import target_values
from labelaudit.report import Table
from labelaudit.statistics.imbalance import FEW, MANY
from labelaudit.statistics.label_distribution_smoothing import SIGMA, SIZE
from labelaudit.statistics.target_bins import (
    MAX_BINS,
    ONE_A_VALUE,
    TargetBins,
    target_bins,
    wanted_width,
)

MOST_LEFT_OUT: Final = 0.01
STRETCHED: Final = 2.0
SMALLEST_SPAN: Final = 1e-290
LARGEST_SPAN: Final = 1e306
N_NAMED: Final = 3


@measure(family="class_imbalance", title="Target distribution")
def target_distribution(targets: NDArray[np.float64], splits: Splits) -> Findings:
    """Measure where labels that are numbers lie, and where on their range they are thin.

    What the classes of a dataset are to a classifier, the stretches of its target are to a
    regression: where items are few, a model is rarely right and a test says little. The target is
    cut into bins, and the counts are smoothed over neighboring bins, because items of nearby
    targets help each other: an empty bin between full ones is no gap. All items were counted, so
    everything is exact of this dataset and has no interval; no value is an estimate of a source.
    Bins are of equal width: a target that spans factors, such as a price, is seen better as its
    logarithm.

    Formula
    -------
    With n_b items in bin b of B, N in all:

    - bins: one for each integer, where targets are integers that span at most 256; one for each
      point, where targets lie on a grid of at most 32, as ratings do; otherwise the width of
      Freedman and Diaconis, 2 IQR / N^(1/3), widened to a round number, to whole steps of the
      grid that targets lie on, and to at most 256 bins
    - smoothed count: mean of the counts of 5 bins around, weighted by the window of label
      distribution smoothing (LDS), 0.858, 0.946, 1, 0.946, 0.858; at the ends, of those there are
    - in the bins: all targets but the outlying ones, where these are 1 % of the items at most, so
      that one typing error or a 999 for "unknown" does not stretch them over an empty range
    - sparse: a bin whose smoothed count is below 20; stretches are runs of such bins
    - LDS density: the sum that the published code takes in place of that mean, with nothing
      beyond the ends. Weight of an item: one over the density of the counts clipped to 5 and
      1,000 (inverse), or of their square roots; scaled to average 1 over the items. The window
      comes from a Gaussian with sigma 2 that was mirrored at the window's ends: it is far flatter
      than that Gaussian
    - imbalance ratio: largest over smallest count of the bins with items; the same of smoothed
      counts; effective bins: exp(H), evenness: H / ln B, with H = -sum p_b ln p_b, p_b = n_b / N
    - many-shot bin: over 100 items; medium: 20 to 100; few: under 20, empty ones included
    - skewness: third central moment over the cube of the standard deviation (both divided by N)
    - outlying: more than 3 IQR below the first or above the third quartile (Tukey's outer
      fences); the score is how many IQR. Of a skewed target, many are no mistakes
    - items on multiples of 5 and of 10: beside the share of the integers in the range that are;
      many more of them tell that people rounded

    Range
    -----
    Shares 0 to 1; imbalance ratios 1 or more, lower is better; effective bins 1 to B, evenness 0
    to 1, higher is better. A sparse share of 0 is better than any other.

    Undefined
    ---------
    Not measured with fewer than 20 targets, or when all are one number. Shares of multiples,
    unless targets are integers that span 20 or more. Outlying targets, when the quartiles are one
    number. With fewer than 5 B items, effective bins and evenness read low of a source.

    Not comparable
    --------------
    Everything by bin between datasets whose bins differ, and between datasets of different size:
    shots and sparse stretches count items, and the width of a bin follows the size.

    Parameters
    ----------
    targets
        Number of each item, NaN when unlabelled, shape ``(n_samples,)``.
    splits
        Split of each item; all are counted in the bins of the dataset.

    Returns
    -------
    Values of the whole dataset; tables by bin, of sparse stretches, of quantiles, and by split;
    the outlying targets.

    Raises
    ------
    MissingInputError
        With fewer than 20 targets, or when all are one number.

    References
    ----------
    Yang et al. (2021), "Delving into deep imbalanced regression", ICML. Freedman and Diaconis
    (1981), "On the histogram as a density estimator". Tukey (1977), Exploratory data analysis.

    Examples
    --------
    >>> ages = np.repeat([20.0, 21, 22], [30, 50, 20])
    >>> found = target_distribution(ages, Splits((), np.full(100, -1, dtype=np.int32)))
    >>> {value.name: value.value for value in found.values}["bin_imbalance_ratio"]
    2.5
    """
    known = np.sort(targets[np.isfinite(targets)])
    _check(known)
    low, high = (float(end) for end in np.quantile(known, (0.25, 0.75)))
    outlying, ranking = outlying_targets(targets, low, high)
    within = beyond_middle(known, low, high) <= FENCE
    binned = known[within] if (~within).sum() <= MOST_LEFT_OUT * len(known) else known
    bins = target_bins(binned)
    counts = bins.count(known)
    everything = Part("all items", known, counts)
    thin = sparse_table(bins, counts)
    tables = [bin_table(bins, counts), thin]
    parts = [everything, *_parts(targets, splits, bins)]
    tables.append(quantile_table(parts))
    if len(parts) > 1:
        tables += [split_table(parts[1:]), bins_by_split_table(bins, parts[1:])]
    return Findings(
        values=(*target_values(known, binned, bins, counts), outlying),
        tables=tuple(tables),
        rankings=(ranking,),
        notes=(
            *_notes(thin, binned, bins),
            *_left_out(len(known) - int(counts.sum()), int(np.isinf(targets).sum())),
        ),
        parameters={
            "bin_rule": bins.rule,
            "many": MANY,
            "few": FEW,
            "lds_size": SIZE,
            "lds_sigma": SIGMA,
            "fence_iqr": FENCE,
            "most_left_out": MOST_LEFT_OUT,
        },
    )


def _check(known: NDArray[np.float64]) -> None:
    """Refuse targets that have no distribution to speak of."""
    if len(known) < FEW:
        raise MissingInputError(
            f"{len(known):,} items have a target; a distribution takes {FEW} or more"
        )
    if known[0] == known[-1]:
        raise MissingInputError(f"every target is {known[0]:.6g}: nothing is distributed")
    with np.errstate(over="ignore"):
        span = known[-1] - known[0]
    if not SMALLEST_SPAN < span < LARGEST_SPAN:
        raise MissingInputError(
            f"targets from {known[0]:.3g} to {known[-1]:.3g} are too {_extreme(span)} to be binned"
        )


def _extreme(span: float) -> str:
    return "close" if span < 1 else "far apart"


def _parts(targets: NDArray[np.float64], splits: Splits, bins: TargetBins) -> list[Part]:
    """Return the targets of each split, and of the items in none."""
    parts = []
    for code, name in [*enumerate(splits.names), (-1, "(no split)")]:
        chosen = targets[splits.codes == code]
        chosen = np.sort(chosen[np.isfinite(chosen)])
        if splits.names and (code >= 0 or len(chosen)):
            parts.append(Part(name, chosen, bins.count(chosen)))
    return parts


def _notes(thin: Table, binned: NDArray[np.float64], bins: TargetBins) -> tuple[str, ...]:
    """Return where the target is thin, and what stands in the way of its bins."""
    notes = []
    if thin.rows:
        total = sum(float(row[3] or 0) for row in thin.rows)
        widest = ", ".join(
            f"{row[0]:.6g} to {row[1]:.6g} ({row[4]:,} items)" for row in thin.rows[:N_NAMED]
        )
        more = ", ..." if len(thin.rows) > N_NAMED else ""
        notes.append(
            f"{100 * total:.3g} % of the target's range has fewer than {FEW} items a bin, after "
            f"smoothing: {widest}{more}"
        )
    asked = (binned[-1] - binned[0]) / wanted_width(binned)
    if bins.rule != ONE_A_VALUE and asked > STRETCHED * MAX_BINS:
        notes.append(
            "bins are wider than they should be, because the range is far longer than where most "
            "targets lie: see the outlying targets"
        )
    return tuple(notes)


def _left_out(n_outlying: int, n_infinite: int) -> tuple[str, ...]:
    """Return what is in no bin."""
    notes = []
    if n_outlying:
        notes.append(f"outlying targets in no bin: {n_outlying:,}; look at them first")
    if n_infinite:
        notes.append(f"infinite targets, counted nowhere: {n_infinite:,}")
    return tuple(notes)
