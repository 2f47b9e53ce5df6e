import json
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from outcomes import OUTCOMES, found, gated
from published import problems
from typer.testing import CliRunner

import labelaudit.schema
from labelaudit.cli import app
from labelaudit.gate.files import gate_files
from labelaudit.gate.formats.gate_json import MOST_FINDINGS, gate_schema, gate_schema_text
from labelaudit.gate.outcome import Outcome

PUBLISHED = Path(labelaudit.schema.__file__).with_name("gate-1.json")


def written(outcome: Outcome) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(gate_files(outcome)["gate.json"])
    return document


def closed() -> dict[str, Any]:
    """Return the schema with nothing allowed that it does not name."""
    schema: Any = gate_schema()
    for part in schema["$defs"].values():
        part["additionalProperties"] = False
    return dict(schema)


def test_the_published_schema_is_that_of_the_outcome() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        PUBLISHED.write_text(gate_schema_text(), encoding="ascii")
    assert PUBLISHED.read_text(encoding="ascii") == gate_schema_text()
    jsonschema.Draft202012Validator.check_schema(gate_schema())


@pytest.mark.parametrize(("arguments", "name"), [((), "report"), (("gate",), "gate")])
def test_the_program_prints_the_schemas(arguments: tuple[str, ...], name: str) -> None:
    run = CliRunner().invoke(app, ["schema", *arguments])
    assert run.exit_code == 0
    assert run.stdout == PUBLISHED.with_name(f"{name}-1.json").read_text(encoding="ascii")


def test_everything_in_the_schema_is_described() -> None:
    schema: Any = gate_schema()
    assert {"GateDocument", "Ruling", "Finding", "Limit", "Value"} <= schema["$defs"].keys()
    for name, part in schema["$defs"].items():
        assert part["description"], name
        for key, each in part["properties"].items():
            assert each["description"], f"{name}.{key}"


@pytest.mark.parametrize("name", OUTCOMES)
def test_outcomes_fit_the_closed_schema(name: str) -> None:
    assert problems(written(OUTCOMES[name]()), closed()) == []


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("schema_version", "2.0"),
        ("decision", "maybe"),
        ("rulings", {}),
        ("failed", None),
        ("amounts", {"suspects": 3}),
    ],
)
def test_what_is_no_outcome_does_not_fit(key: str, wrong: object) -> None:
    assert problems(written(gated()) | {key: wrong}, gate_schema())


def test_a_later_minor_version_fits_the_open_schema_only() -> None:
    later = written(gated()) | {"schema_version": "1.9", "novelty": 1}
    assert problems(later, gate_schema()) == []
    assert problems(later, closed())


def test_decision_rulings_and_amounts_are_those_of_the_outcome() -> None:
    for make in OUTCOMES.values():
        outcome = make()
        document = written(outcome)
        assert (document["decision"], document["failed"]) == (outcome.decision, outcome.failed)
        assert [each["name"] for each in document["rulings"]] == [
            ruling.name for ruling in outcome.rulings
        ]
        amounts = Counter(each.rule for each in outcome.findings)
        assert {rule: each["found"] for rule, each in document["amounts"].items()} == amounts
        new = sum(each.is_new for each in outcome.findings)
        assert sum(each["new"] for each in document["amounts"].values()) == new
        assert document["digest"] == outcome.report.dataset.digest


@pytest.mark.parametrize("extra", [0, 1])
def test_findings_are_cut_and_counted(extra: int) -> None:
    findings = tuple(found(at) for at in range(MOST_FINDINGS + extra))
    document = written(replace(gated(), findings=findings))
    assert (len(document["findings"]), document["findings_omitted"]) == (MOST_FINDINGS, extra)


def test_numbers_are_rounded_as_those_of_the_report() -> None:
    [first, *_] = written(gated())["rulings"]
    assert first["found"]["value"] == 0.0312346
    assert first["detectable"] == 0.0812346


def test_a_number_that_is_none_is_refused() -> None:
    ruling = replace(gated().rulings[0], detectable=float("nan"))
    with pytest.raises(ValueError, match="nan"):
        gate_files(replace(gated(), rulings=(ruling,)))
