"""A report for everybody: aggregates only, no item, no person, no class of a few items."""

from dataclasses import replace

from labelaudit.privacy.team import for_team
from labelaudit.report import MeasureResult, Report


def for_public(report: Report) -> Report:
    """Return a report without anything of a single item."""
    closed = for_team(report)
    return replace(
        closed, privacy="public", measures=tuple(_result(result) for result in closed.measures)
    )


def _result(result: MeasureResult) -> MeasureResult:
    galleries = tuple(
        replace(gallery, samples=(), omitted=gallery.omitted + len(gallery.samples))
        for gallery in result.galleries
    )
    return replace(result, galleries=galleries)
