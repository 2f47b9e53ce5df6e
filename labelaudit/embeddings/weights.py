"""The hash of a model: of its file, and of the files beside it that hold its weights."""

import hashlib
import mmap
import re
from pathlib import Path


def model_sha256(path: Path) -> str:
    """Return the SHA-256 of a model's file, and of the files beside it that hold its weights."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    external = _external_files(path)
    if not external:
        return digest
    whole = hashlib.sha256(digest.encode())
    for weights in external:
        with weights.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


def _external_files(path: Path) -> list[Path]:
    """Return the existing files that tensors of a model name as the location of their data.

    They are found by how an entry ``location`` of ``TensorProto.external_data`` is encoded
    (onnx.proto, StringStringEntryProto), as the ``onnx`` package may not be there.
    """
    names = set()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for found in re.finditer(rb"\x0a\x08location\x12([\x80-\xff]?[\x00-\x7f])", data):
            low, high = (*found[1], 0)[:2]
            length = (low & 0x7F) | (high << 7)
            names.add(data[found.end() : found.end() + length].decode(errors="replace"))
    return [path.parent / name for name in sorted(names) if (path.parent / name).is_file()]
