"""Limits on how much a number may have risen since a baseline."""

from dataclasses import replace
from typing import Final

from labelaudit.gate.outcome import Ruling
from labelaudit.gate.reasons import HELD, between, why_not_measured
from labelaudit.limits import MODEL_ESTIMATED, Verdict, judgement_of, verdict_of
from labelaudit.render import text
from labelaudit.report import Limit, Report, Value
from labelaudit.statistics.differences import Ends, mover_difference, range_difference

OF_SAMPLES: Final = "95 %"  # how what an interval covers begins; any other is a range
NO_BASELINE: Final = "there is no baseline that it could have risen since: give one with --baseline"
NOT_BEFORE: Final = "the baseline has no such number: update it with --update-baseline"


def risen(limit: Limit, old: Value | None, new: Value | None) -> tuple[Value | None, Verdict]:
    """Return how much a number rose, with its interval, and what a limit says of that.

    The interval is MOVER's of two independent numbers; where the number has a range that is no
    interval of 95 %, it reaches from the least rise to the most.

    Parameters
    ----------
    limit
        A limit on a rise.
    old, new
        The number of the baseline and that of the report; None where there is none.
    """
    first, second = (None if each is None else _ends(each) for each in (old, new))
    if new is None or old is None or first is None or second is None:
        return None, "not measured"
    is_range = new.low is not None and not new.interval.startswith(OF_SAMPLES)
    found = (range_difference if is_range else mover_difference)(first, second)
    has_interval = (new.low, old.low) != (None, None)
    rise = replace(
        new,
        value=found.value,
        low=found.low if has_interval else None,
        high=found.high if has_interval else None,
    )
    return rise, verdict_of(replace(limit, at_most=limit.rise_at_most), rise, 1)


def rise_reason(report: Report, ruling: Ruling, rise: Value | None, *, has_baseline: bool) -> str:
    """Say why a limit on a rise came to what it did."""
    limit, old, new = ruling.limit, ruling.before, ruling.found
    if limit is None or rise is None or old is None or new is None:
        if limit is not None and new is None:
            return why_not_measured(report, judgement_of(report, limit))
        return NOT_BEFORE if has_baseline else NO_BASELINE
    most = replace(limit, at_most=limit.rise_at_most)
    verdict = verdict_of(most, rise, 1)
    how = HELD[verdict]
    if verdict == "check" and limit.value == MODEL_ESTIMATED and not limit.accept_model:
        how = "is only what a model says, beside the limit"
    allowed = text.number(limit.rise_at_most, "share" if rise.unit == "share" else "")
    return f"{between(new)} after {between(old)}: a rise of {between(rise)} {how} of {allowed}"


def _ends(found: Value) -> Ends | None:
    if found.value is None:
        return None
    low, high = (found.value if end is None else end for end in (found.low, found.high))
    return Ends(found.value, low, high)
