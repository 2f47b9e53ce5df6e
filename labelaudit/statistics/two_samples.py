"""Whether two samples of vectors can be told apart: a classifier's two-sample test."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.statistics.intervals import Z_95, wilson

RIDGES: Final = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoSampleTest:
    """How well a classifier tells two samples apart that it was not fitted on.

    Attributes
    ----------
    n
        Items it was tested on, half of them of each sample.
    accuracy, low, high
        Share that it puts into the right sample, and its 95 % Wilson interval; 0.5 is chance.
    z
        The accuracy in standard deviations from chance.
    p_value
        One-sided, that a coin does as well: exact, or by t over groups of items.
    auc, auc_low, auc_high
        Probability that it ranks an item of each right, and its 95 % interval; 0.5 is chance.
    """

    n: int
    accuracy: float
    low: float
    high: float
    z: float
    p_value: float
    auc: float
    auc_low: float
    auc_high: float


def classifier_test(
    one: NDArray[np.float64],
    other: NDArray[np.float64],
    units: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
) -> TwoSampleTest:
    """Return the test from held-out scores of two samples of one size, the second's to be above 0.

    A score of 0 is a mistake, whichever sample it is of.

    Parameters
    ----------
    one, other
        Scores of the two samples.
    units
        Group of each item of the two, where groups were drawn and not items: the intervals and
        the p-value are then by how far the groups are apart, as Obuchowski's are.

    References
    ----------
    Lopez-Paz and Oquab, Revisiting classifier two-sample tests, ICLR 2017. DeLong, DeLong and
    Clarke-Pearson, Comparing the areas under two or more correlated receiver operating
    characteristic curves, Biometrics 44, 1988, for the interval. Obuchowski, Nonparametric
    analysis of clustered ROC curve data, Biometrics 53, 1997.
    """
    from scipy.stats import t

    n = len(one) + len(other)
    is_right = np.concatenate([one < 0, other > 0])
    right = int(is_right.sum())
    z, _, p_value = accuracy_test(right, n)
    low, high = (float(end) for end in wilson(right, n))
    auc, auc_low, auc_high = auc_interval(one, other)
    if units is not None:
        groups = np.concatenate(units)
        freedom = len(np.unique(groups)) - 1
        reach = float(t.isf(0.025, freedom))
        accuracy = right / n
        error = _grouped_error((is_right - accuracy) / n, groups)
        z = (accuracy - 0.5) / (error or _grouped_error((is_right - 0.5) / n, groups))
        p_value = float(t.sf(z, freedom))
        low = max(min(accuracy - reach * error, low), 0.0)
        high = min(max(accuracy + reach * error, high), 1.0)
        below_other, above_one = _placements(one, other)
        parts = np.concatenate([(above_one - auc) / len(one), (below_other - auc) / len(other)])
        half = reach * _grouped_error(parts, groups)
        auc_low, auc_high = max(auc - half, 0.0), min(auc + half, 1.0)
    return TwoSampleTest(
        n=n,
        accuracy=right / n,
        low=low,
        high=high,
        z=z,
        p_value=p_value,
        auc=auc,
        auc_low=auc_low,
        auc_high=auc_high,
    )


def _grouped_error(parts: NDArray[np.float64], groups: NDArray[np.int64]) -> float:
    """Return the standard error of a sum of parts, each group of which counts as one draw."""
    _, inverse = np.unique(groups, return_inverse=True)
    sums = np.bincount(inverse, parts)
    return math.sqrt(len(sums) / max(len(sums) - 1, 1) * float(sums @ sums))


def accuracy_test(right: int, n: int) -> tuple[float, float, float]:
    """Return z, and the normal and the exact p-value of getting so many right of n by tossing.

    Examples
    --------
    >>> [round(number, 6) for number in accuracy_test(540, 1000)]
    [2.529822, 0.005706, 0.006222]
    """
    from scipy.stats import binom, norm

    z = (right / n - 0.5) / math.sqrt(0.25 / n)
    return z, float(norm.sf(z)), float(binom.sf(right - 1, n, 0.5))


def auc_interval(
    one: NDArray[np.float64], other: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Return the probability that a score of the second sample is above one of the first.

    Ties count half. Its 95 % interval is DeLong's, cut at 0 and 1.
    """
    below_other, above_one = _placements(one, other)
    auc = float(below_other.mean())
    variance = sum(
        part.var(ddof=1) / len(part) if len(part) > 1 else 0.25 for part in (below_other, above_one)
    )
    half = Z_95 * math.sqrt(variance)
    return auc, max(auc - half, 0.0), min(auc + half, 1.0)


