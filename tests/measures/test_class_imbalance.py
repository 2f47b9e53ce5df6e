import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import labels_of, no_splits, numbers, rows

from labelaudit.blocks import row_blocks
from labelaudit.errors import MissingInputError
from labelaudit.inputs.columns import Splits
from labelaudit.measures.class_imbalance import class_imbalance
from labelaudit.statistics.imbalance import (
    class_balanced_weights,
    count_labels,
    imbalance_statistics,
    shots,
)

CIFAR10_LT = [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50]
COLUMNS = (
    "imbalance_ratio",
    "entropy",
    "evenness",
    "effective_classes",
    "inverse_simpson",
    "gini",
    "normalized_gini",
    "lrid",
    "uniform_distance",
)


def names_of(n_classes: int) -> tuple[str, ...]:
    return tuple(f"class {index}" for index in range(n_classes))


def long_tail(n_max: int, n_classes: int, ratio: float) -> list[int]:
    return [int(n_max * ratio ** (-index / (n_classes - 1))) for index in range(n_classes)]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([25, 25, 25, 25], [1, 1.386294, 1, 4, 4, 0, 0, 0, 0]),
        ([90, 10], [9, 0.325083, 0.468996, 1.384145, 1.219512, 0.4, 0.8, 73.612841, 0.4]),
        (
            [50, 30, 20],
            [2.5, 1.029653, 0.937231, 2.800094, 2.631579, 0.2, 0.3, 13.791855, 0.166667],
        ),
        (
            [97, 1, 1, 1],
            [97, 0.167701, 0.120970, 1.182582, 1.062473, 0.72, 0.96, 243.718765, 0.72],
        ),
        (
            CIFAR10_LT,
            [
                100,
                1.643728,
                0.713862,
                5.174423,
                3.944774,
                0.612816,
                0.680907,
                16347.567889,
                0.489376,
            ],
        ),
    ],
)
def test_statistics_of_reference_counts(counts: list[int], expected: list[float]) -> None:
    found = imbalance_statistics(np.array(counts))
    assert [found[name] for name in COLUMNS] == pytest.approx(expected, abs=1e-6)


@given(st.lists(st.integers(0, 200), min_size=2, max_size=12).filter(any))
def test_statistics_match_their_definitions(counts: list[int]) -> None:
    found = imbalance_statistics(np.array(counts))
    n, n_classes = sum(counts), len(counts)
    shares = [count / n for count in counts]
    entropy = -sum(p * math.log(p) for p in shares if p)
    differences = sum(abs(one - other) for one in counts for other in counts)
    divergence = sum(p * math.log(n_classes * p) for p in shares if p)
    assert found["entropy"] == pytest.approx(entropy, abs=1e-9)
    assert found["evenness"] == pytest.approx(entropy / math.log(n_classes), abs=1e-9)
    assert found["inverse_simpson"] == pytest.approx(1 / sum(p * p for p in shares))
    assert found["gini"] == pytest.approx(differences / (2 * n_classes * n), abs=1e-9)
    assert found["lrid_per_sample"] == pytest.approx(divergence, abs=1e-9)
    assert found["uniform_distance"] == pytest.approx(
        sum(max(p - 1 / n_classes, 0) for p in shares), abs=1e-9
    )
    ratio = max(counts) / min(counts) if min(counts) else None
    assert found["imbalance_ratio"] == pytest.approx(ratio)


def test_a_balanced_dataset_passes_the_test_of_balance_and_a_skewed_one_fails() -> None:
    balanced, skewed = (imbalance_statistics(np.array(c)) for c in ([50, 50], [60, 40]))
    assert balanced["balance_p_value"] == 1
    # The chi-squared tail with one degree of freedom, by the error function.
    lrid = 2 * (60 * math.log(1.2) + 40 * math.log(0.8))
    assert skewed["balance_p_value"] == pytest.approx(math.erfc(math.sqrt(lrid / 2)))


def test_class_balanced_weights_are_those_of_cui() -> None:
    expected = [
        0.050611, 0.076900, 0.121134, 0.195037, 0.318805,
        0.524590, 0.868349, 1.442627, 2.409223, 3.992724,
    ]  # fmt: skip
    assert class_balanced_weights(np.array(CIFAR10_LT)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("count", "beta", "effective"), [(10, 0.9, 6.5132156), (5000, 0.9999, 3934.845044)]
)
def test_the_weight_is_one_over_the_effective_number(
    count: int, beta: float, effective: float
) -> None:
    one, many = class_balanced_weights(np.array([1, count]), beta)
    assert one / many == pytest.approx(effective)


def test_shots_of_the_long_tailed_cifar100_are_those_of_the_paper() -> None:
    counts = np.array(long_tail(500, 100, 100))
    assert counts.sum() == 10847
    assert np.bincount(shots(counts)).tolist() == [30, 35, 35]


