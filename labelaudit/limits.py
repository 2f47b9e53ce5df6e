"""Whether the numbers of a report keep within their limits, as far as is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from labelaudit.parts import EVERY, Kind, Part, Parts, parts_of
from labelaudit.report import Limit, MeasureResult, Report, Task, Value

Verdict = Literal["pass", "check", "fail", "not measured", "n/a"]

AUDITED: Final = "audited_error_rate"
MODEL_ESTIMATED: Final = "model_estimated_error_rate"
NOMINAL: Final = "krippendorff_alpha"
ORDINAL: Final = "ordinal_alpha"
# Measures of which only labels of one kind have any number.
OF_TASK: Final[Mapping[str, Task]] = MappingProxyType(
    {"class_imbalance": "multiclass", "multi_label": "multilabel"}
)

WORST: Final = ("fail", "not measured", "check", "n/a", "pass")
# Conventions to start from, not standards: of the ten test sets that Northcutt et al. (2021)
# audited, seven have fewer than 5 % wrong labels, as they estimate; 0.667 is the least agreement
# that Krippendorff (2004, p. 241) accepts for tentative conclusions; 100 is one of the ratios, from
# 10 to 200, of the long-tailed sets of Cui et al. (2019). What is plainly a fault has
# the limit 0.
STARTING_LIMITS: Final = (
    Limit(measure="audited_labels", value=AUDITED, at_most=0.05),
    Limit(measure="label_noise", value=MODEL_ESTIMATED, at_most=0.05),
    Limit(measure="integrity", value="contradictory_duplicates_count", at_most=0.0),
    Limit(measure="integrity", value="duplicates_across_splits_count", at_most=0.0),
    Limit(measure="integrity", value="groups_across_splits_count", at_most=0.0),
    Limit(measure="integrity", value="exact_duplicates_count", at_most=0.01, of_items=True),
    Limit(measure="near_duplicates", value="near_duplicates_count", at_most=0.05, of_items=True),
    Limit(measure="integrity", value="unreadable_count", at_most=0.0),
    Limit(measure="class_imbalance", value="imbalance_ratio", at_most=100.0),
    Limit(measure="class_imbalance", value="empty_class_count", at_most=0.0),
    Limit(measure="multi_label", value="empty_label_count", at_most=0.0),
    Limit(measure="annotator_agreement", value=ORDINAL, at_least=0.667),
    Limit(measure="annotator_agreement", value=NOMINAL, at_least=0.667),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A limit, the number that it is held against, and what that says.

    Attributes
    ----------
    limit
        The limit.
    found
        The number, of a limit on every class or split the one that is worst; None when it was not
        measured.
    verdict
        ``pass`` and ``fail`` where the number, and all of its interval where it has one, keep
        within the limit or beyond it; ``check`` where the interval holds the limit, or where only
        a model says that few enough labels are wrong; ``n/a`` where the number is undefined.
    parts
        Each class or split that a limit on them is held against, with its verdict.
    unjudged
        Of a limit on every class or split, those of which there is no number.
    omitted
        How many more a cut table does not list: a limit on all of them is then not measured.
    """

    limit: Limit
    found: Value | None
    verdict: Verdict
    parts: tuple[tuple[Part, Verdict], ...] = ()
    unjudged: tuple[str, ...] = ()
    omitted: int = 0

    @property
    def field(self) -> str:
        """Name of the number: measure and value, and the class or split where it is of one."""
        return named(self.limit)


def named(limit: Limit) -> str:
    """Return the name of a limit's number, such as ``label_noise.suspected_errors_count``."""
    parts = {"split": limit.split, "class": limit.class_name}
    of_part = "".join(f"[{kind} {name}]" for kind, name in parts.items() if name is not None)
    return f"{limit.measure}.{limit.value}{of_part}"


def starting_limits(task: Task, measures: tuple[MeasureResult, ...]) -> tuple[Limit, ...]:
    """Return the limits of a dataset that names none: those that its labels can have.

    Parameters
    ----------
    task
        What its labels are; only where an item has one class are classes parts of a whole.
    measures
        What was measured: agreement has a limit only where several people judged, and where
        classes are ordered, it is the agreement that counts by how much people differ.
    """
    unfit = {measure for measure, kind in OF_TASK.items() if kind != task}
    unfit |= {
        result.name
        for result in measures
        if result.family == "annotators" and result.status == "not_measured"
    }
    ordered = any(value.name == ORDINAL for result in measures for value in result.values)
    instead = NOMINAL if ordered else ORDINAL
    return tuple(
        limit for limit in STARTING_LIMITS if limit.measure not in unfit and limit.value != instead
    )


