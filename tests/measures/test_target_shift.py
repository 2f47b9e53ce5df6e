import numpy as np
import pytest
from made import no_splits, numbers, rows

from labelaudit.errors import MissingInputError
from labelaudit.inputs.columns import Splits
from labelaudit.measures.integrity.target_shift import target_shift


def splits_of(*sizes: int) -> Splits:
    codes = np.repeat(np.arange(len(sizes)), sizes).astype(np.int32)
    return Splits(tuple("abcdefgh"[: len(sizes)]), codes)


def test_the_statistic_is_the_largest_distance_of_the_distribution_functions() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=70), rng.normal(0.5, size=50)
    found = numbers(target_shift(np.concatenate([one, other]), splits_of(70, 50)))
    largest = max(
        abs(sum(one <= x) / 70 - sum(other <= x) / 50) for x in np.concatenate([one, other])
    )
    assert found["ks_statistic"] == pytest.approx(largest)
    assert found["median_difference"] == pytest.approx(np.median(one) - np.median(other))


def test_worked_case_of_the_p_value() -> None:
    # {1, 2} before {3, 4}: of the six orders two are as far apart, D = 1
    found = numbers(target_shift(np.array([1.0, 2, 3, 4]), splits_of(2, 2)))
    assert found["ks_statistic"] == 1
    assert found["target_shift_p_value"] == pytest.approx(1 / 3)


def test_the_mean_by_chance_is_that_of_equal_samples() -> None:
    rng = np.random.default_rng(1)
    excess = [
        numbers(target_shift(rng.normal(size=3000), splits_of(2000, 1000)))["ks_excess"]
        for _ in range(300)
    ]
    assert np.mean([each or 0 for each in excess]) == pytest.approx(0, abs=0.002)


def test_pairs_are_adjusted_for_their_number_and_unlabelled_items_left_out() -> None:
    targets = np.concatenate([np.arange(30.0), np.arange(30.0) + 20, np.arange(30.0)])
    targets[5] = np.nan
    found = target_shift(targets, splits_of(30, 30, 30))
    table = rows(found, "pairs")
    assert len(table) == 3
    assert {row["labelled"] for row in table} == {29, 30}
    assert "b" in (table[0]["split"], table[0]["other_split"])
    assert table[0]["adjusted_p_value"] > table[0]["p_value"]
    assert len(rows(found, "quantiles")) == 15


def test_one_split_is_not_measured() -> None:
    with pytest.raises(MissingInputError, match="splits with labels: 0"):
        target_shift(np.arange(3.0), no_splits(3))


def test_items_of_groups_are_not_taken_for_independent_draws() -> None:
    """Ten equal numbers of each of 40 patients: p was below 0.05 in most of equal splits."""
    rng = np.random.default_rng(2)
    patients = np.repeat(np.arange(40, dtype=np.int32), 10)
    targets = np.repeat(rng.normal(size=40), 10)
    found = target_shift(targets, splits_of(200, 200), patients)
    values = {value.name: value for value in found.values}
    assert values["target_shift_p_value"].value is None
    assert "groups" in values["target_shift_p_value"].note
    assert values["median_difference"].low is None
    assert values["ks_statistic"].value is not None
    assert all(row["low"] is None for row in rows(found, "quantiles"))
    alone = target_shift(targets, splits_of(200, 200), np.full(400, -1, dtype=np.int32))
    assert numbers(alone)["target_shift_p_value"] is not None
