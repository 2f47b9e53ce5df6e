import math
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import embedded, numbers, rows, states_of
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import chi2_contingency

from labelaudit.errors import MissingInputError
from labelaudit.measures import Findings
from labelaudit.measures.multi_label import label_pairs as label_pairs_module
from labelaudit.measures.multi_label import multi_label as multi_label_module
from labelaudit.measures.multi_label.multi_label import multi_label
from labelaudit.statistics.cooccurrence import Pairs, adjust, dependent_share, label_pairs
from labelaudit.statistics.labelsets import (
    complexity,
    imbalance_levels,
    labelset_sizes,
    scumble_rows,
)

TINY = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 0], [0, 0, 0], [1, 0, 0]])
EMOTIONS = np.array([173, 166, 264, 148, 168, 189])


def scan(dense: NDArray[np.int64]) -> Findings:
    names = tuple(f"label {index}" for index in range(dense.shape[1]))
    return multi_label(csr_array(dense.astype(bool)), states_of(dense), names)


def overlapping(n_rows: int, one: int, other: int, together: int) -> Pairs:
    """Return the statistics of two labels with given counts."""
    dense = np.zeros((n_rows, 2), dtype=bool)
    dense[:one, 0] = True
    dense[one - together : one - together + other, 1] = True
    return label_pairs(csr_array(dense))


def test_the_tiny_reference_dataset() -> None:
    found = scan(TINY)
    values = numbers(found)
    expected = {
        "cardinality": 1.333333,
        "density": 0.444444,
        "labelset_count": 4,
        "single_labelset_count": 2,
        "puniq_share": 0.333333,
        "pmax_share": 0.333333,
        "pdiv_share": 0.666667,
        "no_label_share": 0.166667,
        "mean_ir": 2.833333,
        "cvir": 0.713197,
        "scumble": 0.074605,
        "scumble_cv": 1.341334,
        "empty_label_count": 0,
    }
    assert {name: values[name] for name in expected} == pytest.approx(expected, abs=1e-6)
    assert [row["imbalance_ratio"] for row in rows(found, "labels")] == [1, 2.5, 5]


def test_scumble_of_the_tiny_rows() -> None:
    matrix = csr_array(TINY.astype(bool))
    levels = imbalance_levels(TINY.sum(axis=0))
    expected = [0, 0.0964921, 0.25464401, 0.0964921, 0, 0]
    assert scumble_rows(matrix, levels) == pytest.approx(expected, abs=1e-7)


def test_pairs_of_the_tiny_reference_dataset() -> None:
    found = rows(scan(TINY), "pairs")
    by_name = {(row["label"], row["other_label"]): row for row in found}
    pair = by_name["label 0", "label 1"]
    assert pair["lift"] == pytest.approx(1.2)
    assert pair["phi"] == pytest.approx(0.316228, abs=1e-6)
    assert pair["npmi"] == pytest.approx(0.165956, abs=1e-6)
    assert pair["jaccard"] == 0.4
    assert pair["adjusted_p_value"] is None


def test_imbalance_levels_of_emotions() -> None:
    levels = imbalance_levels(EMOTIONS)
    expected = [1.526012, 1.590361, 1, 1.783784, 1.571429, 1.396825]
    assert levels == pytest.approx(expected, abs=1e-6)
    assert levels.mean() == pytest.approx(1.478068, abs=1e-6)
    assert levels.std(ddof=1) / levels.mean() == pytest.approx(0.179571, abs=1e-6)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((148, 168, 105), (2.504223, 0.545410, 0.530245)),
        ((264, 189, 7), (0.083193, -0.561723, -0.560133)),
        ((173, 148, 0), (0, -0.370126, -1)),
    ],
)
def test_pairs_of_emotions(
    counts: tuple[int, int, int], expected: tuple[float, float, float]
) -> None:
    pairs = overlapping(593, *counts)
    assert (pairs.lift[0], pairs.phi[0], pairs.npmi[0]) == pytest.approx(expected, abs=1e-6)
    # One test has nothing to adjust; the chi-squared tail by the error function.
    tail = math.erfc(math.sqrt(593 * expected[1] ** 2 / 2))
    assert pairs.p_value[0] == pytest.approx(tail, rel=1e-3)


