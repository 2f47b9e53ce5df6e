"""Models of a user's own, as a person scans with them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits

DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
DECLARED: dict[str, object] = {
    "input": "images",
    "output": "probabilities",
    "size": [8, 8],
    "resize": "stretch",
    "resize_to": 0,
    "interpolation": "box",
    "color": "L",
    "layout": "NCHW",
    "dtype": "float32",
    "scale": 1 / 255,
    "mean": [0.0],
    "std": [1.0],
    "scores_output": "logits",
    "scores": "logits",
    "class_map": DIGITS,
}
KINDS = {
    "float32": TensorProto.FLOAT,
    "float16": TensorProto.FLOAT16,
    "uint8": TensorProto.UINT8,
}


def nearest_means() -> tuple[np.ndarray, np.ndarray]:
    """Return a classifier by the nearest mean, of digits that are not in the sample."""
    images, labels = load_digits(return_X_y=True)
    images = 1 - images[500:] / 16
    means = np.stack([images[labels[500:] == digit].mean(axis=0) for digit in range(10)])
    return 4 * means.T, -2 * (means**2).sum(axis=1)


def write_classifier(path: Path, **declared: object) -> Path:
    """Write a classifier of the sample's digits, and its declaration."""
    said = DECLARED | declared
    dtype = str(said["dtype"])
    kind = TensorProto.FLOAT if dtype == "uint8" else KINDS[dtype]
    nodes = [
        helper.make_node("Cast", ["images"], ["numbers"], to=kind),
        helper.make_node("Mul", ["numbers", "factor"], ["scaled"]),
        helper.make_node("Flatten", ["scaled"], ["features"], axis=1),
        helper.make_node("Gemm", ["features", "weights", "biases"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"]),
    ]
    weights, biases = nearest_means()
    factor = [1 / 255 if dtype == "uint8" else 1]
    values = {"weights": weights, "biases": biases, "factor": np.array(factor)}
    shape: list[str | int] = ["n", 8, 8, 1] if said["layout"] == "NHWC" else ["n", 1, 8, 8]
    graph = helper.make_graph(
        nodes,
        "digits",
        [helper.make_tensor_value_info("images", KINDS[dtype], shape)],
        [helper.make_tensor_value_info("probabilities", kind, ["n", 10])],
        [
            numpy_helper.from_array(value.astype(helper.tensor_dtype_to_np_dtype(kind)), name)
            for name, value in values.items()
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    path.write_bytes(model.SerializeToString())
    path.with_suffix(".json").write_text(json.dumps(said), encoding="utf-8")
    return path


def labelaudit(*arguments: str | Path, where: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, "-m", "labelaudit", *map(str, arguments)],
        cwd=where,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def scan(where: Path, data: Path, *arguments: str | Path) -> dict[str, Any]:
    run = labelaudit("scan", data, "--cache", where / "cache", *arguments, where=where)
    assert run.returncode == 0, run.stderr
    report: dict[str, Any] = json.loads((where / "labelaudit-report/report.json").read_text())
    return report


def refused(where: Path, data: Path, *arguments: str | Path) -> str:
    run = labelaudit("scan", data, "--no-cache", *arguments, where=where)
    assert run.returncode == 2, run.stderr
    assert "Traceback" not in run.stderr
    assert "\nhint: " in run.stderr
    return run.stderr


def label_noise(report: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(m for m in report["measures"] if m["name"] == "label_noise")
    assert found["status"] == "measured"
    return found


def value(measure: dict[str, Any], name: str) -> float:
    found: float = next(v["value"] for v in measure["values"] if v["name"] == name)
    return found


@pytest.mark.slow
def test_a_classifier_judges_the_labels_itself(tmp_path: Path, sample_data: Path) -> None:
    model = write_classifier(tmp_path / "digits.onnx")
    with_probs = ("--model", model, "--output-node", "features", "--pred-probs-from-model")
    report = scan(tmp_path, sample_data, *with_probs)
    said = json.loads(report["embedding"]["preprocessing"].partition(" ")[2])
    assert (said["output"], said["scores_output"]) == ("features", "logits")
    assert report["embedding"]["n_features"] == 64
    noise = label_noise(report)
    assert noise["parameters"]["probabilities"] == (
        "digits.onnx's own (logits 'logits'; 10 of its 10 classes are the dataset's)"
    )
    assert any("out of sample only if it was not trained" in note for note in noise["notes"])
    assert value(noise, "model_disagreement_share") < 0.15
    again = scan(tmp_path, sample_data, *with_probs)
    assert again["run"]["n_from_cache"] == report["embedding"]["n_embedded"]
    assert {**again, "run": None} == {**report, "run": None}
    from_embeddings = scan(tmp_path, sample_data, "--model", model, "--output-node", "features")
    assert from_embeddings["run"]["n_from_cache"] == 0
    assert from_embeddings["embedding"]["n_features"] == 64
    assert "leave-one-out" in label_noise(from_embeddings)["parameters"]["probabilities"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "declared",
    [
        {"layout": "NHWC", "dtype": "uint8", "scale": 1, "interpolation": "box"},
        {"dtype": "float16"},
    ],
)
def test_bytes_and_half_precision_give_nearly_the_same_probabilities(
    tmp_path: Path, sample_data: Path, declared: dict[str, object]
) -> None:
    model = write_classifier(tmp_path / "digits.onnx", **declared)
    report = scan(tmp_path, sample_data, "--model", model, "--pred-probs-from-model")
    assert report["embedding"]["n_features"] == 10
    assert 0 < value(label_noise(report), "model_disagreement_share") < 0.15


@pytest.mark.slow
def test_flags_take_the_place_of_the_file(tmp_path: Path, few_digits: Path) -> None:
    model = write_classifier(tmp_path / "digits.onnx")
    sidecar = model.with_suffix(".json")
    said = [f"--declare={key}={json.dumps(entry)}" for key, entry in DECLARED.items()]
    beside = scan(tmp_path, few_digits, "--model", model)
    sidecar.unlink()
    alone = scan(tmp_path, few_digits, "--model", model, *said)
    assert alone["embedding"] == beside["embedding"]
    assert alone["run"]["n_from_cache"] == 8
    other = scan(tmp_path, few_digits, "--model", model, *said, "--declare", "resize=shortest_edge")
    assert json.loads(other["embedding"]["preprocessing"].partition(" ")[2])["resize"] == (
        "shortest_edge"
    )


@pytest.fixture
def few_digits(tmp_path: Path, sample_data: Path) -> Path:
    """Return eight of the sample's images in two class folders."""
    rows = (sample_data / "metadata.csv").read_text().splitlines()[1:]
    for name in ("zero", "one"):
        (tmp_path / "few" / name).mkdir(parents=True)
        for row in [row for row in rows if f",{name},train" in row][:4]:
            image = Path(row.partition(",")[0])
            (tmp_path / "few" / name / image.name).write_bytes((sample_data / image).read_bytes())
    return tmp_path / "few"


@pytest.mark.slow
def test_what_does_not_fit_is_refused_before_an_image_is_read(
    tmp_path: Path, few_digits: Path
) -> None:
    model = write_classifier(tmp_path / "digits.onnx")
    names = tmp_path / "names.json"
    names.write_text('{"0": "zero", "1": "won"}')
    probs = ("--model", model, "--pred-probs-from-model")
    message = refused(tmp_path, few_digits, *probs, "--class-map", names)
    assert "score 1: 'won' is no class of the dataset; did you mean 'one'?" in message
    assert "class 'one' of the dataset: no score is of it" in message
    message = refused(tmp_path, few_digits, *probs)
    assert "score 2: 'two' is no class of the dataset" in message
    message = refused(tmp_path, few_digits, "--model", model, "--output-node", "feature")
    assert "no tensor is called 'feature'" in message
    assert "  there is features" in message
    message = refused(tmp_path, few_digits, "--model", model, "--output-node", "scaled")
    assert "hint: declare pooling: mean for (N, C, H, W)" in message
    message = refused(tmp_path, few_digits, "--model", model, "--declare", "sise=[8,8]")
    assert "hint: did you mean size?" in message
    message = refused(tmp_path, few_digits, "--model", model, "--class-map", names)
    assert "--class-map" in message
    assert not (tmp_path / "labelaudit-report").exists()


def test_a_class_map_of_its_own_takes_the_place_of_the_declared(
    tmp_path: Path, few_digits: Path
) -> None:
    model = write_classifier(tmp_path / "digits.onnx")
    names = tmp_path / "names.json"
    names.write_text('{"0": "zero", "1": "one", "7": "one"}')
    report = scan(
        tmp_path, few_digits, "--model", model, "--pred-probs-from-model", "--class-map", names
    )
    assert "3 of its 10 classes" in label_noise(report)["parameters"]["probabilities"]


def test_weights_outside_the_folder_are_refused(tmp_path: Path, few_digits: Path) -> None:
    (tmp_path / "model").mkdir()
    model = write_classifier(tmp_path / "model" / "digits.onnx")
    onnx.save(
        onnx.load(model), model, save_as_external_data=True, location="w.bin", size_threshold=0
    )
    assert scan(tmp_path, few_digits, "--model", model)["embedding"]["n_embedded"] == 8
    (model.parent / "w.bin").rename(tmp_path / "w.bin")
    assert "its weights are missing: w.bin" in refused(tmp_path, few_digits, "--model", model)
    (model.parent / "w.bin").symlink_to("../w.bin")
    message = refused(tmp_path, few_digits, "--model", model)
    assert "its weights are said to lie outside its folder\n  w.bin" in message


@pytest.mark.slow
def test_inspect_says_what_a_file_wants_and_writes_it_once(
    tmp_path: Path, few_digits: Path
) -> None:
    model = write_classifier(tmp_path / "digits.onnx")
    sidecar = model.with_suffix(".json")
    sidecar.unlink()
    assert f"models inspect {model} --write" in refused(tmp_path, few_digits, "--model", model)
    run = labelaudit("models", "inspect", model, "--write", where=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "input        images float [any, 1, 8, 8]" in run.stdout
    assert '"mean": [0.0]   <- a guess: not known' in run.stdout
    message = refused(tmp_path, few_digits, "--model", model)
    assert "some of it is guessed, and not yet checked by a person" in message
    assert "  mean: [0.0] (not known)" in message
    written = json.loads(sidecar.read_text())
    sidecar.write_text(json.dumps({key: written[key] for key in written if key != "guessed"}))
    assert scan(tmp_path, few_digits, "--model", model)["embedding"]["n_features"] == 64
    again = labelaudit("models", "inspect", model, "--write", where=tmp_path)
    assert (again.returncode, again.stdout) == (2, "")
    assert "declared there already" in again.stderr


def test_inspect_prints_json(tmp_path: Path) -> None:
    run = labelaudit("models", "inspect", "builtin", "--json", where=tmp_path)
    found = json.loads(run.stdout)
    assert found["inputs"][0]["name"] == "images"
    assert found["suggested_declaration"] is None


@pytest.mark.parametrize("content", [None, b"", b"<html>", b"\x08\x09"])
def test_inspect_refuses_what_is_no_model(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "m.onnx"
    if content is not None:
        path.write_bytes(content)
    run = labelaudit("models", "inspect", path, where=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert "m.onnx: " in run.stderr
    assert "\nhint: " in run.stderr
