"""What a history of reports holds."""

from dataclasses import dataclass, field
from typing import Final

from labelaudit.limits import Verdict
from labelaudit.report import Better, Privacy, described

SCHEMA_VERSION: Final = "1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One report."""

    file: str = field(metadata=described("Where it was found, relative to what was named."))
    name: str = field(metadata=described("Name of the dataset."))
    started: str = field(metadata=described("When it was scanned, in UTC."))
    digest: str = field(metadata=described("Digest of the dataset."))
    n_items: int = field(metadata=described("Its items."))
    n_classes: int = field(metadata=described("Its classes."))
    tool_version: str = field(metadata=described("Version of labelaudit."))
    model: str = field(metadata=described("Name of the model; empty without one."))
    verdict: Verdict = field(metadata=described("Over all limits of the report."))
    model_changed: str = field(
        metadata=described("Why its embeddings are not of the model before; empty if they are.")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A number in one report."""

    value: float | int | None = field(metadata=described("The number; null where there is none."))
    low: float | None = field(default=None, metadata=described("Lower end of its interval."))
    high: float | None = field(default=None, metadata=described("Upper end of its interval."))
    limit: float | None = field(
        default=None, metadata=described("What it may be at most, or must be at least.")
    )
    verdict: Verdict | None = field(
        default=None, metadata=described("What its limit says; null without one.")
    )
    missing: str = field(default="", metadata=described("Why there is no number."))
    broken: str = field(
        default="",
        metadata=described("Why it is not comparable with the last number; empty if it is."),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One number over all reports."""

    measure: str = field(metadata=described("Name of the measure; dataset for its items."))
    value: str = field(metadata=described("Name of the number."))
    title: str = field(metadata=described("Name as a reader says it."))
    unit: str = field(metadata=described("As of a value of a report."))
    better: Better = field(metadata=described("Direction of the good."))
    points: tuple[Point, ...] = field(metadata=described("One a report, in their order."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A file that is no report, or none that says anything new."""

    file: str = field(metadata=described("Where it was found, relative to what was named."))
    reason: str = field(metadata=described("Why it is left out."))


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """How the headline numbers of several reports went."""

    schema_version: str = field(default=SCHEMA_VERSION, metadata=described("major.minor"))
    tool_version: str = field(metadata=described("Version of labelaudit that read them."))
    privacy: Privacy = field(metadata=described("The least open of the reports."))
    cautions: tuple[str, ...] = field(
        metadata=described("What a reader must know before any number.")
    )
    entries: tuple[Entry, ...] = field(metadata=described("The reports, the oldest first."))
    series: tuple[Series, ...] = field(metadata=described("The numbers of the label."))
    skipped: tuple[Skipped, ...] = field(metadata=described("Files that are left out."))
