"""Judgements of annotators in long tables: beside a manifest, or the manifest itself."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from written import KINDS, columns_in, judged, labels, opened

from labelaudit.dataset import digest
from labelaudit.errors import InputError
from labelaudit.manifests import Options, open_dataset

BESIDE = "path,annotator,label\nb.png,ann,dog\n./a.png,ann,cat\na.png,bob,emu\n"


def beside(folder: Path, text: str = BESIDE, name: str = "judgements.csv") -> Path:
    """Write a table of judgements."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_table_beside_the_manifest_has_the_judgements(tmp_path: Path) -> None:
    text = "path,label\na.png,cat\nb.png,dog\nc.png,\n"
    dataset = opened(tmp_path, text, annotations=beside(tmp_path))
    assert dataset.class_names == ("cat", "dog", "emu")
    assert labels(dataset) == ["cat", "dog", None]
    assert judged(dataset) == [
        ("a.png", "ann", "cat"),
        ("a.png", "bob", "emu"),
        ("b.png", "ann", "dog"),
    ]
    said = "3 judgements in judgements.csv: columns 'path', 'annotator', 'label'"
    assert dataset.source.why[-1] == said


@pytest.mark.parametrize("suffix", KINDS)
def test_a_table_of_judgements_may_be_of_any_kind(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "data.csv").write_text("id,label\n7,1\n8,2\n")
    file = columns_in(tmp_path, suffix, id=[8, 7], worker=[1, 1], target=[1, 3])
    dataset = open_dataset(tmp_path / "data.csv", Options(annotations=file))
    assert judged(dataset) == [("7", "1", "3"), ("8", "1", "1")]


def test_an_item_needs_no_label_of_its_own(tmp_path: Path) -> None:
    dataset = opened(tmp_path, "path\na.png\nb.png\n", annotations=beside(tmp_path))
    assert labels(dataset) == [None, None]
    assert dataset.class_names == ("cat", "dog", "emu")
    assert len(judged(dataset)) == 3


def test_columns_are_named_and_annotators_may_be_unknown(tmp_path: Path) -> None:
    file = beside(tmp_path, "path,id,who,label,answer\na.png,1,ann,x,dog\na.png,2,ann,x,cat\n")
    columns = {"item": "path", "annotator": "", "label": "answer"}
    dataset = opened(
        tmp_path, "path,label\na.png,cat\n", annotations=file, annotations_columns=columns
    )
    assert judged(dataset) == [("a.png", None, "dog"), ("a.png", None, "cat")]


