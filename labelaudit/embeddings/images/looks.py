"""How an image looks, in a few numbers taken from a small copy of it."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 64  # no side of the copy is longer; JPEGs are decoded at no less, whatever a model wants
APART = 4  # pixels between those that neighbors are compared with, for the sharpness
GRID = 16  # the smallest copy; of it, the border is two pixels wide
LEVELS = np.arange(256, dtype=np.float64)
REC_601 = np.array([0.299, 0.587, 0.114])  # gray of red, green and blue
QUANTILES = np.array([0.01, 0.99]) - 1e-9
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
MEANS = np.stack([np.ones(GRID**2) / GRID**2, BORDER / BORDER.sum()], axis=1)


def small_copy(image: Image.Image) -> Image.Image:
    """Return a copy of an RGB image of at most 64 x 64, each side shortened by itself.

    Block means, as a JPEG that is decoded at a fraction of its size has them too: so that the
    copy hardly depends on that fraction.
    """
    size = min(image.width, SIDE), min(image.height, SIDE)
    return image if size == image.size else image.resize(size, Image.Resampling.BOX)


def smallest_copy(small: Image.Image) -> Image.Image:
    """Return a copy of 16 x 16, of block means."""
    return small.resize((GRID, GRID), Image.Resampling.BOX)


def look(small: Image.Image, smallest: Image.Image) -> tuple[object, ...]:
    """Return how an image looks, as a row of `LOOKS`.

    Parameters
    ----------
    small, smallest
        In RGB, as `small_copy` and `smallest_copy` return them.

    Returns
    -------
    Levels are 0 to 1. ``brightness`` is the mean of the gray levels (Rec. 601), ``darkest`` and
    ``brightest`` are their quantiles at 0.01 and 0.99, ``contrast`` is their standard deviation,
    ``entropy`` that of their histogram in bits, 0 to 8; ``sharpness`` is what `sharpness_of` has.
    Of the smallest copy: ``colors`` is the largest difference between the channels of a pixel,
    ``rgb`` and ``border_rgb`` are mean colors of the whole and of the outer eighth on each side,
    and ``border_contrast`` is the standard deviation of the gray levels there.
    """
    gray = _array(small.convert("L"))
    shares = np.bincount(gray.ravel(), minlength=256) / gray.size
    mean, (low, high) = shares @ LEVELS, shares.cumsum().searchsorted(QUANTILES)
    present = shares[shares > 0]
    red, green, blue = grid = _array(smallest).reshape(-1, 3).T
    most = np.maximum(np.maximum(red, green), blue)
    least = np.minimum(np.minimum(red, green), blue)
    rgb, border_rgb = (grid @ MEANS).T / 255
    at_border = _array(smallest.convert("L")).ravel()[BORDER]
    return (
        mean / 255,
        low / 255,
        high / 255,
        np.sqrt(max(float(shares @ LEVELS**2 - mean**2), 0)) / 255,
        -present @ np.log2(present),
        sharpness_of(gray.astype(np.float32)),
        (most - least).max() / 255,
        rgb,
        border_rgb,
        at_border.std() / 255,
    )


def sharpness_of(gray: NDArray[np.float32]) -> float:
    """Return how much pixels differ from their neighbors, compared with those four apart.

    The mean square difference of neighbors over that of pixels four apart, in the direction in
    which it is less, so that what moved counts as blurred; a direction in which nothing changes
    is left out. Contrast and brightness cancel out. Noise has 1, a ramp 1/16. NaN for a flat
    image, and for one of fewer than five pixels a side.
    """
    if min(gray.shape) <= APART:
        return np.nan
    ratios = []
    for near, far in (
        (gray[1:] - gray[:-1], gray[APART:] - gray[:-APART]),
        (gray[:, 1:] - gray[:, :-1], gray[:, APART:] - gray[:, :-APART]),
    ):
        beside, apart = near.ravel(), far.ravel()
        total = float(apart @ apart) / apart.size
        if total:
            ratios.append(float(beside @ beside) / beside.size / total)
    return min(ratios, default=np.nan)


def _array(image: Image.Image) -> NDArray[np.uint8]:
    """Return the pixels of an image, in half of the time that ``np.asarray`` takes."""
    shape = (image.height, image.width, 3)[: 2 + (image.mode == "RGB")]
    return np.frombuffer(image.tobytes(), dtype=np.uint8).reshape(shape)
