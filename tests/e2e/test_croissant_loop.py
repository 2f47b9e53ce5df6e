"""Scan, attach to a Croissant file, scan that, verify: one dataset all the way."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "labelaudit", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_a_dataset_is_the_same_by_its_croissant_file(sample_data: Path, tmp_path: Path) -> None:
    data, first, second = (tmp_path / name for name in ("data", "first", "second"))
    shutil.copytree(sample_data, data)
    file = data / "croissant.json"
    report = first / "report.json"
    scanned = run("scan", data, "-o", first, "-q", "--allow-unreadable")
    assert scanned.returncode == 0, scanned.stderr
    assert run("attach", report, "--croissant", file).returncode == 0
    written = file.read_bytes()
    assert run("attach", report, "--croissant", file).returncode == 0
    assert file.read_bytes() == written
    again = run("scan", file, "-o", second, "-q", "--allow-unreadable")
    assert again.returncode == 0, again.stderr
    facts = [
        json.loads((folder / "report.json").read_text(encoding="utf-8"))["dataset"]
        for folder in (first, second)
    ]
    assert facts[0]["digest"] == facts[1]["digest"]
    assert facts[0]["splits"] == facts[1]["splits"]
    assert [facts[1]["format"], facts[1]["manifest"]] == ["croissant", "metadata.csv"]
    assert not [said for said in facts[1]["statements"] if "labelaudit:" in said["text"]]
    for each in (report, second / "report.json"):
        for given in (data, file):
            checked = run("verify", each, given)
            assert checked.returncode == 0, checked.stdout
