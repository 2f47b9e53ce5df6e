import math

import numpy as np
import pytest
from made import labels_of, no_splits, numbers, rows

from labelaudit.errors import MissingInputError
from labelaudit.inputs.columns import Splits
from labelaudit.measures.class_imbalance.class_imbalance import class_imbalance
from labelaudit.report import EXACT


def names_of(n_classes: int) -> tuple[str, ...]:
    return tuple(f"class {index}" for index in range(n_classes))


def test_an_empty_declared_class_leaves_the_ratio_undefined_and_is_named() -> None:
    found = class_imbalance(labels_of([30, 60]), ("cat", "dog", "elk"), no_splits(90))
    values = numbers(found)
    assert values["imbalance_ratio"] is None
    assert values["nonempty_imbalance_ratio"] == 2
    assert (values["class_count"], values["empty_class_count"]) == (3, 1)
    assert (values["medium_shot_count"], values["few_shot_count"]) == (2, 1)
    assert any("elk" in note for note in found.notes)
    by_name = {value.name: value for value in found.values}
    assert by_name["imbalance_ratio"].note == (
        "undefined: no item of elk to divide by; 2 between the other classes; "
        "most common: dog (60), least common with items: cat (30)"
    )
    assert by_name["empty_class_count"].note == "elk"


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
    assert [row["cumulative_share"] for row in table] == [0.75, 1, 1]
    assert [row["missing_for_parity"] for row in table] == [0, 50, 75]
    weights = rows(found, "class_balanced_weights")
    assert weights[2]["weight_at_0.9999"] is None
    assert weights[0]["effective_number_at_0.9"] == pytest.approx((1 - 0.9**75) / 0.1)


def test_classes_of_equal_size_come_by_name() -> None:
    found = class_imbalance(labels_of([5, 5, 5]), ("c", "a", "b"), no_splits(15))
    assert [row["class"] for row in rows(found, "classes")] == ["a", "b", "c"]


def test_the_table_of_shots_counts_classes_and_items() -> None:
    found = class_imbalance(labels_of([0, 25, 175]), ("a", "b", "c"), no_splits(200))
    assert [tuple(row.values()) for row in rows(found, "shots")] == [
        ("many", 1, 175, 0.875),
        ("medium", 1, 25, 0.125),
        ("few", 1, 0, 0),
    ]


def test_values_say_which_classes_they_are_about() -> None:
    labels = labels_of([30, 5, 60, 5])
    found = class_imbalance(labels, ("cat", "dog", "elk", "fox"), no_splits(100))
    by_name = {value.name: value for value in found.values}
    assert (by_name["half_classes_count"].value, by_name["half_classes_count"].note) == (
        1,
        "of 4: elk",
    )
    assert by_name["largest_class_share"].value == 0.6
    assert by_name["largest_class_share"].note.startswith("elk")
    assert by_name["few_shot_count"].note == "fox, dog"
    assert by_name["parity_items_count"].value == 30 + 55 + 0 + 55


def test_small_samples_are_flagged_on_the_values_they_bias() -> None:
    few, many = (
        class_imbalance(labels_of([n, n + 1]), ("a", "b"), no_splits(2 * n + 1)) for n in (4, 40)
    )
    for name, where in (("evenness", "too low"), ("gini", "too high")):
        assert where in next(value.note for value in few.values if value.name == name)
        assert not next(value.note for value in many.values if value.name == name)


def test_what_was_counted_is_exact_and_what_is_of_the_source_has_an_interval() -> None:
    found = class_imbalance(labels_of([60, 25, 15]), names_of(3), no_splits(100))
    by_name = {value.name: value for value in found.values}
    estimates = {value.name for value in found.values if value.interval}
    assert estimates == {"source_entropy", "source_effective_classes"}
    assert by_name["entropy"].no_interval == EXACT
    source = by_name["source_entropy"]
    assert source.value == pytest.approx(by_name["entropy"].value + 2 / 200)  # type: ignore[operator]
    assert by_name["source_effective_classes"].high == pytest.approx(math.exp(source.high or 0))


def test_too_few_items_leave_the_source_without_interval() -> None:
    found = class_imbalance(labels_of([6, 6, 6]), ("a", "b", "c"), no_splits(18))
    source = next(value for value in found.values if value.name == "source_entropy")
    assert source.value == pytest.approx(math.log(3))
    assert "too few" in source.no_interval


def test_tables_are_cut_at_1000_rows() -> None:
    counts = [1] * 1200
    found = class_imbalance(labels_of(counts), names_of(1200), no_splits(1200))
    assert (len(found.tables[0].rows), found.tables[0].omitted) == (1000, 200)


def test_of_thousands_of_classes_the_rarest_are_listed_too() -> None:
    counts = [30] * 1198 + [2, 1]
    found = class_imbalance(labels_of(counts), names_of(1200), no_splits(sum(counts)))
    rarest = rows(found, "rarest_classes")
    assert [row["class"] for row in rarest[:2]] == ["class 1199", "class 1198"]
    assert len(rarest) == 50


def test_a_p_value_is_never_0() -> None:
    found = class_imbalance(labels_of([9000, 10]), names_of(2), no_splits(9010))
    p_value = next(value for value in found.values if value.name == "balance_p_value")
    assert p_value.value == 1e-300
    assert p_value.note.startswith("at most 1e-300")
    assert "random draw" in p_value.note


def test_each_split_has_its_own_imbalance() -> None:
    labels = np.array([0, 0, 0, 1, 1, 1, -1, 0], dtype=np.int32)
    codes = np.array([0, 0, 0, 0, 1, 1, 2, -1], dtype=np.int32)
    splits = Splits(("train", "class", "test"), codes)
    found = class_imbalance(labels, ("a", "b"), splits)
    train, same_name, test, rest = rows(found, "splits")
    assert (train["imbalance_ratio"], train["labelled"]) == (3, 4)
    assert (same_name["imbalance_ratio"], same_name["classes_present"]) == (None, 1)
    assert (test["labelled"], test["effective_classes"]) == (0, None)
    assert (rest["split"], rest["labelled"]) == ("(no split)", 1)
    assert [row["evenness"] for row in rows(found, "split_statistics")][1:] == [0, None, 0]
    assert rows(found, "split_statistics")[0]["gini"] == 0.25
    assert train["under_5_a_class"] is True
    assert "splits that lack classes of the dataset: class 1 (a), (no split) 1 (b)" in found.notes
    crossed = next(table for table in found.tables if table.name == "classes_by_split")
    assert crossed.rows == (("a", 3, 0, 0, 1), ("b", 1, 2, 0, 0))


def test_without_splits_there_is_no_table_of_them() -> None:
    found = class_imbalance(labels_of([5, 5]), ("a", "b"), no_splits(10))
    names = [table.name for table in found.tables]
    assert names == ["classes", "shots", "class_balanced_weights"]


def test_with_fewer_items_than_classes_no_bias_is_told() -> None:
    found = class_imbalance(labels_of([1, 1, 1]), names_of(1000), no_splits(3))
    assert any("cannot be told" in note for note in found.notes)
    assert not any("Miller" in note for note in found.notes)


@pytest.mark.parametrize("n_classes", [6, 49, 1000])
def test_a_source_has_no_more_effective_classes_than_there_are(n_classes: int) -> None:
    counts = [30] * n_classes
    found = class_imbalance(labels_of(counts), names_of(n_classes), no_splits(sum(counts)))
    value = next(value for value in found.values if value.name == "source_effective_classes")
    assert value.value is not None
    assert value.value <= (value.high or 0) <= n_classes
