import warnings
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from labelaudit.dataset import Dataset, LabelStates, Source
from labelaudit.embeddings.user_files import read_embeddings, read_pred_probs
from labelaudit.errors import InputError

PATHS = ["b.png", "a.png", "c.png", "d.png"]
VECTORS = np.arange(12, dtype=np.float32).reshape(4, 3)
PROBS = np.array([[0.5, 0.5, 0], [0.2, 0.3, 0.5], [1, 0, 0], [0.1, 0.1, 0.8]], dtype=np.float32)


def made_dataset() -> Dataset:
    return Dataset(
        name="items",
        task="multiclass",
        class_names=("ant", "bee", "cow"),
        paths=pa.array(PATHS, pa.large_string()),
        labels=np.array([0, 1, 2, -1], dtype=np.int32),
        splits=np.full(4, -1, dtype=np.int32),
        media=None,
        source=Source(format="test", why=(), found=4),
    )


@pytest.fixture
def dataset() -> Dataset:
    return made_dataset()


def saved(folder: Path, array: NDArray[np.generic]) -> Path:
    np.save(folder / "array.npy", array)
    return folder / "array.npy"


def table(folder: Path, **columns: object) -> Path:
    pq.write_table(pa.table(columns), folder / "table.parquet")
    return folder / "table.parquet"


def refused(path: Path, dataset: Dataset) -> InputError:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InputError) as raised:
            read_embeddings(path, dataset)
    assert raised.value.message.startswith(f"--embeddings {path}: ") or str(path) in str(raised)
    return raised.value


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "int8", ">f4"])
def test_array_is_taken_as_it_is(tmp_path: Path, dataset: Dataset, kind: str) -> None:
    found = read_embeddings(saved(tmp_path, VECTORS.astype(kind)), dataset)
    assert np.array_equal(found.vectors, VECTORS)
    assert found.present.all()
    assert found.model == "array.npy"
    assert len(found.model_sha256) == 64


@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (4,), (4, 3, 1), (4, 0), ()])
def test_array_of_another_shape_is_refused(
    tmp_path: Path, dataset: Dataset, shape: tuple[int, ...]
) -> None:
    error = refused(saved(tmp_path, np.zeros(shape, dtype=np.float32)), dataset)
    assert f"shape {shape} for 4 items; expected (4, n_features)" in error.message


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
def test_rows_that_hold_no_numbers_are_named(
    tmp_path: Path, dataset: Dataset, value: float
) -> None:
    vectors = VECTORS.astype(np.float64)
    vectors[[1, 3], 2] = value
    error = refused(saved(tmp_path, vectors), dataset)
    assert "2 rows hold NaN, infinity or a number beyond 1e15" in error.message
    assert error.details == ("row 1", "row 3")


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.array([[{}]] * 4, dtype=object), "not a NumPy array"),
        (np.array([["1"]] * 4), "an array of <U1, not of numbers"),
        (np.zeros((4, 2), dtype=bool), "an array of bool, not of numbers"),
        (np.zeros((4, 2), dtype=complex), "an array of complex128, not of numbers"),
        (np.zeros(4, dtype=[("a", "f4")]), "not of numbers"),
    ],
)
def test_array_of_anything_but_numbers_is_refused(
    tmp_path: Path, dataset: Dataset, array: NDArray[np.generic], words: str
) -> None:
    error = refused(saved(tmp_path, array), dataset)
    assert words in error.message
    assert "numpy.save" in error.hint


def test_archive_of_arrays_is_refused(tmp_path: Path, dataset: Dataset) -> None:
    for name in ("a.npz", "a.npy"):
        with (tmp_path / name).open("wb") as file:
            np.savez(file, vectors=VECTORS)
        assert "an archive (.npz), not one array" in refused(tmp_path / name, dataset).message


@pytest.mark.parametrize("name", ["no.npy", "no.parquet"])
def test_missing_file_is_said(tmp_path: Path, dataset: Dataset, name: str) -> None:
    assert "there is no such file" in refused(tmp_path / name, dataset).message
    (tmp_path / name).mkdir()
    assert "not a" in refused(tmp_path / name, dataset).message


