import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.utils.class_weight import compute_class_weight

from labelaudit.blocks import row_blocks
from labelaudit.statistics.imbalance import (
    class_balanced_weights,
    count_labels,
    effective_numbers,
    fewest_classes,
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
    pearson = 2 * 10**2 / 50
    assert skewed["balance_p_value"] == pytest.approx(math.erfc(math.sqrt(pearson / 2)))


@pytest.mark.parametrize(
    ("n_classes", "each"), [(2, 100), (10, 5), (1000, 1), (1000, 5), (10_000, 20)]
)
def test_of_equal_classes_one_draw_in_twenty_fails_the_test_of_balance(
    n_classes: int, each: int
) -> None:
    shares = np.full(n_classes, 1 / n_classes)
    draws = np.random.default_rng(0).multinomial(n_classes * each, shares, size=400)
    p_values = np.array([imbalance_statistics(counts)["balance_p_value"] for counts in draws])
    assert 0.02 < (p_values < 0.05).mean() < 0.09
    assert 0.4 < (p_values < 0.5).mean() < 0.6


@pytest.mark.parametrize("n_classes", [3, 6, 49, 1000])
def test_no_statistic_of_equal_classes_passes_its_range(n_classes: int) -> None:
    found = imbalance_statistics(np.full(n_classes, 7))
    for name, most in (("evenness", 1), ("effective_classes", n_classes), ("lrid", 0)):
        assert most - 1e-9 <= (found[name] or 0) <= most
    assert (found["inverse_simpson"] or 0) <= n_classes


def test_class_balanced_weights_are_those_of_cui() -> None:
    expected = [
        0.050611, 0.076900, 0.121134, 0.195037, 0.318805,
        0.524590, 0.868349, 1.442627, 2.409223, 3.992724,
    ]  # fmt: skip
    assert class_balanced_weights(np.array(CIFAR10_LT), 0.9999) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("count", "beta", "effective"),
    [(10, 0.9, 6.5132156), (5000, 0.9999, 3934.845044), (1, 0.9, 1), (1, 0.9999, 1), (0, 0.99, 0)],
)
def test_the_effective_number_is_that_of_cui(count: int, beta: float, effective: float) -> None:
    assert effective_numbers(np.array([count]), beta) == pytest.approx(effective)
    assert effective == pytest.approx(sum(beta**at for at in range(count)))


def test_weights_near_beta_1_are_those_of_inverse_frequency() -> None:
    expected = compute_class_weight(
        "balanced", classes=np.arange(3), y=np.repeat(np.arange(3), [50, 30, 20])
    )
    found = class_balanced_weights(np.array([50, 0, 30, 20]), 1 - 1e-9)
    assert found[[0, 2, 3]] == pytest.approx(expected / expected.mean(), rel=1e-6)
    assert np.isnan(found[1])


@given(st.lists(st.integers(0, 50), min_size=1, max_size=9).filter(any), st.floats(0.01, 1))
def test_the_fewest_classes_that_hold_a_share(counts: list[int], share: float) -> None:
    sums = [sum(sorted(counts)[::-1][:k]) for k in range(1, len(counts) + 1)]
    expected = next(k for k, held in enumerate(sums, 1) if held >= share * sum(counts))
    assert fewest_classes(np.array(counts), share) == expected


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
