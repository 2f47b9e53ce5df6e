import numpy as np
import pytest
from numpy.typing import NDArray

from labelaudit.statistics.cell_channel import (
    CENTERS,
    LEAST,
    MOST,
    N_BINS,
    CellChannel,
    expected_errors,
    fit_cell_channel,
    histogram,
)
from labelaudit.statistics.missing_positives import missing_range

Booleans = NDArray[np.bool_]


def drawn(
    seed: int, spread: float, left_out: float, made_up: float, n: int = 20_000
) -> tuple[NDArray[np.float64], Booleans, Booleans]:
    """Return log odds of ten labels, whether they hold, and whether they were given."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-4, spread, size=(n, 10))
    holds = rng.random(odds.shape) < 1 / (1 + np.exp(-odds))
    given = np.where(holds, rng.random(odds.shape) >= left_out, rng.random(odds.shape) < made_up)
    return odds, holds, given


def fitted(odds: NDArray[np.float64], given: Booleans) -> CellChannel:
    return fit_cell_channel(histogram(odds, given), histogram(odds, ~given))


def test_error_probabilities_are_bayes_rule_in_a_loop() -> None:
    rng = np.random.default_rng(0)
    numbers = rng.random((4, 3)) * [[1], [1], [0.3], [0.1]]
    channel = CellChannel(
        intercepts=numbers[0], slopes=numbers[1], left_out=numbers[2], made_up=numbers[3]
    )
    odds, given = rng.normal(0, 3, (6, 3)), rng.random((6, 3)) < 0.5
    found = channel.error_probs(odds, given)
    for row in range(6):
        for label in range(3):
            a, b, m, e = numbers[:, label]
            holds = 1 / (1 + np.exp(-(a + b * odds[row, label])))
            if given[row, label]:
                joint = {"right": holds * (1 - m), "wrong": (1 - holds) * e}
            else:
                joint = {"right": (1 - holds) * (1 - e), "wrong": holds * m}
            assert found[row, label] == pytest.approx(joint["wrong"] / sum(joint.values()))


def test_a_cell_by_hand() -> None:
    one = np.ones(1)
    channel = CellChannel(intercepts=0 * one, slopes=one, left_out=0.1 * one, made_up=0 * one)
    odds = np.log([[9.0]])  # holds with 0.9; .09 missing against .1 right
    assert channel.error_probs(odds, np.array([[False]])) == pytest.approx(0.09 / 0.19)
    assert channel.error_probs(odds, np.array([[True]])) == pytest.approx(0)


def test_histograms_count_every_cell_and_keep_its_log_odds() -> None:
    rng = np.random.default_rng(1)
    odds, counted = rng.uniform(-13, 9, (300, 4)), rng.random((300, 4)) < 0.7
    found = histogram(odds, counted)
    assert found.shape == (N_BINS, 4)
    assert found.sum(axis=0) == pytest.approx(counted.sum(axis=0))
    assert CENTERS @ found == pytest.approx((odds * counted).sum(axis=0))
    ends = histogram(np.array([[-99.0], [99.0], [LEAST], [MOST]]), np.ones((4, 1), dtype=bool))
    assert (ends[0, 0], ends[-1, 0]) == pytest.approx((2, 2))


def test_errors_are_found_where_sure_predictions_are_contradicted() -> None:
    odds, holds, given = drawn(2, spread=5, left_out=0.1, made_up=0.003)
    channel = fitted(odds, given)
    assert channel.left_out.mean() == pytest.approx(0.1, abs=0.03)
    assert channel.made_up.mean() == pytest.approx(0.003, abs=0.001)
    suspected = channel.error_probs(odds, given) > 0.5
    wrong = holds != given
    assert wrong[suspected].mean() > 0.75
    assert suspected[wrong].mean() > 0.4
    said = channel.error_probs(odds, given)[suspected].mean()
    assert said == pytest.approx(wrong[suspected].mean(), abs=0.08)


@pytest.mark.parametrize("spread", [1.5, 3, 6])
def test_hardly_a_clean_cell_is_suspected(spread: float) -> None:
    odds, _, given = drawn(3, spread, left_out=0, made_up=0)
    suspected = fitted(odds, given).error_probs(odds, given) > 0.5
    assert suspected.sum() < 0.005 * given.sum()


def test_probabilities_of_error_add_up_to_the_errors_there_are() -> None:
    odds, holds, given = drawn(4, spread=5, left_out=0.1, made_up=0.003)
    positive, negative = histogram(odds, given), histogram(odds, ~given)
    missing, spurious = expected_errors(fit_cell_channel(positive, negative), positive, negative)
    assert missing.sum() == pytest.approx((holds & ~given).sum(), rel=0.3)
    assert spurious.sum() == pytest.approx((~holds & given).sum(), rel=0.3)


@pytest.mark.parametrize(("spread", "left_out"), [(4, 0.1), (6, 0.4), (3, 0.2), (6, 0)])
def test_the_range_of_missing_positives_has_the_truth_in_it(spread: float, left_out: float) -> None:
    odds, holds, given = drawn(5, spread, left_out, made_up=0)
    probs = (1 - left_out) / (1 + np.exp(-odds))  # what a calibrated model says is given
    seen = np.log(probs / (1 - probs))
    low, high = missing_range(histogram(seen, given), histogram(seen, ~given))
    truth = (holds & ~given).sum()
    assert low.sum() <= truth <= high.sum()
    assert (low <= high).all()


def test_the_range_of_missing_positives_by_hand() -> None:
    # Of the 20 surest cells, 80 in 85 were given, 18.82: the Wilson interval of 18.82 in 20 ends
    # at .988301. All given cells have the probability 1/2, so c is at most 1/2 for the high end,
    # by which 80 are missing: more than there are empty cells.
    positive, negative = np.zeros((2, N_BINS, 1))
    for table, odds, count in ((positive, 0, 80), (negative, 0, 5), (negative, -4, 15)):
        place = np.interp(odds, CENTERS, np.arange(N_BINS))
        below = int(place)
        table[below] += count * (1 - (place - below))
        table[below + 1] += count * (place - below)
    low, high = missing_range(positive, negative)
    assert high == pytest.approx(20)
    share, z2 = 80 / 85, 1.959964**2
    spread = np.sqrt(z2 * (share * (1 - share) + z2 / 80) / 20)
    upper = (share + z2 / 40 + spread) / (1 + z2 / 20)
    assert low == pytest.approx(80 * (1 / upper - 1), rel=1e-5)
    assert upper == pytest.approx(0.988301, abs=1e-6)


def test_no_range_where_the_given_are_no_likelier_than_the_others() -> None:
    positive, negative = np.zeros((2, N_BINS, 1))
    positive[N_BINS // 2], negative[N_BINS // 2] = 80, 20
    low, high = missing_range(positive, negative)
    assert np.isnan(low).all()
    assert np.isnan(high).all()
