"""What was measured in words, under the properties of the Responsible AI vocabulary."""

from collections.abc import Iterator
from typing import Final

from labelaudit.limits import AUDITED, MODEL_ESTIMATED
from labelaudit.render.text import interval, number, visible
from labelaudit.report import Report, Value
from labelaudit.statements.croissant import MEASURED

ANALYSIS: Final = "rai:dataAnnotationAnalysis"
BIASES: Final = "rai:dataBiases"
LIMITATIONS: Final = "rai:dataLimitations"
PER_ITEM: Final = "rai:annotationsPerItem"
PROPERTIES: Final = (PER_ITEM, ANALYSIS, BIASES, LIMITATIONS)
LONGEST: Final = 500
ERROR_RATES: Final = (("audited_labels", AUDITED), ("label_noise", MODEL_ESTIMATED))
AGREEMENT: Final = ("krippendorff_alpha", "ordinal_alpha", "raw_agreement")
BALANCE: Final = (
    ("class_imbalance", ("imbalance_ratio", "effective_classes", "few_shot_count")),
    ("multi_label", ("mean_ir", "empty_label_count")),
    ("target_distribution", ("bin_imbalance_ratio", "sparse_range_share")),
)
FAULTS: Final = (
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
ASKED_FOR: Final = ("audited_labels", "label_noise", "integrity", "near_duplicates", "leakage")


def statements(report: Report) -> dict[str, list[str]]:
    """Return what was measured by the property that it goes under; nothing where it was not."""
    found = {
        PER_ITEM: list(_per_item(report)),
        ANALYSIS: [*_error_rates(report), *_agreement(report)],
        BIASES: [_of(report, measure, names) for measure, names in BALANCE],
        LIMITATIONS: [*(_of(report, *fault) for fault in FAULTS), *_conditions(report)],
    }
    return {
        name: [f"{MEASURED}{_cut(visible(text))}" for text in texts if text]
        for name, texts in found.items()
    }


def is_ours(value: object) -> str | None:
    """Return a text that labelaudit wrote; None for any other value."""
    return value if isinstance(value, str) and value.startswith(MEASURED) else None


def _per_item(report: Report) -> Iterator[str]:
    """Yield how many people judged an item, where the manifest says who judged."""
    found = report.value("annotator_agreement", "judgements_per_item")
    if found is not None and found.value is not None:
        yield f"{number(found.value)} judgements an item, mean."


def _error_rates(report: Report) -> Iterator[str]:
    for measure, name in ERROR_RATES:
        found = report.value(measure, name)
        if found is None or found.value is None:
            continue
        yield f"{_said(found)}, of {report.dataset.n_items:,} items."
        if name == AUDITED:
            return  # what people found stands for itself
    suspected = report.value("label_noise", "suspected_errors_count")
    if suspected is not None and suspected.value is not None:
        yield f"{_said(suspected)}; nobody has judged them."


def _agreement(report: Report) -> Iterator[str]:
    yield _of(report, "annotator_agreement", AGREEMENT)


def _conditions(report: Report) -> Iterator[str]:
    """Yield what the numbers are conditional on, and what was not measured."""
    if report.embedding is not None:
        yield (
            f"Suspected labels and near duplicates are what the embedding model "
            f"{report.embedding.model} shows (SHA-256 {report.embedding.model_sha256[:12]})."
        )
    for name in ASKED_FOR:
        result = report.measure(name)
        if result is not None and result.status == "not_measured":
            yield f"{result.title}: not measured; {result.reason}."


def _of(report: Report, measure: str, names: tuple[str, ...]) -> str:
    """Return some numbers of a measure in a sentence."""
    found = [report.value(measure, name) for name in names]
    said = [_said(value) for value in found if value is not None and value.value is not None]
    return "; ".join(said) + "." * bool(said)


def _said(value: Value) -> str:
    """Return a number with its interval, such as ``Label errors: 3% (2% to 4%)``."""
    between = interval(value)
    shown = f"{value.title}: {number(value.value, value.unit)}"
    return f"{shown} ({between}; {value.interval})" if between else shown


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
