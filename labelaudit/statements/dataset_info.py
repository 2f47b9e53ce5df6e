"""What Hugging Face's ``datasets`` writes beside or into the data: info as JSON, Parquet's own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from labelaudit.errors import InputError
from labelaudit.reading.shards import shard_files
from labelaudit.reading.table_files import read_schema
from labelaudit.report import Statement
from labelaudit.statements.data import Mapping, mapping, read_json, words
from labelaudit.statements.papers import MOST_JSON_BYTES, Kind
from labelaudit.statements.plain import from_markdown, states

KEYS: Final = {
    "description": "description",
    "license": "license",
    "homepage": "homepage",
    "citation": "citation",
}
SCHEMA_KEYS: Final = {**KEYS, "version": "version"}


def dataset_info(text: str, name: str) -> Iterator[Statement]:
    """Yield what an info states; of one by configuration, what the first to say so states."""
    found = mapping(read_json(text))
    if any(isinstance(found.get(key), str) for key in KEYS.values()):
        yield from _stated(found, name)
    else:
        for configuration, info in found.items():
            yield from _stated(mapping(info), f"{name}: {configuration}")


def schema_statements(path: Path) -> Iterator[Statement]:
    """Yield what the schema of the first Parquet file states, under plain keys or in the info.

    Raises
    ------
    UnreadablePaperError
        When the info is no JSON.
    """
    files = shard_files(path)[:1]
    try:
        metadata = read_schema(files[0]).metadata or {} if files else {}
    except InputError:
        return  # not the file that the dataset was read from, which has been opened before
    name = files[0].name if files else ""
    plain = {key.decode(errors="replace"): value for key, value in metadata.items()}
    for topic, key in SCHEMA_KEYS.items():
        text = plain.get(key, b"")[:MOST_JSON_BYTES].decode(errors="replace")
        yield from states(topic, _plain(topic, text), f"{name}: schema, {key}")
    if b"huggingface" in metadata:
        written = metadata[b"huggingface"][:MOST_JSON_BYTES].decode(errors="replace")
        info = mapping(mapping(read_json(written)).get("info"))
        yield from _stated(info, f"{name}: schema, huggingface")


def _stated(info: Mapping, source: str) -> Iterator[Statement]:
    version = info.get("version")
    number = words(version) or words(mapping(version).get("version_str"))
    yield from states("version", number, f"{source}: version")
    for topic, key in KEYS.items():
        yield from states(topic, _plain(topic, words(info.get(key))), f"{source}: {key}")


def _plain(topic: str, text: str) -> str:
    return from_markdown(text) if topic in {"description", "license"} else text


DATASET_INFO: Final = Kind(
    names=("dataset_info.json", "dataset_infos.json"),
    states=dataset_info,
    most_bytes=MOST_JSON_BYTES,
)
