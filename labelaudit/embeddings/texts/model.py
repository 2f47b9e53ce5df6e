"""A text model in ONNX Runtime: loading it, and one vector a text."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.onnx_file.sidecar import sidecar_path
from labelaudit.embeddings.onnx_file.weights import model_sha256
from labelaudit.embeddings.runtime.run import Runner
from labelaudit.embeddings.runtime.session import Device, make_session, node_providers
from labelaudit.embeddings.texts.declaration import (
    TextPreprocessing,
    check_declared,
    declares_text,
    read_text_preprocessing,
)
from labelaudit.embeddings.texts.tokens import Tokenizer, Tokens, load_tokenizer
from labelaudit.errors import ModelError, some

INTEGERS = {"tensor(int64)": "int64", "tensor(int32)": "int32"}  # ONNX Runtime's names


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextModel:
    """A loaded text model.

    Attributes
    ----------
    name, sha256
        Its file's name and hash, external weights included.
    preprocessing
        What it wants of a text.
    tokenizer
        Makes its tokens.
    runner
        Runs its session; may be called from several threads.
    types
        Type of each of the session's inputs.
    node_providers
        Number of its nodes by the provider they were given to.
    n_features
        Length of an embedding.
    """

    name: str
    sha256: str
    preprocessing: TextPreprocessing
    tokenizer: Tokenizer
    runner: Runner
    types: dict[str, str]
    node_providers: dict[str, int]
    n_features: int

    @property
    def provider(self) -> str:
        """The execution provider that the session says it runs on."""
        return self.runner.provider

    def text(self) -> str:
        """Return all that is done to a text as canonical JSON, the tokenizer's hash included."""
        said = json.loads(self.preprocessing.text()) | {"tokenizer_sha256": self.tokenizer.sha256}
        return json.dumps(said, sort_keys=True, separators=(",", ":"))


def load_text_model(path: Path, device: Device = "auto") -> TextModel:
    """Load a text model and make sure that it runs, on the device that was asked for.

    Raises
    ------
    ModelError
        When it is declared as a model of images, the ``tokenizers`` library is missing, or the
        model or its tokenizer cannot be loaded or do not fit the declaration.
    """
    if not path.is_file():
        raise ModelError(f"{path}: there is no such model", hint="name an .onnx file")
    check_declared(sidecar_path(path))
    if not declares_text(sidecar_path(path)):
        raise ModelError(
            f"{path}: declared as a model of images; the items are texts",
            hint='name a text model: its declaration says "input_kind": "text"',
        )
    wanted = read_text_preprocessing(sidecar_path(path))
    tokenizer = load_tokenizer(path.parent / wanted.tokenizer, wanted)
    sha256 = model_sha256(path)
    session = make_session(path, device)
    model = TextModel(
        name=path.name,
        sha256=sha256,
        preprocessing=wanted,
        tokenizer=tokenizer,
        runner=Runner(session, [wanted.output]),
        types=_types(path, session, wanted),
        node_providers=node_providers(session),
        n_features=0,
    )
    longest = np.zeros(wanted.max_length, dtype=np.int64)
    model.runner.warm_up(_inputs(model, [longest]))
    return replace(model, n_features=_width(model, longest))


def embed_tokens(model: TextModel, texts: Sequence[Tokens]) -> NDArray[np.float32]:
    """Return the embeddings of texts, at least one, shape ``(n, n_features)``.

    Texts are embedded together when they have as many tokens, so that none is ever padded: an
    embedding does not depend on what is embedded beside it.

    Raises
    ------
    ModelError
        When the model fails, or its output is not of the shape that the pooling is for.
    """
    lengths = np.array([len(tokens) for tokens in texts])
    order: list[int] = []
    parts = []
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length).tolist()
        inputs = _inputs(model, [texts[row] for row in rows])
        try:
            (out,) = model.runner.run(inputs)
        except ModelError as error:
            raise ModelError(f"{model.name}: {error.message}", hint=error.hint) from error
        parts.append(_pooled(model, out.astype(np.float32), int(length)))
        order += rows
    return np.concatenate(parts)[np.argsort(order)]


def _width(model: TextModel, longest: Tokens) -> int:
    """Return the length of an embedding; raise when it is not the same for a shorter text."""
    width: int = embed_tokens(model, [longest]).shape[1]
    shorter = longest[: max(1, len(longest) - 1)]
    other = embed_tokens(model, [shorter]).shape[1]
    if other != width:
        raise ModelError(
            f"{model.name}: output {model.preprocessing.output!r} has {width:,} numbers for a text "
            f"of {len(longest):,} tokens, and {other:,} for one of {len(shorter):,}",
            hint="a number a token is no embedding: declare another output",
        )
    return width


def _inputs(model: TextModel, texts: Sequence[Tokens]) -> dict[str, NDArray[Any]]:
    """Return the model's inputs for texts of one length."""
    ids = np.stack(texts)
    wanted = model.preprocessing
    of_each = {
        wanted.input_ids: ids,
        wanted.attention_mask: np.ones_like(ids),
        wanted.token_type_ids: np.zeros_like(ids),
    }
    return {name: of_each[name].astype(kind) for name, kind in model.types.items()}


def _pooled(model: TextModel, out: NDArray[np.float32], length: int) -> NDArray[np.float32]:
    """Return one vector a text from a model's output."""
    wanted = model.preprocessing
    is_pooled = wanted.pooling == "none"
    fits = out.ndim == 2 if is_pooled else out.ndim == 3 and out.shape[1] == length  # noqa: PLR2004 - as said
    if not fits or not out.shape[-1]:
        expected = "(texts, features)" if is_pooled else f"(texts, {length}, features)"
        raise ModelError(
            f"{model.name}: output {wanted.output!r} is of shape {out.shape}; "
            f"for pooling {wanted.pooling!r} it has to be {expected}",
            hint="declare mean, cls or max for a vector a token, none for one a text",
        )
    pooled = out
    if wanted.pooling == "mean":
        pooled = out.mean(axis=1)
    elif wanted.pooling == "max":
        pooled = out.max(axis=1)
    elif wanted.pooling == "cls":
        pooled = out[:, 0]
    if wanted.normalize:
        lengths = np.linalg.norm(pooled, axis=1, keepdims=True)
        lengths[lengths == 0] = 1
        pooled = (pooled / lengths).astype(np.float32)
    return pooled


def _types(path: Path, session: Any, wanted: TextPreprocessing) -> dict[str, str]:  # noqa: ANN401 - not typed
    """Return the type of each input; raise when inputs or output are not as declared."""
    declared = [wanted.input_ids, wanted.attention_mask, wanted.token_type_ids]
    declared = [name for name in declared if name]
    inputs = {tensor.name: tensor for tensor in session.get_inputs()}
    outputs = [tensor.name for tensor in session.get_outputs()]
    if sorted(inputs) != sorted(declared) or wanted.output not in outputs:
        raise ModelError(
            f"{path}: the declaration names inputs {some(declared)} and output {wanted.output!r}; "
            f"the model has inputs {some(inputs)} and outputs {some(outputs)}",
            hint=f"correct {sidecar_path(path).name}",
        )
    wrong = [
        f"{name}: {tensor.shape}, {tensor.type}"
        for name, tensor in inputs.items()
        if tensor.type not in INTEGERS or any(isinstance(axis, int) for axis in tensor.shape)
    ]
    if wrong:
        raise ModelError(
            f"{path}: an input is not of integers for any number of texts and tokens",
            details=wrong,
            hint="export the model with dynamic axes, and with its tokens as int64 or int32",
        )
    return {name: INTEGERS[tensor.type] for name, tensor in inputs.items()}
