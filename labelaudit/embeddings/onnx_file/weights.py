"""The weights of a model: the files that hold them, kept within its folder, and their hash."""

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from labelaudit.embeddings.hub.pulled import check_pulled, file_sha256
from labelaudit.embeddings.onnx_file.wire import Data, Field, fields, opened
from labelaudit.errors import ModelError, some

MAX_DEPTH = 100  # of messages in messages, as protobuf itself has it
HOLDS = {  # numbers of the fields that lead to a tensor, in onnx.proto
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
}
EXTERNAL_DATA = 13  # of TensorProto
KEY, VALUE = 1, 2  # of StringStringEntryProto


def model_sha256(path: Path) -> str:
    """Return the SHA-256 of a model's file, and of the files beside it that hold its weights.

    Raises
    ------
    ModelError
        When weights are not there or lie elsewhere, or a model that was pulled has changed.
    """
    digests = {file: file_sha256(file) for file in (path, *weights_files(path))}
    beside = {file.name: each for file, each in digests.items() if file.parent == path.parent}
    check_pulled(path.parent, beside)
    digest, *external = digests.values()
    if not external:
        return digest
    whole = hashlib.sha256(digest.encode())
    for each in external:
        whole.update(bytes.fromhex(each))
    return whole.hexdigest()


def weights_files(path: Path) -> list[Path]:
    """Return the files that hold weights of a model, in the order of their names.

    Raises
    ------
    ModelError
        When one is not there, or lies outside the model's folder: a model must not make its user
        read another file. A link may lead to the folder where the model's own link leads.
    """
    locations = sorted(external_locations(path))
    outside = [location for location in locations if not is_within(path, location)]
    if outside:
        raise ModelError(
            f"{path}: its weights are said to lie outside its folder",
            details=outside,
            hint="do not trust this file; weights have to lie beside the model",
        )
    files = [path.parent / location for location in locations]
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise ModelError(
            f"{path}: its weights are missing: {some(missing)}",
            hint=f"put the files into {path.parent}",
        )
    return files


def external_locations(path: Path) -> set[str]:
    """Return the places where tensors of a model say that their data are, outside its file.

    Raises
    ------
    ModelError
        When it is not an ONNX model, or not whole.
    """
    with opened(path) as data:
        return set(_locations(data, "model", 0, len(data)))


def is_within(path: Path, location: str) -> bool:
    """Tell whether a location lies in the model's folder, whatever the system and its links."""
    posix, windows = PurePosixPath(location), PureWindowsPath(location)
    if not location or "\0" in location or posix.is_absolute() or windows.anchor:
        return False
    if ".." in posix.parts + windows.parts:
        return False
    found = (path.parent / location).resolve()
    folders = (path.parent.resolve(), path.resolve().parent)
    return any(found.is_relative_to(folder) for folder in folders)


def _locations(data: Data, kind: str, start: int, end: int, depth: int = 0) -> Iterator[str]:
    """Yield the place of every tensor whose data are outside the file, wherever it is nested."""
    if depth > MAX_DEPTH:
        raise ValueError(f"its messages are nested more than {MAX_DEPTH} deep")
    for field in fields(data, start, end):
        held = HOLDS[kind].get(field.number) if field.is_bytes else None
        if held == "tensor":
            yield from _places(data, field)
        elif held:
            yield from _locations(data, held, field.content, field.end, depth + 1)


def _places(data: Data, tensor: Field) -> list[str]:
    """Return every place that a tensor names, even if it says that its data are in the file."""
    entries = [
        {
            part.number: data[part.content : part.end].decode()
            for part in fields(data, entry.content, entry.end)
            if part.is_bytes
        }
        for entry in fields(data, tensor.content, tensor.end)
        if entry.number == EXTERNAL_DATA and entry.is_bytes
    ]
    return [entry.get(VALUE, "") for entry in entries if entry.get(KEY) == "location"]
