import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelaudit.embeddings.models.class_map import (
    ClassMap,
    class_map,
    classes_of_scores,
    log_probs_of_classes,
    read_class_map,
    wrong_class_map,
)
from labelaudit.errors import InputError, ModelError

PETS = ("cat", "dog", "bird")


def test_a_list_and_an_object_say_the_same() -> None:
    whole = class_map(["dog", None, "cat", "cat", "bird"])
    sparse = class_map({"0": "dog", "2": "cat", "3": "cat", "4": "bird"})
    for said in (whole, sparse):
        assert classes_of_scores(said, PETS, 5).tolist() == [1, -1, 0, 0, 2]


def test_a_case_worked_by_hand() -> None:
    """Two scores are of the dog, one is of nothing: .2 and .3 of .8, and .3 of .8."""
    logs = np.log(np.array([[0.2, 0.3, 0.3, 0.2]], dtype=np.float32))
    found = np.exp(log_probs_of_classes(logs, np.array([1, 1, 0, -1])))
    assert np.allclose(found, [[0.375, 0.625]], atol=1e-6)


def by_definition(probs: np.ndarray, classes: np.ndarray, n_classes: int) -> np.ndarray:
    found = np.zeros((len(probs), n_classes))
    for row, scores in enumerate(probs):
        for score, name in zip(scores, classes, strict=True):
            if name >= 0:
                found[row, name] += score
        found[row] /= found[row].sum()
    return found


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n_scores=st.integers(2, 12), n_classes=st.integers(1, 4))
def test_probabilities_of_one_class_are_summed(seed: int, n_scores: int, n_classes: int) -> None:
    rng = np.random.default_rng(seed)
    n_classes = min(n_classes, n_scores)
    classes = rng.permutation(
        np.concatenate([np.arange(n_classes), rng.integers(-1, n_classes, n_scores - n_classes)])
    )
    probs = rng.dirichlet(np.full(n_scores, 0.3), size=5) + 1e-9
    expected = by_definition(probs, classes, n_classes)
    found = np.exp(log_probs_of_classes(np.log(probs).astype(np.float16), classes))
    assert np.abs(found - expected).max() < 0.02
    found = np.exp(log_probs_of_classes(np.log(probs), classes))
    assert np.abs(found - expected).max() < 1e-5


def test_scores_far_below_the_others_still_tell_classes_apart() -> None:
    logs = np.array([[0, -200, -190]], dtype=np.float32)
    found = log_probs_of_classes(logs, np.array([-1, 0, 1]))
    assert np.allclose(found, [[-10.0000454, -4.54e-05]], atol=1e-5)


def refused(said: ClassMap | None, n_scores: int = 3) -> ModelError:
    with pytest.raises(ModelError) as raised:
        classes_of_scores(said, PETS, n_scores)
    assert raised.value.hint
    return raised.value


def test_everything_that_does_not_fit_is_listed_at_once() -> None:
    error = refused(class_map({"0": "Cat", "1": "dog", "9": "wolf"}))
    assert error.details == (
        "score 0: 'Cat' is no class of the dataset; did you mean 'cat'?",
        "score 9: 'wolf' is no class of the dataset",
        "class 'cat' of the dataset: no score is of it",
        "class 'bird' of the dataset: no score is of it",
        "score 9: the model has 3, counted from 0",
    )


def test_a_list_is_as_long_as_the_scores() -> None:
    error = refused(class_map([*PETS, None]))
    assert error.details == ("the list has 4 entries for 3 scores",)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"281": "cat", "0281": "dog"}', "'0281' begins with a 0"),
        ('{"281": "cat", "281": "dog"}', "key '281' is there twice"),
    ],
)
def test_a_score_has_one_class(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "names.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_class_map(path)


def test_no_map_is_not_guessed() -> None:
    assert "it is not said which classes the model's 3 scores are of" in refused(None).message


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "expected a list"),
        ({}, "expected a list"),
        ([None, None], "expected a list"),
        ("cat", "expected a list"),
        (3, "expected a list"),
        (["cat", 3], "score 1: 3 is no name of a class"),
        ({"0": ["cat"]}, "score 0: ['cat'] is no name of a class"),
        ({"cat": "0"}, "'cat' is no number of a score"),
        ({"-1": "cat"}, "'-1' is no number"),
        ({"1" * 5000: "cat"}, "is no number"),
    ],
)
def test_what_is_no_class_map_is_said(tmp_path: Path, value: object, words: str) -> None:
    assert words in wrong_class_map(value)
    path = tmp_path / "classes.json"
    path.write_text(json.dumps(value))
    with pytest.raises(InputError, match="--class-map"):
        read_class_map(path)


@pytest.mark.parametrize("content", [None, b"", b"{", b"\xff"])
def test_what_is_no_json_is_said(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "classes.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"no such file|not a JSON file"):
        read_class_map(path)
