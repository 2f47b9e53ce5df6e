import math

import numpy as np
import pytest

from labelaudit.statistics.source_entropy import source_entropy


def shares_of(n_classes: int, ratio: float) -> list[float]:
    """Return shares that fall from the largest to one that is ``ratio`` times smaller."""
    falling = [ratio ** (-at / (n_classes - 1)) for at in range(n_classes)]
    return [share / sum(falling) for share in falling]


def entropy_of(shares: list[float]) -> float:
    return -sum(share * math.log(share) for share in shares)


def test_a_hand_worked_interval() -> None:
    found = source_entropy(np.array([60, 30, 30]))
    plain = 1.5 * math.log(2)
    spread = (0.5 + 0.5 * 4) * math.log(2) ** 2 - plain**2
    half = 1.959963984540054 * math.sqrt(spread / 120 + 2 / (2 * 120**2))
    assert found.entropy == pytest.approx(plain + 2 / 240)
    assert found.low == pytest.approx(plain + 2 / 240 - half)
    assert found.high == pytest.approx(math.log(3))


def test_two_classes_have_the_entropies_of_the_exact_interval_of_their_share() -> None:
    found = source_entropy(np.array([95, 5]))
    assert found.low == pytest.approx(entropy_of([0.016432, 1 - 0.016432]), abs=1e-5)
    assert found.high == pytest.approx(entropy_of([0.112835, 1 - 0.112835]), abs=1e-5)
    assert source_entropy(np.array([55, 45])).high == pytest.approx(math.log(2))


@pytest.mark.parametrize("share", [0.5, 0.45, 1 / 3, 0.2, 0.01])
@pytest.mark.parametrize("n_items", [2, 20, 60, 100, 600])
def test_of_two_classes_the_interval_always_holds_the_truth(n_items: int, share: float) -> None:
    truth, held = entropy_of([share, 1 - share]), 0.0
    for count in range(n_items + 1):
        found = source_entropy(np.array([count, n_items - count]))
        if (found.low or 0) - 1e-12 <= truth <= (found.high or 0) + 1e-12:
            held += math.comb(n_items, count) * share**count * (1 - share) ** (n_items - count)
    assert held >= 0.95


@pytest.mark.parametrize(
    ("n_classes", "ratio", "n_items"), [(10, 100, 500), (100, 10, 2000), (3, 1, 30)]
)
def test_the_correction_takes_most_of_the_bias_away(
    n_classes: int, ratio: float, n_items: int
) -> None:
    shares = shares_of(n_classes, ratio)
    truth = -sum(share * math.log(share) for share in shares)
    draws = np.random.default_rng(0).multinomial(n_items, shares, size=500)
    logs = np.log(np.where(draws > 0, draws / n_items, 1))
    plain = float(np.mean(-(draws / n_items * logs).sum(axis=1)))
    corrected = float(np.mean([source_entropy(counts).entropy for counts in draws]))
    assert abs(corrected - truth) < 0.4 * abs(plain - truth)


@pytest.mark.parametrize(
    ("n_classes", "ratio", "n_items"),
    [(2, 2, 400), (3, 10, 300), (10, 100, 2000), (10, 1, 200), (100, 100, 20000), (100, 1, 1000)],
)
def test_the_interval_holds_the_truth_in_nine_draws_of_ten(
    n_classes: int, ratio: float, n_items: int
) -> None:
    shares = shares_of(n_classes, ratio)
    truth = -sum(share * math.log(share) for share in shares)
    held = given = 0
    for counts in np.random.default_rng(1).multinomial(n_items, shares, size=500):
        found = source_entropy(counts)
        if found.low is not None and found.high is not None:
            given += 1
            held += found.low <= truth + 1e-12 and truth <= found.high + 1e-12
    assert given > 400
    assert held >= 0.9 * given


@pytest.mark.parametrize(
    "counts", [[9, 8, 9], [100, 9, 9], [500, 400, 1], [50], [80, 0, 0]], ids=str
)
def test_too_few_items_or_too_many_rare_classes_have_no_interval(counts: list[int]) -> None:
    found = source_entropy(np.array(counts))
    assert found.low is found.high is None


def test_it_never_passes_the_entropy_of_equal_shares() -> None:
    found = source_entropy(np.array([50, 50, 51]))
    assert found.entropy == found.high == pytest.approx(math.log(3))
