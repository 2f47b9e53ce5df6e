"""How a verdict and a limit are said and drawn: the one place of their words and signs."""

from collections.abc import Iterable
from typing import Final

from labelaudit.limits import Judgement, Verdict, starting_limits
from labelaudit.render import text
from labelaudit.report import Limit, Report, Value

WORDS: Final[dict[Verdict, str]] = {
    "pass": "PASS",
    "check": "CHECK",
    "fail": "FAIL",
    "n/a": "n/a",
    "not measured": "not measured",
}
# For where nothing can be drawn; each is in the fonts of a terminal.
SIGNS: Final[dict[Verdict, str]] = {
    "pass": "\N{CHECK MARK}",
    "check": "!",
    "fail": "\N{MULTIPLICATION X}",
    "n/a": "\N{EN DASH}",
    "not measured": "?",
}
# Strokes on a square of 12 by 12, told apart without color: a check mark, an exclamation mark, a
# cross, a dash, and brackets with nothing between.
STROKES: Final[dict[Verdict, str]] = {
    "pass": "M1.5 6.5L4.75 9.75L10.5 2.5",
    "check": "M6 1.25V7.25M6 9.75V10.75",
    "fail": "M2 2L10 10M10 2L2 10",
    "n/a": "M2.5 6H9.5",
    "not measured": "M3 2.5H1.5V9.5H3M9 2.5H10.5V9.5H9",
}
TALLIED: Final[dict[Verdict, str]] = {
    "fail": "not kept",
    "check": "to check",
    "pass": "kept",
    "not measured": "not measured",
    "n/a": "n/a",
}
SHARES: Final = frozenset({"rate", "share"})


def bound(limit: Limit, found: Value | None = None) -> str:
    """Return a limit as it is printed beside a number: ``0``, ``≤ 5%``, ``≥ 0.667``.

    Parameters
    ----------
    limit
        The limit.
    found
        The number that it is for, whose unit it has; without one, its name says the unit.
    """
    of_share = limit.of_items or limit.value.rpartition("_")[2] in SHARES
    unit = "share" if of_share or (found is not None and found.unit == "share") else ""
    low, high = (
        None if end is None else text.number(end, unit) for end in (limit.at_least, limit.at_most)
    )
    if low is not None and high is not None:
        return low if low == high else f"{low} to {high}"
    if high is not None:
        return high if limit.at_most == 0 else f"\N{LESS-THAN OR EQUAL TO} {high}"
    return "" if low is None else f"\N{GREATER-THAN OR EQUAL TO} {low}"


def tally(judgements: Iterable[Judgement]) -> str:
    """Return how many limits have each verdict, such as ``11 limits: 1 not kept, 10 kept``."""
    verdicts = [judgement.verdict for judgement in judgements]
    if not verdicts:
        return "no limits are set"
    parts = [
        f"{verdicts.count(verdict):,} {said}"
        for verdict, said in TALLIED.items()
        if verdict in verdicts
    ]
    return f"{text.counted(len(verdicts), 'limit')}: {', '.join(parts)}"


def whose(report: Report) -> str:
    """Say whose limits a report is held against; empty without any."""
    if not report.limits:
        return ""
    if report.limits == starting_limits(report.dataset.task, report.measures):
        return "labelaudit's starting ones"
    return "the dataset's own"
