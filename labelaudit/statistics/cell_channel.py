"""How likely each cell of a table of items and labels is to be wrong, by how the cells came to be.

A label truly holds with a probability that is logistic in the log odds that a model gives; where
it holds it was left out with one probability, and where it does not it was given with another.
The four numbers of a label are those under which what was given is likeliest, found by
expectation and maximization (Dempster, Laird and Rubin, 1977) on histograms of the log odds. So
labels are thought missing where cells stay empty however sure the model is, and not where it is
never sure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST, MOST, N_BINS = -14.0, 10.0, 97
CENTERS = np.linspace(LEAST, MOST, N_BINS)
PSEUDO_POSITIVES, PSEUDO_NEGATIVES = 100.0, 1000.0
FIRST_LEFT_OUT, FIRST_MADE_UP = 0.03, 0.001
STIFFNESS = 1.0
LONGEST_STEP = 0.5
MOST_ROUNDS, TOLERANCE = 400, 1e-5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CellChannel:
    """How the cells of each label came to be; all of shape ``(n_labels,)``.

    Attributes
    ----------
    intercepts, slopes
        Of the log odds that the label truly holds, as a line in the model's.
    left_out
        Probability that a label that holds was not given, in ``[0, 1]``; lower is better.
    made_up
        Probability that a label that does not hold was given, in ``[0, 1]``; lower is better.
    """

    intercepts: NDArray[np.float64]
    slopes: NDArray[np.float64]
    left_out: NDArray[np.float64]
    made_up: NDArray[np.float64]

    def error_probs(
        self, log_odds: NDArray[np.floating], given: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """Return the probability that each cell is wrong, of the shape of the log odds.

        The last axis is the labels'. In ``[0, 1]``; higher is worse.
        """
        holds = _logistic(self.intercepts + self.slopes * log_odds)
        missing = _share(self.left_out * holds, (1 - self.made_up) * (1 - holds))
        spurious = _share(self.made_up * (1 - holds), (1 - self.left_out) * holds)
        return np.where(given, spurious, missing)


def histogram(log_odds: NDArray[np.floating], counted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Count cells by log odds, each shared between the two bins around it.

    Parameters
    ----------
    log_odds
        Shape ``(n, n_labels)``.
    counted
        Which cells to count, of the same shape.

    Returns
    -------
    Shape ``(N_BINS, n_labels)``.
    """
    n_labels = log_odds.shape[1]
    label = np.nonzero(counted)[1]
    place = (log_odds[counted].astype(np.float64) - LEAST) * ((N_BINS - 1) / (MOST - LEAST))
    place = np.clip(place, 0, N_BINS - 1 - 1e-9)
    below = place.astype(np.int64)
    upper = place - below
    at, size = below * n_labels + label, N_BINS * n_labels
    found = np.bincount(at, 1 - upper, minlength=size).astype(np.float64)
    found += np.bincount(at + n_labels, upper, minlength=size)
    return found.reshape(N_BINS, n_labels)


def fit_cell_channel(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> CellChannel:
    """Fit the channel of every label to histograms of its given and its other cells.

    Probabilities of error lean on their mean over all labels, with the weight of 100 cells where
    a label holds and of 1,000 where it does not.

    Parameters
    ----------
    positive, negative
        Cells by log odds, as of `histogram`.
    """
    n_labels = positive.shape[1]
    channel = CellChannel(
        intercepts=np.zeros(n_labels),
        slopes=np.ones(n_labels),
        left_out=np.full(n_labels, FIRST_LEFT_OUT),
        made_up=np.full(n_labels, FIRST_MADE_UP),
    )
    for _ in range(MOST_ROUNDS):
        before, channel = channel, _improved(channel, positive, negative)
        moved = np.abs(channel.left_out - before.left_out).max(initial=0)
        if max(moved, np.abs(channel.slopes - before.slopes).max(initial=0)) < TOLERANCE:
            break
    return channel


def expected_errors(
    channel: CellChannel, positive: NDArray[np.float64], negative: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how many cells of each label the channel thinks missing, and how many spurious."""
    odds = CENTERS[:, None]
    missing = negative * channel.error_probs(odds, np.zeros(1, dtype=bool))
    spurious = positive * channel.error_probs(odds, np.ones(1, dtype=bool))
    return missing.sum(axis=0), spurious.sum(axis=0)


def _improved(
    channel: CellChannel, positive: NDArray[np.float64], negative: NDArray[np.float64]
) -> CellChannel:
    """Return the channel after one round of expectation and maximization."""
    odds = CENTERS[:, None]
    missing = negative * channel.error_probs(odds, np.zeros(1, dtype=bool))
    spurious = positive * channel.error_probs(odds, np.ones(1, dtype=bool))
    holding, cells = positive - spurious + missing, positive + negative
    step = _line_step(channel, holding, cells)
    return CellChannel(
        intercepts=channel.intercepts + step[0],
        slopes=np.maximum(channel.slopes + step[1], 0.05),
        left_out=_leaning(missing.sum(axis=0), holding.sum(axis=0), PSEUDO_POSITIVES),
        made_up=_leaning(spurious.sum(axis=0), (cells - holding).sum(axis=0), PSEUDO_NEGATIVES),
    )


def _leaning(
    errors: NDArray[np.float64], cells: NDArray[np.float64], weight: float
) -> NDArray[np.float64]:
    """Return the share of errors of each label, leaning on that of all."""
    of_all = errors.sum() / max(cells.sum(), 1e-12)
    found: NDArray[np.float64] = (errors + weight * of_all) / (cells + weight)
    return found


def _line_step(
    channel: CellChannel, holding: NDArray[np.float64], cells: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a step of Newton's for each label's intercept and slope, held near 0 and 1."""
    odds = CENTERS[:, None]
    holds = _logistic(channel.intercepts + channel.slopes * odds)
    missed, spread = holding - cells * holds, cells * holds * (1 - holds)
    slope = np.stack(
        [
            missed.sum(axis=0) - STIFFNESS * channel.intercepts,
            (missed * odds).sum(axis=0) - STIFFNESS * (channel.slopes - 1),
        ]
    )
    corner = (spread * odds).sum(axis=0)
    first = spread.sum(axis=0) + STIFFNESS
    second = (spread * odds**2).sum(axis=0) + STIFFNESS
    step = np.stack([second * slope[0] - corner * slope[1], first * slope[1] - corner * slope[0]])
    step /= first * second - corner**2
    bounded: NDArray[np.float64] = np.clip(step, -LONGEST_STEP, LONGEST_STEP)
    return bounded


def _share(part: NDArray[np.float64], rest: NDArray[np.float64]) -> NDArray[np.float64]:
    return part / np.maximum(part + rest, 1e-300)


def _logistic(odds: NDArray[np.floating]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(odds.astype(np.float64), -60, 60)))
    return found
