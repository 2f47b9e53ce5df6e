"""Simple numbers of an image that say nothing of what is seen in it, or should not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.content import Content
from labelaudit.embeddings.images.looks import BORDER, REC_601
from labelaudit.measures.integrity.fault_kinds import MODES

IN_BORDER = float(BORDER.mean())


@dataclass(frozen=True, slots=True, eq=False)
class Properties:
    """Properties in columns, shape ``(n_items, n_properties)``, without those that are constant."""

    names: tuple[str, ...]
    values: NDArray[np.float64]
    constant: tuple[str, ...]


def properties_of(content: Content, items: NDArray[np.int64]) -> Properties:
    """Return the properties of some readable images.

    Parameters
    ----------
    content
        With looks.
    items
        Rows of the dataset.
    """
    assert content.looks is not None  # noqa: S101 - asked by the measure
    looks = content.looks[items]
    width, height = content.sizes[items].astype(np.float64).T
    rgb, border = (looks[name].astype(np.float64) for name in ("rgb", "border_rgb"))
    center = (rgb - IN_BORDER * border) / (1 - IN_BORDER)
    n_bytes = np.zeros(len(items)) if content.n_bytes is None else content.n_bytes[items]
    columns = {
        "brightness": looks["brightness"],
        "contrast": looks["contrast"],
        "sharpness": np.nan_to_num(looks["sharpness"], nan=1),
        "entropy": looks["entropy"],
        "red cast": _cast(rgb, 0),
        "green cast": _cast(rgb, 1),
        "blue cast": _cast(rgb, 2),
        "colorfulness": looks["colors"],
        "size": width * height,
        "aspect ratio": width / height,
        "bytes per pixel": n_bytes / (width * height),
        "mode": _rarity(content.oddities[items] & np.uint16(sum(MODES))),
        "background brightness": border @ REC_601,
        "background contrast": looks["border_contrast"],
        "background red cast": _cast(border, 0),
        "background green cast": _cast(border, 1),
        "background blue cast": _cast(border, 2),
        "background less center": (border - center) @ REC_601,
    }
    values = np.stack([np.asarray(each, dtype=np.float64) for each in columns.values()], axis=1)
    varies = np.ptp(values, axis=0) > 0
    names = np.array(list(columns), dtype=object)
    return Properties(tuple(names[varies]), values[:, varies], tuple(names[~varies]))


def _cast(color: NDArray[np.float64], channel: int) -> NDArray[np.float64]:
    """Return by how much a channel exceeds the mean of all."""
    cast: NDArray[np.float64] = color[:, channel] - color.mean(axis=1)
    return cast


def _rarity(codes: NDArray[np.uint16]) -> NDArray[np.float64]:
    """Return 0 for the most frequent code, 1 for the next, and so on; in a tie, the smaller."""
    _, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
    place = np.empty(len(counts))
    place[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    ranked: NDArray[np.float64] = place[inverse]
    return ranked
