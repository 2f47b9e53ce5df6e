"""The audited rate by class and by split."""

import numpy as np
from numpy.typing import NDArray

from labelaudit.inputs.verdicts import JudgedLabels
from labelaudit.report import Table
from labelaudit.statistics.domain_rates import LEAST, DomainRates, domain_rates
from labelaudit.statistics.label_fit import WRONG, Fit
from labelaudit.tabulate import ranked_table

N_NAMED = 10


def rates_by(
    verdicts: JudgedLabels,
    drawn: list[NDArray[np.int32]],
    judged: NDArray[np.int32],
    today: NDArray[np.int32],
    n: int,
) -> tuple[DomainRates, NDArray[np.int64], NDArray[np.int64]]:
    """Return the rate of each domain today, its items, and how many are known to be wrong.

    A sample speaks of the items that it did not draw; those of them that were judged otherwise,
    in a list of suspects or in another sample, are taken off with the errors that they had.

    Parameters
    ----------
    verdicts
        What was judged.
    drawn
        Domain of each judged item of each sample when it was drawn.
    judged
        Domain of each of all judged items when it was judged.
    today
        Domain of each item of the dataset, ``-1`` for none.
    n
        Number of domains.
    """
    then = np.concatenate([sample.items.then for sample in verdicts.samples])
    known = then > Fit.UNKNOWN
    weights = np.concatenate(_weights(verdicts))
    codes = np.where(known, np.concatenate(drawn), -1).astype(np.int32)
    rest = domain_rates(codes, weights, np.isin(then, WRONG), n)
    inside = today >= 0
    items = np.bincount(today[inside], minlength=n)
    wrong = np.bincount(today[inside & verdicts.wrong], minlength=n)
    open_ = items - wrong - np.bincount(today[inside & verdicts.fine], minlength=n)
    others, others_wrong = _judged_otherwise(verdicts, drawn, judged, n)

    def of_all(share: NDArray[np.float64]) -> NDArray[np.float64]:
        errors = np.clip(share * (open_ + others) - others_wrong, 0, open_)
        errors[(open_ == 0) & (items > 0)] = 0
        rates: NDArray[np.float64] = (wrong + errors) / np.maximum(items, 1)
        return rates

    shares, low, high = (of_all(share) for share in (rest.shares, rest.low, rest.high))
    return DomainRates(judged=rest.judged, shares=shares, low=low, high=high), items, wrong


def _judged_otherwise(
    verdicts: JudgedLabels, drawn: list[NDArray[np.int32]], judged: NDArray[np.int32], n: int
) -> NDArray[np.float64]:
    """Return how many items of each domain a sample could have drawn, did not, and were judged.

    Returns
    -------
    These items and how many of them were wrong, ``(2, n)``; of several samples the mean, weighted
    by judgements.
    """
    total, n_judgements = np.zeros((2, n)), 0
    for sample, codes in zip(verdicts.samples, drawn, strict=True):
        weight = int((sample.items.then > Fit.UNKNOWN).sum())
        later, fits = judged[sample.before :], verdicts.items.then[sample.before :]
        counts = _known_and_wrong(later, fits, n) - _known_and_wrong(codes, sample.items.then, n)
        total += weight * np.maximum(counts, 0)
        n_judgements += weight
    return total / max(n_judgements, 1)


def _known_and_wrong(codes: NDArray[np.int32], fits: NDArray[np.int8], n: int) -> NDArray[np.int64]:
    inside = codes >= 0
    ways = (fits > Fit.UNKNOWN, np.isin(fits, WRONG))
    return np.stack([np.bincount(codes[inside & way], minlength=n) for way in ways])


def _weights(verdicts: JudgedLabels) -> list[NDArray[np.float64]]:
    """Return for how many unjudged items each judged one of each sample stands."""
    counts = [
        np.bincount(sample.strata[sample.items.then > Fit.UNKNOWN], minlength=len(sample.sizes))
        for sample in verdicts.samples
    ]
    total = sum(int(judged.sum()) for judged in counts)
    weights = []
    for sample, judged in zip(verdicts.samples, counts, strict=True):
        each = (sample.sizes - judged) / np.maximum(judged, 1) * judged.sum() / max(total, 1)
        weights.append(np.maximum(each, 0)[sample.strata])
    return weights


def rate_table(
    name: str,
    names: tuple[str, ...],
    found: tuple[DomainRates, NDArray[np.int64], NDArray[np.int64]],
) -> Table:
    """Return a row a class or split, the highest rate first, those without one last."""
    rates, items, wrong = found
    columns = (
        (name, "", names),
        ("items", "count", items),
        ("judged", "count", rates.judged),
        ("wrong_today", "count", wrong),
        ("rate", "share", rates.shares),
        ("low", "share", rates.low),
        ("high", "share", rates.high),
    )
    order = np.lexsort((np.arange(len(names)), -np.nan_to_num(rates.shares, nan=-1.0)))
    return ranked_table(f"per_{name}", f"Audited error rate by {name}", columns, order)


def tail_note(names: tuple[str, ...], rates: DomainRates, items: NDArray[np.int64]) -> str:
    """Name the classes that so few judgements say nothing of; empty when there are none."""
    tail = np.flatnonzero(np.isnan(rates.shares) & (items > 0))
    if not len(tail):
        return ""
    named = ", ".join(names[code] for code in tail[:N_NAMED])
    more = f" and {len(tail) - N_NAMED:,} more" if len(tail) > N_NAMED else ""
    return (
        f"{len(tail):,} of {len(names):,} classes cannot be judged from fewer than {LEAST} items: "
        f"{named}{more}."
    )
