"""Which items models get right: by the given labels, by corrected ones, and by all right ones."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelaudit.inputs.judged_items import JudgedItems
from labelaudit.inputs.predictions import Predictions
from labelaudit.inputs.verdicts import JudgedLabels
from labelaudit.statistics.label_fit import RIGHT, WRONG, Fit
from labelaudit.statistics.stratified_rate import Audit, Estimate, Known, rate_today

Shift = Callable[[JudgedItems], NDArray[np.int64]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scored:
    """Models, the most accurate on the given labels first, and the items that they predict.

    Attributes
    ----------
    models
        Their names.
    classes
        Predicted class, ``-1`` for none, shape ``(n_models, n_samples)``.
    labels
        Given class of each item, shape ``(n_samples,)``.
    scored
        Which items have a label and predictions.
    accepted
        Whether people found the predicted class right, shape ``(n_models, n_samples)``; None
        without verdicts.
    judged
        The judged items with their labels of today; None without verdicts.
    """

    models: tuple[str, ...]
    classes: NDArray[np.int32]
    labels: NDArray[np.int32]
    scored: NDArray[np.bool_]
    accepted: NDArray[np.bool_] | None
    judged: JudgedItems | None

    @property
    def n_scored(self) -> int:
        """Number of scored items."""
        return int(self.scored.sum())

    def given(self, model: int) -> NDArray[np.bool_]:
        """Return whether a model predicts the given label of each scored item."""
        right: NDArray[np.bool_] = self.classes[model][self.scored] == self.labels[self.scored]
        return right

    def is_wrong(self, items: JudgedItems) -> NDArray[np.bool_]:
        """Return which judged items are scored and have a wrong label."""
        wrong: NDArray[np.bool_] = self.scored[items.rows] & np.isin(items.then, WRONG)
        return wrong

    def judged_right(self, model: int, items: JudgedItems, scoring: str) -> NDArray[np.bool_]:
        """Return whether a model is right on judged items, by what people found.

        Where they found the label right, so is a prediction of it; with the scoring
        ``"multi-label"`` also one of another class that they found right. Where they found it
        wrong, a prediction is right that is of a class they found right; none is where they
        found none.
        """
        assert self.accepted is not None  # noqa: S101 - the items were judged
        accepted: NDArray[np.bool_] = self.accepted[model][items.rows]
        if scoring == "multi-label":
            return accepted
        is_label = self.classes[model][items.rows] == items.labels
        return np.where(np.isin(items.then, RIGHT), is_label, accepted)

    def shift(self, model: int, scoring: str) -> Shift:
        """Return what tells by how much a judged item's score differs from that by its label."""

        def of(items: JudgedItems) -> NDArray[np.int64]:
            before = self.classes[model][items.rows] == items.labels
            after = self.judged_right(model, items, scoring)
            counts = self.scored[items.rows] & (items.then > Fit.UNKNOWN)
            change: NDArray[np.int64] = (after.astype(np.int64) - before) * counts
            return change

        return of


def scored_models(
    predictions: Predictions, labels: NDArray[np.int32], verdicts: JudgedLabels | None
) -> Scored:
    """Sort models by their accuracy on the given labels, and match predictions to verdicts."""
    scored = (labels >= 0) & (predictions.classes >= 0).all(axis=0)
    right = (predictions.classes[:, scored] == labels[scored]).sum(axis=1)
    order = sorted(range(len(right)), key=lambda model: (-right[model], predictions.models[model]))
    classes = predictions.classes[order]
    accepted = judged = None
    if verdicts is not None:
        rows = np.flatnonzero(verdicts.today != Fit.NOT_JUDGED)
        judged = JudgedItems(rows=rows, then=verdicts.today[rows], labels=labels[rows])
        accepted = np.zeros(classes.shape, dtype=bool)
        items, found = verdicts.accepted
        for model in range(len(classes)):
            accepted[model, items[classes[model, items] == found]] = True
    return Scored(
        models=tuple(predictions.models[model] for model in order),
        classes=classes,
        labels=labels,
        scored=scored,
        accepted=accepted,
        judged=judged,
    )


