"""Outcomes of a gate to write: made up, in the shapes of real ones."""

import hashlib
import sys
from dataclasses import replace
from pathlib import Path

from labelaudit.gate.outcome import Finding, Outcome, Ruling
from labelaudit.report import Limit, Policy, Report, Value

sys.path.append(str(Path(__file__).parents[2] / "render"))
from reports import audited, full, nothing_measured, texts

AUDITED = Limit(measure="audited_labels", value="audited_error_rate", at_most=0.05)
COPIES = Limit(measure="integrity", value="exact_duplicates_count", at_most=0.01, of_items=True)
RATIO = Limit(measure="class_imbalance", value="imbalance_ratio", rise_at_most=2.0)
AGREEMENT = Limit(measure="annotator_agreement", value="krippendorff_alpha", at_least=0.667)


def in_manifest(report: Report) -> Report:
    """Return a report of a dataset that a table lists."""
    return replace(
        report,
        dataset=replace(report.dataset, manifest="labels.csv", format="table"),
        run=replace(report.run, data="data/labels.csv"),
    )


def found(at: int, rule: str = "suspects", *, is_new: bool = True, line: int | None = 0) -> Finding:
    """Return the finding of a number."""
    return Finding(
        rule=rule,
        fingerprint=hashlib.sha256(f"{rule} {at}".encode()).hexdigest(),
        path=f"train/heron/image_{at:06d}.png",
        split="train",
        given_label="heron",
        suggested_label="egret" if rule == "suspects" else None,
        line=None if line is None else at + 2 + line,
        evidence=f"self-confidence 0.0{at % 10}, 49 of 50 neighbors are egret",
        others=() if rule == "suspects" else tuple(f"copy_{at}_{n}.png" for n in range(at % 8)),
        is_new=is_new,
    )


def rate(low: float, high: float) -> Value:
    """Return an audited rate."""
    return Value(
        name="audited_error_rate",
        title="Audited error rate",
        value=0.0312345678,
        unit="share",
        low=low,
        high=high,
        interval="95 %",
    )


def rulings() -> tuple[Ruling, ...]:
    """Return a ruling of each kind."""
    ratio = Value(name="imbalance_ratio", title="Imbalance ratio", value=77.4193548, unit="ratio")
    copies = Value(name="exact_duplicates_count", title="Copies", value=12, unit="count")
    return (
        Ruling(
            name="label_error_rate",
            decision="inconclusive",
            fails=False,
            reason="3.12% (2.11% to 5.43%) is perhaps beyond 5%.",
            next_step="Judge 800 items in all: `labelaudit review report.json`.",
            limit=AUDITED,
            found=rate(0.0211111119, 0.0543),
            detectable=0.08123456789,
            judgements=800,
        ),
        Ruling(
            name="integrity.exact_duplicates_count",
            decision="pass",
            fails=False,
            reason="12 of 6,000 items (0.2%) keep within 1%.",
            limit=COPIES,
            found=copies,
        ),
        Ruling(
            name="class_imbalance.imbalance_ratio, rise",
            decision="fail",
            fails=True,
            reason="77.4 is more than 2 above 60.",
            next_step="Collect more of the rare classes.",
            limit=RATIO,
            found=ratio,
            before=replace(ratio, value=60.0),
        ),
        Ruling(
            name="annotator_agreement.krippendorff_alpha",
            decision="not measured",
            fails=True,
            reason="annotator_agreement is not measured: no annotations are given.",
            next_step="Name the columns of the annotators.",
            limit=AGREEMENT,
        ),
        Ruling(
            name="findings.suspects",
            decision="fail",
            fails=True,
            reason="3 new findings, where 0 are allowed.",
            next_step="Look at them.",
            most=0,
            n_findings=3,
        ),
        Ruling(
            name="findings.exact_duplicates",
            decision="pass",
            fails=False,
            reason="2 new findings keep within 5.",
            most=5,
            n_findings=2,
        ),
    )


def gated(n_findings: int = 8, *, manifest: bool = True) -> Outcome:
    """Return an outcome with a baseline, in which every kind of ruling and finding is."""
    report = replace(audited(), policy=Policy(source="pyproject.toml", findings=LIMITED))
    rules = ("suspects", "exact_duplicates")
    line = 0 if manifest else None
    findings = [
        found(at, rules[at % 2], is_new=at < n_findings * 3 // 4, line=line)
        for at in range(n_findings)
    ]
    return Outcome(
        report=in_manifest(report) if manifest else report,
        rulings=rulings(),
        findings=tuple(findings),
        baseline="labelaudit-baseline.json",
        stale=("suspects: train/gone.png is no finding any more",),
        unsettled=4,
    )


def passed() -> Outcome:
    """Return an outcome of a dataset in which nothing was found, without a baseline."""
    return Outcome(report=full(), rulings=(rulings()[1],))


def unknown() -> Outcome:
    """Return an outcome of a dataset of which nothing was measured."""
    return Outcome(report=nothing_measured(), rulings=(rulings()[3],))


def empty() -> Outcome:
    """Return an outcome without a rule."""
    return Outcome(report=texts(), rulings=())


LIMITED = {"suspects": 0, "exact_duplicates": 5}
OUTCOMES = {
    "gated": gated,
    "folders": lambda: gated(manifest=False),
    "passed": passed,
    "unknown": unknown,
    "empty": empty,
}
