import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tiny_models import POOLING, node, write_model

from labelaudit.embeddings.builtin import BUILTIN
from labelaudit.embeddings.models.declaration import read_declaration
from labelaudit.embeddings.models.inspection import inspect_model
from labelaudit.embeddings.models.model import load_model
from labelaudit.embeddings.models.suggestion import (
    Suggestion,
    configured_side,
    read_config,
    suggest,
)
from labelaudit.errors import ModelError

HEAD = (
    node("GlobalAveragePool", "images", "pooled"),
    node("Flatten", "pooled", "flat", axis=1),
    node("Gemm", "flat", "w", "embeddings"),
)
WEIGHTS = {"w": np.ones((3, 5), np.float32)}
DINO: dict[str, Any] = {
    "crop_size": {"height": 224, "width": 224},
    "do_center_crop": True,
    "do_normalize": True,
    "do_rescale": True,
    "do_resize": True,
    "image_mean": [0.485, 0.456, 0.406],
    "image_std": [0.229, 0.224, 0.225],
    "resample": 3,
    "rescale_factor": 0.00392156862745098,
    "size": {"shortest_edge": 256},
}


def suggested(path: Path, config: dict[str, Any] | None = None) -> Suggestion:
    path.with_suffix(".json").unlink(missing_ok=True)
    if config is not None:
        (path.parent / "preprocessor_config.json").write_text(json.dumps(config))
    said = read_config(path)
    found = suggest(inspect_model(path, configured_side(said, 224)), said)
    assert found is not None
    return found


def renamed(path: Path, output: str) -> Path:
    """Give a model's output another name, for names are looked at."""
    model = onnx.load(path)
    model.graph.node[-1].output[0] = model.graph.output[0].name = output
    path.write_bytes(model.SerializeToString())
    return path


def test_facts_are_those_of_the_file() -> None:
    facts, model = inspect_model(BUILTIN), load_model(BUILTIN, "cpu")
    expected = onnx.load(BUILTIN)
    assert facts.sha256 == model.sha256
    assert facts.size == BUILTIN.stat().st_size
    assert sum(facts.operations.values()) == len(expected.graph.node)
    assert [(tensor.name, tensor.type) for tensor in facts.inputs] == [("images", "uint8")]
    assert facts.candidates[0].name == "embeddings"
    assert facts.candidates[0].shape == (None, model.n_features)


def test_a_classifier_is_cut_before_its_classes(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.onnx", HEAD, shape=("n", 3, "h", "w"), weights=WEIGHTS)
    found = suggested(renamed(path, "logits"))
    assert found.keys["output"] == "flat"
    assert (found.keys["scores_output"], found.keys["scores"]) == ("logits", "logits")
    assert {"output", "scores", "size", "mean", "std", "resize"} <= set(found.guessed)
    assert found.keys["mean"] == [0.485, 0.456, 0.406]


def test_an_output_whose_name_says_so_is_the_embedding(tmp_path: Path) -> None:
    found = suggested(write_model(tmp_path / "m.onnx", HEAD, weights=WEIGHTS))
    assert found.keys["output"] == "embeddings"
    assert "scores_output" not in found.keys


def test_what_the_file_says_is_no_guess(tmp_path: Path) -> None:
    path = write_model(
        tmp_path / "m.onnx",
        [node("Cast", "images", "f", to=TensorProto.FLOAT), node("Flatten", "f", "embeddings")],
        shape=(4, 6, 9, 1),
        tensor=TensorProto.UINT8,
    )
    found = suggested(path)
    keys = {"size": [9, 6], "layout": "NHWC", "color": "L", "dtype": "uint8", "scale": 1.0}
    assert keys.items() <= found.keys.items()
    assert set(found.guessed) == {"resize", "resize_to", "interpolation"}


@pytest.mark.parametrize(
    ("shape", "pooling"), [([0, 12, -1], "cls"), ([0, 3, 8, 8], "mean"), ([0, -1], None)]
)
def test_pooling_is_suggested_by_rank(
    tmp_path: Path, shape: list[int], pooling: str | None
) -> None:
    nodes = [node("Reshape", "images", "shape", "embeddings")]
    path = write_model(tmp_path / "m.onnx", nodes, weights={"shape": np.array(shape)})
    found = suggested(path)
    assert found.keys.get("pooling") == pooling
    assert ("pooling" in found.guessed) == (pooling is not None)


def test_the_configuration_beside_it_is_taken(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.onnx", shape=("n", 3, "h", "w"))
    found = suggested(path, DINO)
    expected = {
        "size": [224, 224],
        "resize": "shortest_edge",
        "resize_to": 256,
        "interpolation": "bicubic",
        "color": "RGB",
        "scale": DINO["rescale_factor"],
        "mean": DINO["image_mean"],
        "std": DINO["image_std"],
    }
    assert expected.items() <= found.keys.items()
    assert not found.guessed


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"size": {"height": 96, "width": 128}, "do_center_crop": False}, {"size": [128, 96]}),
        ({"size": 99, "do_center_crop": False}, {"size": [99, 99], "resize": "stretch"}),
        ({"size": 300}, {"size": [224, 224], "resize_to": 300}),
        ({"do_normalize": False}, {"mean": [0.0] * 3, "std": [1.0] * 3}),
        ({"do_rescale": False}, {"scale": 1.0}),
        ({"do_flip_channel_order": True}, {"color": "BGR"}),
        ({"do_flip_channel_order": False}, {"color": "RGB"}),
    ],
)
def test_configurations_are_read_as_their_writer_means_them(
    tmp_path: Path, change: dict[str, Any], expected: dict[str, Any]
) -> None:
    path = write_model(tmp_path / "m.onnx", shape=("n", 3, "h", "w"))
    assert expected.items() <= suggested(path, DINO | change).keys.items()


