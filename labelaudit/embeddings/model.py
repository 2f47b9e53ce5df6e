"""An embedding model in ONNX Runtime: loading it, and running it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.preprocessing import Preprocessing, read_preprocessing, sidecar_path
from labelaudit.embeddings.run import Runner
from labelaudit.embeddings.session import Device, make_session, node_providers
from labelaudit.embeddings.weights import model_sha256
from labelaudit.errors import ModelError

BUILTIN = Path(__file__).parent / "builtin" / "builtin.onnx"


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
    n_features
        Length of an embedding.
    """

    name: str
    sha256: str
    preprocessing: Preprocessing
    runner: Runner
    node_providers: dict[str, int]
    n_features: int

    @property
    def provider(self) -> str:
        """The execution provider that the session says it runs on."""
        return self.runner.provider


def load_model(path: Path, device: Device = "auto") -> Model:
    """Load a model and make sure that it runs, on the device that was asked for.

    Parameters
    ----------
    path
        An ONNX file with its preprocessing declared beside it, in the same name with ``.json``.
    device
        ``cuda`` is an error when the session does not come up on CUDA; ``auto`` takes CUDA
        where it does.

    Raises
    ------
    ModelError
        When it is not an ONNX model, does not fit its declaration, or runs elsewhere.
    """
    preprocessing = read_preprocessing(sidecar_path(path)) if path.is_file() else None
    if preprocessing is None:
        raise ModelError(f"{path}: there is no such model", hint="name an .onnx file, or builtin")
    session = make_session(path, device)
    _check_names(path, session, preprocessing)
    fixed = _check_shape(path, session, preprocessing)
    model = Model(
        name="builtin" if path == BUILTIN else path.name,
        sha256=model_sha256(path),
        preprocessing=preprocessing,
        runner=Runner(session, [preprocessing.output], fixed),
        node_providers=node_providers(session),
        n_features=0,
    )
    trial = run_model(model, np.zeros((1, *preprocessing.shape), dtype=preprocessing.dtype))
    return replace(model, n_features=trial.shape[1])


def run_model(model: Model, batch: NDArray[np.generic]) -> NDArray[np.floating]:
    """Return the embeddings of some inputs, shape ``(n, n_features)``."""
    wanted = model.preprocessing
    try:
        (out,) = model.runner.run({wanted.input: batch})
    except ModelError as error:
        raise ModelError(f"{model.name}: {error.message}", hint=error.hint) from error
    if out.ndim != 2 or not out.shape[1]:  # noqa: PLR2004 - as said
        raise ModelError(
            f"{model.name}: output {wanted.output!r} is of shape {out.shape}; "
            "an embedding is one vector an image",
            hint="declare an output of two axes, such as the one before the classifier",
        )
    return out


def _check_names(path: Path, session: Any, wanted: Preprocessing) -> None:  # noqa: ANN401 - as above
    inputs = [tensor.name for tensor in session.get_inputs()]
    outputs = [tensor.name for tensor in session.get_outputs()]
    if inputs != [wanted.input] or wanted.output not in outputs:
        raise ModelError(
            f"{path}: the declaration names input {wanted.input!r} and output {wanted.output!r}; "
            f"the model has inputs {', '.join(inputs)} and outputs {', '.join(outputs)}",
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
    kind = {"float32": "float", "float16": "float16", "uint8": "uint8"}[wanted.dtype]
    if not fits or tensor.type != f"tensor({kind})":
        raise ModelError(
            f"{path}: the declaration makes inputs of shape [N, {', '.join(map(str, shape[1:]))}] "
            f"and type tensor({kind}); the model wants {tensor.shape} and {tensor.type}",
            hint=f"correct size, color, layout or dtype in {sidecar_path(path).name}",
        )
    return max(0, tensor.shape[0]) if isinstance(tensor.shape[0], int) else 0
