"""A Croissant file as a manifest: the same items as by any other way, and what is refused."""

import csv
import hashlib
import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mlcroissant
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from described import (
    IMAGE,
    LABEL,
    SPLIT,
    Node,
    column,
    croissant,
    field,
    file_object,
    file_set,
    of_file,
    opened,
    record_set,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from written import labels

from labelaudit.dataset import Dataset, digest
from labelaudit.errors import InputError
from labelaudit.manifests import open_dataset
from labelaudit.release.croissant import attached
from labelaudit.report import DatasetFacts, Report, Run

sys.path.append(str(Path(__file__).parents[1] / "render"))

pytestmark = pytest.mark.filterwarnings("ignore")  # of what mlcroissant imports
Write = Callable[[Path], Path]
CLASSES = ("duck", "écureuil", "猫")
SPLITS = ("train", "test")


def png(number: int) -> bytes:
    rng = np.random.default_rng(number)
    out = io.BytesIO()
    Image.fromarray(rng.integers(0, 255, (4, 5, 3), dtype=np.uint8)).save(out, "PNG")
    return out.getvalue()


def rows() -> list[tuple[str, str, str, int]]:
    """Return path, label, split and number of twelve images in class folders."""
    return [
        (f"{SPLITS[n % 2]}/{CLASSES[n % 3]}/{n}-bird.png", CLASSES[n % 3], SPLITS[n % 2], n)
        for n in range(12)
    ]


def folders(root: Path) -> Path:
    for path, _, _, number in rows():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(png(number))
    return root


def table(root: Path, name: str = "items.csv", cells: list[list[str]] | None = None) -> Path:
    file = root / name
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["path", "label", "split"])
        writer.writerows(cells or [[p, y, s] for p, y, s, _ in rows()])
    return file


def digest_of(dataset: Dataset) -> str:
    assert dataset.media is not None
    hashes = [hashlib.sha256(dataset.media.read(n)).digest() for n in range(dataset.n_samples)]
    return digest(dataset, np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(-1, 32))


def by_folders(root: Path) -> Path:
    folders(root)
    files = file_set("images", "*/*.png")
    items = record_set(
        "items",
        field("items/file", "sc:Text", of_file("images", "fullpath")),
        field("items/content", IMAGE, of_file("images", "content")),
        field("items/bird", LABEL, of_file("images", "fullpath", "[^/]+/([^/]+)/.*")),
        field("items/part", SPLIT, of_file("images", "fullpath", "(train|test)/.*")),
    )
    return croissant(root, [files], [items])


def by_table(root: Path) -> Path:
    folders(root)
    sha256 = hashlib.sha256(table(root).read_bytes()).hexdigest()
    items = record_set(
        "items",
        field(
            "items/path", "sc:Text", column("items.csv", "path"), equivalentProperty="contentUrl"
        ),
        field("items/label", LABEL, column("items.csv", "label")),
        field("items/split", SPLIT, column("items.csv", "split")),
    )
    return croissant(root, [file_object("items.csv", sha256=sha256)], [items])


def joined_from_the_table(root: Path) -> Path:
    folders(root)
    sha256 = hashlib.sha256(table(root).read_bytes()).hexdigest()
    to_files = {"fileSet": {"@id": "images"}, "extract": {"fileProperty": "fullpath"}}
    items = record_set(
        "items",
        field("items/path", "sc:Text", column("items.csv", "path"), references=to_files),
        field("items/content", IMAGE, of_file("images", "content")),
        field("items/label", LABEL, column("items.csv", "label")),
        field("items/split", SPLIT, column("items.csv", "split")),
    )
    files = [file_object("items.csv", sha256=sha256), file_set("images", "*.png")]
    return croissant(root, files, [items])


def joined_from_the_files(root: Path) -> Path:
    """Write a table of hashes that stand in the names of the files, as PASS has it."""
    folders(root)
    cells = [[f"{n}-bird", y, s] for _, y, s, n in rows()]
    sha256 = hashlib.sha256(table(root, cells=cells).read_bytes()).hexdigest()
    to_table = {"fileObject": {"@id": "items.csv"}, "extract": {"column": "path"}}
    items = record_set(
        "items",
        field(
            "items/hash",
            "sc:Text",
            of_file("images", "filename", r"([^\/]*)\.png"),
            references=to_table,
        ),
        field("items/content", IMAGE, of_file("images", "content")),
        field("items/label", LABEL, column("items.csv", "label")),
        field("items/split", SPLIT, column("items.csv", "split")),
    )
    files = [file_object("items.csv", sha256=sha256), file_set("images", "*.png")]
    return croissant(root, files, [items])


