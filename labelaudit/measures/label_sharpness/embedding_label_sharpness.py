"""How sharply labels change from one embedding to the next."""

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings import Embeddings
from labelaudit.inputs.label_differences import LabelDifferences
from labelaudit.measures import Findings, measure
from labelaudit.measures.label_sharpness.sharpness import sharpness_findings
from labelaudit.measures.label_sharpness.sharpness_pool import pool_of
from labelaudit.statistics.nearest_enemy import draw_pool, pairwise_distances


@measure(family="label_sharpness", title="Label sharpness of the embeddings")
def embedding_label_sharpness(
    label_differences: LabelDifferences,
    embeddings: Embeddings,
    class_names: tuple[str, ...],
    random_state: int,
    embedding_hashes: NDArray[np.uint64] | None = None,
) -> Findings:
    """Measure how close samples with different labels are, as the embedding model sees them.

    The same values as of label_sharpness, with embeddings in place of pixels. At most 4,000
    labelled samples are drawn, with a seed, and all of their distances are compared exactly.

    Formula
    -------
    Over embeddings x_i with labels y_i; |y_i - y_j| is 1 for different classes and 0 for equal
    ones, 1 less the Jaccard index for sets of labels, and the absolute difference for numbers; an
    enemy is a sample of another class, a friend one of the same:

    - kf_max: max over pairs of |y_i - y_j| / ||x_i - x_j||_2, mean over 25 draws of M = 1,000 (one
      draw of all, if there are fewer)
    - kf_q05: of classes, one over the 5 % quantile of the distances to the nearest enemy, in the
      same draws; of other labels, the largest ratio of each sample, which 5 % of them exceed
    - kf_null_ratio: kf_max over its mean with the labels of each draw shuffled, 100 shuffles in
      all (the larger draws of the table by size have fewer); below 1 labels follow the
      embeddings, near 1 K_F says nothing about them
    - enemy_friend_ratio (of classes): median over all samples drawn of the distance to the nearest
      enemy over that to the nearest friend; above 1 the classes are apart
    - nearest_neighbor_error (of classes): share of them for which that ratio is below 1; a tie is
      no error, and a sample alone in its class is one. Shuffled labels would give
      1 - sum n_c (n_c - 1) / N (N - 1)
    - neighbor_change_ratio (of sets and numbers): mean |y_i - y_j| of nearest neighbors over that
      of any two samples; near 0 labels follow the embeddings, near 1 they do not
    - contradictory_duplicates: pairs of equal embeddings with different labels, left out of the
      first three

    Intervals over draws are t-intervals, widened as the draws share samples: times the root of
    1 + R M / (n - M) for R draws of M out of n. That of the error counts samples as fewer, as they
    share neighbors.

    Range
    -----
    0 or more, the error at most 1. Lower is better, but for the enemy-to-friend ratio.

    Undefined
    ---------
    The first three, when samples with different labels never differ, or when half of a draw is of
    classes with fewer than 30 samples in it: such a class is left out of that draw, and its row of
    the table by class is undefined. The enemy-to-friend ratio, when half of the samples equal
    another one of their class. Fewer than 30 samples, labels that are all equal, or embeddings
    that are all equal are not measured.

    Not comparable
    --------------
    Between embedding models, as K_F has the unit of their distances; with the sharpness of
    pixels; and between draws of different size, which move the null ratio, too.

    Parameters
    ----------
    label_differences
        The labels, and how different any two are.
    embeddings
        One vector an item.
    class_names
        Names of all declared classes.
    random_state
        Seed of the sample and of the draws.
    embedding_hashes
        A hash of each embedding; in its order the sample does not depend on the manifest's.

    Returns
    -------
    Values with intervals over the draws, and tables by class, quantile and number of samples.

    Raises
    ------
    MissingInputError
        When fewer than 30 labelled items have an embedding, or all embeddings or all labels are
        equal.

    References
    ----------
    Konz and Mazurowski (2024), "The effect of intrinsic dataset properties on generalization:
    unraveling learning differences between natural and medical images", ICLR,
    arXiv:2401.08865.
    """
    rows = np.flatnonzero(label_differences.labelled & embeddings.present)
    if embedding_hashes is not None:
        rows = rows[np.argsort(embedding_hashes[rows], kind="stable")]
    chosen = draw_pool(rows, random_state)
    vectors = embeddings.vectors[chosen]
    pool = pool_of(chosen, vectors, pairwise_distances(vectors), label_differences, total=len(rows))
    return sharpness_findings(pool, label_differences, class_names, random_state)
