"""Tables with one label an item: which columns are taken, and what their cells mean."""

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelaudit.dataset import Dataset
from labelaudit.errors import InputError
from labelaudit.manifests import Options, open_dataset


def read(folder: Path, text: str, suffix: str = ".csv", options: Options | None = None) -> Dataset:
    file = folder / f"manifest{suffix}"
    file.write_bytes(text.encode())
    return open_dataset(file, options)


def labels(dataset: Dataset) -> list[str | list[str] | None]:
    return [dataset.label_text(item) for item in range(dataset.n_samples)]


def test_columns_are_known_by_their_usual_names(tmp_path: Path) -> None:
    dataset = read(
        tmp_path,
        "Path,Target,subset,patient_id,note\na.png,cat,val,p1,x\nb/c.png,dog,,p2,y\nd.png,,train,,z\n",
    )
    assert dataset.paths.to_pylist() == ["a.png", "b/c.png", "d.png"]
    assert labels(dataset) == ["cat", "dog", None]
    assert dataset.class_names == ("cat", "dog")
    assert [dataset.split(item) for item in range(3)] == ["validation", None, "train"]
    assert dataset.groups is not None
    assert dataset.groups.tolist() == [0, 1, -1]
    assert dataset.source.found == 3
    assert dataset.source.manifest == "manifest.csv"
    assert dataset.source.why == (
        "a file of type .csv",
        "image column 'Path': the only one of the usual names",
        "split column 'subset': the only one of the usual names",
        "group column 'patient_id': the only one of the usual names",
        "label column 'Target': the only one of the usual names",
        "columns that were not read: 'note'",
        "one label an item, 2 classes: cat, dog",
        "splits: column 'subset': train, validation",
    )


def test_columns_that_are_asked_for_win(tmp_path: Path) -> None:
    options = Options(
        image_column="left",
        label_columns=("category",),
        split_column="fold",
        group_column="video",
    )
    text = "path,left,label,category,fold,video\nx,a.png,no,yes,3,7\n"
    dataset = read(tmp_path, text, options=options)
    assert dataset.paths.to_pylist() == ["a.png"]
    assert labels(dataset) == ["yes"]
    assert dataset.split(0) == "3"
    assert "label column 'category': as asked for" in dataset.source.why


def test_images_lie_relative_to_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images/a.png").write_bytes(b"pixels")
    dataset = read(tmp_path, "path,label\n./images//./a.png,cat\nimages/none.png,dog\nimages,dog\n")
    assert dataset.paths.to_pylist() == ["images/a.png", "images/none.png", "images"]
    assert dataset.media is not None
    assert dataset.media.read(0) == b"pixels"
    for item in (1, 2):
        with pytest.raises(FileNotFoundError):
            dataset.media.read(item)


def test_a_table_of_labels_alone_is_a_dataset(tmp_path: Path) -> None:
    dataset = read(tmp_path, "label\ncat\n\ndog\n")
    assert dataset.media is None
    assert dataset.paths.to_pylist() == ["row/00000000", "row/00000001", "row/00000002"]
    assert labels(dataset) == ["cat", None, "dog"]


def test_items_without_images_are_known_by_their_id(tmp_path: Path) -> None:
    dataset = read(tmp_path, '{"id": 7, "label": "a"}\n{"id": 7, "label": "b"}\n', ".jsonl")
    assert dataset.paths.to_pylist() == ["7", "7"]
    assert dataset.media is None


def test_a_file_that_is_listed_twice_stays_two_items(tmp_path: Path) -> None:
    dataset = read(tmp_path, "path,label\na.png,cat\na.png,dog\n")
    assert dataset.n_samples == 2
    assert labels(dataset) == ["cat", "dog"]


def test_text_stays_text(tmp_path: Path) -> None:
    cells = ["01", "1", "1.0", "NA", "None", "nan", "null", "true", "2020-01-01", "#N/A"]
    dataset = read(tmp_path, "path,label\n" + "".join(f"x.png,{cell}\n" for cell in cells))
    assert labels(dataset) == cells


def test_whole_numbers_are_sorted_by_number(tmp_path: Path) -> None:
    assert read(tmp_path, "label\n10\n9\n2\n").class_names == ("2", "9", "10")
    assert read(tmp_path, "label\n10\n9\n2\nx\n").class_names == ("10", "2", "9", "x")
    assert read(tmp_path, '{"label": 10}\n{"label": 9}\n', ".jsonl").class_names == ("9", "10")


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
@pytest.mark.parametrize(
    ("meaning", "expected"), [("unlabelled", [None, "0", "1"]), ("positive", ["-1", "0", "1"])]
)
def test_minus_one_means_what_is_declared(
    tmp_path: Path, suffix: str, meaning: str, expected: list[str | None]
) -> None:
    options = Options(label_states={"-1": meaning})
    if suffix == ".parquet":
        pq.write_table(pa.table({"label": [-1, 0, 1]}), tmp_path / "manifest.parquet")
        dataset = open_dataset(tmp_path / "manifest.parquet", options)
    else:
        text = (
            "label\n-1\n0\n1\n" if suffix == ".csv" else '{"label": -1}\n{"label": 0}\n{"label": 1}'
        )
        dataset = read(tmp_path, text, suffix, options)
    assert labels(dataset) == expected


