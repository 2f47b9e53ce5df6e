"""What a model's file says of itself, and which of its tensors could be the embedding."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from labelaudit.embeddings.onnx_file.graph import Graph, cut, read_graph
from labelaudit.embeddings.onnx_file.weights import model_sha256, weights_files
from labelaudit.embeddings.runtime.session import make_session

HEADS = frozenset({"Gemm", "MatMul"})
POOLS = frozenset({"GlobalAveragePool", "GlobalMaxPool", "ReduceMean"})
HEAD = "taken by the last"
N_POOLS = 3  # the last of them are shown
USUAL_SIDE = 224
NUMPY_TYPES = {"float": "float32", "float16": "float16", "uint8": "uint8"}

Shape = tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """An input or an output; an axis of any length is None."""

    name: str
    type: str
    shape: Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A tensor that could be the embedding.

    Attributes
    ----------
    name
        Of the tensor.
    what
        Where it is in the graph.
    shape
        For one image; None when the model did not run on a black one.
    """

    name: str
    what: str
    shape: Shape | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What a model's file says of itself.

    Attributes
    ----------
    file, size, sha256
        The file, its bytes, and the hash of it and its weights.
    weights
        Bytes of each file that holds weights outside of it.
    producer, ir_version, opsets
        What wrote it, in which version of the format, and the versions of its operations.
    operations
        How often each occurs, the most frequent first.
    inputs, outputs
        Its own.
    candidates
        Tensors that could be the embedding, the outputs first.
    softmaxed
        Names of the outputs that a softmax makes.
    """

    file: Path
    size: int
    sha256: str
    weights: dict[str, int]
    producer: str
    ir_version: int
    opsets: dict[str, int]
    operations: dict[str, int]
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    candidates: tuple[Candidate, ...]
    softmaxed: tuple[str, ...]


def inspect_model(path: Path, side: int = USUAL_SIDE) -> ModelFacts:
    """Look into a model's file, and run it once on a black image.

    Parameters
    ----------
    path
        An ONNX file.
    side
        Height and width of the image, where the model takes any.

    Raises
    ------
    ModelError
        When it is no ONNX model, is not whole, or ONNX Runtime cannot load it.
    """
    graph = read_graph(path)
    weights = {file.name: file.stat().st_size for file in weights_files(path)}
    sha256 = model_sha256(path)
    session = make_session(path, "cpu")
    inputs = tuple(_tensor(tensor) for tensor in session.get_inputs())
    outputs = tuple(_tensor(tensor) for tensor in session.get_outputs())
    del session
    named = _named(graph)
    shapes = _shapes(graph, inputs, list(named), side)
    operations = Counter(node.operation for node in graph.nodes)
    return ModelFacts(
        file=path,
        size=path.stat().st_size,
        sha256=sha256,
        weights=weights,
        producer=graph.producer,
        ir_version=graph.ir_version,
        opsets=graph.opsets,
        operations=dict(operations.most_common()),
        inputs=inputs,
        outputs=outputs,
        candidates=tuple(
            Candidate(name=name, what=what, shape=shapes.get(name)) for name, what in named.items()
        ),
        softmaxed=tuple(
            name
            for node in graph.nodes
            if node.operation == "Softmax"
            for name in node.outputs
            if name in graph.outputs
        ),
    )


def image_shape(shape: Shape, side: int) -> tuple[int, ...] | None:
    """Return the shape of an input with what is open filled in; None when it takes no images."""
    if len(shape) != 4:  # noqa: PLR2004 - images, channels, height, width
        return None
    channels_last = shape[3] in {1, 3} and shape[1] not in {1, 3}
    usual = (1, side, side, 3) if channels_last else (1, 3, side, side)
    return tuple(axis or other for axis, other in zip(shape, usual, strict=True))


def _tensor(tensor: Any) -> Tensor:  # noqa: ANN401 - onnxruntime is not typed
    shape = tuple(axis if isinstance(axis, int) and axis > 0 else None for axis in tensor.shape)
    return Tensor(
        name=tensor.name, type=tensor.type.removeprefix("tensor(").removesuffix(")"), shape=shape
    )


def _named(graph: Graph) -> dict[str, str]:
    """Return where in the graph the tensors are that could be the embedding, by name."""
    tensors = set(graph.tensors)
    named = {name: "an output" for name in graph.outputs if name in tensors}
    heads = [node for node in graph.nodes if node.operation in HEADS]
    for name in heads[-1].inputs if heads else ():
        if name in tensors:
            named.setdefault(name, f"{HEAD} {heads[-1].operation}")
    for node in [node for node in graph.nodes if node.operation in POOLS][-N_POOLS:]:
        named.setdefault(node.outputs[0], f"made by {node.operation}")
    return named


def _shapes(
    graph: Graph, inputs: tuple[Tensor, ...], names: list[str], side: int
) -> dict[str, Shape]:
    """Return the shapes of tensors for a black image; none where the model does not run on it."""
    shape = image_shape(inputs[0].shape, side) if len(inputs) == 1 else None
    if shape is None or inputs[0].type not in NUMPY_TYPES:
        return {}
    zeros = np.zeros(shape, dtype=NUMPY_TYPES[inputs[0].type])
    try:
        made = make_session(cut(graph, names), "cpu").run(names, {inputs[0].name: zeros})
    except Exception:  # noqa: BLE001 - whatever it is, the shapes are not known
        return {}
    return {
        name: (None, *out.shape[1:])
        for name, out in zip(names, made, strict=True)
        if isinstance(out, np.ndarray)
    }
