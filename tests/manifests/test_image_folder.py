"""Imagefolder: metadata decides, folders only give the split."""

import csv
from pathlib import Path

import pytest

from labelaudit.errors import InputError
from labelaudit.manifests import open_dataset


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def test_what_the_metadata_does_not_name_is_counted(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "metadata.csv": "file_name,label\ncat/a.png,x\ncat/gone.png,y\ncat/sound.wav,y\n",
            "cat/a.png": "a",
            "cat/sound.wav": "s",
            "cat/stranger.JPG": "b",
            "readme.txt": "",
            ".hidden/c.png": "",
            "__MACOSX/cat/._a.png": "",
            "__MACOSX/metadata.csv": "broken",
            "cat/.DS_Store": "",
        },
    )
    dataset = open_dataset(tmp_path)
    assert dataset.source.format == "image_folder"
    assert dataset.paths.to_pylist() == ["cat/a.png", "cat/gone.png", "cat/sound.wav"]
    assert [dataset.label_text(item) for item in range(3)] == ["x", "y", "y"]
    assert dataset.source.ignored == {
        "an image that is not in the metadata": 1,
        "hidden, or __MACOSX": 4,
        "not an image by its name": 1,
    }
    assert dataset.source.found == 3 + 6
    assert dataset.source.manifest == "metadata.csv"
    assert dataset.media is not None
    assert dataset.media.read(0) == b"a"
    with pytest.raises(FileNotFoundError):
        dataset.media.read(1)


def test_splits_come_from_the_first_folder_where_it_is_named_as_one(tmp_path: Path) -> None:
    rows = "Training/a.png,x\nval/b.png,x\nother/c.png,x\nd.png,x\n"
    write(tmp_path, {"metadata.csv": "file_name,label\n" + rows})
    dataset = open_dataset(tmp_path)
    assert [dataset.split(item) for item in range(4)] == ["train", "validation", None, None]
    assert dataset.source.why[-1] == "splits: first folders: train, validation"


def test_a_split_column_wins_over_folders(tmp_path: Path) -> None:
    write(tmp_path, {"metadata.csv": "file_name,label,split\ntrain/a.png,x,test\n"})
    assert open_dataset(tmp_path).split_names == ("test",)


def test_metadata_in_folders_is_relative_to_its_own_folder(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "train/metadata.jsonl": '{"file_name": "./x/a.png", "label": "cat"}\n',
            "test/metadata.jsonl": '{"file_name": "a.png"}\n',
            "train/x/a.png": "train",
            "test/a.png": "test",
        },
    )
    dataset = open_dataset(tmp_path)
    assert dataset.paths.to_pylist() == ["test/a.png", "train/x/a.png"]
    assert [dataset.label_text(item) for item in range(2)] == [None, "cat"]
    assert dataset.split_names == ("test", "train")
    assert dataset.media is not None
    assert [dataset.media.read(item) for item in range(2)] == [b"test", b"train"]
    assert dataset.source.ignored == {}


def test_a_column_may_end_in_file_name(tmp_path: Path) -> None:
    write(tmp_path, {"metadata.csv": "photo_file_name,label\na.png,cat\n"})
    assert open_dataset(tmp_path).paths.to_pylist() == ["a.png"]


def test_names_in_any_script(tmp_path: Path) -> None:
    names = ["猫/é.png", "\u202egnp.exe.png", 'a"b,c.png', "new\nline.png"]
    write(tmp_path, {name: name for name in names})
    with (tmp_path / "metadata.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("file_name", "label"), *((name, "x") for name in names)])
    dataset = open_dataset(tmp_path)
    assert dataset.media is not None
    assert [dataset.media.read(item).decode() for item in range(4)] == names
    assert dataset.source.ignored == {}


def test_a_link_that_leaves_the_folder_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "data"
    write(tmp_path, {"data/metadata.csv": "file_name,label\na.png,x\n", "secret.png": ""})
    (root / "a.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(InputError, match="a symbolic link that leaves the folder"):
        open_dataset(root)
