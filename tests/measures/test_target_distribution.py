import math

import numpy as np
import pytest
from made import no_splits, numbers, rows
from numpy.typing import NDArray
from scipy.stats import entropy, skew

from labelaudit.errors import MissingInputError
from labelaudit.inputs.columns import Splits
from labelaudit.measures import Findings
from labelaudit.measures.class_imbalance.target_distribution import target_distribution
from labelaudit.report import EXACT
from labelaudit.statistics.label_distribution_smoothing import lds_window

RNG = np.random.default_rng(0)
AGES = np.clip(np.round(RNG.gamma(9, 4.6, 3000)), 1, 99)


def measured(targets: NDArray[np.float64]) -> Findings:
    return target_distribution(targets, no_splits(len(targets)))


def note_of(found: Findings, name: str) -> str:
    return next(value.note for value in found.values if value.name == name)


def test_a_hand_worked_distribution() -> None:
    # 30, 25, 0, 4 and 41 items of 1, 2, 3, 4 and 5.
    targets = np.repeat([1.0, 2, 4, 5], [30, 25, 4, 41])
    found = measured(targets)
    values = numbers(found)
    assert (values["lowest_target"], values["highest_target"], values["median_target"]) == (1, 5, 2)
    assert values["mean_target"] == pytest.approx((30 + 50 + 16 + 205) / 100)
    assert (values["bin_count"], values["bin_width"], values["empty_bin_count"]) == (5, 1, 1)
    assert (values["medium_shot_bin_count"], values["few_shot_bin_count"]) == (3, 2)
    assert values["bin_imbalance_ratio"] == 41 / 4
    assert values["distinct_share"] == 0.04
    assert values["most_common_target_share"] == 0.41
    assert note_of(found, "most_common_target_share") == "5, 41 items"
    shares = [0.3, 0.25, 0.04, 0.41]
    assert values["effective_bins"] == pytest.approx(math.exp(entropy(shares)))
    assert values["bin_evenness"] == pytest.approx(entropy(shares) / math.log(5))


def test_moments_are_those_of_scipy() -> None:
    values = numbers(measured(AGES))
    assert values["skewness"] == pytest.approx(skew(AGES))
    assert values["standard_deviation"] == pytest.approx(AGES.std())
    assert values["mean_target"] == pytest.approx(AGES.mean())
    huge = numbers(measured(AGES * 1e250))
    assert huge["skewness"] == pytest.approx(skew(AGES))


def test_every_value_is_exact_of_this_dataset() -> None:
    for value in measured(AGES).values:
        assert value.no_interval == EXACT
        assert value.low is None


def test_the_table_of_bins_holds_the_published_density_and_its_weights() -> None:
    table = rows(measured(AGES), "bins")
    counts = np.array([row["count"] for row in table], dtype=float)
    expected = np.convolve(counts, lds_window(), mode="same")
    assert [row["lds_density"] for row in table] == pytest.approx(expected)
    for name in ("lds_weight_inverse", "lds_weight_square_root"):
        weights = np.array([row[name] or 0 for row in table])
        assert (weights * counts).sum() == pytest.approx(counts.sum())
    assert [row["from"] for row in table] == [row["to"] for row in table]
    assert [row["sparse"] for row in table] == [row["smoothed_count"] < 20 for row in table]


def test_sparse_stretches_are_runs_of_bins_that_stay_thin_when_smoothed() -> None:
    # Full bins but for one empty one, which its neighbors fill, and a thin end; two of the window
    # of 22, the first thin bin, are full, and one of that of 23: (0.858 * 60 + 3.75 * 2) / 4.61.
    targets = np.repeat(np.arange(30.0), [*[60] * 10, 0, *[60] * 11, *[2] * 8])
    found = measured(targets)
    (stretch,) = rows(found, "sparse_stretches")
    assert (stretch["from"], stretch["to"], stretch["bins"], stretch["items"]) == (23, 29, 7, 14)
    values = numbers(found)
    assert values["sparse_range_share"] == 7 / 30
    assert values["sparse_items_share"] == pytest.approx(14 / len(targets))
    assert any("23 to 29 (14 items)" in note and note.startswith("23.3 %") for note in found.notes)


def test_an_even_target_is_sparse_nowhere() -> None:
    found = measured(np.repeat(np.arange(10.0), 30))
    values = numbers(found)
    assert values["sparse_range_share"] == 0
    assert values["smoothed_imbalance_ratio"] == pytest.approx(1)
    assert values["bin_evenness"] == pytest.approx(1)
    assert rows(found, "sparse_stretches") == []
    assert found.notes == ()


def test_outlying_targets_are_ranked_and_do_not_stretch_the_bins() -> None:
    targets = np.append(AGES, [999, -20, np.nan])
    found = measured(targets)
    (ranking,) = found.rankings
    low, high = np.quantile(targets[:-1], (0.25, 0.75))
    assert ranking.items.tolist() == [3000]
    assert ranking.scores is not None
    assert ranking.scores[0] == pytest.approx((999 - high) / (high - low))
    assert "999" in ranking.details[0]
    assert numbers(found)["outlying_targets_count"] == 1
    assert numbers(found)["highest_target"] == 999
    assert max(row["to"] for row in rows(found, "bins")) < 120
    assert "outlying targets in no bin: 1; look at them first" in found.notes


