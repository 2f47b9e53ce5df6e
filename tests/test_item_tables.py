"""The rows of items.parquet and issues.parquet, and what a spreadsheet gets of them."""

import csv
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from labelaudit.item_tables import export_table, issue_table, item_table
from labelaudit.manifests import open_dataset
from labelaudit.measures import Ranking
from labelaudit.render.issues import issue_files


def test_every_finding_has_a_row_with_what_a_relabeller_needs(tmp_path: Path) -> None:
    manifest = tmp_path / "items.csv"
    manifest.write_text("path,label\na.png,cat\n=b.png,dog\nc.png,\n", encoding="utf-8")
    for name in ("a.png", "=b.png", "c.png"):
        (tmp_path / name).write_bytes(b"")
    dataset = open_dataset(manifest)
    suspects = Ranking(
        name="suspects",
        title="Suspected",
        items=np.array([1, 0]),
        scores=np.array([-3.5, -1.0]),
        suggested=np.array([0, 1], dtype=np.int32),
        details=("looks like a cat", "looks like a dog"),
    )
    unlabelled = Ranking(name="unlabelled", title="Without label", items=np.array([2]))
    issues = issue_table(dataset, None, [suspects, unlabelled])
    assert issues.column("rule").to_pylist() == ["suspects", "suspects", "unlabelled"]
    assert issues.column("path").to_pylist() == ["=b.png", "a.png", "c.png"]
    assert issues.column("given_label").to_pylist() == ["dog", "cat", None]
    assert issues.column("suggested_label").to_pylist() == ["cat", "dog", None]
    assert issues.column("score").to_pylist() == [-3.5, -1.0, None]
    assert issues.column("evidence").to_pylist() == ["looks like a cat", "looks like a dog", ""]

    items = item_table(dataset, None, {"suggested_label": np.array([1, 0, -1])})
    assert items.column("suggested_label").to_pylist() == ["dog", "cat", None]
    files = issue_files(items, issues)
    rows = list(csv.DictReader(io.StringIO(files["issues.csv"].decode())))
    assert [row["path"] for row in rows] == ["'=b.png", "a.png", "c.png"]
    assert pq.read_table(io.BytesIO(files["issues.parquet"])).num_rows == 3


def test_no_finding_is_a_table_without_rows(tmp_path: Path) -> None:
    manifest = tmp_path / "items.csv"
    manifest.write_text("path,label\na.png,cat\nb.png,dog\n", encoding="utf-8")
    found = issue_table(open_dataset(manifest), None, [])
    assert found.num_rows == 0
    assert "evidence" in found.column_names


def test_exports_have_path_and_hash_in_place_of_the_item(tmp_path: Path) -> None:
    manifest = tmp_path / "items.csv"
    manifest.write_text("path,label\na.png,cat\nb.png,dog\n", encoding="utf-8")
    dataset = open_dataset(manifest)
    table = pa.table({"item": np.array([1, 0]), "votes": [[2, 1], [3]]})
    found = export_table(dataset, None, table)
    assert found.to_pylist() == [
        {"path": "b.png", "content_sha256": None, "votes": [2, 1]},
        {"path": "a.png", "content_sha256": None, "votes": [3]},
    ]
    nothing = issue_table(dataset, None, [])
    files = issue_files(item_table(dataset, None, {}), nothing, {"soft.parquet": found})
    assert sorted(files) == ["issues.csv", "issues.parquet", "items.parquet", "soft.parquet"]
    assert pq.read_table(io.BytesIO(files["soft.parquet"])) == found
