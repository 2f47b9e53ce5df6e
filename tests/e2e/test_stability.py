"""Models compared through the installed program."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from labelaudit.verdicts import from_rows, write_verdicts

N = 60
CLASSES = ("cat", "dog")


def run(where: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "labelaudit", *options, "-q"],
        cwd=where,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def given(item: int) -> str:
    """Return the label of an item; of every sixth the right one is the other."""
    return CLASSES[item % 2]


def write_models(where: Path, *, labels: bool = False, folder: str = "") -> list[str]:
    """Write what two models say, one of which follows the wrong labels."""
    options = []
    for name, wrong_at, follows in (("follower", 5, True), ("honest", 7, False)):
        lines = ["path,prediction" + ",label" * labels]
        for item in range(N):
            turned = item % wrong_at == 3 or (item % 6 == 0 and not follows)
            said = CLASSES[(item + turned) % 2]
            lines.append(f"{folder}{item:02}.png,{said}" + f",{given(item)}" * labels)
        (where / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
        options += ["--predictions", f"{name}.csv"]
    return options


def write_images(where: Path) -> None:
    rng = np.random.default_rng(0)
    (where / "data").mkdir()
    lines = ["path,label"]
    for item in range(N):
        pixels = rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(where / "data" / f"{item:02}.png")
        lines.append(f"{item:02}.png,{given(item)}")
    (where / "data" / "test.csv").write_text("\n".join(lines), encoding="utf-8")


def judge_all(where: Path) -> None:
    """Write what a person found of every image beside the data."""
    lines = [
        {
            "content": hashlib.sha256((where / "data" / f"{item:02}.png").read_bytes()).hexdigest(),
            "path": f"{item:02}.png",
            "given_label": given(item),
            "suggested_label": CLASSES[(item + 1) % 2],
            "verdict": "given" if item % 6 else "suggested",
            "reviewer": "ann",
            "audit": "all",
            "stratum": "0",
            "stratum_size": str(N),
            "stratum_drawn": str(N),
            "judged_before": "0",
        }
        for item in range(N)
    ]
    write_verdicts(where / "data" / "labelaudit-verdicts.csv", from_rows(lines))


def stability(folder: Path) -> dict[str, Any]:
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = next(
        measure for measure in report["measures"] if measure["name"] == "benchmark_stability"
    )
    return found


def values(measure: dict[str, Any]) -> dict[str, float]:
    return {value["name"]: value["value"] for value in measure["values"]}


def test_predictions_with_labels_are_compared_by_themselves(tmp_path: Path) -> None:
    done = run(tmp_path, "stability", *write_models(tmp_path, labels=True), "-o", "out")
    assert done.returncode == 0, done.stderr
    assert "follower" in done.stdout
    assert "labelaudit review draws a sample" in " ".join(done.stdout.split())
    found = stability(tmp_path / "out")
    assert values(found)["scored_items_count"] == N
    assert values(found)["resolution_share"] is None
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Accuracy and rank by scoring" in page


def test_verdicts_beside_the_data_correct_and_rate_the_labels(tmp_path: Path) -> None:
    write_images(tmp_path)
    options = write_models(tmp_path)
    before = run(tmp_path, "stability", "data/test.csv", *options, "-o", "before")
    assert before.returncode == 0, before.stderr
    judge_all(tmp_path)
    done = run(tmp_path, "stability", "data/test.csv", *options, "-o", "after")
    assert done.returncode == 0, done.stderr
    found = values(stability(tmp_path / "after"))
    assert found["label_error_rate"] == pytest.approx(10 / N, abs=1e-6)
    assert found["leaders_swap_share"] is not None
    report = json.loads((tmp_path / "after" / "report.json").read_text(encoding="utf-8"))
    assert report["dataset"]["n_unreadable"] == 0
    first = json.loads((tmp_path / "before" / "report.json").read_text(encoding="utf-8"))
    # Without verdicts no image is opened.
    assert first["dataset"]["n_unreadable"] is None
    assert "multi-label" in done.stdout
    page = (tmp_path / "after" / "report.html").read_text(encoding="utf-8")
    assert " swap at " in page


def test_a_scan_prints_it_and_its_suspects_are_taken_by_the_command(tmp_path: Path) -> None:
    write_images(tmp_path)
    options = write_models(tmp_path)
    probs = np.full((N, 2), 0.1)
    probs[np.arange(N), [(item + (item % 6 == 0)) % 2 for item in range(N)]] = 0.9
    np.save(tmp_path / "probs.npy", probs)
    scan = ["scan", "data/test.csv", "--pred-probs", "probs.npy", "--no-cache", "-o", "scan"]
    done = run(tmp_path, *scan, *options)
    assert done.returncode == 0, done.stderr
    scanned = stability(tmp_path / "scan")
    assert scanned["parameters"]["wrong_labels"] == "suspected"
    again = run(
        tmp_path,
        *("stability", "data/test.csv", *options, "--report", "scan/report.json", "-o", "out"),
    )
    assert again.returncode == 0, again.stderr
    assert values(stability(tmp_path / "out")) == pytest.approx(values(scanned))
    without = run(tmp_path, *scan)
    assert without.returncode == 0, without.stderr
    assert stability(tmp_path / "scan")["reason"] == "no predictions were given (--predictions)"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "--predictions: no predictions are named"),
        (["--predictions", "follower.csv"], "1 model named"),
        (
            ["--predictions", "follower.csv", "--predictions", "honest.csv"],
            "the label column is not there",
        ),
        (
            ["--predictions", "follower.csv", "--predictions", "honest.csv", "--report", "r.json"],
            "--report: of a dataset, and none is named",
        ),
        (["--predictions", "no.csv", "--predictions", "honest.csv"], "no.csv: cannot be read"),
        (["--item-column", "x"], "do nothing without --predictions"),
    ],
)
def test_what_cannot_be_compared_is_said(tmp_path: Path, options: list[str], said: str) -> None:
    write_models(tmp_path)
    done = run(tmp_path, "stability", *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "labelaudit-stability").exists()
