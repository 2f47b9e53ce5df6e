"""Short ways to measure label sharpness of hand-made points."""

import numpy as np
from made import embedded, states_of
from numpy.typing import NDArray

from labelaudit.dataset import State
from labelaudit.inputs.label_differences import LabelDifferences
from labelaudit.inputs.labels import cells_in_state
from labelaudit.inputs.pixels import Pixels
from labelaudit.measures import Findings
from labelaudit.measures.label_sharpness.embedding_label_sharpness import embedding_label_sharpness
from labelaudit.measures.label_sharpness.label_sharpness import label_sharpness
from labelaudit.statistics.nearest_enemy import pairwise_distances

NAMES = tuple(f"class {at}" for at in range(20))


def of_classes(labels: NDArray[np.int32]) -> LabelDifferences:
    """Return labels that are classes, ``-1`` for none."""
    return LabelDifferences(kind="classes", labelled=labels >= 0, codes=labels)


def of_numbers(targets: NDArray[np.float64]) -> LabelDifferences:
    """Return labels that are numbers, NaN for none."""
    return LabelDifferences(kind="numbers", labelled=~np.isnan(targets), targets=targets)


def of_sets(cells: NDArray[np.int64]) -> LabelDifferences:
    """Return labels that are sets of classes, from a table of state numbers."""
    states = states_of(cells)
    positive = cells_in_state(states, states.states == State.POSITIVE, cells.shape)
    return LabelDifferences(kind="sets", labelled=states.labelled, sets=positive)


def pixels_of(values: NDArray[np.floating]) -> Pixels:
    """Return points as if they were the pixels of images."""
    return Pixels(
        items=np.arange(len(values)),
        values=values.astype(np.float32),
        space="a test's own",
        n_candidates=len(values),
    )


def sharpness(
    labels: LabelDifferences, points: NDArray[np.floating] | Pixels, seed: int = 0
) -> Findings:
    """Measure the sharpness of points as pixels."""
    pixels = points if isinstance(points, Pixels) else pixels_of(points)
    return label_sharpness(
        label_differences=labels,
        pixels=pixels,
        pixel_distances=pairwise_distances(pixels.values),
        class_names=NAMES,
        random_state=seed,
    )


def embedding_sharpness(
    labels: NDArray[np.int32],
    vectors: NDArray[np.floating],
    present: NDArray[np.bool_] | None = None,
    seed: int = 0,
) -> Findings:
    """Measure the sharpness of points as embeddings."""
    return embedding_label_sharpness(
        label_differences=of_classes(labels),
        embeddings=embedded(vectors, present),
        class_names=NAMES,
        random_state=seed,
    )
