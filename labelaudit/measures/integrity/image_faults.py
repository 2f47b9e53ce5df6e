"""Images that are dark, light, blurred, nearly empty, or unlike the others in size or mode."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.content import Content
from labelaudit.errors import MissingInputError
from labelaudit.measures import Findings, Ranking, measure
from labelaudit.measures.integrity.fault_kinds import (
    BLURRED_BELOW,
    DARK_BELOW,
    GRAY_WITHIN,
    KINDS,
    LIGHT_ABOVE,
    LOW_INFORMATION_BELOW,
    Fault,
    Images,
)
from labelaudit.report import Table, Value
from labelaudit.statistics.fences import FENCE, LEAST_FACTOR
from labelaudit.tabulate import Specification, exact_values, ranked_table

MOST = 0.5
SPECIFICATIONS: tuple[Specification, ...] = (
    ("dark_count", "Dark images", "count", "lower"),
    ("light_count", "Light, overexposed images", "count", "lower"),
    ("blurred_count", "Blurred images", "count", "lower"),
    ("low_information_count", "Images with little information", "count", "lower"),
    ("odd_size_count", "Images of an odd size", "count", "lower"),
    ("odd_aspect_ratio_count", "Images of an odd aspect ratio", "count", "lower"),
    ("grayscale_count", "Grayscale images among color", "count", "lower"),
    ("odd_mode_count", "Images of another mode than most", "count", "lower"),
    ("exif_rotated_count", "Images that EXIF turns", "count", "lower"),
    ("faulty_count", "Images with any of these", "count", "lower"),
)
TITLES = {name: title for name, title, *_ in SPECIFICATIONS}
QUANTILES = (0, 0.01, 0.5, 0.99, 1)


@measure(family="integrity", title="Image faults")
def image_faults(content: Content) -> Findings:
    """Find images that are dark, overexposed, blurred, nearly empty, or of odd size, shape or mode.

    Every readable image is looked at in a copy of at most 64 x 64 pixels of block means. What more
    than half of the images have is how the dataset is, not a fault of some: scanned digits are
    all alike dark, radiographs all gray. Such a kind has no count, and its images are not listed.
    Truncated and other files that cannot be read are in *integrity*.

    Formula
    -------
    With gray levels of Rec. 601 from 0 to 1:

    - dark: 99 % of the pixels are darker than 0.32; light: 99 % are lighter than 0.8
    - blurred: sharpness below 0.1; sharpness is the mean square difference of neighboring pixels
      over that of pixels four apart, in the direction in which it is less: 1 for noise, 1/16 for
      a ramp, some 0.1 to 0.6 for a photograph. Contrast cancels out
    - little information: the histogram of gray levels has an entropy below 3 bits, of 8
    - odd size: the square root of width times height is outside of the fences of the dataset;
      odd aspect ratio: long side over short side is. Fences are Tukey's outer ones, 3
      interquartile ranges beyond the quartiles, of logarithms, and never nearer to the median than
      a factor of 2
    - grayscale: the channels of no block of a 16 x 16 copy differ by more than 0.016 (4 of 255
      levels), whatever the file's mode
    - mode: 16 bits, CMYK, transparency or several frames, where most images have not, or the
      other way around
    - turned: the EXIF orientation says so; labelaudit turns them, loaders that do not know EXIF
      show them lying

    Range
    -----
    Counts from 0; lower is better.

    Undefined
    ---------
    A count of what more than half of the images have. Blur of a flat image, or of one with a side
    of fewer than five pixels.

    Not comparable
    --------------
    Odd sizes and shapes between datasets: the fences are the dataset's own. Blur is what is seen
    at 64 pixels: a photograph of 4,000 that is soft by ten pixels is sharp here, an image that was
    enlarged is blurred. A JPEG is decoded at a fraction of its size where that is enough, which is
    the mean of blocks, too: levels are within a hundredth of those of the whole.

    Parameters
    ----------
    content
        What the files say, how they look among it.

    Returns
    -------
    A count a kind of fault, the images behind each, worst first, and the spread of each property.

    Raises
    ------
    MissingInputError
        When the items are texts, or no image can be read.

    References
    ----------
    The kinds, and the limits of dark and of little information, are those of CleanVision 0.3.
    Kolmogorov's structure function, of which sharpness is a ratio at two distances.
    """
    if content.looks is None:
        raise MissingInputError("the items are texts, which have no pixels")
    items = np.flatnonzero(content.readable)
    if not len(items):
        raise MissingInputError("no image can be read")
    images = Images(
        content.looks[items], content.sizes[items].astype(np.float64), content.oddities[items]
    )
    faults = {name: kind(images) for name, kind in KINDS.items()}
    counts = {name: int(fault.found.sum()) for name, fault in faults.items()}
    listed = {name: fault for name, fault in faults.items() if counts[name] <= MOST * len(items)}
    any_fault = np.any([np.zeros(len(items)), *(each.found for each in listed.values())], axis=0)
    marks = {
        f"is_{name}": _spread(fault.found & (name in listed), items, content)
        for name, fault in faults.items()
    }
    return Findings(
        values=_values(counts, set(listed), int(any_fault.sum()), len(items)),
        tables=(_property_table(images),),
        rankings=tuple(
            _ranking(name, fault, items) for name, fault in listed.items() if counts[name]
        ),
        parameters={
            "dark_below": DARK_BELOW,
            "light_above": LIGHT_ABOVE,
            "blurred_below": BLURRED_BELOW,
            "low_information_below": LOW_INFORMATION_BELOW,
            "gray_within": GRAY_WITHIN,
            "fence": FENCE,
            "least_factor": LEAST_FACTOR,
            "most": MOST,
        },
        columns=marks | _numbers(images, items, content),
    )


def _values(
    counts: Mapping[str, int], listed: set[str], n_faulty: int, n_items: int
) -> tuple[Value, ...]:
    numbers: dict[str, float | None] = {
        f"{name}_count": count if name in listed else None for name, count in counts.items()
    }
    notes = {
        f"{name}_count": f"undefined: {count:,} of {n_items:,} images are so, which makes it how "
        "the dataset is, not a fault of some"
        for name, count in counts.items()
        if name not in listed
    }
    return exact_values(SPECIFICATIONS, numbers | {"faulty_count": n_faulty}, notes)


def _ranking(name: str, fault: Fault, items: NDArray[np.int64]) -> Ranking:
    """Return the images with a fault, worst first."""
    rows = np.flatnonzero(fault.found)
    rows = rows[np.lexsort((rows, fault.worst_first[rows]))]
    return Ranking(
        name=name,
        title=TITLES[f"{name}_count"],
        items=items[rows],
        details=tuple(map(fault.words, rows.tolist())),
    )


def _property_table(images: Images) -> Table:
    """Return how the properties are spread that the faults are found by."""
    columns = {
        "brightness, mean": images.looks["brightness"],
        "brightness of the brightest 1 %": images.looks["brightest"],
        "brightness of the darkest 1 %": images.looks["darkest"],
        "contrast": images.looks["contrast"],
        "sharpness": images.looks["sharpness"],
        "entropy, bits": images.looks["entropy"],
        "difference of channels": images.looks["colors"],
        "side of a square of its pixels": images.side,
        "long over short side": images.elongation,
    }
    of_size, of_shape = images.fences
    limits = [
        "",
        f"dark below {DARK_BELOW:g}",
        f"light above {LIGHT_ABOVE:g}",
        "",
        f"blurred below {BLURRED_BELOW:g}",
        f"little below {LOW_INFORMATION_BELOW:g}",
        f"gray to {GRAY_WITHIN:g}",
        f"odd below {of_size.low:.4g}, above {of_size.high:.4g}",
        f"odd above {of_shape.high:.4g}",
    ]
    quantiles = np.array([_quantiles(values) for values in columns.values()])
    names = ("lowest", "one_percent", "median", "ninety_nine_percent", "highest")
    return ranked_table(
        "properties",
        "How the images look",
        (
            ("property", "", list(columns)),
            *((name, "", cells) for name, cells in zip(names, quantiles.T, strict=True)),
            ("limit", "", limits),
        ),
        np.arange(len(columns)),
    )


def _quantiles(values: NDArray[np.floating]) -> NDArray[np.float64]:
    known = values[~np.isnan(values)].astype(np.float64)
    if not len(known):
        return np.full(len(QUANTILES), np.nan)
    found: NDArray[np.float64] = np.quantile(known, QUANTILES)
    return found


def _spread(
    values: NDArray[np.generic], items: NDArray[np.int64], content: Content
) -> NDArray[np.generic]:
    """Return what is known of the readable images, in a column of all items."""
    none = False if values.dtype == bool else np.nan
    column = np.full(len(content.status), none, dtype=values.dtype)
    column[items] = values
    return column


def _numbers(
    images: Images, items: NDArray[np.int64], content: Content
) -> dict[str, NDArray[np.generic]]:
    names = ("brightness", "contrast", "sharpness", "entropy")
    return {name: _spread(images.looks[name], items, content) for name in names}
