"""Label distribution smoothing (LDS): how dense labels are that are numbers, and weights of it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

SIZE: Final = 5
SIGMA: Final = 2.0
CLIP: Final = (5, 1000)


def lds_window(size: int = SIZE, sigma: float = SIGMA) -> NDArray[np.float64]:
    """Return the window that counts are smoothed with.

    It is made as the published code makes it: a Gaussian filter over a 1 among ``size - 1`` zeros,
    which the filter mirrors at its ends, divided by its largest. That is much flatter than the
    Gaussian it is named after, which would start with 0.607 and 0.882.

    Parameters
    ----------
    size
        Bins in the window, an odd number.
    sigma
        Of the Gaussian, in bins.

    References
    ----------
    Yang et al., Delving into deep imbalanced regression, ICML 2021.

    Examples
    --------
    >>> lds_window().round(4).tolist()
    [0.8583, 0.9458, 1.0, 0.9458, 0.8583]
    """
    from scipy.ndimage import gaussian_filter1d

    window: NDArray[np.float64] = gaussian_filter1d(np.eye(size)[size // 2], sigma)
    window /= window.max()
    return window


def lds_density(counts: NDArray[np.number]) -> NDArray[np.float64]:
    """Return counts by bin convolved with the window, nothing beyond the ends, as published.

    The window does not sum to 1, so this is no count: bins all alike get 4.61 times theirs.
    Counts are smoothed as real numbers, where the published code cuts clipped ones to integers.
    """
    from scipy.ndimage import convolve1d

    density: NDArray[np.float64] = convolve1d(
        counts.astype(np.float64), lds_window(), mode="constant"
    )
    return density


def smoothed_counts(counts: NDArray[np.number]) -> NDArray[np.float64]:
    """Return the mean of the counts around each bin, weighted by the window, in items a bin.

    Unlike `lds_density` it does not fall at the ends, where the window has fewer bins.
    """
    return lds_density(counts) / lds_density(np.ones(len(counts)))


def lds_weights(counts: NDArray[np.int64], *, root: bool) -> NDArray[np.float64]:
    """Return the weight of an item of each bin, averaging 1 over items, NaN for an empty bin.

    Parameters
    ----------
    counts
        Items of each bin, at least one in all.
    root
        Whether weights are one over the smoothed square roots of the counts, or over the smoothed
        counts, which are first clipped to 5 and 1,000. Both come before smoothing, as published.
    """
    held = counts > 0
    weights = np.full(len(counts), np.nan)
    weights[held] = 1 / lds_density(np.sqrt(counts) if root else np.clip(counts, *CLIP))[held]
    scale: float = counts.sum() / (weights[held] * counts[held]).sum()
    return weights * scale
