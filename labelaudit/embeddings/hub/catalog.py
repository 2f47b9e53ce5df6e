"""The embedding models that have a name: data in ``catalog.toml``, read here."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from labelaudit.errors import ModelError

CATALOG = Path(__file__).with_name("catalog.toml")
MB = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFile:
    """One file of a model in its repository.

    Attributes
    ----------
    path
        Where it is in the repository.
    size
        In bytes; approximate when there is no hash.
    sha256
        Its hash, where it is known before the first pull.
    """

    path: str
    size: int
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One model of the catalog.

    Attributes
    ----------
    name
        What ``--model`` is told.
    kind
        What it embeds.
    repository, revision
        Where it is on the Hugging Face hub.
    files
        The ONNX model, then what has to lie beside it.
    dimension
        Length of an embedding.
    licence
        Of the weights, as an SPDX identifier.
    declaration
        What is written beside the pulled model.
    """

    name: str
    kind: Literal["image", "text"]
    repository: str
    revision: str
    files: tuple[HubFile, ...]
    dimension: int
    licence: str
    declaration: dict[str, Any]

    @property
    def size(self) -> int:
        """Bytes of its files together."""
        return sum(file.size for file in self.files)

    @property
    def size_text(self) -> str:
        """Size of its files together, for people; of what has a hash it is exact."""
        about = "" if all(file.sha256 for file in self.files) else "about "
        return f"{about}{self.size / MB:,.0f} MB"

    def local_name(self, file: HubFile) -> str:
        """Return what a file is called on this machine: the model has the entry's name."""
        return f"{self.name}.onnx" if file == self.files[0] else PurePosixPath(file.path).name

    def sidecar(self) -> str:
        """Return the text of the declaration beside the model."""
        return json.dumps(self.declaration, indent=2) + "\n"


def read_catalog(path: Path = CATALOG) -> dict[str, Entry]:
    """Return every model that has a name, by name."""
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        name: Entry(
            name=name, **entry | {"files": tuple(HubFile(**file) for file in entry["files"])}
        )
        for name, entry in said.items()
    }


def find_entry(name: str) -> Entry:
    """Return the model of a name.

    Raises
    ------
    ModelError
        When there is none of that name; the message lists those that there are.
    """
    entries = read_catalog()
    if name not in entries:
        raise ModelError(
            f"{name}: no model has this name, and it is no .onnx file",
            hint=f"one of builtin, {', '.join(entries)}, or a file; see labelaudit models list",
        )
    return entries[name]
