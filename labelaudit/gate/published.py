"""An outcome as every format says it: with the numbers of its JSON, and nothing hidden in it."""

from dataclasses import fields, is_dataclass, replace
from typing import Any, cast

from labelaudit.gate.outcome import Outcome
from labelaudit.render.json import SIGNIFICANT_DIGITS, as_published


def as_written(outcome: Outcome) -> Outcome:
    """Return an outcome with its numbers as ``gate.json`` has them.

    Where the report is public, no item is named: the findings are left out, and so are the entries
    of the baseline, whose words name items.

    Parameters
    ----------
    outcome
        Any outcome.
    """
    public = outcome.report.privacy == "public"
    return replace(
        outcome,
        report=as_published(outcome.report),
        rulings=tuple(cast("Any", _rounded(ruling)) for ruling in outcome.rulings),
        findings=() if public else outcome.findings,
        stale=() if public else outcome.stale,
        still_wrong=() if public else outcome.still_wrong,
    )


def _rounded(thing: object) -> object:
    """Return a dataclass and all within it with floats as the JSON of a report has them."""
    if isinstance(thing, float):
        return float(f"{thing:.{SIGNIFICANT_DIGITS}g}") + 0.0
    if is_dataclass(thing):
        changed = {each.name: _rounded(getattr(thing, each.name)) for each in fields(thing)}
        return replace(cast("Any", thing), **changed)
    if isinstance(thing, tuple):
        return tuple(map(_rounded, thing))
    return thing
