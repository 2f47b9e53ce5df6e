"""The catalog: every entry is whole, and declares what its model wants."""

import json
import re
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from tiny_models import node

from labelaudit.embeddings.hub.catalog import Entry, find_entry, read_catalog
from labelaudit.embeddings.models.declaration import read_declaration
from labelaudit.embeddings.models.model import load_model
from labelaudit.embeddings.texts.declaration import declares_text, read_text_preprocessing
from labelaudit.errors import ModelError

ENTRIES = list(read_catalog().values())
IMAGES = [entry for entry in ENTRIES if entry.kind == "image"]
SHAPES = {  # of the output for one image, as the published exports have it
    "dinov2-small": (1, 257, 384),
    "dinov2-base": (1, 257, 768),
    "clip-vit-b32": (1, 512),
    "siglip-base": (1, 768),
    "resnet50": (1, 2048, 1, 1),  # all but the last of its layers, so the average is not flattened
}
EVERY = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)


def test_the_models_of_the_field_have_names() -> None:
    assert [(entry.name, entry.kind, entry.dimension) for entry in ENTRIES] == [
        ("dinov2-small", "image", 384),
        ("dinov2-base", "image", 768),
        ("clip-vit-b32", "image", 512),
        ("siglip-base", "image", 768),
        ("resnet50", "image", 2048),
        ("all-minilm-l6-v2", "text", 384),
    ]


@EVERY
def test_an_entry_says_where_its_files_are(entry: Entry) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*", entry.name)
    assert re.fullmatch(r"[\w.-]+/[\w.-]+", entry.repository)
    assert re.fullmatch(r"main|[0-9a-f]{40}", entry.revision)
    assert entry.licence in {"Apache-2.0", "MIT"}
    assert PurePosixPath(entry.files[0].path).suffix == ".onnx"
    names = [entry.local_name(file) for file in entry.files]
    assert names[0] == f"{entry.name}.onnx"
    assert len({*names, f"{entry.name}.json", "pulled.json"}) == len(names) + 2
    for file in entry.files:
        assert re.fullmatch(r"|[0-9a-f]{64}", file.sha256)
        assert file.size > 0
        assert ".." not in PurePosixPath(file.path).parts
    # a revision that may move needs a hash, or what comes at the first pull is trusted
    assert entry.revision != "main" or all(file.sha256 for file in entry.files)


@EVERY
def test_a_declaration_is_one_that_a_user_could_write(entry: Entry, tmp_path: Path) -> None:
    sidecar = tmp_path / f"{entry.name}.json"
    sidecar.write_text(entry.sidecar())
    for file in entry.files[1:]:
        (tmp_path / entry.local_name(file)).touch()
    assert json.loads(entry.sidecar()) == entry.declaration
    assert declares_text(sidecar) == (entry.kind == "text")
    if entry.kind == "text":
        read_text_preprocessing(sidecar)
    else:
        wanted = read_declaration(sidecar).preprocessing
        assert wanted.scale == 1 / 255
        assert wanted.size == (224, 224)


@pytest.mark.parametrize("entry", IMAGES, ids=lambda entry: entry.name)
def test_a_declaration_fits_a_model_with_the_tensors_of_its_own(
    entry: Entry, tmp_path: Path
) -> None:
    wanted = entry.declaration
    shape = SHAPES[entry.name]
    nodes = [
        node("ReduceMean", wanted["input"], "axes", "means", keepdims=1),
        node("MatMul", "means", "weights", "numbers"),
        node("Reshape", "numbers", "shape", wanted["output"]),
    ]
    weights = {
        "axes": np.array([1, 2, 3]),
        "weights": np.ones((1, np.prod(shape)), dtype=np.float32),
        "shape": np.array([-1, *shape[1:]]),
    }
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(wanted["input"], TensorProto.FLOAT, ["n", 3, 224, 224])],
        [helper.make_tensor_value_info(wanted["output"], TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    path = tmp_path / f"{entry.name}.onnx"
    path.write_bytes(model.SerializeToString())
    path.with_suffix(".json").write_text(entry.sidecar())
    assert load_model(path, "cpu").n_features == entry.dimension


def test_a_name_that_is_none_lists_those_that_are() -> None:
    assert find_entry("resnet50").repository == "Qdrant/resnet50-onnx"
    with pytest.raises(ModelError, match="resnet51: no model has this name") as caught:
        find_entry("resnet51")
    assert all(entry.name in caught.value.hint for entry in ENTRIES)
