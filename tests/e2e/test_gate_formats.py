"""What the installed program writes of a real scan's gate, for others to read."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from junitparser import JUnitXml

from labelaudit.gate.files import FORMATS
from labelaudit.gate.formats.gate_json import gate_schema

sys.path.append(str(Path(__file__).parents[1] / "gate" / "formats"))
from published import CODE_QUALITY, ENDPOINT, problems, sarif_schema

pytestmark = pytest.mark.slow
CHECKOUT = Path(__file__).parents[2]
POLICY = """
[gate]
label_error_rate = 0.5
[gate.findings]
suspects = 0
unreadable = 0
contradictory_duplicates = 0
outliers = 100
"""
ALL = [argument for name in FORMATS for argument in ("--format", name)]


def labelaudit(where: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "labelaudit", *map(str, arguments)],
        cwd=where,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with data, a policy and a report."""
    where = tmp_path_factory.mktemp("somebodys") / "repository"
    where.mkdir()
    (where / "data").symlink_to(CHECKOUT / "sample_data")
    (where / "labelaudit.toml").write_text(POLICY, encoding="utf-8")
    run = labelaudit(where, "scan", "data", "--no-cache", "-q")
    assert run.returncode == 0, run.stderr
    return where


@pytest.fixture(scope="module")
def gated(repository: Path) -> subprocess.CompletedProcess[str]:
    return labelaudit(repository, "gate", "labelaudit-report/report.json", "-o", "out", *ALL)


def written(repository: Path, name: str) -> bytes:
    return (repository / "out" / name).read_bytes()


def document(repository: Path, name: str) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(written(repository, name))


def test_every_format_is_written_and_fits_its_schema(
    repository: Path, gated: subprocess.CompletedProcess[str]
) -> None:
    assert gated.returncode == 1, gated.stderr
    names = {name for files in FORMATS.values() for name in files}
    assert {path.name for path in (repository / "out").iterdir()} == names
    schemas = {
        "gate.json": gate_schema(),
        "gate.sarif": sarif_schema(),
        "gl-code-quality-report.json": CODE_QUALITY,
        "badge.json": ENDPOINT,
    }
    for name, schema in schemas.items():
        assert problems(document(repository, name), schema) == []
    suites = JUnitXml.fromstring(written(repository, "gate-junit.xml"))
    outcome = document(repository, "gate.json")
    assert suites.tests == len(outcome["rulings"]) == 5
    assert suites.failures == sum(ruling["fails"] for ruling in outcome["rulings"])


def test_the_planted_faults_are_errors_at_their_lines_in_each_format(
    repository: Path, gated: subprocess.CompletedProcess[str]
) -> None:
    lines = (CHECKOUT / "sample_data" / "metadata.csv").read_text(encoding="utf-8").splitlines()
    at = 1 + next(n for n, line in enumerate(lines) if "copy-contradictory.png" in line)
    [run] = document(repository, "gate.sarif")["runs"]
    places = {
        (
            each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            each["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for each in run["results"]
        if each["ruleId"] == "contradictory_duplicates" and each["level"] == "error"
    }
    assert ("data/metadata.csv", at) in places
    assert len(places) == 2
    listed = document(repository, "gl-code-quality-report.json")
    assert at in {
        each["location"]["lines"]["begin"] for each in listed if each["severity"] == "major"
    }
    errors = [line for line in gated.stdout.splitlines() if line.startswith("::error ")]
    assert [line for line in errors if f"file=data/metadata.csv,line={at}," in line]
    for name in ("gate-summary.md", "gate-comment.md", "gate-junit.xml"):
        assert b"copy-contradictory.png" in written(repository, name)


def test_a_second_gate_writes_the_same_bytes(
    repository: Path, gated: subprocess.CompletedProcess[str]
) -> None:
    again = labelaudit(repository, "gate", "labelaudit-report/report.json", "-o", "again", *ALL)
    assert again.stdout == gated.stdout
    for file in (repository / "out").iterdir():
        assert (repository / "again" / file.name).read_bytes() == file.read_bytes(), file.name


def test_no_file_names_the_place_or_its_user(
    repository: Path, gated: subprocess.CompletedProcess[str]
) -> None:
    report = repository / "labelaudit-report" / "report.json"
    out = repository / "absolute"
    policy = repository / "labelaudit.toml"
    run = labelaudit(CHECKOUT, "gate", report, "--policy", policy, "-o", out, *ALL)
    assert run.returncode == gated.returncode == 1, run.stderr
    private = [str(repository), str(CHECKOUT), str(Path.home()), "somebodys"]
    for file in [*(repository / "out").iterdir(), *out.iterdir()]:
        shown = file.read_text(encoding="utf-8")
        assert not [place for place in private if place in shown], file


def test_beside_a_public_report_no_item_is_named(repository: Path) -> None:
    source = repository / "labelaudit-report" / "report.json"
    public = repository / "public"
    assert (
        labelaudit(repository, "render", source, "-o", public, "--privacy", "public").returncode
        == 0
    )
    run = labelaudit(repository, "gate", public / "report.json", *ALL)
    assert run.returncode == 1
    names = {name for files in FORMATS.values() for name in files}
    shown = run.stdout + "".join((public / name).read_text(encoding="utf-8") for name in names)
    assert "not measured" in shown
    assert ".png" not in shown
    metrics = json.loads((public / "metrics.json").read_text(encoding="ascii"))
    jsonschema.validate(metrics, {"type": "object", "additionalProperties": {"type": "number"}})
