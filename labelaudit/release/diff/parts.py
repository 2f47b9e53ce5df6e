"""What a comparison of two reports holds."""

from dataclasses import dataclass, field
from typing import Final, Literal

from labelaudit.limits import Verdict
from labelaudit.report import Better, Privacy, Scalar, Status, described

SCHEMA_VERSION: Final = "1.0"

Number = float | int | None
Standing = Literal[
    "beyond", "exact", "within", "no interval", "not comparable", "one side", "undefined", "same"
]
Direction = Literal["improved", "worse", "moved", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two reports."""

    name: str = field(metadata=described("Name of the dataset."))
    digest: str = field(metadata=described("Digest of the dataset."))
    n_items: int = field(metadata=described("Its items."))
    started: str = field(metadata=described("When it was scanned, in UTC."))
    tool_version: str = field(metadata=described("Version of labelaudit."))
    schema_version: str = field(metadata=described("Version of the report."))
    privacy: Privacy = field(metadata=described("Who may see the report as it was given."))
    verdict: Verdict = field(metadata=described("Over all limits of the report."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a report says of its dataset, its model or itself, before and now."""

    name: str = field(metadata=described("Name."))
    title: str = field(metadata=described("Name as a reader says it."))
    old: Scalar = field(metadata=described("Before; null where there was none."))
    new: Scalar = field(metadata=described("Now; null where there is none."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One number of a measure, before and now."""

    measure: str = field(metadata=described("Name of the measure."))
    measure_title: str = field(metadata=described("Heading of the measure."))
    value: str = field(metadata=described("Name of the number."))
    title: str = field(metadata=described("Name as a reader says it."))
    unit: str = field(metadata=described("As of a value of a report."))
    better: Better = field(metadata=described("Direction of the good."))
    old: Number = field(metadata=described("Before; null when undefined."))
    old_low: Number = field(default=None, metadata=described("Lower end of its interval."))
    old_high: Number = field(default=None, metadata=described("Upper end of its interval."))
    new: Number = field(metadata=described("Now; null when undefined."))
    new_low: Number = field(default=None, metadata=described("Lower end of its interval."))
    new_high: Number = field(default=None, metadata=described("Upper end of its interval."))
    difference: Number = field(default=None, metadata=described("Now less before."))
    low: float | None = field(default=None, metadata=described("Lower end of the difference."))
    high: float | None = field(default=None, metadata=described("Upper end of the difference."))
    interval: str = field(default="", metadata=described("How these ends were found."))
    standing: Standing = field(
        metadata=described(
            "beyond: the interval of the difference is without 0; within: it holds 0; exact: both "
            "were counted; no interval: nothing says how sure the difference is; not comparable: "
            "another model or other settings; one side: defined in one report only; undefined: in "
            "none; same: no difference"
        )
    )
    direction: Direction = field(
        default="",
        metadata=described(
            "improved, worse, or moved where no direction is the good one or more items alone "
            "explain it; empty for a difference that says nothing"
        ),
    )
    reason: str = field(default="", metadata=described("Why it is not compared, or not surely."))


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSided:
    """A measure that has a result in one report only."""

    measure: str = field(metadata=described("Name of the measure."))
    title: str = field(metadata=described("Its heading."))
    measured_in: Literal["old", "new"] = field(metadata=described("Which report has a result."))
    other: Status | Literal["not there"] = field(
        metadata=described("What the other report says of it.")
    )
    reason: str = field(default="", metadata=described("Why the other report has none."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A limit, and whether the number was and is within it."""

    measure: str = field(metadata=described("Name of the measure."))
    value: str = field(metadata=described("Name of its value."))
    title: str = field(metadata=described("Name as a reader says it."))
    split: str | None = field(default=None, metadata=described("Of which split; null for all."))
    class_name: str | None = field(
        default=None, metadata=described("Of which class; null for all.")
    )
    old_limit: str = field(metadata=described("The limit before, in print; empty without one."))
    new_limit: str = field(metadata=described("The limit now, in print; empty without one."))
    old: Verdict | None = field(metadata=described("Before; null when there was no limit."))
    new: Verdict | None = field(metadata=described("Now; null when there is no limit."))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassColumn:
    """A number that is known by class."""

    measure: str = field(metadata=described("Name of the measure."))
    table: str = field(metadata=described("Its table."))
    column: str = field(metadata=described("Its column."))
    title: str = field(metadata=described("Name as a reader says it."))
    unit: str = field(metadata=described("As of a value of a report."))
    better: Better = field(metadata=described("Direction of the good."))
    n_compared: int = field(
        metadata=described("Classes whose differences have an interval; it is widened for all.")
    )
    reason: str = field(default="", metadata=described("Why it is not compared; empty if it is."))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassNumber:
    """One number of a class, before and now, in the order of the columns."""

    old: Number = field(metadata=described("Before; null where it was not known."))
    new: Number = field(metadata=described("Now; null where it is not known."))
    difference: Number = field(default=None, metadata=described("Now less before."))
    low: float | None = field(default=None, metadata=described("Lower end of the difference."))
    high: float | None = field(default=None, metadata=described("Upper end of the difference."))
    standing: Standing = field(metadata=described("As of a change."))
    direction: Direction = field(default="", metadata=described("As of a change."))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassChange:
    """A class whose numbers are not the same."""

    name: str = field(metadata=described("Name of the class."))
    numbers: tuple[ClassNumber, ...] = field(metadata=described("One a column."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """The classes, and what is known of each in both reports."""

    added: tuple[str, ...] = field(metadata=described("Classes that only the new report has."))
    removed: tuple[str, ...] = field(metadata=described("Classes that only the old report has."))
    columns: tuple[ClassColumn, ...] = field(metadata=described("What is known by class."))
    rows: tuple[ClassChange, ...] = field(metadata=described("Classes that differ."))
    n_same: int = field(metadata=described("Classes of which every number is the same."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A finding that a report lists."""

    path: str = field(metadata=described("Path relative to the dataset."))
    decoded_sha256: str | None = field(
        default=None, metadata=described("SHA-256 of what it decodes to.")
    )
    split: str | None = field(default=None, metadata=described("Its split."))
    given_label: str | None = field(default=None, metadata=described("The manifest's label."))
    suggested_label: str | None = field(
        default=None, metadata=described("The label that the evidence points to.")
    )
    detail: str = field(default="", metadata=described("The evidence, in words."))
    thumbnail: str | None = field(
        default=None, metadata=described("Key into the thumbnails of its report.")
    )
    excerpt: str | None = field(default=None, metadata=described("How a text begins."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The findings of one rule, before and now, as far as the reports list them."""

    measure: str = field(metadata=described("Name of the measure."))
    rule: str = field(metadata=described("Name of the gallery: the rule of issues.csv."))
    title: str = field(metadata=described("Heading."))
    old: int = field(metadata=described("How many there were."))
    new: int = field(metadata=described("How many there are."))
    old_unlisted: int = field(metadata=described("Of these, the old report does not list."))
    new_unlisted: int = field(metadata=described("Of these, the new report does not list."))
    kept: int = field(metadata=described("Listed in both."))
    fixed: tuple[Listed, ...] = field(
        metadata=described("Listed before and not now; surely gone if new_unlisted is 0.")
    )
    appeared: tuple[Listed, ...] = field(
        metadata=described("Listed now and not before; surely new if old_unlisted is 0.")
    )
    matched_by: Literal["content", "path"] = field(
        metadata=described("What says that two findings are the same, beside the label.")
    )
    reason: str = field(
        default="", metadata=described("Why the two are not comparable; empty if they are.")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """What changed between two reports."""

    schema_version: str = field(default=SCHEMA_VERSION, metadata=described("major.minor"))
    tool_version: str = field(metadata=described("Version of labelaudit that compared them."))
    privacy: Privacy = field(metadata=described("The less open of the two."))
    old: Side = field(metadata=described("The old report."))
    new: Side = field(metadata=described("The new report."))
    same_data: bool = field(metadata=described("Whether the digests are equal."))
    cautions: tuple[str, ...] = field(
        metadata=described("What a reader must know before any number.")
    )
    facts: tuple[Fact, ...] = field(metadata=described("Of the datasets and the reports."))
    rulings: tuple[Ruling, ...] = field(metadata=described("The limits, one a number."))
    changes: tuple[Change, ...] = field(metadata=described("The numbers of all measures."))
    one_sided: tuple[OneSided, ...] = field(
        metadata=described("Measures with a result in one report only.")
    )
    classes: Classes = field(metadata=described("Class by class."))
    findings: tuple[Findings, ...] = field(metadata=described("Findings fixed and new, by rule."))
