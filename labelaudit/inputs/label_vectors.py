"""One vector for the name of each class: by a text model, or from a file."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labelaudit.embeddings.texts.model import TextModel, embed_tokens
from labelaudit.errors import SHOWN, InputError, ModelError
from labelaudit.reading.table_files import read_columns, read_schema

HINT = "two columns in Parquet, label and vector; or arrays labels and vectors in .npz"


def embedded_names(model: TextModel, names: Sequence[str]) -> NDArray[np.float32]:
    """Return the embedding of each name, shape ``(n, n_features)``.

    Raises
    ------
    ModelError
        When the model has no token for a name.
    """
    tokens = [model.tokenizer.tokens(name)[0] for name in names]
    empty = [name for name, found in zip(names, tokens, strict=True) if not len(found)]
    if empty:
        raise ModelError(
            f"{model.name}: {len(empty):,} class names have no token",
            details=[repr(name) for name in empty[:SHOWN]],
            hint="give the classes names in words, or vectors with --label-embeddings",
        )
    return embed_tokens(model, tokens)


def read_label_vectors(path: Path, names: Sequence[str]) -> NDArray[np.floating]:
    """Read a vector for each of some class names from Parquet or ``.npz``.

    Raises
    ------
    InputError
        When the file cannot be read, lacks a name, or has vectors of several lengths or with NaN.
    """
    where = f"--label-embeddings {path}"
    if not path.is_file():
        raise InputError(f"{where}: there is no such file")
    read = _from_parquet if path.suffix.lower() == ".parquet" else _from_npz
    labels, vectors = read(path, where)
    if vectors.ndim != 2 or vectors.dtype.kind not in "fiu" or len(labels) != len(vectors):  # noqa: PLR2004 - a row a label
        raise InputError(
            f"{where}: {len(labels):,} labels, and vectors of {vectors.dtype} with shape "
            f"{vectors.shape}",
            hint=HINT,
        )
    rows = {label: row for row, label in enumerate(labels)}
    missing = [name for name in names if name not in rows]
    if missing:
        raise InputError(
            f"{where}: {len(missing):,} of {len(names):,} classes have no vector",
            details=[repr(name) for name in missing[:SHOWN]],
            hint="name the classes as the datasets do",
        )
    found: NDArray[np.floating] = vectors[[rows[name] for name in names]]
    if not np.isfinite(found).all():
        raise InputError(f"{where}: vectors hold NaN or infinity", hint="leave out such classes")
    return found


def _from_parquet(path: Path, where: str) -> tuple[list[str], NDArray[np.floating]]:
    names = read_schema(path).names
    if not {"label", "vector"} <= set(names):
        raise InputError(f"{where}: found columns {', '.join(names)}", hint=HINT)
    table = read_columns(path, ["label", "vector"])
    try:
        vectors = np.array(table["vector"].to_pylist(), dtype=np.float64)
        labels = table["label"].cast(pa.string()).to_pylist()
    except (TypeError, ValueError, pa.ArrowException) as error:
        raise InputError(f"{where}: not one vector a label: {error}", hint=HINT) from error
    return labels, vectors


def _from_npz(path: Path, where: str) -> tuple[list[str], NDArray[np.floating]]:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return arrays["labels"].astype(str).tolist(), arrays["vectors"]
    except Exception as error:  # whatever numpy raises for a damaged file
        raise InputError(f"{where}: not such a file: {error}", hint=HINT) from error
