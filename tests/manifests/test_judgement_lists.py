"""Judgements in lists: labels alone, or with who gave them."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from written import judged, labels, opened

from labelaudit.dataset import Dataset
from labelaudit.errors import InputError
from labelaudit.manifests import Options, open_dataset

VOTES = [["dog", "cat", "dog"], [], None, ["emu"]]
NAMED = [
    [{"annotator": "ann", "label": "dog"}, {"annotator": "bob", "label": "cat"}],
    None,
    [{"annotator": "ann", "label": "dog"}],
]


def written(folder: Path, suffix: str, votes: list[object], **more: list[object]) -> Dataset:
    """Write lists as a table of some kind, and read the judgements in them."""
    file = folder / f"manifest{suffix}"
    names = [f"i{at}" for at in range(len(votes))]
    if suffix == ".parquet":
        pq.write_table(pa.table({"id": names, "votes": votes, **more}), file)
    elif suffix == ".jsonl":
        pairs = zip(names, votes, strict=True)
        file.write_text("".join(json.dumps({"id": n, "votes": v}) + "\n" for n, v in pairs))
    else:
        cells = ["" if v is None else json.dumps(v).replace('"', '""') for v in votes]
        lines = [f'{n},"{c}"' for n, c in zip(names, cells, strict=True)]
        file.write_text("\n".join(["id,votes", *lines]) + "\n")
    return open_dataset(file, Options(judgement_column="votes"))


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_lists_of_labels_are_judgements_of_nobody_by_name(tmp_path: Path, suffix: str) -> None:
    dataset = written(tmp_path, suffix, list(VOTES))
    assert dataset.n_samples == 4
    assert dataset.class_names == ("cat", "dog", "emu")
    assert labels(dataset) == [None] * 4
    assert judged(dataset) == [
        ("i0", None, "dog"),
        ("i0", None, "cat"),
        ("i0", None, "dog"),
        ("i3", None, "emu"),
    ]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_lists_of_objects_say_who_judged(tmp_path: Path, suffix: str) -> None:
    dataset = written(tmp_path, suffix, list(NAMED))
    assert judged(dataset) == [("i0", "ann", "dog"), ("i0", "bob", "cat"), ("i2", "ann", "dog")]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_labels_may_be_whole_numbers(tmp_path: Path, suffix: str) -> None:
    votes: list[object] = [[10, 9], [{"label": 10}]] if suffix == ".csv" else [[10, 9], [10]]
    dataset = written(tmp_path, suffix, votes)
    assert dataset.class_names == ("9", "10")
    assert judged(dataset) == [("i0", None, "10"), ("i0", None, "9"), ("i1", None, "10")]


def test_other_parts_of_an_object_are_not_read(tmp_path: Path) -> None:
    votes: list[object] = [[{"annotator": 7, "label": "cat", "seconds": 1.5}]]
    assert judged(written(tmp_path, ".jsonl", votes)) == [("i0", "7", "cat")]


def test_items_may_have_a_label_as_well(tmp_path: Path) -> None:
    text = '{"id": 1, "label": "cow", "votes": ["cat"]}\n{"id": 2, "label": null, "votes": []}\n'
    dataset = opened(tmp_path, text, ".jsonl", judgement_column="votes")
    assert labels(dataset) == ["cow", None]
    assert dataset.class_names == ("cat", "cow")


def test_no_column_of_lists_is_guessed(tmp_path: Path) -> None:
    text = '{"id": 1, "label": "cow", "judgements": ["cat"], "votes": ["cat"]}\n'
    assert opened(tmp_path, text, ".jsonl").annotations is None


def test_a_blank_in_an_arrow_list_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="row 1: column 'votes': a label in the list is blank"):
        written(tmp_path, ".parquet", [["dog", None]])
    with pytest.raises(InputError, match="row 1: column 'votes': a label in the list is blank"):
        written(tmp_path, ".parquet", [[{"annotator": "ann", "label": None}]])


def test_class_numbers_in_lists_are_the_declared_classes(tmp_path: Path) -> None:
    image = pa.array([{"bytes": b"x", "path": "a.png"}])
    names = {"_type": "ClassLabel", "names": ["z", "y", "none of these"]}
    features = {"label": names, "votes": {"_type": "List", "feature": names}}
    metadata = {b"huggingface": json.dumps({"info": {"features": features}}).encode()}
    table = pa.table({"image": image, "label": [1], "votes": [[0, 1, 0]]})
    pq.write_table(table.replace_schema_metadata(metadata), tmp_path / "a.parquet")
    dataset = open_dataset(tmp_path / "a.parquet", Options(judgement_column="votes"))
    assert dataset.class_names == ("z", "y", "none of these")
    assert labels(dataset) == ["y"]
    assert judged(dataset) == [("a.png", None, "z"), ("a.png", None, "y"), ("a.png", None, "z")]


def test_names_join_the_declared_classes(tmp_path: Path) -> None:
    image = pa.array([{"bytes": b"x", "path": "a.png"}])
    declared = b'{"info": {"features": {"label": {"_type": "ClassLabel", "names": ["z", "y"]}}}}'
    table = pa.table({"image": image, "label": [1], "votes": [["new", "z"]]})
    table = table.replace_schema_metadata({b"huggingface": declared})
    pq.write_table(table, tmp_path / "a.parquet")
    dataset = open_dataset(tmp_path / "a.parquet", Options(judgement_column="votes"))
    assert dataset.class_names == ("z", "y", "new")
    assert judged(dataset) == [("a.png", None, "new"), ("a.png", None, "z")]


@pytest.mark.parametrize("cell", ["7", '{"annotator": "ann", "label": "cat"}'])
def test_what_is_no_list_is_told(tmp_path: Path, cell: str) -> None:
    text = f'{{"id": 1, "votes": {cell}}}\n'
    with pytest.raises(InputError, match="and no lists"):
        opened(tmp_path, text, ".jsonl", judgement_column="votes")