def through_other_record_sets(root: Path) -> Path:
    folders(root)
    table(root)
    sha256 = hashlib.sha256((root / "items.csv").read_bytes()).hexdigest()
    files = record_set(
        "files",
        field("files/path", "sc:Text", of_file("images", "fullpath")),
        field("files/content", IMAGE, of_file("images", "content")),
    )
    items = record_set(
        "items",
        field(
            "items/path",
            "sc:Text",
            column("items.csv", "path"),
            references={"field": {"@id": "files/path"}},
        ),
        field("items/content", IMAGE, {"field": {"@id": "files/content"}}),
        field("items/label", LABEL, column("items.csv", "label")),
        field("items/split", SPLIT, column("items.csv", "split")),
    )
    resources = [file_object("items.csv", sha256=sha256), file_set("images", "*.png")]
    return croissant(root, resources, [files, items])


def of_listed_classes(root: Path) -> Path:
    folders(root)
    cells = [[p, str(7 * CLASSES.index(y)), s] for p, y, s, _ in rows()]
    sha256 = hashlib.sha256(table(root, cells=cells).read_bytes()).hexdigest()
    listed = record_set(
        "birds",
        field("birds/id", "sc:Integer"),
        field("birds/name", "sc:Text"),
        dataType="sc:Enumeration",
        key={"@id": "birds/id"},
        data=[
            *({"birds/id": 7 * at, "birds/name": name} for at, name in enumerate(CLASSES)),
            {"birds/id": 99, "birds/name": "nobody"},
        ],
    )
    parts = record_set(
        "parts",
        field("parts/name", "sc:Text"),
        dataType="cr:Split",
        key={"@id": "parts/name"},
        data=[{"parts/name": "train"}, {"parts/name": "test"}],
    )
    items = record_set(
        "items",
        field(
            "items/path", "sc:Text", column("items.csv", "path"), equivalentProperty="contentUrl"
        ),
        field(
            "items/label",
            ["sc:Integer", "cr:Label"],
            column("items.csv", "label"),
            references={"field": {"@id": "birds/id"}},
        ),
        field(
            "items/fold",
            "sc:Text",
            column("items.csv", "split"),
            references={"field": {"@id": "parts/name"}},
        ),
    )
    return croissant(root, [file_object("items.csv", sha256=sha256)], [listed, parts, items])


WAYS = [
    by_folders,
    by_table,
    joined_from_the_table,
    joined_from_the_files,
    through_other_record_sets,
    of_listed_classes,
]


@pytest.mark.parametrize("write", WAYS)
def test_the_items_are_those_of_class_folders_and_of_a_table(write: Write, tmp_path: Path) -> None:
    wanted = digest_of(open_dataset(folders(tmp_path / "folders")))
    assert digest_of(open_dataset(table(folders(tmp_path / "table")))) == wanted
    dataset = opened(write(tmp_path / "described"))
    assert digest_of(dataset) == wanted
    assert dataset.source.format == "croissant"
    assert dataset.source.found == 12
    assert dataset.split_names == ("test", "train")
    assert dataset.name == "ponds"
    of_rows = write in {by_table, joined_from_the_table, through_other_record_sets}
    if of_rows:
        assert dataset.source.manifest == "items.csv"
        assert dataset.lines is not None
        assert dataset.lines.tolist() == [*range(2, 14)]
    elif write is not of_listed_classes:
        assert dataset.source.manifest == "croissant.json"
        assert dataset.lines is None


def test_classes_that_are_listed_are_the_classes(tmp_path: Path) -> None:
    dataset = opened(of_listed_classes(tmp_path))
    assert dataset.class_names == (*CLASSES, "nobody")


