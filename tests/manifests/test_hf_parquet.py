"""Hugging Face Parquet: shards, declared classes, images that stay where they are."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labelaudit.dataset import Dataset
from labelaudit.errors import InputError
from labelaudit.manifests import Options, open_dataset

IMAGE = pa.struct({"bytes": pa.binary(), "path": pa.string()})
NAMES = ["cat", "dog", "emu"]
LABEL = {"names": NAMES, "_type": "ClassLabel"}


def write(file: Path, features: dict[str, Any] | None = None, **columns: object) -> Path:
    """Write one file whose images are their own numbers, unless given."""
    arrays = {
        name: column if isinstance(column, pa.Array) else pa.array(column)
        for name, column in columns.items()
    }
    length = len(next(iter(arrays.values())))
    if "image" not in arrays:
        cells = [{"bytes": b"%s %d" % (file.stem.encode(), i), "path": None} for i in range(length)]
        arrays = {"image": pa.array(cells, IMAGE)} | arrays
    table = pa.table(arrays)
    if features is not None:
        metadata = json.dumps({"info": {"features": features}})
        table = table.replace_schema_metadata({"huggingface": metadata})
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, file, row_group_size=2)
    return file


def labels(dataset: Dataset) -> list[str | list[str] | None]:
    return [dataset.label_text(item) for item in range(dataset.n_samples)]


@pytest.mark.parametrize("folder", ["", "data"])
def test_shards_make_splits_and_items_are_named_by_their_row(tmp_path: Path, folder: str) -> None:
    where = tmp_path / folder
    write(where / "train-00000-of-00002.parquet", {"label": LABEL}, label=[0, 1, 2])
    write(where / "train-00001-of-00002.parquet", {"label": LABEL}, label=[1, -1])
    write(where / "val-00000-of-00001.parquet", {"label": LABEL}, label=[None, 0])
    dataset = open_dataset(tmp_path)
    assert dataset.source.format == "hf_parquet"
    assert dataset.class_names == tuple(NAMES)
    assert labels(dataset) == ["cat", "dog", "emu", "dog", None, None, "cat"]
    assert dataset.paths.to_pylist() == [
        *(f"train/0000000{row}" for row in range(5)),
        *(f"val/0000000{row}" for row in range(2)),
    ]
    assert dataset.split_names == ("train", "validation")
    assert dataset.splits.tolist() == [0] * 5 + [1] * 2
    assert dataset.media is not None
    assert [dataset.media.read(item).decode() for item in (4, 6, 0, 3)] == [
        "train-00001-of-00002 1",
        "val-00000-of-00001 1",
        "train-00000-of-00002 0",
        "train-00001-of-00002 0",
    ]
    assert "one label an item: 3 classes declared by the file: cat, dog, emu" in dataset.source.why


def test_one_file_is_read_alone(tmp_path: Path) -> None:
    file = write(tmp_path / "train-00003-of-00008.parquet", {"label": LABEL}, label=[0])
    dataset = open_dataset(file)
    assert dataset.split_names == ("train",)
    assert open_dataset(write(tmp_path / "birds.parquet", label=["owl"])).split_names == ()
    assert open_dataset(write(tmp_path / "dev.parquet", label=["owl"])).split_names == (
        "validation",
    )


def test_missing_shards_are_an_error(tmp_path: Path) -> None:
    for number in (0, 2):
        write(tmp_path / f"train-0000{number}-of-00004.parquet", label=["a"])
    with pytest.raises(InputError, match="2 shards are missing") as error:
        open_dataset(tmp_path)
    assert error.value.details == ("train-00001-of-00004.parquet", "train-00003-of-00004.parquet")


def test_two_places_for_shards_are_an_error(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", label=["a"])
    write(tmp_path / "data/a.parquet", label=["a"])
    with pytest.raises(InputError, match=r"in it and in its data/"):
        open_dataset(tmp_path)


def test_paths_of_cells_are_kept_and_the_rest_named(tmp_path: Path) -> None:
    cells = [{"bytes": b"x", "path": "a/b.png"}, {"bytes": b"y", "path": None}, None]
    file = write(tmp_path / "x.parquet", image=pa.array(cells, IMAGE), label=["a", "b", "c"])
    dataset = open_dataset(file)
    assert dataset.paths.to_pylist() == ["a/b.png", "row/00000001", "row/00000002"]
    assert dataset.media is not None
    assert dataset.media.read(1) == b"y"
    with pytest.raises(FileNotFoundError):
        dataset.media.read(2)


def test_cells_without_any_bytes_name_files_beside_the_table(tmp_path: Path) -> None:
    (tmp_path / "img").mkdir()
    (tmp_path / "img/a.png").write_bytes(b"a")
    cells = pa.array([{"bytes": None, "path": "./img/a.png"}], IMAGE)
    dataset = open_dataset(write(tmp_path / "x.parquet", image=cells, label=["a"]))
    assert dataset.paths.to_pylist() == ["img/a.png"]
    assert dataset.media is not None
    assert dataset.media.read(0) == b"a"
    cells = pa.array([{"bytes": None, "path": "../a.png"}], IMAGE)
    with pytest.raises(InputError, match="leaves the folder"):
        open_dataset(write(tmp_path / "x.parquet", image=cells, label=["a"]))


@pytest.mark.parametrize(
    "feature",
    [
        {"feature": LABEL, "_type": "Sequence"},
        {"feature": LABEL, "_type": "List"},
        {"feature": LABEL, "length": -1, "_type": "LargeList"},
        [LABEL],
    ],
)
def test_lists_of_class_labels_are_several_labels(tmp_path: Path, feature: object) -> None:
    column = pa.array([[2, 0], [], None, [1, 1]])
    dataset = open_dataset(write(tmp_path / "x.parquet", {"labels": feature}, labels=column))
    assert dataset.task == "multilabel"
    assert labels(dataset) == [["cat", "emu"], [], None, ["dog"]]
    assert "1 labels stand twice in one list and count once" in dataset.source.why


def test_without_declared_classes_labels_are_read_as_in_a_table(tmp_path: Path) -> None:
    assert labels(open_dataset(write(tmp_path / "x.parquet", label=["b", None]))) == ["b", None]
    file = write(tmp_path / "x.parquet", {"image": {"_type": "Image"}}, label=[-1, 3])
    with pytest.raises(InputError, match="-1 may mean unlabelled or be a class"):
        open_dataset(file)
    options = Options(label_states={"-1": "unlabelled"})
    assert labels(open_dataset(file, options)) == [None, "3"]


def test_two_declared_label_columns_are_not_clear(tmp_path: Path) -> None:
    features = {"fine_label": LABEL, "coarse_label": LABEL}
    file = write(tmp_path / "x.parquet", features, fine_label=[0], coarse_label=[1])
    with pytest.raises(InputError, match="could be 'fine_label', 'coarse_label'"):
        open_dataset(file)
    assert labels(open_dataset(file, Options(label_columns=("fine_label",)))) == ["cat"]


def test_two_image_columns_are_not_clear(tmp_path: Path) -> None:
    cells = pa.array([{"bytes": b"left", "path": "l.png"}], IMAGE)
    file = write(tmp_path / "x.parquet", left=cells, image=cells, label=["a"])
    with pytest.raises(InputError, match="could be 'left', 'image'"):
        open_dataset(file)
    assert open_dataset(file, Options(image_column="left")).paths.to_pylist() == ["l.png"]


@pytest.mark.parametrize("wrong", [3, -2, 2**40])
def test_numbers_beyond_the_declared_classes_are_refused(tmp_path: Path, wrong: int) -> None:
    with pytest.raises(InputError, match="row 2: column 'label': a number that is none of the 3"):
        open_dataset(write(tmp_path / "x.parquet", {"label": LABEL}, label=[0, wrong]))
    feature = {"feature": LABEL, "_type": "List"}
    with pytest.raises(InputError, match="row 2"):
        open_dataset(write(tmp_path / "x.parquet", {"label": feature}, label=[[0], [1, wrong]]))


def test_a_problem_names_its_file(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", {"label": LABEL}, label=[0, 1])
    write(tmp_path / "b.parquet", {"label": LABEL}, label=[0, 9])
    with pytest.raises(InputError) as error:
        open_dataset(tmp_path)
    assert error.value.details[0].startswith("b.parquet: row 2: ")


def test_files_that_declare_different_classes_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", {"label": LABEL}, label=[0])
    write(tmp_path / "b.parquet", {"label": LABEL | {"names": NAMES[::-1]}}, label=[0])
    with pytest.raises(InputError, match=r"b\.parquet declares other classes"):
        open_dataset(tmp_path)


@pytest.mark.parametrize(
    "features",
    [{"label": LABEL | {"names": ["a", "a"]}}, [], None, {"label": LABEL | {"names": "ab"}}],
)
def test_damaged_declarations_are_refused(tmp_path: Path, features: Any) -> None:  # noqa: ANN401 - any JSON
    file = write(tmp_path / "x.parquet", {"x": 1}, label=[0])
    table = pq.read_table(file).replace_schema_metadata(
        {"huggingface": json.dumps({"info": {"features": features}})}
    )
    pq.write_table(table, file)
    with pytest.raises(InputError, match="huggingface metadata of the schema is damaged"):
        open_dataset(file)


def test_annotators_that_declare_the_same_classes(tmp_path: Path) -> None:
    features = {"label": LABEL, "annotator_1": LABEL, "annotator_2": LABEL}
    file = write(
        tmp_path / "x.parquet", features, label=[0, 1], annotator_1=[0, -1], annotator_2=[2, 1]
    )
    annotations = open_dataset(file).annotations
    assert annotations is not None
    assert annotations.to_pydict() == {
        "item": [0, 0, 1],
        "annotator": ["annotator_1", "annotator_2", "annotator_2"],
        "label": [0, 2, 1],
    }


def test_a_table_without_images_is_no_hf_parquet(tmp_path: Path) -> None:
    pq.write_table(pa.table({"path": ["a.png"], "label": ["x"]}), tmp_path / "x.parquet")
    assert open_dataset(tmp_path / "x.parquet").source.format == "table"
    with pytest.raises(InputError, match="no column of bytes and path; found path, label"):
        open_dataset(tmp_path / "x.parquet", Options(format="hf_parquet"))


def test_a_truncated_shard_is_an_error_that_names_it(tmp_path: Path) -> None:
    file = write(tmp_path / "train-00000-of-00001.parquet", label=["a"])
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"train-00000-of-00001\.parquet: not a Parquet file"):
        open_dataset(tmp_path)


def test_a_table_without_rows_is_an_error(tmp_path: Path) -> None:
    file = write(tmp_path / "x.parquet", label=pa.array([], pa.string()))
    with pytest.raises(InputError, match="there are no rows"):
        open_dataset(file)


def test_annotators_that_declare_other_classes_are_refused(tmp_path: Path) -> None:
    columns = {"label": [0], "annotator_1": [0], "annotator_2": [1]}
    file = write(tmp_path / "x.parquet", {"label": LABEL, "annotator_1": LABEL}, **columns)
    with pytest.raises(InputError, match="'annotator_2' do not declare the classes of 'label'"):
        open_dataset(file)


@pytest.mark.parametrize(
    ("feature", "column", "expected"),
    [
        (LABEL, ["cat"], "declares classes and holds text"),
        ([LABEL], [[0, None]], "a label in the list is missing"),
        (LABEL, [0.0], "declares classes and holds double"),
    ],
)
def test_cells_that_are_no_class_numbers_are_refused(
    tmp_path: Path, feature: object, column: list[object], expected: str
) -> None:
    with pytest.raises(InputError, match=expected):
        open_dataset(write(tmp_path / "x.parquet", {"label": feature}, label=column))


def test_options_that_contradict_the_declaration_are_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "x.parquet", {"label": LABEL}, label=[-1])
    assert labels(open_dataset(file, Options(label_states={"-1": "unlabelled"}))) == [None]
    with pytest.raises(InputError, match="declares its own classes"):
        open_dataset(file, Options(label_states={"-1": "positive"}))


def test_many_threads_read_the_bytes_that_one_reads(tmp_path: Path) -> None:
    media = open_dataset(write(tmp_path / "x.parquet", label=["a"] * 40)).media
    assert media is not None
    order = [item * 7 % 40 for item in range(200)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(media.read, order))
    assert found == [b"x %d" % item for item in order]
