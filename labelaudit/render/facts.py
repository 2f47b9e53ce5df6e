"""The rows of the nutrition label, always the same ones in the same order."""

from dataclasses import dataclass
from typing import Final

from labelaudit.render import text
from labelaudit.report import Report

NOT_MEASURED: Final = "not measured"
NOT_APPLICABLE: Final = "n/a"
NO_ESTIMATE: Final = "no estimate"
FAILED: Final = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One row: what it is, how much, and beside what that is read.

    Attributes
    ----------
    name
        What the row says.
    amount
        The number in print; empty when there is none.
    reference
        Share of the items, what a good value would be, or why there is no amount.
    """

    name: str
    amount: str
    reference: str

    @property
    def known(self) -> bool:
        """Whether there is an amount."""
        return bool(self.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hero:
    """The one oversized number: how many labels are wrong, and how that is known."""

    amount: str
    basis: str


COUNTS: Final = (
    ("Suspected label errors", "label_noise", "suspected_errors_count"),
    ("Exact duplicates", "integrity", "exact_duplicates_count"),
    ("Contradictory duplicates", "integrity", "contradictory_duplicates_count"),
    ("Duplicates across splits", "integrity", "duplicates_across_splits_count"),
    ("Near duplicates", "near_duplicates", "near_duplicates_count"),
)
NUMBERS: Final = (
    ("Imbalance ratio", "class_imbalance", "imbalance_ratio", "1 is balanced"),
    ("Effective classes", "class_imbalance", "effective_classes", "of {classes}"),
    ("Labels an item", "multi_label", "cardinality", "on average"),
    ("Label sharpness", "label_sharpness", "kf_max", "lower is smoother"),
    ("Annotator agreement", "annotator_agreement", "krippendorff_alpha", "1 is perfect"),
)
# What stands in the place of the first of these where labels are numbers.
OF_TARGETS: Final = (
    ("Imbalance ratio", "target_distribution", "bin_imbalance_ratio", "of bins of the target"),
    ("Sparse targets", "target_distribution", "sparse_range_share", "of their range"),
)
# What stands in the place of another value where classes are ordered.
OF_ORDERED: Final = {"krippendorff_alpha": "ordinal_alpha"}


def hero(report: Report) -> Hero:
    """Return the headline of a label: what people judged, else what a model estimates."""
    audited = report.value("audited_labels", "audited_error_rate")
    if audited is not None and audited.value is not None:
        judged = report.value("audited_labels", "drawn_judged_count")
        number = "" if judged is None else f": {text.number(judged.value)} items judged by people"
        return Hero(
            amount=text.number(audited.value, audited.unit),
            basis=f"Audited{number}; 95 % interval {text.interval(audited)}.",
        )
    value = report.value("label_noise", "model_estimated_error_rate")
    if value is None:
        result = report.measure("label_noise")
        reason = text.visible(result.reason) if result is not None else ""
        return Hero(amount=_missing(report, "label_noise"), basis=reason or "No label was checked.")
    found = text.interval(value)
    if value.value is None:
        basis = f"The model disagrees with most labels; range {found}. Not audited."
        return Hero(amount=NO_ESTIMATE, basis=basis if found else value.note)
    basis = "Model-estimated, not audited" + (f"; range {found}." if found else ".")
    return Hero(amount=text.number(value.value, value.unit), basis=basis)


def facts(report: Report) -> tuple[Fact, ...]:
    """Return the rows of a label; what is not known has its row too."""
    counts = [_count(report, *row) for row in COUNTS]
    if report.dataset.task == "multilabel":
        counts[0] = _cells(report)
    of_numbers = report.dataset.task == "regression"
    rows = (*OF_TARGETS, *NUMBERS[len(OF_TARGETS) :]) if of_numbers else NUMBERS
    numbers = [_number(report, *row) for row in rows]
    dataset = report.dataset
    unreadable = _share_row("Unreadable", dataset.n_unreadable, dataset.n_items)
    unlabelled = _share_row("Unlabelled", dataset.n_unlabelled, dataset.n_items)
    return (*counts, *numbers, unreadable, unlabelled)


def _count(report: Report, name: str, measure: str, value: str) -> Fact:
    found = report.value(measure, value)
    if found is None or found.value is None:
        why = _missing(report, measure) if found is None else NOT_APPLICABLE
        return Fact(name=name, amount="", reference=why)
    return Fact(
        name=name,
        amount=text.number(found.value, found.unit),
        reference=text.share_of(found.value, report.dataset.n_items),
    )


def _cells(report: Report) -> Fact:
    """Return how many cells of items with several labels are suspected."""
    names = ("suspected_missing_count", "suspected_spurious_count")
    found = [report.value("multi_label_noise", name) for name in names]
    amounts = [value.value for value in found if value is not None and value.value is not None]
    if len(amounts) < len(names):
        why = _missing(report, "multi_label_noise")
        return Fact(name=COUNTS[0][0], amount="", reference=why)
    return Fact(
        name=COUNTS[0][0], amount=text.number(sum(amounts), "count"), reference="labels of items"
    )


def _number(report: Report, name: str, measure: str, value: str, reference: str) -> Fact:
    if measure == "multi_label" and report.dataset.task != "multilabel":
        return Fact(name=name, amount="1", reference="by its format")
    found = report.value(measure, OF_ORDERED.get(value, value)) or report.value(measure, value)
    if found is None or found.value is None:
        why = _missing(report, measure) if found is None else text.UNDEFINED
        return Fact(name=name, amount="", reference=why)
    return Fact(
        name=name,
        amount=text.number(found.value, found.unit if found.unit == "share" else ""),
        reference=reference.format(classes=f"{len(report.dataset.class_names):,}"),
    )


def _share_row(name: str, amount: int | None, n_items: int) -> Fact:
    if amount is None:
        return Fact(name=name, amount="", reference=NOT_MEASURED)
    return Fact(name=name, amount=f"{amount:,}", reference=text.share_of(amount, n_items))


def _missing(report: Report, measure: str) -> str:
    """Say why a measure has no number: it failed, or was not run or not possible."""
    result = report.measure(measure)
    return FAILED if result is not None and result.status == "failed" else NOT_MEASURED
