import hashlib
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from tiny_models import node, write_model

from labelaudit.embeddings.onnx_file import wire
from labelaudit.embeddings.onnx_file.graph import read_graph
from labelaudit.embeddings.onnx_file.weights import (
    HOLDS,
    external_locations,
    model_sha256,
    weights_files,
)
from labelaudit.errors import ModelError

NAMES: dict[str, Any] = {
    "model": onnx.ModelProto,
    "training": onnx.TrainingInfoProto,
    "graph": onnx.GraphProto,
    "function": onnx.FunctionProto,
    "node": onnx.NodeProto,
    "attribute": onnx.AttributeProto,
    "sparse": onnx.SparseTensorProto,
    "tensor": onnx.TensorProto,
}


def outside(location: str, name: str = "w") -> TensorProto:
    """Return a tensor of four numbers whose data are elsewhere."""
    tensor = TensorProto(name=name, dims=[4], data_type=TensorProto.FLOAT)
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("offset", "0"), ("location", location), ("length", "16")):
        tensor.external_data.add(key=key, value=value)
    return tensor


def graph(*nodes: onnx.NodeProto, tensors: tuple[TensorProto, ...] = ()) -> onnx.GraphProto:
    return helper.make_graph(nodes or [node("Identity", "a", "b")], "g", [], [], tensors)


def write(path: Path, of: onnx.GraphProto) -> Path:
    path.write_bytes(helper.make_model(of).SerializeToString())
    return path


def leads_to_a_tensor(message: Any, seen: frozenset[str] = frozenset()) -> bool:  # noqa: ANN401 - protobuf is not typed
    name = message.full_name
    if name == TensorProto.DESCRIPTOR.full_name:
        return True
    return name not in seen and any(
        leads_to_a_tensor(field.message_type, seen | {name})
        for field in message.fields
        if field.message_type is not None
    )


@pytest.mark.parametrize("kind", list(HOLDS))
def test_the_fields_that_lead_to_a_tensor_are_those_of_the_format(kind: str) -> None:
    kinds = {message.DESCRIPTOR.full_name: name for name, message in NAMES.items()}
    expected = {
        field.number: kinds[field.message_type.full_name]
        for field in NAMES[kind].DESCRIPTOR.fields
        if field.message_type is not None and leads_to_a_tensor(field.message_type)
    }
    assert HOLDS[kind] == expected


def in_a_function() -> onnx.ModelProto:
    value = helper.make_attribute("value", outside("f.bin"))
    constant = onnx.NodeProto(op_type="Constant", output=["c"], attribute=[value])
    function = helper.make_function(
        "own", "F", [], ["c"], [constant], [helper.make_opsetid("", 18)]
    )
    return helper.make_model(graph(), functions=[function])


def in_a_branch_of_a_branch() -> onnx.ModelProto:
    inmost = graph(tensors=(outside("inmost.bin"),))
    inner = graph(helper.make_node("If", ["x"], ["y"], then_branch=inmost, else_branch=graph()))
    return helper.make_model(
        graph(helper.make_node("If", ["x"], ["y"], then_branch=graph(), else_branch=inner))
    )


def sparse() -> onnx.ModelProto:
    model = helper.make_model(graph())
    model.graph.sparse_initializer.add(values=outside("values.bin"), indices=outside("at.bin"))
    return model


def in_training() -> onnx.ModelProto:
    model = helper.make_model(graph())
    model.training_info.add().initialization.initializer.append(outside("start.bin"))
    return model


def in_lists() -> onnx.ModelProto:
    own = onnx.NodeProto(op_type="Own", output=["y"])
    tensors = own.attribute.add(name="t", type=onnx.AttributeProto.TENSORS)
    tensors.tensors.extend([outside("0.bin"), outside("1.bin")])
    graphs = own.attribute.add(name="g", type=onnx.AttributeProto.GRAPHS)
    graphs.graphs.append(graph(tensors=(outside("2.bin"),)))
    return helper.make_model(graph(own))


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (in_a_function(), {"f.bin"}),
        (in_a_branch_of_a_branch(), {"inmost.bin"}),
        (sparse(), {"values.bin", "at.bin"}),
        (in_training(), {"start.bin"}),
        (in_lists(), {"0.bin", "1.bin", "2.bin"}),
    ],
)
def test_locations_are_found_wherever_a_tensor_can_be(
    tmp_path: Path, model: onnx.ModelProto, expected: set[str]
) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(model.SerializeToString())
    assert external_locations(path) == expected


