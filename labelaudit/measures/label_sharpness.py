"""How sharply labels change from one image to the next."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from labelaudit.inputs.pixels import Pixels
from labelaudit.measures import Findings, measure
from labelaudit.measures.nearest_enemy import draw_pool
from labelaudit.measures.sharpness import sharpness_findings


@measure(family="label_sharpness", title="Label sharpness")
def label_sharpness(labels: NDArray[np.int32], pixels: Pixels, random_state: int) -> Findings:
    """Measure how similar images of different classes can be: how sharply labels change.

    Over images x_i with labels y_i, as flat vectors of pixels in [0, 1]:

    - kf_max: K_F = max over pairs of [y_i != y_j] / ||x_i - x_j||, the Lipschitz constant of
      the labels, or one over the smallest Euclidean distance between two classes. It is the
      definition of the paper; the code published with it compares pairs of the same class
      instead, so its output is another quantity. As a maximum it grows with the number of
      images: this is the mean over 25 draws of 1,000 (or one of all, if there are fewer);
    - kf_q05: one over the 5 % quantile of the distances to the nearest image of another
      class, in the same draws: the same idea, without hanging on a single pair;
    - kf_null_ratio: kf_max over its mean with shuffled labels (100 shuffles in all). Below 1
      the classes are apart; near 1, K_F says nothing about them;
    - enemy_friend_ratio: median over images of the distance to the nearest image of another
      class over that to the nearest of the same class; free of scale; above 1 the classes
      are apart;
    - nearest_neighbor_error: share of images for which that ratio is below 1, which is the
      leave-one-out error of the nearest neighbor; ties are no error, and an image alone in
      its class is one;
    - contradictory_duplicates: pairs of equal images with different labels. They would make
      K_F infinite, and are left out of kf_max and kf_q05.

    All are 0 or more, the error at most 1. Higher is better for the enemy-to-friend ratio,
    lower for all others. K_F is undefined when images of different classes never differ.
    K_F is comparable only between images of the same size, channels and value range, and
    draws of the same size: it is in 1/[0, 1] units (255 times that of 8-bit levels), and
    gray images copied to three channels read sqrt(3) lower. The last three values are not
    comparable between samples of different size.

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
    >>> pixels = Pixels(items=np.arange(40), values=levels, space="one gray pixel")
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
        total=int((labels >= 0).sum()),
    )
    return replace(found, parameters={**found.parameters, "space": pixels.space})
