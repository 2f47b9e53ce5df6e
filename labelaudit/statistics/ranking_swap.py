"""At which share of wrong labels two models change places."""

import math
from dataclasses import dataclass
from itertools import pairwise

from labelaudit.statistics.intervals import Z_95
from labelaudit.statistics.paired_accuracy import Gap


@dataclass(frozen=True, slots=True)
class Swap:
    """Where two models change places.

    Attributes
    ----------
    prevalence
        Share of wrong labels at which both are equally accurate, in ``[0, 1]``; None when one of
        them is ahead at every share.
    low, high
        Ends of the 95 % set of such shares; None when no share can be one.
    on_clean, on_wrong
        How far the first model is ahead on items with right labels, and on those with wrong ones.
    """

    prevalence: float | None
    low: float | None
    high: float | None
    on_clean: float
    on_wrong: float


def swap_prevalence(on_clean: float, on_wrong: float) -> float | None:
    """Return the share of wrong labels at which two models are equally accurate.

    With the first ahead by dc on items with right labels and by dm on those with wrong ones, it
    is ahead by ``(1 - nu) dc + nu dm`` where a share nu of the labels is wrong. That is 0 at
    ``nu* = dc / (dc - dm)``, which lies in ``[0, 1]`` when dc and dm are of opposite signs, or one
    of them is 0. With equal signs the models keep their order at every share; with both 0 they
    are equal at every one. In either case there is no swap, and None is returned.

    Examples
    --------
    Accuracies of .95 and .94 on right labels, .30 and .45 on wrong ones:

    >>> round(swap_prevalence(0.95 - 0.94, 0.30 - 0.45), 4)
    0.0625
    """
    if on_clean * on_wrong > 0 or on_clean == on_wrong == 0:
        return None
    return on_clean / (on_clean - on_wrong)


def find_swap(gap: Gap, on_wrong: Gap, wrong_share: float, share_variance: float) -> Swap:
    """Return where two models change places, with the set of shares that the data allow.

    The gap D on all items is ``(1 - r) dc + r dm`` where a share r of them has wrong labels, so
    ``dc = (D - r dm) / (1 - r)``, and the gap at a share nu of wrong labels is, but for a positive
    factor, ``g(nu) = D (1 - nu) + dm (nu - r)``. The set is Fieller's: all nu of ``[0, 1]`` with
    ``g(nu)^2 <= 1.96^2 Var g(nu)``, where ``Var g(nu) = (1 - nu)^2 Var D + (nu - r)^2 Var dm +
    2 (1 - nu) (nu - r) Cov(D, dm) + dm^2 Var r``. Items of the subset that dm comes from are among
    those of D, hence ``Cov(D, dm) = Var dm n_m / n``. It needs no normal ratio, and does not break
    where dc is near dm: then it grows to all of ``[0, 1]``. Its ends are given, also where it has
    a hole.

    Parameters
    ----------
    gap
        The gap on all items.
    on_wrong
        The gap on items with wrong labels, of all of these or a sample.
    wrong_share
        Share of the items whose labels are wrong, below 1.
    share_variance
        Variance of that share; 0 where all wrong labels are known.

    References
    ----------
    Fieller, Some problems in interval estimation, Journal of the Royal Statistical Society B 16,
    1954. Northcutt, Athalye and Mueller, Pervasive label errors in test sets, 2021, for the idea.
    """
    on_clean = (gap.value - wrong_share * on_wrong.value) / (1 - wrong_share)
    r, d, m = wrong_share, gap.center, on_wrong.center
    v, w, u = gap.variance, on_wrong.variance, share_variance
    shared = w * min(on_wrong.n / gap.n, 1)
    start, slope = d - m * r, m - d
    z2 = Z_95**2
    low, high = _where_not_positive(
        slope**2 - z2 * (v + w - 2 * shared),
        2 * start * slope + z2 * (2 * v + 2 * r * w - 2 * shared * (1 + r)),
        start**2 - z2 * (v + r**2 * w - 2 * shared * r + m**2 * u),
    )
    prevalence = swap_prevalence(on_clean, on_wrong.value)
    if prevalence is not None:
        low = prevalence if low is None else min(low, prevalence)
        high = prevalence if high is None else max(high, prevalence)
    return Swap(prevalence, low, high, on_clean, on_wrong.value)


def _where_not_positive(
    square: float, linear: float, constant: float
) -> tuple[float | None, float | None]:
    """Return the ends of where a quadratic is not above 0 in ``[0, 1]``; None where it never is."""
    ends = [0.0, *_roots(square, linear, constant), 1.0]
    inside = [
        (start, stop)
        for start, stop in pairwise(ends)
        if _value(square, linear, constant, (start + stop) / 2) <= 0
    ]
    if not inside:
        return None, None
    return inside[0][0], inside[-1][1]


def _value(square: float, linear: float, constant: float, at: float) -> float:
    return (square * at + linear) * at + constant


def _roots(square: float, linear: float, constant: float) -> list[float]:
    """Return the roots of a quadratic inside ``(0, 1)``, in order."""
    inside = linear**2 - 4 * square * constant
    if inside < 0:
        return []
    # Of the two usual forms of a root, each is taken where nothing cancels.
    far = -(linear + math.copysign(math.sqrt(inside), linear)) / 2
    roots = [far / square] if square else []
    roots += [constant / far] if far else []
    return sorted(root for root in roots if 0 < root < 1)
