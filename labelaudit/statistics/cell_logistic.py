"""Logistic regression of many labels on a few scores of each, all labels at once.

A score may speak for a label or say nothing, never against it: its weight is 0 or more. One that
was made without the item knows the item's label the wrong way round, as the mean of all others is
lower for an item that has the label. Where the scores say nothing else, a negative weight, however
large, would read the label off that.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_ROUNDS = 25
MOST_HALVINGS = 8
ROUNDING = 0.01  # nats of a label's likelihood, in single precision
SHORTEST_STEP = 1e-3
PENALTY = 1.0
FREE = 1e-3  # of the intercept
HELD = 1e12  # of a weight at 0
LEAST_AGAINST = 1e-6  # a weight that is held is no further below 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CellLogistic:
    """Log odds of each label as a weighted sum of its own scores.

    Attributes
    ----------
    centers, scales
        Mean and standard deviation of the scores, shape ``(n_scores, n_labels)``.
    weights
        Intercepts, then weights of the scaled scores, 0 or more, shape
        ``(1 + n_scores, n_labels)``.
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
    """Fit by penalized likelihood, without the scores that would have a negative weight.

    Parameters
    ----------
    scores
        Shape ``(n_scores, n, n_labels)``; higher speaks for the label.
    given
        Whether an item has a label, shape ``(n, n_labels)``.
    known
        Whether that is known; other cells have no part, shape ``(n, n_labels)``.
    """
    centers = scores.mean(axis=1)
    scales = np.maximum(scores.std(axis=1), 1e-6)
    scaled = (scores - centers[:, None]) / scales[:, None]
    n_labels = given.shape[1]
    penalty = np.tile(np.array([FREE, *[PENALTY] * len(scores)])[:, None], n_labels)
    weights = _fit(scaled, given, known, penalty)
    for _ in range(len(scores)):
        against = np.flatnonzero((weights[1:] < -LEAST_AGAINST).any(axis=0))
        if not len(against):
            break
        penalty[1 + weights[1:, against].argmin(axis=0), against] = HELD
        weights[:, against] = _fit(
            scaled[:, :, against], given[:, against], known[:, against], penalty[:, against]
        )
    weights[1:] = np.maximum(weights[1:], 0)
    return CellLogistic(
        centers=centers, scales=scales.astype(np.float32), weights=weights.astype(np.float32)
    )


def _fit(
    scaled: NDArray[np.float32],
    given: NDArray[np.bool_],
    known: NDArray[np.bool_],
    penalty: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the weights by Newton's steps, which are shortened until they help."""
    share = (given & known).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    share = np.clip(share, 1e-6, 1 - 1e-6)
    weights = np.zeros(penalty.shape)
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
    return weights


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
    bend += np.eye(len(parts)) * penalty.T[:, :, None]
    step: NDArray[np.float64] = np.linalg.solve(bend, slope.T[:, :, None])[:, :, 0].T
    return step
