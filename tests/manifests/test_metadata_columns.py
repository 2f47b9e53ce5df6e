"""Columns of a manifest to slice by."""

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from written import KINDS, columns_in, opened

from labelaudit.errors import InputError
from labelaudit.manifests import Options, open_dataset


@pytest.mark.parametrize("suffix", KINDS)
def test_numbers_are_numbers_and_all_else_is_text(tmp_path: Path, suffix: str) -> None:
    file = columns_in(
        tmp_path,
        suffix,
        label=["x", "y", "x"],
        site=["Bern", None, "Chur"],
        code=["01", "02", None],
        age=[41, None, 2.5],
    )
    names = ("code", "age", "site")
    dataset = open_dataset(file, Options(metadata_columns=names))
    assert dataset.metadata is not None
    assert dataset.metadata.schema == pa.schema(
        {"code": pa.string(), "age": pa.float64(), "site": pa.string()}
    )
    assert dataset.metadata.to_pydict() == {
        "code": ["01", "02", None],
        "age": [41, None, 2.5],
        "site": ["Bern", None, "Chur"],
    }
    assert "metadata column 'code', 'age', 'site': as asked for" in dataset.source.why


def test_without_names_there_is_no_metadata(tmp_path: Path) -> None:
    assert opened(tmp_path, "label,site\nx,Bern\n").metadata is None


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (pa.array([True, None]), ["true", None]),
        (pa.array([dt.date(2020, 1, 2), None]), ["2020-01-02", None]),
        (pa.array(["a", "a"]).dictionary_encode(), ["a", "a"]),
        (pa.array([2**60 + 1, 2**60]), ["1152921504606846977", "1152921504606846976"]),
        (pa.array(["9007199254740993", "1"]), ["9007199254740993", "1"]),
        (pa.array([None, None], pa.null()), [None, None]),
        (pa.array([float("nan"), 1.0]), [None, 1.0]),
        (pa.array([" 1", "2 "]), [1.0, 2.0]),
        (pa.array([1e20, 2.0]), [1e20, 2.0]),
        (pa.array(["1e+20", "2.0"]), [1e20, 2.0]),
        (pa.array(["1e999", "2.0"]), ["1e999", "2.0"]),
        (pa.array(["0", "0.5"]), [0.0, 0.5]),
        (pa.array([2, None]).cast(pa.decimal128(22, 2)), [2.0, None]),
        (pa.array([2**54, None]).cast(pa.decimal128(22, 0)), ["18014398509481984", None]),
    ],
)
def test_what_a_column_may_hold(tmp_path: Path, cells: pa.Array, found: list[object]) -> None:
    pq.write_table(pa.table({"label": ["x", "y"], "other": cells}), tmp_path / "a.parquet")
    dataset = open_dataset(tmp_path / "a.parquet", Options(metadata_columns=("other",)))
    assert dataset.metadata is not None
    assert dataset.metadata["other"].to_pylist() == found


@pytest.mark.parametrize(
    "said", [{}, {"split_column": "split", "group_column": "group", "image_column": "path"}]
)
def test_a_column_keeps_its_role(tmp_path: Path, said: dict[str, str]) -> None:
    names = ("split", "group", "path", "label")
    dataset = opened(
        tmp_path,
        "path,label,split,group\na.png,x,train,p1\n",
        metadata_columns=names,
        **said,
    )
    assert dataset.split(0) == "train"
    assert dataset.paths.to_pylist() == ["a.png"]
    assert dataset.label_text(0) == "x"
    assert dataset.groups is not None
    assert dataset.metadata is not None
    row = {"split": "train", "group": "p1", "path": "a.png", "label": "x"}
    assert dataset.metadata.to_pylist() == [row]


def test_what_is_named_to_slice_by_is_no_annotator(tmp_path: Path) -> None:
    text = "label,annotator_age,annotator_site\nx,41,Bern\n"
    names = ("annotator_age", "annotator_site")
    assert opened(tmp_path, text).annotations is not None
    dataset = opened(tmp_path, text, metadata_columns=names)
    assert dataset.annotations is None
    assert dataset.class_names == ("x",)


def test_infinity_is_told(tmp_path: Path) -> None:
    file = columns_in(tmp_path, ".parquet", label=["x", "y"], age=[1.0, float("inf")])
    with pytest.raises(InputError, match="row 2: column 'age': inf is no finite number"):
        open_dataset(file, Options(metadata_columns=("age",)))


def test_an_image_is_nothing_to_slice_by(tmp_path: Path) -> None:
    image = pa.array([{"bytes": b"x", "path": "a"}])
    pq.write_table(pa.table({"image": image, "label": ["x"]}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match="the metadata column 'image' holds images"):
        open_dataset(tmp_path / "a.parquet", Options(metadata_columns=("image",)))
