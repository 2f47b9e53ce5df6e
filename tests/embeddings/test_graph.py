from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from tiny_models import node, write_model

from labelaudit.embeddings.builtin import BUILTIN
from labelaudit.embeddings.onnx_file.graph import Cut, cut, read_graph
from labelaudit.embeddings.onnx_file.wire import fields
from labelaudit.errors import ModelError

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(size=(2, 3, 8, 8)).astype(np.float32)
HEAD = (
    node("AveragePool", "images", "pooled", kernel_shape=[4, 4], strides=[4, 4]),
    node("Flatten", "pooled", "flat", axis=1),
    node("Gemm", "flat", "w", "bias", "logits"),
    node("Softmax", "logits", "embeddings"),
)
WEIGHTS = {
    "w": RNG.normal(size=(12, 5)).astype(np.float32),
    "bias": np.arange(5, dtype=np.float32),
}


def classifier(folder: Path) -> Path:
    return write_model(folder / "m.onnx", HEAD, weights=WEIGHTS)


def run(model: Cut | Path, **inputs: np.ndarray) -> list[np.ndarray]:
    content = model.content if isinstance(model, Cut) else str(model)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    outputs: list[np.ndarray] = session.run(None, inputs)
    return outputs


@pytest.mark.parametrize("path", [BUILTIN, None])
def test_what_is_read_is_what_the_onnx_package_reads(tmp_path: Path, path: Path | None) -> None:
    path = path or classifier(tmp_path)
    graph, expected = read_graph(path), onnx.load(path)
    assert graph.ir_version == expected.ir_version
    assert graph.producer == " ".join(
        filter(None, [expected.producer_name, expected.producer_version])
    )
    assert graph.opsets == {
        opset.domain or "ai.onnx": opset.version for opset in expected.opset_import
    }
    assert graph.inputs == tuple(tensor.name for tensor in expected.graph.input)
    assert graph.outputs == tuple(tensor.name for tensor in expected.graph.output)
    assert graph.weights == {tensor.name for tensor in expected.graph.initializer}
    for found, one in zip(graph.nodes, expected.graph.node, strict=True):
        assert found.operation == one.op_type
        assert found.inputs == tuple(one.input)
        assert found.outputs == tuple(one.output)
        assert found.inner == ()


@pytest.mark.parametrize("outputs", [["flat"], ["pooled"], ["logits", "pooled"], ["embeddings"]])
def test_a_cut_is_the_one_of_the_onnx_package(tmp_path: Path, outputs: list[str]) -> None:
    path = classifier(tmp_path)
    inferred = tmp_path / "inferred.onnx"
    onnx.save(onnx.shape_inference.infer_shapes(onnx.load(path)), inferred)
    onnx.utils.extract_model(inferred, tmp_path / "expected.onnx", ["images"], outputs)
    expected = onnx.load(tmp_path / "expected.onnx").graph
    made = onnx.load_from_string(cut(read_graph(path), outputs).content).graph
    assert list(made.node) == list(expected.node)
    assert list(made.initializer) == list(expected.initializer)
    assert [tensor.name for tensor in made.output] == outputs
    for one, other in zip(
        run(cut(read_graph(path), outputs), images=IMAGES),
        run(tmp_path / "expected.onnx", images=IMAGES),
        strict=True,
    ):
        assert np.array_equal(one, other)


def test_a_cut_computes_what_the_tensor_is(tmp_path: Path) -> None:
    flat, logits = run(cut(read_graph(classifier(tmp_path)), ["flat", "logits"]), images=IMAGES)
    expected = IMAGES.reshape(2, 3, 2, 4, 2, 4).mean(axis=(3, 5)).reshape(2, 12)
    assert np.allclose(flat, expected, atol=1e-6)
    assert np.allclose(logits, expected @ WEIGHTS["w"] + WEIGHTS["bias"], atol=1e-5)


def branching(path: Path) -> Path:
    """Write a model with an ``If`` that reads ``doubled``, and with ``unused``."""

    def branch(operation: str) -> onnx.GraphProto:
        out = helper.make_tensor_value_info(f"{operation}ed", TensorProto.FLOAT, None)
        inner = helper.make_node(operation, ["doubled", "doubled"], [f"{operation}ed"])
        return helper.make_graph([inner], operation, [], [out])

    nodes = [
        node("Add", "images", "images", "doubled"),
        node("Mul", "images", "images", "unused"),
        helper.make_node(
            "If", ["yes"], ["y"], then_branch=branch("Add"), else_branch=branch("Sub")
        ),
        node("Flatten", "y", "flat", axis=1),
        node("Relu", "flat", "embeddings"),
    ]
    return write_model(path, nodes, weights={"yes": np.array([1], dtype=np.bool_)})


