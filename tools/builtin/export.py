"""Write the trained network as the built-in model.

Run ``python export.py CHECKPOINT TINY_IMAGENET OUTPUT`` beside this file (needs PyTorch, onnx and
onnxruntime); it writes ``builtin.onnx`` and its declaration. An embedding is the square roots of
the pooled activations, whitened in part by the training images, so that cosines weigh directions
more alike. Convolutions are stored as int8 with a scale for each output channel, and computed
with in single precision.
"""

import io
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from data import SIDE, load
from fixed_weights import DECLARATION
from network import Network, standardize
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

N_STAGES = 3  # of the network's last ones, that make the embedding
WHITENING, SHRINKAGE = 0.35, 0.1  # variance ** -WHITENING; .5 would whiten wholly
N_IMAGES = 10_000  # that the whitening is of
QUANTIZED = 5000  # weights from which a convolution is stored as int8

Array = NDArray[np.float32]


class Builtin(nn.Module):
    """From uint8 images, channels last, to embeddings."""

    def __init__(self, network: Network, pixels: NDArray[np.uint8]) -> None:
        super().__init__()
        self.network = network
        parts = np.array_split(pixels, len(pixels) // 100)
        found = torch.cat([self.features(torch.from_numpy(part)) for part in parts]).double()
        variances, axes = torch.linalg.eigh(torch.cov(found.T))
        scales = (variances + SHRINKAGE * variances.mean()) ** -WHITENING
        self.register_buffer("mean", found.mean(0).float())
        self.register_buffer("whitening", (axes * scales @ axes.T).float())

    def features(self, images: Tensor) -> Tensor:
        pixels = images.permute(0, 3, 1, 2).float()
        return self.network(standardize(pixels), N_STAGES).sqrt()

    def forward(self, images: Tensor) -> Tensor:
        return (self.features(images) - self.mean) @ self.whitening


def trained(checkpoint: Path) -> Network:
    """Return the network with the averaged weights of a run."""
    state = torch.load(checkpoint, weights_only=True)["kept"]
    network = Network()
    prefix = "network."
    own = {name.removeprefix(prefix): w for name, w in state.items() if name.startswith(prefix)}
    network.load_state_dict(own)
    return network.eval()


def exported(model: nn.Module) -> onnx.ModelProto:
    """Return a model as ONNX, batch normalization folded into the convolutions."""
    file = io.BytesIO()
    torch.onnx.export(
        model,
        (torch.zeros((2, SIDE, SIDE, 3), dtype=torch.uint8),),
        file,
        input_names=["images"],
        output_names=["embeddings"],
        dynamic_axes={"images": {0: "n"}, "embeddings": {0: "n"}},
        opset_version=18,
        dynamo=False,
    )
    return onnx.load_from_string(file.getvalue())


def embeddings(model: onnx.ModelProto, pixels: NDArray[np.uint8]) -> Array:
    """Return a model's output for some images."""
    session = ort.InferenceSession(model.SerializeToString())
    found: Array = session.run(None, {"images": pixels})[0]
    return found


def quantized(model: onnx.ModelProto) -> onnx.ModelProto:
    """Store large convolutions as int8; ONNX Runtime makes them float once, when it loads them."""
    nodes, constants = [], []
    for stored in model.graph.initializer:
        weights = numpy_helper.to_array(stored)
        if weights.ndim != 4 or weights.size < QUANTIZED:
            constants.append(stored)
            continue
        scale = np.abs(weights).max(axis=(1, 2, 3), keepdims=True) / 127
        int8, name = np.round(weights / scale).astype(np.int8), stored.name
        constants.append(numpy_helper.from_array(int8, f"{name}.int8"))
        constants.append(numpy_helper.from_array(scale, f"{name}.scale"))
        nodes += [
            helper.make_node("Cast", [f"{name}.int8"], [f"{name}.cast"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{name}.cast", f"{name}.scale"], [name]),
        ]
    graph = model.graph
    made = helper.make_graph(
        [*nodes, *graph.node], graph.name, graph.input, graph.output, constants
    )
    small = helper.make_model(
        made, opset_imports=model.opset_import, ir_version=9, producer_name="labelaudit"
    )
    onnx.checker.check_model(small)
    return small


def main(checkpoint: Path, folder: Path, output: Path) -> None:
    """Write both files, and say how far int8 moves an embedding."""
    pixels, _ = load(folder, "train")
    rows = np.sort(np.random.default_rng(0).choice(len(pixels), N_IMAGES, replace=False))
    with torch.inference_mode():
        full = exported(Builtin(trained(checkpoint), pixels[rows]))
    small = quantized(full)
    output.mkdir(parents=True, exist_ok=True)
    (output / "builtin.onnx").write_bytes(small.SerializeToString(deterministic=True))
    (output / "builtin.json").write_text(json.dumps(DECLARATION, indent=2) + "\n", encoding="utf-8")
    some = pixels[rows[:500]]
    exact, stored = embeddings(full, some), embeddings(small, some)
    lengths = np.linalg.norm(exact, axis=1) * np.linalg.norm(stored, axis=1)
    print(f"cosine of int8 to full precision: {((exact * stored).sum(1) / lengths).min():.5f}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
