"""The range of missing positives, on data of which the truth is known."""

from functools import cache

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from labelaudit.statistics.cell_channel import histogram
from labelaudit.statistics.missing_positives import missing_range

N, PREVALENCE, N_SEEDS = 2000, 0.3, 12


@cache
def estimates(apart: float, c: float) -> list[tuple[float, int, float, float, float]]:
    """Return low end, truth, high end, e1 and e3 of draws, selected completely at random.

    The label moves the only feature by so many standard deviations, and of the positives a share
    c was given; a held-out logistic regression says how probable that is.
    """
    found = []
    for seed in range(N_SEEDS):
        rng = np.random.default_rng(seed)
        holds = rng.random(N) < PREVALENCE
        x = rng.normal(size=N) + apart * holds
        given = holds & (rng.random(N) < c)
        odds = cross_val_predict(
            LogisticRegression(), np.c_[x, x**2], given, cv=5, method="decision_function"
        )[:, None]
        low, high = missing_range(histogram(odds, given[:, None]), histogram(odds, ~given[:, None]))
        probs = 1 / (1 + np.exp(-odds[:, 0]))
        missing = int((holds & ~given).sum())
        found.append((low[0], missing, high[0], float(probs[given].mean()), float(probs.max())))
    return found


@pytest.mark.parametrize("apart", [8, 4, 1.5])
@pytest.mark.parametrize("c", [0.4, 0.9])
def test_the_range_covers_the_truth_of_data_selected_at_random(apart: float, c: float) -> None:
    covered = [low <= missing <= high for low, missing, high, _, _ in estimates(apart, c)]
    assert np.mean(covered) >= 0.8


def test_each_end_alone_would_be_wrong() -> None:
    # A true c of .4: the mean probability of the given lies below it the more the classes
    # overlap, the highest probability above it.
    separated, overlapping = (
        np.mean([row[3:] for row in estimates(apart, 0.4)], axis=0) for apart in (4, 1.5)
    )
    assert 0.35 <= separated[0] <= 0.39
    assert separated[1] > 0.42
    assert 0.18 <= overlapping[0] <= 0.24


def test_the_range_is_wide_where_the_label_is_hard_to_tell() -> None:
    widths = [
        np.mean([high - low for low, _, high, _, _ in estimates(apart, 0.4)])
        for apart in (8, 4, 1.5)
    ]
    assert widths == sorted(widths)


def test_where_the_model_is_never_sure_even_the_low_end_overstates() -> None:
    # Nothing is missing, but a label that hardly shows looks as one that is often left out. The
    # docstring says so: the low end assumes that the surest items have the label.
    rng = np.random.default_rng(0)
    holds = rng.random(N) < PREVALENCE
    odds = (np.log(0.3 / 0.7) + 0.1 * rng.normal(size=N) + 0.1 * holds)[:, None]
    low, _ = missing_range(histogram(odds, holds[:, None]), histogram(odds, ~holds[:, None]))
    assert low[0] > 0


def test_a_model_as_good_as_chance_says_nothing_of_what_is_missing() -> None:
    rng = np.random.default_rng(0)
    told, given = 0, rng.random((500, 1)) < 0.1
    for _ in range(40):
        odds = rng.normal(size=(500, 1)) - 2
        low, high = missing_range(histogram(odds, given), histogram(odds, ~given))
        assert np.isnan(low) == np.isnan(high)
        told += int(~np.isnan(low[0]))
    assert told <= 4
    constant = np.full((500, 1), -2.0)
    low, _ = missing_range(histogram(constant, given), histogram(constant, ~given))
    assert np.isnan(low[0])
