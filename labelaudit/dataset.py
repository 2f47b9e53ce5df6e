"""A labelled dataset in columns: what a manifest says, before any image is opened."""

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from json.encoder import encode_basestring_ascii as quoted
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Task = Literal["multiclass", "multilabel", "regression"]
Modality = Literal["image", "text"]

UNLABELLED = -1
BLOCK = 65_536  # items whose lines are in memory at once


class State(IntEnum):
    """What a manifest says about one class of one item that may have several labels."""

    NEGATIVE = 0
    POSITIVE = 1
    UNCERTAIN = 2
    UNKNOWN = 3


class Media(Protocol):
    """Where the encoded images or texts are; safe to read from several threads."""

    def read(self, item: int) -> bytes:
        """Return the bytes of one item; raise ``FileNotFoundError`` when there are none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelStates:
    """The states of items with several labels, row-compressed; a cell not stored is negative.

    Attributes
    ----------
    indptr
        Where each item's cells start, shape ``(n_samples + 1,)``.
    indices
        Class of each stored cell, ascending within an item.
    states
        `State` of each stored cell; never ``NEGATIVE``.
    labelled
        Whether an item has labels at all, shape ``(n_samples,)``.
    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    states: NDArray[np.int8]
    labelled: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """How a dataset was read, and what of it was not.

    Attributes
    ----------
    format
        Name of the reader.
    why
        What made the reader choose itself, and which columns it took.
    manifest
        File that the rows come from, relative to the dataset; empty for a folder of files.
    found
        Rows or files that were there: the items and the ignored.
    ignored
        Files that are not items, counted by reason.
    options
        What was said of how to read it, by the name of the option.
    """

    format: str
    why: tuple[str, ...]
    manifest: str = ""
    found: int
    ignored: Mapping[str, int] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """A dataset's items in columns of length ``n_samples``.

    Attributes
    ----------
    name
        Name of the folder or manifest.
    task
        Whether an item has one label, several, or a number.
    class_names
        Names of all declared classes, those without items included; none of numbers.
    ordered
        Whether the classes are declared from the lowest to the highest.
    paths
        Path of each item relative to the dataset, with forward slashes, or its identifier.
    labels
        Class of each item, ``-1`` when unlabelled; all ``-1`` but where an item has one label.
    label_states
        The labels of a multi-label dataset; None otherwise.
    targets
        The number of each item where labels are numbers (float64, NaN when unlabelled), or None.
    splits
        Position of each item's split in ``split_names``, ``-1`` for none.
    groups
        Number of the group (patient, source, video) of each item, or None.
    annotations
        One row a judgement: ``item`` (int64), ``annotator`` (string, null where it is not known
        who judged), ``label`` (int32); or None.
    lines
        Line of the manifest that each item stands on, counted from 1; or None where the items are
        no lines of one file.
    metadata
        Other columns of the manifest that were named, one row an item; or None.
    media
        Where the images or texts are; None when the manifest names none.
    modality
        What the items are.
    source
        How it was read.
    path
        The folder or manifest that it was read from, beside which its own papers lie; or None.
    """

    name: str
    task: Task
    class_names: tuple[str, ...]
    ordered: bool = False
    paths: pa.LargeStringArray
    labels: NDArray[np.int32]
    label_states: LabelStates | None = None
    targets: NDArray[np.float64] | None = None
    split_names: tuple[str, ...] = ()
    splits: NDArray[np.int32]
    groups: NDArray[np.int32] | None = None
    lines: NDArray[np.int64] | None = None
    annotations: pa.Table | None = None
    metadata: pa.Table | None = None
    media: Media | None
    modality: Modality = "image"
    source: Source
    path: Path | None = None

    def __post_init__(self) -> None:
        for name in ("labels", "targets", "splits", "groups", "lines"):
            column = getattr(self, name)
            if column is None:
                continue
            if len(column) != len(self.paths):
                raise ValueError(f"{name}: {len(column)} for {len(self.paths)} items")
            frozen = column.view()
            frozen.setflags(write=False)
            object.__setattr__(self, name, frozen)

    @property
    def n_samples(self) -> int:
        """Number of items."""
        return len(self.paths)

    @property
    def labelled(self) -> NDArray[np.bool_]:
        """Whether each item has a label, shape ``(n_samples,)``."""
        if self.label_states is not None:
            return self.label_states.labelled
        if self.targets is not None:
            return ~np.isnan(self.targets)
        return self.labels >= 0

    def split(self, item: int) -> str | None:
        """Return the name of an item's split."""
        code = self.splits[item]
        return None if code < 0 else self.split_names[code]

    def text(self, item: int) -> str | None:
        """Return an item's text; None for an image, or where there is none."""
        if self.modality != "text" or self.media is None:
            return None
        try:
            return self.media.read(item).decode(errors="replace")
        except OSError:
            return None

    def label_text(self, item: int) -> str | list[str] | None:
        """Return an item's label by name; a list with several, marked where not positive.

        A number is the shortest text that reads back as the same float64.
        """
        if self.targets is not None:
            target = float(self.targets[item])
            return None if math.isnan(target) else repr(target)
        if self.label_states is None:
            code = self.labels[item]
            return None if code < 0 else self.class_names[code]
        states = self.label_states
        if not states.labelled[item]:
            return None
        cells = slice(states.indptr[item], states.indptr[item + 1])
        return sorted(
            self.class_names[column]
            if state == State.POSITIVE
            else f"{State(state).name.lower()}:{self.class_names[column]}"
            for column, state in zip(states.indices[cells], states.states[cells], strict=True)
        )


