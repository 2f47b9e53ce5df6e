"""Small ONNX models, made on the spot, with their declarations beside them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

DECLARATION: dict[str, object] = {
    "input": "images",
    "output": "embeddings",
    "size": [8, 8],
    "resize": "shortest_edge",
    "resize_to": 0,
    "interpolation": "bilinear",
    "color": "RGB",
    "layout": "NCHW",
    "dtype": "float32",
    "scale": 1 / 255,
    "mean": [0.0, 0.0, 0.0],
    "std": [1.0, 1.0, 1.0],
}


def node(operation: str, *tensors: str, **attributes: Any) -> onnx.NodeProto:  # noqa: ANN401 - as onnx has it
    """Return a node; its last tensor is its output."""
    return helper.make_node(operation, list(tensors[:-1]), [tensors[-1]], **attributes)


POOLING = (
    node("AveragePool", "images", "pooled", kernel_shape=[4, 4], strides=[4, 4]),
    node("Flatten", "pooled", "embeddings", axis=1),
)


def write_model(  # noqa: PLR0913 - each is a way to be a bad model
    path: Path,
    nodes: Iterable[onnx.NodeProto] = POOLING,
    *,
    shape: tuple[int | str, ...] = ("n", 3, 8, 8),
    tensor: int = TensorProto.FLOAT,
    out: int = TensorProto.FLOAT,
    weights: dict[str, np.ndarray] | None = None,
    **declared: object,
) -> Path:
    """Write a model and its declaration, ``DECLARATION`` but for what is given."""
    graph = helper.make_graph(
        list(nodes),
        "tiny",
        [helper.make_tensor_value_info("images", tensor, shape)],
        [helper.make_tensor_value_info("embeddings", out, None)],
        [numpy_helper.from_array(value, name) for name, value in (weights or {}).items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    path.write_bytes(model.SerializeToString())
    declare(path, **declared)
    return path


def declare(path: Path, **declared: object) -> None:
    """Write a model's declaration, ``DECLARATION`` but for what is given."""
    path.with_suffix(".json").write_text(json.dumps(DECLARATION | declared), encoding="utf-8")
