"""The numbers of label noise, and what a reader must know of them."""

import numpy as np
from numpy.typing import NDArray

from labelaudit.inputs.label_judgement import Judgement
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.measures.label_noise.label_evidence import Witnesses
from labelaudit.report import Value
from labelaudit.tabulate import Specification, exact_values

NOTEWORTHY = 0.2
DEPENDENT = "Probabilities from embeddings have these votes in them; only others are a second view."
SPECIFICATIONS: tuple[Specification, ...] = (
    ("suspected_errors_count", "Suspected label errors", "count", "lower"),
    ("likely_errors_count", "The likeliest of them", "count", "lower"),
    ("confirmed_errors_count", "Suspected, and confirmed by the neighbors", "count", "lower"),
    ("suspected_errors_share", "Suspected, of the items judged", "share", "lower"),
    ("model_disagreement_share", "The model prefers another class", "share", "neither"),
    ("proven_wrong_count", "Labels proven wrong by copies that disagree", "count", "lower"),
)


def noise_values(
    judgement: Judgement, witnesses: Witnesses | None, certain: int | None
) -> tuple[Value, ...]:
    """Return the estimate, and the counts of what is suspected, confirmed and proven."""
    n_judged, n_suspected = int(judgement.judged.sum()), int(judgement.suspected.sum())
    n_disagreed = int((judgement.margin < 0).sum())
    numbers = {
        "suspected_errors_count": n_suspected,
        "likely_errors_count": int(judgement.likely.sum()),
        "confirmed_errors_count": None if witnesses is None else int(witnesses.outvoted.sum()),
        "suspected_errors_share": n_suspected / n_judged if n_judged else None,
        "model_disagreement_share": n_disagreed / n_judged if n_judged else None,
        "proven_wrong_count": certain,
    }
    notes = {
        "likely_errors_count": "As many as best balance precision and recall.",
        "confirmed_errors_count": DEPENDENT
        if witnesses is not None
        else "There are no embeddings.",
        "model_disagreement_share": "Mistakes of the model and of the labels together.",
        "proven_wrong_count": "" if certain is not None else "No files, so no copies are known.",
    }
    expected = float(np.nansum(judgement.error_probability, dtype=np.float64))
    n_unsupported = n_judged - int((judgement.margin > 0).sum())
    rate = _rate(
        n_judged, n_unsupported, expected if judgement.tells_errors else None, certain or 0
    )
    return (rate, *exact_values(SPECIFICATIONS, numbers, notes))


def _rate(n_judged: int, n_unsupported: int, expected: float | None, certain: int) -> Value:
    """Return the estimate with the range that a model cannot narrow."""
    value = low = high = None
    note = "Estimated by a model, judged by no person: the range is no confidence interval."
    if n_judged:
        low = min(certain, n_judged) / n_judged
        high = max(low, n_unsupported / n_judged)
        if expected is None:
            note = "No estimate: the model disagrees with more than half of the labels."
        else:
            value = min(max(low, expected / n_judged), high)
    return Value(
        name="model_estimated_error_rate",
        title="Label errors, model-estimated",
        value=value,
        unit="share",
        better="lower",
        low=low,
        high=high,
        interval="from labels proven wrong by copies to all that the model disagrees with",
        note=note,
    )


def noise_notes(
    labels: NDArray[np.int32], judgement: Judgement, neighbors: Neighbors | None
) -> tuple[str, ...]:
    """Return the warnings about the numbers."""
    notes = []
    left = int(((labels >= 0) & ~judgement.judged).sum())
    if left:
        notes.append(
            "Labelled items that were not judged, without embedding or alone in their class: "
            f"{left:,}."
        )
    if neighbors is None:
        notes.append("There are no embeddings, so no neighbors confirm what is suspected.")
    disagreed = float((judgement.margin < 0).sum() / max(judgement.judged.sum(), 1))
    if disagreed > NOTEWORTHY:
        notes.append(
            f"The model prefers another class for {disagreed:.0%} of the items: it is weak on this "
            "dataset, or the labels are noisy, and it cannot tell which. Many of the suspected "
            "labels may be right, and the estimate far too low."
        )
    return tuple(notes)
