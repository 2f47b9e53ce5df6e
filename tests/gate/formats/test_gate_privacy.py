"""Nothing that a public report leaves out comes back through what a gate writes."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from outcomes import found, gated

from labelaudit.gate.files import FORMATS, gate_files, workflow_commands
from labelaudit.gate.outcome import Outcome
from labelaudit.privacy import published

SECRETS = ("ward-7/Jane Roe.png", "HIV positive", "says the note of Dr Roe", "copy of Jane Roe")


def secret() -> Outcome:
    """Return an outcome whose findings hold what a public report leaves out."""
    path, given, evidence, other = SECRETS
    finding = replace(
        found(0), path=path, given_label=given, evidence=evidence, others=(other,), split=None
    )
    outcome = gated()
    return replace(outcome, findings=(finding,) * 3, stale=(f"suspects: {path}",))


def written(outcome: Outcome) -> str:
    files = gate_files(outcome, FORMATS)
    shown = "".join(file.decode() for file in files.values())
    return shown + workflow_commands(outcome)


def test_items_are_named_to_those_who_may_see_them() -> None:
    shown = written(secret())
    assert not [each for each in SECRETS if each not in shown]


def test_of_a_public_report_no_item_is_named() -> None:
    outcome = secret()
    public = replace(outcome, report=published(outcome.report, "public"))
    shown = written(public)
    assert not [each for each in (*SECRETS, "Jane", "ward-7") if each in shown]
    document = json.loads(gate_files(public)["gate.json"])
    assert (document["privacy"], document["findings"], document["stale"]) == ("public", [], [])


@pytest.mark.parametrize("kind", ["public", "team", "full"])
def test_no_file_names_the_machine(kind: str) -> None:
    outcome = gated()
    report = replace(outcome.report, run=replace(outcome.report.run, data=""))
    shown = written(replace(outcome, report=published(report, kind)))  # type: ignore[arg-type]
    assert str(Path.home()) not in shown
    assert str(Path.cwd()) not in shown
