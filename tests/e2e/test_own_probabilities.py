"""Probabilities of the user's own through the installed program: what is used, what is refused."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

LABELS = ["cat"] * 10 + ["dog"] * 10 + ["eel"] * 10
GIVEN = np.repeat([0, 1, 2], 10)


def scan(where: Path, data: str, probs: NDArray[np.floating]) -> subprocess.CompletedProcess[str]:
    """Scan with probabilities, in a folder."""
    np.save(where / "probs.npy", probs)
    command = [sys.executable, "-m", "labelaudit", "scan", data, "--pred-probs", "probs.npy"]
    return subprocess.run(
        [*command, "--no-cache"],
        cwd=where,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def label_noise(where: Path) -> dict[str, Any]:
    report = json.loads((where / "labelaudit-report" / "report.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = next(m for m in report["measures"] if m["name"] == "label_noise")
    return found


def value(measure: dict[str, Any], name: str) -> object:
    return next(value["value"] for value in measure["values"] if value["name"] == name)


def texts(where: Path, labels: list[str]) -> str:
    lines = [f"text number {row},{label}" for row, label in enumerate(labels)]
    (where / "data.csv").write_text("text,label\n" + "\n".join(lines), encoding="utf-8")
    return "data.csv"


def good() -> NDArray[np.float64]:
    """Return probabilities of three classes that agree with the labels but for one."""
    probs = np.full((30, 3), 0.1)
    probs[np.arange(30), GIVEN] = 0.8
    probs[3] = 0.04, 0.92, 0.04
    return probs


def with_nan() -> NDArray[np.float64]:
    probs = good()
    probs[4, 1] = np.nan
    return probs


def with_infinity() -> NDArray[np.float64]:
    probs = good()
    probs[4, 1] = np.inf
    return probs


REFUSED = {
    "nan": (with_nan(), "1 rows hold NaN or leave [0, 1]", "row 4"),
    "infinity": (with_infinity(), "1 rows hold NaN or leave [0, 1]", "row 4"),
    "unnormalized": (good() * 0.9, "30 rows do not sum to 1", "the sum is 0.9"),
    "logits": (np.log(good()), "30 rows hold NaN or leave [0, 1]", "not logits"),
    "too few columns": (good()[:, :2], "2 columns for 3 classes", "cat, dog, eel"),
    "too many columns": (np.eye(4)[GIVEN], "4 columns for 3 classes", "cat, dog, eel"),
    "too few rows": (good()[:29], "shape (29, 3) for 30 items", "one row an item"),
    "one column": (good()[:, 0], "shape (30,) for 30 items", "one row an item"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_used_is_said(tmp_path: Path, case: str) -> None:
    probs, *said = REFUSED[case]
    run = scan(tmp_path, texts(tmp_path, LABELS), probs)
    assert run.returncode == 2
    assert "error: --pred-probs probs.npy: " in run.stderr
    for words in said:
        assert words in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "labelaudit-report").exists()


def test_what_is_sound_is_used(tmp_path: Path) -> None:
    run = scan(tmp_path, texts(tmp_path, LABELS), good())
    assert run.returncode == 0, run.stderr
    found = label_noise(tmp_path)
    assert found["status"] == "measured"
    assert value(found, "suspected_errors_count") == 1
    assert found["parameters"]["probabilities"].startswith("probs.npy, sha256")


@pytest.mark.parametrize("n_columns", [1, 3])
def test_one_class_only(tmp_path: Path, n_columns: int) -> None:
    run = scan(tmp_path, texts(tmp_path, ["cat"] * 30), np.eye(n_columns)[np.zeros(30, dtype=int)])
    if n_columns == 1:
        assert run.returncode == 0, run.stderr
        found = label_noise(tmp_path)
        assert found["status"] == "not_measured"
        assert found["reason"].startswith("there is one class only")
        assert "not measured" in run.stdout
    else:
        assert run.returncode == 2
        assert "3 columns for 1 classes" in run.stderr


def test_a_class_without_items(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name in ("cat", "dog", "eel"):
        (tmp_path / "data" / name).mkdir(parents=True)
        for number in range(0 if name == "eel" else 10):
            pixels = rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "data" / name / f"{number}.png")
    probs = good()[:20]
    probs[7] = 0.02, 0.02, 0.96
    run = scan(tmp_path, "data", probs)
    assert run.returncode == 0, run.stderr
    found = label_noise(tmp_path)
    assert found["status"] == "measured"
    with (tmp_path / "labelaudit-report" / "issues.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["rule"] == "suspects"]
    suspects = {(row["path"], row["suggested_label"]) for row in rows}
    assert suspects == {("cat/3.png", "dog"), ("cat/7.png", "eel")}


def test_an_item_without_a_label_is_left_out(tmp_path: Path) -> None:
    run = scan(tmp_path, texts(tmp_path, ["", *LABELS[1:]]), good())
    assert run.returncode == 0, run.stderr
    assert label_noise(tmp_path)["parameters"]["n_judged"] == 29
