import math
from collections.abc import Sequence
from itertools import permutations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import numbers, rows
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.errors import MissingInputError
from labelaudit.measures.annotator_agreement import annotator_agreement
from labelaudit.statistics.agreement import agreement_statistics, vote_counts, vote_patterns

# Krippendorff (2011), section C: four observers, twelve units, missing values as None.
KRIPPENDORFF = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
BINARY = ((0, 1, 0, 0, 0, 0, 0, 0, 1, 0), (1, 1, 1, 0, 0, 1, 0, 0, 0, 0))
# Fleiss's table of fourteen raters, ten subjects and five categories.
FLEISS = (
    (0, 0, 0, 0, 14),
    (0, 2, 6, 4, 2),
    (0, 0, 3, 5, 6),
    (0, 3, 9, 2, 0),
    (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0),
    (3, 2, 6, 3, 0),
    (2, 5, 3, 2, 2),
    (6, 5, 2, 1, 0),
    (0, 2, 2, 3, 7),
)


def statistics(votes: Sequence[Sequence[int]] | NDArray[np.int64]) -> dict[str, float]:
    patterns = vote_patterns(csr_array(np.asarray(votes, dtype=np.int64)))
    weights = patterns.items[None, :].astype(np.float64)
    return {
        name: float(found[0]) for name, found in agreement_statistics(patterns, weights).items()
    }


def votes_of(raters: Sequence[Sequence[int | None]], n_classes: int) -> NDArray[np.int64]:
    units = list(zip(*raters, strict=True))
    return np.array([[unit.count(label) for label in range(n_classes)] for unit in units])


def judgements(*columns: Sequence[int]) -> pa.Table:
    """Return the table of annotators who all judge items 0, 1, 2, ..."""
    n_items = len(columns[0])
    return pa.table(
        {
            "item": np.tile(np.arange(n_items, dtype=np.int64), len(columns)),
            "annotator": [f"ann {at}" for at in range(len(columns)) for _ in range(n_items)],
            "label": np.concatenate(columns).astype(np.int32),
        }
    )


def test_the_published_example_of_krippendorff() -> None:
    found = statistics(votes_of(KRIPPENDORFF, 6))
    assert found["krippendorff_alpha"] == pytest.approx(0.743421, abs=1e-6)
    assert "fleiss_kappa" not in found


def test_the_published_binary_example() -> None:
    found = statistics(votes_of(BINARY, 2))
    assert found["krippendorff_alpha"] == pytest.approx(0.095238, abs=1e-6)
    assert found["raw_agreement"] == 0.6


def test_the_published_example_of_fleiss() -> None:
    found = statistics(FLEISS)
    assert found["fleiss_kappa"] == pytest.approx(0.209931, abs=1e-6)
    assert found["krippendorff_alpha"] == pytest.approx(0.215574, abs=1e-6)
    assert found["gwet_ac1"] == pytest.approx(0.225614, abs=1e-6)


@given(
    st.lists(st.lists(st.integers(0, 2), min_size=0, max_size=4), min_size=1, max_size=12).filter(
        lambda units: any(len(unit) > 1 for unit in units)
    )
)
def test_alpha_and_raw_agreement_match_the_coincidences_of_pairs(units: list[list[int]]) -> None:
    votes = np.array([[unit.count(label) for label in range(3)] for unit in units])
    paired = [unit for unit in units if len(unit) > 1]
    coincidences = np.zeros((3, 3))
    for unit in paired:
        for one, other in permutations(range(len(unit)), 2):
            coincidences[unit[one], unit[other]] += 1 / (len(unit) - 1)
    margins = coincidences.sum(axis=0)
    total = margins.sum()
    chance = total**2 - (margins**2).sum()
    observed = total - np.trace(coincidences)
    found = statistics(votes)
    raw = np.mean([np.mean([a == b for a, b in permutations(unit, 2)]) for unit in paired])
    assert found["raw_agreement"] == pytest.approx(raw)
    if chance:
        alpha = 1 - (total - 1) * observed / chance
        assert found["krippendorff_alpha"] == pytest.approx(alpha, abs=1e-9)
    else:
        assert math.isnan(found["krippendorff_alpha"])
        assert math.isnan(found["gwet_ac1"])


