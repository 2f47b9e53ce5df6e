"""How a verdict and a limit are said and drawn: the one place of their words and signs."""

from collections.abc import Iterable
from typing import Final

from labelaudit.limits import Judgement, Verdict, judged, starting_limits
from labelaudit.parts import EVERY
from labelaudit.render import text
from labelaudit.report import Limit, Mode, Report, Value

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
# Shapes on a square of 12 by 12, filled by the even-odd rule and told apart without color: a check
# mark, a triangle with an exclamation mark, a disc with a cross, a dash, and an empty ring.
SHAPES: Final[dict[Verdict, str]] = {
    "pass": "M.9 6.6 2.4 5.1 4.8 7.5 9.8 1.9 11.3 3.3 4.8 10.5Z",
    "check": "M6 .4 11.9 11.3H.1ZM5.2 4.2V7.7H6.8V4.2ZM5.2 8.6V10.1H6.8V8.6Z",
    "fail": "M6 .2A5.8 5.8 0 1 1 6 11.8 5.8 5.8 0 1 1 6 .2ZM3.3 4.4 4.9 6 3.3 7.6 4.4 8.7 6 7.1 "
    "7.6 8.7 8.7 7.6 7.1 6 8.7 4.4 7.6 3.3 6 4.9 4.4 3.3Z",
    "n/a": "M2 5.2H10V6.8H2Z",
    "not measured": "M6 .6A5.4 5.4 0 1 1 6 11.4 5.4 5.4 0 1 1 6 .6ZM6 2.1A3.9 3.9 0 1 0 6 9.9 3.9 "
    "3.9 0 1 0 6 2.1Z",
}
TALLIED: Final[dict[Verdict, str]] = {
    "fail": "not kept",
    "check": "to check",
    "pass": "kept",
    "not measured": "not measured",
    "n/a": "n/a",
}
MODES: Final[dict[Mode, str]] = {
    "block": "a gate fails by a limit only where the whole interval is beyond it.",
    "assure": "a gate passes a limit only where the whole interval is within it.",
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


def tally_of(report: Report) -> str:
    """Return how many limits of a report have each verdict, or that only a gate judges them."""
    judgements = judged(report)
    if not judgements and (report.limits or report.policy.findings):
        return "limits for a gate alone"
    return tally(judgements)


def whose(report: Report) -> str:
    """Say whose limits a report is held against; empty without any."""
    if report.policy.source:
        return f"those of {text.visible(report.policy.source)}"
    if not report.limits:
        return ""
    if report.limits == starting_limits(report.dataset.task, report.measures):
        return "labelaudit's starting ones"
    return "the dataset's own"


def part_of(limit: Limit) -> str:
    """Return the class or split that a limit is on: ``class cat``, ``every split``, or empty."""
    for kind, name in (("class", limit.class_name), ("split", limit.split)):
        if name is not None:
            return f"every {kind}" if name == EVERY else f"{kind} {text.visible(name)}"
    return ""


def of_gate(report: Report) -> tuple[str, ...]:
    """Say in sentences what a policy asks for beside limits on numbers; empty without a policy."""
    policy = report.policy
    if not policy.source:
        return ()
    modes = sorted({limit.mode for limit in report.limits} - {policy.mode})
    counted = ", ".join(f"{text.visible(rule)} {most:,}" for rule, most in policy.findings.items())
    rises = [limit for limit in report.limits if limit.rise_at_most is not None]
    rising = ", ".join(text.visible(f"{limit.measure}.{limit.value}") for limit in rises)
    said = [
        f"Its mode is {policy.mode}: {MODES[policy.mode]}",
        *(f"Some of its limits are in mode {mode}: {MODES[mode]}" for mode in modes),
        f"It allows so many findings: {counted}." if counted else "",
        f"It limits the rise since a baseline, which only a gate can judge, of: {rising}."
        if rising
        else "",
    ]
    return tuple(filter(None, said))
