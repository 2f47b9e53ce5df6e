import numpy as np
import pytest

from labelaudit.statistics import mixture
from labelaudit.statistics.mixture import Mixture, likeliest_mixture

HALVES = np.log([[0.8, 0.2], [0.5, 0.5]]).astype(np.float32)
TENTHS = np.log([[0.2, 0.8], [0.9, 0.1]]).astype(np.float32)


def test_worked_case() -> None:
    found = np.exp(Mixture(share=0.5, sharpness=2.0)(HALVES, TENTHS))
    # the products: 0.16 to 0.16, and 0.45 to 0.05
    assert np.allclose(found, [[0.5, 0.5], [0.9, 0.1]])


def test_no_class_is_impossible() -> None:
    never = np.array([[0, -1e8]], dtype=np.float32)
    found = Mixture(share=0.2, sharpness=1.0)(never, never)
    assert np.isfinite(found).all()


def test_it_says_its_weights() -> None:
    assert str(Mixture(share=0.2, sharpness=1.4)) == "0.8 : 0.2, sharpened 1.4 times"


@pytest.mark.parametrize("better", [0, 1])
def test_the_view_that_knows_the_labels_has_all_the_weight(better: int) -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 500)
    knows = np.where(np.eye(3)[labels] > 0, 0.8, 0.1)
    guesses = rng.dirichlet([1, 1, 1], 500)
    views = [np.log(view).astype(np.float32) for view in (knows, guesses)]
    found = likeliest_mixture(views[better], views[1 - better], labels.astype(np.int32))
    assert found.share == pytest.approx(float(better))


def test_chosen_mixture_has_the_least_loss() -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 3, 300).astype(np.int32)
    one, other = (
        np.log(0.6 * np.eye(3)[labels] + 0.4 * rng.dirichlet([1, 1, 1], 300)).astype(np.float32)
        for _ in range(2)
    )
    losses = {}
    for share in mixture.SHARES:
        for sharpness in mixture.SHARPNESSES:
            mixed = one * (1 - share) + other * share
            probs = np.exp(sharpness * mixed)
            probs /= probs.sum(axis=1, keepdims=True)
            losses[share, sharpness] = -np.log(probs[np.arange(300), labels]).mean()
    found = likeliest_mixture(one, other, labels)
    assert losses[found.share, found.sharpness] == pytest.approx(min(losses.values()), abs=1e-6)
    assert 0 < found.share < 1
