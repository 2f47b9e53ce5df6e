import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tiny_models import DECLARATION, POOLING, declare, node, write_model

from labelaudit.embeddings.builtin import BUILTIN
from labelaudit.embeddings.models.model import load_model, run_model
from labelaudit.embeddings.runtime.session import CPU, Device
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
        (b"", "not an ONNX model"),
        (b"This is no model.\n", "not an ONNX model"),
        (BUILTIN.read_bytes()[:5000], "not the whole of one"),
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


def test_a_declaration_that_says_a_key_twice_is_refused(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.onnx")
    sidecar = path.with_suffix(".json")
    sidecar.write_text(sidecar.read_text()[:-1] + ', "output": "x"}')
    assert "key 'output' is there twice" in refused(path)


def test_zero_has_no_sign(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.onnx")
    plain = load_model(path, "cpu").preprocessing.text()
    assert load_model(path, "cpu", {"mean": [-0.0, 0, 0]}).preprocessing.text() == plain


def test_wrong_input_is_shown_beside_the_right_one(tmp_path: Path) -> None:
    message = refused(write_model(tmp_path / "m.onnx", input="pixels"))
    assert "names input 'pixels'" in message
    assert "'embeddings' is made from images" in message


def test_wrong_output_is_shown_beside_the_nearest_tensors(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.onnx", output="pool")
    with pytest.raises(ModelError) as raised:
        load_model(path, "cpu")
    assert "no tensor is called 'pool'; its outputs are embeddings" in raised.value.message
    assert raised.value.details == ("there is pooled",)
    assert "models inspect" in raised.value.hint


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
    assert "vector an i" in message
    assert found in message


def test_output_that_does_not_grow_with_the_batch_is_refused(tmp_path: Path) -> None:
    nodes = (
        node("Flatten", "images", "flat", axis=1),
        node("ReduceMean", "flat", "axis", "embeddings", keepdims=1),
    )
    path = write_model(
        tmp_path / "m.onnx", nodes, shape=(4, 3, 8, 8), weights={"axis": np.array([0])}
    )
    assert "shape (1, 192) for 4 items" in refused(path)


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
    assert refused(path).endswith("its weights are missing: a weight.bin")


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


def test_nhwc_bytes_are_taken_as_they_are(tmp_path: Path) -> None:
    nodes = [
        node("Cast", "images", "floats", to=TensorProto.FLOAT),
        node("ReduceMean", "floats", "axes", "embeddings", keepdims=0),
    ]
    path = write_model(
        tmp_path / "m.onnx",
        nodes,
        shape=("n", 8, 8, 3),
        tensor=TensorProto.UINT8,
        weights={"axes": np.array([1, 2])},
        layout="NHWC",
        dtype="uint8",
        scale=1,
    )
    images = RNG.integers(0, 256, (5, 8, 8, 3), dtype=np.uint8)
    vectors = run_model(load_model(path, "cpu"), images)
    assert np.allclose(vectors, images.mean(axis=(1, 2)), atol=1e-4)


@pytest.mark.parametrize("fixed", ["n", 4])
def test_half_precision_goes_in_and_comes_out(tmp_path: Path, fixed: int | str) -> None:
    path = write_model(
        tmp_path / "m.onnx",
        shape=(fixed, 3, 8, 8),
        tensor=TensorProto.FLOAT16,
        out=TensorProto.FLOAT16,
        dtype="float16",
    )
    vectors = run_model(load_model(path, "cpu"), BATCH.astype(np.float16))
    assert vectors.dtype == np.float16
    assert np.allclose(vectors, POOLED, atol=2e-3)


@pytest.mark.parametrize(
    "shape",
    [("n", 3, "h", "w"), (-1, 3, -1, -1), (-1, -1, -1, -1), (None, 3, None, None), (2, 3, "h", 8)],
)
def test_sizes_may_be_left_open(tmp_path: Path, shape: tuple[int | str, ...]) -> None:
    model = load_model(write_model(tmp_path / "m.onnx", shape=shape), "cpu")
    assert np.allclose(run_model(model, BATCH), POOLED, atol=1e-6)


HEAD = (
    *POOLING[:1],
    node("Flatten", "pooled", "flat", axis=1),
    node("MatMul", "flat", "w", "logits"),
    node("Softmax", "logits", "embeddings"),
)
WEIGHTS = {"w": RNG.normal(size=(12, 5)).astype(np.float32)}
LOGITS = POOLED @ WEIGHTS["w"]


def classifier(path: Path, **declared: object) -> Path:
    """Write a classifier whose only output is called embeddings, but is its probabilities."""
    return write_model(path, HEAD, weights=WEIGHTS, **declared)  # type: ignore[arg-type]


def test_size_that_is_left_open_but_does_not_fit_is_refused(tmp_path: Path) -> None:
    path = classifier(tmp_path / "m.onnx", shape=("n", 3, "h", "w"), size=[12, 12])
    assert "m.onnx: the model failed on a batch" in refused(path)


@pytest.mark.parametrize(
    ("output", "pooling", "expected"),
    [
        ("flat", "none", POOLED),
        ("logits", "none", LOGITS),
        ("pooled", "mean", POOLED.reshape(7, 3, 4).mean(axis=2)),
        ("pooled", "mean_nhwc", POOLED.reshape(7, 3, 2, 2).mean(axis=(1, 2))),
    ],
)
def test_any_tensor_can_be_the_embedding(
    tmp_path: Path, output: str, pooling: str, expected: np.ndarray
) -> None:
    path = classifier(tmp_path / "m.onnx")
    model = load_model(path, "cpu", {"output": output, "pooling": pooling})
    assert np.allclose(run_model(model, BATCH), expected, atol=1e-5)
    said = json.loads(model.preprocessing.text())
    assert said["output"] == output
    assert said.get("pooling", "none") == pooling


def test_what_comes_after_the_embedding_is_not_run(tmp_path: Path) -> None:
    model = load_model(classifier(tmp_path / "m.onnx"), "cpu", {"output": "flat"})
    assert model.node_providers == {CPU: 2}


def test_tokens_are_pooled_as_declared(tmp_path: Path) -> None:
    nodes = [
        node("Reshape", "images", "shape", "tokens"),
        node("Flatten", "tokens", "embeddings", axis=1),
    ]
    path = write_model(tmp_path / "m.onnx", nodes, weights={"shape": np.array([0, 12, 16])})
    tokens = BATCH.reshape(7, 12, 16)
    for pooling, expected in (("cls", tokens[:, 0]), ("mean", tokens.mean(axis=1))):
        model = load_model(path, "cpu", {"output": "tokens", "pooling": pooling})
        assert np.allclose(run_model(model, BATCH), expected, atol=1e-6)
    with pytest.raises(ModelError) as raised:
        load_model(path, "cpu", {"output": "tokens"})
    assert "shape (1, 12, 16)" in raised.value.message
    assert "cls" in raised.value.hint
    assert "mean" in raised.value.hint


def test_a_cut_finds_its_weights_beside_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    path = external(folder / "m.onnx", 3)
    loaded = onnx.load(path, load_external_data=False)
    loaded.graph.node[-1].output[0] = "scaled"
    loaded.graph.node.append(node("Relu", "scaled", "embeddings"))
    path.write_bytes(loaded.SerializeToString())
    monkeypatch.chdir(tmp_path)
    model = load_model(Path("model/m.onnx"), "cpu", {"output": "scaled"})
    assert np.allclose(run_model(model, BATCH), 3 * BATCH.reshape(7, -1))


@pytest.mark.parametrize("location", ["../secret", "linked"])
def test_weights_outside_the_folder_are_never_opened(
    tmp_path: Path, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    path = external(folder / "m.onnx", 3)
    (folder / "a weight.bin").rename(tmp_path / "secret")
    (folder / "linked").symlink_to("../secret")
    loaded = onnx.load(path, load_external_data=False)
    for entry in loaded.graph.initializer[0].external_data:
        entry.value = location if entry.key == "location" else entry.value
    path.write_bytes(loaded.SerializeToString())
    monkeypatch.setattr("labelaudit.embeddings.models.model.make_session", None)
    with pytest.raises(ModelError, match="outside its folder") as raised:
        load_model(path, "cpu")
    assert raised.value.details == (location,)


def test_tensor_within_a_branch_is_said_to_be_out_of_reach(tmp_path: Path) -> None:
    out = helper.make_tensor_value_info("inside", TensorProto.FLOAT, None)
    branch = helper.make_graph([node("Identity", "images", "inside")], "b", [], [out])
    nodes = [
        helper.make_node("If", ["yes"], ["y"], then_branch=branch, else_branch=branch),
        node("Flatten", "y", "embeddings", axis=1),
    ]
    path = write_model(tmp_path / "m.onnx", nodes, weights={"yes": np.array([1], dtype=np.bool_)})
    assert load_model(path, "cpu").n_features == 192
    with pytest.raises(ModelError, match="no tensor is called 'inside'") as raised:
        load_model(path, "cpu", {"output": "inside"})
    assert "within a branch" in raised.value.hint


@pytest.mark.parametrize(
    ("output", "scores"), [("logits", "logits"), ("embeddings", "probabilities")]
)
@pytest.mark.parametrize("embedding", ["flat", "embeddings"])
def test_scores_are_kept_as_log_probabilities(
    tmp_path: Path, embedding: str, output: str, scores: str
) -> None:
    path = classifier(tmp_path / "m.onnx", output=embedding, scores_output=output, scores=scores)
    model = load_model(path, "cpu", with_scores=True)
    found = run_model(model, BATCH)
    probabilities = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
    expected = POOLED if embedding == "flat" else probabilities
    assert (model.n_features, model.n_scores) == (expected.shape[1] + 5, 5)
    assert np.allclose(found[:, :-5], expected, atol=1e-5)
    assert np.allclose(np.exp(found[:, -5:]), probabilities, atol=1e-5)
    without = load_model(path, "cpu")
    assert (without.n_features, without.n_scores) == (expected.shape[1], 0)
    assert without.preprocessing.text() != model.preprocessing.text()


def test_scores_that_are_no_probabilities_are_refused(tmp_path: Path) -> None:
    path = classifier(tmp_path / "m.onnx", scores_output="logits", scores="probabilities")
    with pytest.raises(ModelError, match="declared as probabilities, but one row sums to 0"):
        load_model(path, "cpu", with_scores=True)
    with pytest.raises(ModelError, match="no output is declared to be a classifier's scores"):
        load_model(classifier(tmp_path / "m.onnx"), "cpu", with_scores=True)


def test_extra_outputs_are_left_alone(tmp_path: Path) -> None:
    path = classifier(tmp_path / "m.onnx", output="flat")
    loaded = onnx.load(path)
    for name in ("flat", "logits"):
        loaded.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    path.write_bytes(loaded.SerializeToString())
    assert np.allclose(run_model(load_model(path, "cpu"), BATCH), POOLED, atol=1e-6)


def test_an_input_that_the_embedding_does_not_need_is_cut_away(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.onnx")
    loaded = onnx.load(path)
    tokens = helper.make_tensor_value_info("tokens", TensorProto.INT64, ["n", "t"])
    loaded.graph.input.append(tokens)
    loaded.graph.output.append(helper.make_tensor_value_info("b", TensorProto.FLOAT, None))
    loaded.graph.node.append(node("Cast", "tokens", "b", to=TensorProto.FLOAT))
    path.write_bytes(loaded.SerializeToString())
    assert np.allclose(run_model(load_model(path, "cpu"), BATCH), POOLED, atol=1e-6)
    assert "'b' is made from tokens" in refused_with(path, {"output": "b"})


def refused_with(path: Path, declared: dict[str, object]) -> str:
    with pytest.raises(ModelError) as raised:
        load_model(path, "cpu", declared)
    assert raised.value.hint
    return raised.value.message


def test_empty_output_is_refused(tmp_path: Path) -> None:
    nodes = [
        node("Slice", "images", "zero", "zero", "one", "none"),
        node("Flatten", "none", "embeddings", axis=1),
    ]
    weights = {"zero": np.array([0]), "one": np.array([1])}
    path = write_model(tmp_path / "m.onnx", nodes, weights=weights)
    assert "makes no vector" in refused(path)


def test_declaration_of_the_builtin_model_is_whole() -> None:
    assert load_model(BUILTIN, "cpu").name == "builtin"
    assert set(DECLARATION) == set(json.loads(BUILTIN.with_suffix(".json").read_text("utf-8")))


@pytest.mark.slow
def test_weights_beyond_two_gigabytes_are_taken(tmp_path: Path) -> None:
    path = external(tmp_path / "m.onnx", 3)
    weights, far = tmp_path / "a weight.bin", 2**31 + 4096
    content = weights.read_bytes()
    with weights.open("wb") as file:
        file.seek(far)
        file.write(content)
    loaded = onnx.load(path, load_external_data=False)
    for entry in loaded.graph.initializer[0].external_data:
        entry.value = str(far) if entry.key == "offset" else entry.value
    loaded.graph.node[-1].output[0] = "scaled"
    loaded.graph.node.append(node("Relu", "scaled", "embeddings"))
    path.write_bytes(loaded.SerializeToString())
    expected = 3 * BATCH.reshape(7, -1)
    whole = load_model(path, "cpu")
    cut_off = load_model(path, "cpu", {"output": "scaled"})
    assert np.allclose(run_model(whole, BATCH), np.maximum(expected, 0))
    assert np.allclose(run_model(cut_off, BATCH), expected)
    assert whole.sha256 == cut_off.sha256
