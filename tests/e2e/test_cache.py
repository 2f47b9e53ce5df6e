import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from labelaudit.cli import app
from labelaudit.embeddings.store.shard import FACTS
from labelaudit.embeddings.store.store import ABOUT, Store
from labelaudit.errors import InputError, LabelauditError

DAY = 86_400


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["cache", *map(str, arguments)])


def fill(cache: Path, key: str, model: str, n_images: int, days: float = 0) -> Path:
    """Put a store into a cache that was last used some days ago; return its folder."""
    about = {"model": model, "provider": "CPU", "onnxruntime": "1.2"} if model else {}
    place = "embeddings" if model else "facts"
    store = Store(cache / place / key, 4 if model else 0, about)
    digests = np.arange(32 * n_images, dtype=np.uint8).reshape(n_images, 32)
    vectors = np.zeros((n_images, 4 if model else 0), np.float16)
    store.add(digests, np.zeros(n_images, FACTS), vectors)
    store.flush()
    assert store.folder is not None
    stat = (store.folder / ABOUT).stat()
    os.utime(store.folder / ABOUT, (0, stat.st_mtime - days * DAY))
    return store.folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Return a cache with stores of two models, one of them twice, facts, and a pulled model."""
    cache = tmp_path / "kept"
    fill(cache, "a" * 32, "builtin", 5)
    fill(cache, "b" * 32, "builtin", 3, days=40)
    fill(cache, "c" * 32, "own.onnx", 7, days=10)
    fill(cache, "decode-1", "", 2)
    (cache / "models" / "vit").mkdir(parents=True)
    (cache / "models" / "vit" / "model.onnx").write_bytes(bytes(3_000_000))
    return cache


def stores(cache: Path) -> dict[str, int]:
    """Return the images of each store that is listed, by the end of its folder's name."""
    listed = json.loads(run("list", "--cache", cache, "--json").stdout)
    return {Path(store["folder"]).name[-1]: store["n_images"] for store in listed["stores"]}


def test_sizes_are_listed_by_model(cache: Path) -> None:
    assert stores(cache) == {"a": 5, "b": 3, "c": 7, "1": 2}
    listed = json.loads(run("list", "--cache", cache, "--json").stdout)
    for store in listed["stores"]:
        size = sum(path.stat().st_size for path in Path(store["folder"]).iterdir())
        assert store["n_bytes"] == size
    assert listed["models"] == {"n_files": 1, "n_bytes": 3_000_000}
    text = run("list", "--cache", cache).stdout
    assert re.search(r"own\.onnx +7 +0\.0 MB +\d{4}-\d\d-\d\d +CPU +1\.2", text)
    assert "none, facts alone" in text
    assert "3.0 MB of models pulled by name; see labelaudit models list" in text
    assert f"3.0 MB in {cache}" in text.replace("\n", " ")


def test_empty_cache_is_no_error(tmp_path: Path) -> None:
    assert run("list", "--cache", tmp_path / "none").stdout == f"0.0 MB in {tmp_path / 'none'}\n"
    assert run("clean", "--cache", tmp_path / "none", "--yes").stdout == "nothing to remove\n"
    assert not (tmp_path / "none").exists()


def test_users_cache_is_meant_when_none_is_named(tmp_path: Path) -> None:
    fill(tmp_path / "cache", "d" * 32, "builtin", 1)  # LABELAUDIT_CACHE of the tests
    assert str(tmp_path / "cache") in run("list").stdout.replace("\n", "")
    assert "0.0 MB removed" in run("clean", "--yes").stdout
    assert list((tmp_path / "cache" / "embeddings").iterdir()) == []


