"""Entropy of what a dataset was drawn from, were its items a random sample."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.statistics.intervals import Z_95, clopper_pearson

MIN_PER_CLASS: Final = 10
FEWEST: Final = 5
MOST_RARE: Final = 0.1
MIN_OUTSIDE_LARGEST: Final = 20


@dataclass(frozen=True, slots=True)
class SourceEntropy:
    """An entropy in nats with its 95 % interval; its ends are None where the counts allow none."""

    entropy: float
    low: float | None
    high: float | None


def source_entropy(counts: NDArray[np.int64]) -> SourceEntropy:
    """Estimate the entropy of the shares that class counts were drawn with.

    The entropy H of N counted items reads low, on average by about ``(m - 1) / 2N`` where m
    classes have items (Miller and Madow); that is added here, up to the ln C of C equal shares.
    The interval is ``1.96 sqrt(V / N + (m - 1) / 2N^2)`` to either side, with
    ``V = sum p ln(p)^2 - H^2``: the delta method and its second-order term (Harris). Near
    balance it is wider than it need be. Simulated from 3 to 1,000 classes, equal ones to a
    thousandfold imbalance, it held the truth in 88 % to 100 % of the draws, wherever most of the
    draws had one. Of two classes that would be 79 % and more: they have the entropies
    that the Clopper-Pearson interval of their share allows, which hold it in 95 % and more.

    Parameters
    ----------
    counts
        Items of every declared class, at least one in all, shape ``(n_classes,)``.

    Returns
    -------
    The estimate; of three classes and more without an interval under 10 items a class, under 20
    outside the largest class, or when more than a tenth of the classes with items have under 5.

    References
    ----------
    Miller, Note on the bias of information estimates, 1955. Harris, The statistical estimation
    of entropy in the non-parametric case, 1975.
    """
    n_items, n_classes = int(counts.sum()), len(counts)
    present = counts[counts > 0]
    share = present / n_items
    logarithm = np.log(share)
    plain = float(-(share * logarithm).sum())
    second_order = (len(present) - 1) / (2 * n_items)
    largest = float(np.log(n_classes))
    entropy = min(plain + second_order, largest)
    if n_classes == 2:  # noqa: PLR2004 - one share says it all
        return _of_two(entropy, int(counts.min()), n_items)
    enough = (
        n_items >= MIN_PER_CLASS * n_classes
        and n_items - present.max() >= MIN_OUTSIDE_LARGEST
        and (present < FEWEST).sum() <= MOST_RARE * len(present)
    )
    if not enough:
        return SourceEntropy(entropy, None, None)
    variance = max(0.0, float((share * logarithm**2).sum()) - plain**2)
    half = Z_95 * float(np.sqrt(variance / n_items + second_order / n_items))
    return SourceEntropy(entropy, max(0.0, entropy - half), min(entropy + half, largest))


def _of_two(entropy: float, fewer: int, n_items: int) -> SourceEntropy:
    """Return the entropies that two classes can have, by the interval of the rarer one's share."""
    share = np.minimum(np.stack(clopper_pearson(fewer, n_items)), 0.5)
    low, high = -(np.where(share > 0, share * np.log(np.maximum(share, 1e-300)), 0)) - (
        1 - share
    ) * np.log1p(-share)
    return SourceEntropy(entropy, float(low), float(high))