def test_minus_one_among_words_is_a_class(tmp_path: Path) -> None:
    assert read(tmp_path, "label\n-1\nzero\n").class_names == ("-1", "zero")


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([1.0, float("nan"), 3.0]), ["1", None, "3"]),
        (pa.array([1.0, None, 3.0], pa.float32()), ["1", None, "3"]),
        (pa.array([2, None, 3], pa.uint8()), ["2", None, "3"]),
        (pa.array([True, False, None]), ["true", "false", None]),
        (pa.array(["b", None, "a"]).dictionary_encode(), ["b", None, "a"]),
        (pa.array(["b", " ", "a"], pa.string_view()), ["b", None, "a"]),
    ],
)
def test_parquet_columns_of_any_type(
    tmp_path: Path, column: pa.Array, expected: list[str | None]
) -> None:
    pq.write_table(pa.table({"label": column}), tmp_path / "manifest.parquet")
    assert labels(open_dataset(tmp_path / "manifest.parquet")) == expected


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1.5]),
        pa.array([float("inf")]),
        pa.array([b"cat"]),
        pa.array([{"a": 1}]),
        pa.array([0], pa.timestamp("s")),
    ],
)
def test_what_is_no_label_is_refused(tmp_path: Path, column: pa.Array) -> None:
    pq.write_table(pa.table({"label": column}), tmp_path / "manifest.parquet")
    with pytest.raises(InputError, match="1 problem in 1 row"):
        open_dataset(tmp_path / "manifest.parquet")


def test_annotators_are_a_long_table_over_the_union_of_classes(tmp_path: Path) -> None:
    text = "path,label,annotator_1,annotator_2\na,cat,cat,dog\nb,,bird,\nc,dog,,\n"
    dataset = read(tmp_path, text)
    assert dataset.class_names == ("bird", "cat", "dog")
    assert labels(dataset) == ["cat", None, "dog"]
    assert dataset.annotations is not None
    assert dataset.annotations.schema == pa.schema(
        {"item": pa.int64(), "annotator": pa.string(), "label": pa.int32()}
    )
    assert dataset.annotations.to_pydict() == {
        "item": [0, 0, 1],
        "annotator": ["annotator_1", "annotator_2", "annotator_1"],
        "label": [1, 2, 0],
    }


def test_annotators_can_be_any_columns(tmp_path: Path) -> None:
    options = Options(annotator_columns=("ann", "bob"))
    dataset = read(tmp_path, "label,ann,bob,annotator_1\ncat,dog,cat,cow\n", options=options)
    assert dataset.annotations is not None
    assert dataset.annotations["annotator"].to_pylist() == ["ann", "bob"]
    assert dataset.class_names == ("cat", "dog")


