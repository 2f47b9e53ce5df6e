"""One dataset in every format has one digest."""

import csv
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from labelaudit.dataset import Dataset, digest
from labelaudit.manifests import Options, open_dataset
from labelaudit.reading.media import ArrayRows

CLASSES = ("écureuil", "猫", "كلب")
SPLITS = {"train": 5, "validation": 3, "test": 2}
ARRAYS = {"train": "train", "validation": "val", "test": "test"}


@dataclass
class Item:
    path: str
    split: str
    label: str | None
    content: bytes
    pixels: NDArray[np.uint8]


def items(*, unlabelled: bool) -> list[Item]:
    """Return ten images; two without a label where the format has a way to say so."""
    rng = np.random.default_rng(7)
    made = []
    for split, count in SPLITS.items():
        pixels = rng.integers(0, 256, (count, 3, 4, 3), dtype=np.uint8)
        media = ArrayRows([pixels])
        for number in range(count):
            name = CLASSES[(number * 2 + len(split)) % 3]
            label = None if unlabelled and number == 1 else name
            path = f"{split}/{name}/{number}.ppm"
            made.append(Item(path, split, label, media.read(number), pixels[number]))
    return made


def digest_of(dataset: Dataset) -> str:
    assert dataset.media is not None
    hashes = [hashlib.sha256(dataset.media.read(i)).digest() for i in range(dataset.n_samples)]
    return digest(dataset, np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(-1, 32))


def write_images(root: Path, rows: list[Item]) -> None:
    for row in rows:
        (root / row.path).parent.mkdir(parents=True, exist_ok=True)
        (root / row.path).write_bytes(row.content)


