"""Logistic regression of many labels on a few scores of each, all labels at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_ROUNDS = 25
MOST_HALVINGS = 8
ROUNDING = 0.01  # nats of a label's likelihood, in single precision
SHORTEST_STEP = 1e-3
PENALTY = 1.0
FREE = 1e-3  # of the intercept


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CellLogistic:
    """Log odds of each label as a weighted sum of its own scores.

    Attributes
    ----------
    centers, scales
        Mean and standard deviation of the scores, shape ``(n_scores, n_labels)``.
    weights
        Intercepts, then weights of the scaled scores, shape ``(1 + n_scores, n_labels)``.
    """

    centers: NDArray[np.float32]
    scales: NDArray[np.float32]
    weights: NDArray[np.float32]

    def log_odds(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return log odds, shape ``(n, n_labels)``, of scores, ``(n_scores, n, n_labels)``."""
        scaled = (scores - self.centers[:, None]) / self.scales[:, None]
        return _weighted(scaled, self.weights)


def fit_cell_logistic(
    scores: NDArray[np.float32], given: NDArray[np.bool_], known: NDArray[np.bool_]
) -> CellLogistic:
    """Fit by penalized likelihood, in Newton's steps that are shortened until they help.

    Parameters
    ----------
    scores
        Shape ``(n_scores, n, n_labels)``.
    given
        Whether an item has a label, shape ``(n, n_labels)``.
    known
        Whether that is known; other cells have no part, shape ``(n, n_labels)``.
    """
    centers = scores.mean(axis=1)
    scales = np.maximum(scores.std(axis=1), 1e-6)
    scaled = (scores - centers[:, None]) / scales[:, None]
    penalty = np.array([FREE, *[PENALTY] * len(scores)])[:, None]
    share = (given & known).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    share = np.clip(share, 1e-6, 1 - 1e-6)
    weights = np.zeros((len(penalty), given.shape[1]))
    weights[0] = np.log(share / (1 - share))
    loss = _loss(scaled, given, known, weights, penalty)
    for _ in range(MOST_ROUNDS):
        step = _newton_step(scaled, given, known, weights, penalty)
        after = _loss(scaled, given, known, weights + step, penalty)
        for _ in range(MOST_HALVINGS):
            worse = after > loss + ROUNDING
            if not worse.any():
                break
            step[:, worse] /= 2
            after = _loss(scaled, given, known, weights + step, penalty)
        step[:, after > loss + ROUNDING] = 0
        weights += step
        loss = np.minimum(after, loss)
        if np.abs(step).max(initial=0) < SHORTEST_STEP:
            break
    return CellLogistic(
        centers=centers, scales=scales.astype(np.float32), weights=weights.astype(np.float32)
    )


def _weighted(scaled: NDArray[np.float32], weights: NDArray[np.floating]) -> NDArray[np.float32]:
    found: NDArray[np.float32] = np.tile(weights[0].astype(np.float32), (scaled.shape[1], 1))
    for part, weight in zip(scaled, weights[1:].astype(np.float32), strict=True):
        found += part * weight
    return found


def _loss(
    scaled: NDArray[np.float32],
    given: NDArray[np.bool_],
    known: NDArray[np.bool_],
    weights: NDArray[np.float64],
    penalty: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return each label's penalized negative log-likelihood."""
    odds = _weighted(scaled, weights)
    per_cell = np.maximum(odds, 0) + np.log(1 + np.exp(-np.abs(odds))) - given * odds
    per_cell *= known
    shrunk = (penalty * weights**2).sum(axis=0) / 2
    loss: NDArray[np.float64] = shrunk + per_cell.sum(axis=0, dtype=np.float64)
    return loss


def _newton_step(
    scaled: NDArray[np.float32],
    given: NDArray[np.bool_],
    known: NDArray[np.bool_],
    weights: NDArray[np.float64],
    penalty: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the step to the minimum of each label's quadratic approximation."""
    probs = 1 / (1 + np.exp(-_weighted(scaled, weights)))
    parts = [np.ones((1, 1), dtype=np.float32), *scaled]
    missed, spread = (given - probs) * known, probs * (1 - probs) * known
    slope = np.stack([(part * missed).sum(axis=0, dtype=np.float64) for part in parts])
    slope -= penalty * weights
    bend = np.empty((given.shape[1], len(parts), len(parts)))
    for one, first in enumerate(parts):
        weighted = first * spread
        for other, second in enumerate(parts[: one + 1]):
            bend[:, one, other] = (weighted * second).sum(axis=0, dtype=np.float64)
            bend[:, other, one] = bend[:, one, other]
    bend += np.eye(len(parts)) * penalty.ravel()
    step: NDArray[np.float64] = np.linalg.solve(bend, slope.T[:, :, None])[:, :, 0].T
    return step
