import errno
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray
from pictures import bomb, encoded, oriented, picture
from tiny_models import node, write_model

import labelaudit.embeddings.content as content_module
import labelaudit.embeddings.store as store_module
from labelaudit.dataset import Dataset, Media, Source
from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.content import Content, read_content, store_for
from labelaudit.embeddings.decode import Oddity, Status
from labelaudit.embeddings.model import Model, load_model
from labelaudit.embeddings.store import FACTS, Store, default_cache
from labelaudit.errors import ModelError, OutputError
from labelaudit.progress import Progress, silent
from labelaudit.reading.media import ArrayRows, ParquetCells

RNG = np.random.default_rng(0)
IMAGES = [encoded(RNG.integers(0, 256, (9, 12, 3), dtype=np.uint8)) for _ in range(100)]
Read = tuple[Content, Embeddings, int]


@dataclass
class Memory:
    """Images in memory, with a count of how often each was read."""

    images: list[bytes]
    reads: list[int] = field(default_factory=list)

    def read(self, item: int) -> bytes:
        """Return the bytes of an image."""
        self.reads.append(item)
        if not isinstance(self.images[item], bytes):
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        return self.images[item]


def dataset_of(media: Media, n: int) -> Dataset:
    return Dataset(
        name="images",
        task="multiclass",
        class_names=("one",),
        paths=pa.array([f"{at:04}.png" for at in range(n)], pa.large_string()),
        labels=np.zeros(n, dtype=np.int32),
        splits=np.full(n, -1, dtype=np.int32),
        media=media,
        source=Source(format="test", why=(), found=n),
    )


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load_model(write_model(tmp_path_factory.mktemp("model") / "m.onnx"), "cpu")


def read(
    images: Sequence[bytes] | Media,
    model: Model,
    cache: Path | None,
    *,
    n_threads: int = 1,
    progress: Progress = silent,
) -> Read:
    media = Memory(list(images)) if isinstance(images, Sequence) else images
    n = len(images) if isinstance(images, Sequence) else 100
    store = store_for(cache, model)
    dataset = dataset_of(media, n)
    content, embeddings, known = read_content(
        dataset, model, store, n_threads=n_threads, progress=progress
    )
    assert embeddings is not None
    return content, embeddings, known


def equal(one: Read, other: Read) -> bool:
    return all(
        np.array_equal(getattr(one[0], name), getattr(other[0], name))
        for name in ("digests", "status", "oddities", "sizes", "signatures")
    ) and np.array_equal(one[1].vectors, other[1].vectors)


def test_known_images_are_not_embedded_again(tmp_path: Path, model: Model) -> None:
    first = read(IMAGES, model, tmp_path)
    second = read(IMAGES, model, tmp_path)
    assert (first[2], second[2]) == (0, 100)
    assert equal(first, second)
    assert equal(first, read(IMAGES, model, None))


def test_changed_image_is_embedded_again(tmp_path: Path, model: Model) -> None:
    first = read(IMAGES, model, tmp_path)
    changed = [*IMAGES[:50], picture(size=(12, 9)), *IMAGES[51:]]
    second = read(changed, model, tmp_path)
    assert second[2] == 99
    differs = (first[1].vectors != second[1].vectors).any(axis=1)
    assert np.flatnonzero(differs).tolist() == [50]
    assert equal(second, read(changed, model, None))


def test_order_of_the_images_does_not_matter(tmp_path: Path, model: Model) -> None:
    first, back = read(IMAGES, model, tmp_path), read(IMAGES[::-1], model, tmp_path)
    assert back[2] == 100
    assert np.array_equal(first[1].vectors, back[1].vectors[::-1])


def test_another_model_or_preprocessing_knows_nothing(tmp_path: Path, model: Model) -> None:
    read(IMAGES, model, tmp_path / "cache")
    for name, declared in (("m", {"color": "BGR"}), ("n", {})):
        path = write_model(tmp_path / f"{name}.onnx", **declared)  # type: ignore[arg-type]
        if name == "n":
            path.write_bytes(path.read_bytes() + b"\x32\x00")  # an empty doc_string of the model
        assert read(IMAGES, load_model(path, "cpu"), tmp_path / "cache")[2] == 0