@settings(max_examples=100, deadline=None)
@given(
    data=st.binary(max_size=40), magic=st.sampled_from([b"", b"\x93NUMPY\x01\x00", b"PK", b"PAR1"])
)
def test_any_bytes_are_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, magic: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp()
    for name in ("bytes.npy", "bytes.parquet"):
        (folder / name).write_bytes(magic + data)
        refused(folder / name, made_dataset())


@pytest.mark.parametrize(
    "kind", [pa.list_(pa.float32()), pa.list_(pa.float64(), 3), pa.large_list(pa.int16())]
)
def test_list_column_is_taken_in_order(tmp_path: Path, dataset: Dataset, kind: pa.DataType) -> None:
    path = table(tmp_path, vector=pa.array(VECTORS.astype(int).tolist(), kind))
    assert np.array_equal(read_embeddings(path, dataset).vectors, VECTORS)


def test_columns_of_numbers_are_taken_in_order(tmp_path: Path, dataset: Dataset) -> None:
    columns = {f"f{at}": VECTORS[:, at] for at in range(3)}
    found = read_embeddings(table(tmp_path, **columns), dataset)
    assert found.vectors.dtype == np.float32
    assert np.array_equal(found.vectors, VECTORS)


@pytest.mark.parametrize("chunks", [1, 5])
def test_rows_are_joined_by_path(tmp_path: Path, dataset: Dataset, chunks: int) -> None:
    order = [2, 0, 3, 1]
    columns = {
        "path": [PATHS[at] for at in order] + ["not an item"],
        "vector": [VECTORS[at].tolist() for at in order] + [[9.0, 9.0, 9.0]],
    }
    pq.write_table(
        pa.table(columns),
        tmp_path / "t.parquet",
        row_group_size=-(-5 // chunks),
        use_dictionary=True,
    )
    assert np.array_equal(read_embeddings(tmp_path / "t.parquet", dataset).vectors, VECTORS)


def test_folder_named_like_a_partition_adds_no_column(tmp_path: Path, dataset: Dataset) -> None:
    path = tmp_path / "x=7" / "T.PARQUET"
    path.parent.mkdir()
    pq.write_table(pa.table({"path": PATHS, "f": [0.0, 1, 2, 3]}), path)
    assert read_embeddings(path, dataset).vectors.tolist() == [[0], [1], [2], [3]]


def test_items_without_a_row_are_named(tmp_path: Path, dataset: Dataset) -> None:
    path = table(tmp_path, path=["a.png", None, "d.png"], f=[1.0, 2, 3])
    error = refused(path, dataset)
    assert "2 items have no row" in error.message
    assert error.details == ("b.png", "c.png")


def test_path_with_two_rows_is_refused(tmp_path: Path, dataset: Dataset) -> None:
    path = table(tmp_path, path=[*PATHS, "c.png"], f=[1.0, 2, 3, 4, 5])
    error = refused(path, dataset)
    assert "1 paths have more than one row" in error.message
    assert error.details == ("c.png",)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"v": [[1.0], [2.0], [3.0]]}, "shape (3, 1) for 4 items"),
        ({"v": [[1.0], [2.0], [3.0], [4.0, 5.0]]}, "the lists differ in length"),
        ({"v": [[1.0], [2.0], [3.0], None]}, "the lists differ in length"),
        ({"v": [[1.0], [2.0], [3.0], [None]]}, "1 rows hold NaN"),
        ({"v": [[], [], [], []]}, "holds lists of null"),
        ({"v": pa.array([[]] * 4, pa.list_(pa.float32()))}, "shape (4, 0) for 4 items"),
        ({"v": pa.array([], pa.list_(pa.float32()))}, "shape (0, 0) for 4 items"),
        ({"v": [["a"], ["b"], ["c"], ["d"]]}, "holds lists of string, not of numbers"),
        ({"v": [[[1.0]]] * 4}, "holds lists of list"),
        ({"v": [1.0, 2.0, None, 4.0]}, "1 rows hold NaN"),
        ({"v": [1e300, 2.0, 3.0, 4.0]}, "beyond 1e15"),
        ({"v": ["1.5"] * 4}, "found columns v (string)"),
        ({"v": [True] * 4}, "found columns v (bool)"),
        ({"v": [{"x": 1.0}] * 4}, "found columns v (struct"),
        ({"v": [[1.0]] * 4, "w": [[1.0]] * 4}, "found columns v (list"),
        ({"v": [1.0] * 4, "label": ["x"] * 4}, "label (string)"),
        ({"path": PATHS}, "found columns none"),
        ({"path": [[1]] * 4, "v": [1.0] * 4}, "column path: "),
    ],
)
def test_table_that_holds_no_vectors_is_refused(
    tmp_path: Path, dataset: Dataset, columns: dict[str, object], words: str
) -> None:
    assert words in refused(table(tmp_path, **columns), dataset).message