@pytest.mark.parametrize(
    "write", [by_folders, by_table, joined_from_the_files, through_other_record_sets]
)
def test_the_records_are_those_of_the_reference_implementation(
    write: Write, tmp_path: Path
) -> None:
    file = write(tmp_path)
    dataset = opened(file)
    label, split = (
        ("items/bird", "items/part") if write is by_folders else ("items/label", "items/split")
    )
    records = list(mlcroissant.Dataset(str(file)).records("items"))
    theirs = [(each[label].decode(), each[split].decode()) for each in records]
    assert dataset.n_samples == len(theirs)
    ours = list(zip(labels(dataset), map(dataset.split, range(dataset.n_samples)), strict=True))
    assert sorted(ours) == sorted(theirs)
    if write is not by_table:
        pixels = {
            np.asarray(each["items/content"].convert("RGB")).tobytes(): each for each in records
        }
        for item in range(dataset.n_samples):
            assert dataset.media is not None
            with Image.open(io.BytesIO(dataset.media.read(item))) as image:
                record = pixels[np.asarray(image.convert("RGB")).tobytes()]
            assert record[label].decode() == dataset.label_text(item)


def test_parquet_with_images_inside_reads_as_the_parquet_does(tmp_path: Path) -> None:
    root = tmp_path / "data"
    root.mkdir()
    features = {
        "label": {"names": list(CLASSES), "_type": "ClassLabel"},
        "image": {"_type": "Image"},
    }
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    image = pa.struct({"bytes": pa.binary(), "path": pa.string()})
    schema = pa.schema({"image": image, "label": pa.int64()}, metadata)
    for split in SPLITS:
        mine = [(path, y, n) for path, y, s, n in rows() if s == split]
        columns = {
            "image": [{"bytes": png(n), "path": path if n % 3 else None} for path, _, n in mine],
            "label": [CLASSES.index(y) for _, y, _ in mine],
        }
        pq.write_table(pa.table(columns, schema), root / f"{split}-00000-of-00001.parquet")
    wanted = open_dataset(root)
    files = file_set("parquet", "data/*.parquet", encodingFormat="application/x-parquet")
    in_cell = {**column("parquet", "image"), "transform": {"jsonPath": "bytes"}}
    items = record_set(
        "default",
        field("default/split", SPLIT, of_file("parquet", "fullpath", r"data/(train|test)-.+")),
        field("default/image", IMAGE, in_cell),
        field("default/label", ["sc:Integer", "cr:Label"], column("parquet", "label")),
    )
    dataset = opened(croissant(tmp_path, [files], [items]))
    assert digest_of(dataset) == digest_of(wanted)
    assert dataset.class_names == CLASSES


