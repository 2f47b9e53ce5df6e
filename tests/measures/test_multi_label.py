import math
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import numbers, rows, states_of
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.errors import MissingInputError
from labelaudit.measures import Findings
from labelaudit.measures.multi_label import multi_label
from labelaudit.statistics.cooccurrence import Pairs, adjust, label_pairs
from labelaudit.statistics.labelsets import imbalance_levels, labelset_sizes, scumble_rows

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


def test_a_hard_exclusion_is_listed_and_a_rare_one_is_not() -> None:
    dense = np.zeros((100, 3), dtype=np.int64)
    dense[:40, 0] = dense[40:80, 1] = 1
    dense[80:82, 2] = 1
    found = scan(dense)
    excluded = rows(found, "exclusions")
    assert [(row["label"], row["other_label"]) for row in excluded] == [("label 0", "label 1")]
    assert excluded[0]["expected_together"] == 16
    assert numbers(found)["exclusion_count"] == 1


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
        "uncertain_share": 0.25,
        "unknown_share": 0.25,
        "lowest_share": 0.25,
        "highest_share": 0.75,
        "share_of_determined": 0.5,
    }
    assert "label_states" not in [table.name for table in scan(TINY).tables]
