"""Arrays of images and labels in an ``.npz`` file: loaded without unpickling, and checked."""

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import InputError, some
from labelaudit.reading.rows import counted

DAMAGED = (
    *(ValueError, OSError, EOFError, KeyError, RuntimeError, MemoryError),
    *(zipfile.BadZipFile, zlib.error),
)
Arrays = dict[str, NDArray[Any]]


def load_arrays(path: Path) -> Arrays:
    """Return the arrays of a file; Python objects in it are never unpickled."""
    arrays: Arrays = {}
    problems = []
    try:
        with path.open("rb") as stream:
            file = np.load(stream, allow_pickle=False)
            for name in getattr(file, "files", []):
                try:
                    arrays[name] = file[name]
                except DAMAGED as error:
                    problems.append(f"{name}: {_first_line(error)}")
    except DAMAGED as error:
        problems.append(_first_line(error))
    if problems or not arrays:
        raise InputError(
            f"{path}: cannot be read as an .npz file of plain arrays",
            details=problems or ["there is no array in it"],
            hint="save it with numpy.savez_compressed, without arrays of Python objects",
        )
    return arrays


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


def check_arrays(path: Path, arrays: Arrays, parts: Sequence[str]) -> None:
    """Refuse arrays that are missing or of the wrong type or shape, all at once."""
    problems = [problem for split in parts for problem in _part_problems(arrays, split)]
    if not parts:
        problems.append(f"none of train_images, val_images, test_images; found {some(arrays)}")
    widths = {
        f"{s}_labels": width_of(arrays[f"{s}_labels"]) for s in parts if f"{s}_labels" in arrays
    }
    if len(set(widths.values())) > 1:
        problems.append(f"labels of different width: {widths}")
    names = arrays.get("class_names")
    if names is not None and not (names.ndim == 1 and names.dtype.kind == "U"):
        problems.append(f"class_names: {names.dtype} of shape {names.shape}, not a list of text")
    elif names is not None and len(np.unique(names)) < len(names):
        problems.append("class_names: a name comes twice")
    if not problems and not sum(len(arrays[f"{split}_images"]) for split in parts):
        problems.append("there are no images")
    if problems:
        raise InputError(
            f"{path}: {counted(len(problems), 'problem')} with its arrays",
            details=problems,
            hint="MedMNIST has {train,val,test}_{images,labels}: uint8 images of shape (n, height, "
            "width) or (n, height, width, 3), integer labels of shape (n, 1) or (n, classes)",
        )


def _part_problems(arrays: Arrays, split: str) -> list[str]:
    """Say what is wrong with the arrays of one split."""
    missing = [f"{split}_{w}" for w in ("images", "labels") if f"{split}_{w}" not in arrays]
    if missing:
        return [f"{missing[0]}: there is no such array"]
    images, labels = arrays[f"{split}_images"], arrays[f"{split}_labels"]
    if not (images.ndim and labels.ndim):
        return [f"{split}: images of shape {images.shape}, labels of shape {labels.shape}"]
    problems = []
    if images.dtype != np.uint8:
        problems.append(f"{split}_images: {images.dtype} values, not uint8")
    if images.ndim != 3 and not (images.ndim == 4 and images.shape[3] == 3):  # noqa: PLR2004 - see the docstring of medmnist
        what = "volumes are not supported" if images.ndim in {4, 5} else "not images"
        problems.append(f"{split}_images: shape {images.shape}; {what}")
    if labels.dtype.kind not in "iub" or labels.ndim not in {1, 2} or not width_of(labels):
        problems.append(f"{split}_labels: {labels.dtype} of shape {labels.shape}")
    lengths = {"images": len(images), "labels": len(labels)}
    if (paths := arrays.get(f"{split}_paths")) is not None:
        lengths["paths"] = len(paths) if paths.ndim else 0
        if paths.dtype.kind != "U" or paths.ndim != 1:
            what = f"{paths.dtype} of shape {paths.shape}, not a list of text"
            problems.append(f"{split}_paths: {what}")
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{number:,} {what}" for what, number in lengths.items())
        problems.append(f"{split}: {said}")
    return problems


def width_of(labels: NDArray[Any]) -> int:
    """Return the number of label cells of an item."""
    return labels.shape[1] if labels.ndim > 1 else 1
