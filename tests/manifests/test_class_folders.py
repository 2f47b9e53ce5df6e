"""Class folders, and the walk below a folder."""

import os
from pathlib import Path

import pytest

from labelaudit.errors import InputError
from labelaudit.manifests import Options, open_dataset
from labelaudit.reading.folders import walk


def touch(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode(errors="surrogateescape"))


def test_classes_are_folders(tmp_path: Path) -> None:
    touch(tmp_path, "dog/2.PNG", "cat/1.jpg", "cat/note.txt", ".git/x.png", "__MACOSX/cat/._1.jpg")
    (tmp_path / "empty").mkdir()
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ("cat", "dog", "empty")
    assert dataset.paths.to_pylist() == ["cat/1.jpg", "dog/2.PNG"]
    assert dataset.labels.tolist() == [0, 1]
    assert dataset.split_names == ()
    assert dataset.source.ignored == {"hidden, or __MACOSX": 2, "not an image by its name": 1}
    assert dataset.source.found == 5
    assert dataset.media is not None
    assert dataset.media.read(1) == b"dog/2.PNG"


def test_splits_are_folders_above(tmp_path: Path) -> None:
    touch(tmp_path, "Train/cat/1.png", "val/dog/2.png", "test/cat/3.png")
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ("cat", "dog")
    assert [dataset.split(i) for i in range(3)] == ["train", "test", "validation"]
    assert [dataset.label_text(i) for i in range(3)] == ["cat", "cat", "dog"]


def test_classes_named_as_splits_stay_classes(tmp_path: Path) -> None:
    touch(tmp_path, "train/1.png", "test/2.png")
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ("test", "train")
    assert dataset.split_names == ()


def test_class_names_in_any_script(tmp_path: Path) -> None:
    names = sorted(["猫", "كلب", "\u202eeslaf", "a b", "<script>", "x" * 200])
    touch(tmp_path, *(f"{name}/1.png" for name in names))
    assert list(open_dataset(tmp_path).class_names) == names


def test_links_out_of_the_folder_are_refused_and_those_inside_are_items(tmp_path: Path) -> None:
    root = tmp_path / "data"
    touch(tmp_path, "data/cat/1.png", "secret.png", "elsewhere/2.png")
    (root / "cat/inside.png").symlink_to(root / "cat/1.png")
    (root / "cat/broken.png").symlink_to(root / "cat/none.png")
    assert open_dataset(root).n_samples == 3
    (root / "cat/out.png").symlink_to(tmp_path / "secret.png")
    (root / "cat/out_and_broken.png").symlink_to(tmp_path / "none.png")
    (root / "dog").symlink_to(tmp_path / "elsewhere")
    (root / "bird").symlink_to(root / "cat")
    (root / "cat/loop.png").symlink_to(root / "cat/loop.png")
    with pytest.raises(InputError) as error:
        open_dataset(root)
    assert error.value.details == (
        "bird: a symbolic link to a folder",
        "cat/loop.png: a symbolic link that leads nowhere",
        "cat/out.png: a symbolic link that leaves the folder",
        "cat/out_and_broken.png: a symbolic link that leaves the folder",
        "dog: a symbolic link that leaves the folder",
    )


def test_names_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    try:
        touch(tmp_path, "cat/1.png", os.fsdecode(b"cat/\xff.png"), os.fsdecode(b"\xe9/1.png"))
    except OSError:
        pytest.skip("this file system has only names in UTF-8")
    with pytest.raises(InputError) as error:
        open_dataset(tmp_path)
    assert len(error.value.details) == 2
    assert str(error.value).encode()


def test_pipes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    touch(tmp_path, "cat/1.png")
    os.mkfifo(tmp_path / "cat/2.png")
    with pytest.raises(InputError, match="neither a file nor a folder"):
        open_dataset(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open any folder")
def test_a_folder_that_cannot_be_opened_is_no_silent_loss(tmp_path: Path) -> None:
    touch(tmp_path, "cat/1.png")
    (tmp_path / "cat").chmod(0)
    try:
        with pytest.raises(InputError, match="cannot be opened"):
            walk(tmp_path)
    finally:
        (tmp_path / "cat").chmod(0o700)


def test_a_folder_that_holds_no_images_is_an_error_when_asked_for(tmp_path: Path) -> None:
    touch(tmp_path, "cat/1.txt")
    with pytest.raises(InputError, match="no image was found; 1 other files"):
        open_dataset(tmp_path, Options(format="class_folders"))
    with pytest.raises(InputError, match="no metadata"):
        open_dataset(tmp_path, Options(format="image_folder"))
    with pytest.raises(InputError, match="there is no Parquet file"):
        open_dataset(tmp_path, Options(format="hf_parquet"))
    with pytest.raises(InputError, match="a table is a file of type"):
        open_dataset(tmp_path / "cat/1.txt", Options(format="table"))