def test_texts_numbers_and_several_labels(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("said,tags,age\ngood,a|b,1.5\nbad,b,2\n", encoding="utf-8")
    said = field("r/said", "sc:Text", column("t.csv", "said"))
    parted = {**column("t.csv", "tags"), "transform": {"separator": "|"}}
    hashed = hashlib.md5((tmp_path / "t.csv").read_bytes()).hexdigest()  # noqa: S324 - what Croissant has
    resources = [file_object("t.csv", md5=hashed)]
    tags = record_set("r", said, field("r/tags", LABEL, parted))
    dataset = opened(croissant(tmp_path, resources, [tags]), text_column="r/said")
    assert dataset.modality == "text"
    assert dataset.text(0) == "good"
    assert labels(dataset) == [["a", "b"], ["b"]]
    ages = record_set("r", said, field("r/age", ["sc:Float", "cr:Label"], column("t.csv", "age")))
    dataset = opened(croissant(tmp_path, resources, [ages]), text_column="said")
    assert dataset.targets is not None
    assert dataset.targets.tolist() == [1.5, 2.0]


def _json_items(folder: Path, path: str = "$.birds[*]", text: str = "") -> Path:
    folders(folder)
    listed = [{"file": p, "of": {"kind": y}, "fold": s} for p, y, s, _ in rows()]
    (folder / "items.json").write_text(text or json.dumps({"birds": listed}), encoding="utf-8")
    sha256 = hashlib.sha256((folder / "items.json").read_bytes()).hexdigest()

    def value(name: str) -> Node:
        return {"fileObject": {"@id": "items.json"}, "extract": {"jsonPath": path + name}}

    items = record_set(
        "items",
        field("items/path", "sc:Text", value(".file"), equivalentProperty="contentUrl"),
        field("items/label", LABEL, value(".of.kind")),
        field("items/split", SPLIT, value(".fold")),
    )
    resource = file_object("items.json", sha256=sha256, encodingFormat="application/json")
    return croissant(folder, [resource], [items])


def test_a_list_in_a_json_file(tmp_path: Path) -> None:
    wanted = digest_of(open_dataset(folders(tmp_path / "folders")))
    file = _json_items(tmp_path / "json")
    assert digest_of(opened(file)) == wanted
    records = list(mlcroissant.Dataset(str(file)).records("items"))
    assert [each["items/label"].decode() for each in records] == labels(opened(file))
    listed = json.dumps([{"file": "a.png", "of": {"kind": "x"}, "fold": "y"}, {"file": "b.png"}])
    assert labels(opened(_json_items(tmp_path / "top", "$[*]", listed))) == ["x", None]


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [
        ("$.nothing[*]", "", "there is no list at '$.nothing'"),
        ("$..birds[*]", "", "is not read here"),
        ("$.birds[0]", "", "is not read here"),
        ("$[*]", "[" * 100_000, "is no JSON that can be read"),
        ("$[*]", "{", "is no JSON that can be read"),
        ("$[*]", '[{"file": "a"}, {"file": 5}]', "cannot be read as one column"),
        ("$[*]", '[{"file": "\\ud800"}]', "cannot be read as one column"),
        ("$[*]", '[{"file": {"a": 1}, "of": {"kind": "x"}}]', "not paths"),
        ("$[*]", "[]", "there are no rows"),
    ],
)
def test_a_json_file_that_cannot_be_read_is_refused(
    path: str, text: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as error:
        opened(_json_items(tmp_path, path, text))
    assert says in str(error.value)
    assert "\nhint: " in str(error.value)


def _report(dataset: Dataset) -> Report:
    """Return a report of a dataset in which nothing was measured."""
    facts = DatasetFacts(
        name=dataset.name,
        digest="0" * 64,
        format=dataset.source.format,
        why=dataset.source.why,
        manifest=dataset.source.manifest,
        task=dataset.task,
        modality=dataset.modality,
        class_names=dataset.class_names,
        n_found=dataset.source.found,
        n_items=dataset.n_samples,
        n_unlabelled=0,
        n_unreadable=None,
        ignored={},
        splits=dict.fromkeys(dataset.split_names, 1),
    )
    run = Run(
        started="",
        seconds={},
        provider="",
        node_providers={},
        n_from_cache=0,
        python="",
        packages={},
    )
    return Report(
        tool_version="1", dataset=facts, embedding=None, random_state=0, measures=(), run=run
    )


def _folders(root: Path) -> Path:
    return folders(root)


def _without_splits(root: Path) -> Path:
    return folders(root) / "train"


def _table(root: Path) -> Path:
    folders(root)
    return table(root)


def _texts(root: Path) -> Path:
    root.mkdir()
    (root / "t.csv").write_text('text,label\n"a, b",x\nc,y\n', encoding="utf-8")
    return root / "t.csv"


@pytest.mark.parametrize("write", [_folders, _without_splits, _table, _texts])
def test_a_file_that_was_made_for_a_dataset_reads_as_that_dataset(
    write: Write, tmp_path: Path
) -> None:
    path = write(tmp_path / "data")
    dataset = open_dataset(path)
    folder = path if path.is_dir() else path.parent
    (folder / "croissant.json").write_text(attached(_report(dataset), None, {}), encoding="utf-8")
    again = open_dataset(folder / "croissant.json")
    assert digest_of(again) == digest_of(dataset)
    assert digest_of(open_dataset(path)) == digest_of(dataset)
    theirs = list(mlcroissant.Dataset(str(folder / "croissant.json")).records("items"))
    assert sorted(each["items/label"].decode() for each in theirs) == sorted(
        map(str, labels(dataset))
    )
    if dataset.modality == "image":
        assert {each["items/image"].size for each in theirs} == {(5, 4)}


def test_the_reports_own_pictures_are_no_items(tmp_path: Path) -> None:
    root = folders(tmp_path) / "train"
    dataset = open_dataset(root)
    text = attached(_report(dataset), None, {"label/label.png": png(1)})
    (root / "label").mkdir()
    (root / "label" / "label.png").write_bytes(png(1))
    (root / "croissant.json").write_text(text, encoding="utf-8")
    assert digest_of(open_dataset(root / "croissant.json")) == digest_of(dataset)


def test_sample_data_reads_back(sample_data: Path, tmp_path: Path) -> None:
    root = tmp_path / "sample"
    shutil.copytree(sample_data, root)
    dataset = open_dataset(root)
    (root / "croissant.json").write_text(attached(_report(dataset), None, {}), encoding="utf-8")
    assert digest_of(open_dataset(root / "croissant.json")) == digest_of(dataset)


def test_files_without_a_row_and_rows_without_a_file_are_told(tmp_path: Path) -> None:
    file = joined_from_the_files(tmp_path)
    cells = [[f"{n}-bird", y, s] for _, y, s, n in rows() if n] + [["77", "duck", "train"]]
    hashed = hashlib.sha256(table(tmp_path, cells=cells).read_bytes()).hexdigest()
    document = json.loads(file.read_text(encoding="utf-8"))
    document["distribution"][0]["sha256"] = hashed
    file.write_text(json.dumps(document), encoding="utf-8")
    dataset = opened(file)
    assert dataset.n_samples == 12
    assert int((~dataset.labelled).sum()) == 1
    assert "no partner in 'items.csv': 1 of 12 records" in dataset.source.why
    assert "records of 'items.csv' that nothing refers to: 1" in dataset.source.why


def _changed(file: Path, **more: object) -> Path:
    document = json.loads(file.read_text(encoding="utf-8"))
    document["distribution"][0] |= more
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"sha256": "0" * 64}, "sha256: found "),
        ({"sha256": "nothing"}, "sha256: 'nothing' is no hash"),
        ({"sha256": None, "md5": "0" * 32}, "md5: found "),
        ({"contentUrl": "../items.csv"}, "leads out of the folder"),
        ({"contentUrl": "/etc/passwd"}, "leads out of the folder"),
        ({"contentUrl": "a%2F..%2F..%2Fitems.csv"}, "leads out of the folder"),
        ({"contentUrl": "C:\\items.csv"}, "an address; nothing is downloaded unasked"),
        ({"contentUrl": "file:///etc/passwd"}, "an address; nothing is downloaded unasked"),
        ({"contentUrl": "https://example.org/items.csv"}, "say --fetch"),
        ({"contentUrl": "nothing.csv"}, "contentUrl 'nothing.csv' is not there"),
        ({"contentUrl": "train"}, "contentUrl 'train' is a folder"),
        ({"contentUrl": "link.csv"}, "a symbolic link leads outside"),
        ({"contentUrl": "a\0b"}, "leads out of the folder"),
        ({"contentUrl": 5}, "contentUrl: found a number where a text should be"),
        ({"contentUrl": ""}, "leads out of the folder"),
        ({"containedIn": {"@id": "all.zip"}}, "containedIn: 'all.zip' lies in another resource"),
        ({"@id": None}, "it has neither an @id nor a name"),
        ({"@id": "other"}, "there is no resource and no field 'items.csv'"),
    ],
)
def test_a_file_that_is_not_the_one_described_is_refused(
    changes: Node, says: str, tmp_path: Path
) -> None:
    (tmp_path / "items.csv").write_text("path,label\na,b\n", encoding="utf-8")
    root = tmp_path / "data"
    file = _changed(by_table(root), **changes)
    (root / "link.csv").symlink_to(tmp_path / "items.csv")
    with pytest.raises(InputError) as error:
        opened(file)
    assert says in str(error.value)
    assert "\nhint: " in str(error.value)


