"""Two views of the class of each item as one: a geometric mixture, calibrated to the labels."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from labelaudit.statistics.linear_probe import log_softmax

SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
SHARPNESSES = (0.7, 1.0, 1.4, 2.0, 2.8)
LEAST = np.float32(-60)


@dataclass(frozen=True, slots=True)
class Mixture:
    """How two views are mixed.

    Attributes
    ----------
    share
        Share of the second view, in ``[0, 1]``.
    sharpness
        Factor of the log probabilities; above 1 the mixture is surer than the views.
    """

    share: float
    sharpness: float

    def __call__(self, one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return p_k proportional to (one_k^(1 - share) other_k^share)^sharpness, as logs.

        Parameters
        ----------
        one, other
            Log probabilities, shape ``(n, n_classes)``; what is below -60 counts as -60.

        Returns
        -------
        Log probabilities of the same shape, none of them ``-inf``.
        """
        mixed: NDArray[np.float32] = np.maximum(one, LEAST)
        mixed *= np.float32(self.sharpness * (1 - self.share))
        mixed += np.maximum(other, LEAST) * np.float32(self.sharpness * self.share)
        return log_softmax(mixed)

    def __str__(self) -> str:
        return f"{1 - self.share:.1f} : {self.share:.1f}, sharpened {self.sharpness:g} times"


def likeliest_mixture(
    one: NDArray[np.float32], other: NDArray[np.float32], labels: NDArray[np.int32]
) -> Mixture:
    """Return the mixture under which labels that neither view has seen are likeliest.

    Parameters
    ----------
    one, other
        Out-of-sample log probabilities of some items, shape ``(n, n_classes)``.
    labels
        Their classes, shape ``(n,)``.
    """
    rows = np.arange(len(labels))

    def loss(mixture: Mixture) -> float:
        return float(-mixture(one, other)[rows, labels].mean())

    return min((Mixture(*each) for each in product(SHARES, SHARPNESSES)), key=loss)
