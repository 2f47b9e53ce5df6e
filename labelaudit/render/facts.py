"""The rows of the nutrition label, always the same ones in the same order."""

from dataclasses import dataclass, replace
from typing import Final

from labelaudit.limits import AUDITED, MODEL_ESTIMATED, WORST, Judgement, Verdict, judged
from labelaudit.privacy import LEFT_OUT
from labelaudit.render import text
from labelaudit.render.fact_rows import IN_PLACE, OF_DATASET, OF_ORDERED, ROWS, SHARE_OF_ITEMS, Row
from labelaudit.render.judgements import bound
from labelaudit.report import Report, Value

NOT_MEASURED: Final = "not measured"
NOT_APPLICABLE: Final = "n/a"
HIDDEN: Final = "left out"
NO_ESTIMATE: Final = "no estimate"
FAILED: Final = "not measured, failed"
UNITS: Final = frozenset({"share", "count"})  # the others go without saying in a row


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
        said = "; ".join(filter(None, parts)).removesuffix(".")
        return f"{said[:1].upper()}{said[1:]}."


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
    in_place = IN_PLACE[report.dataset.task]
    return tuple(_fact(report, in_place.get(row.value, row)) for row in ROWS)


def elsewhere(report: Report) -> tuple[Judgement, ...]:
    """Return the judgements whose number has no place on the label."""
    placed = {f"label_noise.{MODEL_ESTIMATED}", f"audited_labels.{AUDITED}"}
    in_place = IN_PLACE[report.dataset.task]
    rows = [in_place.get(row.value, row) for row in ROWS]
    placed |= {f"{row.measure}.{row.value}" for row in rows} | {
        each.field for each in facts(report)
    }
    return tuple(found for field, found in _judgements(report).items() if field not in placed)


def _judgements(report: Report) -> dict[str, Judgement]:
    """Return the judgements by the number that they are of; of two on one number the worse."""
    worst_last = sorted(judged(report), key=lambda found: -WORST.index(found.verdict))
    found = {each.field: each for each in worst_last}
    return {each.field: found[each.field] for each in judged(report)}


def _fact(report: Report, row: Row) -> Fact:
    """Return a row with its number, and with what that is held against."""
    task, judgements = report.dataset.task, _judgements(report)
    if task != "multilabel" and row.measure == "multi_label":
        return Fact(name=row.name, amount="1", reference="by its format")
    if task != "multiclass" and row.measure == "class_imbalance":
        return Fact(name=row.name, amount="", reference=NOT_APPLICABLE)
    ordinal = OF_ORDERED.get(row.value, "")
    if report.value(row.measure, ordinal) and f"{row.measure}.{row.value}" not in judgements:
        row = row._replace(value=ordinal)
    measured = report.value(row.measure, row.value)
    found = measured or _of_dataset(report, row.value)
    judgement = judgements.get(f"{row.measure}.{row.value}")
    fact = Fact(
        name=row.name,
        amount="",
        reference=_missing(report, row.measure),
        limit="" if judgement is None else bound(judgement.limit, found),
        verdict=None if judgement is None else judgement.verdict,
        of_items=judgement is not None and judgement.limit.of_items,
    )
    if found is None:
        return fact
    if found.value is None:
        return replace(fact, reference=_no_number(found))
    field = f"{row.measure}.{row.value}" if measured else f"dataset.{OF_DATASET[row.value]}"
    return _with_amount(replace(fact, field=field), report, found, row.beside)


def _no_number(found: Value) -> str:
    """Say why a number that was measured is not there."""
    if found.note == LEFT_OUT:
        return HIDDEN
    return NOT_APPLICABLE if found.unit == "count" else text.UNDEFINED


def _with_amount(fact: Fact, report: Report, found: Value, beside: str) -> Fact:
    of_items = found.value is not None and beside == SHARE_OF_ITEMS
    share = text.share_of(found.value or 0, report.dataset.n_items) if of_items else ""
    spurious = report.value("multi_label_noise", "suspected_spurious_count")
    reference = beside.format(
        share=share,
        classes=f"{len(report.dataset.class_names):,}",
        spurious=text.number(None if spurious is None else spurious.value, "count"),
    )
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


def _missing(report: Report, measure: str) -> str:
    """Say why a measure has no number: it failed, or was not run or not possible."""
    result = report.measure(measure)
    return FAILED if result is not None and result.status == "failed" else NOT_MEASURED
