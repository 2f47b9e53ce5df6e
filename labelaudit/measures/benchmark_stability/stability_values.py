"""The error rate of a test set, and the numbers of the two models ahead on it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import ceil, log, log1p
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.measures.benchmark_stability.doubtful_labels import WrongLabels
from labelaudit.measures.benchmark_stability.error_rate import ErrorRate
from labelaudit.measures.benchmark_stability.model_pairs import DECIDED, LIKELY, Pair
from labelaudit.measures.benchmark_stability.model_scores import Scored
from labelaudit.report import EXACT, Value
from labelaudit.statistics.label_fit import Fit
from labelaudit.statistics.paired_accuracy import spread_by_groups
from labelaudit.tabulate import bounded, exact_values

WIDER: Final = 1.1
WHAT_TO_RUN: Final = (
    "labelaudit scan suspects labels, labelaudit review draws a sample of them for people to "
    "judge, and --report takes what a scan suspected"
)
BASES: Final = {
    "audited": "wrong labels that people found in a drawn sample",
    "proven": "wrong labels that people found in a list of suspects, which need not be like the "
    "others",
    "suspected": "labels that a model suspects, a screening: many may be right",
}


def stability_values(
    scored: Scored, pairs: Sequence[Pair], rate: ErrorRate, wrong: WrongLabels | None
) -> tuple[Value, ...]:
    """Return the error rate, the resolution, and the gap and the swap of the two models ahead."""
    leaders = pairs[0]
    names = f"{leaders.first} and {leaders.second}"
    counts = {
        "models_count": len(scored.models),
        "scored_items_count": scored.n_scored,
        "undecided_pairs_count": sum(pair.decided not in (DECIDED, LIKELY) for pair in pairs),
    }
    n_models, n_items, undecided = exact_values(
        (
            ("models_count", "Models", "count", "neither"),
            ("scored_items_count", "Items that they predict", "count", "neither"),
            ("undecided_pairs_count", "Pairs that the labels do not decide", "count", "lower"),
        ),
        counts,
        {"undecided_pairs_count": f"Of {len(pairs):,} {'pair' if len(pairs) == 1 else 'pairs'}."},
        EXACT,
    )
    gap = bounded(
        Value(
            name="leaders_gap",
            title="Gap of the two models ahead, on the given labels",
            value=leaders.gap.value,
            unit="share",
            note=f"{names}, chosen by this very accuracy.",
        ),
        leaders.gap.low,
        leaders.gap.high,
        "95 %, Bonett and Price's for paired data, over test sets drawn alike",
    )
    return (n_models, n_items, *_rate_values(rate), gap, _swap_value(leaders, wrong), undecided)


def _rate_values(rate: ErrorRate) -> tuple[Value, Value]:
    """Return the error rate, and the upper end of what is known of it."""
    share = Value(
        name="label_error_rate",
        title=rate.title,
        value=rate.share,
        unit="share",
        better="lower",
        note=rate.unknown,
    )
    if rate.share is not None and rate.low is not None and rate.high is not None:
        share = bounded(share, rate.low, rate.high, rate.covers)
    resolution = Value(
        name="resolution_share",
        title="Resolution: gaps below it are not decided by the given labels",
        value=rate.high,
        unit="share",
        better="lower",
        no_interval="it is itself an upper end",
        note=f"Upper end of: {rate.title.lower()}. Gaps above twice it are decided whichever model "
        "the wrong labels favor."
        if rate.high is not None
        else "undefined: the error rate is not known",
    )
    return share, resolution


def _swap_value(leaders: Pair, wrong: WrongLabels | None) -> Value:
    """Return the share of wrong labels at which the two models ahead change places."""
    value = Value(
        name="leaders_swap_share",
        title="Share of wrong labels at which the two models ahead swap",
        value=None,
        unit="share",
        better="higher",
    )
    swap = leaders.swap
    if wrong is None or swap is None:
        return replace(value, note="undefined: no label is known or suspected to be wrong")
    basis = BASES[wrong.basis]
    if swap.prevalence is None:
        who = leaders.first if swap.on_clean > 0 or swap.on_wrong > 0 else leaders.second
        why = f"{who} is ahead on right and on wrong labels alike"
        if swap.on_clean == swap.on_wrong == 0:
            why = "the two are equally accurate on right and on wrong labels"
        found = f"undefined: no swap at any prevalence, {why}; from {basis}."
        if swap.low is not None:
            found += " The interval does not rule a swap out."
        return replace(value, note=found)
    value = replace(value, value=swap.prevalence, note=f"From {len(wrong.rows):,} {basis}.")
    covers = "95 %, Fieller's, over test sets drawn alike and over which labels were found wrong"
    return bounded(value, swap.low or 0.0, swap.high or 0.0, covers)


def stability_notes(
    scored: Scored, pairs: Sequence[Pair], rate: ErrorRate, wrong: WrongLabels | None
) -> Iterator[str]:
    """Say what the numbers rest on."""
    if wrong is not None and wrong.basis != "audited":
        yield f"The share at which models swap comes from {BASES[wrong.basis]}."
    if wrong is None and rate.is_audited:
        yield "No judged label of the test set is wrong, so nothing is known of where models swap."
    if rate.high is None:
        yield f"No error rate of these labels is known, so no gap is decided. {WHAT_TO_RUN}."
        needed = judgements_needed(pairs[0].gap.value)
        if needed is not None:
            yield (
                f"For a resolution below the gap of {100 * pairs[0].gap.value:.3g} points, "
                f"{needed:,} drawn labels or more have to be judged, and all of them found right."
            )
    elif not rate.is_audited:
        yield (
            "No drawn sample was judged: the resolution is the upper end of a model's range, which "
            "is wide, and the true error rate can lie above it."
        )
    if scored.judged is not None:
        unfit = scored.scored[scored.judged.rows] & (scored.judged.then == Fit.NONE_FITS)
        if unfit.any():
            yield (
                f"People found neither label right of {int(unfit.sum()):,} items; no prediction of "
                "them counts as right, so accuracies on corrected labels may be too low."
            )


def group_notes(scored: Scored, item_groups: NDArray[np.int32] | None) -> Iterator[str]:
    """Say by how much groups of items widen the interval of the gap of the two models ahead."""
    if item_groups is None:
        return
    groups = item_groups[scored.scored]
    ahead = scored.given(0).astype(np.float64) - scored.given(1)
    times = spread_by_groups(ahead, groups)
    if times > WIDER:
        yield (
            f"Items come in groups, and intervals take them as drawn apart: over groups, that of "
            f"the gap of {scored.models[0]} and {scored.models[1]} is {times:.2g} times as wide."
        )


def judgements_needed(gap: float) -> int | None:
    """Return how many drawn labels, all found right, bring the error rate below a gap.

    With no error among n drawn labels, the error rate is below ``1 - .05^(1 / n)`` with 95 %.

    Examples
    --------
    >>> [judgements_needed(gap) for gap in (0.05, 0.02, 0.01, 0.005, 0.001)]
    [59, 149, 299, 598, 2995]
    """
    if gap <= 0:
        return None
    return ceil(log(0.05) / log1p(-gap)) if gap < 1 else 1