def test_what_a_branch_reads_from_around_it_stays(tmp_path: Path) -> None:
    graph = read_graph(branching(tmp_path / "m.onnx"))
    assert "doubled" in graph.nodes[2].inner
    smaller = cut(graph, ["flat"])
    assert [one.op_type for one in onnx.load_from_string(smaller.content).graph.node] == [
        "Add",
        "If",
        "Flatten",
    ]
    assert np.array_equal(run(smaller, images=IMAGES)[0], 4 * IMAGES.reshape(2, -1))


def test_inputs_that_a_tensor_does_not_need_are_cut_away(tmp_path: Path) -> None:
    tensors = [
        helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, 8, 8]),
        helper.make_tensor_value_info("tokens", TensorProto.INT64, ["n", "t"]),
        helper.make_tensor_value_info("scale", TensorProto.FLOAT, [1]),
    ]
    outs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("a", "b")]
    nodes = [
        node("Cast", "tokens", "b", to=TensorProto.FLOAT),
        node("Mul", "pixels", "scale", "scaled"),
        node("Flatten", "scaled", "a", axis=1),
    ]
    initial = numpy_helper.from_array(np.array([3], np.float32), "scale")
    model = helper.make_model(
        helper.make_graph(nodes, "two", tensors, outs, [initial]),
        opset_imports=[helper.make_opsetid("", 18)],
        ir_version=9,
    )
    path = tmp_path / "m.onnx"
    path.write_bytes(model.SerializeToString())
    graph = read_graph(path)
    assert graph.inputs == ("pixels", "tokens")
    assert np.array_equal(run(cut(graph, ["a"]), pixels=IMAGES)[0], 3 * IMAGES.reshape(2, -1))


def test_a_graph_that_is_encoded_in_two_parts_is_one(tmp_path: Path) -> None:
    path = classifier(tmp_path)
    more = onnx.ModelProto()
    more.graph.output.add(name="flat")
    path.write_bytes(path.read_bytes() + more.SerializeToString())
    assert read_graph(path).outputs == ("embeddings", "flat")
    assert len(run(cut(read_graph(path), ["flat"]), images=IMAGES)) == 1


CONTENT = BUILTIN.read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x08\x09",
        b"This is no model.\n",
        b"\x00" * 100,
        b"\xff" * 100,
        b"PK\x03\x04" * 9,
        CONTENT[:5000],
    ],
)
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="not an ONNX model, or not the whole of one") as raised:
        read_graph(path)
    assert raised.value.hint


@settings(max_examples=100, deadline=None)
@given(st.integers(1, len(CONTENT) - 1))
def test_the_beginning_of_a_model_is_refused(
    tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "cut.onnx"
    path.write_bytes(CONTENT[:length])
    try:
        graph = read_graph(path)
    except ModelError:
        return
    assert len(graph.nodes) == len(onnx.load(BUILTIN).graph.node)  # only what follows it is gone


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, len(CONTENT) - 1), byte=st.integers(0, 255))
def test_damaged_bytes_are_a_model_or_a_model_error(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.onnx"
    path.write_bytes(CONTENT[:at] + bytes([byte]) + CONTENT[at + 1 :])
    try:
        graph = read_graph(path)
    except ModelError:
        return
    assert graph.nodes


def test_numbers_are_read_as_they_are_written() -> None:
    message = onnx.ModelProto(ir_version=300, model_version=2**63 - 1, domain="x" * 300)
    content = message.SerializeToString()
    found = {field.number: field for field in fields(content)}
    assert found[1].value == 300
    assert found[5].value == 2**63 - 1
    assert content[found[4].content : found[4].end] == b"x" * 300


@pytest.mark.parametrize(
    "content",
    [b"\x08", b"\x08\x80", b"\x0a\x05abc", b"\x09\x00", b"\x0b", b"\x00\x01", b"\x80" * 11],
)
def test_what_is_no_message_is_a_value_error(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"byte \d"):
        list(fields(content))
