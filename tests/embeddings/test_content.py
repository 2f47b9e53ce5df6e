import re
import warnings
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pictures import bomb, encoded, oriented, picture
from small_scans import IMAGES, RNG, Memory, dataset_of, equal, read
from tiny_models import node, write_model

import labelaudit.embeddings.content as content_module
import labelaudit.embeddings.pipeline as pipeline_module
from labelaudit.embeddings.content import read_content, store_for
from labelaudit.embeddings.images.decode import Oddity, Status
from labelaudit.embeddings.models.model import Model, load_model
from labelaudit.errors import ModelError
from labelaudit.progress import silent
from labelaudit.reading.media import ArrayRows, ParquetCells


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load_model(write_model(tmp_path_factory.mktemp("model") / "m.onnx"), "cpu")


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


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (MemoryError(), "cannot be opened: it does not fit into memory"),
        (pa.ArrowInvalid("a page is cut"), "cannot be opened: a page is cut"),
        (pa.ArrowException("corrupt\nsnappy"), "cannot be opened: corrupt snappy"),
    ],
)
def test_bytes_that_cannot_be_had_are_unreadable_for_their_reason(
    error: Exception, reason: str
) -> None:
    class Failing:
        def read(self, item: int) -> bytes:
            if item == 3:
                raise error
            return IMAGES[item]

    content, _, _ = read_content(
        dataset_of(Failing(), 9), None, store_for(None, None), n_threads=1, progress=silent
    )
    assert content.reasons == {3: reason}
    assert content.status[3] == Status.MISSING


@pytest.mark.parametrize("package", ["pillow", "pydicom"])
def test_another_decoder_knows_nothing(
    tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    for made_by in (model, None):
        before = store_for(tmp_path, made_by).folder
        assert store_for(tmp_path, made_by).folder == before
        with monkeypatch.context() as patched:
            patched.setattr(
                content_module, "version", lambda name: "0.1" if name == package else "1"
            )
            one = store_for(tmp_path, made_by).folder
            patched.setattr(content_module, "version", lambda _name: "1")
            assert len({before, one, store_for(tmp_path, made_by).folder}) == 3


def test_facts_are_kept_without_pydicom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        if name == "pydicom":
            raise PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr(content_module, "version", missing)
    assert store_for(tmp_path, None).folder is not None


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


@pytest.mark.parametrize(("value", "said"), [(1e6, "1e+06"), (1e-7, "1e-07")])
def test_numbers_that_half_precision_has_no_digits_for_are_refused(
    tmp_path: Path, value: float, said: str
) -> None:
    """Cut at 65,504, or rounded to 0, an embedding would be another one."""
    nodes = (node("Flatten", "images", "flat", axis=1), node("Mul", "flat", "w", "embeddings"))
    weights = {"w": np.full(192, value, dtype=np.float32)}
    path = write_model(tmp_path / "m.onnx", nodes, weights=weights)
    white = encoded(np.full((9, 12, 3), 255, dtype=np.uint8))
    with pytest.raises(ModelError, match="for image 2, counted from 0, is " + re.escape(said)):
        read([encoded(np.zeros((9, 12, 3), np.uint8))] * 2 + [white], load_model(path, "cpu"), None)


def test_images_embedded_before_a_failure_are_kept(
    tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline_module, "CHUNK", 8)

    def interrupt(stage: str, done: int, total: int) -> None:
        assert (stage, total) == ("reading images", 100)
        if done >= 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read(IMAGES, model, tmp_path, progress=interrupt)
    assert read(IMAGES, model, tmp_path)[2] == 40


def test_what_ended_a_scan_is_raised_though_the_cache_cannot_be_written(
    tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(stage: str, done: int, total: int) -> None:
        assert (stage, done, total) == ("reading images", 16, 100)
        monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read(IMAGES, model, tmp_path, progress=interrupt)


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


def test_a_store_of_another_layout_is_another_store(
    tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(content_module, "LAYOUT", "facts-1")
        read(IMAGES, model, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert read(IMAGES, model, tmp_path)[2] == 0
    assert read(IMAGES, model, tmp_path)[2] == 100
    assert all(path.read_bytes() == data for path, data in before.items())


def test_how_images_look_is_kept_with_the_bytes_of_their_files(
    tmp_path: Path, model: Model
) -> None:
    for _ in range(2):
        content, _, _ = read([*IMAGES[:3], b""], model, tmp_path)
        assert content.looks is not None
        assert content.n_bytes is not None
        assert content.n_bytes.tolist() == [*map(len, IMAGES[:3]), 0]
        assert (content.looks["entropy"][:3] > 0).all()
        assert content.looks["entropy"][3] == 0
