"""Paths in a table never lead out of its folder."""

import os
from pathlib import Path

import pyarrow as pa
import pytest

from labelaudit.errors import InputError
from labelaudit.manifests import open_dataset
from labelaudit.reading.item_paths import item_paths
from labelaudit.reading.rows import Problems, Rows
from labelaudit.reading.table_files import locate_rows


def found(paths: list[str | None], root: Path) -> tuple[list[str], list[str]]:
    """Return the plain paths and the problems."""
    table = pa.table({"path": pa.array(paths, pa.string())})
    problems = Problems(Rows(where="m", names=("path",), table=table, locate=locate_rows))
    plain = item_paths(table.column("path"), "path", root, problems)
    return plain.to_pylist(), problems.details


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("a.png", "a.png"),
        ("./a.png", "a.png"),
        ("././a//b/./c.png", "a/b/c.png"),
        (".//a.png", "a.png"),
        ("a/..b/c...png", "a/..b/c...png"),
        ("...", "..."),
        ("a./b.png", "a./b.png"),
        (".a/b.png", ".a/b.png"),
        ("a:b.png", "a:b.png"),
    ],
)
def test_paths_are_made_plain(tmp_path: Path, path: str, plain: str) -> None:
    assert found([path], tmp_path) == ([plain], [])


@pytest.mark.parametrize(
    "path",
    [
        *("/a", "//a", "\\a", "\\\\host\\a", "c:\\a", "C:/a", "..", "../a", "a/..", "a/../b"),
        *(
            "a\\..\\b",
            "..\\a",
            "./../a",
            "http://x/a.png",
            "s3://b/a",
            "file:///a",
            "a\0b",
            "",
            " ",
        ),
    ],
)
def test_paths_that_leave_the_folder_are_refused(tmp_path: Path, path: str) -> None:
    _, problems = found(["ok.png", path], tmp_path)
    assert len(problems) == 1
    assert problems[0].startswith("row 2: ")


def test_links_are_followed_only_inside_the_folder(tmp_path: Path) -> None:
    root = tmp_path / "data"
    (root / "in").mkdir(parents=True)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/x.png").write_bytes(b"secret")
    (root / "in/a.png").write_bytes(b"a")
    (root / "in/b.png").symlink_to("a.png")
    (root / "in/x.png").symlink_to(tmp_path / "out/x.png")
    (root / "folder").symlink_to(tmp_path / "out")
    (root / "again").symlink_to("in")
    os.mkfifo(root / "pipe.png")
    file = root / "m.csv"
    file.write_text("path,label\nin/a.png,x\nin/b.png,x\nagain/a.png,x\nnone/a.png,x\n")
    assert open_dataset(file).n_samples == 4
    paths = ["in/x.png", "folder/x.png", "again/x.png", "pipe.png", "in/a.png"]
    file.write_text("path,label\n" + "".join(f"{path},x\n" for path in paths))
    with pytest.raises(InputError) as error:
        open_dataset(file)
    assert sorted(error.value.details) == [
        "line 2: 'in/x.png': a symbolic link that leaves the folder",
        "line 3: 'folder/x.png': its folder is a symbolic link that leads outside",
        "line 4: 'again/x.png': a symbolic link that leaves the folder",
        "line 5: 'pipe.png': neither a file nor a folder",
    ]


def test_the_working_directory_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.png").write_bytes(b"right")
    (tmp_path / "a.png").write_bytes(b"wrong")
    (tmp_path / "data/m.csv").write_text("path,label\na.png,x\n")
    monkeypatch.chdir(tmp_path)
    dataset = open_dataset(Path("data/m.csv"))
    assert dataset.media is not None
    assert dataset.media.read(0) == b"right"