def test_configured_cache_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path / "mine", "d" * 32, "builtin", 4)
    (tmp_path / "labelaudit.toml").write_text('cache = "mine"')
    monkeypatch.chdir(tmp_path)
    assert re.search(r"builtin +4 ", run("list").stdout)
    run("clean", "--yes")
    assert not list((tmp_path / "mine").rglob("*.npy"))


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        (
            (),
            "",
        ),
        (("--model", "builtin"), "c1"),
        (("--older-than", "30"), "ac1"),
        (("--older-than", "5"), "a1"),
        (("--older-than", "5", "--model", "builtin"), "ac1"),
        (("--model", "none, facts alone"), "abc"),
    ],
)
def test_what_is_asked_for_is_removed(cache: Path, arguments: tuple[str, ...], left: str) -> None:
    before = sorted(cache.rglob("*"))
    said = run("clean", "--cache", cache, *arguments)
    assert said.exit_code == 0
    assert "would be removed; do it with --yes" in said.stdout
    assert sorted(cache.rglob("*")) == before
    assert "removed" in run("clean", "--cache", cache, *arguments, "--yes").stdout
    assert sorted(stores(cache)) == sorted(left)
    assert (cache / "models" / "vit" / "model.onnx").exists()


def test_unknown_model_is_refused(cache: Path) -> None:
    error = run("clean", "--cache", cache, "--model", "vit", "--yes").exception
    assert isinstance(error, InputError)
    assert "builtin" in error.hint
    assert len(stores(cache)) == 4


def test_nothing_is_removed_that_a_store_did_not_write(cache: Path, tmp_path: Path) -> None:
    """Everything in the cache goes but what is not of the layout, wherever it is."""
    kept = [
        cache / "notes.txt",
        cache / "embeddings" / "vectors.npy",
        cache / "embeddings" / ("a" * 32) / "mine.npy",
        cache / "embeddings" / ("a" * 32) / "sub" / f"{'0' * 32}.npy",
        cache / "embeddings" / ("e" * 32) / f"{'0' * 32}.npy",  # nothing says that it is a store
    ]
    for path in kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
    elsewhere = fill(tmp_path / "other", "f" * 32, "builtin", 2)
    (cache / "embeddings" / ("f" * 32)).symlink_to(elsewhere)
    leftover = cache / "embeddings" / ("b" * 32) / f".{'0' * 32}.npy.01234567.tmp"
    leftover.write_text("half")
    os.utime(leftover, (0, leftover.stat().st_mtime - 2 * 3600))
    run("clean", "--cache", cache, "--yes")
    assert all(path.read_text() == "mine" for path in kept)
    assert sorted(path.suffix for path in elsewhere.iterdir()) == [".json", ".npy"]
    assert not leftover.exists()
    assert not leftover.parent.exists()
    assert (cache / "models" / "vit" / "model.onnx").exists()


def test_a_store_that_does_not_say_what_it_is_of_is_listed_and_removed(cache: Path) -> None:
    folder = cache / "embeddings" / ("a" * 32)
    (folder / ABOUT).unlink()
    assert stores(cache) == {"a": 5, "b": 3, "c": 7, "1": 2}
    run("clean", "--cache", cache, "--yes")
    assert not folder.exists()


def test_what_a_scan_is_about_to_rename_stays(cache: Path) -> None:
    half = cache / "embeddings" / ("b" * 32) / f".{'0' * 32}.npy.01234567.tmp"
    half.write_text("half")
    run("clean", "--cache", cache, "--yes")
    assert half.read_text() == "half"
    assert list(half.parent.iterdir()) == [half]


def test_damaged_stores_are_listed_and_removed(cache: Path) -> None:
    (shard,) = (cache / "embeddings" / ("a" * 32)).glob("*.npy")
    shard.write_bytes(b"\x93NUMPY((((")
    (cache / "embeddings" / ("b" * 32) / ABOUT).write_text("[")
    assert stores(cache) == {"a": 0, "b": 3, "c": 7, "1": 2}
    run("clean", "--cache", cache, "--yes")
    assert stores(cache) == {}


def test_file_that_cannot_be_removed_is_said(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, **_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    error = run("clean", "--cache", cache, "--yes").exception
    assert isinstance(error, LabelauditError)
    assert "cannot be removed: Permission denied" in error.message