def test_items_judged_alike_share_a_pattern() -> None:
    patterns = vote_patterns(csr_array(np.array([[2, 1], [1, 0], [2, 1], [0, 3], [1, 2]])))
    found = dict(zip(map(tuple, patterns.votes.toarray().tolist()), patterns.items, strict=True))
    assert found == {(2, 1): 2, (0, 3): 1, (1, 2): 1}


def test_votes_are_counted_by_item_and_class() -> None:
    items, labels = np.array([7, 3, 7, 7]), np.array([1, 0, 1, 0], dtype=np.int32)
    at, votes = vote_counts(items, labels, 2)
    assert at.tolist() == [1, 0, 1, 1]
    assert votes.toarray().tolist() == [[1, 0], [1, 2]]


def test_values_have_intervals_around_them() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 200)
    table = judgements(*(np.where(rng.random(200) < 0.2, 0, truth).tolist() for _ in range(3)))
    found = annotator_agreement(table, ("a", "b", "c"), 0)
    for value in found.values[:5]:
        assert value.value is not None
        assert value.low is not None
        assert value.high is not None
        assert value.low < value.value < value.high
        assert "items" in value.interval
    assert found.notes == ()


def test_the_interval_is_as_wide_as_sampling_items_makes_it() -> None:
    # Of 400 items 300 agree: the standard error of the raw agreement is sqrt(.75 * .25 / 400).
    first = np.tile([0, 1], 200)
    second = np.where(np.arange(400) < 100, 1 - first, first)
    found = annotator_agreement(judgements(first.tolist(), second.tolist()), ("a", "b"), 0)
    raw = next(value for value in found.values if value.name == "raw_agreement")
    assert (raw.value, raw.low is None, raw.high is None) == (0.75, False, False)
    width = (raw.high or 0) - (raw.low or 0)
    assert width == pytest.approx(2 * 1.96 * math.sqrt(0.75 * 0.25 / 400), rel=0.1)


def test_a_single_category_leaves_alpha_undefined() -> None:
    found = annotator_agreement(judgements([0] * 60, [0] * 60), ("a", "b"), 0)
    values = numbers(found)
    assert values["krippendorff_alpha"] is values["gwet_ac1"] is values["fleiss_kappa"] is None
    assert values["raw_agreement"] == values["full_agreement_share"] == 1
    assert "same class" in found.values[0].note


def test_unequal_numbers_of_judgements_leave_fleiss_undefined() -> None:
    labels = [0, 1] * 30
    table = judgements(labels, labels, labels).slice(0, 170)
    found = annotator_agreement(table, ("a", "b"), 0)
    kappa = next(value for value in found.values if value.name == "fleiss_kappa")
    assert kappa.value is None
    assert "differ" in kappa.note


def test_annotators_are_listed_by_agreement_with_the_others() -> None:
    truth = [0, 1] * 30
    wrong = [1 - label for label in truth]
    table = rows(annotator_agreement(judgements(truth, wrong, truth), ("a", "b"), 0), "annotators")
    assert [(row["annotator"], row["agreement"]) for row in table] == [
        ("ann 1", 0),
        ("ann 0", 0.5),
        ("ann 2", 0.5),
    ]
    assert table[0]["judgements"] == table[0]["of_shared_items"] == 60


def test_an_annotator_of_few_shared_items_has_no_agreement() -> None:
    truth = [0, 1] * 30
    table = judgements(truth, truth, truth).slice(0, 149)
    last = rows(annotator_agreement(table, ("a", "b"), 0), "annotators")[-1]
    assert (last["annotator"], last["judgements"], last["agreement"]) == ("ann 2", 29, None)


def test_judgements_without_a_class_and_repeated_ones_are_noted() -> None:
    truth = [0, 1] * 30
    table = pa.concat_tables([judgements(truth, truth), judgements([0, -1])])
    found = annotator_agreement(table, ("a", "b"), 0)
    assert numbers(found)["judgement_count"] == 121
    assert [note.split()[0] for note in found.notes] == ["1", "1"]
    assert "no class" in found.notes[0]
    assert "repeat" in found.notes[1]


@pytest.mark.parametrize("columns", [([0, 1] * 20, [0, 1] * 20), ([0, 1] * 40,), ([-1] * 80,)])
def test_too_little_overlap_is_not_measured(columns: tuple[list[int], ...]) -> None:
    with pytest.raises(MissingInputError, match="two or more"):
        annotator_agreement(judgements(*columns), ("a", "b"), 0)
