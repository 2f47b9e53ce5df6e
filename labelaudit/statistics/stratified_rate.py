"""The rate of errors from stratified samples that people judged, with its interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelaudit.statistics.weighted_share import weighted_share


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Audit:
    """One drawn sample with what was judged of it.

    Attributes
    ----------
    sizes
        Items of each stratum when it was drawn, shape ``(n_strata,)``.
    judged, wrong
        Items of each stratum whose verdict is known, and how many of them were wrong when the
        sample was drawn, shape ``(n_strata,)``.
    before
        What was judged before, and so left out of the strata.
    """

    sizes: NDArray[np.int64]
    judged: NDArray[np.int64]
    wrong: NDArray[np.int64]
    before: "Known"


@dataclass(frozen=True, slots=True)
class Known:
    """Items that were judged, and how many of them are wrong."""

    judged: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share of the items, with the ends of its 95 % interval."""

    share: float
    low: float
    high: float


def rate_today(audits: Sequence[Audit], then: Known, now: Known, n_items: int) -> Estimate:
    """Estimate a rate from audits of a finite population that has been corrected since.

    An audit a, of strata of N_h items with x_h wrong of n_h judged, puts the errors that there
    were at ``wrong before + sum N_h x_h / n_h``. What is left of them without the judged items is
    the rate of the rest. Audits count in proportion to their judgements. Judged items count with
    what is known of them today, the others with the rate of the rest.

    The interval is that of a weighted share (`weighted_share`), each end of which is conservative
    by itself: the strata of all audits are strata of one share, with the weight of their audit.

    Parameters
    ----------
    audits
        One or more samples, each with a judged item in every stratum.
    then, now
        All judged items, those wrong when they were drawn and those wrong today.
    n_items
        Items today, the judged among them.

    References
    ----------
    Cochran, Sampling Techniques, 1977, chapter 5.

    Examples
    --------
    Two strata of 500 and 9,500 items, of which 96 and 2 in 200 were wrong:

    >>> audit = Audit(
    ...     sizes=np.array([500, 9500]),
    ...     judged=np.array([200, 200]),
    ...     wrong=np.array([96, 2]),
    ...     before=Known(0, 0),
    ... )
    >>> known = Known(400, 98)
    >>> found = rate_today([audit], known, known, 10_000)
    >>> [round(number, 4) for number in (found.share, found.low, found.high)]
    [0.0335, 0.0215, 0.056]
    """
    rests = [int(audit.sizes.sum()) + audit.before.judged - then.judged for audit in audits]
    with_rest = [(audit, n_rest) for audit, n_rest in zip(audits, rests, strict=True) if n_rest > 0]
    n_judgements = sum(int(audit.judged.sum()) for audit, _ in with_rest)
    rest_now = max(n_items - now.judged, 0)
    if rest_now and not with_rest:  # all were judged, and these came since: nothing is known
        rest, low, high = then.wrong / max(then.judged, 1), 0.0, 1.0
    elif not with_rest:
        rest, low, high = 0.0, 0.0, 0.0
    else:
        rest, low, high = _rest(with_rest, then, n_judgements)
    rates = (now.wrong + rest_now * min(max(end, 0.0), 1.0) for end in (rest, low, high))
    return Estimate(*(errors / n_items for errors in rates))


def _rest(
    audits: Sequence[tuple[Audit, int]], then: Known, n_judgements: int
) -> tuple[float, float, float]:
    """Return the rate of the items that no one judged, and the ends of its interval."""
    weights, known = [], 0.0
    for audit, n_rest in audits:
        weight = int(audit.judged.sum()) / n_judgements / n_rest
        weights.append(weight * audit.sizes)
        known += weight * (audit.before.wrong - then.wrong)
    drawn = np.concatenate(weights)
    judged, wrong, sizes = (
        np.concatenate([getattr(audit, name) for audit, _ in audits])
        for name in ("judged", "wrong", "sizes")
    )
    left = np.maximum(1 - judged / sizes, 0)
    found = weighted_share(wrong, judged, drawn / drawn.sum(), left)
    rest, low, high = (share * float(drawn.sum()) + known for share in found)
    return rest, low, high


def to_halve(n_judged: int, n_items: int) -> int:
    """Return how many more judgements, drawn alike, make an interval about half as wide.

    With n of N items judged, the variance is in proportion to ``1 / n - 1 / N``; a quarter of it
    takes ``n' = 4 / (1 / n + 3 / N)`` judgements.

    Examples
    --------
    >>> to_halve(200, 10_000), to_halve(10, 10), to_halve(0, 10)
    (555, 0, 10)
    """
    if n_judged == 0:
        return n_items
    return math.ceil(4 / (1 / n_judged + 3 / n_items)) - n_judged