@pytest.mark.parametrize(
    ("n_features", "n_labels", "labelsets", "expected"),
    [
        (72, 6, 27, 9.364262),  # emotions
        (260, 19, 133, 13.395470),  # birds
        (1186, 27, 32, 13.839914),  # genbase
        (19, 7, 54, 8.879333),  # flags
        (68, 174, 502, 15.597163),  # cal500
        (1449, 45, 94, 15.628586),  # medical
        (1004, 75, 304, 16.946263),  # langlog
        (1079, 22, 156, 15.124688),  # slashdot
        (585, 227, 1078, 18.779425),  # stackex_chess
        (1006, 20, 55, 13.916803),  # ng20
    ],
)
def test_complexity_of_published_datasets(
    n_features: int, n_labels: int, labelsets: int, expected: float
) -> None:
    assert complexity(n_features, n_labels, labelsets) == pytest.approx(expected, abs=1e-6)


def test_the_complexity_needs_embeddings_and_says_so() -> None:
    assert numbers(scan(TINY))["tcs"] is None
    names = ("a", "b", "c")
    with_vectors = multi_label(
        csr_array(TINY.astype(bool)), states_of(TINY), names, embedded(np.zeros((6, 16)))
    )
    assert numbers(with_vectors)["tcs"] == pytest.approx(math.log(16 * 3 * 4))
    (note,) = [value.note for value in with_vectors.values if value.name == "tcs"]
    assert "16 dimensions" in note


def test_the_share_missing_of_emotions_with_one_positive_kept() -> None:
    # SPML keeps one positive an item: 1 - 1 / cardinality of them are missing.
    assert 1 - 593 / EMOTIONS.sum() == pytest.approx(0.464801, abs=1e-6)


@given(st.lists(st.lists(st.integers(0, 1), min_size=4, max_size=4), min_size=1, max_size=60))
def test_the_share_of_dependent_pairs_matches_its_definition(table: list[list[int]]) -> None:
    dense = np.array(table)
    dependent = 0
    for first, second in combinations(range(4), 2):
        square = np.histogram2d(dense[:, first], dense[:, second], bins=2, range=[[0, 1]] * 2)[0]
        if square.sum(axis=0).all() and square.sum(axis=1).all():
            dependent += chi2_contingency(square, correction=False).pvalue < 0.01
    assert dependent_share(csr_array(dense.astype(bool))) == pytest.approx(dependent / 6)


def dense_rows(max_rows: int = 30) -> st.SearchStrategy[list[list[int]]]:
    row = st.lists(st.integers(0, 1), min_size=4, max_size=4)
    return st.lists(row, min_size=1, max_size=max_rows)


@given(dense_rows())
def test_labelsets_and_scumble_match_their_definitions(table: list[list[int]]) -> None:
    dense = np.array(table)
    matrix = csr_array(dense.astype(bool))
    assert sorted(labelset_sizes(matrix)) == sorted(Counter(map(tuple, table)).values())
    counts = dense.sum(axis=0)
    levels = imbalance_levels(counts)
    for row, score in zip(table, scumble_rows(matrix, levels), strict=True):
        own = [max(counts) / counts[label] for label in range(4) if row[label]]
        defined = 1 - math.prod(own) ** (1 / len(own)) / (sum(own) / len(own)) if own else 0
        assert score == pytest.approx(defined, abs=1e-9)


@given(dense_rows())
def test_pairs_match_their_definitions(table: list[list[int]]) -> None:
    dense = np.array(table)
    pairs = label_pairs(csr_array(dense.astype(bool)))
    n, found = len(table), {}
    for first, second in combinations(range(4), 2):
        both = int((dense[:, first] & dense[:, second]).sum())
        expected = dense[:, first].sum() * dense[:, second].sum() / n
        if both or expected >= 5:
            found[first, second] = (both, expected)
    assert list(zip(pairs.first, pairs.second, strict=True)) == list(found)
    for at, (first, second) in enumerate(found):
        one, other = dense[:, first], dense[:, second]
        assert (pairs.together[at], pairs.expected[at]) == pytest.approx(found[first, second])
        assert pairs.jaccard[at] == pytest.approx((one & other).sum() / (one | other).sum())
        if 0 < one.sum() < n and 0 < other.sum() < n:
            assert pairs.phi[at] == pytest.approx(np.corrcoef(one, other)[0, 1])
        else:
            assert np.isnan(pairs.phi[at])


def test_blocks_of_labels_do_not_change_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = csr_array(np.random.default_rng(0).random((60, 9)) < 0.4)
    whole = label_pairs(matrix)
    monkeypatch.setattr("labelaudit.statistics.cooccurrence.BLOCK", 2)
    cut = label_pairs(matrix)
    assert np.array_equal(whole.first, cut.first)
    assert np.array_equal(whole.second, cut.second)
    assert np.array_equal(whole.phi, cut.phi)


