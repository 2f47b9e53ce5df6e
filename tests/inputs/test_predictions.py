import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from labelaudit.dataset import Dataset, Source
from labelaudit.errors import InputError
from labelaudit.inputs.predicted_items import dataset_of
from labelaudit.inputs.predictions import PredictionFiles, named_files, read_predictions

CLASSES = ("cat", "dog", "eel")
LABELS = [0, 1, 2, 0, -1]
RIGHT = "path,prediction\na.png,cat\nb.png,dog\nc.png,eel\nd.png,dog\n"


def dataset(splits: list[int] | None = None) -> Dataset:
    return Dataset(
        name="pets",
        task="multiclass",
        class_names=CLASSES,
        paths=pa.array([f"{letter}.png" for letter in "abcde"], pa.large_string()),
        labels=np.array(LABELS, dtype=np.int32),
        split_names=("train", "test"),
        splits=np.array(splits or [0] * 5, dtype=np.int32),
        media=None,
        source=Source(format="test", why=(), found=5),
    )


def files(folder: Path, **texts: str) -> PredictionFiles:
    """Write files of predictions, CSV unless they begin as JSON."""
    found = []
    for name, text in texts.items():
        path = folder / f"{name}{'.jsonl' if text.startswith('{') else '.csv'}"
        path.write_text(text, encoding="utf-8")
        found.append((name, path))
    return PredictionFiles(files=tuple(found))


def read(said: PredictionFiles, of: Dataset | None = None) -> NDArray[np.int32]:
    return read_predictions(said, of or dataset()).classes


def test_tables_of_every_kind_and_scores_are_read(tmp_path: Path) -> None:
    lines = RIGHT.splitlines()[1:]
    objects = [dict(zip(("item", "y_pred"), line.split(","), strict=True)) for line in lines]
    said = files(tmp_path, a=RIGHT, b="\n".join(json.dumps(each) for each in objects))
    (tmp_path / "c.tsv").write_text(RIGHT.replace(",", "\t"), encoding="utf-8")
    table = pa.table({name: [each[name] for each in objects] for name in ("item", "y_pred")})
    pq.write_table(table.rename_columns(["id", "pred"]), tmp_path / "d.parquet")
    np.save(tmp_path / "e.npy", np.log(np.eye(3)[[0, 1, 2, 1, 0]] + 0.1))
    more = tuple((name, tmp_path / name) for name in ("c.tsv", "d.parquet", "e.npy"))
    classes = read(PredictionFiles(files=said.files + more))
    assert classes[:, :4].tolist() == [[0, 1, 2, 1]] * 5
    assert classes[:, 4].tolist() == [-1, -1, -1, -1, 0]


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    head, *lines = RIGHT.splitlines()
    said = files(tmp_path, a=RIGHT, b="\n".join([head, *reversed(lines)]))
    first, second = read(said)
    assert np.array_equal(first, second)


def test_a_whole_split_may_be_left_out(tmp_path: Path) -> None:
    of_test = "path,prediction\nb.png,dog\nd.png,dog\n"
    said = files(tmp_path, a=of_test, b=of_test)
    assert read(said, dataset([0, 1, 0, 1, 0]))[0].tolist() == [-1, 1, -1, 1, -1]
    with pytest.raises(InputError, match="2 of 2 models leave out labelled items"):
        read(said, dataset([0, 1, 1, 1, 0]))


def test_all_that_is_wrong_with_a_file_is_said_at_once(tmp_path: Path) -> None:
    wrong = "path,prediction\na.png,cat\na.png,dog\nx.png,dog\nc.png,fox\nd.png,\n"
    with pytest.raises(InputError, match="4 problems in 5 rows") as caught:
        read(files(tmp_path, a=wrong, b=RIGHT))
    said = str(caught.value)
    assert "line 3: item 'a.png' comes twice" in said
    assert "line 4: item 'x.png' is not in the dataset" in said
    assert "line 5: 'fox' is no class of the dataset" in said
    assert "line 6: there is no prediction" in said
    assert "its classes are cat, dog, eel" in said