def test_files_in_an_archive_are_asked_for_unpacked(tmp_path: Path) -> None:
    file = by_folders(tmp_path)
    document = json.loads(file.read_text(encoding="utf-8"))
    archive = file_object("all.zip", encodingFormat="application/zip", sha256="0" * 64)
    document["distribution"][0]["containedIn"] = {"@id": "all.zip"}
    document["distribution"].append(archive)
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match="lies in an archive, which is not opened"):
        opened(file)
    document["distribution"][1]["contentUrl"] = "."
    file.write_text(json.dumps(document), encoding="utf-8")
    assert digest_of(opened(file)) == digest_of(open_dataset(folders(tmp_path / "f")))


@pytest.mark.parametrize("url", ["a%20b.csv", "a b.csv", "./a%20b.csv", "100%25.csv", "100%.csv"])
def test_a_path_is_read_as_an_address_or_as_it_is(url: str, tmp_path: Path) -> None:
    file = by_table(tmp_path)
    name = "100%.csv" if "100" in url else "a b.csv"
    (tmp_path / "items.csv").rename(tmp_path / name)
    assert opened(_changed(file, contentUrl=url)).n_samples == 12


def test_patterns_leave_files_out(tmp_path: Path) -> None:
    file = _changed(by_folders(tmp_path), excludes=["*/0-bird.png", "test/*"])
    assert opened(file).n_samples == 5
    with pytest.raises(InputError, match=r"no file below '\.' is named so: '\*\.gif'"):
        opened(_changed(file, includes="*.gif"))
    with pytest.raises(InputError, match="includes: no pattern is given"):
        opened(_changed(file, includes=[]))


