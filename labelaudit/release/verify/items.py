"""Which items are not as they were scanned: by the table of items that lies beside a report."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from json.encoder import encode_basestring_ascii as quoted
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from labelaudit.dataset import Dataset
from labelaudit.release.verify.outcome import Difference

ITEMS = "items.parquet"
COLUMNS = ("path", "content_sha256", "given_label", "split")
NO_BYTES = "0" * 64
SLACK = 100
MOST_BYTES = 1 << 32  # of all paths, hashes, labels and splits
MOST_LIKE = 50  # items of one path or content among which the one most alike is looked for


class Item(NamedTuple):
    """An item as its line in the digest has it; several labels are a tuple."""

    path: str
    content: str
    label: str | tuple[str, ...] | None
    split: str | None


def items_of(dataset: Dataset, content: NDArray[np.uint8]) -> list[Item]:
    """Return the items of a dataset.

    Parameters
    ----------
    dataset
        The dataset.
    content
        SHA-256 of each, zeros where there are no bytes, shape ``(n_samples, 32)``.
    """
    hashes = content.tobytes().hex()
    return [
        Item(
            path,
            hashes[64 * at : 64 * at + 64],
            _plain(dataset.label_text(at)),
            dataset.split(at),
        )
        for at, path in enumerate(dataset.paths.to_pylist())
    ]


def scanned_items(file: Path, n_items: int) -> list[Item] | str:
    """Return the items that a table of a scan holds, or why it cannot be used.

    Parameters
    ----------
    file
        The items.parquet.
    n_items
        About how many there have to be: a table of many more is not read.
    """
    try:
        with pq.ParquetFile(file) as parquet:
            missing = [name for name in COLUMNS if parquet.schema_arrow.names.count(name) != 1]
            if missing:
                return f"it has no column {missing[0]}, or several"
            if parquet.metadata.num_rows > SLACK * (n_items + SLACK):
                return f"it has {parquet.metadata.num_rows:,} rows for {n_items:,} items"
            if (size := _size_of_texts(file, parquet)) > MOST_BYTES:
                return f"it unpacks to {size:,} bytes of text"
            table = parquet.read(columns=list(COLUMNS))
        columns = [table[name].to_pylist() for name in COLUMNS]
    except (OSError, ValueError, OverflowError, pa.ArrowException) as error:
        return f"it cannot be read: {' '.join(str(error).split())}"
    found = [
        Item(path, content or NO_BYTES, _plain(label), split)
        for path, content, label, split in zip(*columns, strict=True)
    ]
    return found if all(map(_is_item, found)) else "a cell of it is of another kind"


def _size_of_texts(file: Path, parquet: pq.ParquetFile) -> int:
    """Return how many bytes the texts of a table would take, each value read but once."""
    leaves = [parquet.schema.column(at) for at in range(len(parquet.schema.names))]
    texts = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]
    with pq.ParquetFile(file, read_dictionary=texts) as packed:
        columns = packed.read(columns=list(COLUMNS)).columns
    return sum(_size(chunk) for column in columns for chunk in column.chunks)


def _size(chunk: pa.Array) -> int:
    while pa.types.is_list(chunk.type) or pa.types.is_large_list(chunk.type):
        chunk = chunk.flatten()
    if not pa.types.is_dictionary(chunk.type):
        return int(chunk.nbytes)
    lengths = pc.binary_length(chunk.dictionary)
    return int(pc.sum(pc.take(lengths, chunk.indices).cast(pa.int64())).as_py() or 0)


def digest_of(items: Iterable[Item]) -> str:
    """Return the digest that some items have, as that of a dataset is defined."""
    lines = sorted(
        (item.path, f"[{quoted(item.path)},{quoted(item.content)},{_json(item)}]\n")
        for item in items
    )
    return sha256("".join(line for _, line in lines).encode()).hexdigest()


def changes(before: Sequence[Item], now: Sequence[Item]) -> Iterator[Difference]:
    """Yield what became of the items of a scan, item by item.

    Items are told again by their path, and those that are left by their content.

    Parameters
    ----------
    before
        The items as they were scanned.
    now
        The items as they are.
    """
    was, is_now = Counter(before), Counter(now)
    old = sorted((was - is_now).elements(), key=_sorting)
    new = sorted((is_now - was).elements(), key=_sorting)
    same, old, new = _paired(old, new, lambda item: item.path)
    for item, other in same:
        if other.content == NO_BYTES:
            yield Difference("missing", item.path, "its file is not there")
        elif item.content != other.content:
            yield Difference("bytes", item.path)
        yield from _said_of(item, other)
    moved, old, new = _paired(old, new, lambda item: item.content)
    for item, other in moved:
        yield Difference("renamed", item.path, f"now {other.path}")
        yield from _said_of(item, other)
    yield from (Difference("missing", item.path) for item in old)
    yield from (Difference("added", item.path) for item in new)


def label_in_words(label: str | tuple[str, ...] | None) -> str:
    """Return a label as it is shown."""
    if label is None:
        return "none"
    return label if isinstance(label, str) else ", ".join(label) or "no class"


def _said_of(item: Item, other: Item) -> Iterator[Difference]:
    """Yield what the manifest says of an item otherwise than before."""
    if item.label != other.label:
        said = f"{label_in_words(item.label)} -> {label_in_words(other.label)}"
        yield Difference("label", other.path, said)
    if item.split != other.split:
        yield Difference("split", other.path, f"{item.split or 'none'} -> {other.split or 'none'}")


def _paired(
    old: list[Item], new: list[Item], key: Callable[[Item], str]
) -> tuple[list[tuple[Item, Item]], list[Item], list[Item]]:
    """Return items of equal key two by two, the most alike first, and what is left of both."""
    by_key: dict[str, list[Item]] = defaultdict(list)
    for item in new:
        by_key[key(item)].append(item)
    pairs, left = [], []
    for item in old:
        candidates = by_key[key(item)] if key(item) != NO_BYTES else []
        if not candidates:
            left.append(item)
            continue
        best = max(candidates[:MOST_LIKE], key=partial(_likeness, item))
        candidates.remove(best)
        pairs.append((item, best))
    return pairs, left, sorted((i for each in by_key.values() for i in each), key=_sorting)


def _likeness(item: Item, other: Item) -> tuple[bool, bool, bool, bool]:
    return (
        item.content == other.content,
        item.label == other.label,
        item.split == other.split,
        item.path.rpartition("/")[2] == other.path.rpartition("/")[2],
    )


def _sorting(item: Item) -> tuple[str, ...]:
    return (item.path, item.content, label_in_words(item.label), item.split or "")


def _plain(label: object) -> str | tuple[str, ...] | None:
    return tuple(label) if isinstance(label, list) else label  # type: ignore[return-value]


def _is_item(item: Item) -> bool:
    labels = item.label if isinstance(item.label, tuple) else (item.label or "",)
    texts = (item.path, item.content, item.split or "", *labels)
    return all(isinstance(text, str) for text in texts)


def _json(item: Item) -> str:
    said = list(item.label) if isinstance(item.label, tuple) else item.label
    return json.dumps([said, item.split], separators=(",", ":"))[1:-1]
