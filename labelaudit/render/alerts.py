"""What a reader must not miss: limits that are not kept, findings of tests, failed measures."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from labelaudit.limits import MODEL_ESTIMATED, Judgement, judged
from labelaudit.render import text
from labelaudit.render.advice import ADVICE, Advice
from labelaudit.render.judgements import bound, part_of
from labelaudit.report import EXACT, MeasureResult, Report, Value

Level = Literal["fail", "check", "note"]

SHOWN: Final = 5  # classes or splits of a limit on every one
LEVELS: Final = ("fail", "check", "note")
GENERAL: Final = Advice(
    one="", many="", remedy="Read its section, and find out where the number comes from."
)
SUSPECTED: Final = ("label_noise", "suspected_errors_count")
# Numbers without a limit that are worth a look when a test of their measure says so.
TESTS: Final = (("covariate_shift", "split_auc", "covariate_shift_p_value"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What a reader must not miss, where it is, how sure it is, and what to do about it.

    Attributes
    ----------
    level
        ``fail``: beyond its limit; ``check``: perhaps beyond it, or not known; ``note``: no limit
        is set, but a measure found it.
    measure
        The measure that found it.
    value
        Name of the value, with the class or split that it is of; empty where a measure failed.
    amount
        The number in print; empty where a measure failed.
    title
        What the number is of: the sentence goes on after it.
    limit
        The limit in print, such as ``≤ 5%``; empty without one.
    where
        The worst classes, splits or files, in print; may be empty.
    sure
        How sure it is.
    remedy
        What to do about it; commands and names of files between backticks.
    """

    level: Level
    measure: MeasureResult
    value: str = ""
    amount: str = ""
    title: str
    limit: str = ""
    where: tuple[str, ...] = ()
    sure: str
    remedy: str


def alerts_of(report: Report) -> list[Alert]:
    """Return what does not keep its limit, what failed, and what tests found; the worst first.

    Parameters
    ----------
    report
        Any report.
    """
    held = [judgement for judgement in judged(report) if judgement.verdict in {"fail", "check"}]
    alerts = [_beyond(report, judgement) for judgement in held]
    alerts += [_failed(result) for result in report.measures if result.status == "failed"]
    known = {
        (each.limit.measure, each.limit.value) for each in judged(report) if not part_of(each.limit)
    }
    known |= {SUSPECTED} if any(alert.measure.name == SUSPECTED[0] for alert in alerts) else set()
    alerts += _found(report, known)
    return sorted(alerts, key=lambda alert: LEVELS.index(alert.level))


def _beyond(report: Report, judgement: Judgement) -> Alert:
    limit, found = judgement.limit, judgement.found
    result = report.measure(limit.measure)
    if result is None or found is None:
        raise ValueError(limit.measure)  # a verdict other than "not measured" has a number
    level: Level = "fail" if judgement.verdict == "fail" else "check"
    alert = _alert(report, level, result, found, bound(limit, found))
    return _of_part(alert, judgement) if part_of(limit) else alert


def _of_part(alert: Alert, judgement: Judgement) -> Alert:
    """Return an alert that says of which class or split it is, the worst where it is of each."""
    same = [part.name for part, verdict in judgement.parts if verdict == judgement.verdict]
    more = (f"{len(same) - SHOWN:,} more",) if len(same) > SHOWN else ()
    return replace(
        alert,
        value=judgement.field.removeprefix(f"{alert.measure.name}."),
        title=f"{alert.title}, {part_of(judgement.limit)}",
        where=(*map(text.visible, same[:SHOWN]), *more),
    )


def _found(report: Report, limited: set[tuple[str, str]]) -> list[Alert]:
    """Return what measures found of which no limit is set."""
    tested = {(measure, value) for measure, value, _ in TESTS}
    significant = {
        (measure, value)
        for measure, value, p_value in TESTS
        if _significant(report, measure, p_value)
    }
    notes = []
    for measure, name in ADVICE:
        result, found = report.measure(measure), report.value(measure, name)
        counted = found is not None and found.unit == "count" and bool(found.value)
        wanted = (measure, name) in significant or (counted and (measure, name) not in tested)
        if result is not None and found is not None and wanted and (measure, name) not in limited:
            notes.append(_alert(report, "note", result, found, ""))
    return notes


def _significant(report: Report, measure: str, p_value: str) -> bool:
    """Tell whether a measure's own test says that a finding is more than chance."""
    result, found = report.measure(measure), report.value(measure, p_value)
    below = None if result is None else result.parameters.get("significant_below")
    if found is None or found.value is None or not isinstance(below, float):
        return False
    return found.value < below


def _alert(report: Report, level: Level, result: MeasureResult, found: Value, limit: str) -> Alert:
    advice = ADVICE.get((result.name, found.name), GENERAL)
    known = found.value is not None
    return Alert(
        level=level,
        measure=result,
        value=found.name,
        amount=text.number(found.value, found.unit) if known else text.interval(found),
        title=_title(advice, found),
        limit=limit,
        where=advice.where(report),
        sure=advice.sure or _sure(found),
        remedy=advice.remedy_of(report.privacy),
    )


def _title(advice: Advice, found: Value) -> str:
    """Say what a number is of; of a rate without an estimate, only its range is known."""
    if found.name == MODEL_ESTIMATED and found.value is None:
        return "of the labels may be wrong: a model disagrees with too many to say how many"
    return (advice.one if found.value == 1 else advice.many) or found.title


def _sure(found: Value) -> str:
    """Say how sure a number is, from its interval or why it has none."""
    between = text.interval(found)
    about = f", {found.interval}" if found.interval else ""
    if found.name == MODEL_ESTIMATED:
        between = f"; range {between}{about}" if between else ""
        said = "no estimate" if found.value is None else "a model's estimate"
        return f"{said}, and no audit{between}"
    if between:
        return f"{between}{about}"
    return "counted, exact" if found.no_interval in {"", EXACT} else found.no_interval


def _failed(result: MeasureResult) -> Alert:
    return Alert(
        level="check",
        measure=result,
        title=f"{result.title} could not be computed: {result.reason or 'no reason was given'}",
        sure="nothing is known of it",
        remedy="Scan again; where it fails again, report it with the text above.",
    )
