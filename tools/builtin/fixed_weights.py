"""Write what the built-in model was before it was trained: features with fixed weights.

Color, layout and oriented energy, 746 numbers an image. Run ``python fixed_weights.py OUTPUT``
beside this file (needs the ``onnx`` package); it is there to compare the trained network with.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

SIDE = 64
N_ORIENTATIONS = 8
N_LEVELS = 4
OPPONENT = np.array([[0.299, 0.587, 0.114], [0.5, -0.5, 0.0], [0.25, 0.25, -0.5]])


class Graph:
    """An ONNX graph that grows one node at a time."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, value: object, dtype: type = np.float32) -> str:
        """Add a constant and return its name."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype=dtype), name))
        return name

    def add(self, operation: str, *inputs: str, **attributes: float | str | list[int]) -> str:
        """Add a node and return the name of its output."""
        name = f"{operation.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [name], **attributes))  # type: ignore[arg-type]
        return name

    def pool(self, tensor: str, step: int) -> str:
        """Average over squares of a side."""
        return self.add("AveragePool", tensor, kernel_shape=[step, step], strides=[step, step])

    def channels(self, tensor: str, start: int, stop: int) -> str:
        """Take channels out of a tensor."""
        bounds = [self.constant([value], np.int64) for value in (start, stop, 1)]
        return self.add("Slice", tensor, *bounds)

    def spread(self, centered: str, floor: float) -> str:
        """Return the standard deviation over the whole of each channel."""
        axes = self.constant([2, 3], np.int64)
        square = self.add("ReduceMean", self.add("Mul", centered, centered), axes, keepdims=1)
        return self.add("Sqrt", self.add("Add", square, self.constant(floor)))

    def block(self, tensor: str, weight: float, *, unit: bool) -> str:
        """Flatten a tensor into one block of the embedding, of a weight, of unit length or not."""
        flat = self.add("Flatten", tensor, axis=1)
        if unit:
            axis = self.constant([1], np.int64)
            energy = self.add("ReduceSumSquare", flat, axis, keepdims=1)
            length = self.add("Sqrt", self.add("Add", energy, self.constant(1e-6)))
            flat = self.add("Div", flat, length)
        return self.add("Mul", flat, self.constant(weight))


def morlet(
    theta: float, *, side: int = 7, sigma: float = 1.6, xi: float = 1.9
) -> NDArray[np.complex128]:
    """Return a Morlet wavelet of zero mean and unit absolute sum, shape ``(side, side)``.

    Bruna and Mallat, Invariant Scattering Convolution Networks, 2013.
    """
    reach = (side - 1) / 2
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    along, across = x * np.cos(theta) + y * np.sin(theta), y * np.cos(theta) - x * np.sin(theta)
    envelope = np.exp(-(along**2 + (0.6 * across) ** 2) / (2 * sigma**2))
    wave = np.exp(1j * xi * along)
    wavelet = envelope * (wave - (envelope * wave).sum() / envelope.sum())
    normalized: NDArray[np.complex128] = wavelet / np.abs(wavelet).sum()
    return normalized


def oriented_energy(graph: Graph, tensor: str, *, n_channels: int, n_orientations: int) -> str:
    """Return the modulus of each channel's response to wavelets of all orientations."""
    wavelets = np.stack([morlet(np.pi * k / n_orientations) for k in range(n_orientations)])
    weights = np.tile(wavelets[:, None], (n_channels, 1, 1, 1))
    pad = wavelets.shape[-1] // 2
    pads = graph.constant([0, 0, pad, pad, 0, 0, pad, pad], np.int64)
    padded = graph.add("Pad", tensor, pads, mode="reflect")
    squares = []
    for part in (weights.real, weights.imag):
        response = graph.add("Conv", padded, graph.constant(part), group=n_channels)
        squares.append(graph.add("Mul", response, response))
    energy = graph.add("Add", *squares)
    return graph.add("Sqrt", graph.add("Add", energy, graph.constant(1e-6)))


