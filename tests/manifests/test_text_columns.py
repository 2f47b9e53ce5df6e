"""Tables and Parquet files of which a column holds the items themselves: texts."""

import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labelaudit.cli.inspect import facts_of
from labelaudit.dataset import Dataset
from labelaudit.errors import InputError
from labelaudit.manifests import Options, open_dataset

ROWS = [('good, "really" good', "a"), ("bad\nvery bad", "b"), ("", "a"), ("  ", "b")]
FEATURES = {"label": {"names": ["no", "yes"], "_type": "ClassLabel"}}


def texts(dataset: Dataset) -> list[str | None]:
    found: list[str | None] = []
    assert dataset.media is not None
    for item in range(dataset.n_samples):
        try:
            found.append(dataset.media.read(item).decode())
        except FileNotFoundError:
            found.append(None)
    return found


def written(folder: Path, suffix: str, column: str = "text", **others: object) -> Path:
    """Write ROWS as a table of a type."""
    rows = [{column: text, "label": label} | others for text, label in ROWS]
    path = folder / f"reviews{suffix}"
    if suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    elif suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        delimiter = "\t" if suffix == ".tsv" else ","
        cells = [[str(cell).replace('"', '""') for cell in row.values()] for row in rows]
        lines = [delimiter.join(rows[0]), *(delimiter.join(f'"{c}"' for c in row) for row in cells)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".parquet"])
@pytest.mark.parametrize(("column", "asked"), [("text", ""), ("Sentence", ""), ("body", "body")])
def test_a_text_column_is_read_as_it_is(
    tmp_path: Path, suffix: str, column: str, asked: str
) -> None:
    path = written(tmp_path, suffix, column)
    dataset = open_dataset(path, Options(text_column=asked))
    assert dataset.modality == "text"
    assert texts(dataset) == [text for text, _ in ROWS]
    assert dataset.paths.to_pylist() == [f"row/0000000{row}" for row in range(4)]
    assert [dataset.label_text(item) for item in range(4)] == ["a", "b", "a", "b"]
    reason = "as asked for" if asked else "the only one of the usual names"
    assert f"text column {column!r}: {reason}" in dataset.source.why
    facts = facts_of(dataset)
    assert (facts["modality"], facts["media"]) == ("text", "Texts")


def test_items_are_named_by_an_id(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,text,label\nr7,hello,a\nr8,bye,b\n", encoding="utf-8")
    assert open_dataset(path).paths.to_pylist() == ["r7", "r8"]


def test_images_go_before_texts_unless_texts_are_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, ".csv", path="a.png")
    dataset = open_dataset(path)
    assert dataset.modality == "image"
    assert "columns that were not read: 'text'" in dataset.source.why
    dataset = open_dataset(path, Options(text_column="text"))
    assert texts(dataset)[1] == "bad\nvery bad"
    assert "columns that were not read: 'path'" in dataset.source.why


def test_texts_beside_images_may_be_of_any_type(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    rows = [{"path": "a.png", "label": "a", "text": 1}, {"path": "b.png", "label": "b", "text": []}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert open_dataset(path).modality == "image"


def test_null_texts_have_no_bytes(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"text": "a", "label": "a"}\n{"label": "b"}\n', encoding="utf-8")
    assert texts(open_dataset(path)) == ["a", None]
    path.write_text('{"text": null, "label": "a"}\n{"text": null, "label": "b"}\n', "utf-8")
    assert texts(open_dataset(path)) == [None, None]


@pytest.mark.parametrize(
    ("lines", "options", "said"),
    [
        ('{"text": 1, "label": "a"}', {}, "column 'text' holds int64, not texts"),
        ('{"text": "a", "sentence": "b", "label": "a"}', {}, "text column could be 'text', 'sent"),
        ('{"text": "a", "label": "a"}', {"text_column": "body"}, "no text column 'body'"),
        ('{"text": "\\ud800", "label": "a"}', {}, "no Unicode"),
        (
            '{"text": "a", "file": "b", "label": "a"}',
            {"text_column": "text", "image_column": "file"},
            "an image column and a text column are asked for",
        ),
    ],
)
def test_what_cannot_be_the_texts_is_told(
    tmp_path: Path, lines: str, options: dict[str, str], said: str
) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(lines + "\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        open_dataset(path, Options(**options))  # type: ignore[arg-type]
    assert said in str(error.value)


def test_a_cell_of_ten_megabytes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"text,label\n{'x' * 10_000_000},a\nshort,b\n", encoding="utf-8")
    assert [len(text or "") for text in texts(open_dataset(path))] == [10_000_000, 5]


def test_bytes_that_are_no_utf8_are_given_out_as_they_are(tmp_path: Path) -> None:
    column = pa.array([b"fine", b"caf\xe9"], pa.binary()).view(pa.string())
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"text": column, "label": ["a", "b"]}), path)
    media = open_dataset(path).media
    assert media is not None
    assert media.read(1) == b"caf\xe9"


