"""Labels that are numbers: from every kind of manifest that has columns."""

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from written import KINDS, columns_in, labels, opened

from labelaudit.dataset import digest
from labelaudit.errors import InputError
from labelaudit.item_tables import issue_table, item_table
from labelaudit.manifests import Options, open_dataset
from labelaudit.measures import Ranking

AGES = [41, None, 2.5, -3, 1e-7]


@pytest.mark.parametrize("suffix", KINDS)
def test_a_target_column_makes_numbers_of_labels(tmp_path: Path, suffix: str) -> None:
    paths: list[object] = [f"{at}.png" for at in range(5)]
    file = columns_in(tmp_path, suffix, path=paths, age=list(AGES), label=["x"] * 5)
    dataset = open_dataset(file, Options(target_column="age"))
    assert dataset.task == "regression"
    assert dataset.class_names == ()
    assert dataset.targets is not None
    assert dataset.targets.dtype == np.float64
    np.testing.assert_array_equal(dataset.targets, [41, np.nan, 2.5, -3, 1e-7])
    assert labels(dataset) == ["41.0", None, "2.5", "-3.0", "1e-07"]
    assert (dataset.labels == -1).all()
    assert dataset.labelled.tolist() == [True, False, True, True, True]
    assert "one number an item: 4 of 5 have one, from -3 to 41" in dataset.source.why
    assert "columns that were not read: 'label'" in dataset.source.why


def test_the_digest_is_that_of_the_numbers_whatever_wrote_them(tmp_path: Path) -> None:
    none = np.zeros((5, 32), dtype=np.uint8)
    found = set()
    for suffix in KINDS:
        file = columns_in(tmp_path, suffix, id=list("abcde"), age=list(AGES))
        found.add(digest(open_dataset(file, Options(target_column="age")), none))
    assert len(found) == 1
    file = columns_in(
        tmp_path, ".csv", id=list("abcde"), age=["+41.0", " ", "25e-1", "-3.", ".1e-6"]
    )
    found.add(digest(open_dataset(file, Options(target_column="age")), none))
    assert len(found) == 1
    file = columns_in(tmp_path, ".csv", id=list("abcde"), age=[41, None, 2.5, -3, 2e-7])
    found.add(digest(open_dataset(file, Options(target_column="age")), none))
    assert len(found) == 2


def test_imagefolder_metadata_has_targets(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    (tmp_path / "metadata.csv").write_text("file_name,age\na.png,7.5\n")
    dataset = open_dataset(tmp_path, Options(target_column="age"))
    assert dataset.source.format == "image_folder"
    assert labels(dataset) == ["7.5"]


@pytest.mark.parametrize("kind", [pa.float32(), pa.int16(), pa.decimal128(9, 2)])
def test_hugging_face_parquet_has_targets(tmp_path: Path, kind: pa.DataType) -> None:
    images = [{"bytes": b"pixels", "path": "a.png"}, {"bytes": b"more", "path": "b.png"}]
    struct = pa.struct({"bytes": pa.binary(), "path": pa.string()})
    age = pa.array([7, None], pa.int16()).cast(kind)
    table = pa.table({"image": pa.array(images, struct), "age": age})
    pq.write_table(table, tmp_path / "train-00000-of-00001.parquet")
    dataset = open_dataset(tmp_path, Options(target_column="age"))
    assert dataset.source.format == "hf_parquet"
    assert labels(dataset) == ["7.0", None]


def test_a_declared_class_is_no_target(tmp_path: Path) -> None:
    images = [{"bytes": b"pixels", "path": "a.png"}]
    struct = pa.struct({"bytes": pa.binary(), "path": pa.string()})
    declared = b'{"info": {"features": {"label": {"_type": "ClassLabel", "names": ["x", "y"]}}}}'
    table = pa.table({"image": pa.array(images, struct), "label": [1]})
    pq.write_table(
        table.replace_schema_metadata({b"huggingface": declared}), tmp_path / "x.parquet"
    )
    with pytest.raises(InputError, match="column 'label' declares classes"):
        open_dataset(tmp_path / "x.parquet", Options(target_column="label"))


def test_cells_are_unlabelled_when_they_are_declared_so(tmp_path: Path) -> None:
    states = {"-1": "unlabelled", "?": "unlabelled"}
    text = "id,age\na,-1\nb,?\nc,-1.0\nd,3\n"
    dataset = opened(tmp_path, text, target_column="age", label_states=states)
    assert labels(dataset) == [None, None, None, "3.0"]
    file = columns_in(tmp_path, ".parquet", id=["a", "b"], age=[-1, 3])
    dataset = open_dataset(file, Options(target_column="age", label_states=states))
    assert labels(dataset) == [None, "3.0"]


def test_infinite_numbers_are_no_targets(tmp_path: Path) -> None:
    file = columns_in(tmp_path, ".parquet", id=["a", "b"], age=[math.inf, math.nan])
    with pytest.raises(InputError, match="row 1: column 'age': inf is no finite number"):
        open_dataset(file, Options(target_column="age"))


def test_no_item_needs_a_target(tmp_path: Path) -> None:
    dataset = opened(tmp_path, "id,age\na,\nb,\n", target_column="age")
    assert labels(dataset) == [None, None]
    assert "one number an item: 0 of 2 have one" in dataset.source.why


def test_zero_has_no_sign(tmp_path: Path) -> None:
    assert labels(opened(tmp_path, "id,age\na,-0\n", target_column="age")) == ["0.0"]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_labels_that_look_like_numbers_are_told_and_never_guessed(
    tmp_path: Path, suffix: str
) -> None:
    numbers: list[object] = [at + 0.5 for at in range(30)]
    file = columns_in(tmp_path, suffix, label=numbers)
    if suffix == ".jsonl":
        with pytest.raises(InputError, match="--target-column"):
            open_dataset(file)
        return
    dataset = open_dataset(file)
    assert dataset.task == "multiclass"
    assert dataset.source.why[-2].endswith("if they are, say --target-column")
    few = columns_in(tmp_path, suffix, label=[*range(30), *(at + 0.5 for at in range(20))])
    assert not any("--target-column" in why for why in open_dataset(few).source.why)


def test_tables_of_items_and_of_findings_hold_the_numbers(tmp_path: Path) -> None:
    dataset = opened(tmp_path, "id,age\na,41\nb,\n", target_column="age")
    items = item_table(dataset, None, {})
    assert items["target"].type == pa.float64()
    assert items["target"].to_pylist() == [41, None]
    assert items["given_label"].to_pylist() == ["41.0", None]
    ranking = Ranking(name="odd", title="Odd", items=np.array([1, 0]))
    assert issue_table(dataset, None, [ranking])["given_label"].to_pylist() == [None, "41.0"]
