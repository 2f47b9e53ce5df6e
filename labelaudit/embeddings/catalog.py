"""The embedding models that have a name: data in ``catalog.toml``, read here."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

CATALOG = Path(__file__).with_name("catalog.toml")


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
    file, beside
        The ONNX file in the repository, and files that have to lie beside it.
    dimension
        Length of an embedding.
    licence
        Of the weights, an SPDX identifier where there is one.
    megabytes
        About how much a pull brings.
    declaration
        What is written beside the pulled model.
    """

    name: str
    kind: Literal["image", "text"]
    repository: str
    revision: str
    file: str
    beside: tuple[str, ...] = ()
    dimension: int
    licence: str
    megabytes: int
    declaration: dict[str, Any]


def read_catalog(path: Path = CATALOG) -> dict[str, Entry]:
    """Return every model that has a name, by name."""
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        name: Entry(name=name, **{**entry, "beside": tuple(entry.get("beside", ()))})
        for name, entry in said.items()
    }
