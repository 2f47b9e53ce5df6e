"""How sharply labels change from one image to the next."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from labelaudit.inputs.pixels import Pixels
from labelaudit.measures import Findings, measure
from labelaudit.measures.sharpness import sharpness_findings
from labelaudit.statistics.nearest_enemy import draw_pool


@measure(family="label_sharpness", title="Label sharpness")
def label_sharpness(labels: NDArray[np.int32], pixels: Pixels, random_state: int) -> Findings:
    """Measure how similar images of different classes can be: how sharply labels change.

    K_F is the Lipschitz constant of the labels over the images: one over the smallest distance
    between two classes. It is computed as the paper defines it; the code published with the
    paper compares pairs of one class instead, so its output is another quantity. Beside it is
    what it takes to read it: a quantile that does not hang on a single pair, its value under
    shuffled labels, and the distance to the nearest image of another class (enemy) over that to
    the nearest of the same class (friend).

    Formula
    -------
    Over images x_i with labels y_i, as vectors of pixels in [0, 1]:

    - kf_max: max over pairs of [y_i != y_j] / ||x_i - x_j||_2, mean over 25 draws of 1,000 (one
      draw of all, if there are fewer)
    - kf_q05: one over the 5 % quantile of the distances to the nearest enemy, in the same draws
    - kf_null_ratio: kf_max over its mean with the labels of each draw shuffled, 100 shuffles in
      all; below 1 the classes are apart, near 1 K_F says nothing about them
    - enemy_friend_ratio: median over all images drawn of the distance to the nearest enemy over
      that to the nearest friend; above 1 the classes are apart
    - nearest_neighbor_error: share of them for which that ratio is below 1, the leave-one-out
      error of the nearest neighbor; a tie is no error, and an image alone in its class is one
    - contradictory_duplicates: pairs of equal images with different labels. They would make K_F
      infinite, and are left out of the first three

    Range
    -----
    0 or more, the error at most 1. Lower is better, but for the enemy-to-friend ratio.

    Undefined
    ---------
    The first three, when images of different classes never differ; the enemy-to-friend ratio,
    when half of the images equal another one of their class. A class of fewer than 30 images in
    a draw is noted; fewer than 30 images, or one class, are not measured.

    Not comparable
    --------------
    K_F between images of different size, channels or range: it is in 1/[0, 1] units, 255 times
    that of 8-bit levels, and gray images copied to three channels read sqrt(3) lower. All but
    the null ratio between draws of different size, as every distance shrinks with more images.

    Parameters
    ----------
    labels
        Class of each item, ``-1`` when unlabelled, shape ``(n_samples,)``.
    pixels
        Images of a sample of the items, all of one size, scaled to [0, 1].
    random_state
        Seed of the draws.

    Returns
    -------
    Values with intervals over the draws.

    Raises
    ------
    MissingInputError
        When fewer than 30 labelled items have an image, or those drawn are of one class.

    References
    ----------
    Konz and Mazurowski (2024), "The effect of intrinsic dataset properties on generalization:
    unraveling learning differences between natural and medical images", ICLR,
    arXiv:2401.08865. The quantile, the ratios and the shuffles are labelaudit's own.

    Examples
    --------
    Two classes of 20 gray levels each, 0.25 between the nearest of different classes:

    >>> levels = np.array([*range(20), *range(35, 55)], dtype=np.float32)[:, None] / 64
    >>> pixels = Pixels(items=np.arange(40), values=levels, space="one gray pixel", n_candidates=40)
    >>> found = label_sharpness(np.repeat(np.int32([0, 1]), 20), pixels, 0)
    >>> found.values[0].value
    4.0
    """
    rows = np.flatnonzero(labels[pixels.items] >= 0)
    chosen = draw_pool(rows, labels[pixels.items[rows]], random_state)
    found = sharpness_findings(
        labels[pixels.items[chosen]],
        pixels.values[chosen],
        random_state,
        total=pixels.n_candidates,
    )
    return replace(found, parameters={**found.parameters, "space": pixels.space})
