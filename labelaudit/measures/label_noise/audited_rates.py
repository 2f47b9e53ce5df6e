"""The audited rate and its four shares, or why there are none."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.inputs.judged_items import JudgedSample
from labelaudit.inputs.verdicts import JudgedLabels
from labelaudit.report import Value
from labelaudit.statistics.domain_rates import LEAST
from labelaudit.statistics.label_fit import WRONG, Fit
from labelaudit.statistics.stratified_rate import Audit, Known, rate_today
from labelaudit.tabulate import Specification

LEAST_ALIKE: Final = 0.9  # of the items today and of those drawn from, the fewer to the more
MOST_SHARED: Final = 0.5  # of the items of a sample, with larger ones
RATES: Final[tuple[tuple[Specification, tuple[Fit, ...]], ...]] = (
    (("audited_error_rate", "Label errors, audited", "share", "lower"), WRONG),
    (("sole_correct_share", "The given label is right, alone", "share", "higher"), (Fit.SOLE,)),
    (
        ("contained_share", "The given label is right, beside another", "share", "neither"),
        (Fit.CONTAINED,),
    ),
    (
        ("not_contained_share", "Another label is right, the given one is not", "share", "lower"),
        (Fit.NOT_CONTAINED,),
    ),
    (
        ("none_fits_share", "Neither the given nor the suggested label is right", "share", "lower"),
        (Fit.NONE_FITS,),
    ),
)


def audits_of(verdicts: JudgedLabels, counted: tuple[Fit, ...]) -> list[Audit]:
    """Return the samples with how many items of each stratum fitted in one of some ways."""
    audits = []
    for sample in verdicts.samples:
        then, n = sample.items.then, len(sample.sizes)
        audits.append(
            Audit(
                sizes=sample.sizes,
                judged=np.bincount(sample.strata[then > Fit.UNKNOWN], minlength=n),
                wrong=np.bincount(sample.strata[np.isin(then, counted)], minlength=n),
                before=_known(verdicts.items.then[: sample.before], counted),
            )
        )
    return audits


def _known(fits: NDArray[np.int8], counted: tuple[Fit, ...]) -> Known:
    return Known(int((fits > Fit.UNKNOWN).sum()), int(np.isin(fits, counted).sum()))


def of_usable_samples(verdicts: JudgedLabels, n_items: int) -> tuple[JudgedLabels, str]:
    """Leave out the samples that no rate follows from.

    Of samples that share most items only the one with most judgements stays: with one seed, what
    is drawn twice is nearly the same. Others are independent, even where they share some items.

    Returns
    -------
    The verdicts with the other samples, and why there are no others; empty when there are.
    """
    reason = "only listed suspects were judged, which says nothing of the others: draw a sample"
    n_then = n_items + int((verdicts.items.rows < 0).sum())
    usable: list[tuple[int, JudgedSample]] = []
    for at, sample in enumerate(verdicts.samples):
        known = sample.strata[sample.items.then > Fit.UNKNOWN]
        bare = int((np.bincount(known, minlength=len(sample.sizes)) == 0).sum())
        size = int(sample.sizes.sum()) + sample.before
        if bare:
            reason = (
                f"nothing is known of {bare:,} of {len(sample.sizes):,} strata of the sample: "
                "judge the rest of it"
            )
        elif len(known) < min(LEAST, size):
            reason = (
                f"judged items of the sample: {len(known):,}, too few for a rate; judge {LEAST} or "
                "more"
            )
        elif min(size, n_then) < LEAST_ALIKE * max(size, n_then):
            reason = (
                f"there were {size:,} items when the sample was drawn, and there are {n_items:,} "
                "now: draw another"
            )
        else:
            usable.append((at, sample))
    usable.sort(key=lambda found: -len(found[1].items))
    kept: dict[int, JudgedSample] = {}
    taken: set[int] = set()
    for at, sample in usable:
        rows = {row for row in sample.items.rows.tolist() if row >= 0}
        if len(rows & taken) <= MOST_SHARED * len(rows):
            kept[at] = sample
            taken |= rows
    samples = tuple(kept[at] for at in sorted(kept))
    return replace(verdicts, samples=samples), "" if usable else reason


def rates(verdicts: JudgedLabels, n_items: int, reason: str) -> list[Value]:
    """Return the rate and the shares; without a number where there is a reason against it."""
    values = []
    for (name, title, unit, better), counted in RATES:
        value = Value(name=name, title=title, value=None, unit=unit, better=better, note=reason)
        if not reason:
            audits = audits_of(verdicts, counted)
            now = _known(verdicts.today, counted)
            found = rate_today(audits, _known(verdicts.items.then, counted), now, n_items)
            value = replace(
                value,
                value=found.share,
                low=found.low,
                high=found.high,
                interval=_source(sum(int(audit.judged.sum()) for audit in audits), verdicts),
            )
        values.append(value)
    return values


def _source(n_judged: int, verdicts: JudgedLabels) -> str:
    """Say what an interval covers, and from what it comes."""
    people, samples = verdicts.n_reviewers, len(verdicts.samples)
    return (
        f"95 % over what is drawn: {n_judged:,} items judged by {people:,} "
        f"{'person' if people == 1 else 'people'} in {samples:,} "
        f"{'sample' if samples == 1 else 'samples'}"
    )