def _two(folder: Path, *names: str, kinds: tuple[Any, ...] = (LABEL, LABEL)) -> Path:
    folders(folder)
    table(folder)
    fields = [
        field(f"items/{name}", kind, column("items.csv", name))
        for name, kind in zip(names, kinds, strict=True)
    ]
    resources = [file_object("items.csv", sha256=_hash(folder))]
    return croissant(folder, resources, [record_set("items", *fields)])


def _hash(folder: Path) -> str:
    return hashlib.sha256((folder / "items.csv").read_bytes()).hexdigest()


def test_what_could_be_meant_twice_is_asked(tmp_path: Path) -> None:
    file = _two(tmp_path, "label", "split")
    with pytest.raises(InputError, match="the label field could be 'label', 'split'") as error:
        opened(file)
    assert "--label-column" in str(error.value)
    assert opened(file, label_columns=("items/split",)).class_names == ("test", "train")
    assert opened(file, label_columns=("label",)).class_names == CLASSES


def test_several_record_sets_are_asked_for_by_name(tmp_path: Path) -> None:
    folders(tmp_path)
    table(tmp_path)
    sets = [
        record_set(
            name,
            field(f"{name}/label", LABEL, column("items.csv", "label")),
            field(f"{name}/path", "sc:Text", column("items.csv", "path")),
        )
        for name in ("one", "two")
    ]
    file = croissant(tmp_path, [file_object("items.csv", sha256=_hash(tmp_path))], sets)
    with pytest.raises(InputError, match="the items could be 'one', 'two'") as error:
        opened(file)
    assert "--record-set" in str(error.value)
    assert opened(file, record_set="two").n_samples == 12
    with pytest.raises(InputError, match="there is no record set 'three'"):
        opened(file, record_set="three")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ({"fileObject": {"@id": "items.csv"}}, "extract: nothing '' is not read here"),
        (column("items.csv", "nothing"), "column: there is no 'nothing'"),
        ({**column("items.csv", "label"), "transform": {"format": "%Y"}}, "format is not read"),
        ({**column("items.csv", "label"), "transform": {"regex": "(a)(b)"}}, "it has 2 groups"),
        ({**column("items.csv", "label"), "transform": {"regex": "(a"}}, "cannot be read"),
        ({**column("items.csv", "label"), "transform": {"regex": "(?=a)(a)"}}, "cannot be read"),
        ({**column("items.csv", "label"), "transform": {"regex": "(x)"}}, "its pattern is not of"),
        ({**column("items.csv", "label"), "transform": {"regex": "(a{1000}){1000}"}}, "regex"),
        ({"field": {"@id": "items/label"}}, "fields take their values from one another"),
        ({"field": {"@id": "nowhere"}}, "there is no resource and no field 'nowhere'"),
        ({}, "names 0 sources where one should be"),
        ({"fileObject": {"@id": "items.csv"}, "fileSet": {"@id": "x"}}, "names 2 sources"),
        (5, "source: found a number where an object should be"),
        ([], "source: 0 are given"),
        ({"fileObject": 5}, "fileObject: found a number where a reference"),
        ({"fileSet": {"@id": "none"}, "extract": {"fileProperty": "lines"}}, "no resource"),
    ],
)
def test_a_source_that_cannot_be_read_is_named(source: object, says: str, tmp_path: Path) -> None:
    folders(tmp_path)
    table(tmp_path)
    label = {"@type": "cr:Field", "@id": "items/label", "dataType": LABEL, "source": source}
    path = field("items/path", "sc:Text", column("items.csv", "path"))
    resources = [file_object("items.csv", sha256=_hash(tmp_path))]
    with pytest.raises(InputError) as error:
        opened(croissant(tmp_path, resources, [record_set("items", path, label)]))
    assert says in str(error.value)
    assert "\nhint: " in str(error.value)