@settings(max_examples=60, deadline=None)
@given(names=st.lists(st.text(min_size=1, max_size=300), max_size=3))
def test_locations_of_any_length_are_found(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "names.onnx"
    write(path, graph(tensors=tuple(outside(name) for name in names)))
    assert external_locations(path) == set(names)


def test_name_of_twenty_thousand_bytes_is_found(tmp_path: Path) -> None:
    path = write(tmp_path / "m.onnx", graph(tensors=(outside("a" * 20_000),)))
    assert external_locations(path) == {"a" * 20_000}


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (b"\x70", b"\x81\x80\x80\x80\x10"),  # 2**32 + 1, of which protobuf keeps 32 bits: 1
        (b"\x70", b"\x00"),
        (b"", b""),
    ],
)
def test_a_location_counts_whatever_is_said_of_its_use(
    tmp_path: Path, tag: bytes, value: bytes
) -> None:
    path = with_tensor(tmp_path, outside("w.bin"), b"\x70\x01", tag + value)
    assert external_locations(path) == {"w.bin"}


@pytest.mark.parametrize(
    ("plain", "odd", "reason"),
    [
        (b"\x70\x01", b"\xf0\x80\x80\x80\x10\x01", "32 bits"),  # tag 112 + 2**32
        (b"\x70\x01", b"\x70" + b"\x81" + 8 * b"\x80" + b"\x02", "64 bits"),
        (b"\x12\x05w.bin", b"\x12\x85\x80\x80\x80\x10w.bin", "32 bits"),  # length 5 + 2**32
        (b"w.bin", b"w.bi\xff", "utf-8"),
    ],
)
def test_what_protobuf_reads_in_another_way_is_refused(
    tmp_path: Path, plain: bytes, odd: bytes, reason: str
) -> None:
    with pytest.raises(ModelError, match=reason):
        external_locations(with_tensor(tmp_path, outside("w.bin"), plain, odd))


def test_a_key_of_another_type_hides_no_location(tmp_path: Path) -> None:
    path = with_tensor(tmp_path, outside("w.bin"), b"\x12\x05w.bin", b"\x08\x01\x12\x05w.bin")
    assert external_locations(path) == {"w.bin"}


def with_tensor(folder: Path, tensor: TensorProto, plain: bytes, odd: bytes) -> Path:
    """Write a model of a tensor that is encoded in another way."""
    content: bytes = tensor.SerializeToString()
    assert content.count(plain) == 1
    entries = [entry.SerializeToString() for entry in tensor.external_data]
    own = next((entry for entry in entries if plain in entry), plain)
    changed = own.replace(plain, odd)
    if own != plain:
        own = b"\x6a" + varint(len(own)) + own
        changed = b"\x6a" + varint(len(changed)) + changed
    content = content.replace(own, changed)
    own_graph = graph().SerializeToString() + b"\x2a" + varint(len(content)) + content
    path = folder / "m.onnx"
    path.write_bytes(b"\x08\x09\x3a" + varint(len(own_graph)) + own_graph)
    return path


def test_text_that_only_looks_like_a_location_is_none(tmp_path: Path) -> None:
    decoy = outside("/etc/passwd").SerializeToString()
    inside = TensorProto(
        name="w", dims=[len(decoy)], data_type=TensorProto.UINT8, raw_data=decoy, doc_string="x"
    )
    path = write(tmp_path / "m.onnx", graph(tensors=(inside,)))
    assert external_locations(path) == set()


def test_a_link_in_the_folder_may_not_lead_out_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret").write_bytes(bytes(16))
    (folder / "linked").symlink_to("../secret")
    (folder / "up").symlink_to("..")
    (folder / "inside.bin").write_bytes(bytes(16))
    (folder / "to inside").symlink_to("inside.bin")
    for location in ("linked", "up/secret"):
        with pytest.raises(ModelError, match="outside its folder"):
            weights_files(write(folder / "m.onnx", graph(tensors=(outside(location),))))
    path = write(folder / "m.onnx", graph(tensors=(outside("to inside"),)))
    assert weights_files(path) == [folder / "to inside"]


