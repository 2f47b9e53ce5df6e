"""Points of known dimension, and short ways to measure theirs."""

import numpy as np
from made import embedded
from numpy.typing import NDArray
from sharp import NAMES, of_classes, pixels_of

from labelaudit.inputs.copies import copies, embedding_hashes
from labelaudit.measures import Findings
from labelaudit.measures.label_sharpness.embedding_intrinsic_dimension import (
    embedding_intrinsic_dimension,
)
from labelaudit.measures.label_sharpness.intrinsic_dimension import intrinsic_dimension
from labelaudit.statistics.nearest_enemy import pairwise_distances


def cube(rng: np.random.Generator, n: int, d: int) -> NDArray[np.float64]:
    """Return points in a cube."""
    return rng.random((n, d))


def gauss(rng: np.random.Generator, n: int, d: int) -> NDArray[np.float64]:
    """Return normal points."""
    return rng.standard_normal((n, d))


def of_pixels(
    points: NDArray[np.floating],
    labels: NDArray[np.int32] | None = None,
    near_copies: NDArray[np.int64] | None = None,
) -> Findings:
    """Measure the dimension of points as pixels."""
    pixels = pixels_of(points)
    return intrinsic_dimension(
        pixels=pixels,
        pixel_distances=pairwise_distances(pixels.values),
        class_names=NAMES,
        random_state=0,
        label_differences=None if labels is None else of_classes(labels),
        near_copies=near_copies,
    )


def of_embeddings(
    points: NDArray[np.floating],
    labels: NDArray[np.int32] | None = None,
    present: NDArray[np.bool_] | None = None,
) -> Findings:
    """Measure the dimension of points as embeddings."""
    vectors = embedded(points, present)
    hashes = embedding_hashes(vectors)
    return embedding_intrinsic_dimension(
        embeddings=vectors,
        embedding_hashes=hashes,
        copies=copies(vectors, hashes),
        class_names=NAMES,
        n_threads=1,
        random_state=0,
        label_differences=None if labels is None else of_classes(labels),
    )
