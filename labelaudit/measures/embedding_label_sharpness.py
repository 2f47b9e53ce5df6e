"""How sharply labels change from one embedding to the next."""

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings import Embeddings
from labelaudit.measures import Findings, measure
from labelaudit.measures.nearest_enemy import draw_pool
from labelaudit.measures.sharpness import sharpness_findings


@measure(family="label_sharpness", title="Label sharpness of the embeddings")
def embedding_label_sharpness(
    labels: NDArray[np.int32], embeddings: Embeddings, random_state: int
) -> Findings:
    """Measure how close, as the embedding model sees them, samples of different classes are.

    The values are those of `label_sharpness`, with embeddings x_i in place of pixels; see
    there for what each means. At most 4,000 labelled samples are drawn (seeded), and all of
    their distances are compared exactly:

    - kf_max: K_F = max over pairs of [y_i != y_j] / ||x_i - x_j||, one over the smallest
      distance between two classes, as a mean over 25 draws of 1,000 samples; 0 or more;
    - kf_q05: one over the 5 % quantile of the distances to the nearest sample of another
      class, which hardly depends on single pairs; 0 or more;
    - kf_null_ratio: K_F over its mean with shuffled labels; near 1, K_F says nothing about
      the classes; 0 or more;
    - enemy_friend_ratio: median over samples of the distance to the nearest sample of another
      class over that to the nearest of the same class; 0 or more, free of scale;
    - nearest_neighbor_error: share of samples for which that ratio is below 1;
    - contradictory_duplicates: pairs of equal embeddings with different labels.

    Higher is better for the enemy-to-friend ratio, lower for all others. K_F is undefined
    when samples of different classes never differ. Not comparable between embedding models
    (K_F has the unit of their distances), between samples of different size (K_F grows with
    it), or with the sharpness of pixels.

    Parameters
    ----------
    labels
        Class of each item, ``-1`` when unlabelled, shape ``(n_samples,)``.
    embeddings
        One vector an item.
    random_state
        Seed of the sample and of the draws.

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
    chosen = draw_pool(rows, labels[rows], random_state)
    return sharpness_findings(
        labels[chosen], embeddings.vectors[chosen], random_state, total=len(rows)
    )