def test_sources_that_nothing_joins_are_named(tmp_path: Path) -> None:
    file = joined_from_the_table(tmp_path)
    document = json.loads(file.read_text(encoding="utf-8"))
    del document["recordSet"][0]["field"][0]["references"]
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match=r"come from 'images', 'items\.csv', and none refers"):
        opened(file)


def test_a_key_that_comes_twice_is_refused(tmp_path: Path) -> None:
    file = joined_from_the_files(tmp_path)
    cells = [[f"{n % 11}-bird", y, s] for _, y, s, n in rows()]
    hashed = hashlib.sha256(table(tmp_path, cells=cells).read_bytes()).hexdigest()
    with pytest.raises(
        InputError, match="1 key of those that are referred to come twice: '0-bird'"
    ):
        opened(_changed(file, sha256=hashed))


def test_a_label_that_is_no_class_that_is_listed_is_refused(tmp_path: Path) -> None:
    file = of_listed_classes(tmp_path)
    document = json.loads(file.read_text(encoding="utf-8"))
    del document["recordSet"][0]["data"][1]
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match="'7' is no class that is listed"):
        opened(file)
    document["recordSet"][0]["data"][1]["birds/name"] = "duck"
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match="a name of a class is blank or comes twice"):
        opened(file)


def test_a_link_that_leaves_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(png(1))
    file = by_folders(tmp_path / "data")
    (tmp_path / "data" / "train" / "duck" / "x.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(InputError, match="a symbolic link that leaves the folder"):
        opened(file)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["", "items", "items.csv", "items/label", "../x", "cr:Label", "(", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["@id", "@type", "name", "field", "source", "column", "regex", "data", "x"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


def _places(found: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return where every value of a document stands."""
    inner = (
        found.items()
        if isinstance(found, dict)
        else enumerate(found)
        if isinstance(found, list)
        else ()
    )
    return [path, *(place for key, each in inner for place in _places(each, (*path, key)))]


@given(data=st.data(), write=st.sampled_from(WAYS))
@settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_value_may_be_wrong_and_is_told(
    data: st.DataObject, write: Write, tmp_path: Path
) -> None:
    root = tmp_path / write.__name__
    file = root / "croissant.json"
    kept = root / "kept.json"
    if not kept.exists():
        write(root).rename(kept)
    document = json.loads(kept.read_text(encoding="utf-8"))
    for _ in range(data.draw(st.integers(1, 3))):
        places = [place for place in _places(document) if place]
        *above, last = data.draw(st.sampled_from(places))
        node = document
        for key in above:
            node = node[key]
        node[last] = data.draw(JSON)
    file.write_text(json.dumps(document), encoding="utf-8")
    try:
        dataset = opened(file)
    except InputError:
        return
    assert dataset.n_samples == dataset.source.found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no JSON"),
        ("[]", "found a list where an object should be"),
        ('{"recordSet": 5}', "recordSet: found a number where an object should be"),
        ("{}", "no record set describes items; found none"),
        ('{"@graph": []}', "@graph: a file of several graphs"),
        ('{"a":' * 99 + "1" + "}" * 99, "nested more than"),
        ('{"distribution": [{"@id": "a"}, {"@id": "a"}]}', "the @id comes twice"),
        ('{"recordSet": [{"@id": "a", "data": [1]}]}', "data: found a number where an object"),
    ],
)
def test_what_is_no_croissant_file_is_refused(text: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "croissant.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        opened(file)
    assert says in str(error.value)
    assert "\nhint: " in str(error.value)


def test_a_json_file_is_one_only_by_its_context(tmp_path: Path) -> None:
    renamed = by_table(tmp_path).rename(tmp_path / "metadata.json")
    assert opened(renamed).source.format == "croissant"
    (tmp_path / "other.json").write_text('{"@type": "Dataset"}', encoding="utf-8")
    with pytest.raises(InputError, match="looks like none of the formats"):
        opened(tmp_path / "other.json")
