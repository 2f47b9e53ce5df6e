"""The numbers of two reports, side by side, and what their difference is worth."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from labelaudit.release.diff.comparable import of_model, other_model, unlike
from labelaudit.release.diff.parts import Change, Direction, Number, OneSided
from labelaudit.release.documents import rounded
from labelaudit.report import Better, MeasureResult, Report, Value
from labelaudit.statistics.differences import Ends, mover_difference, range_difference

EXACT: Final = ("exact", ":")  # how an interval is said not to be needed, and what may follow
OF_SAMPLES: Final = "95 %"  # how what an interval covers begins; any other is a range
MOVER: Final = "95 %, from both intervals (MOVER), as of independent samples"
RANGE: Final = "from the ends of both ranges, which are no intervals of 95 %"


class Known(NamedTuple):
    """A number with the ends of its interval, and what these are."""

    ends: Ends
    is_exact: bool
    is_range: bool


def changes(old: Report, new: Report) -> tuple[Change, ...]:
    """Return every number of the measures that both reports have a result of.

    Parameters
    ----------
    old, new
        The reports.
    """
    other, found = other_model(old, new), []
    for second in new.measures:
        first = old.measure(second.name)
        if first is not None and first.status == second.status == "measured":
            more_items = new.dataset.n_items - old.dataset.n_items
            found += [
                _in_numbers(each, more_items, old.dataset.n_items, new.dataset.n_items)
                for each in _of_measure(first, second, other)
            ]
    return tuple(found)


def one_sided(old: Report, new: Report) -> tuple[OneSided, ...]:
    """Name the measures that have a result in one report only.

    Parameters
    ----------
    old, new
        The reports.
    """
    names = dict.fromkeys(each.name for each in (*new.measures, *old.measures))
    found = []
    for name in names:
        first, second = old.measure(name), new.measure(name)
        known = [each is not None and each.status == "measured" for each in (first, second)]
        if known[0] == known[1]:
            continue
        there, other = (first, second) if known[0] else (second, first)
        found.append(
            OneSided(
                measure=name,
                title=there.title if there is not None else name,
                measured_in="old" if known[0] else "new",
                other="not there" if other is None else other.status,
                reason="" if other is None else other.reason,
            )
        )
    return tuple(found)


def direction(better: Better, difference: float) -> Direction:
    """Say whether a difference is for the better.

    Examples
    --------
    >>> direction("lower", -3), direction("higher", -3), direction("neither", -3)
    ('improved', 'worse', 'moved')
    """
    if better == "neither" or not difference:
        return "moved"
    return "improved" if (difference > 0) == (better == "higher") else "worse"


def finite(number: float) -> float | None:
    """Return a number as a document holds it; None for one that is beyond all bounds."""
    if not math.isfinite(number):
        return None
    return number if isinstance(number, int) else rounded(number)


def _of_measure(old: MeasureResult, new: MeasureResult, other: str) -> Iterator[Change]:
    """Yield the numbers of a measure in the order of the new report, those that are gone last."""
    first = {value.name: value for value in old.values}
    second = {value.name: value for value in new.values}
    reason = unlike(old, new, other)
    for name in {**second, **first}:
        before, now = first.get(name), second.get(name)
        said = now or before
        if said is None:
            continue
        change = Change(
            measure=new.name,
            measure_title=new.title,
            value=name,
            title=said.title,
            unit=said.unit,
            better=said.better,
            old=None if before is None else before.value,
            old_low=None if before is None else before.low,
            old_high=None if before is None else before.high,
            new=None if now is None else now.value,
            new_low=None if now is None else now.low,
            new_high=None if now is None else now.high,
            standing="undefined",
        )
        yield _judged(change, before, now, reason or (other if of_model(new.name, name) else ""))


def _judged(change: Change, old: Value | None, new: Value | None, reason: str) -> Change:
    """Return a change with what it is worth."""
    first, second = _known(old), _known(new)
    if not _is_defined(old) and not _is_defined(new):
        return change
    if old is None or new is None or _is_defined(old) != _is_defined(new):
        missing = new if _is_defined(old) else old
        why = "the other report does not have it" if missing is None else missing.note
        return replace(change, standing="one side", reason=why)
    difference = _difference(change)
    change = replace(change, difference=difference)
    reason = reason or ("" if old.unit == new.unit else "another unit")
    if reason:
        return replace(change, standing="not comparable", reason=reason)
    if first is not None and second is not None:
        return _compared(change, first, second)
    if not difference:
        return _same(change)
    why = new.no_interval or old.no_interval or "the reports give none"
    return replace(change, standing="no interval", reason=why)


def _compared(change: Change, first: Known, second: Known) -> Change:
    """Return a change of numbers of which both reports say how sure they are."""
    if not (first.is_exact and second.is_exact):
        return _estimated(change, first, second)
    if not change.difference:
        return _same(change)
    return replace(change, standing="exact", direction=direction(change.better, change.difference))


def _same(change: Change) -> Change:
    return replace(change, standing="same")


def _estimated(change: Change, first: Known, second: Known) -> Change:
    """Return a change with the interval of its difference, as at least one is an estimate."""
    is_range = first.is_range or second.is_range
    rule = range_difference if is_range else mover_difference
    found = rule(first.ends, second.ends)
    ends = finite(found.low), finite(found.high)
    unchanged = (change.old, change.old_low, change.old_high) == (
        *(change.new, change.new_low, change.new_high),
    )
    if ends[0] is None or ends[1] is None:
        return replace(change, standing="no interval", reason="its ends are out of all bounds")
    change = replace(change, low=ends[0], high=ends[1], interval=RANGE if is_range else MOVER)
    if unchanged:
        return _same(change)
    if ends[0] <= 0 <= ends[1]:
        return replace(change, standing="within")
    return replace(change, standing="beyond", direction=direction(change.better, ends[0]))


def _known(value: Value | None) -> Known | None:
    """Return a number with its ends; None where nothing says how sure it is.

    A number that is undefined may have a range: its middle then stands for it.
    """
    if value is None:
        return None
    if value.low is not None and value.high is not None and value.low <= value.high:
        middle = value.low / 2 + value.high / 2 if value.value is None else value.value
        is_range = value.value is None or not value.interval.startswith(OF_SAMPLES)
        return Known(Ends(middle, value.low, value.high), is_exact=False, is_range=is_range)
    if value.value is not None and _is_exact(value):
        return Known(Ends(value.value, value.value, value.value), is_exact=True, is_range=False)
    return None


def _is_exact(value: Value) -> bool:
    """Tell whether a number was counted: *exact of these splits* says so of a part only."""
    word, sign = EXACT
    return value.no_interval == word or value.no_interval.startswith(word + sign)


def _is_defined(value: Value | None) -> bool:
    return value is not None and (value.value is not None or _known(value) is not None)


def _difference(change: Change) -> Number:
    if change.old is None or change.new is None:
        return None
    return finite(change.new - change.old)


def _in_numbers(change: Change, more_items: int, n_old: int, n_new: int) -> Change:
    """Return a change of a count that more items alone explain as one that moved."""
    if change.unit != "count" or not more_items or change.direction in {"", "moved"}:
        return change
    shares = (change.new or 0) * n_old - (change.old or 0) * n_new
    as_share = direction(change.better, shares)
    return change if as_share == change.direction else replace(change, direction="moved")
