"""An embedding model in ONNX Runtime: loading it, and running it."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.builtin import BUILTIN
from labelaudit.embeddings.images.preprocessing import Preprocessing
from labelaudit.embeddings.models.class_map import ClassMap
from labelaudit.embeddings.models.declaration import read_declaration
from labelaudit.embeddings.models.outputs import log_probabilities, pooled
from labelaudit.embeddings.onnx_file.graph import Cut, Graph, cut, read_graph
from labelaudit.embeddings.onnx_file.sidecar import sidecar_path
from labelaudit.embeddings.onnx_file.weights import model_sha256
from labelaudit.embeddings.runtime.run import Runner
from labelaudit.embeddings.runtime.session import Device, make_session, node_providers
from labelaudit.errors import ModelError, some

TYPES = {"float32": "float", "float16": "float16", "uint8": "uint8"}  # ONNX Runtime's names


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """A loaded model.

    Attributes
    ----------
    name, sha256
        Its file's name and hash, external weights included.
    preprocessing
        What it wants of an image.
    runner
        Runs its session; may be called from several threads.
    node_providers
        Number of its nodes by the provider they were given to.
    class_map
        Classes of the dataset that its scores are of, as declared.
    n_features
        How many numbers are kept of an image: its embedding, then `n_scores` log probabilities.
    n_scores
        Number of the model's own classes, when their probabilities are kept; else 0.
    """

    name: str
    sha256: str
    preprocessing: Preprocessing
    runner: Runner
    class_map: ClassMap | None
    node_providers: dict[str, int]
    n_features: int
    n_scores: int

    @property
    def provider(self) -> str:
        """The execution provider that the session says it runs on."""
        return self.runner.provider


def load_model(
    path: Path,
    device: Device = "auto",
    declared: Mapping[str, object] | None = None,
    *,
    with_scores: bool = False,
) -> Model:
    """Load a model and make sure that it runs, on the device that was asked for.

    Parameters
    ----------
    path
        An ONNX file with its declaration beside it, in the same name with ``.json``.
    device
        ``cuda`` is an error when the session does not come up on CUDA; ``auto`` takes CUDA
        where it does.
    declared
        Keys that take the place of the declaration's.
    with_scores
        Also keep the probabilities of the model's own classes.

    Raises
    ------
    ModelError
        When it is not an ONNX model, does not fit its declaration, or runs elsewhere.
    """
    graph = read_graph(path)
    said = read_declaration(sidecar_path(path), declared)
    wanted = (
        said.preprocessing
        if with_scores
        else replace(said.preprocessing, scores_output="", scores="")
    )
    if with_scores and not wanted.scores_output:
        raise ModelError(
            f"{path}: no output is declared to be a classifier's scores",
            hint="declare scores_output, and scores: logits or probabilities",
        )
    sha256 = model_sha256(path)
    outputs = [name for name in (wanted.output, wanted.scores_output) if name]
    session = make_session(_cut(graph, outputs), device)
    _check_input(path, session, wanted)
    fixed = _check_shape(path, session, wanted)
    model = Model(
        name="builtin" if path == BUILTIN else path.name,
        sha256=sha256,
        preprocessing=wanted,
        class_map=said.class_map,
        runner=Runner(session, outputs, fixed),
        node_providers=node_providers(session),
        n_features=0,
        n_scores=0,
    )
    zeros = np.zeros((1, *wanted.shape), dtype=wanted.dtype)
    model.runner.warm_up({wanted.input: zeros})
    embedding, scores = _run(model, zeros)
    return replace(model, n_features=embedding.shape[1] + scores.shape[1], n_scores=scores.shape[1])


def run_model(model: Model, batch: NDArray[np.generic]) -> NDArray[np.floating]:
    """Return what is kept of some inputs, shape ``(n, n_features)``."""
    embeddings, scores = _run(model, batch)
    return np.concatenate([embeddings, scores], axis=1) if model.n_scores else embeddings


def _run(
    model: Model, batch: NDArray[np.generic]
) -> tuple[NDArray[np.floating], NDArray[np.float32]]:
    """Return the embeddings of some inputs, and the log probabilities of the model's classes."""
    wanted = model.preprocessing
    try:
        embedding, *others = model.runner.run({wanted.input: batch})
        vectors = pooled(embedding, wanted.pooling, wanted.output)
        if not wanted.scores:
            return vectors, np.empty((len(vectors), 0), dtype=np.float32)
        return vectors, log_probabilities(others[0], wanted.scores, wanted.scores_output)
    except ModelError as error:
        hint = error.hint or "does the model take images of the declared size and layout?"
        raise ModelError(f"{model.name}: {error.message}", hint=hint) from error


def _cut(graph: Graph, outputs: list[str]) -> Path | Cut:
    """Return a smaller model that makes these tensors, or the file where it is that already."""
    tensors = graph.tensors
    for name in set(outputs) - set(tensors):
        inner = any(name in node.inner for node in graph.nodes)
        near = difflib.get_close_matches(name, [*graph.outputs, *tensors], 5, 0.3)
        raise ModelError(
            f"{graph.path}: no tensor is called {name!r}; its outputs are {some(graph.outputs)}",
            details=[f"there is {other}" for other in near],
            hint="it is made within a branch or a loop, out of reach; take a tensor around it"
            if inner
            else f"`labelaudit models inspect {graph.path}` lists what can be an embedding",
        )
    if set(outputs) <= set(graph.outputs) and len(graph.inputs) == 1:
        return graph.path
    return cut(graph, outputs)


def _check_input(path: Path, session: Any, wanted: Preprocessing) -> None:  # noqa: ANN401 - onnxruntime is not typed
    inputs = [tensor.name for tensor in session.get_inputs()]
    if inputs != [wanted.input]:
        raise ModelError(
            f"{path}: the declaration names input {wanted.input!r}; "
            f"output {wanted.output!r} is made from {some(inputs) or 'no input'}",
            hint=f"correct {sidecar_path(path).name}; a model takes one input, the images",
        )


def _check_shape(path: Path, session: Any, wanted: Preprocessing) -> int:  # noqa: ANN401 - as above
    """Return the fixed batch size, 0 for any; raise when the input is not as declared."""
    (tensor,) = session.get_inputs()
    shape = (1, *wanted.shape)
    fits = len(tensor.shape) == len(shape) and all(
        not isinstance(axis, int) or axis == length
        for axis, length in zip(tensor.shape[1:], wanted.shape, strict=False)
    )
    kind = TYPES[wanted.dtype]
    if not fits or tensor.type != f"tensor({kind})":
        raise ModelError(
            f"{path}: the declaration makes inputs of shape [N, {', '.join(map(str, shape[1:]))}] "
            f"and type tensor({kind}); the model wants {tensor.shape} and {tensor.type}",
            hint=f"correct size, color, layout or dtype in {sidecar_path(path).name}",
        )
    return max(0, tensor.shape[0]) if isinstance(tensor.shape[0], int) else 0
