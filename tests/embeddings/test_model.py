from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tiny_models import DECLARATION, declare, node, write_model

from labelaudit.embeddings.model import BUILTIN, load_model, run_model
from labelaudit.embeddings.session import CPU, Device
from labelaudit.errors import ModelError

RNG = np.random.default_rng(0)
BATCH = RNG.normal(size=(7, 3, 8, 8)).astype(np.float32)
POOLED = BATCH.reshape(7, 3, 2, 4, 2, 4).mean(axis=(3, 5)).reshape(7, 12)


def refused(path: Path, device: Device = "cpu") -> str:
    with pytest.raises(ModelError) as raised:
        load_model(path, device)
    assert raised.value.hint
    return raised.value.message


def test_average_pooling_is_average_pooling(tmp_path: Path) -> None:
    model = load_model(write_model(tmp_path / "m.onnx"), "cpu")
    assert model.n_features == 12
    assert model.runner.batch_size == 1
    assert np.allclose(run_model(model, BATCH), POOLED, atol=1e-6)


def test_nodes_are_counted_by_their_provider(tmp_path: Path) -> None:
    model = load_model(write_model(tmp_path / "m.onnx"), "cpu")
    assert model.provider == CPU
    assert model.node_providers == {CPU: 2}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "ONNX Runtime cannot load it"),
        (b"This is no model.\n", "ONNX Runtime cannot load it"),
        (BUILTIN.read_bytes()[:5000], "ONNX Runtime cannot load it"),
        (None, "there is no such model"),
    ],
)
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "m.onnx"
    declare(path)
    if content is not None:
        path.write_bytes(content)
    message = refused(path)
    assert words in message
    assert str(path) in message


def test_missing_declaration_is_said(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.onnx")
    path.with_suffix(".json").unlink()
    assert "m.json: a model's preprocessing has to be declared" in refused(path)


def test_wrong_names_are_shown_beside_the_right_ones(tmp_path: Path) -> None:
    message = refused(write_model(tmp_path / "m.onnx", input="pixels", output="features"))
    for name in ("'pixels'", "'features'", "inputs images", "outputs embeddings"):
        assert name in message


@pytest.mark.parametrize(
    "declared",
    [
        {"size": [9, 8]},
        {"layout": "NHWC"},
        {"color": "L", "mean": [0], "std": [1]},
        {"dtype": "float16"},
        {"dtype": "uint8", "scale": 1},
    ],
)
def test_input_of_another_shape_or_type_is_refused(
    tmp_path: Path, declared: dict[str, object]
) -> None:
    message = refused(write_model(tmp_path / "m.onnx", **declared))  # type: ignore[arg-type]
    assert "the model wants ['n', 3, 8, 8] and tensor(float)" in message


@pytest.mark.parametrize(
    ("nodes", "out", "found"),
    [
        ([node("Identity", "images", "embeddings")], TensorProto.FLOAT, "(1, 3, 8, 8)"),
        ([node("GlobalAveragePool", "images", "embeddings")], TensorProto.FLOAT, "(1, 3, 1, 1)"),
        ([node("ReduceMean", "images", "embeddings", keepdims=0)], TensorProto.FLOAT, "shape ()"),
        (
            [
                node("ReduceMean", "images", "mean", keepdims=0),
                node("Cast", "mean", "embeddings", to=TensorProto.BOOL),
            ],
            TensorProto.BOOL,
            "bool",
        ),
    ],
)
def test_output_that_is_no_vector_is_refused(
    tmp_path: Path, nodes: list[onnx.NodeProto], out: int, found: str
) -> None:
    message = refused(write_model(tmp_path / "m.onnx", nodes, out=out))
    assert "one vector an image" in message
    assert found in message


def test_output_that_does_not_grow_with_the_batch_is_refused(tmp_path: Path) -> None:
    nodes = (
        node("Flatten", "images", "flat", axis=1),
        node("ReduceMean", "flat", "axis", "embeddings", keepdims=1),
    )
    path = write_model(
        tmp_path / "m.onnx", nodes, shape=(4, 3, 8, 8), weights={"axis": np.array([0])}
    )
    assert "shape (1, 192) for 4 images" in refused(path)


@pytest.mark.parametrize("fixed", [1, 4, 7, 8])
def test_fixed_batch_is_filled_up(tmp_path: Path, fixed: int) -> None:
    whole = load_model(write_model(tmp_path / "m.onnx"), "cpu")
    model = load_model(write_model(tmp_path / "f.onnx", shape=(fixed, 3, 8, 8)), "cpu")
    assert model.runner.batch_size == fixed
    assert np.array_equal(run_model(model, BATCH), run_model(whole, BATCH))


def test_embedding_does_not_depend_on_what_is_embedded_beside_it() -> None:
    model = load_model(BUILTIN, "cpu")
    images = RNG.integers(0, 256, (40, 64, 64, 3), dtype=np.uint8)
    together = run_model(model, images)
    for size in (1, 7, 32):
        parts = [run_model(model, images[at : at + size]) for at in range(0, 40, size)]
        assert np.array_equal(np.concatenate(parts), together)


def external(path: Path, weight: float) -> Path:
    """Write a model that multiplies by a weight kept in a file beside it."""
    write_model(
        path,
        (node("Flatten", "images", "flat", axis=1), node("Mul", "flat", "weight", "embeddings")),
        weights={"weight": np.full(192, weight, np.float32)},
    )
    loaded = onnx.load(path)
    onnx.save(
        loaded,
        path,
        save_as_external_data=True,
        location="a weight.bin",
        size_threshold=0,
        convert_attribute=False,
    )
    return path


def test_external_weights_are_part_of_the_hash(tmp_path: Path) -> None:
    path = external(tmp_path / "m.onnx", 1)
    content, first = path.read_bytes(), load_model(path, "cpu")
    again = load_model(path, "cpu")
    (tmp_path / "a weight.bin").unlink()
    external(path, 2)
    second = load_model(path, "cpu")
    assert path.read_bytes() == content
    assert np.allclose(run_model(second, BATCH), 2 * run_model(first, BATCH))
    assert again.sha256 == first.sha256 != second.sha256


def test_missing_external_weights_are_said(tmp_path: Path) -> None:
    path = external(tmp_path / "m.onnx", 1)
    (tmp_path / "a weight.bin").unlink()
    message = refused(path)
    assert "ONNX Runtime cannot load it" in message
    assert "a weight.bin" in message


def test_model_with_two_inputs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    tensors = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 3, 8, 8])
        for name in ("images", "masks")
    ]
    out = helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, None)
    nodes = [node("Mul", "images", "masks", "m"), node("Flatten", "m", "embeddings")]
    graph = helper.make_graph(nodes, "two", tensors, [out])
    opset = [helper.make_opsetid("", 18)]
    path.write_bytes(
        helper.make_model(graph, opset_imports=opset, ir_version=9).SerializeToString()
    )
    declare(path)
    assert "images, masks" in refused(path)


def test_declaration_of_the_builtin_model_is_whole() -> None:
    assert load_model(BUILTIN, "cpu").name == "builtin"
    assert set(DECLARATION) == set(load_model(BUILTIN, "cpu").preprocessing.__slots__)
