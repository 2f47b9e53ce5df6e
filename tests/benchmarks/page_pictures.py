"""Pictures that look enough like photographs to have the size of theirs."""

from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

Looks = NDArray[np.float64]


def looks(rng: Generator, n_classes: int) -> Looks:
    """Draw how the pictures of each class look: two colors, a direction and a grain."""
    return rng.random((n_classes, 8))


def pictures(
    rng: Generator, looked: Looks, labels: NDArray[np.int64], *, side: int
) -> NDArray[np.uint8]:
    """Return pictures, shape (n, side, side, 3).

    A picture is noise whose amplitude falls with about the inverse of the frequency, as that of
    photographs does, along a direction and between the two colors of its class.
    """
    along = np.fft.fftfreq(side)[:, None] ** 2, np.fft.rfftfreq(side)[None, :] ** 2
    own = looked[labels]
    stretch = 4 ** (2 * own[:, 6, None, None] - 1)
    steep = 0.5 + 0.2 * own[:, 7, None, None]  # of the square of the frequency
    falling = (along[0] * stretch + along[1] / stretch + side**-2.0) ** -steep
    noise = np.fft.rfft2(rng.standard_normal((2, len(labels), side, side)))
    fields = np.fft.irfft2(noise * falling, s=(side, side))
    fields /= fields.std(axis=(2, 3), keepdims=True)
    mixed = 1 / (1 + np.exp(-1.5 * fields[0]))[..., None]
    colors = mixed * own[:, None, None, :3] + (1 - mixed) * own[:, None, None, 3:6]
    shaded = colors + 0.12 * fields[1][..., None]
    levels: NDArray[np.uint8] = (255 * np.clip(shaded, 0, 1)).astype(np.uint8)
    return levels


def save(file: Path, picture: NDArray[np.uint8]) -> None:
    """Write a picture as JPEG."""
    Image.fromarray(picture).save(file, quality=90)
