"""The rows of the nutrition label, always the same ones in the same order."""

from dataclasses import dataclass, replace
from typing import Final

from labelaudit.limits import AUDITED, MODEL_ESTIMATED, Judgement, Verdict, judged
from labelaudit.render import text
from labelaudit.render.judgements import bound
from labelaudit.report import Report, Value

NOT_MEASURED: Final = "not measured"
NOT_APPLICABLE: Final = "n/a"
NO_ESTIMATE: Final = "no estimate"
FAILED: Final = "not measured, failed"


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
    field
        Which number of the report it is, ``measure.value`` or ``dataset.<name>``; empty where it
        is none, as the one label that a format allows.
    share
        A count of items as a share of all; empty for other numbers.
    of_items
        Whether the limit is one of that share.
    limit
        The limit in print; empty when there is none.
    verdict
        What the limit says; None when there is none.
    """

    name: str
    amount: str
    reference: str
    field: str = ""
    share: str = ""
    of_items: bool = False
    limit: str = ""
    verdict: Verdict | None = None

    @property
    def known(self) -> bool:
        """Whether there is an amount."""
        return bool(self.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hero:
    """The one oversized number: how many labels are wrong, and how that is known.

    Attributes
    ----------
    amount
        The number in print, or why there is none.
    basis
        How it is known, without a full stop: by an audit, by a model, or why it is not.
    interval
        From what to what it is, in print; empty when that is not known.
    of_interval
        What the interval is: ``95 % interval`` of an audit, ``range`` of an estimate.
    field, limit, verdict
        As of a `Fact`.
    n_judged
        How many drawn items people judged; None where nobody did.
    """

    amount: str
    basis: str
    interval: str = ""
    of_interval: str = ""
    field: str = ""
    limit: str = ""
    verdict: Verdict | None = None
    n_judged: int | None = None

    @property
    def sentence(self) -> str:
        """How it is known and between what it lies, in one sentence."""
        parts = [self.basis, f"{self.of_interval} {self.interval}" if self.interval else ""]
        return "; ".join(filter(None, parts)).removesuffix(".") + "."


SHARE_OF_ITEMS: Final = "{share} of items"
UNITS: Final = frozenset({"share", "count"})  # the others go without saying in a row
ROWS: Final = (
    ("Suspected label errors", "label_noise", "suspected_errors_count", SHARE_OF_ITEMS),
    ("Exact duplicates", "integrity", "exact_duplicates_count", SHARE_OF_ITEMS),
    ("Contradictory duplicates", "integrity", "contradictory_duplicates_count", SHARE_OF_ITEMS),
    ("Duplicates across splits", "integrity", "duplicates_across_splits_count", SHARE_OF_ITEMS),
    ("Near duplicates", "near_duplicates", "near_duplicates_count", SHARE_OF_ITEMS),
    ("Groups across splits", "integrity", "groups_across_splits_count", "0 is separate"),
    ("Imbalance ratio", "class_imbalance", "imbalance_ratio", "1 is balanced"),
    ("Effective classes", "class_imbalance", "effective_classes", "of {classes}"),
    ("Empty classes", "class_imbalance", "empty_class_count", "of {classes}"),
    ("Labels an item", "multi_label", "cardinality", "on average"),
    ("Label sharpness", "label_sharpness", "kf_max", "lower is smoother"),
    ("Annotator agreement", "annotator_agreement", "krippendorff_alpha", "1 is perfect"),
    ("Unreadable", "integrity", "unreadable_count", SHARE_OF_ITEMS),
    ("Unlabelled", "integrity", "unlabelled_count", SHARE_OF_ITEMS),
)
# What stands in the place of a row where labels are numbers.
OF_TARGETS: Final = {
    "imbalance_ratio": (
        "Imbalance ratio", "target_distribution", "bin_imbalance_ratio", "of target bins"
    ),
    "effective_classes": (
        "Sparse targets", "target_distribution", "sparse_range_share", "of their range"
    ),
}  # fmt: skip
# What stands in the place of another value where classes are ordered.
OF_ORDERED: Final = {"krippendorff_alpha": "ordinal_alpha"}
# What the dataset itself says where no measure does.
OF_DATASET: Final = {"unreadable_count": "n_unreadable", "unlabelled_count": "n_unlabelled"}


def hero(report: Report) -> Hero:
    """Return the headline of a label: what people judged, else what a model estimates."""
    audited = report.value("audited_labels", AUDITED)
    if audited is not None and audited.value is not None:
        return _audited(report, audited)
    field = f"label_noise.{MODEL_ESTIMATED}"
    judgement = _judgements(report).get(field)
    limit = "" if judgement is None else bound(judgement.limit)
    verdict = None if judgement is None else judgement.verdict
    value = report.value("label_noise", MODEL_ESTIMATED)
    if value is None:
        result = report.measure("label_noise")
        reason = text.visible(result.reason) if result is not None else ""
        return Hero(
            amount=_missing(report, "label_noise"),
            basis=reason or "No label was checked",
            limit=limit,
            verdict=verdict,
        )
    basis = "Model-estimated, not audited"
    found = text.interval(value)
    if value.value is None:
        doubted = "The model disagrees with most labels; not audited"
        basis = doubted if found else text.visible(value.note)
    return Hero(
        amount=NO_ESTIMATE if value.value is None else text.number(value.value, value.unit),
        basis=basis,
        interval=found,
        of_interval="range",
        field=field,
        limit=limit,
        verdict=verdict,
    )


def _audited(report: Report, audited: Value) -> Hero:
    """Return the headline of labels that people judged."""
    field = f"audited_labels.{AUDITED}"
    judgement = _judgements(report).get(field)
    counted = report.value("audited_labels", "drawn_judged_count")
    n_judged = None if counted is None or counted.value is None else int(counted.value)
    by = "" if n_judged is None else f": {text.counted(n_judged, 'item')} judged by people"
    return Hero(
        amount=text.number(audited.value, audited.unit),
        basis=f"Audited{by}",
        interval=text.interval(audited),
        of_interval="95 % interval",
        field=field,
        limit="" if judgement is None else bound(judgement.limit),
        verdict=None if judgement is None else judgement.verdict,
        n_judged=n_judged,
    )


def facts(report: Report) -> tuple[Fact, ...]:
    """Return the rows of a label; what is not known has its row too."""
    return tuple(_fact(report, *_row_of(report, *row)) for row in ROWS)


def elsewhere(report: Report) -> tuple[Judgement, ...]:
    """Return the judgements whose number has no place on the label."""
    placed = {f"label_noise.{MODEL_ESTIMATED}", f"audited_labels.{AUDITED}"}
    placed |= {f"{measure}.{value}" for _, measure, value, _ in (*ROWS, *OF_TARGETS.values())}
    placed |= {fact.field for fact in facts(report)}
    return tuple(found for field, found in _judgements(report).items() if field not in placed)


def _judgements(report: Report) -> dict[str, Judgement]:
    """Return the judgements by the number that they are of."""
    return {f"{found.limit.measure}.{found.limit.value}": found for found in judged(report)}


def _row_of(
    report: Report, name: str, measure: str, value: str, beside: str
) -> tuple[str, str, str, str]:
    """Return a row, or what stands in its place for labels of this kind."""
    ordinal = OF_ORDERED.get(value, "")
    if report.value(measure, ordinal) and f"{measure}.{value}" not in _judgements(report):
        return name, measure, ordinal, beside
    if report.dataset.task == "regression":
        return OF_TARGETS.get(value, (name, measure, value, beside))
    return name, measure, value, beside


def _fact(report: Report, name: str, measure: str, value: str, beside: str) -> Fact:
    """Return a row from the number that it is of, and from what that is held against."""
    task = report.dataset.task
    if task == "multilabel" and value == "suspected_errors_count":
        return _cells(report, name)
    if task != "multilabel" and measure == "multi_label":
        return Fact(name=name, amount="1", reference="by its format")
    if task == "regression" and measure == "class_imbalance":
        return Fact(name=name, amount="", reference=NOT_APPLICABLE)
    measured = report.value(measure, value)
    found = measured or _of_dataset(report, value)
    judgement = _judgements(report).get(f"{measure}.{value}")
    fact = Fact(
        name=name,
        amount="",
        reference=_missing(report, measure),
        limit="" if judgement is None else bound(judgement.limit, found),
        verdict=None if judgement is None else judgement.verdict,
        of_items=judgement is not None and judgement.limit.of_items,
    )
    if found is None:
        return fact
    if found.value is None:
        undefined = NOT_APPLICABLE if found.unit == "count" else text.UNDEFINED
        return replace(fact, reference=undefined)
    field = f"{measure}.{value}" if measured else f"dataset.{OF_DATASET[value]}"
    return _with_amount(replace(fact, field=field), report, found, beside)


def _with_amount(fact: Fact, report: Report, found: Value, beside: str) -> Fact:
    dataset = report.dataset
    of_items = found.value is not None and beside == SHARE_OF_ITEMS
    share = text.share_of(found.value or 0, dataset.n_items) if of_items else ""
    reference = beside.format(share=share, classes=f"{len(dataset.class_names):,}")
    return replace(
        fact,
        amount=text.number(found.value, found.unit if found.unit in UNITS else ""),
        reference="" if of_items and not share else reference,
        share=share,
    )


def _of_dataset(report: Report, value: str) -> Value | None:
    """Return a number of the dataset itself, where no measure has it."""
    number = getattr(report.dataset, OF_DATASET[value]) if value in OF_DATASET else None
    return None if number is None else Value(name=value, title="", value=number, unit="count")


def _cells(report: Report, name: str) -> Fact:
    """Return how many cells of items with several labels are suspected."""
    missing, spurious = (
        report.value("multi_label_noise", f"suspected_{kind}_count")
        for kind in ("missing", "spurious")
    )
    if missing is None or spurious is None or missing.value is None or spurious.value is None:
        return Fact(name=name, amount="", reference=_missing(report, "multi_label_noise"))
    return Fact(
        name=name,
        amount=text.number(missing.value, "count"),
        reference=f"missing, {text.number(spurious.value, 'count')} spurious",
        field="multi_label_noise.suspected_missing_count",
    )


def _missing(report: Report, measure: str) -> str:
    """Say why a measure has no number: it failed, or was not run or not possible."""
    result = report.measure(measure)
    return FAILED if result is not None and result.status == "failed" else NOT_MEASURED