@pytest.mark.parametrize("n_threads", [2, 4])
def test_number_of_threads_does_not_matter(tmp_path: Path, model: Model, n_threads: int) -> None:
    one = read(IMAGES * 3, model, None)
    assert equal(one, read(IMAGES * 3, model, tmp_path, n_threads=n_threads))
    assert equal(one, read(IMAGES * 3, model, tmp_path, n_threads=n_threads))


def test_partly_known_images_are_embedded_as_all_at_once(tmp_path: Path, model: Model) -> None:
    read(IMAGES[::3], model, tmp_path)
    mixed = read(IMAGES, model, tmp_path)
    assert mixed[2] == 34
    assert equal(mixed, read(IMAGES, model, None))


def test_facts_alone_are_kept_without_a_model(tmp_path: Path) -> None:
    dataset = dataset_of(Memory(IMAGES), 100)
    for known in (0, 100):
        store = store_for(tmp_path, None)
        content, embeddings, found = read_content(
            dataset, None, store, n_threads=2, progress=silent
        )
        assert (embeddings, found) == (None, known)
        assert (content.sizes == [12, 9]).all()


def test_each_file_has_its_status_and_no_warning_is_given(model: Model) -> None:
    nul = ArrayRows([np.zeros((1, 2, 2), np.uint8)])
    images = [IMAGES[0], b"", IMAGES[1][:90], b"<html>", bomb(12_000, 10_000), oriented(6), None]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        content, embeddings, _ = read(images, model, None, n_threads=2)  # type: ignore[arg-type]
    assert not caught
    wanted = ["OK", "EMPTY", "TRUNCATED", "NOT_AN_IMAGE", "TOO_LARGE", "OK", "MISSING"]
    assert [Status(status).name for status in content.status] == wanted
    assert sorted(content.reasons) == [1, 2, 3, 4, 6]
    assert content.reasons[6] == "cannot be opened: No such file or directory"
    assert np.array_equal(embeddings.present, content.readable)
    assert not embeddings.vectors[~embeddings.present].any()
    assert content.oddities[5] == Oddity.ROTATED
    assert content.digests[6].tolist() == [0] * 32
    assert nul.read(0).startswith(b"P5")


def test_path_that_no_file_can_have_is_missing(model: Model) -> None:
    class Nul:
        def read(self, item: int) -> bytes:
            return Path(f"{item}\0.png").read_bytes()

    content, _, _ = read(Nul(), model, None)
    assert (content.status == Status.MISSING).all()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_model_that_returns_no_number_is_refused(tmp_path: Path, value: float) -> None:
    nodes = (node("Flatten", "images", "flat", axis=1), node("Mul", "flat", "w", "embeddings"))
    weights = {"w": np.full(192, value, dtype=np.float32)}
    path = write_model(tmp_path / "m.onnx", nodes, weights=weights)
    with pytest.raises(ModelError, match="NaN or infinity for image 0"):
        read(IMAGES, load_model(path, "cpu"), None)


def test_images_embedded_before_a_failure_are_kept(
    tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content_module, "CHUNK", 8)

    def interrupt(stage: str, done: int, total: int) -> None:
        assert (stage, total) == ("reading images", 100)
        if done >= 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read(IMAGES, model, tmp_path, progress=interrupt)
    assert read(IMAGES, model, tmp_path)[2] == 40


