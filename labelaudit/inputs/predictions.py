"""What models predict of the items, read from files and matched to a dataset."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labelaudit.blocks import row_blocks, rows_at_once
from labelaudit.dataset import Dataset
from labelaudit.embeddings.user_files import named, read_class_scores
from labelaudit.errors import SHOWN, InputError, MissingInputError, some
from labelaudit.inputs import provider
from labelaudit.reading.cells import as_text, encode, recode
from labelaudit.reading.columns import USUAL
from labelaudit.reading.rows import Problems, Rows, quoted
from labelaudit.reading.table_files import read_rows

PREDICTION: Final = ("prediction", "predicted", "pred", "y_pred")
PREDICTED: Final = ("predicted_label", "predicted_class", "pred_label", "pred_class")
ITEM: Final = (*USUAL["image"], "id", "item")


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionFiles:
    """Files of predictions, one a model, and how their columns are called.

    Attributes
    ----------
    files
        Name of each model, and its file.
    item_column, prediction_column
        Empty for the only one of the usual names.
    """

    files: tuple[tuple[str, Path], ...]
    item_column: str = ""
    prediction_column: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Predictions:
    """Predicted class of each item, by two models or more.

    Attributes
    ----------
    models
        Their names.
    classes
        The predictions, ``-1`` for none, shape ``(n_models, n_samples)``. Each model predicts the
        same items: of a split all that are labelled, or none.
    sources
        The files they come from, with their hashes.
    """

    models: tuple[str, ...]
    classes: NDArray[np.int32]
    sources: tuple[str, ...]


@provider
def predictions() -> Predictions:
    """Say that there are none; the scan gives those that were named in their place."""
    raise MissingInputError("no predictions were given (--predictions)")


def named_files(said: Sequence[str]) -> tuple[tuple[str, Path], ...]:
    """Return the models that ``--predictions`` names: ``file`` or ``name=file``.

    Raises
    ------
    InputError
        When there are fewer than two, or two of one name.
    """
    files = []
    for text in said:
        name, sign, file = text.partition("=")
        has_name = bool(sign and name) and not Path(text).exists()
        files.append((name, Path(file)) if has_name else (Path(text).stem, Path(text)))
    names = [name for name, _ in files]
    twice = sorted({name for name in names if names.count(name) > 1})
    if len(files) < 2:  # noqa: PLR2004 - a comparison
        raise InputError(
            f"--predictions: {len(files)} model named; a comparison takes two or more",
            hint="name the option once for each model",
        )
    if twice:
        raise InputError(
            f"--predictions: two models are called {some(map(repr, twice))}",
            hint="give them names: --predictions mine=a/test.csv --predictions theirs=b/test.csv",
        )
    return tuple(files)


def read_predictions(said: PredictionFiles, dataset: Dataset) -> Predictions:
    """Read every model's predictions of a dataset's items.

    A table has one row an item: its path or identifier as in the dataset, and the name of the
    predicted class. An array in ``.npy`` has class scores, a row an item and a column a class, in
    the dataset's order; the largest score is the prediction, and has to be one alone.

    Raises
    ------
    InputError
        When a file cannot be read, names items or classes that the dataset has not, leaves items
        out, or the models predict different items; with all problems of a file at once.
    """
    if dataset.task != "multiclass":
        raise InputError(
            f"--predictions: of items with one label each; {dataset.name} is {dataset.task}",
            hint="leave out --predictions",
        )
    classes = np.stack(
        [
            _from_scores(file, dataset)
            if file.suffix.lower() == ".npy"
            else _from_table(file, said, dataset)
            for _, file in said.files
        ]
    )
    models = tuple(name for name, _ in said.files)
    _check_same_items(models, classes, dataset)
    sources = tuple(f"{name}: {named(file)}" for name, file in said.files)
    return Predictions(models=models, classes=classes, sources=sources)


def chosen_columns(rows: Rows, said: PredictionFiles) -> tuple[str, str]:
    """Return the columns of the items and of the predictions.

    Raises
    ------
    InputError
        When one is not there, or several could be meant.
    """
    item = _column(rows, "item", said.item_column, ITEM)
    usual = (*PREDICTION, *PREDICTED)
    return item, _column(rows, "prediction", said.prediction_column, usual)


def _column(rows: Rows, role: str, asked: str, usual: Sequence[str]) -> str:
    found = [name for name in rows.names if name.strip().casefold() in usual]
    if asked:
        found = [asked] if asked in rows.names else []
    if len(found) == 1:
        return found[0]
    what = f"could be {some(map(repr, found))}" if found else "is not there"
    asked_for = f" {asked!r}" if asked else ""
    raise InputError(
        f"{rows.where}: the {role} column{asked_for} {what}; found {some(map(repr, rows.names))}",
        hint=f"name it with --{role}-column",
    )


def _from_scores(file: Path, dataset: Dataset) -> NDArray[np.int32]:
    """Return the class of the largest score of each item; a tie would favor the first class."""
    scores = read_class_scores(file, dataset)
    best = np.empty(len(scores), dtype=np.int32)
    tied = np.empty(len(scores), dtype=bool)
    for block in row_blocks(len(scores), rows_at_once(scores.shape[1])):
        part = np.asarray(scores[block])
        best[block] = part.argmax(axis=1)
        tied[block] = (part == part.max(axis=1, keepdims=True)).sum(axis=1) > 1
    if tied.any():
        raise InputError(
            f"--predictions {file}: {int(tied.sum()):,} rows have their largest score at two "
            "classes or more",
            details=[f"row {row}" for row in np.flatnonzero(tied)[:SHOWN].tolist()],
            hint="name the predicted classes in a table with the columns item and prediction",
        )
    return best


def _from_table(file: Path, said: PredictionFiles, dataset: Dataset) -> NDArray[np.int32]:
    """Return the class that a table predicts of each item."""
    names = {said.item_column, said.prediction_column, *ITEM, *PREDICTION, *PREDICTED}
    rows = read_rows(file, lambda name: name in names or name.strip().casefold() in names)
    item, prediction = chosen_columns(rows, said)
    problems = Problems(rows)
    items = as_text(rows.table.column(item), f"column {item!r}", problems)
    texts = as_text(rows.table.column(prediction), f"column {prediction!r}", problems)
    coded = encode(texts)
    codes = recode(coded, dataset.class_names)
    at = pc.index_in(items, dataset.paths).fill_null(-1).to_numpy(zero_copy_only=False)
    _note_unknown(items, at, problems)
    problems.add(
        np.flatnonzero(coded.codes < 0),
        lambda _: "there is no prediction",
        "every item needs one: leave out the rows of items that were not predicted",
    )
    problems.add(
        np.flatnonzero((codes < 0) & (coded.codes >= 0)),
        lambda row: f"{coded.text(row)} is no class of the dataset",
        f"its classes are {some(dataset.class_names, 10)}",
    )
    problems.check()
    predicted = np.full(dataset.n_samples, -1, dtype=np.int32)
    predicted[at] = codes
    return predicted


def _note_unknown(items: pa.Array, at: NDArray[np.int64], problems: Problems) -> None:
    """Note items that are not in the dataset, and those that come twice."""
    problems.add(
        np.flatnonzero(at < 0),
        lambda row: f"item {quoted(items[row].as_py())} is not in the dataset",
        "name items by their path in the dataset, as labelaudit inspect prints the first",
    )
    known = np.flatnonzero(at >= 0)
    _, first = np.unique(at[known], return_index=True)
    problems.add(
        np.delete(known, first),
        lambda row: f"item {quoted(items[row].as_py())} comes twice",
        "keep one prediction an item",
    )


def _check_same_items(models: Sequence[str], classes: NDArray[np.int32], dataset: Dataset) -> None:
    """Refuse models that leave out labelled items of a split that any of them predicts."""
    labelled = np.flatnonzero(dataset.labels >= 0)
    there = classes[:, labelled] >= 0
    splits = dataset.splits[labelled]
    used = np.isin(splits, splits[there.any(axis=0)])
    details = []
    for model, of_model in zip(models, there, strict=True):
        missing = labelled[used & ~of_model]
        if len(missing):
            first = some((repr(dataset.paths[item].as_py()) for item in missing[:6]), 5)
            details.append(f"{model}: no prediction of {len(missing):,} items: {first}")
    if details:
        raise InputError(
            f"--predictions: {len(details)} of {len(models)} models leave out labelled items",
            details=details,
            hint="predict the same splits with all models, and all labelled items of them",
        )
    if not used.any():
        raise InputError(
            "--predictions: no labelled item is predicted",
            hint="a comparison takes items with a label",
        )
