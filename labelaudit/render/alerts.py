"""What a reader must not miss: limits that are not kept, measures that failed."""

from dataclasses import dataclass

from labelaudit.report import MeasureResult, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What a reader must not miss."""

    kind: str
    measure: MeasureResult
    words: str


def alerts_of(report: Report) -> list[Alert]:
    """Return what failed, then every note of a measure."""
    failed = [
        Alert(kind="Failed", measure=result, words=result.reason or "no reason was given")
        for result in report.measures
        if result.status == "failed"
    ]
    return failed + [
        Alert(kind="Note", measure=result, words=note)
        for result in report.measures
        for note in result.notes
    ]