def judged(report: Report) -> tuple[Judgement, ...]:
    """Hold the numbers of a report against its limits; a rise needs a baseline, and is not judged.

    Of an audited rate and one that a model estimates, with the same limit on each, the audited is
    judged where it is known, and the model's where it is not. Limits that differ are two limits,
    and both are judged. The model's never passes unless its limit accepts that: its range does not
    cover the bias of the model.

    Parameters
    ----------
    report
        Any report.
    """
    limits = [each for each in report.limits if (each.at_most, each.at_least) != (None, None)]
    found = [judgement_of(report, limit) for limit in limits]
    audited = {_asked(each.limit): each for each in found if each.limit.value == AUDITED}
    modelled = {_asked(each.limit) for each in found if each.limit.value == MODEL_ESTIMATED}
    unused = {each for each in modelled if each in audited and _is_known(audited[each])}
    return tuple(
        each
        for each in found
        if not (each.limit.value == MODEL_ESTIMATED and _asked(each.limit) in unused)
        and not (each.limit.value == AUDITED and _asked(each.limit) in modelled - unused)
    )


def overall(judgements: tuple[Judgement, ...]) -> Verdict:
    """Return one verdict over all limits: the worst, where not measured is to be checked."""
    verdicts = {judgement.verdict for judgement in judgements}
    if "fail" in verdicts:
        return "fail"
    if verdicts & {"check", "not measured"}:
        return "check"
    return "pass" if "pass" in verdicts else "n/a"


def judgement_of(report: Report, limit: Limit) -> Judgement:
    """Hold a number of a report, or those of classes or splits, against a limit."""
    name = limit.class_name if limit.class_name is not None else limit.split
    if name is None:
        found = report.value(limit.measure, limit.value)
        verdict = verdict_of(limit, found, report.dataset.n_items)
        return Judgement(limit=limit, found=found, verdict=verdict)
    kind: Kind = "split" if limit.class_name is None else "class"
    parts = parts_of(report, limit.measure, limit.value, kind)
    if parts is None:
        return Judgement(limit=limit, found=None, verdict="not measured")
    return _of_parts(report, limit, name, parts)


def verdict_of(limit: Limit, found: Value | None, n_items: int) -> Verdict:
    """Return what a limit says of a number.

    Parameters
    ----------
    limit
        The limit; its measure and part do not matter.
    found
        The number; None when it was not measured.
    n_items
        Items, of which a limit of a share of the items reads a count.
    """
    if found is None:
        return "not measured"
    low, high = _ends(found)
    if low is None and high is None:
        return "n/a"
    scale = max(n_items, 1) if limit.of_items else 1
    low, high = (None if end is None else end / scale for end in (low, high))
    least, most = limit.at_least, limit.at_most
    is_doubted = limit.value == MODEL_ESTIMATED and not limit.accept_model
    if is_doubted and found.low is None:  # a single number of a model decides nothing
        return "check"
    if _beyond(low, most, 1) or _beyond(high, least, -1):
        return "fail"
    if _within(high, most, 1) and _within(low, least, -1):
        return "check" if is_doubted else "pass"
    return "check"


def read_as(limit: Limit, number: float, report: Report) -> float:
    """Return a number in the unit of its limit."""
    return number / max(report.dataset.n_items, 1) if limit.of_items else number


def _of_parts(report: Report, limit: Limit, name: str, parts: Parts) -> Judgement:
    """Hold the number of one class or split, or those of every one, against a limit."""
    wanted = [part for part in parts.listed if name in {EVERY, part.name}]
    held = tuple((part, verdict_of(limit, part.found, report.dataset.n_items)) for part in wanted)
    known = tuple((part, verdict) for part, verdict in held if part.found is not None)
    omitted = parts.omitted if name == EVERY else 0
    if not known:
        return Judgement(limit=limit, found=None, verdict="not measured", omitted=omitted)
    worst, verdict = min(known, key=lambda each: (WORST.index(each[1]), _badness(limit, each[0])))
    cut = omitted and verdict != "fail"
    return Judgement(
        limit=limit,
        found=worst.found,
        verdict="not measured" if cut else verdict,
        parts=known,
        unjudged=tuple(part.name for part, _ in held if part.found is None),
        omitted=omitted,
    )


def _badness(limit: Limit, part: Part) -> float:
    """Return a key that sorts the worst number first."""
    number = 0.0 if part.found is None or part.found.value is None else part.found.value
    return number if limit.at_most is None else -number


def _asked(limit: Limit) -> tuple[str | float | None, ...]:
    """Return what two limits have alike that are one on the rate of label errors."""
    return limit.split, limit.class_name, limit.at_most, limit.at_least, limit.mode


def _is_known(judgement: Judgement) -> bool:
    return judgement.found is not None and _ends(judgement.found) != (None, None)


def _ends(found: Value) -> tuple[float | None, float | None]:
    """Return the ends of the interval of a number; both are the number where it has none."""
    if found.low is None and found.high is None:
        return found.value, found.value
    return found.low, found.high


def _beyond(end: float | None, bound: float | None, sign: int) -> bool:
    return end is not None and bound is not None and sign * end > sign * bound


def _within(end: float | None, bound: float | None, sign: int) -> bool:
    return bound is None or (end is not None and sign * end <= sign * bound)
