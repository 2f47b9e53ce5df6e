"""What a gate says as JSON, which every other format says in its own words."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Final

from labelaudit.gate.outcome import Decision, Finding, Outcome, Ruling
from labelaudit.report import Policy, Privacy, described
from labelaudit.schema import Schema, document_schema

GATE_VERSION: Final = "1.0"
MOST_FINDINGS: Final = 10_000
MOST_STALE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """How many findings a rule has."""

    found: int = field(metadata=described("All of them."))
    new: int = field(metadata=described("Those that are new since the baseline; else all."))


@dataclass(frozen=True, slots=True, kw_only=True)
class GateDocument:
    """What a gate says of a report."""

    schema_version: str = field(default=GATE_VERSION, metadata=described("major.minor"))
    tool_version: str = field(metadata=described("Version of labelaudit that scanned."))
    decision: Decision = field(metadata=described("One word over all rules: that of the worst."))
    failed: bool = field(metadata=described("Whether the gate fails."))
    dataset: str = field(metadata=described("Name of the dataset."))
    digest: str = field(metadata=described("Digest of the dataset, as in the report."))
    n_items: int = field(metadata=described("Items of the dataset."))
    privacy: Privacy = field(metadata=described("Who may see it: as the report."))
    policy: Policy = field(metadata=described("Where the rules come from."))
    baseline: str = field(metadata=described("Name of the baseline's file; empty without one."))
    rulings: tuple[Ruling, ...] = field(metadata=described("What each rule came to."))
    amounts: Mapping[str, Amounts] = field(metadata=described("Findings by rule."))
    findings: tuple[Finding, ...] = field(metadata=described("Findings, the new ones first."))
    findings_omitted: int = field(metadata=described("Findings that were cut off."))
    unsettled: int = field(
        metadata=described("Findings on unchanged items that the baseline does not list.")
    )
    stale: tuple[str, ...] = field(metadata=described("Entries of the baseline without a finding."))
    stale_omitted: int = field(metadata=described("Such entries that were cut off."))


def document_of(outcome: Outcome) -> GateDocument:
    """Return what is written of an outcome."""
    report, findings = outcome.report, outcome.findings
    found = Counter(finding.rule for finding in findings)
    new = Counter(finding.rule for finding in findings if finding.is_new)
    return GateDocument(
        tool_version=report.tool_version,
        decision=outcome.decision,
        failed=outcome.failed,
        dataset=report.dataset.name,
        digest=report.dataset.digest,
        n_items=report.dataset.n_items,
        privacy=report.privacy,
        policy=report.policy,
        baseline=outcome.baseline,
        rulings=outcome.rulings,
        amounts={rule: Amounts(found=found[rule], new=new[rule]) for rule in found},
        findings=findings[:MOST_FINDINGS],
        findings_omitted=max(len(findings) - MOST_FINDINGS, 0),
        unsettled=outcome.unsettled,
        stale=outcome.stale[:MOST_STALE],
        stale_omitted=max(len(outcome.stale) - MOST_STALE, 0),
    )


def to_gate_json(outcome: Outcome) -> str:
    """Return an outcome as strict JSON in ASCII, ended by a line feed; its keys are sorted."""
    document = _plain(document_of(outcome))
    return json.dumps(document, indent=1, sort_keys=True, allow_nan=False) + "\n"


def gate_schema() -> Schema:
    """Return the JSON Schema (2020-12) that every ``gate.json`` of this major version fits."""
    return document_schema(GateDocument, "gate", GATE_VERSION, "Outcome of a labelaudit gate")


def gate_schema_text() -> str:
    """Return the schema as the text of its published file."""
    return json.dumps(gate_schema(), indent=2) + "\n"


def _plain(thing: object) -> object:
    """Return a dataclass and all within it as what the JSON encoder takes."""
    if is_dataclass(thing):
        return {each.name: _plain(getattr(thing, each.name)) for each in fields(thing)}
    if isinstance(thing, Mapping):
        return {key: _plain(value) for key, value in thing.items()}
    if isinstance(thing, tuple):
        return [_plain(value) for value in thing]
    return thing