def shards(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.facts.npy"))


def filled(folder: Path, model: Model, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Fill a store with several shards."""
    monkeypatch.setattr(content_module, "SHARD", 32)
    whole = read(IMAGES, model, folder)
    assert len(shards(folder)) == 4
    return whole


def vectors_of(facts: Path) -> Path:
    return facts.with_name(facts.name.replace("facts", "vectors"))


def damage(facts: Path, how: str) -> None:
    vectors = vectors_of(facts)
    match how:
        case "truncated vectors":
            vectors.write_bytes(vectors.read_bytes()[:-100])
        case "truncated facts":
            facts.write_bytes(facts.read_bytes()[:200])
        case "empty facts":
            facts.write_bytes(b"")
        case "no vectors":
            vectors.unlink()
        case "vectors in float32":
            np.save(vectors, np.load(vectors).astype(np.float32))
        case "vectors of another length":
            np.save(vectors, np.load(vectors)[:, 1:])
        case "facts of another kind":
            np.save(facts, np.load(facts)["content"])
        case "garbled header":
            facts.write_bytes(b"\x93NUMPY\x01\x00\x06\x00((((((" + facts.read_bytes())
        case _:
            np.save(facts, np.array([{}], dtype=object), allow_pickle=True)


@pytest.mark.parametrize(
    "how",
    [
        "truncated vectors",
        "truncated facts",
        "empty facts",
        "no vectors",
        "vectors in float32",
        "vectors of another length",
        "facts of another kind",
        "garbled header",
        "pickled facts",
    ],
)
def test_damaged_shard_is_embedded_again(
    tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    whole = filled(tmp_path, model, monkeypatch)
    size = len(np.load(shards(tmp_path)[1]))
    damage(shards(tmp_path)[1], how)
    again = read(IMAGES, model, tmp_path)
    assert again[2] == 100 - size
    assert equal(whole, again)
    assert read(IMAGES, model, tmp_path)[2] == 100


def open_files() -> int:
    """Return how many files this process has open; 0 where the system does not tell."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def test_more_shards_than_may_be_open_are_found(
    tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content_module, "CHUNK", 2)
    monkeypatch.setattr(content_module, "SHARD", 2)
    monkeypatch.setattr(store_module, "N_OPEN", 3)
    whole = read(IMAGES, model, tmp_path)
    assert len(shards(tmp_path)) == 50
    before = open_files()
    again = read(IMAGES[::-1], model, tmp_path)
    assert again[2] == 100
    assert np.array_equal(again[1].vectors[::-1], whole[1].vectors)
    assert open_files() - before <= 2 * 3


@pytest.mark.parametrize("fails_at", [0, 1])
def test_full_disk_is_an_output_error_and_leaves_nothing(
    tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    write_array, calls = np.lib.format.write_array, []

    def full(file: IO[bytes], array: NDArray[np.generic], *, allow_pickle: bool) -> None:
        calls.append(file)
        if len(calls) > fails_at:
            file.write(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
        write_array(file, array, allow_pickle=allow_pickle)

    monkeypatch.setattr(np.lib.format, "write_array", full)
    with pytest.raises(OutputError, match="No space left on device") as raised:
        read(IMAGES, model, tmp_path)
    assert "--no-cache" in raised.value.hint
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    monkeypatch.undo()
    assert read(IMAGES, model, tmp_path)[2] == 0


def test_cache_that_cannot_be_made_is_said_before_anything_is_read(
    tmp_path: Path, model: Model
) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(OutputError, match="the cache cannot be written"):
        store_for(tmp_path / "cache", model)


def test_cache_that_vanishes_is_an_output_error(tmp_path: Path, model: Model) -> None:
    read(IMAGES, model, tmp_path)
    store = store_for(tmp_path, model)
    for path in shards(tmp_path):
        path.unlink()
    with pytest.raises(OutputError, match="changed while it was in use"):
        store.get(0)


KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import labelaudit.embeddings.content as content_module
from labelaudit.embeddings.model import load_model
from test_content import IMAGES, read
content_module.CHUNK, content_module.SHARD = 8, 16

def progress(stage, done, total):
    if done >= 72:
        os.kill(os.getpid(), 9)

read(IMAGES, load_model(Path(sys.argv[2]), "cpu"), Path(sys.argv[3]), progress=progress)
"""


def test_killed_scan_resumes_one_shard_back_at_most(tmp_path: Path, model: Model) -> None:
    path = write_model(tmp_path / "m.onnx")
    arguments = [str(Path(__file__).parent), str(path), str(tmp_path / "cache")]
    killed = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False)
    assert killed.returncode == -signal.SIGKILL
    resumed = read(IMAGES, model, tmp_path / "cache")
    assert 72 - 16 <= resumed[2] <= 72
    assert equal(resumed, read(IMAGES, model, None))


def test_two_scans_may_fill_one_cache_at_once(tmp_path: Path, model: Model) -> None:
    whole, results = read(IMAGES, model, None), []
    threads = [
        threading.Thread(target=lambda: results.append(read(IMAGES, model, tmp_path)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert all(equal(whole, result) for result in results)
    assert read(IMAGES, model, tmp_path)[2] == 100
    assert not list(tmp_path.rglob("*.tmp"))


def facts_of(contents: list[bytes]) -> NDArray[np.void]:
    facts = np.zeros(len(contents), dtype=FACTS)
    facts["content"] = contents
    return facts


def test_hashes_that_end_in_zeros_are_told_apart(tmp_path: Path) -> None:
    contents = [bytes([at]) + bytes(31) for at in range(1, 4)] + [b"\1" + bytes(30) + b"\1"]
    store = Store(tmp_path, 2)
    store.add(facts_of(contents), np.arange(8, dtype=np.float16).reshape(4, 2))
    assert store.n_pending == 4
    store.flush()
    store = Store(tmp_path, 2)
    wanted = np.array([contents[3], contents[0], b"\7" * 32, contents[2]], dtype="S32")
    places = store.find(wanted)
    assert places[2] == -1
    found = [store.get(int(place))[1].tolist() for place in places[[0, 1, 3]]]
    assert found == [[6, 7], [0, 1], [4, 5]]


def test_store_without_a_folder_keeps_nothing() -> None:
    store = Store(None, 2)
    store.add(facts_of([b"\1" * 32]), np.zeros((1, 2), dtype=np.float16))
    store.flush()
    assert store.n_pending == 0
    assert store.find(np.array([b"\1" * 32], dtype="S32")).tolist() == [-1]


def test_cache_is_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    monkeypatch.setenv("LABELAUDIT_CACHE", "/own")
    assert default_cache() == Path("/own")
    monkeypatch.delenv("LABELAUDIT_CACHE")
    assert default_cache() == Path("/xdg/labelaudit")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_cache() == tmp_path / ".cache" / "labelaudit"


@pytest.mark.parametrize("n_threads", [1, 4])
def test_parquet_cells_are_read_under_threads(tmp_path: Path, model: Model, n_threads: int) -> None:
    cells: list[dict[str, object] | None] = [{"bytes": image, "path": None} for image in IMAGES]
    cells[7] = {"bytes": None, "path": "elsewhere.png"}
    table = pa.table({"image": cells})
    for at in range(2):
        pq.write_table(table.slice(at * 50, 50), tmp_path / f"{at}.parquet", row_group_size=7)
    media = ParquetCells([tmp_path / "0.parquet", tmp_path / "1.parquet"], "image")
    content, embeddings, _ = read(media, model, None, n_threads=n_threads)
    assert np.flatnonzero(content.status == Status.MISSING).tolist() == [7]
    whole = read(IMAGES, model, None)[1].vectors
    present = embeddings.present
    assert np.array_equal(embeddings.vectors[present], whole[present])


@pytest.mark.parametrize("n_threads", [1, 4])
def test_array_rows_are_read_under_threads(model: Model, n_threads: int) -> None:
    color = RNG.integers(0, 256, (60, 10, 8, 3), dtype=np.uint8)
    gray = RNG.integers(0, 256, (40, 10, 8), dtype=np.uint8)
    content, _, _ = read(ArrayRows([color, gray]), model, None, n_threads=n_threads)
    assert (content.status == Status.OK).all()
    assert (content.sizes == [8, 10]).all()
    assert (content.oddities[:60] == Oddity.NONE).all()
    assert (content.oddities[60:] == Oddity.GRAYSCALE).all()
