import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from labelaudit.statistics.cell_logistic import fit_cell_logistic

N = 400


def made(seed: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return two scores of three labels, and the labels."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(2, N, 3)) * 3 + 10
    odds = (scores[0] - 10) * [1, 0.5, 0.2] + (scores[1] - 10) * [0.2, 0.3, 1] - [0, 1, 3]
    return scores.astype(np.float32), rng.random((N, 3)) < 1 / (1 + np.exp(-odds))


@pytest.mark.parametrize("seed", range(3))
def test_log_odds_are_those_of_scikit_learn(seed: int) -> None:
    scores, given = made(seed)
    known = np.random.default_rng(seed + 10).random((N, 3)) < 0.8
    found = fit_cell_logistic(scores, given, known).log_odds(scores)
    for label in range(3):
        features = scores[:, :, label].T
        features = (features - features.mean(axis=0)) / features.std(axis=0)
        kept = known[:, label]
        oracle = LogisticRegression(C=1.0, tol=1e-8).fit(features[kept], given[kept, label])
        assert found[:, label] == pytest.approx(oracle.decision_function(features), abs=0.05)


def test_unknown_cells_have_no_part() -> None:
    scores, given = made(4)
    known = np.ones((N, 3), dtype=bool)
    known[:100] = False
    flipped = given ^ ~known
    one, other = (fit_cell_logistic(scores, each, known) for each in (given, flipped))
    assert np.array_equal(one.weights, other.weights)


def test_labels_that_a_score_tells_perfectly_keep_finite_odds() -> None:
    scores = np.linspace(-1, 1, N, dtype=np.float32)[None, :, None]
    given = scores[0] > 0.99
    found = fit_cell_logistic(scores, given, np.ones_like(given)).log_odds(scores)
    assert np.isfinite(found).all()
    assert np.array_equal(found.argsort(axis=0), scores[0].argsort(axis=0))


def test_a_score_without_spread_leaves_the_frequency() -> None:
    scores = np.ones((1, N, 1), dtype=np.float32)
    given = np.arange(N)[:, None] % 4 == 0
    found = fit_cell_logistic(scores, given, np.ones_like(given)).log_odds(scores)
    assert found == pytest.approx(np.log(1 / 3), abs=1e-3)


def test_a_score_never_speaks_against_a_label() -> None:
    rng = np.random.default_rng(0)
    given = rng.random((N, 2)) < [0.3, 0.1]
    # The mean of the others, which has each item's own label the wrong way round; and a score.
    others = (given.sum(axis=0) - given) / (N - 1)
    told = given + rng.normal(size=(N, 2))
    scores = np.stack([others, told]).astype(np.float32)
    found = fit_cell_logistic(scores, given, np.ones_like(given))
    assert (found.weights[1] == 0).all()
    alone = fit_cell_logistic(scores[1:], given, np.ones_like(given))
    assert found.weights[[0, 2]] == pytest.approx(alone.weights, abs=1e-3)