def test_adjusted_p_values_by_hand() -> None:
    assert adjust(np.array([0.04, 0.01, 0.03, 0.5])) == pytest.approx(
        [0.16 / 3, 0.04, 0.16 / 3, 0.5]
    )
    assert adjust(np.zeros(0)).shape == (0,)
    assert adjust(np.array([0.0, 0.5])).tolist() == [1e-300, 0.5]
    assert adjust(np.array([0.02, 0.9]), n_tests=10).tolist() == [0.2, 1]


def test_a_hard_exclusion_is_listed_and_a_rare_one_is_not() -> None:
    dense = np.zeros((100, 3), dtype=np.int64)
    dense[:40, 0] = dense[40:80, 1] = 1
    dense[80:82, 2] = 1
    found = scan(dense)
    excluded = rows(found, "exclusions")
    assert [(row["label"], row["other_label"]) for row in excluded] == [("label 0", "label 1")]
    assert excluded[0]["expected_together"] == 16
    assert numbers(found)["exclusion_count"] == 1


def test_labels_that_always_come_together_are_implied() -> None:
    rng = np.random.default_rng(0)
    dense = np.zeros((1000, 3), dtype=np.int64)
    dense[:412, 0] = 1
    dense[:500, 1] = 1
    dense[:, 2] = rng.random(1000) < 0.5
    found = scan(dense)
    (implied,) = rows(found, "implications")
    assert (implied["label"], implied["other_label"]) == ("label 0", "label 1")
    assert implied["expected_without"] == 206
    assert implied["true_rate_below"] == pytest.approx(1 - 0.05 ** (1 / 412))
    assert numbers(found)["implication_count"] == 1
    assert numbers(found)["near_rule_count"] == 0
    dense[[7, 70, 300], 1] = 0
    found = scan(dense)
    assert rows(found, "implications") == []
    (near,) = rows(found, "near_rules")
    assert (near["items"], near["exceptions"]) == (412, 3)
    (breakers,) = found.rankings
    assert breakers.items.tolist() == [7, 70, 300]
    assert breakers.details[0] == ("lacks label 1: all but 3 of 412 items with label 0 have it")
    assert breakers.suggested is not None
    assert breakers.suggested.tolist() == [1, 1, 1]
    assert numbers(found)["rule_breaker_count"] == 3


def test_rules_whose_exceptions_are_not_listed_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dense = np.zeros((600, 3), dtype=np.int64)
    dense[:200, 0] = dense[:250, 1] = dense[:300, 2] = 1
    dense[[1, 2], 1] = dense[[3], 2] = 0
    whole = scan(dense)
    assert numbers(whole)["near_rule_count"] == 3
    for module in (label_pairs_module, multi_label_module):
        monkeypatch.setattr(module, "MOST_RULES", 1)
    cut = scan(dense)
    assert set(cut.rankings[0].items) < set(whole.rankings[0].items)
    assert any("of 3 rules with exceptions" in note for note in cut.notes)


def test_items_that_break_an_exclusion_are_listed() -> None:
    dense = np.zeros((300, 2), dtype=np.int64)
    dense[:100, 0] = dense[99:250, 1] = 1
    found = scan(dense)
    (breakers,) = found.rankings
    assert breakers.items.tolist() == [99]
    assert breakers.details == ("has label 1 beside label 0: only 1 of 100 items with label 0 do",)
    assert breakers.classes is not None
    assert breakers.classes.tolist() == [0]


def test_an_uncertain_label_breaks_no_rule() -> None:
    cells = np.zeros((300, 2), dtype=np.int64)
    cells[:100, 0] = cells[:150, 1] = 1
    cells[[3, 4], 1] = (2, 3)
    found = multi_label(csr_array(cells == 1), states_of(cells), ("a", "b"))
    assert numbers(found)["implication_count"] == 1
    assert len(found.rankings[0].items) == 0
    cells[3, 1] = 0
    found = multi_label(csr_array(cells == 1), states_of(cells), ("a", "b"))
    assert found.rankings[0].items.tolist() == [3]


def test_independent_labels_keep_no_rule() -> None:
    rng = np.random.default_rng(1)
    found = scan((rng.random((2000, 30)) < np.linspace(0.02, 0.9, 30)).astype(np.int64))
    values = numbers(found)
    assert values["implication_count"] == values["near_rule_count"] == 0


