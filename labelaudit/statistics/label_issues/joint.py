"""How often each class seems to be given for each other: counts, and rates both ways."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

SortKind = Literal["stable"] | None
TINY = 1e-100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NoiseRates:
    """What is labelled as what; NaN for a class that no item has.

    Attributes
    ----------
    given_if_true
        The noise matrix P(given s | true y), shape ``(n_classes, n_classes)``, rows by given and
        columns by true class; columns sum to 1.
    true_if_given
        Its inverse P(true y | given s), rows by true and columns by given class; columns sum to 1.
    prior
        The latent class frequencies P(true y), shape ``(n_classes,)``.
    """

    given_if_true: NDArray[np.float64]
    true_if_given: NDArray[np.float64]
    prior: NDArray[np.float64]


def calibrated_joint(
    joint: NDArray[np.int64], counts: NDArray[np.int64], kind: SortKind = "stable"
) -> NDArray[np.int64]:
    """Scale a confident joint so that its rows have the totals of the given classes.

    Parameters
    ----------
    joint
        Sure items by given and guessed class, shape ``(n_classes, n_classes)``.
    counts
        Items of each given class, shape ``(n_classes,)``.
    kind
        How equals are sorted in rounding.

    Returns
    -------
    Whole numbers, shape as ``joint``. Rounding preserves the totals of rows.

    References
    ----------
    Northcutt, Jiang and Chuang, Confident Learning, JAIR 70, 2021, equation 3.

    Examples
    --------
    >>> calibrated_joint(np.array([[3, 1], [0, 2]]), np.array([8, 3])).tolist()
    [[6, 2], [0, 3]]
    """
    sure = np.maximum(joint.sum(axis=1), TINY)
    by_true = np.ascontiguousarray(joint.T) / sure * counts
    by_true = by_true / max(by_true.sum(), TINY) * int(counts.sum())
    return rounded_rows(np.ascontiguousarray(by_true.T), kind)


def rounded_rows(numbers: NDArray[np.float64], kind: SortKind = "stable") -> NDArray[np.int64]:
    """Round a matrix of which the rows have whole sums, so that the sums stay.

    Where rounding misses the sum, the numbers that it changed most go the other way.

    Examples
    --------
    >>> rounded_rows(np.array([[0.4, 0.4, 2.2], [1.0, 2.0, 3.0]])).tolist()
    [[0, 1, 2], [1, 2, 3]]
    """
    whole = np.rint(numbers)
    missing = (np.rint(numbers.sum(axis=1)) - whole.sum(axis=1)).astype(np.int64)
    for row in np.flatnonzero(missing):
        order = np.argsort(numbers[row] - whole[row], kind=kind)
        n_missing = missing[row]
        chosen = order[::-1][:n_missing] if n_missing > 0 else order[:-n_missing]
        whole[row, chosen] += np.sign(n_missing)
    return whole.astype(np.int64)


def noise_rates(calibrated: NDArray[np.int64]) -> NoiseRates:
    """Return the rates at which classes are given for each other, from a calibrated joint.

    Examples
    --------
    >>> rates = noise_rates(np.array([[6, 2], [0, 4]]))
    >>> rates.true_if_given[:, 0].tolist(), rates.prior.tolist()
    ([0.75, 0.25], [0.5, 0.5])
    """
    given, true = calibrated.sum(axis=1), calibrated.sum(axis=0)
    with np.errstate(invalid="ignore"):
        return NoiseRates(
            given_if_true=calibrated / true,
            true_if_given=calibrated.T / given,
            prior=true / true.sum(),
        )


def n_off_diagonal(calibrated: NDArray[np.int64]) -> int:
    """Return how many items a calibrated joint has off its diagonal: labels that may be wrong."""
    return int(calibrated.sum() - np.trace(calibrated))
