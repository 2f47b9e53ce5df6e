"""The numbers of a report that a Croissant file carries, in the words of two vocabularies."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from labelaudit.json_ld import Json
from labelaudit.render.text import visible
from labelaudit.report import Report, Value

OURS: Final = "labelaudit/"
TERMS: Final = "urn:labelaudit:measures"
SCAN: Final = f"{OURS}scan"
# What a reader of a dataset's description asks for first; the report has the rest.
HEADLINES: Final = (
    ("audited_labels", ("audited_error_rate",)),
    ("label_noise", ("model_estimated_error_rate", "suspected_errors_count")),
    ("detector_skill", ("class_flips_precision", "class_flips_recall")),
    ("annotator_agreement", ("krippendorff_alpha", "ordinal_alpha", "judgements_per_item")),
    ("class_imbalance", ("imbalance_ratio", "effective_classes", "evenness", "empty_class_count")),
    ("target_distribution", ("bin_imbalance_ratio", "sparse_range_share")),
    ("multi_label", ("cardinality", "labelset_count", "mean_ir", "empty_label_count")),
    ("embedding_label_sharpness", ("kf_max", "nearest_neighbor_error")),
    ("embedding_intrinsic_dimension", ("intrinsic_dimension",)),
    (
        "integrity",
        (
            *("unlabelled_count", "unreadable_count", "exact_duplicates_count"),
            *("contradictory_duplicates_count", "duplicates_across_splits_count"),
            "groups_across_splits_count",
        ),
    ),
    ("near_duplicates", ("near_duplicates_count",)),
)
FLOAT: Final = "sc:Float"
INTEGER: Final = "sc:Integer"


def headlines(report: Report) -> Iterator[tuple[str, Value]]:
    """Yield the numbers that were measured, each with the name of its measure."""
    for measure, names in HEADLINES:
        for name in names:
            found = report.value(measure, name)
            if found is not None and found.value is not None:
                yield measure, found


def annotations(report: Report) -> list[tuple[str, object]]:
    """Return the numbers as annotations of the label field, by their ``@id``.

    An interval is two annotations more, for Croissant has no other place for its ends.
    """
    found: list[tuple[str, object]] = []
    for measure, value in headlines(report):
        term = _term(measure, value)
        ends = {"": value.value, "/low": value.low, "/high": value.high}
        for end, number in ends.items():
            if number is not None:
                name = f"{OURS}{measure}/{value.name}{end}"
                found.append((name, _annotation(name, number, term, _said(value, end))))
    return found


def count(report: Report) -> tuple[str, object]:
    """Return the number of items as an annotation of their record set."""
    name = f"{OURS}items"
    term: Json = {
        "@type": "sc:DefinedTerm",
        "@id": "urn:labelaudit:items",
        "sc:name": "Items",
        "sc:termCode": "items",
        "sc:inDefinedTermSet": TERMS,
    }
    said = f"Items that were measured, of {report.dataset.n_found:,} rows or files found."
    return name, _annotation(name, report.dataset.n_items, term, said)


def measurements(report: Report) -> list[tuple[str, object]]:
    """Return the numbers as quality measurements of the dataset, by their ``@id``."""
    found: list[tuple[str, object]] = []
    for measure, value in headlines(report):
        name = f"{OURS}quality/{measure}/{value.name}"
        node: Json = {
            "@type": "dqv:QualityMeasurement",
            "@id": name,
            "dqv:isMeasurementOf": {
                "@type": "dqv:Metric",
                "@id": f"urn:labelaudit:{measure}:{value.name}:metric",
                "sc:name": visible(value.title),
            },
            "dqv:value": value.value,
            "sc:unitText": visible(value.unit) or "number",
        }
        if value.low is not None and value.high is not None:
            node["sc:minValue"] = value.low
            node["sc:maxValue"] = value.high
        said = _said(value, "")
        if said:
            node["sc:description"] = said
        node["prov:wasGeneratedBy"] = {"@id": SCAN} if found else _scan(report)
        found.append((name, node))
    return found


def _scan(report: Report) -> Json:
    """Return what made the numbers: the tool, and the data that it read."""
    return {
        "@type": "prov:Activity",
        "@id": SCAN,
        "sc:name": "labelaudit scan",
        "sc:identifier": f"sha256:{visible(report.dataset.digest)}",
        "prov:wasAssociatedWith": {
            "@type": "prov:SoftwareAgent",
            "@id": f"urn:labelaudit:{quote(visible(report.tool_version), safe='')}",
            "sc:name": "labelaudit",
            "sc:softwareVersion": visible(report.tool_version),
        },
    }


def _annotation(name: str, number: float, term: Json, said: str) -> Json:
    node: Json = {
        "@type": "cr:Field",
        "@id": name,
        "sc:name": name.removeprefix(OURS),
        "cr:dataType": [INTEGER if isinstance(number, int) else FLOAT, term],
        "cr:value": number,
    }
    return node | ({"sc:description": said} if said else {})


def _term(measure: str, value: Value) -> Json:
    """Return what a number is called; ``labelaudit explain`` has its definition."""
    return {
        "@type": "sc:DefinedTerm",
        "@id": f"urn:labelaudit:{measure}:{value.name}",
        "sc:name": visible(value.title),
        "sc:termCode": f"{measure}/{value.name}",
        "sc:inDefinedTermSet": TERMS,
    }


def _said(value: Value, end: str) -> str:
    """Say what an interval covers, or why there is none, and what a reader must know."""
    which = {"/low": "Lower end of the interval: ", "/high": "Upper end of the interval: "}
    if end:
        return which[end] + visible(value.interval)
    said = [f"Interval: {value.interval}" if value.low is not None else "", value.note]
    if value.low is None and value.no_interval:
        is_exact = value.no_interval.startswith("exact")
        said[0] = ("" if is_exact else "No interval: ") + value.no_interval
    return visible(". ".join(part.rstrip(". ") for part in said if part))
