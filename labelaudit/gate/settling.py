"""What judgements can tell of a rate of label errors, and how many would decide it."""

import math
from dataclasses import dataclass
from typing import Final

from labelaudit.limits import AUDITED, MODEL_ESTIMATED, Judgement
from labelaudit.parts import Kind, parts_of
from labelaudit.report import Limit, Report
from labelaudit.statistics.detectable_rate import (
    detectable_rate,
    judgements_to_certify,
    judgements_to_decide,
)
from labelaudit.statistics.intervals import Z_95

RATES: Final = frozenset({AUDITED, MODEL_ESTIMATED})
LEVEL: Final = 0.95
OF_STRATA: Final = 1.5  # times as many as a simple sample takes, a drawn one takes at most
JUDGED: Final = ("audited_labels", "drawn_judged_count")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """What judgements can tell of a rate.

    Attributes
    ----------
    n_judged
        How many drawn items people judged.
    detectable
        The smallest rate that as many find to be beyond the limit in 80 % of samples; None where
        there is none.
    judgements
        About how many, in all, decide it in 80 % of samples, were the rate as it is estimated;
        None where it is decided, and where no number is enough.
    to_certify
        About how many, drawn as a review draws them, would pass without a wrong label among them.
    """

    n_judged: int = 0
    detectable: float | None = None
    judgements: int | None = None
    to_certify: int


def settled_by(report: Report, judgement: Judgement) -> Settling | None:
    """Return what judgements can tell of a judgement's rate; None where it is no such rate.

    Parameters
    ----------
    report
        The report.
    judgement
        Of one of its limits.
    """
    limit, found = judgement.limit, judgement.found
    if limit.value not in RATES or limit.at_most is None or not 0 < limit.at_most < 1:
        return None
    n_judged, level = _judged(report, judgement)
    tail = (1 - level) / 2
    rate = None if found is None else found.value
    is_open = judgement.verdict in {"check", "not measured"}
    needed = (
        judgements_to_decide(rate, limit.at_most, level) if is_open and rate is not None else None
    )
    if needed is not None and n_judged:
        needed = max(math.ceil(needed * _per_effective(judgement, n_judged)), n_judged + 1)
    detectable = detectable_rate(n_judged, limit.at_most, level) if n_judged else 1.0
    return Settling(
        n_judged=n_judged,
        detectable=None if detectable == 1 else detectable,
        judgements=needed,
        to_certify=math.ceil(OF_STRATA * judgements_to_certify(limit.at_most, level=1 - tail)),
    )


def _judged(report: Report, judgement: Judgement) -> tuple[int, float]:
    """Return how many items were judged for a rate, and the level of its interval."""
    limit = judgement.limit
    if limit.value == MODEL_ESTIMATED:
        return 0, LEVEL
    if not judgement.parts:
        counted = report.value(*JUDGED)
        return (0 if counted is None or counted.value is None else int(counted.value)), LEVEL
    kind: Kind = "split" if limit.class_name is None else "class"
    parts = parts_of(report, limit.measure, limit.value, kind)
    n_rows = sum(part.found is not None for part in parts.listed) if parts is not None else 1
    [worst] = [part for part, _ in judgement.parts if part.found is judgement.found][:1]
    return worst.n_judged or 0, 1 - (1 - LEVEL) / max(n_rows, 1)


def _per_effective(judgement: Judgement, n_judged: int) -> float:
    """Return how many of the judgements so far tell as much as one that is drawn at random."""
    found = judgement.found
    is_whole = not judgement.parts  # parts have wider intervals, as all of them hold at once
    if not is_whole or found is None or found.value is None:
        return 1.0
    if found.low is None or found.high is None:
        return 1.0
    error = (found.high - found.low) / (2 * Z_95)
    variance = found.value * (1 - found.value)
    worth = n_judged * error**2 / variance if variance > 0 and error > 0 else 1.0
    return worth if math.isfinite(worth) else 1.0


def population(report: Report, limit: Limit) -> int | None:
    """Return how many items could be judged; None where that is not known."""
    if limit.class_name is None and limit.split is None:
        return report.dataset.n_items - report.dataset.n_unlabelled
    if limit.class_name is None:
        return report.dataset.splits.get(limit.split or "")
    counts = parts_of(report, "class_imbalance", "count", "class")
    for part in counts.listed if counts is not None else ():
        if part.name == limit.class_name and part.found is not None:
            return int(part.found.value or 0)
    return None