def test_weights_may_be_linked_to_where_the_model_is_linked_to(tmp_path: Path) -> None:
    blobs, snapshot = tmp_path / "blobs", tmp_path / "snapshots" / "main"
    blobs.mkdir()
    snapshot.mkdir(parents=True)
    write(blobs / "a1", graph(tensors=(outside("w.bin"),)))
    (blobs / "b2").write_bytes(bytes(16))
    (snapshot / "m.onnx").symlink_to("../../blobs/a1")
    (snapshot / "w.bin").symlink_to("../../blobs/b2")
    assert weights_files(snapshot / "m.onnx") == [snapshot / "w.bin"]


@pytest.mark.parametrize(
    "location",
    [
        "../w.bin",
        "a/../../w.bin",
        "/etc/passwd",
        "C:\\w.bin",
        "C:w.bin",
        "..\\w.bin",
        "\\\\h\\w",
        "",
    ],
)
def test_places_outside_the_folder_are_refused(tmp_path: Path, location: str) -> None:
    with pytest.raises(ModelError) as raised:
        weights_files(write(tmp_path / "m.onnx", graph(tensors=(outside(location),))))
    assert "said to lie outside its folder" in raised.value.message
    assert raised.value.details == (location,)
    assert raised.value.hint


@pytest.mark.parametrize("location", ["w.bin", "a/w.bin", "*/_ORT_MEM_ADDR_/*"])
def test_missing_weights_are_named(tmp_path: Path, location: str) -> None:
    with pytest.raises(ModelError) as raised:
        weights_files(write(tmp_path / "m.onnx", graph(tensors=(outside(location),))))
    assert raised.value.message.endswith(f"its weights are missing: {Path(location).name}")


def test_the_hash_is_of_the_file_and_of_its_weights(tmp_path: Path) -> None:
    path = write(tmp_path / "m.onnx", graph(tensors=(outside("b"), outside("a"))))
    own = hashlib.sha256(path.read_bytes()).hexdigest()
    (tmp_path / "a").write_bytes(b"A" * 16)
    (tmp_path / "b").write_bytes(b"B" * 16)
    parts = [hashlib.sha256(letter * 16).digest() for letter in (b"A", b"B")]
    assert model_sha256(path) == hashlib.sha256(own.encode() + b"".join(parts)).hexdigest()
    alone = write_model(tmp_path / "alone.onnx")
    assert model_sha256(alone) == hashlib.sha256(alone.read_bytes()).hexdigest()


def test_onnx_itself_writes_what_is_found(tmp_path: Path) -> None:
    nodes = (node("Flatten", "images", "flat", axis=1), node("Mul", "flat", "w", "embeddings"))
    path = write_model(tmp_path / "m.onnx", nodes, weights={"w": np.ones(192, np.float32)})
    onnx.save(
        onnx.load(path), path, save_as_external_data=True, location="w\u00e9.bin", size_threshold=0
    )
    assert weights_files(path) == [tmp_path / "w\u00e9.bin"]


def nested(depth: int) -> bytes:
    """Return a model with an ``If`` in the branch of an ``If``, and so on."""
    inner: bytes = graph().SerializeToString()
    for _ in range(depth):
        attribute = onnx.AttributeProto(name="then_branch").SerializeToString()
        attribute += b"\x32" + varint(len(inner)) + inner
        own = b"\x22\x02If\x2a" + varint(len(attribute)) + attribute
        inner = b"\x0a" + varint(len(own)) + own
    return b"\x08\x09\x3a" + varint(len(inner)) + inner


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value % 128 + 128)
        value //= 128
    return bytes([*out, value])


@pytest.mark.parametrize("depth", [40, 2000])
def test_nesting_without_end_is_refused(tmp_path: Path, depth: int) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(nested(1))
    assert external_locations(path) == set()
    path.write_bytes(nested(depth))
    with pytest.raises(ModelError, match="nested more than 100 deep"):
        external_locations(path)


@pytest.mark.parametrize("repeated", [b"\x10\x00", b"\x3a\x00"])
def test_a_message_of_fields_without_end_takes_next_to_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repeated: bytes
) -> None:
    assert wire.MAX_FIELDS == 1_000_000
    monkeypatch.setattr(wire, "MAX_FIELDS", 50_000)
    path = tmp_path / "m.onnx"
    path.write_bytes(b"\x08\x09" + 50_000 * repeated)
    for read in (read_graph, external_locations):
        tracemalloc.start()
        with pytest.raises(ModelError, match="more than 50,000 fields"):
            read(path)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 2 * path.stat().st_size