def shard(file: Path, **columns: object) -> Path:
    """Write a file as the ``datasets`` library does."""
    table = pa.table({name: pa.array(column) for name, column in columns.items()})
    metadata = {"huggingface": json.dumps({"info": {"features": FEATURES}})}
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.replace_schema_metadata(metadata), file)
    return file


def test_shards_of_hugging_face_may_hold_texts(tmp_path: Path) -> None:
    shard(tmp_path / "data/train-00000-of-00002.parquet", text=["one", "two"], label=[0, 1])
    shard(tmp_path / "data/train-00001-of-00002.parquet", text=["three", None], label=[-1, 1])
    shard(tmp_path / "data/test-00000-of-00001.parquet", text=["four"], label=[0])
    dataset = open_dataset(tmp_path)
    assert (dataset.source.format, dataset.modality) == ("hf_parquet", "text")
    assert texts(dataset) == ["four", "one", "two", "three", None]
    assert [dataset.label_text(item) for item in range(5)] == ["no", "no", "yes", None, "yes"]
    assert dataset.paths.to_pylist()[:2] == ["test/00000000", "train/00000000"]
    assert [dataset.split(item) for item in range(2)] == ["test", "train"]


@pytest.mark.parametrize(("column", "asked"), [("text", ""), ("review", "review")])
def test_one_file_of_hugging_face_keeps_its_classes(
    tmp_path: Path, column: str, asked: str
) -> None:
    file = shard(tmp_path / "reviews.parquet", **{column: ["x", "y"], "label": [1, 0]})
    options = Options(text_column=asked, format="hf_parquet" if asked else "")
    dataset = open_dataset(file, options)
    assert dataset.class_names == ("no", "yes")
    assert texts(dataset) == ["x", "y"]


def test_captions_of_images_are_texts_when_asked_for(tmp_path: Path) -> None:
    cells = pa.array([{"bytes": b"x", "path": "a.png"}])
    file = shard(tmp_path / "x.parquet", image=cells, text=["a cat"], label=[1])
    assert open_dataset(file).modality == "image"
    assert texts(open_dataset(file, Options(text_column="text"))) == ["a cat"]


def test_a_folder_of_images_has_no_text_column(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    metadata = '{"file_name": "a.png", "text": "a cat", "label": "cat"}\n'
    (tmp_path / "metadata.jsonl").write_text(metadata, encoding="utf-8")
    assert open_dataset(tmp_path).modality == "image"
    with pytest.raises(InputError, match="the items of this format are images") as error:
        open_dataset(tmp_path, Options(text_column="text"))
    assert error.value.hint == "name metadata.jsonl itself to read its texts"


def test_equal_texts_have_one_content_whatever_the_table(tmp_path: Path) -> None:
    found = set()
    for suffix in (".csv", ".jsonl", ".parquet"):
        media = open_dataset(written(tmp_path, suffix)).media
        assert media is not None
        found.add(hashlib.sha256(media.read(0)).hexdigest())
    assert found == {hashlib.sha256(b'good, "really" good').hexdigest()}
