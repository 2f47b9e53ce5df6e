"""Every two models: how far apart, where they swap, and whether the labels decide."""

import math
from dataclasses import dataclass
from itertools import combinations

from labelaudit.measures.benchmark_stability.doubtful_labels import WrongLabels
from labelaudit.measures.benchmark_stability.error_rate import ErrorRate
from labelaudit.measures.benchmark_stability.model_scores import Drawn, Scored, so_far
from labelaudit.statistics.paired_accuracy import Gap, gap_of, mcnemar
from labelaudit.statistics.ranking_swap import Swap, find_swap, swap_prevalence
from labelaudit.statistics.stratified_rate import Estimate

NOISE, LABELS, LIKELY, DECIDED, UNKNOWN = "no: noise", "no: labels", "likely", "yes", "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two models: how far apart they are, and where they change places.

    Attributes
    ----------
    first, second
        The models; the first is as accurate on the given labels, or more.
    gap
        On the given labels.
    p
        Of McNemar's test.
    corrected
        The gap on corrected labels; None without verdicts.
    swap
        Where they change places; None without labels that are taken to be wrong.
    swap_corrected
        Where they do when those are scored by their right labels; or None.
    decided
        Whether the given labels decide between them, in words.
    """

    first: str
    second: str
    gap: Gap
    p: float
    corrected: Estimate | None
    swap: Swap | None
    swap_corrected: float | None
    decided: str


def pairs(
    scored: Scored, wrong: WrongLabels | None, drawn: Drawn | None, rate: ErrorRate
) -> list[Pair]:
    """Compare every two models."""
    found = []
    for first, second in combinations(range(len(scored.models)), 2):
        one, other = scored.given(first), scored.given(second)
        gap = gap_of(one, other)
        swap, swap_corrected = _swaps(scored, (first, second), gap, wrong)
        found.append(
            Pair(
                first=scored.models[first],
                second=scored.models[second],
                gap=gap,
                p=mcnemar(int((one & ~other).sum()), int((other & ~one).sum())),
                corrected=_corrected(scored, (first, second), gap, drawn),
                swap=swap,
                swap_corrected=swap_corrected,
                decided=decided(gap, rate.high, is_audited=rate.is_audited),
            )
        )
    return found


def decided(gap: Gap, resolution: float | None, *, is_audited: bool) -> str:
    """Say whether given labels, of which some share may be wrong, decide between two models.

    A wrong label that one model alone follows, while the other predicts the right one, moves the
    gap by two items once it is corrected, so that twice the share is the most there can be. What
    no person audited decides nothing for sure: the model may have missed wrong labels.
    """
    if gap.low <= 0 <= gap.high:
        return NOISE
    if resolution is None:
        return UNKNOWN
    if is_audited and gap.low > 2 * resolution:
        return DECIDED
    return LIKELY if gap.low > resolution else LABELS


def _swaps(
    scored: Scored, pair: tuple[int, int], gap: Gap, wrong: WrongLabels | None
) -> tuple[Swap | None, float | None]:
    """Return where two models change places by the given labels, and by corrected ones."""
    if wrong is None or not len(wrong.rows) or wrong.share.share >= 1:
        return None, None
    one, other = (scored.classes[model][wrong.rows] == wrong.labels for model in pair)
    swap = find_swap(gap, gap_of(one, other, wrong.weights), wrong.share.share, wrong.variance)
    if scored.accepted is None or wrong.basis == "suspected":
        return swap, None
    one, other = (scored.accepted[model][wrong.rows] for model in pair)
    return swap, swap_prevalence(swap.on_clean, gap_of(one, other, wrong.weights).value)


def _corrected(
    scored: Scored, pair: tuple[int, int], gap: Gap, drawn: Drawn | None
) -> Estimate | None:
    """Return the gap of two models on corrected labels."""
    if scored.accepted is None:
        return None
    first, second = (scored.shift(model, "corrected") for model in pair)
    if drawn is None:
        change = so_far(scored, pair[0], "corrected") - so_far(scored, pair[1], "corrected")
        judged = Estimate(change, change, change)
    else:
        judged = drawn.mean(lambda items: first(items) - second(items), 2)
    value = gap.value + judged.share
    below = math.hypot(gap.value - gap.low, judged.share - judged.low)
    above = math.hypot(gap.high - gap.value, judged.high - judged.share)
    return Estimate(value, max(value - below, -1), min(value + above, 1))
