"""How images look, in a few numbers taken from small copies of them, of several images at once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 64  # no side of the copy is longer; JPEGs are decoded at no less, whatever a model wants
APART = 4  # pixels between those that neighbors are compared with, for the sharpness
TOGETHER = 4  # images whose levels stay in the nearest cache
GRID = 16  # the smallest copy; of it, the border is two pixels wide
LEVELS = np.arange(256)
N_LOG_N = np.arange(SIDE**2 + 1) * np.log2(np.maximum(np.arange(SIDE**2 + 1), 1))
REC_601 = np.array([0.299, 0.587, 0.114])  # gray of red, green and blue
REC_601_PILLOW = np.array([19595, 38470, 7471], dtype=np.float32)  # the same of 65,536
LOOKS = np.dtype(
    [
        ("brightness", "<f4"),
        ("darkest", "<f4"),
        ("brightest", "<f4"),
        ("contrast", "<f4"),
        ("entropy", "<f4"),
        ("sharpness", "<f4"),
        ("colors", "<f4"),
        ("rgb", "<f4", (3,)),
        ("border_rgb", "<f4", (3,)),
        ("border_contrast", "<f4"),
    ]
)
BORDER = np.pad(np.zeros((GRID - 4, GRID - 4), dtype=bool), 2, constant_values=True).ravel()
SUMS = np.stack([np.ones(GRID**2), BORDER]).astype(np.float32)


class SmallCopies(NamedTuple):
    """Small copies of an image, of block means.

    Attributes
    ----------
    gray
        Gray levels of at most 64 x 64, shape ``(height, width)``.
    grid
        Red, green and blue of 16 x 16, shape ``(256, 3)``.
    """

    gray: NDArray[np.uint8]
    grid: NDArray[np.uint8]


def small_copies(image: Image.Image) -> SmallCopies:
    """Return copies of an RGB image, each side of the larger one shortened by itself.

    Block means, as a JPEG that is decoded at a fraction of its size has them too: so that the
    copies hardly depend on that fraction.
    """
    size = min(image.width, SIDE), min(image.height, SIDE)
    small = image if size == image.size else image.resize(size, Image.Resampling.BOX)
    gray = np.frombuffer(small.convert("L").tobytes(), dtype=np.uint8)
    (across, rest), (down, left) = divmod(size[0], GRID), divmod(size[1], GRID)
    if rest or left or not across * down:
        grid = small.resize((GRID, GRID), Image.Resampling.BOX)
    else:
        grid = small.reduce((across, down))  # the same in a third of the time
    colors = np.frombuffer(grid.tobytes(), dtype=np.uint8)
    return SmallCopies(gray.reshape(size[::-1]), colors.reshape(-1, 3))


def looks_of(copies: Sequence[SmallCopies]) -> tuple[NDArray[np.uint8], NDArray[np.void]]:
    """Return gray copies of 16 x 16 of some images, and how they look.

    Returns
    -------
    Gray copies, shape ``(n, 256)``, and rows of `LOOKS`, shape ``(n,)``. Levels are 0 to 1.
    ``brightness`` is the mean of the gray levels (Rec. 601), ``darkest`` and ``brightest`` are
    their quantiles at 0.01 and 0.99, ``contrast`` is their standard deviation, ``entropy`` that
    of their histogram in bits, 0 to 8; ``sharpness`` is what `sharpness_of` has. Of the smallest
    copy: ``colors`` is the largest difference between the channels of a pixel, ``rgb`` and
    ``border_rgb`` are mean colors of the whole and of the outer eighth on each side, and
    ``border_contrast`` is the standard deviation of the gray levels there.
    """
    looks = np.zeros(len(copies), dtype=LOOKS)
    by_shape: dict[tuple[int, ...], list[int]] = {}
    for at, each in enumerate(copies):
        by_shape.setdefault(each.gray.shape, []).append(at)
    for rows in by_shape.values():
        _look_at_gray(np.stack([copies[at].gray for at in rows]), looks, rows)
    grids = np.stack([each.grid for each in copies])
    colors = grids.astype(np.float32)  # whole numbers, of which sums below 2**24 are exact
    sums = SUMS @ colors
    looks["rgb"] = sums[:, 0] / (255 * GRID**2)
    looks["border_rgb"] = sums[:, 1] / (255 * BORDER.sum())
    red, green, blue = np.moveaxis(grids, 2, 0)
    most = np.maximum(np.maximum(red, green), blue)
    least = np.minimum(np.minimum(red, green), blue)
    looks["colors"] = (most - least).max(axis=1) / 255
    gray = ((colors @ REC_601_PILLOW + 2**15) / 2**16).astype(np.uint8)
    looks["border_contrast"] = gray[:, BORDER].std(axis=1) / 255
    return gray, looks


def _look_at_gray(gray: NDArray[np.uint8], looks: NDArray[np.void], rows: list[int]) -> None:
    """Put what gray copies of one size, shape ``(n, height, width)``, say into some rows."""
    size = gray[0].size
    counts = np.stack([np.bincount(each.ravel(), minlength=256) for each in gray])
    total, squares = counts @ LEVELS, counts @ LEVELS**2
    below = counts.cumsum(axis=1)
    looks["brightness"][rows] = total / (255 * size)
    looks["darkest"][rows] = (100 * below < size).sum(axis=1) / 255
    looks["brightest"][rows] = (100 * below < 99 * size).sum(axis=1) / 255
    looks["contrast"][rows] = np.sqrt(squares * size - total**2) / (255 * size)
    looks["entropy"][rows] = np.log2(size) - N_LOG_N[counts].sum(axis=1) / size
    for start in range(0, len(rows), TOGETHER):
        some = slice(start, start + TOGETHER)
        looks["sharpness"][rows[some]] = sharpness_of(gray[some])


def sharpness_of(gray: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how much pixels differ from their neighbors, compared with those four apart.

    The mean square difference of neighbors over that of pixels four apart, in the direction in
    which it is less, so that what moved counts as blurred; a direction in which nothing changes
    is left out. Contrast and brightness cancel out. Noise has 1, a ramp 1/16. NaN for a flat
    image, and for one of fewer than five pixels a side.

    Parameters
    ----------
    gray
        Gray levels, shape ``(n, height, width)``.
    """
    if min(gray.shape[1:]) <= APART:
        return np.full(len(gray), np.nan, dtype=np.float32)
    least = np.full(len(gray), np.inf, dtype=np.float32)
    for along in (gray, gray.transpose(0, 2, 1)):
        levels = along.reshape(len(gray), -1).astype(np.float32)
        beside, apart = (_mean_square(levels, far * along.shape[2]) for far in (1, APART))
        np.minimum(least, beside / np.where(apart > 0, apart, 1), out=least, where=apart > 0)
    least[np.isinf(least)] = np.nan
    return least


def _mean_square(levels: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    """Return the mean square difference of levels that are some steps apart, for each image."""
    differences = levels[:, step:] - levels[:, :-step]
    total: NDArray[np.float32] = np.einsum("ij,ij->i", differences, differences)
    return total / np.float32(differences.shape[1])
