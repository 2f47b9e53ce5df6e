"""MedMNIST: one ``.npz`` with the arrays ``train_images``, ``train_labels`` and so on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labelaudit.dataset import UNLABELLED, Dataset, Source
from labelaudit.errors import some
from labelaudit.manifests import Options, reader
from labelaudit.reading.assemble import Items, row_names, to_dataset
from labelaudit.reading.cells import INTEGER, Coded
from labelaudit.reading.class_columns import cell_states, meanings_of
from labelaudit.reading.columns import BESIDE, Roles, refuse_options
from labelaudit.reading.declared_states import check_states
from labelaudit.reading.image_arrays import Arrays, check_arrays, load_arrays, width_of
from labelaudit.reading.label_sets import states_of
from labelaudit.reading.labels import Labels, unlabelled
from labelaudit.reading.media import ArrayRows
from labelaudit.reading.rows import Problems, Rows

SPLITS = ("train", "val", "test")
ARRAYS = ("images", "labels", "paths")
MAX_CLASSES = 1_000_000  # a label beyond is no class number, and must not make that many names


def looks_like_medmnist(path: Path) -> str:
    """Say why a path looks like MedMNIST."""
    return "a file of type .npz" if path.suffix.lower() == ".npz" and path.is_file() else ""


@reader(detect=looks_like_medmnist)
def medmnist(path: Path, options: Options) -> Dataset:
    """Read an ``.npz`` file of uint8 images and their labels by split.

    Labels of shape ``(n,)`` or ``(n, 1)`` are class numbers, those of shape ``(n, l)`` say 0 or 1
    for each of ``l`` classes. Images have the shape ``(n, height, width)`` or
    ``(n, height, width, 3)``. Beyond MedMNIST, text arrays ``class_names`` and
    ``train_paths`` and so on name the classes and the items; without them a class is called by
    its number, and an item such as ``train/0000007.pgm``.
    """
    refuse_options(str(path), options, allowed=("--label-states", *BESIDE))
    arrays = load_arrays(path)
    parts = [split for split in SPLITS if {f"{split}_images", f"{split}_labels"} & arrays.keys()]
    check_arrays(path, arrays, parts)
    counts = [len(arrays[f"{split}_images"]) for split in parts]
    problems = Problems(_rows(path, parts, counts))
    matrix = np.concatenate([_two_dimensional(arrays[f"{split}_labels"]) for split in parts])
    read = _class_numbers if matrix.shape[1] == 1 else _class_cells
    labels = read(matrix, arrays.get("class_names"), options, problems)
    known = {"class_names", *(f"{split}_{what}" for split in parts for what in ARRAYS)}
    others = sorted(arrays.keys() - known)
    numbers = pa.array(np.repeat(np.arange(len(parts)), counts))
    items = Items(
        name=path.stem,
        paths=pa.concat_arrays([_paths(arrays, split) for split in parts]),
        media=ArrayRows([arrays[f"{split}_images"] for split in parts]),
        source=Source(
            format="medmnist",
            why=(
                looks_like_medmnist(path) or "read as asked for",
                *([f"arrays that were not read: {some(others)}"] if others else []),
            ),
            manifest=path.name,
            found=sum(counts),
        ),
        splits=pa.array(parts, pa.large_string()).take(numbers),
        splits_from="names of the arrays",
        labels=labels,
    )
    return to_dataset(items, Roles(), options, problems)


def _two_dimensional(labels: NDArray[Any]) -> NDArray[np.int64]:
    return labels.reshape(len(labels), width_of(labels)).astype(np.int64)


def _rows(path: Path, parts: list[str], counts: list[int]) -> Rows:
    """Return rows that have no columns and are called such as ``val_labels[7]``."""
    starts = np.cumsum([0, *counts])

    def locate(rows: Sequence[int]) -> list[str]:
        numbers = np.searchsorted(starts, rows, side="right") - 1
        return [
            f"{parts[n]}_labels[{row - starts[n]}]" for n, row in zip(numbers, rows, strict=True)
        ]

    table = pa.table({"": pa.nulls(sum(counts))})
    return Rows(where=str(path), names=(), table=table, locate=locate)


def _paths(arrays: Arrays, split: str) -> pa.LargeStringArray:
    """Return the paths of a split's items."""
    if f"{split}_paths" in arrays:
        return pa.array(arrays[f"{split}_paths"], pa.large_string())
    images = arrays[f"{split}_images"]
    suffix = "pgm" if images.ndim == 3 else "ppm"  # noqa: PLR2004 - grayscale or color
    return row_names(np.arange(len(images)), split, digits=7, suffix=f".{suffix}")


def _class_numbers(
    matrix: NDArray[np.int64], names: NDArray[np.str_] | None, options: Options, problems: Problems
) -> Labels:
    """Return the labels of one class number an item."""
    codes = matrix[:, 0]
    states = options.label_states
    check_states(states, ("unlabelled",), problems)
    dropped = np.isin(codes, [int(text) for text in states if INTEGER.fullmatch(text)])
    n_classes = len(names) if names is not None else int(codes[~dropped].max(initial=-1)) + 1
    wrong = ((codes < 0) | (codes >= min(n_classes, MAX_CLASSES))) & ~dropped
    problems.add(
        np.flatnonzero(wrong),
        lambda row: (
            f"{codes[row]} is no class number"
            + (f"; class_names has {n_classes}" if names is not None else "")
        ),
        'say --label-states "-1=unlabelled" when -1 is an item without a label'
        if (codes == UNLABELLED).any() and "-1" not in states
        else "number the classes from 0",
    )
    n_classes = min(n_classes, MAX_CLASSES)
    class_names = map(str, range(n_classes) if names is None else names)
    return Labels(
        task="multiclass",
        class_names=tuple(class_names),
        labels=np.where(dropped | wrong, UNLABELLED, codes).astype(np.int32),
        why=(f"one label an item: {n_classes} classes",),
    )


def _class_cells(
    matrix: NDArray[np.int64], names: NDArray[np.str_] | None, options: Options, problems: Problems
) -> Labels:
    """Return the labels of one cell a class."""
    n_samples, width = matrix.shape
    if names is not None and len(names) != width:
        problems.note(
            f"class_names has {len(names)} names for {width} columns of labels", "name each"
        )
    meanings = meanings_of(options.label_states, problems)
    states = np.empty(matrix.shape, dtype=np.int8)
    for column in range(width):
        values, codes = np.unique(matrix[:, column], return_inverse=True)
        coded = Coded(tuple(map(str, values)), codes.astype(np.int32))
        states[:, column] = cell_states(coded, f"class {column}", meanings, problems)
    return Labels(
        task="multilabel",
        class_names=tuple(map(str, range(width) if names is None else names)),
        labels=unlabelled(n_samples),
        label_states=states_of(states),
        why=(f"several labels an item: one column for each of {width} classes",),
    )
