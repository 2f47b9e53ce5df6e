"""Which measure lists the findings of a rule, and which number says how many there are."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from labelaudit.report import Report


class Source(NamedTuple):
    """A measure, and its number of items that a rule lists; empty where it has no such number."""

    measure: str
    value: str = ""


def _counted(measure: str, *rules: str) -> dict[str, Source]:
    return {rule: Source(measure, f"{rule}_count") for rule in rules}


# Every rule of labelaudit's own measures. Where one found nothing, a report does not name it.
RULES: Final[Mapping[str, Source]] = MappingProxyType(
    {
        "suspects": Source("label_noise", "suspected_errors_count"),
        **_counted("audited_labels", "judged_wrong"),
        "worst_cluster": Source("worst_slices"),
        **_counted("target_distribution", "outlying_targets"),
        "missing_labels": Source("multi_label_noise", "suspected_missing_count"),
        "spurious_labels": Source("multi_label_noise", "suspected_spurious_count"),
        "rule_breakers": Source("multi_label", "rule_breaker_count"),
        "likely_several_labels": Source("single_label_assumption"),
        "ambiguous": Source("consensus_risk", "ambiguous_item_count"),
        **_counted("annotator_consensus", "consensus_differs"),
        "deciding_labels": Source("benchmark_stability"),
        "unlike_other_split": Source("covariate_shift"),
        **_counted("integrity", "unlabelled", "unreadable", "exact_duplicates"),
        **_counted("integrity", "contradictory_duplicates", "duplicates_across_splits"),
        **_counted("integrity", "groups_across_splits"),
        **_counted("near_duplicates", "near_duplicates", "contradictory_near_duplicates"),
        "near_duplicates_across_splits": Source("leakage", "copy_leaked_share"),
        **_counted("leakage", "copies_across_groups"),
        **_counted("outliers", "outliers"),
        **_counted("image_faults", "dark", "light", "blurred", "low_information", "odd_size"),
        **_counted("image_faults", "odd_aspect_ratio", "grayscale", "odd_mode", "exif_rotated"),
    }
)


def rules_of(report: Report) -> dict[str, Source]:
    """Return every rule, those of other distributions' measures too, where they found something."""
    found = {
        gallery.name: Source(result.name)
        for result in report.measures
        for gallery in result.galleries
    }
    return found | dict(RULES)


def why_unknown(report: Report, rule: str) -> str:
    """Say why nothing is known of a rule's findings; empty when they are known."""
    source = rules_of(report)[rule]
    result = report.measure(source.measure)
    if result is None:
        return f"the report has no measure {source.measure}"
    if result.status != "measured":
        return f"{result.name} is not measured: {result.reason or 'no reason is given'}"
    value = report.value(source.measure, source.value) if source.value else None
    if source.value and (value is None or value.value is None):
        note = "" if value is None else value.note
        return f"{source.measure}.{source.value} is undefined" + (f": {note}" if note else "")
    return ""
