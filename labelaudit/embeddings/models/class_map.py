"""Which class of the dataset each of a model's class scores is of."""

import difflib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.onnx_file.sidecar import once
from labelaudit.errors import InputError, ModelError

MAX_COLUMNS = 10_000_000


@dataclass(frozen=True, slots=True)
class ClassMap:
    """Classes of the dataset by the number of the model's score, counted from 0.

    Attributes
    ----------
    names
        The dataset's class for a score; scores without one are left out.
    n_scores
        Number of scores that the model must have; 0 when it is not said.
    """

    names: dict[int, str]
    n_scores: int


def wrong_class_map(value: object) -> str:
    """Say what is wrong with a class map as JSON has it; an empty string when nothing is."""
    entries = list(enumerate(value)) if isinstance(value, list) else []
    if isinstance(value, dict):
        wrong = [key for key in value if not (key.isdecimal() and int(key[:8]) < MAX_COLUMNS)]
        if wrong:
            return f"{wrong[0]!r} is no number of a score, counted from 0"
        twice = [key for key in value if str(int(key)) != key]
        if twice:
            return f"{twice[0]!r} begins with a 0; a score has one number, as {int(twice[0])}"
        entries = list(value.items())
    for place, name in entries:
        if name is not None and not isinstance(name, str):
            return f"score {place}: {name!r} is no name of a class, nor null"
    if not any(name is not None for _, name in entries):
        return (
            "expected a list with a class of the dataset, or null, for each score of the model; "
            'or an object such as {"281": "cat", "282": "cat"}'
        )
    return ""


def class_map(value: list[str | None] | dict[str, str | None]) -> ClassMap:
    """Return a class map that `wrong_class_map` finds nothing wrong with.

    Examples
    --------
    >>> class_map(["cat", "dog", None])
    ClassMap(names={0: 'cat', 1: 'dog'}, n_scores=3)
    >>> class_map({"281": "cat"})
    ClassMap(names={281: 'cat'}, n_scores=0)
    """
    if isinstance(value, list):
        return ClassMap({at: name for at, name in enumerate(value) if name is not None}, len(value))
    return ClassMap({int(at): name for at, name in value.items() if name is not None}, 0)


def read_class_map(path: Path) -> ClassMap:
    """Read a class map of its own.

    Raises
    ------
    InputError
        When it is not there, is not JSON, or is no class map.
    """
    where = f"--class-map {path}"
    try:
        said = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once)
    except FileNotFoundError as error:
        raise InputError(f"{where}: there is no such file") from error
    except (ValueError, OSError, RecursionError) as error:
        raise InputError(f"{where}: not a JSON file: {error}") from error
    if wrong := wrong_class_map(said):
        raise InputError(f"{where}: {wrong}", hint="docs/models.md has an example")
    return class_map(said)


def classes_of_scores(
    said: ClassMap | None, class_names: Sequence[str], n_scores: int
) -> NDArray[np.int64]:
    """Return the dataset's class of each score, ``-1`` for scores of none, shape ``(n_scores,)``.

    Raises
    ------
    ModelError
        When nothing is said, or it does not fit the model or the dataset's classes.
    """
    if said is None:
        raise ModelError(
            f"--pred-probs-from-model: it is not said which classes the model's {n_scores:,} "
            "scores are of",
            hint="declare class_map, or give --class-map a JSON list with a class of the dataset, "
            "or null, for each score",
        )
    codes = {name: code for code, name in enumerate(class_names)}
    problems = [
        f"score {place}: {name!r} is no class of the dataset{_nearest(name, class_names)}"
        for place, name in said.names.items()
        if name not in codes
    ]
    missing = sorted(codes.keys() - said.names.values(), key=codes.__getitem__)
    problems += [f"class {name!r} of the dataset: no score is of it" for name in missing]
    beyond = [place for place in said.names if place >= n_scores]
    problems += [f"score {place}: the model has {n_scores:,}, counted from 0" for place in beyond]
    if said.n_scores not in {0, n_scores}:
        problems.append(f"the list has {said.n_scores:,} entries for {n_scores:,} scores")
    if problems:
        raise ModelError(
            "the class map does not fit the model and the dataset",
            details=problems,
            hint="each class of the dataset needs at least one of the model's scores",
        )
    classes = np.full(n_scores, -1, dtype=np.int64)
    for place, name in said.names.items():
        classes[place] = codes[name]
    return classes


def log_probs_of_classes(
    log_scores: NDArray[np.floating], classes: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return log probabilities of the dataset's classes from those of a model's.

    The probabilities of scores of one class are summed; what scores of none had is given to the
    others in proportion.

    Parameters
    ----------
    log_scores
        Log probabilities of the model's classes, shape ``(n, n_scores)``.
    classes
        As `classes_of_scores` returns it.

    Returns
    -------
    Shape ``(n, n_classes)``.
    """
    order = np.argsort(classes, kind="stable")[(classes < 0).sum() :]
    starts = np.flatnonzero(np.diff(classes[order], prepend=-1))
    scores = np.asarray(log_scores, dtype=np.float32)[:, order]
    summed = np.logaddexp.reduceat(scores, starts, axis=1)
    mapped: NDArray[np.float32] = summed - np.logaddexp.reduce(summed, axis=1, keepdims=True)
    return mapped


def _nearest(name: str, class_names: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, class_names, 1)
    return f"; did you mean {near[0]!r}?" if near else ""
