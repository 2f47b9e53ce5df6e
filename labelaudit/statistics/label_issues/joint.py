"""How often each class seems to be given for each other: counts, and rates both ways."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

SortKind = Literal["stable"] | None
TINY = 1e-100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Joint:
    """Items by given and true class, for the pairs that occur; every class is paired with itself.

    So twenty thousand classes need no matrix. Pairs are in the order of the given class, then of
    the true one.

    Attributes
    ----------
    n_classes
        Number of classes.
    given, true
        Given and guessed class of each pair, shape ``(n_pairs,)``.
    count
        Items of each pair.
    """

    n_classes: int
    given: NDArray[np.int64]
    true: NDArray[np.int64]
    count: NDArray[np.int64]

    @property
    def of_given(self) -> NDArray[np.int64]:
        """Items of each given class, shape ``(n_classes,)``."""
        return np.bincount(self.given, self.count, self.n_classes).astype(np.int64)

    @property
    def of_true(self) -> NDArray[np.int64]:
        """Items of each true class, shape ``(n_classes,)``."""
        return np.bincount(self.true, self.count, self.n_classes).astype(np.int64)

    @property
    def diagonal(self) -> NDArray[np.int64]:
        """Items of each class that were given it, shape ``(n_classes,)``."""
        diagonal: NDArray[np.int64] = self.count[self.given == self.true]
        return diagonal

    @property
    def n_off_diagonal(self) -> int:
        """Items given another class than the true one."""
        return int(self.count.sum() - self.diagonal.sum())

    def dense(self) -> NDArray[np.int64]:
        """Return the counts by given (row) and true class, shape ``(n_classes, n_classes)``."""
        matrix = np.zeros((self.n_classes, self.n_classes), dtype=np.int64)
        matrix[self.given, self.true] = self.count
        return matrix


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


def confident_joint(
    n_classes: int, blocks: Iterable[tuple[NDArray[np.integer], NDArray[np.integer]]]
) -> Joint:
    """Count pairs of given and guessed class, at least one for each class with itself.

    Parameters
    ----------
    n_classes
        Number of classes.
    blocks
        Given and guessed classes of some items at a time.

    Examples
    --------
    >>> joint = confident_joint(3, [(np.array([0, 0, 1]), np.array([1, 1, 1]))])
    >>> joint.dense().tolist()
    [[1, 2, 0], [0, 1, 0], [0, 0, 1]]
    """
    own = np.arange(n_classes) * (n_classes + 1)
    parts = [(own, np.zeros(n_classes, dtype=np.int64))]
    for given, guess in blocks:
        parts.append(np.unique(given.astype(np.int64) * n_classes + guess, return_counts=True))
    codes, counts = (np.concatenate(column) for column in zip(*parts, strict=True))
    pairs, places = np.unique(codes, return_inverse=True)
    count = np.bincount(places, counts).astype(np.int64)
    first, second = pairs // n_classes, pairs % n_classes
    count = np.maximum(count, first == second)
    return Joint(n_classes=n_classes, given=first, true=second, count=count)


def calibrated_joint(joint: Joint, counts: NDArray[np.int64], kind: SortKind = "stable") -> Joint:
    """Scale a confident joint so that its rows have the totals of the given classes.

    Parameters
    ----------
    joint
        Sure items by given and guessed class.
    counts
        Items of each given class, shape ``(n_classes,)``.
    kind
        How equals are sorted in rounding. With None, numbers are also added up as in a matrix,
        which can decide what the half of a whole number is rounded to.

    Returns
    -------
    Whole numbers for the same pairs. Rounding preserves the totals of given classes.

    References
    ----------
    Northcutt, Jiang and Chuang, Confident Learning, JAIR 70, 2021, equation 3.

    Examples
    --------
    >>> joint = confident_joint(2, [(np.array([0, 0, 0, 0, 1, 1]), np.array([0, 0, 0, 1, 1, 1]))])
    >>> calibrated_joint(joint, np.array([8, 3])).dense().tolist()
    [[6, 2], [0, 3]]
    """
    scaled = joint.count / np.maximum(joint.of_given, TINY)[joint.given] * counts[joint.given]
    total = scaled.sum()
    if kind is None:
        by_true = np.zeros((joint.n_classes, joint.n_classes))
        by_true[joint.true, joint.given] = scaled
        total = by_true.sum()
    scaled = scaled / max(total, TINY) * int(counts.sum())
    return replace(joint, count=_rounded(joint, scaled, kind))


def noise_rates(calibrated: Joint) -> NoiseRates:
    """Return the rates at which classes are given for each other, from a calibrated joint.

    Examples
    --------
    >>> joint = confident_joint(2, [(np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 1]))])
    >>> rates = noise_rates(joint)
    >>> rates.true_if_given[:, 1].tolist(), rates.prior.tolist()
    ([0.0, 1.0], [0.4, 0.6])
    """
    matrix = calibrated.dense()
    given, true = calibrated.of_given, calibrated.of_true
    with np.errstate(invalid="ignore"):
        return NoiseRates(
            given_if_true=matrix / true,
            true_if_given=matrix.T / given,
            prior=true / true.sum(),
        )


def _rounded(joint: Joint, numbers: NDArray[np.float64], kind: SortKind) -> NDArray[np.int64]:
    """Round numbers of pairs so that the whole totals of given classes stay.

    Where rounding misses a total, the numbers that it changed most go the other way.
    """
    whole = np.rint(numbers)
    wanted = np.rint(np.bincount(joint.given, numbers, joint.n_classes))
    missing = (wanted - np.bincount(joint.given, whole, joint.n_classes)).astype(np.int64)
    starts = np.searchsorted(joint.given, np.arange(joint.n_classes + 1))
    for row in np.flatnonzero(missing):
        pairs = slice(starts[row], starts[row + 1])
        left = numbers[pairs] - whole[pairs]
        if kind is None:  # the order of equals depends on the zeros between them
            among = np.zeros(joint.n_classes)
            among[joint.true[pairs]] = left
            order = np.argsort(among)
        else:
            order = joint.true[pairs][np.argsort(left, kind=kind)]
        n_missing = missing[row]
        chosen = order[::-1][:n_missing] if n_missing > 0 else order[:-n_missing]
        whole[starts[row] + np.searchsorted(joint.true[pairs], chosen)] += np.sign(n_missing)
    return whole.astype(np.int64)