def test_shares_have_intervals_that_groups_make_wider() -> None:
    rng = np.random.default_rng(2)
    of_patient = rng.random(100) < 0.3
    dense = np.repeat(of_patient, 5)[:, None].astype(np.int64) * np.array([[1, 0]]) + [[0, 1]]
    alone = rows(scan(dense), "labels")
    groups = np.repeat(np.arange(100), 5).astype(np.int32)
    found = multi_label(
        csr_array(dense.astype(bool)), states_of(dense), ("a", "b"), item_groups=groups
    )
    first, second = (
        next(row for row in table if row["count"] < 500) for table in (alone, rows(found, "labels"))
    )
    assert first["low"] < second["share"] < first["high"]
    # Five equal items of a patient tell no more than one: the interval is sqrt(5) times as wide.
    wider = (second["high"] - second["low"]) / (first["high"] - first["low"])
    assert wider == pytest.approx(math.sqrt(5), rel=0.1)
    assert numbers(found)["group_count"] == 100
    every = next(row for row in rows(found, "labels") if row["count"] == 500)
    assert every["low"] is every["high"] is None  # no group is without it


def test_a_group_has_the_strongest_state_of_its_items() -> None:
    # Groups: positive and uncertain; uncertain and negative; negative; unknown twice; no group.
    cells = np.array([[1, 1], [2, 1], [2, 1], [0, 1], [0, 1], [3, 1], [3, 1], [1, 1]])
    groups = np.array([0, 0, 1, 1, 2, 3, 3, -1], dtype=np.int32)
    found = multi_label(csr_array(cells == 1), states_of(cells), ("a", "b"), item_groups=groups)
    row = next(row for row in rows(found, "label_states_by_group") if row["label"] == "a")
    assert row == {
        "label": "a",
        "positive_groups": 2,
        "uncertain_groups": 1,
        "negative_groups": 1,
        "unknown_groups": 1,
        "positive_share": 0.4,
        "highest_if_uncertain": 0.6,
    }


def test_an_exclusion_is_expected_to_be_together_five_times() -> None:
    dense = np.zeros((20, 2), dtype=np.int64)
    dense[:10, 0] = dense[10:, 1] = 1
    assert numbers(scan(dense))["exclusion_count"] == 1
    assert numbers(scan(dense[1:]))["exclusion_count"] == 0


def test_independent_labels_do_not_depend_on_one_another_and_copies_do() -> None:
    rng = np.random.default_rng(0)
    dense = (rng.random((500, 4)) < 0.5).astype(np.int64)
    dense[:, 3] = dense[:, 0]
    values = numbers(scan(dense))
    assert values["tested_pair_count"] == 6
    assert values["dependent_pair_share"] == pytest.approx(1 / 6)


def test_empty_labels_are_named_and_left_out_of_the_mean() -> None:
    dense = np.array([[1, 1, 0], [1, 0, 0]])
    found = scan(dense)
    values = numbers(found)
    assert values["mean_ir"] == 1.5
    assert values["empty_label_count"] == 1
    assert any("label 2" in note for note in found.notes)
    assert rows(found, "labels")[2]["imbalance_ratio"] is None


def test_exactly_one_positive_everywhere_is_suspected() -> None:
    single = scan(np.eye(3, dtype=np.int64))
    assert any("single-positive suspected" in note for note in single.notes)
    assert not any("single-positive" in note for note in scan(TINY).notes)


def test_items_without_any_positive_label_leave_imbalance_undefined() -> None:
    values = numbers(scan(np.zeros((5, 2), dtype=np.int64)))
    assert values["mean_ir"] is values["scumble"] is values["cvir"] is None
    assert (values["cardinality"], values["labelset_count"]) == (0, 1)


def test_nothing_labelled_is_not_measured() -> None:
    with pytest.raises(MissingInputError, match="label"):
        scan(np.zeros((0, 2), dtype=np.int64))


def test_uncertain_and_unknown_cells_bound_the_share_of_a_label() -> None:
    cells = np.array([[1, 0], [2, 0], [3, 1], [0, 2], [2, 2]])
    labelled = np.array([True, True, True, True, False])
    matrix = csr_array((cells == 1)[:4])
    found = multi_label(matrix, states_of(cells, labelled), ("a", "b"))
    values = numbers(found)
    assert (values["uncertain_cell_share"], values["unknown_cell_share"]) == (0.25, 0.125)
    first = rows(found, "label_states")[0]
    assert first == {
        "label": "a",
        "positive_share": 0.25,
        "uncertain_share": 0.25,
        "negative_share": 0.25,
        "unknown_share": 0.25,
        "highest_if_uncertain": 0.5,
        "highest_if_unknown": 0.75,
        "share_of_determined": 0.5,
    }
    assert "label_states" not in [table.name for table in scan(TINY).tables]
