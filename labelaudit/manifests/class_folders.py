"""A folder for each class, below a folder for each split or not: ``[split/]class/image.ext``."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from labelaudit.dataset import Dataset, Source
from labelaudit.errors import InputError, some
from labelaudit.manifests import Options, reader
from labelaudit.manifests.image_folder import metadata_files
from labelaudit.reading.columns import BESIDE, refuse_options
from labelaudit.reading.folders import (
    IMAGE_SUFFIXES,
    SPLIT_ALIASES,
    encode_splits,
    is_hidden,
    is_image,
    walk,
)
from labelaudit.reading.media import Files


def looks_like_class_folders(path: Path) -> str:
    """Say why a path looks like class folders."""
    if not path.is_dir() or metadata_files(path):
        return ""
    for entry in sorted(path.iterdir()):
        if entry.is_dir() and not is_hidden(entry.name) and _holds_image(entry):
            return f"it has folders of images, such as {entry.name}/"
    return ""


@reader(detect=looks_like_class_folders)
def class_folders(path: Path, options: Options) -> Dataset:
    """Read a folder of class folders.

    The classes are the sorted names of the folders, empty ones included. When every folder at
    the top is named as a split and holds folders, the classes are one level below.
    """
    refuse_options(str(path), options, BESIDE)
    files, folders, ignored = walk(path)
    images = [file for file in files if is_image(file)]
    if len(files) > len(images):
        ignored["not an image by its name"] += len(files) - len(images)
    if not images:
        raise InputError(
            f"{path}: no image was found; {len(files):,} other files",
            hint=f"images are known by their names: {' '.join(IMAGE_SUFFIXES)}",
        )
    top = [folder for folder in folders if "/" not in folder]
    split = all(name.lower() in SPLIT_ALIASES for name in top) and len(top) < len(folders)
    level = 1 if split else 0
    _check_depth(path, images, level)
    names = sorted({f.rpartition("/")[2] for f in folders if f.count("/") == level})
    code = {name: number for number, name in enumerate(names)}
    parts = [image.split("/") for image in images]
    split_names, splits = encode_splits([part[0] if split else None for part in parts])
    paths = pa.array(images, type=pa.large_string())
    return Dataset(
        name=path.resolve().name,
        task="multiclass",
        class_names=tuple(names),
        paths=paths,
        labels=np.array([code[part[level]] for part in parts], dtype=np.int32),
        split_names=split_names,
        splits=splits,
        media=Files(path, paths),
        source=Source(
            format="class_folders",
            why=(
                f"{'split and class' if split else 'class'} folders: {some(top)}",
                f"one label an item: {len(names)} classes, such as {some(names)}",
                f"splits: {', '.join(split_names)}" if split else "no splits",
            ),
            found=len(images) + ignored.total(),
            ignored=dict(sorted(ignored.items())),
        ),
    )


def _holds_image(folder: Path) -> bool:
    """Tell whether an image lies at most two levels below a folder."""
    return any(is_image(file.name) for pattern in ("*", "*/*") for file in folder.glob(pattern))


def _check_depth(path: Path, images: list[str], level: int) -> None:
    """Refuse images that lie elsewhere than in a class folder."""
    wrong = [image for image in images if image.count("/") != level + 1]
    if not wrong:
        return
    layout = "split/class/image" if level else "class/image"
    raise InputError(
        f"{path}: {len(wrong):,} of {len(images):,} images do not lie in a class folder "
        f"({layout}), so their label is ambiguous",
        details=[
            f"{image}: the label could be {', '.join(image.split('/')[:-1]) or 'none'}"
            for image in wrong
        ],
        hint="move them, or write a metadata.csv with the columns file_name and label",
    )