def test_a_long_tail_stays_in_the_bins_and_is_said_to_stretch_them() -> None:
    found = measured(np.exp(3 * RNG.standard_normal(2000)))
    assert numbers(found)["outlying_targets_count"] > 20  # type: ignore[operator]
    assert sum(row["count"] for row in rows(found, "bins")) == 2000
    assert any("wider than they should be" in note for note in found.notes)
    assert "logarithm" in note_of(found, "skewness")
    assert "logarithm" not in note_of(measured(AGES), "skewness")


def test_without_quartiles_that_differ_no_target_is_outlying() -> None:
    found = measured(np.append(np.zeros(90), np.arange(1.0, 11)))
    assert numbers(found)["outlying_targets_count"] is None
    assert "one number" in note_of(found, "outlying_targets_count")
    assert len(found.rankings[0].items) == 0


def test_rounded_ages_show_in_the_multiples_of_5() -> None:
    rounded = AGES.copy()
    rounded[:1500] = np.round(rounded[:1500] / 5) * 5
    found = measured(rounded)
    expected = sum(age % 5 == 0 for age in rounded) / 3000
    assert numbers(found)["multiples_of_5_share"] == pytest.approx(expected)
    span = np.arange(rounded.min(), rounded.max() + 1)
    by_chance = 100 * sum(age % 5 == 0 for age in span) / len(span)
    assert note_of(found, "multiples_of_5_share").startswith(f"{by_chance:.3g} %")


@pytest.mark.parametrize("targets", [np.arange(40) / 3, np.repeat(np.arange(10.0), 4)], ids=str)
def test_multiples_take_integers_that_span_20(targets: NDArray[np.float64]) -> None:
    found = measured(targets)
    assert numbers(found)["multiples_of_10_share"] is None
    assert note_of(found, "multiples_of_10_share").startswith("undefined")


def test_each_split_is_counted_in_the_bins_of_the_dataset() -> None:
    targets = np.append(np.repeat([1.0, 2, 3], [40, 30, 20]), np.nan)
    codes = np.append(np.arange(90) % 2, 1).astype(np.int32)
    codes[:3] = -1
    found = target_distribution(targets, Splits(("train", "test", "empty"), codes))
    crossed = rows(found, "bins_by_split")
    assert [tuple(row.values()) for row in crossed] == [
        (1, 1, 18, 19, 0, 3),
        (2, 2, 15, 15, 0, 0),
        (3, 3, 10, 10, 0, 0),
    ]
    quantiles = rows(found, "quantiles")
    assert [row["split"] for row in quantiles] == [
        "all items",
        "train",
        "test",
        "empty",
        "(no split)",
    ]
    assert [row["labelled"] for row in quantiles] == [90, 43, 44, 0, 3]
    assert quantiles[1]["quantile_0.5"] == np.median(targets[:90][codes[:90] == 0])
    assert quantiles[3]["highest"] is None
    train, _, empty, _ = rows(found, "splits")
    assert (train["ratio_with_items"], train["few_shot_bins"]) == (1.8, 3)
    assert (empty["evenness"], empty["empty_bins"]) == (None, 3)


def test_few_items_a_bin_are_flagged() -> None:
    assert "too low" in note_of(measured(np.arange(50.0)), "bin_evenness")


@pytest.mark.parametrize(
    ("targets", "why"),
    [
        (np.full(200, 7.0), "every target is 7"),
        (np.arange(19.0), "19 items have a target"),
        (np.append(np.zeros(20), [1.7e308, -1.7e308]), "too far apart"),
        (np.append(np.zeros(20), 5e-324), "too close"),
    ],
    ids=["constant", "few", "far", "close"],
)
def test_what_has_no_distribution_is_refused(targets: NDArray[np.float64], why: str) -> None:
    with pytest.raises(MissingInputError, match=why):
        measured(targets)


def test_infinite_targets_are_counted_nowhere_and_named() -> None:
    found = measured(np.append(AGES, [np.inf, -np.inf]))
    assert numbers(found)["highest_target"] == AGES.max()
    assert "infinite targets, counted nowhere: 2" in found.notes


@pytest.mark.filterwarnings("error")
def test_a_target_that_no_number_of_iqr_can_tell_apart_is_outlying() -> None:
    targets = np.concatenate([RNG.random(500) * 1e-300, [1e10]])
    found = measured(targets)
    assert numbers(found)["outlying_targets_count"] == 1
    assert found.rankings[0].items.tolist() == [500]


@pytest.mark.filterwarnings("error")
def test_huge_targets_are_binned() -> None:
    found = measured(np.repeat([1e300, -1e299], 50))
    assert numbers(found)["highest_target"] == 1e300


@pytest.mark.filterwarnings("error")
def test_targets_beyond_what_bins_can_reach_are_refused() -> None:
    with pytest.raises(MissingInputError, match="too far apart"):
        measured(np.repeat([1e308, -1e307], 50))


def test_what_outlying_targets_do_to_the_moments_is_said() -> None:
    found = measured(np.concatenate([AGES, [999.0, 999.0]]))
    assert numbers(found)["skewness"] == pytest.approx(skew(np.concatenate([AGES, [999, 999]])))
    assert note_of(found, "mean_target") == f"{AGES.mean():.4g} without the 2 outlying"
    assert note_of(found, "skewness").startswith(f"{skew(AGES):.4g} without the 2 outlying; 0 is")
    assert "logarithm" not in note_of(found, "skewness")
