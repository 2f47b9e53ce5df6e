"""Two vocabularies through the installed program."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tiny_text import write_text_model

TRAIN = {"cat": 6, "Sea_Bass": 3, "car": 1}
TEST = {"sea bass": 4, "dog": 5, "truck": 1}
VECTORS = {
    "cat": [1.0, 0.0, 0.0],
    "dog": [0.8, 0.6, 0.0],
    "Sea_Bass": [0.0, 1.0, 0.0],
    "sea bass": [0.0, 1.0, 0.0],
    "car": [0.0, 0.0, 1.0],
    "truck": [0.0, -0.6, 0.8],
}


def write(folder: Path, name: str, counts: dict[str, int]) -> None:
    rows = [f"{name}{label}{at},{label}" for label, n in counts.items() for at in range(n)]
    (folder / f"{name}.csv").write_text("id,label\n" + "\n".join(rows), encoding="utf-8")


def run(where: Path, *options: str) -> subprocess.CompletedProcess[str]:
    write(where, "train", TRAIN)
    write(where, "test", TEST)
    return subprocess.run(
        [sys.executable, "-m", "labelaudit", "familiarity", "train.csv", "test.csv", *options],
        cwd=where,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def found(text: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return the numbers, and the rows of the table by test label."""
    result = json.loads(text)
    values = {value["name"]: value["value"] for value in result["values"]}
    (table,) = result["tables"]
    names = [column["name"] for column in table["columns"]]
    return values, {row[0]: dict(zip(names, row, strict=True)) for row in table["rows"]}


def test_names_alone_overlap_in_any_writing(tmp_path: Path) -> None:
    done = run(tmp_path, "--json", "-o", "out")
    assert done.returncode == 0, done.stderr
    values, rows = found(done.stdout)
    assert values["shared_classes_count"] == 1
    assert values["test_classes_share"] == pytest.approx(1 / 3)
    assert values["test_labels_share"] == pytest.approx(0.4)
    assert values["familiarity_share"] is None
    assert rows["sea bass"]["train_labels"] == 3
    assert json.loads((tmp_path / "out" / "familiarity.json").read_text()) == json.loads(
        done.stdout
    )
    shown = run(tmp_path).stdout
    assert "Shared names, of all names" in shown
    assert "--label-embeddings" in shown


@pytest.mark.parametrize("kind", ["parquet", "npz"])
def test_vectors_of_ones_own_tell_what_names_mean(tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"vectors.{kind}"
    if kind == "parquet":
        table = {"label": list(VECTORS), "vector": list(VECTORS.values())}
        pq.write_table(pa.table(table), file)
    else:
        np.savez(file, labels=np.array(list(VECTORS)), vectors=np.array(list(VECTORS.values())))
    done = run(tmp_path, "--json", "--label-embeddings", file.name)
    assert done.returncode == 0, done.stderr
    values, rows = found(done.stdout)
    ranks = 1 / np.arange(1, 11)
    # A dog is .8 like each of 6 cats, then .6 like each of 3 sea basses, and not like a car.
    dog = (0.8 * ranks[:6].sum() + 0.6 * ranks[6:9].sum()) / ranks.sum()
    truck = 0.8 * ranks[0] / ranks.sum()
    bass = ranks[:3].sum() / ranks.sum()
    assert rows["dog"]["familiarity"] == pytest.approx(dog)
    assert rows["dog"]["nearest_train_label"] == "cat"
    assert rows["truck"]["familiarity"] == pytest.approx(truck)
    assert values["familiarity_share"] == pytest.approx((dog + truck + bass) / 3)


def test_a_text_model_embeds_the_names(tmp_path: Path) -> None:
    vectors = VECTORS | {"sea": [0.0, 0.9, 0.0], "bass": [0.0, 0.9, 0.1]}
    words = {word: np.array(of, np.float32) for word, of in vectors.items() if word.isalpha()}
    model = write_text_model(tmp_path, words)
    done = run(tmp_path, "--json", "--model", str(model))
    assert done.returncode == 0, done.stderr
    values, rows = found(done.stdout)
    # Sea_Bass is given to the model as sea bass.
    assert rows["sea bass"]["nearest_train_label"] == "Sea_Bass"
    assert rows["sea bass"]["similarity"] == pytest.approx(1)
    assert rows["truck"]["similarity"] < 1
    assert 0 < values["familiarity_share"] <= 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--label-embeddings", "none.npz"], "there is no such file"),
        (["--label-embeddings", "train.csv"], "not such a file"),
        (["--label-embeddings", "few.npz"], "4 of 6 classes have no vector"),
        (["--label-embeddings", "few.npz", "--model", "x.onnx"], "either gives the vectors"),
        (["--label-column", "id2"], "there is no label column 'id2'"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path: Path, options: list[str], said: str) -> None:
    np.savez(tmp_path / "few.npz", labels=np.array(["cat", "car"]), vectors=np.eye(2))
    done = run(tmp_path, *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
