import math

import numpy as np
import pytest

from labelaudit.statistics.source_entropy import source_entropy


def shares_of(n_classes: int, ratio: float) -> list[float]:
    """Return shares that fall from the largest to one that is ``ratio`` times smaller."""
    falling = [ratio ** (-at / (n_classes - 1)) for at in range(n_classes)]
    return [share / sum(falling) for share in falling]


def test_a_hand_worked_interval() -> None:
    found = source_entropy(np.array([60, 40]))
    plain = -(0.6 * math.log(0.6) + 0.4 * math.log(0.4))
    spread = 0.6 * math.log(0.6) ** 2 + 0.4 * math.log(0.4) ** 2 - plain**2
    half = 1.959963984540054 * math.sqrt(spread / 100 + 1 / 20000)
    assert found.entropy == pytest.approx(plain + 1 / 200)
    assert found.low == pytest.approx(plain + 1 / 200 - half)
    assert found.high == pytest.approx(math.log(2))


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


@pytest.mark.parametrize("counts", [[9, 8], [100, 19], [500, 400, 1], [50], [80, 0, 0]], ids=str)
def test_too_few_items_or_too_many_rare_classes_have_no_interval(counts: list[int]) -> None:
    found = source_entropy(np.array(counts))
    assert found.low is found.high is None


def test_it_never_passes_the_entropy_of_equal_shares() -> None:
    found = source_entropy(np.array([50, 50, 51]))
    assert found.entropy == found.high == pytest.approx(math.log(3))
