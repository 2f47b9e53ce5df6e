"""The product of a scan: aggregates, capped tables and the top suspects, nothing per sample."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

SCHEMA_VERSION: Final = "1.4"
FAMILIES: Final = {
    "label_noise": "Label noise",
    "class_imbalance": "Class imbalance",
    "multi_label": "Multi-label",
    "label_sharpness": "Label sharpness",
    "annotators": "Annotators",
    "integrity": "Integrity",
    "benchmark_stability": "Benchmark stability",
}
# What a dataset's own papers may state, in the order in which a reader asks for it.
TOPICS: Final = {
    "version": "Version",
    "description": "Description",
    "license": "Licence",
    "creators": "Creators",
    "intended_use": "Intended use",
    "out_of_scope_use": "Not to be used for",
    "collection": "Collection",
    "annotation_process": "Annotation process",
    "sensitive_data": "Personal and sensitive data",
    "maintenance": "Maintenance",
    "homepage": "Homepage",
    "citation": "Citation",
}
EXACT: Final = "exact: all that is known was counted"

Scalar = str | int | float | bool | None
Status = Literal["measured", "not_measured", "failed"]
Better = Literal["lower", "higher", "neither"]
Task = Literal["multiclass", "multilabel", "regression"]
Privacy = Literal["public", "team", "full"]
Mode = Literal["block", "assure"]


def described(text: str) -> dict[str, str]:
    """Return the metadata of a dataclass field that the JSON Schema prints."""
    return {"help": text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One number, with its interval where it is an estimate."""

    name: str = field(metadata=described("Name; its last word fixes the scale."))
    title: str = field(metadata=described("Name as a reader says it."))
    value: float | int | None = field(metadata=described("The number; null when undefined."))
    unit: str = field(default="", metadata=described("share (of 1), count, ratio, nats, or empty."))
    better: Better = field(default="neither", metadata=described("Direction of the good."))
    low: float | None = field(default=None, metadata=described("Lower end of the interval."))
    high: float | None = field(default=None, metadata=described("Upper end of the interval."))
    interval: str = field(default="", metadata=described("What the interval covers."))
    no_interval: str = field(
        default="", metadata=described("Why there is no interval; empty beside one.")
    )
    note: str = field(default="", metadata=described("What a reader must know beside it."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table."""

    name: str = field(metadata=described("Name of the column."))
    unit: str = field(default="", metadata=described("As of a value."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A small table; what was cut off is counted."""

    name: str = field(metadata=described("Name."))
    title: str = field(metadata=described("Heading."))
    columns: tuple[Column, ...] = field(metadata=described("Its columns."))
    rows: tuple[tuple[Scalar, ...], ...] = field(metadata=described("Its rows."))
    omitted: int = field(default=0, metadata=described("Rows that were cut off."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbor:
    """An item that a sample is seen beside."""

    path: str = field(metadata=described("Path relative to the dataset."))
    given_label: str | None = field(default=None, metadata=described("The manifest's label."))
    thumbnail: str | None = field(default=None, metadata=described("Key into thumbnails."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One item of a gallery."""

    path: str = field(metadata=described("Path relative to the dataset."))
    decoded_sha256: str | None = field(
        default=None,
        metadata=described("SHA-256 of what it decodes to, the same however it is encoded."),
    )
    split: str | None = field(default=None, metadata=described("Its split."))
    given_label: str | None = field(default=None, metadata=described("The manifest's label."))
    suggested_label: str | None = field(
        default=None, metadata=described("The label that the evidence points to.")
    )
    score: float | None = field(default=None, metadata=described("What the gallery is sorted by."))
    detail: str = field(default="", metadata=described("The evidence, in words."))
    group: int | None = field(default=None, metadata=described("Samples that belong together."))
    thumbnail: str | None = field(default=None, metadata=described("Key into thumbnails."))
    excerpt: str | None = field(
        default=None, metadata=described("How a text begins; null for an image.")
    )
    evidence: Mapping[str, Scalar] = field(
        default_factory=dict, metadata=described("The evidence, in numbers.")
    )
    neighbors: tuple[Neighbor, ...] = field(
        default=(), metadata=described("Nearest items by embedding, nearest first.")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """Samples worth looking at, worst first; all are in issues.parquet."""

    name: str = field(metadata=described("Name."))
    title: str = field(metadata=described("Heading."))
    samples: tuple[Sample, ...] = field(metadata=described("The samples."))
    omitted: int = field(default=0, metadata=described("Samples that were cut off."))


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureResult:
    """What one measure found, or why it could not."""

    name: str = field(metadata=described("Name of the measure."))
    family: str = field(metadata=described("Its family."))
    title: str = field(metadata=described("Its heading."))
    summary: str = field(metadata=described("What it measures, in one sentence."))
    status: Status = field(metadata=described("Whether there is a result."))
    reason: str = field(default="", metadata=described("Why there is none."))
    values: tuple[Value, ...] = field(default=(), metadata=described("Its numbers."))
    tables: tuple[Table, ...] = field(default=(), metadata=described("Its tables."))
    galleries: tuple[Gallery, ...] = field(default=(), metadata=described("Its galleries."))
    notes: tuple[str, ...] = field(default=(), metadata=described("Warnings about the numbers."))
    parameters: Mapping[str, Scalar] = field(
        default_factory=dict, metadata=described("What it was computed with.")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What the dataset's own papers say on one topic; nobody measured it."""

    topic: str = field(metadata=described("One of the topics that every label has."))
    text: str = field(metadata=described("What is stated, as plain text."))
    source: str = field(metadata=described("File and place that state it."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The bounds that a number, or its rise since a baseline, is held against."""

    measure: str = field(metadata=described("Name of the measure."))
    value: str = field(metadata=described("Name of its value."))
    at_most: float | None = field(default=None, metadata=described("What it may be at most."))
    at_least: float | None = field(default=None, metadata=described("What it must be at least."))
    of_items: bool = field(
        default=False, metadata=described("Whether a count is read as a share of the items.")
    )
    split: str | None = field(
        default=None, metadata=described("The split that it is of; null for the whole.")
    )
    class_name: str | None = field(
        default=None, metadata=described("The class that it is of; null for the whole.")
    )
    rise_at_most: float | None = field(
        default=None, metadata=described("By how much it may have grown since the baseline.")
    )
    mode: Mode = field(
        default="block",
        metadata=described(
            "block: fails only if the whole interval is beyond; assure: passes only if it is within"
        ),
    )
    accept_model: bool = field(
        default=False,
        metadata=described("Whether a number that only a model estimates may pass."),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a gate asks for beside the limits, and where both come from."""

    source: str = field(
        default="", metadata=described("File that holds it; empty for the limits to start from.")
    )
    mode: Mode = field(default="block", metadata=described("Of limits that name none."))
    findings: Mapping[str, int] = field(
        default_factory=dict,
        metadata=described("How many findings each rule may have; with a baseline, new ones."),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetFacts:
    """What was scanned."""

    name: str = field(metadata=described("Name of the folder or manifest."))
    digest: str = field(
        metadata=described("SHA-256 over sorted path, content hash, label and split.")
    )
    format: str = field(metadata=described("Reader of the manifest."))
    why: tuple[str, ...] = field(metadata=described("Why this reader, and what it took."))
    manifest: str = field(metadata=described("The manifest file; empty for a folder of files."))
    options: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict, metadata=described("What was said of how to read it.")
    )
    task: Task = field(metadata=described("One label an item, several, or a number."))
    modality: Literal["image", "text"] = field(
        default="image", metadata=described("What the items are.")
    )
    class_names: tuple[str, ...] = field(metadata=described("All declared classes."))
    n_found: int = field(metadata=described("Rows or files that were there."))
    n_items: int = field(metadata=described("Items: n_found less the ignored."))
    n_unlabelled: int = field(metadata=described("Items without a label."))
    n_unreadable: int | None = field(
        metadata=described("Items that cannot be read; null when none was opened.")
    )
    ignored: Mapping[str, int] = field(metadata=described("Files that are no items, by reason."))
    splits: Mapping[str, int] = field(metadata=described("Items by split."))
    statements: tuple[Statement, ...] = field(
        default=(), metadata=described("What its own papers state; a topic without one is not.")
    )
    unread_papers: tuple[str, ...] = field(
        default=(), metadata=described("Papers that could not be read as a whole, and why.")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingFacts:
    """What the embedding-based numbers are conditional on."""

    model: str = field(metadata=described("Name of the model, or the user's file."))
    model_sha256: str = field(metadata=described("SHA-256 of the model or file."))
    preprocessing: str = field(metadata=described("What was done to an item before the model."))
    n_features: int = field(metadata=described("Dimension of an embedding."))
    n_embedded: int = field(metadata=described("Items that have an embedding."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What may differ between two scans of the same input."""

    started: str = field(metadata=described("When, in UTC."))
    data: str = field(
        default="", metadata=described("The dataset as it was named, where that is relative.")
    )
    seconds: Mapping[str, float] = field(metadata=described("Wall time by stage."))
    provider: str = field(metadata=described("Execution provider that ran the model; or empty."))
    node_providers: Mapping[str, int] = field(
        metadata=described("Model nodes by the provider they were given to.")
    )
    n_from_cache: int = field(metadata=described("Embeddings that were not computed again."))
    python: str = field(metadata=described("Version of Python."))
    packages: Mapping[str, str] = field(metadata=described("Versions that numbers depend on."))
    checksum: str = field(
        default="", metadata=described("SHA-256 of the rest of this part, as it was written.")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A measured dataset: what the renderers, the gate and the release tools know."""

    schema_version: str = field(default=SCHEMA_VERSION, metadata=described("major.minor"))
    tool_version: str = field(metadata=described("Version of labelaudit."))
    dataset: DatasetFacts = field(metadata=described("What was scanned."))
    embedding: EmbeddingFacts | None = field(metadata=described("The representation, if any."))
    random_state: int = field(metadata=described("Seed of every draw."))
    measures: tuple[MeasureResult, ...] = field(metadata=described("Every registered measure."))
    thumbnails: Mapping[str, str] = field(
        default_factory=dict, metadata=described("WebP images in base64, by key.")
    )
    limits: tuple[Limit, ...] = field(
        default=(), metadata=described("The bounds that its numbers are read beside.")
    )
    policy: Policy = field(
        default=Policy(), metadata=described("Where the limits come from, and what else is asked.")
    )
    checksums: Mapping[str, str] = field(
        default_factory=dict,
        metadata=described("SHA-256 of each part but the run, as it was written."),
    )
    privacy: Privacy = field(
        default="full",
        metadata=described("public: aggregates only; team: no pictures or texts; full: all."),
    )
    run: Run = field(metadata=described("All that may differ between equal scans."))

    def measure(self, name: str) -> MeasureResult | None:
        """Return the result of the measure of that name."""
        return next((found for found in self.measures if found.name == name), None)

    def value(self, measure: str, name: str) -> Value | None:
        """Return one number by the names of its measure and itself; None if not measured."""
        result = self.measure(measure)
        values = result.values if result is not None else ()
        return next((found for found in values if found.name == name), None)