def test_file_of_another_kind_is_refused(tmp_path: Path, dataset: Dataset) -> None:
    for name in ("a.npy", "a.parquet"):
        (tmp_path / name).write_bytes(b"1,2,3\n")
        assert "not a" in refused(tmp_path / name, dataset).message


def refused_probs(folder: Path, dataset: Dataset, probs: NDArray[np.generic]) -> InputError:
    with pytest.raises(InputError) as raised:
        read_pred_probs(saved(folder, probs), dataset)
    return raised.value


def test_probabilities_are_taken_as_they_are(tmp_path: Path, dataset: Dataset) -> None:
    rounded = PROBS + np.array([1e-7, -1e-7, 0], dtype=np.float32)
    for probs in (PROBS, PROBS.astype(np.float16), PROBS.astype(np.float64), rounded):
        assert np.array_equal(read_pred_probs(saved(tmp_path, probs), dataset), probs)


def test_logits_are_refused(tmp_path: Path, dataset: Dataset) -> None:
    error = refused_probs(tmp_path, dataset, np.log(PROBS + 0.1) * 5)
    assert "4 rows hold NaN or leave [0, 1]" in error.message
    assert "not logits" in error.hint
    assert error.details[0].startswith("row 0: [")


def test_probabilities_that_are_none_are_refused(tmp_path: Path, dataset: Dataset) -> None:
    unknown = PROBS.copy()
    unknown[2, 1] = np.nan
    assert "1 rows hold NaN" in refused_probs(tmp_path, dataset, unknown).message
    error = refused_probs(tmp_path, dataset, PROBS * np.array([[1], [0.9], [1], [0.5]]))
    assert "2 rows do not sum to 1" in error.message
    assert error.details == ("row 1: the sum is 0.9", "row 3: the sum is 0.5")


def test_probabilities_of_other_classes_are_refused(tmp_path: Path, dataset: Dataset) -> None:
    error = refused_probs(tmp_path, dataset, np.full((4, 2), 0.5))
    assert "2 columns for 3 classes" in error.message
    assert "in the order ant, bee, cow" in error.hint
    assert "expected (4, 3)" in refused_probs(tmp_path, dataset, PROBS[:3]).message


def test_probabilities_of_several_labels_are_refused(tmp_path: Path, dataset: Dataset) -> None:
    states = LabelStates(
        indptr=np.zeros(5, dtype=np.int64),
        indices=np.empty(0, dtype=np.int32),
        states=np.empty(0, dtype=np.int8),
        labelled=np.ones(4, dtype=bool),
    )
    several = Dataset(
        name="items",
        task="multilabel",
        class_names=dataset.class_names,
        paths=dataset.paths,
        labels=np.full(4, -1, dtype=np.int32),
        label_states=states,
        splits=dataset.splits,
        media=None,
        source=dataset.source,
    )
    assert "several labels" in refused_probs(tmp_path, several, PROBS).message