def test_shots_change_at_20_and_above_100() -> None:
    assert shots(np.array([0, 19, 20, 100, 101])).tolist() == [0, 0, 1, 1, 2]


def test_labels_are_counted_in_every_split_whatever_the_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "labelaudit.statistics.imbalance.row_blocks", lambda n_rows, _: row_blocks(n_rows, 7)
    )
    rng = np.random.default_rng(0)
    labels = rng.integers(-1, 4, 100).astype(np.int32)
    codes = rng.integers(-1, 2, 100).astype(np.int32)
    found = count_labels(labels, 4, codes, 2)
    for row, split in enumerate((0, 1, -1)):
        for label in range(4):
            assert found[row, label] == sum((labels == label) & (codes == split))


def test_an_empty_declared_class_leaves_the_ratio_undefined_and_is_named() -> None:
    found = class_imbalance(labels_of([30, 60]), ("cat", "dog", "elk"), no_splits(90))
    values = numbers(found)
    assert values["imbalance_ratio"] is None
    assert values["nonempty_imbalance_ratio"] == 2
    assert (values["class_count"], values["empty_class_count"]) == (3, 1)
    assert (values["medium_shot_count"], values["few_shot_count"]) == (2, 1)
    assert any("elk" in note for note in found.notes)
    by_name = {value.name: value for value in found.values}
    assert "no items" in by_name["imbalance_ratio"].note
    assert by_name["nonempty_imbalance_ratio"].note == (
        "most common: dog (60), least common with items: cat (30)"
    )


def test_unlabelled_items_do_not_count() -> None:
    labels = np.array([0, -1, 1, -1, 1], dtype=np.int32)
    values = numbers(class_imbalance(labels, ("a", "b"), no_splits(5)))
    assert values["imbalance_ratio"] == 2


def test_a_single_class_has_no_evenness_nor_test() -> None:
    values = numbers(class_imbalance(labels_of([40]), ("only",), no_splits(40)))
    assert values["imbalance_ratio"] == values["effective_classes"] == 1
    assert values["evenness"] is values["normalized_gini"] is values["balance_p_value"] is None


def test_nothing_labelled_is_not_measured() -> None:
    with pytest.raises(MissingInputError, match="label"):
        class_imbalance(np.full(3, -1, dtype=np.int32), ("a",), no_splits(3))


def test_few_items_for_many_classes_are_warned_about() -> None:
    found = class_imbalance(labels_of([2, 3, 4]), names_of(3), no_splits(9))
    assert any("Miller" in note and "0.11 nats" in note for note in found.notes)
    assert any("fewer than 20" in note for note in found.notes)
    assert class_imbalance(labels_of([200, 300]), ("a", "b"), no_splits(500)).notes == ()


def test_the_class_table_starts_with_the_most_common() -> None:
    found = class_imbalance(labels_of([0, 25, 75]), ("a", "b", "c"), no_splits(100))
    table = rows(found, "classes")
    assert [row["class"] for row in table] == ["c", "b", "a"]
    assert [row["share"] for row in table] == [0.75, 0.25, 0]
    assert [row["shots"] for row in table] == ["medium", "medium", "few"]
    assert table[2]["class_balanced_weight"] is None


def test_tables_are_cut_at_1000_rows() -> None:
    counts = [1] * 1200
    found = class_imbalance(labels_of(counts), names_of(1200), no_splits(1200))
    assert (len(found.tables[0].rows), found.tables[0].omitted) == (1000, 200)


def test_each_split_has_its_own_imbalance() -> None:
    labels = np.array([0, 0, 0, 1, 1, 1, -1, 0], dtype=np.int32)
    codes = np.array([0, 0, 0, 0, 1, 1, 2, -1], dtype=np.int32)
    splits = Splits(("train", "class", "test"), codes)
    found = class_imbalance(labels, ("a", "b"), splits)
    train, same_name, test, rest = rows(found, "splits")
    assert (train["imbalance_ratio"], train["labelled"]) == (3, 4)
    assert (same_name["imbalance_ratio"], same_name["classes_present"]) == (None, 1)
    assert (test["labelled"], test["evenness"]) == (0, None)
    assert (rest["split"], rest["labelled"]) == ("(no split)", 1)
    crossed = next(table for table in found.tables if table.name == "classes_by_split")
    assert crossed.rows == (("a", 3, 0, 0, 1), ("b", 1, 2, 0, 0))


def test_without_splits_there_is_no_table_of_them() -> None:
    found = class_imbalance(labels_of([5, 5]), ("a", "b"), no_splits(10))
    assert [table.name for table in found.tables] == ["classes"]
