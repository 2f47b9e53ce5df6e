"""What makes an image faulty, kind by kind, and the words for each."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.images.decode import Oddity
from labelaudit.statistics.fences import Fences, fences_of

DARK_BELOW = 0.32
LIGHT_ABOVE = 0.8
BLURRED_BELOW = 0.1
LOW_INFORMATION_BELOW = 3.0
GRAY_WITHIN = 0.016
MODES = {
    Oddity.SIXTEEN_BIT: "16 bits a channel",
    Oddity.CMYK: "CMYK",
    Oddity.ALPHA: "with transparency",
    Oddity.ANIMATED: "several frames",
}


@dataclass(frozen=True, slots=True, eq=False)
class Images:
    """The readable images: how they look, their sizes and what was converted.

    Attributes
    ----------
    looks
        Rows of `LOOKS`, shape ``(n,)``.
    sizes
        Stored width and height, shape ``(n, 2)``.
    oddities
        `Oddity` flags, shape ``(n,)``.
    """

    looks: NDArray[np.void]
    sizes: NDArray[np.float64]
    oddities: NDArray[np.uint16]

    @property
    def side(self) -> NDArray[np.float64]:
        """Side of a square of as many pixels."""
        side: NDArray[np.float64] = np.sqrt(self.sizes.prod(axis=1))
        return side

    @property
    def elongation(self) -> NDArray[np.float64]:
        """Long side over short side."""
        ratio: NDArray[np.float64] = self.sizes.max(axis=1) / self.sizes.min(axis=1)
        return ratio

    @property
    def fences(self) -> tuple[Fences, Fences]:
        """What sides and elongations are odd."""
        return fences_of(self.side), fences_of(self.elongation)


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """Which images have a fault, what they are sorted by, and the evidence for each in words."""

    found: NDArray[np.bool_]
    worst_first: NDArray[np.float64]
    words: Callable[[int], str]


def dark(images: Images) -> Fault:
    """Return the images of which even the brightest pixels are dark."""
    brightest, mean = images.looks["brightest"], images.looks["brightness"]
    return Fault(
        brightest < DARK_BELOW,
        brightest.astype(np.float64),
        lambda row: (
            f"Brightness {mean[row]:.2f}; 99 % of its pixels are at most {brightest[row]:.2f}, "
            f"dark below {DARK_BELOW}"
        ),
    )


def light(images: Images) -> Fault:
    """Return the images of which even the darkest pixels are light."""
    darkest, mean = images.looks["darkest"], images.looks["brightness"]
    return Fault(
        darkest > LIGHT_ABOVE,
        -darkest.astype(np.float64),
        lambda row: (
            f"Brightness {mean[row]:.2f}; 99 % of its pixels are at least {darkest[row]:.2f}, "
            f"light above {LIGHT_ABOVE}"
        ),
    )


def blurred(images: Images) -> Fault:
    """Return the images whose neighboring pixels hardly differ, as pixels further apart do."""
    sharpness = images.looks["sharpness"]
    return Fault(
        sharpness < BLURRED_BELOW,
        np.nan_to_num(sharpness.astype(np.float64), nan=1.0),
        lambda row: f"Sharpness {sharpness[row]:.3f}, blurred below {BLURRED_BELOW}",
    )


def low_information(images: Images) -> Fault:
    """Return the images of few gray levels."""
    entropy = images.looks["entropy"]
    return Fault(
        entropy < LOW_INFORMATION_BELOW,
        entropy.astype(np.float64),
        lambda row: (
            f"Entropy {entropy[row]:.2f} bits of 8, little information below "
            f"{LOW_INFORMATION_BELOW:g}"
        ),
    )


def odd_size(images: Images) -> Fault:
    """Return the images that are much smaller or larger than the others."""
    side, sizes = images.side, images.sizes.astype(int)
    usual = fences_of(side)
    return Fault(
        usual.beyond(side),
        -np.abs(np.log(side / usual.median)),
        lambda row: (
            f"{sizes[row, 0]:,} x {sizes[row, 1]:,} pixels, as a square of side {side[row]:,.0f}; "
            f"the median is {usual.median:,.0f}, odd below {usual.low:,.0f} "
            f"and above {usual.high:,.0f}"
        ),
    )


def odd_aspect_ratio(images: Images) -> Fault:
    """Return the images that are much longer, or much less long, than the others."""
    ratio, sizes = images.elongation, images.sizes.astype(int)
    usual = fences_of(ratio)
    below = f" and below {usual.low:.2g}" if usual.low > 1 else ""
    return Fault(
        usual.beyond(ratio),
        -np.abs(np.log(ratio / usual.median)),
        lambda row: (
            f"{sizes[row, 0]:,} x {sizes[row, 1]:,} pixels, {ratio[row]:.3g} times as long as "
            f"short; the median is {usual.median:.3g}, odd above {usual.high:.3g}{below}"
        ),
    )


def grayscale(images: Images) -> Fault:
    """Return the images without color, whatever their mode."""
    colors = images.looks["colors"]
    return Fault(
        colors <= GRAY_WITHIN,
        colors.astype(np.float64),
        lambda row: (
            "No color: its channels are equal"
            if colors[row] == 0
            else f"No color: its channels differ by {colors[row]:.3f} at most, in blocks"
        ),
    )


def odd_mode(images: Images) -> Fault:
    """Return the images with another mode than the most frequent one, when most have that."""
    codes = images.oddities & np.uint16(sum(MODES))
    modes, counts = np.unique(codes, return_counts=True)
    usual = modes[counts.argmax()]

    def words(row: int) -> str:
        said = [name for flag, name in MODES.items() if codes[row] & flag]
        most = [name for flag, name in MODES.items() if usual & flag]
        return f"{_listed(said)}; most are {_listed(most)}".capitalize()

    share = np.bincount(np.searchsorted(modes, codes)) / len(codes)
    return Fault(codes != usual, share[np.searchsorted(modes, codes)], words)


def exif_rotated(images: Images) -> Fault:
    """Return the images that are stored otherwise than they are to be shown."""
    turned = images.oddities & Oddity.ROTATED > 0
    return Fault(
        turned,
        np.where(turned, 0.0, 1.0),
        lambda _: "Its EXIF orientation turns or mirrors it",
    )


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "8 bits, opaque, one frame"


KINDS: dict[str, Callable[[Images], Fault]] = {
    "dark": dark,
    "light": light,
    "blurred": blurred,
    "low_information": low_information,
    "odd_size": odd_size,
    "odd_aspect_ratio": odd_aspect_ratio,
    "grayscale": grayscale,
    "odd_mode": odd_mode,
    "exif_rotated": exif_rotated,
}