def _placements(
    one: NDArray[np.float64], other: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what share of the first is below each of the second, and of the second above."""
    from scipy.stats import rankdata

    n, m = len(one), len(other)
    ranks = rankdata(np.concatenate([one, other]))
    return (ranks[n:] - rankdata(other)) / n, 1 - (ranks[:n] - rankdata(one)) / m


def cross_scores(
    vectors: NDArray[np.floating], is_other: NDArray[np.bool_], fold: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the log odds that each item is of the other sample, by a fit on the other fold.

    The classifier is a linear discriminant with a ridge, both samples weighing the same.

    Parameters
    ----------
    vectors
        Both samples, shape ``(n, n_features)``.
    is_other
        Whether each item is of the second sample.
    fold
        Its fold; each fold with items of both samples.
    """
    scores = np.empty(len(vectors))
    for held_out in (False, True):
        scores[fold == held_out] = _scores(
            vectors[fold != held_out], is_other[fold != held_out], vectors[fold == held_out]
        )
    return scores


def _scores(
    vectors: NDArray[np.floating], is_other: NDArray[np.bool_], asked: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return log odds of some vectors, the ridge being that which ranks one half best by the rest.

    A shift can lie in directions of little variance, so the ridge goes down to next to nothing.
    """
    first = np.where(is_other, np.cumsum(is_other), np.cumsum(~is_other)) % 2 == 0
    learned, checked = _Discriminants(vectors[first], is_other[first]), ~first
    aucs = []
    for ridge in RIDGES:
        scores = learned(vectors[checked], ridge)
        aucs.append(auc_interval(scores[~is_other[checked]], scores[is_other[checked]])[0])
    return _Discriminants(vectors, is_other)(asked, RIDGES[int(np.argmax(aucs))])


class _Discriminants:
    """Linear discriminants of two samples of one weight, one for each ridge.

    Parameters
    ----------
    vectors
        Shape ``(n, n_features)``.
    is_other
        Whether each is of the second sample.
    """

    def __init__(self, vectors: NDArray[np.floating], is_other: NDArray[np.bool_]) -> None:
        sides = [vectors[~is_other].astype(np.float64), vectors[is_other].astype(np.float64)]
        one, other = (side.mean(axis=0) for side in sides)
        self._middle, between = (one + other) / 2, other - one
        scatter = sum(
            (side - mean).T @ (side - mean) / (2 * len(side))
            for side, mean in zip(sides, (one, other), strict=True)
        )
        values, self._axes = np.linalg.eigh(scatter)
        self._values = np.maximum(values, 0)
        self._between = self._axes.T @ between

    def __call__(self, asked: NDArray[np.floating], ridge: float) -> NDArray[np.float64]:
        """Return the log odds of the second sample, a multiple of the mean variance added."""
        spread = self._values + ridge * max(float(self._values.mean()), 1e-12)
        found: NDArray[np.float64] = (asked - self._middle) @ (
            self._axes @ (self._between / spread)
        )
        return found


def main_components(
    vectors: NDArray[np.floating], n_components: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean of some vectors and their directions of most variance, in columns."""
    center = vectors.mean(axis=0, dtype=np.float64)
    centered = vectors - center
    _, axes = np.linalg.eigh(centered.T @ centered)
    return center, axes[:, ::-1][:, :n_components]
