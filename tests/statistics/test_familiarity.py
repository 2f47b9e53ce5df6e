from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelaudit.statistics.familiarity import (
    Weighting,
    clipped_cosines,
    familiarity,
    overlap,
    plain_name,
)

# From the tests of flairNLP/familiarity.
PUBLISHED: list[tuple[list[float], list[int], int, Weighting, float]] = [
    ([0.95, 0.8], [200, 200], 400, "zipf", 0.93420),
    ([0.95, 0.8], [200, 200], 400, "linear", 0.91240),
    ([0.95, 0.8], [200, 200], 400, "unweighted", 0.875),
    ([0.95, 0.8, 0.7], [200, 500, 100], 800, "zipf", 0.91956),
    ([0.95, 0.8, 0.7], [200, 500, 100], 800, "linear", 0.86401),
    ([0.95, 0.8, 0.7], [200, 500, 100], 800, "unweighted", 0.825),
]


@pytest.mark.parametrize(("similar", "mentions", "most", "weighting", "expected"), PUBLISHED)
def test_familiarity_is_as_published(
    similar: list[float], mentions: list[int], most: int, weighting: Weighting, expected: float
) -> None:
    found = familiarity(np.array([similar]), np.array(mentions), most, weighting)
    assert found == pytest.approx([expected], abs=1e-5)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9)), min_size=1, max_size=6),
    st.integers(1, 40),
    st.sampled_from(["zipf", "linear", "unweighted"]),
)
def test_familiarity_is_its_definition(
    labels: list[tuple[float, int]], most: int, weighting: Weighting
) -> None:
    similar, mentions = np.array([label[0] for label in labels]), [label[1] for label in labels]
    found = float(familiarity(similar[None], np.array(mentions), most, weighting)[0])
    repeated = [value for value, count in sorted(labels, reverse=True) for _ in range(count)][:most]
    if not repeated:
        assert np.isnan(found)
        return
    k = len(repeated)
    weigh: dict[str, Callable[[int], float]] = {
        "zipf": lambda rank: 1 / rank,
        "linear": lambda rank: (k - rank + 1) / k,
        "unweighted": lambda _: 1.0,
    }
    weights = [weigh[weighting](rank) for rank in range(1, k + 1)]
    expected = sum(w * value for w, value in zip(weights, repeated, strict=True)) / sum(weights)
    assert found == pytest.approx(expected)


def test_fewer_mentions_than_asked_for_are_all_that_counts() -> None:
    few = familiarity(np.array([[0.5, 1.0]]), np.array([2, 1]), 1000)
    assert few == pytest.approx([(1 + 0.5 / 2 + 0.5 / 3) / (1 + 1 / 2 + 1 / 3)])


def test_each_label_is_held_against_the_most_similar_train_labels_first() -> None:
    similar = np.array([[0.2, 0.9], [0.7, 0.1]])
    assert familiarity(similar, np.array([1, 1]), 1).tolist() == [0.9, 0.7]


def test_cosines_below_0_and_of_empty_vectors_are_0() -> None:
    test = np.array([[2.0, 0.0], [0.0, 0.0]])
    train = np.array([[3.0, 0.0], [-1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    assert clipped_cosines(test, train) == pytest.approx(np.array([[1, 0, 0.5**0.5, 0], [0] * 4]))


def test_names_overlap_in_any_writing() -> None:
    assert plain_name("Tench_Fish") == plain_name("tench-fish ") == "tench fish"
    found = overlap({"a": 10, "b": 5, "c": 1}, {"b": 3, "c": 1, "d": 4})
    assert found.shared == ("b", "c")
    assert found.test_classes == pytest.approx(2 / 3)
    assert found.jaccard == 0.5
    assert found.test_items == 0.5
