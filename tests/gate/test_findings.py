"""What is read of the tables beside a report, and what a finding is told again by."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_up import ISSUES, ITEMS, Item, found, item_table, report, sha

from labelaudit.errors import InputError
from labelaudit.gate.findings import N_OTHERS, fingerprint, found_in, read_found
from labelaudit.gate.items import items_of
from labelaudit.report import Gallery, Report, Sample

DOG = Item("b.png", 1, "cat", "test")


def written(folder: Path, **changed: pa.Table) -> Path:
    """Write the tables of two items with one finding; return where their report would be."""
    row = {"rule": "suspects", "item": 1, "path": "b.png", "evidence": "dog, rather"}
    tables = {
        "items": item_table([Item("a.png", 0, "cat", None), DOG]),
        "issues": pa.Table.from_pylist([row], ISSUES),
    }
    for name, table in (tables | changed).items():
        pq.write_table(table, folder / f"{name}.parquet")
    return folder / "report.json"


def with_gallery(n: int) -> Report:
    """Return a report that lists some suspects, one of them shown."""
    of_two = report()
    shown = Sample(path="b.png", decoded_sha256=sha(1))
    gallery = Gallery(name="suspects", title="", samples=(shown,), omitted=n - 1)
    (noise,) = of_two.measures
    return replace(of_two, measures=(replace(noise, galleries=(gallery,)),))


def test_a_finding_says_where_what_and_why(tmp_path: Path) -> None:
    read = read_found(written(tmp_path), with_gallery(1))
    assert read is not None
    (one,) = read.findings
    assert (one.rule, one.path, one.split, one.line) == ("suspects", "b.png", "test", 3)
    assert (one.given_label, one.evidence, one.is_new) == ("cat", "dog, rather", True)
    assert one.fingerprint == fingerprint("suspects", sha(1), "cat")
    assert re.fullmatch("[0-9a-f]{64}", one.fingerprint)


def test_nothing_is_read_beside_a_public_report_or_where_nothing_lies(tmp_path: Path) -> None:
    file = written(tmp_path)
    assert read_found(file, replace(with_gallery(1), privacy="public")) is None
    (tmp_path / "issues.parquet").unlink()
    assert read_found(file, with_gallery(1)) is None


@pytest.mark.parametrize("rows", [0, 2, 3])
def test_tables_of_another_scan_are_refused(tmp_path: Path, rows: int) -> None:
    with pytest.raises(InputError, match="not of the report beside them") as raised:
        read_found(written(tmp_path), with_gallery(rows) if rows else report())
    assert raised.value.details == (f"issues.parquet: suspects: 1 findings; the report has {rows}",)


def test_items_of_another_scan_are_refused(tmp_path: Path) -> None:
    others = item_table([DOG, Item("a.png", 0, "cat", None)])
    with pytest.raises(InputError, match="not of the report") as raised:
        read_found(written(tmp_path, items=others), with_gallery(1))
    assert raised.value.details == ("issues.parquet: names other items than items.parquet",)
    with pytest.raises(InputError, match="not of the report") as raised:
        read_found(written(tmp_path, items=others.slice(1)), with_gallery(1))
    assert raised.value.details == ("items.parquet: 1 items; the report is of 2",)


def test_as_many_findings_of_other_items_are_refused(tmp_path: Path) -> None:
    row = {"rule": "suspects", "item": 0, "path": "a.png", "evidence": ""}
    of_other = pa.Table.from_pylist([row], ISSUES)
    with pytest.raises(InputError, match="not of the report") as raised:
        read_found(written(tmp_path, issues=of_other), with_gallery(1))
    assert raised.value.details == ("issues.parquet: suspects: other items than the report shows",)
    content = item_table([Item("a.png", 0, "cat", None), Item("b.png", 2, "cat", "test")])
    with pytest.raises(InputError, match="other items than the report shows"):
        read_found(written(tmp_path, items=content), with_gallery(1))


@pytest.mark.parametrize("item", [-1, 2, None])
def test_a_finding_of_no_item_is_refused(tmp_path: Path, item: int | None) -> None:
    row = {"rule": "suspects", "item": item, "path": "b.png", "evidence": ""}
    issues = pa.Table.from_pylist([row], ISSUES)
    with pytest.raises(InputError, match="not of the report"):
        read_found(written(tmp_path, issues=issues), with_gallery(1))


def test_tables_of_an_older_version_and_damaged_ones_are_refused(tmp_path: Path) -> None:
    older = item_table([DOG]).drop_columns(["decoded_sha256", "line"])
    with pytest.raises(InputError, match="has no column decoded_sha256, line") as raised:
        read_found(written(tmp_path, items=older), with_gallery(1))
    assert raised.value.hint == "scan the dataset again with this version"
    file = written(tmp_path)
    (tmp_path / "issues.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match=r"issues\.parquet: cannot be read"):
        read_found(file, with_gallery(1))


@pytest.mark.parametrize("column", ["rule", "path", "evidence", "suggested_label"])
@pytest.mark.parametrize("kind", [pa.timestamp("us"), pa.struct([("a", pa.int64())])])
def test_columns_of_crafted_tables_are_refused(
    tmp_path: Path, column: str, kind: pa.DataType
) -> None:
    cell = 2**62 if pa.types.is_temporal(kind) else {"a": 1}
    file = written(tmp_path)
    issues = pq.read_table(tmp_path / "issues.parquet")
    at = issues.column_names.index(column)
    crafted = issues.set_column(at, column, pa.array([cell], kind))
    pq.write_table(crafted, tmp_path / "issues.parquet")
    with pytest.raises(InputError, match=rf"issues\.parquet: {column}: holds something else"):
        read_found(file, with_gallery(1))


def test_a_finding_without_a_rule_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, issues=pa.Table.from_pylist([{"item": 1, "path": "b.png"}], ISSUES))
    with pytest.raises(InputError, match="rule: holds something else"):
        read_found(file, with_gallery(1))


def test_a_finding_names_the_rest_of_its_group_up_to_a_number() -> None:
    items = [Item(f"{at:02}.png", 0, "cat", None) for at in range(30)]
    copies = found(items).findings
    assert {len(one.others) for one in copies} == {N_OTHERS}
    assert copies[0].others == tuple(f"{at:02}.png" for at in range(1, 1 + N_OTHERS))
    assert copies[-1].others == tuple(f"{at:02}.png" for at in range(N_OTHERS))
    two = found([items[0], items[1], Item("x.png", 1, "dog", None)]).findings
    assert [(one.path, one.others) for one in two] == [
        ("00.png", ("01.png",)),
        ("01.png", ("00.png",)),
    ]


def test_what_tells_a_finding_again_is_rule_content_label_and_class() -> None:
    base = ("suspects", sha(1), "cat", None)
    others = [
        ("outliers", sha(1), "cat", None),
        ("suspects", sha(2), "cat", None),
        ("suspects", sha(1), "dog", None),
        ("suspects", sha(1), None, None),
        ("suspects", sha(1), "cat", "cat"),
        ("suspects", sha(1), "cat", "dog"),
    ]
    assert len({fingerprint(*each) for each in [base, *others]}) == 7


def test_labels_of_several_classes_are_told_apart_from_names_with_commas() -> None:
    schema = pa.schema([each for each in ITEMS if each.name != "given_label"])
    table = item_table([DOG, DOG]).select(schema.names)
    labels = pa.array([["a", "b"], ["a, b"]], pa.list_(pa.string()))
    table = table.append_column("given_label", labels)
    rows = [{"rule": "missing_labels", "item": at, "path": "b.png", "class": "a"} for at in (0, 1)]
    both = found_in(table, pa.Table.from_pylist(rows, ISSUES)).findings
    assert [one.given_label for one in both] == ["a, b", "a, b"]
    assert both[0].fingerprint != both[1].fingerprint
    keys = items_of(table).keys
    assert keys[0] != keys[1]


def test_items_without_content_are_known_by_their_path() -> None:
    table = item_table([Item("a", 0, "cat", None), Item("b", 0, "cat", None)])
    at = table.column_names.index("decoded_sha256")
    for none in (None, "0" * 64):
        bare = table.set_column(at, "decoded_sha256", pa.array([none, none], pa.string()))
        items = items_of(bare)
        assert items.keys[0] >> np.uint64(16) != items.keys[1] >> np.uint64(16)
    same = items_of(table)
    assert same.keys[0] >> np.uint64(16) == same.keys[1] >> np.uint64(16)
    assert same.keys[0] != same.keys[1]