def test_class_folders_have_judgements_beside_them(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        (tmp_path / "data" / name).mkdir(parents=True)
        Image.new("RGB", (4, 4)).save(tmp_path / "data" / name / "1.png")
    file = beside(tmp_path, "file,rater,class\ncat/1.png,ann,dog\n")
    options = Options(annotations=file, class_order=("dog", "cat"))
    dataset = open_dataset(tmp_path / "data", options)
    assert judged(dataset) == [("cat/1.png", "ann", "dog")]
    assert labels(dataset) == ["cat", "dog"]
    assert dataset.class_names == ("dog", "cat")


def test_arrays_have_judgements_beside_them(tmp_path: Path) -> None:
    images = np.zeros((2, 4, 4), dtype=np.uint8)
    file = tmp_path / "a.npz"
    np.savez(file, train_images=images, train_labels=[[0], [1]], class_names=["b", "a"])
    said = beside(tmp_path, "item,annotator,label\ntrain/0000001.pgm,ann,c\n")
    dataset = open_dataset(file, Options(annotations=said))
    assert dataset.class_names == ("b", "a", "c")  # declared classes keep their place
    assert labels(dataset) == ["b", "a"]
    assert judged(dataset) == [("train/0000001.pgm", "ann", "c")]


def test_what_is_declared_as_unlabelled_is_no_judgement(tmp_path: Path) -> None:
    file = beside(tmp_path, "path,annotator,label\na.png,ann,-1\na.png,bob,1\n")
    dataset = opened(
        tmp_path,
        "path,label\na.png,1\n",
        annotations=file,
        label_states={"-1": "unlabelled"},
    )
    assert judged(dataset) == [("a.png", "bob", "1")]
    assert dataset.source.why[-1] == "no judgements are 1 row declared as unlabelled"


LONG = """path,worker,label,split,age,site
b.png,ann,dog,train,41,Bern
a.png,ann,cat,test,,
b.png,bob,cat,train,41,Bern
c.png,,,train,1,Chur
a.png,bob,cat,test,7,Chur
"""


def test_a_table_with_one_row_a_judgement_is_of_items(tmp_path: Path) -> None:
    dataset = opened(
        tmp_path, LONG, annotator_columns=("worker",), metadata_columns=("age", "site")
    )
    assert dataset.paths.to_pylist() == ["b.png", "a.png", "c.png"]
    assert judged(dataset) == [
        ("b.png", "ann", "dog"),
        ("b.png", "bob", "cat"),
        ("a.png", "ann", "cat"),
        ("a.png", "bob", "cat"),
    ]
    assert labels(dataset) == [None, None, None]
    assert [dataset.split(item) for item in range(3)] == ["train", "test", "train"]
    assert dataset.metadata is not None
    assert dataset.metadata.to_pydict() == {"age": [41, 7, 1], "site": ["Bern", "Chur", "Chur"]}
    assert dataset.source.found == 3
    assert dataset.source.why[-1] == "5 rows are of 3 items: one row a judgement"
    assert "judgements in the label column 'label'; items have no other label" in dataset.source.why


def test_another_column_may_have_the_items_own_label(tmp_path: Path) -> None:
    text = (
        "path,worker,vote,label,patient_id\n"
        "a,ann,cat,dog,p1\nb,ann,cat,,p2\na,bob,emu,,p1\nb,bob,cat,,\n"
    )
    dataset = opened(tmp_path, text, annotator_columns=("worker",), judgement_column="vote")
    assert labels(dataset) == ["dog", None]
    assert dataset.class_names == ("cat", "dog", "emu")
    assert len(judged(dataset)) == 4
    assert dataset.groups is not None
    assert dataset.groups.tolist() == [0, 1]


def test_texts_of_one_id_are_one_item(tmp_path: Path) -> None:
    text = "id,text,who,label\n1,so it goes,ann,x\n1,so it goes,bob,y\n2,or not,ann,x\n"
    dataset = opened(tmp_path, text, annotator_columns=("who",))
    assert [dataset.text(item) for item in range(2)] == ["so it goes", "or not"]
    with pytest.raises(InputError, match="the text is another than in line 2, of the same item"):
        opened(tmp_path, text.replace("goes,bob", "went,bob"), annotator_columns=("who",))


def test_images_are_found_by_the_items_path(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.png").write_bytes(name.encode())
    text = "file_name,who,label\nb.png,ann,x\nb.png,bob,y\na.png,ann,x\n"
    (tmp_path / "metadata.csv").write_text(text)
    dataset = open_dataset(tmp_path, Options(annotator_columns=("who",)))
    assert dataset.media is not None
    assert [dataset.media.read(item) for item in range(2)] == [b"b", b"a"]
    assert dataset.source.found == dataset.n_samples


def test_images_inside_the_rows_may_differ(tmp_path: Path) -> None:
    image = pa.array([{"bytes": b"x", "path": "a"}, {"bytes": b"y", "path": "a"}])
    table = pa.table({"image": image, "label": ["x", "y"], "who": ["ann", "bob"]})
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(InputError, match="the images lie in the rows"):
        open_dataset(tmp_path / "a.parquet", Options(annotator_columns=("who",)))


def test_class_numbers_of_annotators_are_the_declared_classes(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.png").write_bytes(b"x")
    image = pa.array([{"bytes": None, "path": f"{p}.png"} for p in "aab"])
    image = image.cast(pa.struct({"bytes": pa.binary(), "path": pa.string()}))
    declared = b'{"info": {"features": {"label": {"_type": "ClassLabel", "names": ["z", "y"]}}}}'
    table = pa.table({"image": image, "label": [0, 0, -1], "who": ["ann", "bob", None]})
    file = tmp_path / "a.parquet"
    pq.write_table(table.replace_schema_metadata({b"huggingface": declared}), file)
    dataset = open_dataset(file, Options(annotator_columns=("who",)))
    assert dataset.class_names == ("z", "y")
    assert judged(dataset) == [("a.png", "ann", "z"), ("a.png", "bob", "z")]
    table = pa.table({"image": image, "label": [0, 2, -1], "who": ["ann", "bob", None]})
    pq.write_table(table.replace_schema_metadata({b"huggingface": declared}), file)
    with pytest.raises(InputError, match="none of the 2 declared classes"):
        open_dataset(file, Options(annotator_columns=("who",)))


votes = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(["ann", "bob", "cyd"])),
    st.sampled_from(["x", "y", "z"]),
    min_size=1,
)


@settings(max_examples=30)
@given(votes=votes, data=st.data())
def test_wide_long_and_beside_say_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    votes: dict[tuple[str, str], str],
    data: st.DataObject,
) -> None:
    folder = tmp_path_factory.mktemp("same")
    items, people = "abcd", ["ann", "bob", "cyd"]
    rows = data.draw(st.permutations([*votes.items()]))
    lines = [f"{item},{who},{label}" for (item, who), label in rows]
    (folder / "long.csv").write_text(
        "\n".join(["id,who,label", *lines, *(f"{item},," for item in [*items, *items])])
    )
    (folder / "beside.csv").write_text("\n".join(["id,annotator,label", *lines]))
    (folder / "items.csv").write_text("\n".join(["id,label", *(f"{item}," for item in items)]))
    cells = [",".join(votes.get((item, who), "") for who in people) for item in items]
    wide = ["id,label,ann,bob,cyd", *(f"{i},,{c}" for i, c in zip(items, cells, strict=True))]
    (folder / "wide.csv").write_text("\n".join(wide))
    found = [
        open_dataset(folder / "long.csv", Options(annotator_columns=("who",))),
        open_dataset(folder / "items.csv", Options(annotations=folder / "beside.csv")),
        open_dataset(folder / "wide.csv", Options(annotator_columns=tuple(people))),
    ]
    none = np.zeros((4, 32), dtype=np.uint8)
    assert len({digest(dataset, none) for dataset in found}) == 1
    assert len({dataset.class_names for dataset in found}) == 1
    expected = sorted((item, who, label) for (item, who), label in votes.items())
    for dataset in found:
        assert sorted(judged(dataset), key=str) == expected
