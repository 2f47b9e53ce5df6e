"""How sharply labels change from one image to the next."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from labelaudit.inputs.konz2024 import Konz2024
from labelaudit.inputs.label_differences import LabelDifferences
from labelaudit.inputs.pixels import Pixels
from labelaudit.measures import Findings, measure
from labelaudit.measures.label_sharpness.as_published import published_table, sharpness_as_published
from labelaudit.measures.label_sharpness.sharpness import sharpness_findings
from labelaudit.measures.label_sharpness.sharpness_pool import pool_of
from labelaudit.statistics.nearest_enemy import draw_pool


@measure(family="label_sharpness", title="Label sharpness")
def label_sharpness(
    label_differences: LabelDifferences,
    pixels: Pixels,
    pixel_distances: NDArray[np.float32],
    class_names: tuple[str, ...],
    random_state: int,
    konz2024: Konz2024 | None = None,
) -> Findings:
    """Measure how similar images with different labels can be: how sharply labels change.

    K_F is the Lipschitz constant of the labels over the images: how much labels change over a
    distance, at most. For classes it is one over the smallest distance between two of them. It is
    computed as the paper defines it; the code published with the paper compares pairs of one class
    instead, so its output is another quantity. Beside it is what it takes to read it: a quantile
    that does not hang on a single pair, its value under shuffled labels, its value for other
    numbers of images, and the distance to the nearest image of another class (enemy) over that to
    the nearest of the same class (friend).

    Formula
    -------
    Over images x_i with labels y_i, as vectors of pixels in [0, 1]; |y_i - y_j| is 1 for different
    classes and 0 for equal ones, 1 less the Jaccard index for sets of labels, and the absolute
    difference for numbers (then K_F has their unit):

    - kf_max: max over pairs of |y_i - y_j| / ||x_i - x_j||_2, mean over 25 draws of M = 1,000 (one
      draw of all, if there are fewer)
    - kf_q05: of classes, one over the 5 % quantile of the distances to the nearest enemy, in the
      same draws; of other labels, the largest ratio of each image, which 5 % of them exceed
    - kf_null_ratio: kf_max over its mean with the labels of each draw shuffled, 100 shuffles in
      all (the larger draws of the table by size have fewer); below 1 labels follow the
      images, near 1 K_F says nothing about them
    - enemy_friend_ratio (of classes): median over all images compared of the distance to the
      nearest enemy over that to the nearest friend; above 1 the classes are apart
    - nearest_neighbor_error (of classes): share of them for which that ratio is below 1, the
      leave-one-out error of the nearest neighbor; a tie is no error, and an image alone in its
      class is one. Beside it is what shuffled labels would give, 1 - sum n_c (n_c - 1) / N (N - 1)
    - neighbor_change_ratio (of sets and numbers): mean |y_i - y_j| of nearest neighbors over that
      of any two images; near 0 labels follow the images, near 1 they do not
    - contradictory_duplicates: pairs of equal images with different labels. They would make K_F
      infinite, and are left out of the first three
    - konz2024_sharpness, with --compat konz2024: K_F over images whose brightest number is brought
      to 255, at 224 x 224 pixels, bilinear, of one channel where all are gray: mean over at most
      five random pairs of classes and 25 draws of 1,000 images of each
    - konz2024_paired_sharpness: the same over 2,000 random pairs of images, as many as the
      published code compares. It alone is placed among the eleven published datasets: of CIFAR-10
      it comes out as published, and K_F over all pairs a third higher

    Intervals over draws are t-intervals, widened as the draws share images: times the root of
    1 + R M / (n - M) for R draws of M out of n. That of the error counts images as fewer, as they
    share neighbors.

    Range
    -----
    0 or more, the error at most 1. Lower is better, but for the enemy-to-friend ratio.

    Undefined
    ---------
    The first three, when images with different labels never differ, or when half of a draw is of
    classes with fewer than 30 images in it: such a class is left out of that draw, and its row of
    the table by class is undefined. The enemy-to-friend ratio, when half of the images equal
    another one of their class. Fewer than 30 images, labels that are all equal, or images that are
    all equal are not measured.

    Not comparable
    --------------
    The eleven published values with one another: seven datasets have one channel and four have
    three, which alone makes 1.7 times; each is one draw of some pairs of classes. K_F between
    images of different size, channels or range: it is in 1/[0, 1] units, 255 times
    that of 8-bit levels, and gray images copied to three channels read sqrt(3) lower. Anything
    between draws of different size, as every distance shrinks with more images: K_F of two classes
    of CIFAR-10 is 0.109 at M = 100 and 0.162 at 10,000, and the null ratio falls from 0.78 to 0.56
    between M = 100 and 2,000.

    Parameters
    ----------
    label_differences
        The labels, and how different any two are.
    pixels
        Images of a sample of the items, all of one size, scaled to [0, 1].
    pixel_distances
        The distances between them.
    class_names
        Names of all declared classes.
    random_state
        Seed of the draws.
    konz2024
        What the paper's own protocol gives; None where that was not asked for.

    Returns
    -------
    Values with intervals over the draws, and tables by class, quantile and number of images.

    Raises
    ------
    MissingInputError
        When fewer than 30 labelled items have an image, or all images or all labels are equal.

    References
    ----------
    Konz and Mazurowski (2024), "The effect of intrinsic dataset properties on generalization:
    unraveling learning differences between natural and medical images", ICLR,
    arXiv:2401.08865. The quantile, the ratios and the shuffles are labelaudit's own.
    """
    rows = np.flatnonzero(label_differences.labelled[pixels.items])
    chosen = draw_pool(rows, random_state)
    pool = pool_of(
        pixels.items[chosen],
        pixels.values[chosen],
        pixel_distances[np.ix_(chosen, chosen)],
        label_differences,
        total=pixels.n_candidates,
    )
    found = sharpness_findings(pool, label_differences, class_names, random_state)
    single = label_differences.kind == "classes"
    return replace(
        found,
        values=(*found.values, *sharpness_as_published(konz2024)),
        tables=(*found.tables, *((published_table("sharpness"),) if single else ())),
        parameters={**found.parameters, "space": pixels.space},
    )
