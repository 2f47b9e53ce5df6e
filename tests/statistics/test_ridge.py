import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit import blocks
from labelaudit.statistics.ridge import STRENGTHS, Cells, fit_ridge, left_out

N = 60


def made(
    seed: int, n_features: int, *, unknown_share: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return embeddings, labels that they tell something of, and which cells are unknown."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(N, n_features)) * 2 + 5
    labels = vectors[:, :4] + rng.normal(size=(N, 4)) > 6
    unknown = rng.random((N, 4)) < unknown_share
    return vectors, labels & ~unknown, unknown


def cells_of(
    labels: NDArray[np.bool_], unknown: NDArray[np.bool_], copies: NDArray[np.int64] | None = None
) -> Cells:
    return Cells(
        positive=csr_array(labels.astype(np.float32)),
        unknown=csr_array(unknown.astype(np.float32)),
        copies=np.arange(N) if copies is None else copies,
    )


def refit(
    vectors: NDArray[np.float64], target: NDArray[np.float64], penalty: float, left: int
) -> float:
    """Return what a ridge with a free intercept, fitted anew without some items, predicts."""
    same = (vectors == vectors[left]).all(axis=1)
    kept, wanted = vectors[~same], target[~same]
    # The reference: all items fix the center of the penalty, the intercept is free.
    design = np.column_stack([np.ones(len(kept)), kept])
    shrink = penalty * np.diag([0.0, *np.ones(vectors.shape[1])])
    solved = np.linalg.solve(design.T @ design + shrink, design.T @ wanted)
    return float(solved[0] + vectors[left] @ solved[1:])


def assert_equals_refits(
    vectors: NDArray[np.float64], labels: NDArray[np.bool_], unknown: NDArray[np.bool_]
) -> None:
    copies = np.unique(vectors, axis=0, return_inverse=True)[1]
    cells = cells_of(labels, unknown, copies)
    ridge = fit_ridge(vectors, cells)
    scores = ridge.scores(vectors, slice(None))
    centered = vectors - vectors.mean(axis=0)
    scale = np.linalg.eigvalsh(centered.T @ centered).mean()
    for label in range(labels.shape[1]):
        target = np.where(unknown[:, label], cells.means()[label], labels[:, label])
        penalty = STRENGTHS[ridge.strengths[label]] * scale
        for item in range(N):
            expected = refit(vectors, target, penalty, item)
            assert scores[item, label] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("n_features", [5, 12, 80])
def test_scores_are_those_of_fits_without_the_item(n_features: int) -> None:
    assert_equals_refits(*made(n_features, n_features))


def test_unknown_cells_have_the_mean_of_their_label() -> None:
    assert_equals_refits(*made(1, 6, unknown_share=0.3))


def test_copies_are_left_out_together() -> None:
    vectors, labels, unknown = made(2, 6)
    vectors[[10, 20, 59]] = vectors[3]
    vectors[7] = vectors[8]
    assert_equals_refits(vectors, labels, unknown)


def test_the_penalty_of_a_label_is_that_of_the_least_squared_error() -> None:
    vectors, labels, unknown = made(3, 30, unknown_share=0.2)
    cells = cells_of(labels, unknown)
    ridge = fit_ridge(vectors, cells)
    centered = vectors - vectors.mean(axis=0)
    scale = np.linalg.eigvalsh(centered.T @ centered).mean()
    for label in range(4):
        target = np.where(unknown[:, label], cells.means()[label], labels[:, label])
        errors = []
        for strength in STRENGTHS:
            left = [refit(vectors, target, strength * scale, item) for item in range(N)]
            errors.append(float((((target - left) ** 2)[~unknown[:, label]]).sum()))
        assert ridge.strengths[label] == np.argmin(errors)


def test_of_two_items_each_is_predicted_the_label_of_the_other() -> None:
    cells = Cells(
        positive=csr_array(np.array([[1], [0]], dtype=np.float32)),
        unknown=csr_array((2, 1), dtype=np.float32),
        copies=np.arange(2),
    )
    vectors = np.array([[1.0], [3.0]])
    assert np.allclose(fit_ridge(vectors, cells).scores(vectors, slice(None)), [[0], [1]])


def test_a_copy_takes_its_weight_along_by_hand() -> None:
    # Leverage 1/8 each of two copies with labels that sum to 1/2: (1/4 - 1/16) / (1 - 1/4).
    arguments = [np.array([[number]]) for number in (0.25, 0.125, 0.5, 2.0)]
    assert left_out(*arguments) == pytest.approx(0.25)


def test_half_precision_and_blocks_change_little(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, labels, unknown = made(4, 5)
    cells = cells_of(labels, unknown)
    whole = fit_ridge(vectors, cells).scores(vectors, slice(None))
    half = vectors.astype(np.float16)
    assert np.allclose(fit_ridge(half, cells).scores(half, slice(None)), whole, atol=5e-3)
    monkeypatch.setattr(blocks, "BLOCK", 7)
    parts = fit_ridge(vectors, cells).scores(vectors, slice(None))
    assert np.allclose(parts, whole, atol=1e-5)


def test_features_that_say_nothing_leave_the_mean_of_the_others() -> None:
    labels = np.arange(N)[:, None] % 3 == 0
    cells = cells_of(labels, np.zeros_like(labels))
    scores = fit_ridge(np.zeros((N, 4)), cells).scores(np.zeros((N, 4)), np.array([0, 1]))
    assert np.allclose(scores, [[19 / 59], [20 / 59]])