@pytest.mark.parametrize(
    ("edge", "expected"),
    [
        (224, {"size": [224, 224], "resize": "shortest_edge", "resize_to": 256}),
        (384, {"size": [384, 384], "resize": "stretch", "resize_to": 0}),
    ],
)
def test_the_part_that_a_crop_keeps_is_followed(
    tmp_path: Path, edge: int, expected: dict[str, Any]
) -> None:
    plain = {key: said for key, said in DINO.items() if "crop" not in key}
    config = plain | {"crop_pct": 0.875, "size": {"shortest_edge": edge}}
    found = suggested(write_model(tmp_path / "m.onnx", shape=("n", 3, "h", "w")), config)
    assert expected.items() <= found.keys.items()
    assert not found.guessed


@pytest.mark.parametrize(
    "odd", [{"do_pad": True}, {"crop_pct": "x"}, {"new": 1}, {"do_resize": False}]
)
def test_what_is_not_understood_makes_guesses_of_what_it_may_touch(
    tmp_path: Path, odd: dict[str, Any]
) -> None:
    path = write_model(tmp_path / "m.onnx", shape=("n", 3, "h", "w"))
    found = suggested(path, DINO | odd)
    assert {"size", "resize", "color", "scale", "mean", "std"} <= set(found.guessed)
    assert next(iter(odd)) in found.guessed["size"]
    assert set(found.guessed) <= set(found.keys)
    assert not suggested(path, DINO | dict.fromkeys(odd.keys() - DINO.keys())).guessed


def test_a_model_that_returns_its_input_has_no_output_to_suggest(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.onnx")
    loaded = onnx.load(path)
    loaded.graph.output[0].name = "images"
    path.write_bytes(loaded.SerializeToString())
    found = suggested(path)
    assert "no node makes" in found.guessed["output"]


@pytest.mark.parametrize(
    "value", [None, "x", [], {}, {"height": None, "width": "y"}, True, 1.5, 10**9]
)
def test_odd_configurations_break_nothing(tmp_path: Path, value: object) -> None:
    path = write_model(tmp_path / "m.onnx", shape=("n", 3, "h", "w"))
    for key in DINO:
        assert set(suggested(path, DINO | {key: value}).keys) >= {"size", "mean", "layout"}


def test_a_configuration_that_is_none_is_said(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.onnx")
    for content in ("{", "[]"):
        (tmp_path / "preprocessor_config.json").write_text(content)
        with pytest.raises(ModelError, match="preprocessor_config"):
            read_config(path)


def test_a_suggestion_is_a_declaration_once_the_guesses_are_checked(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.onnx", shape=("n", 3, "h", "w"))
    suggestion = suggested(path)
    sidecar = path.with_suffix(".json")
    sidecar.write_text(suggestion.as_json())
    with pytest.raises(ModelError, match="some of it is guessed") as raised:
        load_model(path, "cpu")
    assert len(raised.value.details) == len(suggestion.guessed)
    assert load_model(path, "cpu", {"guessed": {}}).n_features == 3 * 56 * 56
    sidecar.write_text(json.dumps(suggestion.keys))
    assert read_declaration(sidecar).preprocessing.size == (224, 224)


def test_a_model_of_texts_has_no_declaration_of_images(tmp_path: Path) -> None:
    graph = helper.make_graph(
        [node("Cast", "input_ids", "embeddings", to=TensorProto.FLOAT)],
        "text",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["n", "t"])],
        [helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, None)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    path = tmp_path / "m.onnx"
    path.write_bytes(model.SerializeToString())
    facts = inspect_model(path)
    assert facts.inputs[0].shape == (None, None)
    assert facts.candidates[0].shape is None
    assert suggest(facts, {}) is None


def test_a_model_that_does_not_run_on_black_is_still_described(tmp_path: Path) -> None:
    nodes = [*POOLING[:1], node("MatMul", "pooled", "w", "embeddings")]
    path = write_model(
        tmp_path / "m.onnx",
        nodes,
        shape=("n", 3, "h", "w"),
        weights={"w": np.ones((7, 2), np.float32)},
    )
    found = suggested(path)
    assert found.keys["pooling"] == "none"
    assert "did not run" in found.guessed["pooling"]
