"""Label sharpness and intrinsic dimension exactly as published, to place a dataset among eleven.

N. Konz and M. A. Mazurowski, "The effect of intrinsic dataset properties on generalization", ICLR
2024, arXiv:2401.08865. The eleven were read off its figure, to 0.1 of the dimension and 0.03e-4 of
the sharpness.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.statistics.intrinsic_dimension import log_ratios

# Name, intrinsic dimension, K_F in 1 / gray level, channels.
PUBLISHED: Final = (
    ("BraTS", 11.0, 2.03e-4, 1),
    ("DBC (breast MRI)", 16.9, 3.12e-4, 1),
    ("OAI", 8.7, 3.45e-4, 1),
    ("CheXpert", 15.3, 1.36e-4, 1),
    ("MURA", 10.7, 2.84e-4, 1),
    ("RSNA-IH-CT", 11.0, 2.11e-4, 1),
    ("Prostate-MRI", 5.7, 1.82e-4, 1),
    ("MNIST", 9.3, 1.59e-4, 1),
    ("CIFAR10", 16.3, 0.64e-4, 3),
    ("SVHN", 12.5, 1.04e-4, 3),
    ("ImageNet", 17.9, 0.61e-4, 3),
)
SIZES: Final = (500, 750, 1000, 1250, 1500, 1750)
DRAW_SIZE: Final = 1000
BATCH: Final = 500
N_DRAWS: Final = 25
K: Final = 20
COLUMNS: Final = 2**14
NEARLY_EQUAL: Final = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class PairOfClasses:
    """The published quantities of one binary task.

    Attributes
    ----------
    sharpness
        K_F over all pairs of 1,000 images, in 1 / gray level, mean of 25 draws.
    paired_sharpness
        The same over the 2,000 pairs that the published code compares.
    dimensions
        With the factor ``k - 2``, by the number of images.
    """

    sharpness: float
    paired_sharpness: float
    dimensions: dict[int, float]

    def with_channels(self, times: float) -> "PairOfClasses":
        """Return it as if all channels were there so many times."""
        return replace(
            self,
            sharpness=self.sharpness / times**0.5,
            paired_sharpness=self.paired_sharpness / times**0.5,
        )


def pair_as_published(
    images: NDArray[np.uint8], second: NDArray[np.bool_], seed: int
) -> PairOfClasses:
    """Measure one binary task.

    Parameters
    ----------
    images
        In random order, shape ``(n, n_pixels)``, ``n`` from 1,000.
    second
        Whether each is of the second class.
    seed
        Seed of the draws.
    """
    distances = gray_distances(images)
    rng = np.random.default_rng(seed)
    different = second[:, None] != second
    slopes = np.where(different & (distances > 0), 1 / np.maximum(distances, 1e-9), 0)
    everywhere, paired = [], []
    for _ in range(N_DRAWS):
        drawn = rng.permutation(len(images))[:DRAW_SIZE]
        everywhere.append(slopes[np.ix_(drawn, drawn)].max())
        first = np.concatenate([drawn[:BATCH]] * 2 + [drawn[BATCH:]] * 2)
        others = np.concatenate([rng.permutation(drawn), rng.permutation(drawn)])
        paired.append(slopes[first, others].max())
    return PairOfClasses(
        sharpness=float(np.mean(everywhere)),
        paired_sharpness=float(np.mean(paired)),
        dimensions={
            size: dimension_as_published(distances[:size, :size])
            for size in SIZES
            if size <= len(images)
        },
    )


def dimension_as_published(distances: NDArray[np.float64]) -> float:
    """Return the dimension with the factor ``k - 2``, equal images left out of each other's."""
    apart = np.where(distances > 0, distances, np.inf)
    near = np.sort(np.partition(apart, K - 1, axis=1)[:, :K], axis=1)
    return float((K - 2) / log_ratios(near[np.isfinite(near[:, -1])], K).mean())


def gray_distances(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the Euclidean distances of images in gray levels, by blocks of pixels.

    Parameters
    ----------
    images
        Shape ``(n, n_pixels)``.

    Returns
    -------
    Shape ``(n, n)``; exactly 0 for equal images.
    """
    products = np.zeros((len(images), len(images)))
    for start in range(0, images.shape[1], COLUMNS):
        part = images[:, start : start + COLUMNS].astype(np.float32)
        part -= part.mean(axis=0)
        products += part @ part.T
    lengths = products.diagonal()
    sums = lengths[:, None] + lengths
    squared = np.maximum(sums - 2 * products, 0)
    for one, other in zip(*np.nonzero(squared < NEARLY_EQUAL * sums), strict=True):
        difference = images[one].astype(np.float64) - images[other]
        squared[one, other] = difference @ difference
    return np.sqrt(squared)
