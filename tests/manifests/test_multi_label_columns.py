"""Several labels an item: lists, text with a separator, and one column a class."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelaudit.dataset import Dataset, State
from labelaudit.errors import InputError
from labelaudit.manifests import Options, open_dataset

CHEXPERT = {"1": "positive", "0": "negative", "-1": "uncertain", "": "unknown"}


def read(folder: Path, text: str, suffix: str = ".csv", **options: object) -> Dataset:
    file = folder / f"manifest{suffix}"
    file.write_text(text, encoding="utf-8")
    return open_dataset(file, Options(**options))  # type: ignore[arg-type]


def labels(dataset: Dataset) -> list[str | list[str] | None]:
    return [dataset.label_text(item) for item in range(dataset.n_samples)]


def test_a_separator_splits_a_cell(tmp_path: Path) -> None:
    dataset = read(tmp_path, "label\ncat;dog\n\ndog ; bird\ncat\n", label_separator=";")
    assert dataset.task == "multilabel"
    assert dataset.class_names == ("bird", "cat", "dog")
    assert labels(dataset) == [["cat", "dog"], None, ["bird", "dog"], ["cat"]]
    assert (dataset.labels == -1).all()
    states = dataset.label_states
    assert states is not None
    assert states.indptr.tolist() == [0, 2, 2, 4, 5]
    assert states.indices.tolist() == [1, 2, 0, 2, 1]
    assert states.states.tolist() == [State.POSITIVE] * 5


def test_a_whole_cell_can_mean_no_label_or_unlabelled(tmp_path: Path) -> None:
    text = "label,x\ncat|dog,\nnone,\n?,\n,\n"
    states = {"none": "negative", "?": "unlabelled"}
    dataset = read(tmp_path, text, label_separator="|", label_states=states)
    assert labels(dataset) == [["cat", "dog"], [], None, None]
    dataset = read(tmp_path, text, label_separator="|", label_states=states | {"": "negative"})
    assert labels(dataset) == [["cat", "dog"], [], None, []]


def test_a_label_that_stands_twice_counts_once_and_is_mentioned(tmp_path: Path) -> None:
    dataset = read(tmp_path, '{"label": ["a", "b", "a"]}\n{"label": ["a", "a"]}\n', ".jsonl")
    assert labels(dataset) == [["a", "b"], ["a"]]
    assert "2 labels stand twice in one list and count once" in dataset.source.why


def test_lists_of_numbers_are_classes_by_number(tmp_path: Path) -> None:
    dataset = read(tmp_path, '{"label": [10, 9]}\n{"label": [2]}\n{"label": null}', ".jsonl")
    assert dataset.class_names == ("2", "9", "10")
    assert labels(dataset) == [["10", "9"], ["2"], None]


def test_json_lists_in_text_need_all_cells_to_be_lists(tmp_path: Path) -> None:
    dataset = read(tmp_path, 'label,x\n"[""a"", ""b""]",\n[],\n,\n[3],\n')
    assert labels(dataset) == [["a", "b"], [], None, ["3"]]
    assert read(tmp_path, "label\n[a]\nb\n").class_names == ("[a]", "b")


@pytest.mark.parametrize(
    "kind", [pa.list_(pa.string()), pa.large_list(pa.large_string()), pa.list_(pa.string_view())]
)
def test_parquet_lists_of_any_kind(tmp_path: Path, kind: pa.DataType) -> None:
    column = pa.array([["b", "a"], [], None], kind)
    pq.write_table(pa.table({"label": column}), tmp_path / "manifest.parquet")
    assert labels(open_dataset(tmp_path / "manifest.parquet")) == [["a", "b"], [], None]


def test_parquet_lists_of_one_length(tmp_path: Path) -> None:
    column = pa.array([["b", "a"], None, ["c", "a"]], pa.list_(pa.string(), 2))
    try:
        pq.write_table(pa.table({"label": column}), tmp_path / "manifest.parquet")
    except pa.ArrowNotImplementedError as error:
        pytest.skip(f"this pyarrow cannot write the file: {error}")
    dataset = open_dataset(tmp_path / "manifest.parquet")
    assert labels(dataset) == [["a", "b"], None, ["a", "c"]]


def test_class_columns_with_declared_cells(tmp_path: Path) -> None:
    text = "path,Edema,Pneumonia,Fracture\na,1.0,0.0,\nb,-1.0,,1.0\nc,,,\nd,0.0,0.0,0.0\n"
    dataset = read(
        tmp_path, text, label_columns=("Edema", "Pneumonia", "Fracture"), label_states=CHEXPERT
    )
    assert dataset.class_names == ("Edema", "Pneumonia", "Fracture")
    assert labels(dataset) == [
        ["Edema", "unknown:Fracture"],
        ["Fracture", "uncertain:Edema", "unknown:Pneumonia"],
        None,
        [],
    ]
    states = dataset.label_states
    assert states is not None
    assert states.labelled.tolist() == [True, True, False, True]
    assert states.indptr.tolist() == [0, 2, 5, 5, 5]
    assert states.indices.tolist() == [0, 2, 0, 1, 2]
    assert State.NEGATIVE not in states.states


def test_minus_one_can_be_declared_negative(tmp_path: Path) -> None:
    states = {"-1": "negative", "0": "unknown"}
    dataset = read(tmp_path, "a,b\n1,-1\n0,1\n0,0\n", label_columns=("a", "b"), label_states=states)
    assert labels(dataset) == [["a"], ["b", "unknown:a"], None]


def test_true_and_false_need_no_declaration(tmp_path: Path) -> None:
    dataset = read(tmp_path, "a,b\nTrue,false\nFALSE,true\n", label_columns=("a", "b"))
    assert labels(dataset) == [["a"], ["b"]]
    pq.write_table(pa.table({"a": [True, False], "b": [0.0, 1.0]}), tmp_path / "m.parquet")
    dataset = open_dataset(tmp_path / "m.parquet", Options(label_columns=("a", "b")))
    assert labels(dataset) == [["a"], ["b"]]


def test_many_wrong_cells_are_counted_and_located_once(tmp_path: Path) -> None:
    text = "a,b\n" + "".join(f"{number}.5,1\n" for number in range(3000))
    with pytest.raises(InputError, match="3,000 problems in 3,000 rows") as error:
        read(tmp_path, text, label_columns=("a", "b"))
    assert len(error.value.details) == 20


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from(State), min_size=2, max_size=2), min_size=1, max_size=12))
def test_any_states_are_read_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, matrix: list[list[State]]
) -> None:
    cell = {State.POSITIVE: "1", State.NEGATIVE: "0", State.UNCERTAIN: "-1", State.UNKNOWN: ""}
    text = "a,b\n" + "".join(",".join(cell[state] for state in row) + "\n" for row in matrix)
    dataset = read(
        tmp_path_factory.mktemp("t"), text, label_columns=("a", "b"), label_states=CHEXPERT
    )
    states = dataset.label_states
    assert states is not None
    dense = np.zeros((len(matrix), 2), dtype=np.int8)
    for item in range(len(matrix)):
        for place in range(states.indptr[item], states.indptr[item + 1]):
            dense[item, states.indices[place]] = states.states[place]
    for item, row in enumerate(matrix):
        known = any(state != State.UNKNOWN for state in row)
        assert states.labelled[item] == known
        assert dense[item].tolist() == (row if known else [0, 0])
