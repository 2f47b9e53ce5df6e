"""``labelaudit gate`` and ``scan --gate`` as a person runs them."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from labelaudit.gate.files import FORMATS
from labelaudit.gate.rules import RULES
from labelaudit.render.json import from_json
from labelaudit.render.judgements import whose

SAMPLE = Path(__file__).parents[2] / "sample_data"
POLICY = """
[tool.labelaudit.gate]
mode = "assure"
label_error_rate = 0.2
accept_model = true
[tool.labelaudit.gate.findings]
unreadable = 1
[[tool.labelaudit.gate.limits]]
measure = "class_imbalance"
value = "count"
class = "*"
at_least = 5
"""

pytestmark = pytest.mark.slow


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "labelaudit", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a policy, data, and the report of a scan with a gate."""
    folder = tmp_path_factory.mktemp("gated")
    shutil.copytree(SAMPLE, folder / "data")
    (folder / "pyproject.toml").write_text(POLICY)
    done = run(folder, "scan", "data", "-q", "-o", "out", "--gate")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def folder(scanned: Path, tmp_path: Path) -> Path:
    """Return a copy of it, to change."""
    return shutil.copytree(scanned, tmp_path / "work")


def sums(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_policy_of_the_folder_is_in_the_report_and_on_the_label(scanned: Path) -> None:
    report = from_json((scanned / "out" / "report.json").read_text())
    assert report.policy.source == "pyproject.toml"
    assert report.policy.mode == "assure"
    assert report.policy.findings == {"unreadable": 1}
    assert [limit.class_name for limit in report.limits] == [None, None, "*"]
    for name in ("label.svg", "report.html"):
        assert whose(report) in (scanned / "out" / name).read_text()


def test_gate_says_what_the_scan_said_and_leaves_the_report_as_it_is(folder: Path) -> None:
    before = sums(folder / "out")
    done = run(folder, "gate", "out/report.json")
    assert done.returncode == 0, done.stdout
    assert sums(folder / "out") == before
    assert "policy pyproject.toml; mode assure" in done.stdout


def test_another_policy_is_in_what_the_gate_writes_and_not_in_the_report(folder: Path) -> None:
    (folder / "strict.toml").write_text("[gate.findings]\nunreadable = 0\n")
    before = sums(folder / "out")
    done = run(folder, "gate", "out/report.json", "--policy", "strict.toml", "-o", "gated")
    assert done.returncode == 1
    assert sums(folder / "out") == before
    said = json.loads((folder / "gated" / "gate.json").read_text())
    assert said["policy"] == {
        "source": "strict.toml",
        "mode": "block",
        "findings": {"unreadable": 0},
    }
    assert [ruling["name"] for ruling in said["rulings"]] == ["findings.unreadable"]
    assert str(folder) not in (folder / "gated" / "gate.json").read_text()


def test_every_format_that_is_asked_for_is_written(folder: Path) -> None:
    formats = [f"--format={name}" for name in FORMATS]
    done = run(folder, "gate", "out/report.json", "-o", "gated", *formats)
    assert done.returncode == 0, done.stderr
    written = {path.name for path in (folder / "gated").iterdir()}
    assert written == {name for files in FORMATS.values() for name in files}


@pytest.mark.parametrize("name", ["labelaudit.toml", "start.toml", "pyproject.toml"])
def test_the_policy_to_start_from_is_taken_and_never_written_over(folder: Path, name: str) -> None:
    (folder / "pyproject.toml").unlink()
    arguments = () if name == "labelaudit.toml" else ("-o", name)
    assert run(folder, "gate", "--init", "out/report.json", *arguments).returncode == 0
    written = (folder / name).read_text()
    findings = tomllib.loads(written)
    table = findings["tool"]["labelaudit"] if name == "pyproject.toml" else findings
    assert set(table["gate"]["findings"]) <= set(RULES)
    done = run(folder, "gate", "out/report.json", "--policy", name)
    assert done.returncode == 0, done.stdout + done.stderr
    again = run(folder, "gate", "--init", "out/report.json", *arguments)
    assert again.returncode == 2
    assert (folder / name).read_text() == written


def test_a_baseline_leaves_the_new_findings_to_count(folder: Path) -> None:
    (folder / "new.toml").write_text("[gate.findings]\nsuspects = 0\nexact_duplicates = 0\n")
    gate = ("gate", "out/report.json", "--policy", "new.toml", "--baseline", "b.json")
    assert run(folder, *gate[:-2]).returncode == 1
    assert run(folder, *gate).returncode == 2  # there is none yet
    assert run(folder, *gate, "--update-baseline").returncode == 0
    written = (folder / "b.json").read_bytes()
    done = run(folder, *gate)
    assert done.returncode == 0, done.stdout
    assert run(folder, *gate, "--update-baseline").returncode == 0
    assert (folder / "b.json").read_bytes() == written


def test_a_rise_needs_a_baseline(folder: Path) -> None:
    (folder / "rise.toml").write_text(
        '[[gate.limits]]\nmeasure = "class_imbalance"\nvalue = "imbalance_ratio"\n'
        "rise_at_most = 1\n"
    )
    gate = ("gate", "out/report.json", "--policy", "rise.toml")
    without = run(folder, *gate)
    assert without.returncode == 1
    assert "give one with --baseline" in " ".join(without.stdout.split())
    assert run(folder, *gate, "--baseline", "b.json", "--update-baseline").returncode == 0
    assert run(folder, *gate, "--baseline", "b.json").returncode == 0


def test_a_public_report_is_gated_in_its_scan_and_names_nothing(folder: Path) -> None:
    (folder / "pyproject.toml").write_text(POLICY.replace("unreadable = 1", "suspects = 0"))
    done = run(folder, "scan", "data", "-q", "-o", "public", "--privacy", "public", "--gate")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "findings.suspects" in done.stdout
    assert "images/" not in done.stdout.partition("INCONCLUSIVE")[2]
    files = {path.name for path in (folder / "public").iterdir()}
    assert "gate.json" in files
    assert "issues.parquet" not in files
    again = run(folder, "gate", "public/report.json")
    assert again.returncode == 1
    assert "NOT MEASURED" in again.stdout


def test_a_public_report_names_no_class_of_few_items_in_its_limits(folder: Path) -> None:
    (folder / "pyproject.toml").write_text(POLICY.replace('class = "*"', 'class = "nine"'))
    done = run(folder, "scan", "data", "-q", "-o", "public", "--privacy", "public")
    assert done.returncode == 0, done.stdout + done.stderr
    report = from_json((folder / "public" / "report.json").read_text())
    assert [limit.class_name for limit in report.limits] == [None, None]
    names = ("json", "sarif", "junit", "gitlab", "summary", "comment", "badge", "github")
    again = run(folder, "gate", "public/report.json", *(f"--format={name}" for name in names))
    assert again.returncode == 1
    assert "class (not named)" in again.stdout
    written = [file for file in (folder / "public").glob("g*") if file.is_file()]
    assert len(written) == 6
    shown = again.stdout + "".join(file.read_text() for file in written)
    assert not re.search(r"\bnine\b", shown)
