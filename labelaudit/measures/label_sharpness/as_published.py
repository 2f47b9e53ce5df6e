"""What a paper published of eleven datasets, and this dataset measured in the same way."""

from typing import Final, Literal

import numpy as np

from labelaudit.inputs.konz2024 import Konz2024
from labelaudit.report import Table, Value
from labelaudit.statistics.intervals import half_width
from labelaudit.statistics.konz2024 import PUBLISHED, SIZES
from labelaudit.tabulate import bounded, ranked_table

Quantity = Literal["sharpness", "dimension"]
COLUMN: Final[dict[Quantity, int]] = {"dimension": 1, "sharpness": 2}
OVER_PAIRS: Final = "95 % t-interval over the pairs of classes"
ONE_PAIR: Final = "one pair of classes has no spread"


def published_table(quantity: Quantity) -> Table:
    """Return what was published, as read off a figure, from the least to the most."""
    found = np.array([row[COLUMN[quantity]] for row in PUBLISHED], dtype=np.float64)
    columns = (
        ("dataset", "", [row[0] for row in PUBLISHED]),
        (quantity, "", found),
        ("channels", "count", np.array([row[3] for row in PUBLISHED])),
    )
    error = {"dimension": "0.1", "sharpness": "0.03e-4"}[quantity]
    title = f"Eleven published datasets (read off a figure, to {error})"
    return ranked_table("published", title, columns, np.argsort(found, kind="stable"))


def sharpness_as_published(found: Konz2024 | None) -> tuple[Value, ...]:
    """Return K_F in the published unit; nothing where that was not asked for."""
    if found is None:
        return ()
    seen = f"{len(found.pairs)} random pairs of classes, 25 draws of 1,000 images of each"
    everywhere = [pair.sharpness for pair in found.pairs]
    paired = [pair.paired_sharpness for pair in found.pairs]
    title = "K_F as the paper defines it (1 / gray level, 224 x 224)"
    title_paired = "K_F as the paper's numbers come out (1 / gray level, 224 x 224)"
    return (
        _over_pairs("konz2024_sharpness", title, everywhere, f"{seen}; all pairs", found),
        _over_pairs(
            "konz2024_paired_sharpness",
            title_paired,
            paired,
            f"{seen}; 2,000 random pairs, as many as the published code compares",
            found,
        ),
    )


def dimension_as_published(found: Konz2024 | None) -> tuple[Value, ...]:
    """Return the dimension with the published factor; nothing where that was not asked for."""
    if found is None:
        return ()
    each = [float(np.mean(list(pair.dimensions.values()))) for pair in found.pairs]
    sizes = sorted({size for pair in found.pairs for size in pair.dimensions})
    note = f"{len(found.pairs)} random pairs of classes; mean over {len(sizes)} numbers of images"
    if sizes:
        note += f", {sizes[0]:,} to {sizes[-1]:,}"
    if sizes and sizes[-1] < SIZES[-1]:
        note += f"; the published mean goes to {SIZES[-1]:,}, and so reads higher"
    note += "; k = 20, with the factor (k - 2) / (k - 1)"
    title = "Intrinsic dimension as published (224 x 224)"
    return (_over_pairs("konz2024_dimension", title, each, note, found),)


def _over_pairs(name: str, title: str, each: list[float], note: str, found: Konz2024) -> Value:
    """Return the mean over pairs of classes, with the interval that their spread gives it."""
    if not each:
        return Value(name=name, title=title, value=None, note=f"undefined: {found.reason}")
    mean = float(np.mean(each))
    channels = "gray" if found.channels == 1 else "three channels"
    value = Value(
        name=name, title=title, value=mean, no_interval=ONE_PAIR, note=f"{note}; {channels}"
    )
    if len(each) == 1:
        return value
    half = half_width(np.array(each))
    return bounded(value, max(0.0, mean - half), mean + half, OVER_PAIRS)