def test_models_that_leave_out_items_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(files(tmp_path, mine=RIGHT, theirs=RIGHT.replace("c.png,eel\n", "")))
    assert "theirs: no prediction of 1 items: 'c.png'" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("path,class\na.png,cat\n", "the prediction column is not there"),
        ("path,prediction,pred\na.png,cat,cat\n", "could be 'prediction', 'pred'"),
        ("name,prediction\na.png,cat\n", "the item column is not there"),
    ],
)
def test_a_column_that_is_not_clear_is_asked_for(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read(files(tmp_path, a=text, b=RIGHT))
    assert said in str(caught.value)
    assert "-column" in caught.value.hint


def test_columns_can_be_named(tmp_path: Path) -> None:
    text = RIGHT.replace("path,prediction", "file of it,said")
    said = files(tmp_path, a=text, b=text)
    named = PredictionFiles(files=said.files, item_column="file of it", prediction_column="said")
    assert read(named)[0, :4].tolist() == [0, 1, 2, 1]


def test_scores_of_another_shape_or_with_nan_are_refused(tmp_path: Path) -> None:
    good = files(tmp_path, a=RIGHT).files
    for scores, what in (
        (np.ones((5, 2)), "2 columns for 3 classes"),
        (np.ones((4, 3)), r"shape \(4, 3\) for 5 items"),
        (np.full((5, 3), np.nan), "5 rows hold NaN"),
        (np.eye(5)[:, :3], "2 rows have their largest score at two"),
    ):
        np.save(tmp_path / "b.npy", scores)
        with pytest.raises(InputError, match=what):
            read(PredictionFiles(files=(*good, ("b", tmp_path / "b.npy"))))


def test_models_are_named_by_their_file_or_as_said(tmp_path: Path) -> None:
    odd = tmp_path / "a=b.csv"
    odd.touch()
    found = named_files(["x/resnet.csv", "mine=y/resnet.csv", str(odd)])
    assert [name for name, _ in found] == ["resnet", "mine", "a=b"]
    with pytest.raises(InputError, match="two models are called 'resnet'"):
        named_files(["x/resnet.csv", "y/resnet.csv"])
    with pytest.raises(InputError, match="1 model named"):
        named_files(["x/resnet.csv"])


def with_labels(text: str, labels: str) -> str:
    lines = text.strip().splitlines()
    cells = ["label", *labels.split()]
    return "\n".join(f"{line},{cell}" for line, cell in zip(lines, cells, strict=True))


def test_predictions_with_labels_are_a_dataset(tmp_path: Path) -> None:
    text = with_labels(RIGHT, "cat dog eel cat")
    said = files(tmp_path, a=text, b=RIGHT.replace("d.png,dog", "d.png,fox"))
    found = dataset_of(said)
    assert found.class_names == ("cat", "dog", "eel", "fox")
    assert found.labels.tolist() == [0, 1, 2, 0]
    assert found.paths.to_pylist() == ["a.png", "b.png", "c.png", "d.png"]
    assert read_predictions(said, found).classes.tolist() == [[0, 1, 2, 1], [0, 1, 2, 3]]


def test_labels_that_contradict_each_other_or_are_not_there_are_refused(tmp_path: Path) -> None:
    first, second = (
        with_labels(RIGHT, labels) for labels in ("cat dog eel cat", "cat dog dog cat")
    )
    with pytest.raises(InputError) as caught:
        dataset_of(files(tmp_path, a=first, b=second))
    assert "line 4: 'c.png' is labelled 'dog', and 'eel' in a.csv" in str(caught.value)
    with pytest.raises(InputError, match=r"a\.csv: there are no rows below the columns"):
        dataset_of(files(tmp_path, a=first.partition("\n")[0] + "\n", b=second))
    with pytest.raises(InputError, match="the label column is not there"):
        dataset_of(files(tmp_path, a=RIGHT, b=RIGHT))
    np.save(tmp_path / "c.npy", np.ones((4, 3)))
    with pytest.raises(InputError, match="class scores hold no labels"):
        dataset_of(PredictionFiles(files=(("c", tmp_path / "c.npy"), ("d", tmp_path / "c.npy"))))
