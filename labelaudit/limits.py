"""Whether the numbers of a report keep within their limits, as far as is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

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
        The number; None when it was not measured.
    verdict
        ``pass`` and ``fail`` where the number, and all of its interval where it has one, keep
        within the limit or beyond it; ``check`` where the interval holds the limit, or where only
        a model says that few enough labels are wrong; ``n/a`` where the number is undefined.
    """

    limit: Limit
    found: Value | None
    verdict: Verdict


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
    """Hold the numbers of a report against its limits.

    The rate that a model estimates is judged only where no audited one is known, and never
    passes: its range does not cover the bias of the model.

    Parameters
    ----------
    report
        Any report.
    """
    audited = report.value("audited_labels", AUDITED)
    known = audited is not None and audited.value is not None
    unused = MODEL_ESTIMATED if known else AUDITED
    limits = [limit for limit in report.limits if limit.value != unused]
    return tuple(_judgement(report, limit) for limit in limits)


def overall(judgements: tuple[Judgement, ...]) -> Verdict:
    """Return one verdict over all limits: the worst, where not measured is to be checked."""
    verdicts = {judgement.verdict for judgement in judgements}
    if "fail" in verdicts:
        return "fail"
    if verdicts & {"check", "not measured"}:
        return "check"
    return "pass" if "pass" in verdicts else "n/a"


def read_as(limit: Limit, number: float, report: Report) -> float:
    """Return a number in the unit of its limit."""
    return number / max(report.dataset.n_items, 1) if limit.of_items else number


def _judgement(report: Report, limit: Limit) -> Judgement:
    found = report.value(limit.measure, limit.value)
    return Judgement(limit=limit, found=found, verdict=_verdict(report, limit, found))


def _verdict(report: Report, limit: Limit, found: Value | None) -> Verdict:
    if found is None:
        return "not measured"
    ends = [end for end in (found.low, found.high) if end is not None]
    if found.value is None and not ends:
        return "n/a"
    if found.value is not None and not ends:
        ends = [found.value]
    within = [_within(limit, read_as(limit, end, report)) for end in ends]
    if not any(within):
        return "fail"
    if all(within):
        return "check" if limit.value == MODEL_ESTIMATED else "pass"
    return "check"


def _within(limit: Limit, number: float) -> bool:
    low, high = limit.at_least, limit.at_most
    return (low is None or number >= low) and (high is None or number <= high)
