"""Two well-known architectures with random weights: as fast as the real ones, and worth nothing.

``python tests/benchmarks/architectures.py FOLDER`` writes them in float32 and float16, each with
its declaration. ViT-S/14 is DINOv2's small tower (Oquab et al. 2023: 12 blocks, 384 features, 6
heads, LayerScale), ResNet-50 is version 1.5 (He et al. 2015, stride in the 3 x 3 convolution) with
batch normalization folded into the convolutions, as exporters leave it. Both take N images of 224
pixels, normalized as for ImageNet, and stop before the classifier.
"""

import json
import sys
from dataclasses import dataclass, field
from math import prod, sqrt
from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

DType = Literal["float32", "float16"]

SIDE = 224
OPSET = 18


@dataclass
class Graph:
    """A graph under construction; every method returns the name of the tensor that it made."""

    dtype: DType
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    weights: dict[str, NDArray[np.generic]] = field(default_factory=dict)
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def node(self, operation: str, *inputs: str, **attributes: Any) -> str:  # noqa: ANN401 - as onnx
        """Add a node of one output."""
        name = f"{operation}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [name], name, **attributes))
        return name

    def constant(self, values: NDArray[np.generic]) -> str:
        """Add a weight as it is."""
        name = f"weight_{len(self.weights)}"
        self.weights[name] = values
        return name

    def weight(self, *shape: int, std: float) -> str:
        """Add a random weight."""
        return self.constant((self.rng.standard_normal(shape) * std).astype(self.dtype))

    def filled(self, *shape: int, value: float) -> str:
        """Add a weight of equal numbers."""
        return self.constant(np.full(shape, value, dtype=self.dtype))

    def linear(self, x: str, n_in: int, n_out: int) -> str:
        """Add a dense layer."""
        product = self.node("MatMul", x, self.weight(n_in, n_out, std=sqrt(1 / n_in)))
        return self.node("Add", product, self.filled(n_out, value=0))

    def conv(  # noqa: PLR0913 - what makes a convolution
        self, x: str, n_in: int, n_out: int, size: int, *, stride: int = 1, gain: float = 1
    ) -> str:
        """Add a convolution with a bias, padded so that only the stride makes it smaller."""
        weight = self.weight(n_out, n_in, size, size, std=gain * sqrt(2 / (n_in * size**2)))
        return self.node(
            "Conv",
            x,
            weight,
            self.filled(n_out, value=0),
            kernel_shape=[size, size],
            strides=[stride, stride],
            pads=[size // 2] * 4,
        )


def vit_s14(path: Path, dtype: DType = "float32") -> Path:
    """Write a ViT-S/14 of 22 M parameters, whose embedding is the class token, and return it."""
    width, n_patches = 384, (SIDE // 14) ** 2
    graph = Graph(dtype)
    patches = graph.node(
        "Conv",
        "images",
        graph.weight(width, 3, 14, 14, std=sqrt(1 / (3 * 14**2))),
        graph.filled(width, value=0),
        kernel_shape=[14, 14],
        strides=[14, 14],
    )
    flat = graph.node("Reshape", patches, graph.constant(np.array([0, width, n_patches])))
    tokens = graph.node("Transpose", flat, perm=[0, 2, 1])
    n = graph.node("Shape", tokens, end=1)
    token_shape = graph.node("Concat", n, graph.constant(np.array([1, width])), axis=0)
    token = graph.node("Expand", graph.weight(1, 1, width, std=0.02), token_shape)
    x = graph.node("Concat", token, tokens, axis=1)
    x = graph.node("Add", x, graph.weight(1, n_patches + 1, width, std=0.02))
    for _ in range(12):
        x = graph.node("Add", x, _scaled(graph, _attention(graph, _normed(graph, x, width))))
        x = graph.node("Add", x, _scaled(graph, _mlp(graph, _normed(graph, x, width))))
    normed = _normed(graph, x, width)
    first = graph.node("Gather", normed, graph.constant(np.array(0)), axis=1)
    return _write(path, graph, first, width)


def _normed(graph: Graph, x: str, width: int) -> str:
    scale, bias = graph.filled(width, value=1), graph.filled(width, value=0)
    return graph.node("LayerNormalization", x, scale, bias, axis=-1, epsilon=1e-6)


def _scaled(graph: Graph, x: str) -> str:
    return graph.node("Mul", x, graph.filled(384, value=0.1))


def _attention(graph: Graph, x: str, width: int = 384, heads: int = 6) -> str:
    three = graph.linear(x, width, 3 * width)
    per_head = graph.constant(np.array([0, -1, 3, heads, width // heads]))
    split = graph.node("Transpose", graph.node("Reshape", three, per_head), perm=[2, 0, 3, 1, 4])
    query, key, value = (
        graph.node("Gather", split, graph.constant(np.array(at)), axis=0) for at in range(3)
    )
    query = graph.node("Mul", query, graph.filled(value=sqrt(heads / width)))
    scores = graph.node("MatMul", query, graph.node("Transpose", key, perm=[0, 1, 3, 2]))
    mixed = graph.node("MatMul", graph.node("Softmax", scores, axis=-1), value)
    joined = graph.node("Transpose", mixed, perm=[0, 2, 1, 3])
    whole = graph.node("Reshape", joined, graph.constant(np.array([0, -1, width])))
    return graph.linear(whole, width, width)


def _mlp(graph: Graph, x: str, width: int = 384) -> str:
    hidden = graph.linear(x, width, 4 * width)
    erf = graph.node("Erf", graph.node("Div", hidden, graph.filled(value=sqrt(2))))
    one = graph.node("Add", erf, graph.filled(value=1))
    gelu = graph.node("Mul", graph.node("Mul", hidden, one), graph.filled(value=0.5))
    return graph.linear(gelu, 4 * width, width)


def resnet50(path: Path, dtype: DType = "float32") -> Path:
    """Write a ResNet-50 of 23 M parameters, whose embedding is the pooled 2,048, and return it."""
    graph = Graph(dtype)
    x = graph.node("Relu", graph.conv("images", 3, 64, 7, stride=2))
    x = graph.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    width = 64
    for stage, n_blocks in enumerate((3, 4, 6, 3)):
        for block in range(n_blocks):
            stride = 2 if stage and not block else 1
            x, width = _bottleneck(graph, x, width, 64 * 2**stage, stride)
    pooled = graph.node("Flatten", graph.node("GlobalAveragePool", x), axis=1)
    return _write(path, graph, pooled, width)


def _bottleneck(graph: Graph, x: str, n_in: int, n_mid: int, stride: int) -> tuple[str, int]:
    n_out = 4 * n_mid
    small = graph.node("Relu", graph.conv(x, n_in, n_mid, 1))
    small = graph.node("Relu", graph.conv(small, n_mid, n_mid, 3, stride=stride))
    grown = graph.conv(small, n_mid, n_out, 1, gain=0.2)  # or float16 overflows after 16 blocks
    same = x if n_in == n_out and stride == 1 else graph.conv(x, n_in, n_out, 1, stride=stride)
    return graph.node("Relu", graph.node("Add", grown, same)), n_out


def _write(path: Path, graph: Graph, output: str, n_features: int) -> Path:
    """Write the model and its declaration."""
    graph.nodes.append(helper.make_node("Identity", [output], ["embeddings"]))
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(graph.dtype))
    made = helper.make_graph(
        graph.nodes,
        path.stem,
        [helper.make_tensor_value_info("images", kind, ["n", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("embeddings", kind, ["n", n_features])],
        [numpy_helper.from_array(values, name) for name, values in graph.weights.items()],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
    path.write_bytes(model.SerializeToString())
    declaration = {
        "input": "images",
        "output": "embeddings",
        "size": [SIDE, SIDE],
        "resize": "shortest_edge",
        "resize_to": 256,
        "interpolation": "bicubic",
        "color": "RGB",
        "layout": "NCHW",
        "dtype": graph.dtype,
        "scale": 1 / 255,
        "mean": [0.485, 0.456, 0.406],
        "std": [0.229, 0.224, 0.225],
    }
    path.with_suffix(".json").write_text(json.dumps(declaration, indent=2) + "\n", encoding="utf-8")
    return path


def n_parameters(path: Path) -> int:
    """Count the numbers in a model's weights."""
    return sum(prod(weight.dims) for weight in onnx.load(path).graph.initializer)


def main(folder: Path) -> None:
    """Write both models in both precisions."""
    folder.mkdir(parents=True, exist_ok=True)
    for make in (vit_s14, resnet50):
        for dtype in ("float32", "float16"):
            path = make(folder / f"{make.__name__}-{dtype}.onnx", dtype)
            print(f"{path}: {n_parameters(path) / 1e6:.1f} M parameters")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