def write_delimited(file: Path, header: list[str], rows: list[list[str | None]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter="\t" if file.suffix == ".tsv" else ",")
        writer.writerows([header, *rows])


def write_lines(file: Path, rows: list[dict[str, object]]) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def class_folders(root: Path, rows: list[Item]) -> Dataset:
    write_images(root, rows)
    return open_dataset(root)


def image_folder(root: Path, rows: list[Item]) -> Dataset:
    write_images(root, rows)
    for split in SPLITS:
        write_delimited(
            root / split / "metadata.csv",
            ["file_name", "label"],
            [[r.path.partition("/")[2], r.label] for r in rows if r.split == split],
        )
    return open_dataset(root)


def image_folder_at_the_top(root: Path, rows: list[Item]) -> Dataset:
    write_images(root, rows)
    write_lines(root / "metadata.jsonl", [{"file_name": r.path, "class": r.label} for r in rows])
    return open_dataset(root)


def comma_table(root: Path, rows: list[Item], suffix: str = ".csv") -> Dataset:
    write_images(root, rows)
    file = root / f"manifest{suffix}"
    write_delimited(
        file, ["split", "label", "path"], [[r.split, r.label, "./" + r.path] for r in rows]
    )
    return open_dataset(file)


def tab_table(root: Path, rows: list[Item]) -> Dataset:
    return comma_table(root, rows, ".tsv")


def json_table(root: Path, rows: list[Item]) -> Dataset:
    write_images(root, rows)
    file = root / "manifest.jsonl"
    write_lines(file, [{"image": r.path, "subset": r.split, "target": r.label} for r in rows[::-1]])
    return open_dataset(file)


def parquet_table(root: Path, rows: list[Item]) -> Dataset:
    write_images(root, rows)
    columns = {
        "file": [r.path for r in rows],
        "split": [r.split for r in rows],
        "label": pa.array([r.label for r in rows]).dictionary_encode(),
    }
    pq.write_table(pa.table(columns), root / "manifest.parquet")
    return open_dataset(root / "manifest.parquet")


def hf_parquet(root: Path, rows: list[Item], *, embedded: bool = True) -> Dataset:
    root.mkdir()
    if not embedded:
        write_images(root, rows)
    names = CLASSES[::-1]
    features = {"label": {"names": names, "_type": "ClassLabel"}, "image": {"_type": "Image"}}
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    for split in SPLITS:
        mine = [r for r in rows if r.split == split]
        columns = {
            "image": [{"bytes": r.content if embedded else None, "path": r.path} for r in mine],
            "label": [-1 if r.label is None else names.index(r.label) for r in mine],
        }
        image = pa.struct({"bytes": pa.binary(), "path": pa.string()})
        schema = pa.schema({"image": image, "label": pa.int64()}, metadata)
        for shard in range(2):
            table = pa.table(columns, schema).slice(shard * 2, None if shard else 2)
            pq.write_table(table, root / f"{split}-0000{shard}-of-00002.parquet", row_group_size=2)
    return open_dataset(root, Options(format="" if embedded else "hf_parquet"))


def hf_parquet_with_files(root: Path, rows: list[Item]) -> Dataset:
    return hf_parquet(root, rows, embedded=False)


def medmnist(root: Path, rows: list[Item]) -> Dataset:
    root.mkdir()
    arrays = {"class_names": np.array(CLASSES)}
    for split in SPLITS:
        mine = [r for r in rows if r.split == split]
        labels = [-1 if r.label is None else CLASSES.index(r.label) for r in mine]
        arrays[f"{ARRAYS[split]}_images"] = np.stack([r.pixels for r in mine])
        arrays[f"{ARRAYS[split]}_labels"] = np.array(labels, dtype=np.int8)[:, np.newaxis]
        arrays[f"{ARRAYS[split]}_paths"] = np.array([r.path for r in mine])
    np.savez_compressed(root / "set.npz", allow_pickle=False, **arrays)
    return open_dataset(root / "set.npz", Options(label_states={"-1": "unlabelled"}))


TABLES = [comma_table, tab_table, json_table, parquet_table]
DESCRIBED = [
    image_folder,
    image_folder_at_the_top,
    *TABLES,
    hf_parquet,
    hf_parquet_with_files,
    medmnist,
]


def test_labelled_images_in_all_formats(tmp_path: Path) -> None:
    rows = items(unlabelled=False)
    digests = {
        write.__name__: digest_of(write(tmp_path / write.__name__, rows))
        for write in [class_folders, *DESCRIBED]
    }
    assert len(digests) == 10
    assert len(set(digests.values())) == 1, digests


def test_images_without_a_label_in_all_formats_that_can_say_so(tmp_path: Path) -> None:
    rows = items(unlabelled=True)
    found = {write.__name__: write(tmp_path / write.__name__, rows) for write in DESCRIBED}
    assert {int((~dataset.labelled).sum()) for dataset in found.values()} == {3}
    digests = {name: digest_of(dataset) for name, dataset in found.items()}
    assert len(set(digests.values())) == 1, digests
    labelled = digest_of(class_folders(tmp_path / "labelled", items(unlabelled=False)))
    assert labelled not in digests.values()


SETS: list[list[str] | None] = [
    ["écureuil"],
    ["猫", "écureuil"],
    None,
    ["كلب", "猫", "écureuil"],
    ["猫"],
]


def several(root: Path, kind: str, sets: list[list[str] | None]) -> Dataset:
    """Write items with several labels, and read them back."""
    rows = items(unlabelled=False)[: len(sets)]
    root.mkdir()
    write_images(root, rows)
    named = list(zip([r.path for r in rows], sets, strict=True))
    cells = [[None if labels is None else int(c in labels) for c in CLASSES] for labels in sets]
    file, options = root / f"manifest.{kind.partition('_')[0]}", Options()
    if kind == "csv_separator":
        joined = [[path, None if s is None else " | ".join(s)] for path, s in named]
        write_delimited(file, ["path", "labels"], joined)
        options = Options(label_separator="|")
    elif kind == "csv_json":
        texts = [[path, None if s is None else json.dumps(s)] for path, s in named]
        write_delimited(file, ["path", "labels"], texts)
    elif kind == "csv_columns":
        lines = [[p, *map(_text, c)] for (p, _), c in zip(named, cells, strict=True)]
        write_delimited(file, ["path", *CLASSES], lines)
        options = Options(label_columns=CLASSES, label_states={"": "unknown"})
    elif kind == "jsonl_list":
        write_lines(file, [{"path": path, "labels": s} for path, s in named])
    elif kind == "parquet_list":
        columns = {"path": [p for p, _ in named], "labels": pa.array(sets)}
        pq.write_table(pa.table(columns), file)
    elif kind == "parquet_columns":
        matrix = {c: pa.array([row[i] for row in cells]) for i, c in enumerate(CLASSES)}
        pq.write_table(pa.table({"path": [p for p, _ in named], **matrix}), file)
        options = Options(label_columns=CLASSES, label_states={"": "unknown"})
    elif kind == "npz":
        matrix_ = np.array([[-1 if c is None else c for c in row] for row in cells], dtype=np.int8)
        arrays = {
            "train_images": np.stack([r.pixels for r in rows]),
            "train_labels": matrix_,
            "train_paths": np.array([p for p, _ in named]),
            "class_names": np.array(CLASSES),
        }
        np.savez(file, allow_pickle=False, **arrays)
        options = Options(label_states={"-1": "unknown"})
    return open_dataset(file, options)


def _text(cell: int | None) -> str | None:
    return None if cell is None else str(cell)


def without_splits(dataset: Dataset) -> str:
    """Return the digest of paths, labels and bytes; only npz has a split to all items."""
    assert dataset.media is not None
    lines = [
        json.dumps([dataset.paths[i].as_py(), dataset.label_text(i), dataset.media.read(i).hex()])
        for i in range(dataset.n_samples)
    ]
    return "\n".join(sorted(lines))


KINDS = (
    *("csv_separator", "csv_json", "csv_columns"),
    *("jsonl_list", "parquet_list", "parquet_columns", "npz"),
)


def test_several_labels_in_all_formats(tmp_path: Path) -> None:
    found = {kind: several(tmp_path / kind, kind, SETS) for kind in KINDS}
    assert {dataset.task for dataset in found.values()} == {"multilabel"}
    digests = {kind: digest_of(dataset) for kind, dataset in found.items() if kind != "npz"}
    assert len(set(digests.values())) == 1, digests
    assert len({without_splits(dataset) for dataset in found.values()}) == 1


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "csv_separator"])
def test_an_empty_set_is_labelled_and_differs_from_no_label(tmp_path: Path, kind: str) -> None:
    dataset = several(tmp_path / kind, kind, [[], None, ["猫"], ["écureuil", "كلب"]])
    assert dataset.labelled.tolist() == [True, False, True, True]
    assert dataset.label_text(0) == []
    assert dataset.label_text(1) is None
    assert dataset.label_text(3) == ["écureuil", "كلب"]
