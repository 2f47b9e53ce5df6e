"""What is known of the share of wrong labels of a test set."""

from dataclasses import dataclass

import numpy as np

from labelaudit.inputs.screening import Screening
from labelaudit.measures.benchmark_stability.model_scores import Drawn, Scored


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRate:
    """What is known of the share of wrong labels.

    Attributes
    ----------
    share, low, high
        The rate and its bounds; None where unknown.
    title, covers
        What it is, and what its bounds are.
    unknown
        Why there is none; empty where there is one.
    is_audited
        Whether it comes from a drawn sample that people judged.
    """

    share: float | None = None
    low: float | None = None
    high: float | None = None
    title: str = "Label errors of the test set"
    covers: str = ""
    unknown: str = ""
    is_audited: bool = False


def error_rate(
    scored: Scored, drawn: Drawn | None, screening: Screening | None, reason: str
) -> ErrorRate:
    """Return the audited error rate of the scored items, else a model's range, else why not."""
    if drawn is not None:
        found = drawn.share(scored.is_wrong)
        return ErrorRate(
            share=found.share,
            low=found.low,
            high=found.high,
            title="Label errors of the test set, audited",
            covers="95 % over which items were drawn for people to judge",
            is_audited=True,
        )
    if screening is None:
        return ErrorRate(unknown=f"undefined: {reason}, and no scan suspects any")
    margin = screening.margin[scored.scored]
    judged = ~np.isnan(margin)
    n_judged, n_agreed = int(judged.sum()), int((margin > 0).sum())
    if not n_judged:
        return ErrorRate(unknown="undefined: the scan judged none of the predicted items")
    high = (n_judged - n_agreed) / n_judged
    chance = np.nansum(screening.error_probability[scored.scored]) / n_judged
    tells_errors = 2 * n_agreed >= n_judged
    return ErrorRate(
        share=min(float(chance), high) if tells_errors else None,
        low=0.0,
        high=high,
        title="Label errors of the test set, model-estimated",
        covers="no confidence interval: from none to every label that the model disagrees with",
        unknown="" if tells_errors else "no estimate: the model disagrees with most labels",
    )
