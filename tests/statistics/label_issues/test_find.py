"""The public call: labels as users have them, memory maps, and what it refuses."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from labelaudit import find_label_issues
from labelaudit.errors import InputError

CAT = np.array([0.9, 0.8, 0.85, 0.1, 0.2, 0.1, 0.15, 0.2])
PROBS = np.stack([CAT, 1 - CAT], axis=1)
NUMBERS = [0, 0, 0, 0, 1, 1, 1, 1]
NAMES = ["cat" if number == 0 else "dog" for number in NUMBERS]
WRONG = [3]


def found(labels: Any, probs: Any = PROBS, **options: Any) -> list[int]:  # noqa: ANN401 - anything
    flags: list[int] = np.flatnonzero(find_label_issues(labels, probs, **options)).tolist()
    return flags


@pytest.mark.parametrize(
    "labels",
    [
        NUMBERS,
        np.array(NUMBERS, dtype=np.uint8),
        np.array(NUMBERS, dtype=np.int8),
        np.array(NUMBERS, dtype=bool),
        np.array(NUMBERS, dtype=np.float64),
        pd.Series(NUMBERS),
        pd.array(NUMBERS, dtype="Int64"),
        NAMES,
        np.array(NAMES),
        pd.Series(NAMES),
        pd.Categorical(NAMES),
    ],
)
def test_labels_of_any_kind(labels: object) -> None:
    assert found(labels) == WRONG


@pytest.mark.parametrize("missing", [-1, None, np.nan, pd.NA])
def test_numbers_that_are_missing(missing: object) -> None:
    assert found([*NUMBERS, missing], [*PROBS, [0.5, 0.5]]) == WRONG


@pytest.mark.parametrize("missing", ["", None, np.nan, pd.NA])
def test_names_that_are_missing(missing: object) -> None:
    labels = np.array([*NAMES, missing], dtype=object)
    assert found(labels, [*PROBS, [0.5, 0.5]]) == WRONG


def test_names_in_an_order_of_their_own() -> None:
    assert found(NAMES, PROBS[:, ::-1], classes=["dog", "cat"]) == WRONG


def test_a_column_without_items() -> None:
    wide = np.hstack([PROBS, np.zeros((8, 1))])
    assert found(NUMBERS, wide) == WRONG
    assert found(NAMES, wide, classes=["cat", "dog", "eel"]) == WRONG


def test_a_memory_map_and_a_table(tmp_path: Path) -> None:
    np.save(tmp_path / "probs.npy", PROBS.astype(np.float32))
    assert found(NUMBERS, np.load(tmp_path / "probs.npy", mmap_mode="r")) == WRONG
    assert found(NUMBERS, pd.DataFrame(PROBS)) == WRONG
    assert found(NUMBERS, np.asfortranarray(PROBS)) == WRONG


def test_the_users_arrays_stay_as_they_are() -> None:
    labels, probs = np.array(NUMBERS), PROBS.copy()
    found(labels, probs)
    assert labels.tolist() == NUMBERS
    assert (probs == PROBS).all()


def test_ranked_indices() -> None:
    probs = np.array([[0.3, 0.7], [0.1, 0.9], [0.2, 0.8], [0.9, 0.1], [0.2, 0.8], [0.9, 0.1]])
    labels = [0, 0, 0, 0, 1, 1]
    ranked = find_label_issues(
        labels, probs, filter_by="predicted_neq_given", return_indices_ranked_by="logit_margin"
    )
    assert ranked.tolist() == [1, 5, 2, 0]


def test_nothing_wrong_gives_no_flags() -> None:
    assert found([0, 1], np.eye(2)) == []
    ranked = find_label_issues([0, 1], np.eye(2), return_indices_ranked_by="self_confidence")
    assert ranked.tolist() == []


def test_rows_of_unlabelled_items_are_not_looked_at() -> None:
    assert found([*NUMBERS, -1], [*PROBS, [np.nan, np.nan]]) == WRONG


@pytest.mark.parametrize(
    ("labels", "probs", "said"),
    [
        ([0, 1], [[0.5, 0.5], [np.nan, 0.5]], "1 rows hold NaN"),
        ([0, 1], [[0.5, 0.5], [np.inf, 0.5]], "1 rows hold NaN"),
        ([0, 1], [[0.5, 0.5], [0.9, 0.3]], r"row 1: 0\.9, 0\.3; the sum is 1\.2"),
        ([0, 1], [[1.5, -0.5], [0.5, 0.5]], "row 0: 1.5, -0.5; the sum is 1"),
        ([0, 1], [[3.0, -2.0], [1.0, 2.0]], "2 rows hold NaN"),
        ([0, 1, 2], np.full((3, 2), 0.5), "2 columns, but a label is 2"),
        ([0, 0], np.full((2, 2), 0.5), "found only class 0"),
        ([-1, -1], np.full((2, 2), 0.5), "found none"),
        ([None, None], np.full((2, 2), 0.5), "found none"),
        ([], np.empty((0, 2)), "found none"),
        ([0, -2], np.full((2, 2), 0.5), "labels: found -2"),
        ([0, 1, 1], np.full((2, 2), 0.5), r"shape \(3,\) for 2 rows"),
        ([[0, 1], [1, 0]], np.full((2, 2), 0.5), r"shape \(2, 2\) for 2 rows"),
        ([0, 1], [0.5, 0.5], r"shape \(2,\); expected"),
        ([0, 0], np.ones((2, 1)), r"shape \(2, 1\); expected"),
        ([0, 1], [["a", "b"], ["c", "d"]], "not of numbers"),
        ([0.5, 1], np.full((2, 2), 0.5), r"neither names nor whole numbers: 0\.5"),
        ([np.inf, 1], np.full((2, 2), 0.5), "neither names nor whole numbers"),
        (np.array(["cat", 1], object), np.full((2, 2), 0.5), "whole numbers: 'cat', 1"),
        (["a", "b"], np.full((2, 3), 1 / 3), "3 columns for 2 names of classes"),
        (["a", "b", "c"], np.full((3, 2), 0.5), "2 columns for 3 names of classes"),
    ],
)
def test_what_is_wrong_is_said(labels: object, probs: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        found(labels, probs)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"classes": ["cat", "cow"]}, "not among the classes: 'dog'"),
        ({"classes": ["cat", "cat"]}, "2 columns for 1 names"),
        ({"filter_by": "prune"}, "there is no 'prune'"),
        ({"rule": "mean"}, "there is no 'mean'"),
        ({"return_indices_ranked_by": "margin"}, "there is no 'margin'"),
        ({"frac_noise": 2}, "frac_noise: 2"),
        ({"frac_noise": np.nan}, "frac_noise: nan"),
        ({"min_examples_per_class": -1}, "min_examples_per_class: -1"),
        ({"filter_by": "low_self_confidence", "n_issues": -3}, "n_issues: found -3"),
        ({"filter_by": "low_self_confidence", "n_issues": "many"}, "n_issues: found 'many'"),
        ({"filter_by": "confident_learning", "frac_noise": 0.5}, "say nothing to confident"),
        ({"filter_by": "both", "n_issues": 3}, "n_issues says nothing to both"),
    ],
)
def test_an_option_that_is_wrong_is_said(options: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        found(NAMES, **options)


def test_of_many_wrong_rows_the_first_are_shown() -> None:
    with pytest.raises(InputError) as caught:
        find_label_issues([0, 1] * 500, np.full((1000, 2), 0.6))
    assert "1,000 rows" in caught.value.message
    assert len(caught.value.details) == 20
