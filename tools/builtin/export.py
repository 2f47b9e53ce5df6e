"""Write the trained network as ``builtin.onnx``, with its declaration beside it.

Run ``python export.py CHECKPOINT TINY_IMAGENET OUTPUT`` beside this file (needs PyTorch and onnx).
Features are square roots of pooled activations, whitened by the training images, so that cosines
weigh every direction alike. Weights are stored in half precision and computed with in single.
"""

import io
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from data import SIDE, load
from network import WIDTHS, Network, standardize
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

N_STAGES = 3  # of the last ones, that make the embedding
N_WHITENING = 50_000
SHRINKAGE = 0.1
HALF = 1000  # parameters from which a tensor is stored in half precision

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


class Builtin(nn.Module):
    """From uint8 images, channels last, to embeddings."""

    def __init__(self, network: Network, pixels: np.ndarray) -> None:
        super().__init__()
        self.network = network
        n_features = sum(WIDTHS[-N_STAGES:])
        self.register_buffer("mean", torch.zeros(n_features))
        self.register_buffer("whitening", torch.eye(n_features))
        parts = [self(torch.from_numpy(part)) for part in np.array_split(pixels, 200)]
        features = torch.cat(parts).double()
        self.mean = features.mean(0).float()
        variances, axes = torch.linalg.eigh(torch.cov(features.T))
        scales = (variances + SHRINKAGE * variances.mean()).rsqrt()
        self.whitening = (axes * scales @ axes.T).float()

    def forward(self, images: Tensor) -> Tensor:
        pixels = images.permute(0, 3, 1, 2).float()
        features = self.network(standardize(pixels), N_STAGES).sqrt()
        return (features - self.mean) @ self.whitening


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


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """Store large weights in half precision; ONNX Runtime casts them once, when it loads them."""
    casts = []
    for stored in model.graph.initializer:
        weights = numpy_helper.to_array(stored)
        if weights.dtype != np.float32 or weights.size < HALF:
            continue
        name = stored.name
        stored.CopyFrom(numpy_helper.from_array(weights.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model


def main(checkpoint: Path, folder: Path, output: Path) -> None:
    """Write both files."""
    pixels, _ = load(folder, "train")
    rows = np.random.default_rng(0).choice(len(pixels), N_WHITENING, replace=False)
    with torch.inference_mode():
        model = Builtin(trained(checkpoint), pixels[np.sort(rows)])
        made = halved(exported(model))
    output.mkdir(parents=True, exist_ok=True)
    (output / "builtin.onnx").write_bytes(made.SerializeToString(deterministic=True))
    (output / "builtin.json").write_text(json.dumps(DECLARATION, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
