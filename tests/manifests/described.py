"""Croissant files that a test writes for data that it wrote."""

import json
from pathlib import Path
from typing import Any

from labelaudit.dataset import Dataset
from labelaudit.manifests import Options, open_dataset

CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "sc": "https://schema.org/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    **{
        name: f"cr:{name}"
        for name in (
            *("citeAs", "column", "equivalentProperty", "excludes", "extract", "field"),
            *("fileObject", "fileProperty", "fileSet", "format", "includes", "jsonPath", "key"),
            *("md5", "recordSet", "references", "regex", "separator", "source", "subField"),
            "transform",
        )
    },
}
Node = dict[str, Any]


def file_object(name: str, url: str = "", **more: object) -> Node:
    formats = {"csv": "text/csv", "jsonl": "application/jsonlines"}
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "contentUrl": url or name,
        "encodingFormat": formats.get((url or name).rpartition(".")[2], "application/x-parquet"),
        **more,
    }


def file_set(name: str, includes: str | list[str], **more: object) -> Node:
    return {
        "@type": "cr:FileSet",
        "@id": name,
        "encodingFormat": "image/png",
        "includes": includes,
        **more,
    }


def column(resource: str, name: str, **more: object) -> Node:
    kind = "fileObject" if "." in resource else "fileSet"
    return {kind: {"@id": resource}, "extract": {"column": name}, **more}


def of_file(resource: str, which: str, regex: str = "") -> Node:
    source: Node = {"fileSet": {"@id": resource}, "extract": {"fileProperty": which}}
    return {**source, "transform": {"regex": regex}} if regex else source


def field(name: str, kind: str | list[str], source: Node | None = None, **more: object) -> Node:
    own: Node = {"@type": "cr:Field", "@id": name, "dataType": kind, **more}
    return {**own, "source": source} if source else own


def record_set(name: str, *fields: Node, **more: object) -> Node:
    return {"@type": "cr:RecordSet", "@id": name, "field": list(fields), **more}


def croissant(folder: Path, resources: list[Node], sets: list[Node], **more: object) -> Path:
    """Write a Croissant file of version 1.0."""
    document = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": "ponds",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "distribution": resources,
        "recordSet": sets,
        **more,
    }
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "croissant.json"
    file.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return file


def opened(file: Path, **said: object) -> Dataset:
    return open_dataset(file, Options(**said))  # type: ignore[arg-type]


LABEL = ["sc:Text", "cr:Label"]
SPLIT = ["sc:Text", "cr:Split"]
IMAGE = "sc:ImageObject"
