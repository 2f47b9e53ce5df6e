"""How many dimensions the images fill, as pixels."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from labelaudit.inputs.konz2024 import Konz2024
from labelaudit.inputs.label_differences import LabelDifferences
from labelaudit.inputs.pixels import Pixels
from labelaudit.measures import Findings, measure
from labelaudit.measures.label_sharpness.as_published import dimension_as_published, published_table
from labelaudit.measures.label_sharpness.dimension import dimension_findings
from labelaudit.measures.label_sharpness.dimension_points import (
    Points,
    classes_of,
    nearest_in,
    without_copies,
)
from labelaudit.statistics.nearest_enemy import content_numbers


@measure(family="label_sharpness", title="Intrinsic dimension of the data (pixels)")
def intrinsic_dimension(
    pixels: Pixels,
    pixel_distances: NDArray[np.float32],
    class_names: tuple[str, ...],
    random_state: int,
    label_differences: LabelDifferences | None = None,
    near_copies: NDArray[np.int64] | None = None,
    konz2024: Konz2024 | None = None,
) -> Findings:
    """Measure how many numbers it takes to describe an image among its neighbors, as pixels.

    It is the dimension of the surface that the images lie on, not the number of their pixels. It
    is a property of the data; that of the representation is embedding_intrinsic_dimension. At most
    4,000 images are compared, in a small size: the value is that of so many.

    Formula
    -------
    Over the images as vectors of pixels, equal ones and near copies once (near copies as
    near_duplicates finds them, unless they are more than a tenth); T_j is the distance of an image
    to its j-th neighbor:

    - intrinsic_dimension: (k - 1) / mean over images of sum over j < k of ln(T_k / T_j), k = 20
    - twonn_dimension: (N - 1) / sum over images of ln(T_2 / T_1)
    - twonn_line_dimension: slope of the line through the origin of -ln(1 - i / N) over the sorted
      ln(T_2 / T_1), less the largest tenth
    - dimension_at_1000: intrinsic_dimension of 1,000 images, mean of five draws: the value to
      compare datasets by
    - too_near_share: share of images whose T_1 / T_10 is lower than that of one in 10,000 would be
      at this dimension
    - by neighbors: the first for k = 5, 10, 20, 50, where there are ten images for each neighbor
    - by scale (Gride): the likeliest dimension for the ratio T_2n / T_n, n = 1, 2, ..., 32
    - by class: for classes of at least 500 images, also at 500
    - konz2024_dimension, with --compat konz2024: (k - 2) / mean of the sums, of at most five random
      pairs of classes at 224 x 224, mean over 500, 750, ..., 1,750 images of each pair. It alone
      can be placed among the eleven published datasets

    Intervals are 1.96 times 1.4 standard errors: neighborhoods overlap, and a standard error that
    ignores it is 1.1 to 1.35 times too small. They cover the sampling alone.

    Range
    -----
    Above 0. Neither is good as such; published results associate a lower dimension, other things
    being equal, with learning from fewer samples, so that lower is better in that sense alone.

    Undefined
    ---------
    Fewer than 200 different images are not measured, nor images of which the 20 nearest of each are
    at one distance; TwoNN, where the two nearest of each are; the value at 1,000, with fewer.

    Not comparable
    --------------
    Between different numbers of images: the same classes of CIFAR-10 read 14.9 at 500 images and
    18.3 at 1,750; compare dimension_at_1000. Between image sizes; and with published values that
    carry a factor of (k - 2) / (k - 1), which is 5 % at k = 20 and 25 % at k = 5. Above about 10
    every estimate is a lower bound: 20 dimensions of normal numbers read 14.6 at 1,000 points, and
    16.8 at 16,000. Near copies pull it down, noise pulls it up at small scales.

    Parameters
    ----------
    pixels
        Images of a sample of the items, all of one size.
    pixel_distances
        The distances between them.
    class_names
        Names of all declared classes.
    random_state
        Seed of the draws.
    label_differences
        The labels, for the values by class.
    near_copies
        A number an item that near copies share; None where they are not known.
    konz2024
        What the paper's own protocol gives; None where that was not asked for.

    Returns
    -------
    Values with intervals, and tables by neighbors, scale, number of images and class.

    Raises
    ------
    MissingInputError
        When fewer than 200 images differ, or the 20 nearest of each are at one distance.

    References
    ----------
    Levina and Bickel (2004), MacKay and Ghahramani (2005), Facco et al. (2017), Denti et al.
    (2022). Of images: Pope et al. (2021), arXiv:2104.08894; Konz and Mazurowski (2024),
    arXiv:2401.08865.
    """
    near = None if near_copies is None else near_copies[pixels.items]
    every = np.arange(len(pixels.items))
    distinct = without_copies(every, content_numbers(pixels.values), near)
    rows = distinct.rows

    def nearest(
        among: NDArray[np.int64], anchors: NDArray[np.int64], k: int
    ) -> NDArray[np.float64]:
        return nearest_in(pixel_distances[np.ix_(anchors, among)], k)

    points = Points(
        rows=rows,
        n_removed=distinct.n_removed,
        n_near=distinct.n_near,
        near_removed=distinct.near_removed,
        with_near=distinct.with_near,
        between=lambda among: pixel_distances[np.ix_(among, among)],
        nearest=nearest,
        classes=classes_of(pixels.items[rows], label_differences),
        what="images",
    )
    found = dimension_findings(points, class_names, random_state)
    single = label_differences is not None and label_differences.kind == "classes"
    return replace(
        found,
        values=(*found.values, *dimension_as_published(konz2024)),
        tables=(*found.tables, *((published_table("dimension"),) if single else ())),
        parameters={**found.parameters, "space": pixels.space},
    )