def drawn_verdicts(
    verdicts: JudgedLabels, scored: Scored, there: NDArray[np.bool_]
) -> "Drawn | None":
    """Return verdicts with usable samples, of items of which ``there`` could be drawn."""
    n_scored = int((scored.scored & there).sum())
    if scored.judged is None or not n_scored:
        return None
    return Drawn(
        verdicts=verdicts, today=scored.judged, n_items=int(there.sum()), n_scored=n_scored
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """Verdicts on drawn samples of a dataset of which some items are scored.

    Attributes
    ----------
    verdicts
        With usable samples, of items that are there.
    today
        All judged items with their labels of today.
    n_items, n_scored
        Items that could be drawn, and those of them that are scored.
    """

    verdicts: JudgedLabels
    today: JudgedItems
    n_items: int
    n_scored: int

    def share(self, holds: Callable[[JudgedItems], NDArray[np.bool_]]) -> Estimate:
        """Estimate the share of the scored items of which something holds that people can tell.

        The estimate is the one of the audited rate. ``holds`` has to be false of items that are
        not scored.
        """
        items = self.verdicts.items
        audits = []
        for sample in self.verdicts.samples:
            n, known = len(sample.sizes), sample.items.then > Fit.UNKNOWN
            found = known & holds(sample.items)
            before = JudgedItems(
                rows=items.rows[: sample.before],
                then=items.then[: sample.before],
                labels=items.labels[: sample.before],
            )
            audits.append(
                Audit(
                    sizes=sample.sizes,
                    judged=np.bincount(sample.strata[known], minlength=n),
                    wrong=np.bincount(sample.strata[found], minlength=n),
                    before=_known(before, holds),
                )
            )
        then, now = _known(items, holds), _known(self.today, holds)
        found_rate = rate_today(audits, then, now, self.n_items)
        scale = self.n_items / max(self.n_scored, 1)
        return Estimate(
            share=min(found_rate.share * scale, 1),
            low=min(found_rate.low * scale, 1),
            high=min(found_rate.high * scale, 1),
        )

    def mean(self, shift: Shift, largest: int) -> Estimate:
        """Estimate the mean over the scored items of what changes with the right labels.

        It is ``sum_k P(shift >= k) - P(shift <= -k)``. The distances from these shares to their
        bounds are added where they are of one sign, and joined as MOVER joins the bounds of a
        difference where they are not.

        Parameters
        ----------
        shift
            Tells of judged items by how much each changes.
        largest
            The largest change there can be.
        """
        levels = range(1, largest + 1)
        up = [self.share(lambda items, at=at: shift(items) >= at) for at in levels]  # type: ignore[misc]
        down = [self.share(lambda items, at=at: shift(items) <= -at) for at in levels]  # type: ignore[misc]
        value = sum(each.share for each in up) - sum(each.share for each in down)
        below = (sum(e.share - e.low for e in up), sum(e.high - e.share for e in down))
        above = (sum(e.high - e.share for e in up), sum(e.share - e.low for e in down))
        return Estimate(value, value - math.hypot(*below), value + math.hypot(*above))


def _known(items: JudgedItems, holds: Callable[[JudgedItems], NDArray[np.bool_]]) -> Known:
    known = items.then > Fit.UNKNOWN
    return Known(int(known.sum()), int((known & holds(items)).sum()))


def so_far(scored: Scored, model: int, scoring: str) -> float:
    """Return by how much the labels corrected so far change the accuracy of a model."""
    assert scored.judged is not None  # noqa: S101 - a shift is of what was judged
    change = scored.shift(model, scoring)(scored.judged)
    return float(change.sum()) / scored.n_scored
