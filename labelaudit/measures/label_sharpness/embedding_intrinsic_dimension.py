"""How many dimensions the embeddings fill."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings import Embeddings
from labelaudit.errors import MissingInputError
from labelaudit.inputs.label_differences import LabelDifferences
from labelaudit.measures import Findings, measure
from labelaudit.measures.label_sharpness.dimension import dimension_findings
from labelaudit.measures.label_sharpness.dimension_points import Points, classes_of, without_copies
from labelaudit.statistics.anchors import nearest_distances
from labelaudit.statistics.nearest_enemy import pairwise_distances

SAME_LENGTH = 0.01


@measure(family="label_sharpness", title="Intrinsic dimension of the representation (embeddings)")
def embedding_intrinsic_dimension(
    embeddings: Embeddings,
    embedding_hashes: NDArray[np.uint64],
    copies: NDArray[np.int64],
    class_names: tuple[str, ...],
    n_threads: int,
    random_state: int,
    label_differences: LabelDifferences | None = None,
    near_copies: NDArray[np.int64] | None = None,
) -> Findings:
    """Measure how many numbers it takes to describe a sample among its neighbors, as embedded.

    It says how much of its features an embedding model uses for this dataset. It is a property of
    the representation, not of the data: that is intrinsic_dimension. The neighbors of at most
    4,000 samples are looked for among all, which keeps the scale that all samples have.

    Formula
    -------
    The values of intrinsic_dimension, over embeddings and their Euclidean distances, equal ones
    and near copies once; T_j is the distance of a sample to its j-th neighbor:

    - intrinsic_dimension: (k - 1) / mean over samples of sum over j < k of ln(T_k / T_j), k = 20
    - twonn_dimension: (N - 1) / sum over samples of ln(T_2 / T_1)
    - twonn_line_dimension: slope of the line through the origin of -ln(1 - i / N) over the sorted
      ln(T_2 / T_1), less the largest tenth
    - dimension_at_1000: intrinsic_dimension of 1,000 samples, mean of five draws
    - too_near_share: share of samples whose T_1 / T_10 is lower than that of one in 10,000 would be
      at this dimension
    - by neighbors: the first for k = 5, 10, 20, 50, where there are ten samples for each neighbor
    - by scale (Gride): the likeliest dimension for the ratio T_2n / T_n, n = 1, 2, ..., 32
    - by class: for classes of at least 500 samples, also at 500

    Intervals are 1.96 times 1.4 standard errors, and cover the sampling alone.

    Range
    -----
    Above 0. Neither is good as such: a low one can mean that the model leaves out what tells
    classes apart, a high one that it keeps noise; lower is better only as it takes fewer samples
    to fill.

    Undefined
    ---------
    Fewer than 200 different embeddings are not measured, nor embeddings of which some differ by
    nothing in single precision, or of which the 20 nearest of each are at one distance; TwoNN,
    where the two nearest of each are; the value at 1,000, with fewer than 1,000.

    Not comparable
    --------------
    Between embedding models; with the dimension of the pixels; between different numbers of
    samples, so compare dimension_at_1000. Embeddings of unit length have about one dimension less.
    Above about 10 every estimate is a lower bound. All samples together read lower than one class
    of as many, where classes are apart.

    Parameters
    ----------
    embeddings
        One vector an item.
    embedding_hashes
        A hash of each embedding; in its order the sample does not depend on the manifest's.
    copies
        A number an item that items of equal embedding share.
    class_names
        Names of all declared classes.
    n_threads
        Neighbors are looked for in so many threads; it changes no result.
    random_state
        Seed of the draws.
    label_differences
        The labels, for the values by class.
    near_copies
        A number an item that near copies share; None where they are not known.

    Returns
    -------
    Values with intervals, and tables by neighbors, scale, number of samples and class.

    Raises
    ------
    MissingInputError
        When fewer than 200 embeddings differ, or some differ by so little that their distance is
        0 in single precision.

    References
    ----------
    Levina and Bickel (2004), MacKay and Ghahramani (2005), Facco et al. (2017), Denti et al.
    (2022). Of representations: Ansuini et al. (2019), arXiv:1905.12784.
    """
    present = np.flatnonzero(embeddings.present)
    present = present[np.argsort(embedding_hashes[present], kind="stable")]
    near = None if near_copies is None else near_copies[present]
    distinct = without_copies(present, copies[present], near)
    rows = distinct.rows

    def nearest(
        among: NDArray[np.int64], anchors: NDArray[np.int64], k: int
    ) -> NDArray[np.float64]:
        found = nearest_distances(embeddings.vectors, among, anchors, k, n_threads=n_threads)
        if not found.all():
            raise MissingInputError(
                "some embeddings differ by less than single precision tells from nothing: "
                "multiply them all by one number"
            )
        return found

    points = Points(
        rows=rows,
        n_removed=distinct.n_removed,
        n_near=distinct.n_near,
        near_removed=distinct.near_removed,
        with_near=distinct.with_near,
        between=lambda among: pairwise_distances(embeddings.vectors[among]),
        nearest=nearest,
        classes=classes_of(rows, label_differences),
        what="embeddings",
    )
    found = dimension_findings(points, class_names, random_state)
    lengths = np.linalg.norm(embeddings.vectors[rows[:1000]].astype(np.float64), axis=1)
    equal = bool(np.ptp(lengths) < SAME_LENGTH * lengths.mean())
    first, *others = found.values
    if equal:
        note = f"{first.note}; the embeddings are of unit length, which takes about 1 from it"
        first = replace(first, note=note)
    return replace(
        found,
        values=(first, *others),
        parameters={**found.parameters, "equal_lengths": equal},
    )
