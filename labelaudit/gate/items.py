"""Which items there are, in eight bytes each: what is told again whatever it is called."""

import hashlib
import json
import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

N_HASH: Final = 32  # bytes of a SHA-256
OF_PATH: Final = np.uint64(16)  # bits of a key that are of the path
NEEDED: Final = ("path", "decoded_sha256", "given_label", "split")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Items:
    """The items of a scan, one row each, in the order of ``items.parquet``.

    Attributes
    ----------
    contents
        SHA-256 of what each decodes to, or of its path where there is nothing to decode, uint8,
        shape ``(n, 32)``.
    labels
        The label of each as text; that of a list is JSON; None without a label.
    keys
        Six bytes of content, label and split, then two of the path, as one number, shape ``(n,)``.
    """

    contents: NDArray[np.uint8]
    labels: tuple[str | None, ...]
    keys: NDArray[np.uint64]


def items_of(table: pa.Table) -> Items:
    """Return the items of a table that has the columns `NEEDED`.

    Examples
    --------
    >>> row = {"path": "a", "decoded_sha256": None, "given_label": "cat", "split": None}
    >>> once = items_of(pa.Table.from_pylist([row]))
    >>> once.labels, once.keys.shape
    (('cat',), (1,))
    """
    paths = [path.encode() for path in table["path"].to_pylist()]
    contents = _contents(table["decoded_sha256"], paths)
    labels = label_texts(table["given_label"])
    ends = np.fromiter((zlib.crc32(path) & 0xFFFF for path in paths), np.uint64, len(paths))
    said = _hashes(labels, table["split"].to_pylist())
    keys = ((_start(contents) ^ said) >> OF_PATH << OF_PATH) | ends
    return Items(contents=contents, labels=labels, keys=keys)


def label_texts(column: pa.ChunkedArray) -> tuple[str | None, ...]:
    """Return labels as text: a list, of an item of several labels, as JSON."""
    if pa.types.is_list(column.type):
        return tuple(
            None if label is None else json.dumps(label, ensure_ascii=False)
            for label in column.to_pylist()
        )
    return tuple(column.to_pylist())


def known(keys: NDArray[np.uint64], before: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return which items were there before: as many of each content, label and split as then.

    Of several that are alike those are known that have their path still, then the first.

    Parameters
    ----------
    keys
        Of the items, shape ``(n,)``.
    before
        Of the items then, in ascending order.

    Examples
    --------
    >>> cat, dog = 1 << 16, 2 << 16
    >>> here = np.array([cat + 7, cat + 5, dog + 9], np.uint64)
    >>> known(here, np.array([cat + 5, dog + 1], np.uint64)).tolist()
    [False, True, True]
    """
    same = _taken(keys, before)
    places, counts = np.unique(keys[same], return_counts=True)
    spare = np.repeat(*_left(before, places, counts))
    rest = np.flatnonzero(~same)
    found = same.copy()
    found[rest] = _taken(keys[rest] >> OF_PATH, np.sort(spare >> OF_PATH))
    return found


def _taken(keys: NDArray[np.uint64], before: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return which keys find one of the sorted keys of before, each of which serves once."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    first = np.searchsorted(ordered, ordered, side="left")
    rank = np.arange(len(keys)) - first
    there = np.searchsorted(before, ordered, "right") - np.searchsorted(before, ordered, "left")
    taken = np.zeros(len(keys), dtype=np.bool_)
    taken[order] = rank < there
    return taken


def _left(
    before: NDArray[np.uint64], places: NDArray[np.uint64], counts: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the different keys of before, and how many of each were not taken."""
    different, there = np.unique(before, return_counts=True)
    there[np.searchsorted(different, places)] -= counts
    return different, there


def _contents(column: pa.ChunkedArray, paths: list[bytes]) -> NDArray[np.uint8]:
    """Return hashes as bytes; where there are none, or nothing was read, those of the paths."""
    none = "0" * 2 * N_HASH
    hashes = pc.fill_null(column.cast(pa.large_string()), none)
    joined = b"".join(hashes.cast(pa.large_binary()).to_pylist())
    found = np.frombuffer(bytes.fromhex(joined.decode()), dtype=np.uint8)
    contents = found.reshape(-1, N_HASH).copy()
    for row in np.flatnonzero(~contents.any(axis=1)).tolist():
        digest = hashlib.sha256(b"path\0" + paths[row]).digest()
        contents[row] = np.frombuffer(digest, dtype=np.uint8)
    return contents


def _hashes(labels: tuple[str | None, ...], splits: list[str | None]) -> NDArray[np.uint64]:
    """Return a number of each item's label and split."""
    numbers: dict[tuple[str | None, str | None], int] = {}
    for pair in zip(labels, splits, strict=True):
        if pair not in numbers:
            digest = hashlib.sha256(json.dumps(pair).encode()).digest()
            numbers[pair] = int.from_bytes(digest[:8], "big")
    pairs = zip(labels, splits, strict=True)
    return np.fromiter((numbers[pair] for pair in pairs), np.uint64, len(labels))


def _start(contents: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return the first eight bytes of hashes as numbers."""
    first = np.ascontiguousarray(contents[:, :8])
    return first.view(">u8").ravel().astype(np.uint64)
