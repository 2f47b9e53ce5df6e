"""Which labels of a test set are taken to be wrong, and how that is known."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from labelaudit.inputs.judged_items import JudgedItems, JudgedSample
from labelaudit.inputs.screening import Screening
from labelaudit.inputs.verdicts import JudgedLabels
from labelaudit.measures.label_noise.audited_rates import of_usable_samples
from labelaudit.statistics.intervals import Z_95
from labelaudit.statistics.label_fit import WRONG, Fit
from labelaudit.statistics.stratified_rate import Estimate

Basis = Literal["audited", "proven", "suspected"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WrongLabels:
    """Items whose labels are taken to be wrong, and what share of the test set they stand for.

    Attributes
    ----------
    basis
        Found wrong in a drawn sample; found wrong in a list of suspects; or only suspected.
    rows, labels
        Rows of the dataset, and the wrong label of each.
    weights
        How many items of the test set each stands for.
    share
        Share of the items that they stand for, with an interval where a sample was drawn.
    """

    basis: Basis
    rows: NDArray[np.int64]
    labels: NDArray[np.int32]
    weights: NDArray[np.float64]
    share: Estimate

    @property
    def variance(self) -> float:
        """Variance of the share; 0 where it is that of a subset that is known as a whole."""
        return ((self.share.high - self.share.low) / (2 * Z_95)) ** 2


def without_gone(verdicts: JudgedLabels) -> JudgedLabels:
    """Leave out the judged items that are in the dataset no longer: no model predicts them.

    A sample that has nothing left of a stratum is left out too.
    """
    samples = []
    for sample in verdicts.samples:
        here = sample.items.rows >= 0
        n = len(sample.sizes)
        sizes = sample.sizes - np.bincount(sample.strata[~here], minlength=n)
        known = here & (sample.items.then > Fit.UNKNOWN)
        if not np.bincount(sample.strata[known], minlength=n).all():
            continue
        before = int((verdicts.items.rows[: sample.before] >= 0).sum())
        samples.append(
            JudgedSample(
                items=_those(sample.items, here),
                strata=sample.strata[here],
                sizes=sizes,
                before=before,
            )
        )
    items = _those(verdicts.items, verdicts.items.rows >= 0)
    return replace(verdicts, items=items, samples=tuple(samples))


def _those(items: JudgedItems, wanted: NDArray[np.bool_]) -> JudgedItems:
    return JudgedItems(
        rows=items.rows[wanted], then=items.then[wanted], labels=items.labels[wanted]
    )


def usable_verdicts(verdicts: JudgedLabels | None, n_items: int) -> tuple[JudgedLabels | None, str]:
    """Return the verdicts with the samples that a rate follows from, and why there are none."""
    if verdicts is None:
        return None, "no person judged any label"
    usable, reason = of_usable_samples(verdicts, n_items)
    if reason:
        return usable, reason
    usable = without_gone(usable)
    return usable, "" if usable.samples else "the judged items of a stratum are in it no longer"


def audited(
    verdicts: JudgedLabels, share: Estimate, scored: NDArray[np.bool_], labels: NDArray[np.int32]
) -> WrongLabels:
    """Return the labels found wrong in drawn samples, and elsewhere, with what they stand for.

    A judged item of a stratum stands for the unjudged of it with an equal part, and for itself
    while its label is still wrong; one that was judged in no sample stands for itself.
    """
    weights = (verdicts.wrong & scored).astype(np.float64)
    wrong_labels = labels.copy()
    judged = [
        np.bincount(sample.strata[sample.items.then > Fit.UNKNOWN], minlength=len(sample.sizes))
        for sample in verdicts.samples
    ]
    total = sum(int(counts.sum()) for counts in judged)
    for sample, counts in zip(verdicts.samples, judged, strict=True):
        each = np.maximum(sample.sizes - counts, 0) / counts * counts.sum() / total
        wrong = np.isin(sample.items.then, WRONG) & scored[sample.items.rows]
        np.add.at(weights, sample.items.rows[wrong], each[sample.strata[wrong]])
        wrong_labels[sample.items.rows[wrong]] = sample.items.labels[wrong]
    rows = np.flatnonzero(weights > 0)
    return WrongLabels(
        basis="audited", rows=rows, labels=wrong_labels[rows], weights=weights[rows], share=share
    )


def known_wrong(
    basis: Basis, wrong: NDArray[np.bool_], scored: NDArray[np.bool_], labels: NDArray[np.int32]
) -> WrongLabels:
    """Return a subset of the items, each of which stands for itself."""
    rows = np.flatnonzero(wrong & scored)
    share = len(rows) / max(int(scored.sum()), 1)
    return WrongLabels(
        basis=basis,
        rows=rows,
        labels=labels[rows],
        weights=np.ones(len(rows)),
        share=Estimate(share, share, share),
    )


def doubted(
    verdicts: JudgedLabels | None, screening: Screening | None, scored: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which scored labels people found wrong, or a model suspects and nobody found right."""
    found = np.zeros(len(scored), dtype=bool)
    if screening is not None:
        found |= screening.suspected
    if verdicts is not None:
        found = found & ~verdicts.fine | verdicts.wrong
    return found & scored