@pytest.mark.parametrize(
    "header", ["label,annotator_1,x", "label,annotator_id,annotator_count", "label,annotators,x"]
)
def test_columns_about_annotators_are_no_annotators(tmp_path: Path, header: str) -> None:
    assert read(tmp_path, f"{header}\ncat,3,2\n").annotations is None


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    assert labels(read(tmp_path, "\ufefflabel,path\ncat,a.png\n")) == ["cat"]
    assert labels(read(tmp_path, '\ufeff{"label": "cat"}\n', ".jsonl")) == ["cat"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_and_quoted_cells(tmp_path: Path, end: str) -> None:
    lines = ["path,label,note", '"a,b.png","say ""cat""",x', "", 'c.png,"two', 'lines",']
    dataset = read(tmp_path, end.join(lines))
    assert dataset.paths.to_pylist() == ["a,b.png", "c.png"]
    assert labels(dataset) == ['say "cat"', f"two{end}lines"]


def test_a_stray_quote_inside_a_cell_is_text(tmp_path: Path) -> None:
    assert labels(read(tmp_path, 'path,label\na.png,5" pipe\nb.png,cat\n')) == ['5" pipe', "cat"]


def test_line_numbers_count_lines_not_rows(tmp_path: Path) -> None:
    text = 'path,label\n"a\nb.png",cat\n\n../c.png,dog\n"d\ne.png",cat\n/f.png,dog\n'
    with pytest.raises(InputError) as error:
        read(tmp_path, text)
    assert [detail.partition(":")[0] for detail in error.value.details] == ["line 5", "line 8"]


def test_huge_cells_are_read(tmp_path: Path) -> None:
    name = "x" * 10_000
    dataset = read(tmp_path, f"path,label,note\na.png,{name},{'y' * 3_000_000}\nb.png,c,z\n")
    assert dataset.class_names == ("c", name)
    assert dataset.n_samples == 2


def test_a_digit_string_of_any_length_is_a_class(tmp_path: Path) -> None:
    dataset = read(tmp_path, f"label\n{'9' * 10_000}\n1\n")
    assert len(dataset.class_names) == 2


def test_names_in_any_script(tmp_path: Path) -> None:
    names = [
        "中文",
        "العربية",
        "שלום",
        "हिन्दी",
        "emoji 🦊",
        "\u202etxt.gnp",
        "a\u0301",
        "á",
        "'; DROP",
    ]
    dataset = read(tmp_path, "path,label\n" + "".join(f"{n}.png,{n}\n" for n in names))
    assert labels(dataset) == names
    assert dataset.paths.to_pylist() == [f"{name}.png" for name in names]


def test_a_key_may_be_missing_or_come_late_in_json_lines(tmp_path: Path) -> None:
    late = '{"note": 1}\n' * 70_000 + '{"label": "cat", "path": "a.png", "split": "test"}\n'
    file = tmp_path / "manifest.jsonl"
    file.write_text('{"label": "dog", "path": "b.png"}\n\n{"label": null, "path": "c.png"}\n')
    assert labels(open_dataset(file)) == ["dog", None]
    file.write_text(late)
    with pytest.raises(InputError, match="70,000 problems in 70,001 rows"):
        open_dataset(file)
    file.write_text(late.replace('"path"', '"other"'))
    dataset = open_dataset(file)
    assert dataset.n_samples == 70_001
    assert dataset.label_text(70_000) == "cat"
    assert np.flatnonzero(dataset.labelled).tolist() == [70_000]


def test_json_types_may_change_between_chunks_only_where_they_go_together(tmp_path: Path) -> None:
    start = '{"label": 3}\n' * 65_536
    dataset = read(tmp_path, start + '{"label": 4.0}\n', ".jsonl")
    assert dataset.class_names == ("3", "4")
    with pytest.raises(InputError, match=r"a number \(line 1\), text \(line 65537\)"):
        read(tmp_path, start + '{"label": "x"}\n', ".jsonl")


def test_deep_json_is_an_error_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 1"):
        read(tmp_path, '{"label": ' + "[" * 100_000, ".jsonl")


def test_a_huge_number_is_an_error_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a huge number"):
        read(tmp_path, f'{{"label": {2**70}}}\n', ".jsonl")


def test_parquet_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], ["label", "label"])
    pq.write_table(table, tmp_path / "manifest.parquet")
    with pytest.raises(InputError, match="column names come twice: 'label'"):
        open_dataset(tmp_path / "manifest.parquet")


def test_a_row_longer_than_a_block_is_an_error_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="longer than 16 MB"):
        read(tmp_path, "label\ncat\n" + "x" * (1 << 25) + "\n")


def test_a_folder_named_as_a_table_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(InputError, match="the folder is empty"):
        open_dataset(tmp_path / "x.csv")
    with pytest.raises(InputError, match="cannot be read"):
        open_dataset(tmp_path / "x.csv", Options(format="table"))


def test_objects_of_different_types_are_an_error_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read as one column; "):
        read(tmp_path, '{"label": {"a": 1}}\n{"label": {"a": "x"}}\n', ".jsonl")


def test_a_key_that_is_true_in_one_line_and_a_number_in_another(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"true or false \(line 1\), a number \(line 3\)"):
        read(tmp_path, '{"label": true}\n\n{"label": 1}\n', ".jsonl")


TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12
)
PATHS = st.lists(
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0/\\:."), min_size=1
    ).filter(str.strip),
    min_size=1,
    max_size=3,
).map("/".join)
# What must not be read as anything else than one label a row.
LABELS = st.none() | TEXT.filter(lambda text: text.strip() and not text.lstrip().startswith("["))
ROWS = st.lists(
    st.tuples(PATHS, LABELS, st.none() | st.sampled_from(["train", "x", "7"])), min_size=1
)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, suffix=st.sampled_from([".csv", ".tsv", ".jsonl", ".parquet"]))
def test_any_table_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str | None, str | None]],
    suffix: str,
) -> None:
    file = tmp_path_factory.mktemp("table") / f"manifest{suffix}"
    names = ("path", "label", "split")
    if suffix == ".parquet":
        arrays = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
        pq.write_table(pa.table(dict(zip(names, arrays, strict=True))), file)
    elif suffix == ".jsonl":
        lines = (json.dumps(dict(zip(names, row, strict=True))) for row in rows)
        file.write_text("\n".join(lines), encoding="utf-8")
    else:
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, delimiter="\t" if suffix == ".tsv" else ",")
            writer.writerows([names, *rows])
    states = {"-1": "positive"}
    dataset = open_dataset(file, Options(label_states=states))
    assert dataset.paths.to_pylist() == [path for path, _, _ in rows]
    assert labels(dataset) == [label for _, label, _ in rows]
    assert [dataset.split(item) for item in range(len(rows))] == [split for _, _, split in rows]
    assert sorted(dataset.class_names) == sorted({label for _, label, _ in rows if label})
