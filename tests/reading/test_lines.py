"""The line of a manifest that each item stands on, whatever its cells hold."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelaudit.item_tables import item_table
from labelaudit.manifests import Options, open_dataset
from labelaudit.reading.table_files import read_rows

CELL = st.text(st.sampled_from('ab,"\n\r é;'), max_size=6)
ENDS = st.sampled_from(["\n", "\r\n"])


def written(rows: list[list[str]], end: str, blanks: list[int]) -> tuple[bytes, list[int]]:
    """Return a CSV file with blank lines before some rows, and the line of each row."""
    text, lines = f"path,label{end}", []
    for number, row in enumerate(rows):
        text += end * blanks[number]
        lines.append(1 + text.replace("\r\n", "\n").replace("\r", "\n").count("\n"))
        out = io.StringIO()
        csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL).writerow(row)
        text += out.getvalue()
    return text.encode(), lines


@settings(deadline=None, max_examples=200)
@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=6), ENDS, st.data())
def test_each_row_has_its_line(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], end: str, data: st.DataObject
) -> None:
    blanks = data.draw(st.lists(st.integers(0, 2), min_size=len(rows), max_size=len(rows)))
    content, wanted = written(rows, end, blanks)
    file = tmp_path_factory.mktemp("rows") / "items.csv"
    file.write_bytes(content)
    read = read_rows(file, lambda _: True)
    lines = read.lines()
    assert lines is not None
    assert lines.tolist() == wanted
    assert read.locate(range(len(rows))) == [f"line {line}" for line in wanted]


@pytest.mark.parametrize("end", [b"\n", b""])
@pytest.mark.parametrize("separator", [b"\n", b"\r\n", b"\r"])
def test_plain_rows_follow_one_another(tmp_path: Path, separator: bytes, end: bytes) -> None:
    file = tmp_path / "items.tsv"
    file.write_bytes(separator.join([b"path\tlabel", b"a\tx", b"b\ty", b"c\tx"]) + end)
    lines = read_rows(file, lambda _: True).lines()
    assert lines is not None
    assert lines.tolist() == [2, 3, 4]


def test_lines_of_json_that_are_empty_count_and_hold_no_item(tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    items = [json.dumps({"path": name, "label": "x"}) for name in "abc"]
    file.write_text("\n\n".join(items), encoding="utf-8")
    assert lines_of(file) == [1, 3, 5]


def test_a_folder_with_one_table_has_its_lines_and_with_two_none(tmp_path: Path) -> None:
    for name in ("train", "test"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.png").write_bytes(b"")
        header = "file_name,label\n" if name == "train" else "file_name,label\n\n"
        (tmp_path / name / "metadata.csv").write_text(f"{header}a.png,x\n", encoding="utf-8")
    assert lines_of(tmp_path) is None
    assert lines_of(tmp_path / "train") == [2]
    assert lines_of(tmp_path / "test") == [3]


def test_an_item_of_several_rows_stands_where_it_comes_first(tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    rows = ["path,label,annotator", "b,x,1", "a,x,1", "b,x,2", "a,y,2"]
    file.write_text("\n".join(rows), encoding="utf-8")
    dataset = open_dataset(file, Options(annotator_columns=("annotator",)))
    assert dataset.paths.to_pylist() == ["b", "a"]
    assert dataset.lines is not None
    assert dataset.lines.tolist() == [2, 3]


def test_what_has_no_lines_has_none(tmp_path: Path) -> None:
    pq.write_table(pa.table({"path": ["a"], "label": ["x"]}), tmp_path / "items.parquet")
    assert lines_of(tmp_path / "items.parquet") is None
    for name in ("cats", "dogs"):
        (tmp_path / "folders" / name).mkdir(parents=True)
        (tmp_path / "folders" / name / "1.png").write_bytes(b"")
    assert lines_of(tmp_path / "folders") is None


def test_the_table_of_items_has_the_lines(tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    file.write_text('path,label\n"a\nb",x\n\nc,y\n', encoding="utf-8")
    assert item_table(open_dataset(file), None, {})["line"].to_pylist() == [2, 5]


def lines_of(path: Path) -> list[int] | None:
    lines = open_dataset(path).lines
    assert lines is None or lines.dtype == np.int64
    return None if lines is None else lines.tolist()
