import io
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from small_scans import IMAGES, Read, equal, read
from tiny_models import write_model

import labelaudit.embeddings.pipeline as pipeline_module
import labelaudit.embeddings.row_file as row_file_module
import labelaudit.embeddings.store.store as store_module
from labelaudit.embeddings.content import store_for
from labelaudit.embeddings.models.model import Model, load_model
from labelaudit.embeddings.row_file import RowFile
from labelaudit.embeddings.store.cache import kept_stores, remove_store
from labelaudit.embeddings.store.shard import FACTS, open_shard, shard_type, write_shard
from labelaudit.embeddings.store.store import ABOUT, Store, default_cache
from labelaudit.errors import OutputError

HERE = str(Path(__file__).parent)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load_model(write_model(tmp_path_factory.mktemp("model") / "m.onnx"), "cpu")


def shards(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.npy"))


@pytest.fixture
def filled(tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Fill a store below ``tmp_path`` with several shards."""
    monkeypatch.setattr(store_module, "SHARD", 32)
    whole = read(IMAGES, model, tmp_path)
    assert len(shards(tmp_path)) == 4
    return whole


def flipped(shard: Path, part: str) -> None:
    """Turn one bit of the first image's part of a record, as a failing disk does."""
    record = np.load(shard)
    record[part].view(np.uint8).reshape(-1)[5] ^= 16
    np.save(shard, record)


def damage(shard: Path, how: str) -> None:
    match how:
        case "cut short":
            shard.write_bytes(shard.read_bytes()[:-100])
        case "empty":
            shard.write_bytes(b"")
        case "garbled header":
            shard.write_bytes(b"\x93NUMPY\x01\x00\x06\x00((((((" + shard.read_bytes())
        case "plain array":
            np.save(shard, np.load(shard)["vectors"][0])
        case "vectors in float32":
            record = np.load(shard)
            wide = np.dtype([(n, "<f4" if n == "vectors" else "u1", 3) for n in record.dtype.names])
            np.save(shard, np.zeros(1, wide))
        case "vectors of another length":
            np.save(shard, np.zeros(1, shard_type(32, 7)))
        case "pickled":
            np.save(shard, np.array([{}], dtype=object), allow_pickle=True)
        case "zeros":  # as after a power cut
            shard.write_bytes(bytes(shard.stat().st_size))
        case _:
            flipped(shard, how)


@pytest.mark.parametrize(
    "how",
    [
        "cut short",
        "empty",
        "garbled header",
        "plain array",
        "vectors in float32",
        "vectors of another length",
        "pickled",
        "zeros",
        "vectors",
        "facts",
        "digests",
    ],
)
def test_damaged_shard_is_embedded_again(
    tmp_path: Path, model: Model, filled: Read, how: str
) -> None:
    sizes = [open_shard(path, model.n_features)["digests"].shape[1] for path in shards(tmp_path)]
    damage(shards(tmp_path)[1], how)
    again = read(IMAGES, model, tmp_path, n_threads=2)
    assert again[2] == 100 - sizes[1]
    assert equal(filled, again)
    assert read(IMAGES, model, tmp_path)[2] == 100


def open_files() -> int:
    """Return how many files this process has open; 0 where the system does not tell."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def test_more_shards_than_may_be_open_are_found(
    tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline_module, "CHUNK", 2)
    monkeypatch.setattr(store_module, "SHARD", 2)
    monkeypatch.setattr(store_module, "N_OPEN", 3)
    whole = read(IMAGES, model, tmp_path)
    assert len(shards(tmp_path)) == 50
    before = open_files()
    again = read(IMAGES[::-1], model, tmp_path)
    assert again[2] == 100
    assert np.array_equal(again[1].vectors[::-1], whole[1].vectors)
    assert open_files() - before <= 3


def test_slow_model_writes_a_shard_when_it_has_been_long(
    tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter(range(0, 1000, 4))
    monkeypatch.setattr(store_module, "monotonic", lambda: next(seconds))
    monkeypatch.setattr(store_module, "SECONDS", 10)
    read(IMAGES, model, tmp_path)
    sizes = {open_shard(path, model.n_features)["digests"].shape[1] for path in shards(tmp_path)}
    assert sizes == {48, 4}  # a chunk has 16; the first, then 4, 8 and 12 seconds later: the third


def test_failing_write_leaves_nothing_and_is_said(
    tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(OutputError, match="the cache cannot be written: No space left") as raised:
        read(IMAGES, model, tmp_path)
    assert "--no-cache" in raised.value.hint
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    monkeypatch.undo()
    assert read(IMAGES, model, tmp_path)[2] == 0


LIMITED = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from small_scans import IMAGES, read
import labelaudit.embeddings.store.store as store_module
from labelaudit.embeddings.models.model import load_model
from labelaudit.errors import OutputError

store_module.SHARD = 32
model = load_model(Path(sys.argv[2]), "cpu")
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), -1))
done = 0

def progress(stage, now, total):
    global done
    done = now

try:
    print("known", read(IMAGES, model, Path(sys.argv[3]), progress=progress)[2])
except OutputError as error:
    print("after", done, "of 100:", error)
"""


def limited(tmp_path: Path, n_bytes: int) -> str:
    """Scan in a process that may write no file longer than so many bytes."""
    path = write_model(tmp_path / "m.onnx")
    arguments = [HERE, str(path), str(tmp_path), str(n_bytes)]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.mark.usefixtures("filled")
def test_store_that_cannot_be_written_serves_what_it_has(tmp_path: Path) -> None:
    assert limited(tmp_path, 0) == "known 100\n"
    shards(tmp_path)[0].unlink()
    said = limited(tmp_path, 0)
    assert "the cache cannot be written: File too large" in said
    assert "--no-cache" in said
    ends = (16, 48, 80, 100)  # before the last chunk of the shard that is written again
    assert said.startswith(tuple(f"after {done} of 100" for done in ends))


def test_store_that_runs_full_says_so_and_keeps_whole_shards(tmp_path: Path, model: Model) -> None:
    one = 32 * shard_type(1, model.n_features).itemsize
    assert "the cache cannot be written: File too large" in limited(tmp_path, one // 2)
    assert shards(tmp_path) == []
    assert not list(tmp_path.rglob("*.tmp"))
    assert limited(tmp_path, 2 * one) == "known 0\n"
    assert read(IMAGES, model, tmp_path)[2] == 100


def test_cache_that_cannot_be_made_is_said_before_anything_is_read(
    tmp_path: Path, model: Model
) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(OutputError, match="the cache cannot be written"):
        store_for(tmp_path / "cache", model)
    assert store_for(tmp_path / "other", model).get(bytes(32)) is None
    assert not (tmp_path / "other").exists()


def test_embeddings_are_beside_a_cache_that_is_not_there_yet(
    tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = []

    def opened(**said: Path) -> object:
        folders.append(said["dir"])
        return io.BytesIO()

    monkeypatch.setattr(row_file_module, "IN_MEMORY", 0)
    monkeypatch.setattr("tempfile.TemporaryFile", opened)
    read(IMAGES, model, tmp_path / "cache")
    assert folders == [tmp_path]


@pytest.mark.usefixtures("filled")
def test_shards_that_vanish_under_a_scan_are_embedded_again(tmp_path: Path, model: Model) -> None:
    store = store_for(tmp_path, model)
    gone = shards(tmp_path)[0]
    digests = open_shard(gone, model.n_features)["digests"][0].copy()
    gone.unlink()
    assert store.get(digests[0].tobytes()) is None
    assert read(IMAGES, model, tmp_path)[2] == 100 - len(digests)
    assert read(IMAGES, model, tmp_path)[2] == 100


def test_another_runtime_knows_nothing(
    tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(IMAGES, model, tmp_path)
    monkeypatch.setattr(onnxruntime, "__version__", "0.1")
    assert read(IMAGES, model, tmp_path)[2] == 0
    assert len(list(tmp_path.rglob(ABOUT))) == 2


SCAN = """
import os, random, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from small_scans import IMAGES, read
import labelaudit.embeddings.pipeline as pipeline_module
import labelaudit.embeddings.store.store as store_module
from labelaudit.embeddings.models.model import load_model

pipeline_module.CHUNK, store_module.SHARD, dies_at = 4, 8, int(sys.argv[4])

def progress(stage, done, total):
    if done >= dies_at:
        os.kill(os.getpid(), 9)

model = load_model(Path(sys.argv[2]), "cpu")
print("ready", flush=True)
sys.stdin.readline()
read(IMAGES, model, Path(sys.argv[3]), n_threads=2, progress=progress)
"""


def start(tmp_path: Path, dies_at: int = 1000) -> "subprocess.Popen[bytes]":
    """Start a process that is ready to scan the images when it is told to."""
    path = write_model(tmp_path / "m.onnx")
    arguments = [HERE, str(path), str(tmp_path / "cache"), str(dies_at)]
    started = subprocess.Popen(
        [sys.executable, "-c", SCAN, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert started.stdout is not None
    assert started.stdout.readline() == b"ready\n"
    return started


def test_killed_scan_resumes_one_shard_back_at_most(tmp_path: Path, model: Model) -> None:
    killed = start(tmp_path, dies_at=72)
    killed.communicate(b"\n")
    assert killed.returncode == -signal.SIGKILL
    resumed = read(IMAGES, model, tmp_path / "cache")
    assert 72 - 8 <= resumed[2] <= 72
    assert equal(resumed, read(IMAGES, model, None))


def test_scans_at_once_share_a_store_and_one_that_is_killed_spoils_nothing(
    tmp_path: Path, model: Model
) -> None:
    scans = [start(tmp_path), start(tmp_path), start(tmp_path, dies_at=50)]
    for scan in scans:
        assert scan.stdin is not None
        scan.stdin.write(b"\n")
        scan.stdin.flush()
    for scan in scans:
        scan.communicate()
    assert [scan.returncode for scan in scans] == [0, 0, -signal.SIGKILL]
    cache = tmp_path / "cache"
    again = read(IMAGES, model, cache)
    assert again[2] == 100
    assert equal(again, read(IMAGES, model, None))


def test_same_shard_written_at_once_is_one(tmp_path: Path) -> None:
    digests, facts, vectors = images_of([bytes([at]) * 32 for at in range(5)])
    paths = {write_shard(tmp_path, digests, facts, vectors) for _ in range(2)}
    assert shards(tmp_path) == sorted(paths)


def test_folder_that_vanishes_under_a_write_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, opened = tmp_path / "store", Path.open

    def clean_then_open(path: Path, mode: str = "r") -> object:
        monkeypatch.undo()
        folder.rmdir()
        return opened(path, mode)

    monkeypatch.setattr(Path, "open", clean_then_open)
    write_shard(folder, *images_of([b"\1" * 32]))
    assert len(shards(folder)) == 1


def test_shard_that_is_there_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows lets no mapped file be replaced."""
    images = images_of([b"\1" * 32, b"\2" * 32])
    path = write_shard(tmp_path, *images)

    def refuse(_path: Path, _target: Path) -> None:
        raise PermissionError(13, "Access is denied")

    monkeypatch.setattr(Path, "replace", refuse)
    assert write_shard(tmp_path, *images) == path
    path.write_bytes(bytes(path.stat().st_size))
    with pytest.raises(PermissionError):
        write_shard(tmp_path, *images)
    assert list(tmp_path.iterdir()) == [path]


def test_shard_that_another_scan_writes_first_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = images_of([b"\1" * 32, b"\2" * 32])

    def other_first(path: Path, target: Path) -> None:
        target.write_bytes(path.read_bytes())
        raise PermissionError(13, "Access is denied")

    monkeypatch.setattr(Path, "replace", other_first)
    path = write_shard(tmp_path, *images)
    assert list(tmp_path.iterdir()) == [path]


def test_store_that_is_cleaned_under_a_scan_says_again_what_it_is_of(tmp_path: Path) -> None:
    store = Store(tmp_path / "embeddings" / "key", 2, {"model": "m"})
    store.add(*images_of([b"\1" * 32]))
    store.flush()
    (kept,) = kept_stores(tmp_path)
    remove_store(kept)
    store.add(*images_of([b"\2" * 32]))
    store.flush()
    (kept,) = kept_stores(tmp_path)
    assert (kept.model, kept.n_images) == ("m", 1)


def images_of(
    digests: list[bytes],
) -> tuple[NDArray[np.uint8], NDArray[np.void], NDArray[np.float16]]:
    n = len(digests)
    hashes = np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(n, 32)
    return hashes, np.zeros(n, FACTS), np.arange(2 * n, dtype=np.float16).reshape(n, 2)


def test_hashes_that_begin_or_end_alike_are_told_apart(tmp_path: Path) -> None:
    digests = [bytes(31) + bytes([at]) for at in range(3)] + [b"\7" + bytes(31)]
    store = Store(tmp_path, 2)
    store.add(*images_of(digests))
    store.flush()
    store = Store(tmp_path, 2)
    found = [kept and kept[1].tolist() for kept in map(store.get, [*digests, b"\x09" * 32])]
    assert found == [[0, 1], [2, 3], [4, 5], [6, 7], None]


def test_store_without_a_folder_keeps_nothing() -> None:
    store = Store(None, 2)
    store.add(*images_of([b"\1" * 32]))
    store.flush()
    assert store.get(b"\1" * 32) is None


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


@pytest.mark.parametrize("in_memory", [0, 10**9])
@pytest.mark.parametrize("n_threads", [1, 4])
def test_embeddings_on_disk_are_those_in_memory(
    tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch, in_memory: int, n_threads: int
) -> None:
    whole = read(IMAGES, model, None)
    monkeypatch.setattr(row_file_module, "IN_MEMORY", in_memory)
    found = read(IMAGES, model, tmp_path, n_threads=n_threads)
    assert equal(whole, found)
    assert not found[1].vectors.flags.writeable
    base: object = found[1].vectors
    while isinstance(base, np.ndarray) and base.base is not None:
        base = base.base
    assert isinstance(base, bytes) == (in_memory > 0)
    assert len(list(tmp_path.rglob("*.*"))) == 2  # one shard, and what the store is of


ROWS = """
import resource, sys
import numpy as np
from pathlib import Path
from labelaudit.embeddings.row_file import RowFile

used = next(line for line in open("/proc/self/status") if line.startswith("VmData")).split()[1]
resource.setrlimit(resource.RLIMIT_DATA, (int(used) * 1024 + 2**26, -1))
if len(sys.argv) > 2:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), -1))
rows = RowFile(Path(sys.argv[1]), 400_000, 256)
for block in range(100):
    rows.append(np.full((4000, 256), block, dtype=np.float16))
print(sum(float(part.mean()) for part in np.split(rows.mapped(), 100)) / 100)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell")
def test_rows_take_no_memory_of_the_process(tmp_path: Path) -> None:
    """204 MB are written and read where the process may have 64 MB more than at its start."""
    command = [sys.executable, "-c", ROWS, str(tmp_path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert float(done.stdout) == 49.5
    assert list(tmp_path.iterdir()) == []
    done = subprocess.run([*command, "1000000"], check=False, capture_output=True, text=True)
    assert "205 MB of embeddings cannot be written: File too large" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_rows_without_room_are_an_output_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_file_module, "IN_MEMORY", 0)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(OutputError, match="the temporary folder: 8 MB of embeddings cannot"):
        RowFile(tmp_path / "nowhere", 1000, 4096)
