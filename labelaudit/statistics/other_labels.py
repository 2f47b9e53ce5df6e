"""What the other labels of an item say about a label, beyond what its embedding says.

What a leave-one-out regression on the embeddings leaves unexplained of one label is regressed on
what it leaves of the others. One inverse of the labels' covariance has all these regressions in
its columns, and each can be left without an item by its leverage, as in any linear regression.
"""

import numpy as np
from numpy.typing import NDArray

PENALTY = 0.01  # share of a label's variance


def inverse_covariance(products: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the inverse of the penalized sums of squares of residuals.

    Parameters
    ----------
    products
        Residuals of all items multiplied with each other, shape ``(n_labels, n_labels)``.
    """
    spread = np.maximum(np.diagonal(products), 1e-12)
    scaled = products / np.sqrt(np.outer(spread, spread))
    inverse = np.linalg.inv(scaled + PENALTY * np.eye(len(scaled)))
    found: NDArray[np.float64] = inverse / np.sqrt(np.outer(spread, spread))
    return found


def from_other_labels(
    residuals: NDArray[np.floating], inverse: NDArray[np.float64]
) -> NDArray[np.floating]:
    """Predict each label's residual from those of the item's other labels, the item left out.

    With K the inverse of the sums of squares and e an item's residuals, the regression on the
    others leaves ``(K e)_l / K_ll`` of label l, and the item's leverage in it is
    ``e K e - (K e)_l^2 / K_ll``.

    Parameters
    ----------
    residuals
        0 where a cell is unknown, shape ``(n, n_labels)``.
    inverse
        Of `inverse_covariance`.

    Returns
    -------
    Shape ``(n, n_labels)``; positive where the others speak for the label.
    """
    kind = residuals.dtype
    diagonal = np.diagonal(inverse).astype(kind)
    turned = residuals @ inverse.astype(kind)
    leverage = np.einsum("ij,ij->i", residuals, turned)[:, None] - turned**2 / diagonal
    found: NDArray[np.floating] = residuals - turned / diagonal / np.maximum(1 - leverage, 0.01)
    return found
