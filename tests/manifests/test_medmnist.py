"""MedMNIST: arrays of images and labels by split."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from labelaudit.dataset import Dataset
from labelaudit.errors import InputError
from labelaudit.manifests import Options, open_dataset
from labelaudit.reading.media import ArrayRows

Arrays = dict[str, NDArray[np.generic]]


def write(folder: Path, **arrays: object) -> Path:
    file = folder / "set.npz"
    named = {name: np.asarray(array) for name, array in arrays.items()}
    np.savez_compressed(file, **named)  # type: ignore[arg-type]
    return file


def gray(count: int) -> NDArray[np.uint8]:
    return np.arange(count * 6, dtype=np.uint8).reshape(count, 2, 3)


def labels(dataset: Dataset) -> list[str | list[str] | None]:
    return [dataset.label_text(item) for item in range(dataset.n_samples)]


def test_one_label_an_item(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        train_images=gray(3),
        train_labels=np.array([[0], [2], [0]], dtype=np.uint8),
        val_images=np.zeros((1, 2, 2, 3), dtype=np.uint8),
        val_labels=np.array([1]),
        test_images=gray(1),
        test_labels=np.array([[2]]),
    )
    dataset = open_dataset(file)
    assert dataset.class_names == ("0", "1", "2")
    assert labels(dataset) == ["0", "2", "0", "1", "2"]
    assert dataset.split_names == ("test", "train", "validation")
    assert [dataset.split(item) for item in (0, 3, 4)] == ["train", "validation", "test"]
    assert dataset.paths.to_pylist() == [
        "train/0000000.pgm",
        "train/0000001.pgm",
        "train/0000002.pgm",
        "val/0000000.ppm",
        "test/0000000.pgm",
    ]
    assert dataset.media is not None
    assert dataset.media.read(1) == b"P5\n3 2\n255\n" + bytes(range(6, 12))
    assert dataset.media.read(3) == b"P6\n2 2\n255\n" + bytes(12)


def test_several_labels_an_item(tmp_path: Path) -> None:
    file = write(tmp_path, train_images=gray(3), train_labels=[[1, 0, 1], [0, 0, 0], [0, 1, 0]])
    dataset = open_dataset(file)
    assert dataset.task == "multilabel"
    assert labels(dataset) == [["0", "2"], [], ["1"]]
    assert "several labels an item: one column for each of 3 classes" in dataset.source.why


def test_names_of_classes_and_items(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        train_images=gray(2),
        train_labels=[[1], [0]],
        train_paths=["a/é.pgm", "b.pgm"],
        class_names=["猫", "dog", "never used"],
        other=[1],
    )
    dataset = open_dataset(file)
    assert dataset.class_names == ("猫", "dog", "never used")
    assert labels(dataset) == ["dog", "猫"]
    assert dataset.paths.to_pylist() == ["a/é.pgm", "b.pgm"]
    assert "arrays that were not read: other" in dataset.source.why


def test_minus_one_has_to_be_declared(tmp_path: Path) -> None:
    file = write(tmp_path, test_images=gray(2), test_labels=[[-1], [1]])
    with pytest.raises(InputError, match=r"test_labels\[0\]: -1 is no class number") as error:
        open_dataset(file)
    assert '--label-states "-1=unlabelled"' in error.value.hint
    assert labels(open_dataset(file, Options(label_states={"-1": "unlabelled"}))) == [None, "1"]


def test_cells_of_classes_have_to_be_declared(tmp_path: Path) -> None:
    file = write(tmp_path, val_images=gray(2), val_labels=[[-1, 1], [2, 2]])
    with pytest.raises(InputError) as error:
        open_dataset(file)
    assert error.value.details == (
        "val_labels[0]: class 0: '-1' is neither 0 nor 1",
        "val_labels[1]: class 0: '2' is neither 0 nor 1",
        "val_labels[1]: class 1: '2' is neither 0 nor 1",
    )
    states = {"-1": "uncertain", "2": "unknown"}
    assert labels(open_dataset(file, Options(label_states=states))) == [["1", "uncertain:0"], None]


IMAGES = gray(2)
LABELS = np.array([[0], [1]])
WRONG: dict[str, tuple[dict[str, object], str]] = {
    "no_arrays": ({"x": [1]}, "none of train_images"),
    "labels_are_missing": ({"train_images": IMAGES}, "train_labels: there is no such array"),
    "images_are_missing": ({"val_labels": LABELS}, "val_images: there is no such array"),
    "lengths_differ": (
        {"train_images": IMAGES, "train_labels": LABELS[:1]},
        "train: 2 images, 1 labels",
    ),
    "volumes": (
        {"train_images": np.zeros((2, 4, 4, 4), np.uint8), "train_labels": LABELS},
        "volumes are not supported",
    ),
    "floats": (
        {"train_images": IMAGES / 255, "train_labels": LABELS},
        "train_images: float64 values, not uint8",
    ),
    "float_labels": (
        {"train_images": IMAGES, "train_labels": LABELS / 2},
        "train_labels: float64 of shape",
    ),
    "objects": (
        {"train_images": IMAGES, "train_labels": np.array([{}, []], dtype=object)},
        "train_labels: Object arrays cannot be loaded",
    ),
    "widths_differ": (
        {
            "train_images": IMAGES,
            "train_labels": LABELS,
            "val_images": IMAGES,
            "val_labels": np.eye(2, dtype=int),
        },
        "labels of different width",
    ),
    "too_few_names": (
        {"train_images": IMAGES, "train_labels": LABELS, "class_names": ["a"]},
        "1 is no class number; class_names has 1",
    ),
    "names_come_twice": (
        {"train_images": IMAGES, "train_labels": LABELS, "class_names": ["a", "a"]},
        "a name comes twice",
    ),
    "names_are_numbers": (
        {"train_images": IMAGES, "train_labels": LABELS, "class_names": [1, 2]},
        "not a list of text",
    ),
    "scalars": (
        {"train_images": IMAGES, "train_labels": 3},
        "train: images of shape (2, 2, 3), labels of shape ()",
    ),
    "paths_are_numbers": (
        {"train_images": IMAGES, "train_labels": LABELS, "train_paths": [1, 2]},
        "train_paths: int64",
    ),
    "names_of_another_width": (
        {"train_images": IMAGES, "train_labels": np.eye(2, dtype=int), "class_names": ["a"]},
        "class_names has 1 names for 2 columns",
    ),
    "absurd_numbers": (
        {"train_images": IMAGES, "train_labels": LABELS * 2**40},
        "1099511627776 is no class number",
    ),
    "empty": (
        {"train_images": IMAGES[:0], "train_labels": LABELS[:0]},
        "there are no images",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_error_says_what_is_wrong(tmp_path: Path, name: str) -> None:
    arrays, expected = WRONG[name]
    with pytest.raises(InputError) as error:
        open_dataset(write(tmp_path, **arrays))
    assert expected in "\n".join(error.value.details)
    assert error.value.hint


def test_problems_of_all_splits_are_said_at_once(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        train_images=IMAGES / 1.0,
        train_labels=LABELS,
        val_images=IMAGES,
        test_labels=[[1]],
    )
    with pytest.raises(InputError, match="3 problems with its arrays"):
        open_dataset(file)


def test_files_that_are_no_npz_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "set.npz"
    for content in (b"", b"no zip", b"PK\x03\x04 cut off"):
        file.write_bytes(content)
        with pytest.raises(InputError, match=r"cannot be read as an \.npz file"):
            open_dataset(file)
    np.save(tmp_path / "one.npy", IMAGES)
    file.write_bytes((tmp_path / "one.npy").read_bytes())
    with pytest.raises(InputError, match=r"cannot be read as an \.npz file"):
        open_dataset(file)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("train_images.npy", b"\x93NUMPY cut off")
    with pytest.raises(InputError, match="train_images"):
        open_dataset(file)


def test_columns_cannot_be_asked_for(tmp_path: Path) -> None:
    file = write(tmp_path, train_images=IMAGES, train_labels=LABELS)
    with pytest.raises(InputError, match="--split-column has no effect"):
        open_dataset(file, Options(split_column="split"))


def test_array_rows_are_counted_through_all_arrays() -> None:
    media = ArrayRows([gray(2), gray(0), gray(3)])
    assert [media.read(item) for item in (2, 3, 4)] == [
        b"P5\n3 2\n255\n" + row.tobytes() for row in gray(3)
    ]
