"""A Croissant file for a dataset that has none: what its report knows of it, and nothing else."""

import ast
import json
import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final, Literal

from labelaudit.json_ld import Json
from labelaudit.reading.folders import IMAGE_SUFFIXES
from labelaudit.render.text import visible
from labelaudit.report import Report

STATED: Final = {
    "version": "version",
    "description": "description",
    "license": "license",
    "citation": "citeAs",
    "homepage": "url",
}
TERMS: Final = (
    *("citeAs", "column", "equivalentProperty", "excludes", "extract", "field", "fileObject"),
    *("fileProperty", "fileSet", "format", "includes", "isLiveDataset", "jsonPath", "key", "md5"),
    *("parentField", "path", "recordSet", "references", "regex", "repeated", "replace"),
    *("samplingRate", "separator", "source", "subField", "transform"),
)
TERMS_OF_1_1: Final = ("annotation", "arrayShape", "containedIn", "isArray")
CHOSEN: Final = re.compile(
    r"(?P<role>image|text|split|label|target) column (?P<name>(['\"]).*\3): "
    r"(?:the only one of the usual names|as asked for)",
    re.DOTALL,
)
ITEMS: Final = "items"
FILES: Final = "files"
IMAGE_FORMATS: Final = tuple(
    f"image/{name}" for name in ("jpeg", "png", "bmp", "gif", "tiff", "webp")
)
TABLE_FORMATS: Final = {
    ".csv": "text/csv",
    ".tsv": "text/tsv",
    ".jsonl": "application/jsonlines",
    ".ndjson": "application/jsonlines",
    ".parquet": "application/x-parquet",
}


def made(report: Report, version: Literal["1.0", "1.1"], files: Iterable[str] = ()) -> str:
    """Return a Croissant file with what a report knows of its dataset.

    What its papers state is in it as they state it; nothing is made up for what they do not. The
    items are described where their place in the format is known: class folders, and tables whose
    columns the report names (that of a public report names none).

    Parameters
    ----------
    report
        The report.
    version
        Which version of the format.
    files
        Paths of the report's own files, whose folders hold no item.
    """
    stated = {each.topic: visible(each.text) for each in report.dataset.statements}
    document: Json = {
        "@context": _context(version),
        "@type": "sc:Dataset",
        "name": visible(report.dataset.name) or "dataset",
        "conformsTo": f"http://mlcommons.org/croissant/{version}",
    }
    document |= {key: stated[topic] for topic, key in STATED.items() if topic in stated}
    if "creators" in stated:
        document["creator"] = {"@type": "sc:Organization", "name": stated["creators"]}
    own = sorted({f"{PurePosixPath(name).parent}/*" for name in files if "/" in name})
    distribution, record_sets = _described(report, own)
    document |= {"distribution": distribution} if distribution else {}
    document |= {"recordSet": record_sets} if record_sets else {}
    return json.dumps(document, indent=2) + "\n"


def _context(version: str) -> Json:
    terms = TERMS if version == "1.0" else (*TERMS, *TERMS_OF_1_1)
    context: Json = {name: f"cr:{name}" for name in terms}
    context |= {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "conformsTo": "dct:conformsTo",
        "cr": "http://mlcommons.org/croissant/",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "dct": "http://purl.org/dc/terms/",
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "rai": "http://mlcommons.org/croissant/RAI/",
        "sc": "https://schema.org/",
    }
    if version != "1.0":
        context |= {name: {"@container": "@language"} for name in ("name", "description")}
    return dict(sorted(context.items()))


