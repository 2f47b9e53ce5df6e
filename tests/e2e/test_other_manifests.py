"""Datasets of numbers and of many annotators, from their manifests to their reports."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from test_cli import labelaudit
from typer.testing import CliRunner

from labelaudit.cli import app

N = 90
PEOPLE = ("ann", "bob", "cyd")


@pytest.fixture
def items(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return items whose answers depend on their embeddings, which are in `vectors.npy`."""
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(N, 6)).astype(np.float32)
    np.save(tmp_path / "vectors.npy", vectors)
    monkeypatch.chdir(tmp_path)
    said = np.digitize(vectors[:, :1] + 0.4 * rng.normal(size=(N, 3)), [-0.5, 0.5])
    names = np.array(["no", "maybe", "yes"])[said]
    return [
        {
            "id": f"i{at}",
            "age": round(float(40 + 9 * vectors[at, 0]), 1),
            "votes": names[at].tolist(),
        }
        for at in range(N)
    ]


def table(name: str, rows: list[dict[str, object]]) -> None:
    with Path(name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def scanned(*arguments: str) -> dict[str, Any]:
    """Scan, and return the report; its page is there, and no measure broke."""
    given = ["--embeddings", "vectors.npy", "--output", "out", "--no-cache", "--quiet"]
    run = CliRunner().invoke(app, ["scan", *arguments, *given])
    assert run.exit_code == 0, run.output
    assert Path("out/report.html").stat().st_size > 10_000
    report: dict[str, Any] = json.loads(Path("out/report.json").read_text(encoding="utf-8"))
    statuses = {each["name"]: each["status"] for each in report["measures"]}
    assert set(statuses.values()) <= {"measured", "not_measured"}
    return report | {"statuses": statuses}


def reason(report: dict[str, Any], name: str) -> str:
    (found,) = [each["reason"] for each in report["measures"] if each["name"] == name]
    return str(found)


def test_a_dataset_of_numbers(items: list[dict[str, Any]]) -> None:
    rows = [
        {"id": row["id"], "age": row["age"], "site": "AB"[at % 2]} for at, row in enumerate(items)
    ]
    rows[4]["age"] = ""
    table("ages.csv", rows)
    report = scanned("ages.csv", "--target-column", "age", "--metadata-column", "site")
    assert report["dataset"]["task"] == "regression"
    assert report["dataset"]["n_unlabelled"] == 1
    assert (
        reason(report, "class_imbalance") == "the labels of this dataset are numbers, not classes"
    )
    kept = pq.read_table("out/items.parquet")
    assert kept["target"].to_pylist()[:5] == [*(row["age"] for row in items[:4]), None]
    assert kept["given_label"][0].as_py() == repr(items[0]["age"])
    run = labelaudit("review", "out/report.json", where=Path.cwd())
    assert run.returncode == 2
    assert "its labels are numbers" in run.stderr


def test_numbers_have_no_probabilities_of_classes(items: list[dict[str, Any]]) -> None:
    table("ages.csv", [{"id": row["id"], "age": row["age"]} for row in items])
    np.save("probs.npy", np.full((N, 2), 0.5))
    probs = ("--target-column", "age", "--pred-probs", "probs.npy")
    run = labelaudit("scan", "ages.csv", *probs, where=Path.cwd())
    assert run.returncode == 2
    assert "an item of this dataset has a number, not a class" in run.stderr


def test_images_of_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    rng = np.random.default_rng(0)
    for at in range(12):
        pixels = rng.integers(0, 255, (24, 24, 3)).astype(np.uint8)
        Image.fromarray(pixels).save(f"data/{at}.png")
    table("data/metadata.csv", [{"file_name": f"{at}.png", "age": at / 2} for at in range(12)])
    np.save("vectors.npy", rng.normal(size=(12, 4)))
    report = scanned("data", "--target-column", "age")
    assert report["statuses"]["integrity"] == "measured"


@pytest.mark.parametrize("form", ["beside", "long", "lists", "objects"])
def test_judgements_of_three_annotators(items: list[dict[str, Any]], form: str) -> None:
    labelled = [{"id": row["id"], "label": row["votes"][0]} for row in items]
    each = [
        {"id": row["id"], "annotator": who, "label": vote, "own": row["votes"][0]}
        for row in items
        for who, vote in zip(PEOPLE, row["votes"], strict=True)
    ]
    said = ["--judgement-column", "votes"]
    if form == "beside":
        table("judgements.csv", each)
        said = ["--annotations", "judgements.csv"]
    elif form == "long":
        labelled = each
        said = ["--annotator-column", "annotator", "--judgement-column", "label"]
        said += ["--label-column", "own"]
    else:
        for row, item in zip(labelled, items, strict=True):
            named = [
                {"annotator": who, "label": vote}
                for who, vote in zip(PEOPLE, item["votes"], strict=True)
            ]
            row["votes"] = json.dumps(named if form == "objects" else item["votes"])
    table("data.csv", labelled)
    report = scanned("data.csv", *said, "--class-order", "no,maybe,yes")
    assert report["dataset"]["n_items"] == N
    assert report["dataset"]["n_unlabelled"] == 0
    assert report["dataset"]["class_names"] == ["no", "maybe", "yes"]
    assert report["statuses"]["annotator_agreement"] == "measured"
    assert report["statuses"]["class_imbalance"] == "measured"


def test_soft_labels_of_an_earlier_scan_do_not_stay_beside_another_report(
    items: list[dict[str, Any]],
) -> None:
    rows = [{"id": row["id"], "label": row["votes"][0], "votes": row["votes"]} for row in items]
    table("judged.csv", [row | {"votes": json.dumps(row["votes"])} for row in rows])
    scanned("judged.csv", "--judgement-column", "votes")
    Path("out/own.parquet").touch()
    assert Path("out/soft_labels.parquet").is_file()
    table("plain.csv", [{"id": row["id"], "label": row["label"]} for row in rows])
    scanned("plain.csv")
    assert not Path("out/soft_labels.parquet").exists()
    assert Path("out/own.parquet").exists()


def test_no_item_has_a_label(items: list[dict[str, Any]]) -> None:
    table("data.csv", [{"id": row["id"], "label": " "} for row in items])
    report = scanned("data.csv")
    assert report["dataset"]["n_unlabelled"] == N
    assert "no item of this dataset has a label" in reason(report, "class_imbalance")
    assert "no item of this dataset has a label" in reason(report, "label_noise")
    table("data.csv", [{"id": row["id"], "age": ""} for row in items])
    report = scanned("data.csv", "--target-column", "age")
    assert report["dataset"]["n_unlabelled"] == N
