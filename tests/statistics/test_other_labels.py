import numpy as np
import pytest
from numpy.typing import NDArray

from labelaudit.statistics.other_labels import PENALTY, from_other_labels, inverse_covariance

N, N_LABELS = 50, 4


def made(seed: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(N, N_LABELS)) @ rng.normal(size=(N_LABELS, N_LABELS))


def refit(residuals: NDArray[np.float64], label: int, item: int) -> float:
    """Return the prediction of a regression on the other labels, fitted without the item."""
    # One penalty for all fits: that of all items.
    penalty = PENALTY * np.diag((residuals**2).sum(axis=0))
    rest = [other for other in range(N_LABELS) if other != label]
    kept = np.delete(residuals, item, axis=0)
    left = kept[:, rest].T @ kept[:, rest] + penalty[np.ix_(rest, rest)]
    weights = np.linalg.solve(left, kept[:, rest].T @ kept[:, label])
    return float(residuals[item, rest] @ weights)


@pytest.mark.parametrize("seed", range(3))
def test_predictions_are_those_of_fits_without_the_item(seed: int) -> None:
    residuals = made(seed)
    found = from_other_labels(residuals, inverse_covariance(residuals.T @ residuals))
    for item in range(N):
        for label in range(N_LABELS):
            assert found[item, label] == pytest.approx(refit(residuals, label, item), abs=1e-8)


def test_an_items_own_residual_does_not_matter() -> None:
    residuals = made(5)
    inverse = inverse_covariance(residuals.T @ residuals)
    changed = residuals.copy()
    changed[7, 2] += 3
    # The relations between labels are held, so only what is left out by leverage may move.
    one, other = from_other_labels(residuals, inverse), from_other_labels(changed, inverse)
    assert one[7, 0] != pytest.approx(other[7, 0], abs=1e-3)
    assert one[8] == pytest.approx(other[8])


def test_a_single_label_has_no_others() -> None:
    residuals = made(6)[:, :1]
    inverse = inverse_covariance(residuals.T @ residuals)
    assert np.allclose(from_other_labels(residuals, inverse), 0)


def test_of_two_equal_labels_each_says_the_other_by_hand() -> None:
    # Without the penalty the regression on the other label has the weight 1.
    residuals = np.array([[1.0, 1.0], [-1.0, -1.0], [2.0, 2.0]])
    found = from_other_labels(residuals, inverse_covariance(residuals.T @ residuals))
    assert np.allclose(found, residuals, rtol=0.05)
