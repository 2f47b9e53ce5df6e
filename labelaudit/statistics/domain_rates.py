"""Rates of errors in the classes or splits of a stratified sample."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.statistics.intervals import clopper_pearson

LEAST: Final = 10  # judged items of a domain
LEVEL: Final = 0.95  # of all intervals at once


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DomainRates:
    """One rate a domain, NaN where too few items were judged; shape ``(n_domains,)``.

    Attributes
    ----------
    judged
        Items judged.
    shares, low, high
        Share of errors, and an interval of it; all intervals hold at once with 95 %.
    """

    judged: NDArray[np.int64]
    shares: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def domain_rates(
    domains: NDArray[np.int32],
    weights: NDArray[np.float64],
    wrong: NDArray[np.bool_],
    n_domains: int,
) -> DomainRates:
    """Estimate a rate for each domain, from items that were drawn with unequal probability.

    The share of a domain is the weighted one, ``sum w_i e_i / sum w_i``. Its interval is that of
    Korn and Graubard: Clopper and Pearson's for that share of as many judgements as the unequal
    weights leave effective, ``(sum w_i)^2 / sum w_i^2`` (Kish), at a level that Bonferroni makes
    hold for all m judged domains at once, ``1 - .05 / m``.

    Parameters
    ----------
    domains
        Domain of each judged item, ``-1`` for none.
    weights
        How many unjudged items each stands for.
    wrong
        Whether each is wrong.
    n_domains
        Number of domains.

    References
    ----------
    Korn and Graubard, Confidence intervals for proportions with small expected number of
    positive counts estimated from survey data, Survey Methodology 24, 1998.
    """
    known = domains >= 0
    codes, heavy = domains[known], weights[known]
    judged = np.bincount(codes, minlength=n_domains)
    total = np.bincount(codes, heavy, minlength=n_domains)
    squares = np.bincount(codes, heavy**2, minlength=n_domains)
    errors = np.bincount(codes, heavy * wrong[known], minlength=n_domains)
    enough = (judged >= LEAST) & (total > 0)
    shares = np.full(n_domains, np.nan)
    np.divide(errors, total, out=shares, where=enough)
    effective = np.zeros(n_domains)
    np.divide(total**2, squares, out=effective, where=enough)
    level = 1 - (1 - LEVEL) / max(int(enough.sum()), 1)
    low, high = clopper_pearson(np.nan_to_num(shares) * effective, effective, level)
    low[~enough] = high[~enough] = np.nan
    return DomainRates(judged=judged, shares=shares, low=low, high=high)
