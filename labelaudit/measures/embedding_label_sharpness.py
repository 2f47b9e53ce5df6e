"""How sharply labels change from one embedding to the next."""

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings import Embeddings
from labelaudit.measures import Findings, measure
from labelaudit.measures.sharpness import sharpness_findings
from labelaudit.statistics.nearest_enemy import draw_pool


@measure(family="label_sharpness", title="Label sharpness of the embeddings")
def embedding_label_sharpness(
    labels: NDArray[np.int32],
    embeddings: Embeddings,
    random_state: int,
    embedding_hashes: NDArray[np.uint64] | None = None,
) -> Findings:
    """Measure how close samples of different classes are, as the embedding model sees them.

    The same values as of label_sharpness, with embeddings in place of pixels. At most 4,000
    labelled samples are drawn, with a seed, and all of their distances are compared exactly.

    Formula
    -------
    Over embeddings x_i with labels y_i; an enemy is a sample of another class, a friend one of
    the same:

    - kf_max: max over pairs of [y_i != y_j] / ||x_i - x_j||_2, mean over 25 draws of 1,000 (one
      draw of all, if there are fewer)
    - kf_q05: one over the 5 % quantile of the distances to the nearest enemy, in the same draws
    - kf_null_ratio: kf_max over its mean with the labels of each draw shuffled, 100 shuffles in
      all; below 1 the classes are apart, near 1 K_F says nothing about them
    - enemy_friend_ratio: median over all samples drawn of the distance to the nearest enemy over
      that to the nearest friend; above 1 the classes are apart
    - nearest_neighbor_error: share of them for which that ratio is below 1; a tie is no error,
      and a sample alone in its class is one
    - contradictory_duplicates: pairs of equal embeddings with different labels, left out of the
      first three

    Range
    -----
    0 or more, the error at most 1. Lower is better, but for the enemy-to-friend ratio.

    Undefined
    ---------
    The first three, when samples of different classes never differ; the enemy-to-friend ratio,
    when half of the samples equal another one of their class. A class of fewer than 30 samples
    in a draw is noted; fewer than 30 samples, or one class, are not measured.

    Not comparable
    --------------
    Between embedding models, as K_F has the unit of their distances; with the sharpness of
    pixels; and, but for the null ratio, between draws of different size.

    Parameters
    ----------
    labels
        Class of each item, ``-1`` when unlabelled, shape ``(n_samples,)``.
    embeddings
        One vector an item.
    random_state
        Seed of the sample and of the draws.
    embedding_hashes
        A hash of each embedding; in its order the sample does not depend on the manifest's.

    Returns
    -------
    Values with intervals over the draws.

    Raises
    ------
    MissingInputError
        When fewer than 30 labelled items have an embedding, or those drawn are of one
        class.

    References
    ----------
    Konz and Mazurowski (2024), "The effect of intrinsic dataset properties on generalization:
    unraveling learning differences between natural and medical images", ICLR,
    arXiv:2401.08865.

    Examples
    --------
    Two classes of 20 points one apart, and two between the nearest of different classes:

    >>> points = np.array([*range(20), *range(21, 41)], dtype=np.float32)[:, None]
    >>> present = np.ones(40, dtype=bool)
    >>> line = Embeddings(
    ...     vectors=points, present=present, model="", model_sha256="", preprocessing=""
    ... )
    >>> found = embedding_label_sharpness(np.repeat(np.int32([0, 1]), 20), line, 0)
    >>> found.values[0].value
    0.5
    """
    rows = np.flatnonzero((labels >= 0) & embeddings.present)
    if embedding_hashes is not None:
        rows = rows[np.argsort(embedding_hashes[rows], kind="stable")]
    chosen = draw_pool(rows, labels[rows], random_state)
    return sharpness_findings(
        labels[chosen], embeddings.vectors[chosen], random_state, total=len(rows)
    )