def item_lines(dataset: Dataset, content: NDArray[np.uint8]) -> Iterator[bytes]:
    """Yield one canonical line an item, sorted by path, then by the line itself.

    Parameters
    ----------
    dataset
        The dataset.
    content
        SHA-256 of each item's bytes, zeros where there are none, shape ``(n_samples, 32)``.

    Yields
    ------
    A JSON array of path, content hash, label and split, ended by a line feed.
    """
    ranks = _ranks(dataset.paths)
    order = np.argsort(ranks, kind="stable")
    sorted_ranks = ranks[order]
    labels = _quoted_labels(dataset)
    splits = [*map(quoted, dataset.split_names), "null"]  # -1 is the last
    start = 0
    while start < len(order):
        # a block ends where a path does: lines of one path are sorted among themselves
        last = sorted_ranks[min(start + BLOCK, len(order)) - 1]
        end = int(sorted_ranks.searchsorted(last, side="right"))
        items = order[start:end]
        hashes = np.ascontiguousarray(content[items]).tobytes().hex()
        columns = zip(
            dataset.paths.take(pa.array(items)).to_pylist(),
            range(0, 64 * len(items), 64),
            items.tolist(),
            dataset.splits[items].tolist(),
            strict=True,
        )
        lines = [
            f'[{quoted(path)},"{hashes[at : at + 64]}",{labels(item)},{splits[split]}]\n'.encode()
            for path, at, item, split in columns
        ]
        yield from _sorted_runs(lines, sorted_ranks[start:end])
        start = end


def _quoted_labels(dataset: Dataset) -> Callable[[int], str]:
    """Return a function from an item to its label as JSON."""
    if dataset.task != "multiclass":
        return lambda item: json.dumps(dataset.label_text(item), separators=(",", ":"))
    names = [*map(quoted, dataset.class_names), "null"]
    codes = dataset.labels
    return lambda item: names[codes[item]]


def _sorted_runs(lines: list[bytes], ranks: NDArray[np.int64]) -> list[bytes]:
    """Return lines with those of equal rank sorted."""
    starts = np.flatnonzero(np.diff(ranks, prepend=-1))
    ends = np.append(starts[1:], len(lines))
    for start, end in zip(
        starts[ends - starts > 1].tolist(), ends[ends - starts > 1].tolist(), strict=True
    ):
        lines[start:end] = sorted(lines[start:end])
    return lines


def digest(dataset: Dataset, content: NDArray[np.uint8]) -> str:
    """Return the SHA-256 over every item's path, content, label and split.

    It depends on no order of rows or classes, nor on the format the dataset was read from.
    """
    sha = hashlib.sha256()
    for line in item_lines(dataset, content):
        sha.update(line)
    return sha.hexdigest()


def _ranks(paths: pa.LargeStringArray) -> NDArray[np.int64]:
    """Return the rank of each path; equal paths share one."""
    encoded = paths.dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy(zero_copy_only=False)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    codes: NDArray[np.int64] = encoded.indices.to_numpy(zero_copy_only=False)
    return rank[codes]