def _described(report: Report, own: list[str]) -> tuple[list[Json], list[Json]]:
    """Return the resources of a dataset and its record sets, as far as they are known."""
    facts = report.dataset
    if facts.format == "class_folders":
        fields = _folder_fields(has_splits=bool(facts.splits))
        return [_images("*/", own)], [_record_set(ITEMS, "One record an item.", fields)]
    suffix = f".{facts.manifest.rpartition('.')[2].lower()}"
    is_one_file = not re.search(r"[/,\\*?\[\]]", facts.manifest)
    if facts.format not in {"table", "image_folder"} or not is_one_file:
        return [], []
    chosen = {
        found["role"]: str(ast.literal_eval(found["name"]))
        for found in map(CHOSEN.fullmatch, facts.why)
        if found is not None
    }
    table: Json = {
        "@type": "cr:FileSet",
        "@id": "table",
        "name": "table",
        "description": "The table of the items, relative to this file.",
        "encodingFormat": TABLE_FORMATS.get(suffix, "text/plain"),
        "includes": facts.manifest,
    }
    has_all = facts.format == "table" or not facts.splits or "split" in chosen
    if suffix not in TABLE_FORMATS or facts.task == "multilabel" or not has_all:
        return [table], []
    if not {"label", "target"} & chosen.keys():
        return [table], []
    items = _record_set(ITEMS, "One record an item.", _table_fields(chosen))
    if "image" not in chosen:
        return [table], [items]
    return [table, _images("", own)], [
        _record_set(FILES, "One record an image.", _file_fields()),
        items,
    ]


def _record_set(name: str, description: str, fields: list[Json]) -> Json:
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": description,
        "field": fields,
    }


def _images(prefix: str, own: list[str]) -> Json:
    """Return the images below the folder of the file, by what they are known for: their names."""
    return {
        "@type": "cr:FileSet",
        "@id": "images",
        "name": "images",
        "description": "The images, relative to this file.",
        "encodingFormat": list(IMAGE_FORMATS),
        "includes": [f"{prefix}*{_any_case(suffix)}" for suffix in IMAGE_SUFFIXES],
        **({"excludes": own} if own else {}),
    }


def _any_case(suffix: str) -> str:
    """Return a pattern of a suffix in small letters and capitals."""
    return "".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in suffix)


def _folder_fields(*, has_splits: bool) -> list[Json]:
    path = _of_images("fullpath")
    fields = [
        _field("path", "sc:Text", path, "Path below the dataset."),
        _field("image", "sc:ImageObject", _of_images("content")),
        _field(
            "label",
            ["sc:Text", "cr:Label"],
            {**path, "transform": {"regex": "(?:.*/)?([^/]+)/[^/]+$"}},
            "Name of the folder.",
        ),
    ]
    if has_splits:
        split: Json = {**path, "transform": {"regex": "([^/]+)/.*"}}
        fields.append(_field("split", ["sc:Text", "cr:Split"], split, "Name of the first folder."))
    return fields


def _file_fields() -> list[Json]:
    """Return the fields of the images, which the items refer to by their paths."""
    path = _field("path", "sc:Text", _of_images("fullpath"), inside=FILES)
    return [path, _field("content", "sc:ImageObject", _of_images("content"), inside=FILES)]


def _of_images(which: str) -> Json:
    return {"fileSet": {"@id": "images"}, "extract": {"fileProperty": which}}


def _table_fields(chosen: dict[str, str]) -> list[Json]:
    """Return the fields of the columns that were read; the images are joined by their paths."""

    def column(role: str) -> Json:
        return {"fileSet": {"@id": "table"}, "extract": {"column": chosen[role]}}

    fields = []
    if "image" in chosen:
        path = _field("path", "sc:Text", column("image"), "Path of the image.")
        path["references"] = {"field": {"@id": f"{FILES}/path"}}
        content: Json = {"field": {"@id": f"{FILES}/content"}}
        fields += [path, _field("image", "sc:ImageObject", content)]
    if "text" in chosen:
        fields.append(_field("text", "sc:Text", column("text")))
    if "target" in chosen:
        fields.append(_field("label", ["sc:Float", "cr:Label"], column("target")))
    elif "label" in chosen:
        fields.append(_field("label", ["sc:Text", "cr:Label"], column("label")))
    if "split" in chosen:
        fields.append(_field("split", ["sc:Text", "cr:Split"], column("split")))
    return fields


def _field(
    name: str, data_type: object, source: Json, description: str = "", inside: str = ITEMS
) -> Json:
    field: Json = {"@type": "cr:Field", "@id": f"{inside}/{name}", "name": name}
    field |= {"description": description} if description else {}
    return field | {"dataType": data_type, "source": source}