def contrast_normalized(graph: Graph, energy: str) -> str:
    """Divide oriented energies by their mean over orientations and a 5 x 5 surround."""
    mean = graph.add("ReduceMean", energy, graph.constant([1], np.int64), keepdims=1)
    local = graph.add(
        "AveragePool",
        mean,
        kernel_shape=[5, 5],
        strides=[1, 1],
        pads=[2, 2, 2, 2],
        count_include_pad=0,
    )
    return graph.add("Div", energy, graph.add("Add", local, graph.constant(0.1)))


def color_blocks(graph: Graph, luminance: str, chroma: str) -> tuple[list[str], str]:
    """Return the blocks of layout and color, and the standardized luminance."""
    axes = graph.constant([2, 3], np.int64)
    mean = graph.add("ReduceMean", luminance, axes, keepdims=1)
    centered = graph.add("Sub", luminance, mean)
    spread = graph.spread(centered, 1e-3)
    standardized = graph.add("Div", centered, spread)
    chroma_mean = graph.add("ReduceMean", chroma, axes, keepdims=1)
    deviation = graph.add("Sub", chroma, chroma_mean)
    square = graph.pool(graph.add("Mul", deviation, deviation), SIDE // 2)
    chroma_spread = graph.add("Sqrt", graph.add("Add", square, graph.constant(1e-4)))
    blocks = [
        graph.block(graph.add("Concat", mean, spread, axis=1), 0.3, unit=False),
        graph.block(graph.pool(standardized, SIDE // 8), 0.4, unit=True),
        graph.block(graph.pool(chroma, SIDE // 4), 1.5, unit=False),
        graph.block(chroma_spread, 1.5, unit=False),
    ]
    return blocks, standardized


def build() -> onnx.ModelProto:
    """Return the model: uint8 images ``(n, 64, 64, 3)`` to embeddings ``(n, 746)``."""
    graph = Graph()
    pixels = graph.add("Cast", "images", to=TensorProto.FLOAT)
    unit = graph.add("Div", pixels, graph.constant(255.0))
    rgb = graph.add("Transpose", unit, perm=[0, 3, 1, 2])
    opponent = graph.add("Conv", rgb, graph.constant(OPPONENT[:, :, None, None]))
    luminance, chroma = graph.channels(opponent, 0, 1), graph.channels(opponent, 1, 3)
    blocks, level = color_blocks(graph, luminance, chroma)
    for octave in range(N_LEVELS):
        energy = oriented_energy(graph, level, n_channels=1, n_orientations=N_ORIENTATIONS)
        grid = graph.pool(contrast_normalized(graph, energy), SIDE // 2**octave // 4)
        blocks.append(graph.block(grid, 1.0, unit=True))
        level = graph.pool(level, 2)
    coarse = graph.pool(chroma, 4)
    color_energy = oriented_energy(graph, coarse, n_channels=2, n_orientations=4)
    root = graph.add("Sqrt", graph.pool(color_energy, SIDE // 16))
    blocks.append(graph.block(root, 0.7, unit=True))
    graph.add("Concat", *blocks, axis=1)
    graph.nodes[-1].output[0] = "embeddings"
    images = helper.make_tensor_value_info("images", TensorProto.UINT8, ["n", SIDE, SIDE, 3])
    out = helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["n", 746])
    whole = helper.make_graph(graph.nodes, "builtin", [images], [out], graph.constants)
    model = helper.make_model(
        whole,
        opset_imports=[helper.make_opsetid("", 18)],
        ir_version=9,
        producer_name="labelaudit",
    )
    onnx.checker.check_model(model)
    return model


DECLARATION = {
    "input": "images",
    "output": "embeddings",
    "size": [SIDE, SIDE],
    "resize": "shortest_edge",
    "resize_to": SIDE,
    "interpolation": "bilinear",
    "color": "RGB",
    "layout": "NHWC",
    "dtype": "uint8",
    "scale": 1.0,
    "mean": [0.0, 0.0, 0.0],
    "std": [1.0, 1.0, 1.0],
}


def main(output: Path) -> None:
    """Write the model and its declaration."""
    output.mkdir(parents=True, exist_ok=True)
    made = build().SerializeToString(deterministic=True)
    (output / "fixed_weights.onnx").write_bytes(made)
    text = json.dumps(DECLARATION, indent=2) + "\n"
    (output / "fixed_weights.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
