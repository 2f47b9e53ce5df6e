"""Items that are nearly the same: neighbors in the embedding, confirmed by what they hold."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from labelaudit.blocks import row_blocks
from labelaudit.embeddings.content import Content
from labelaudit.inputs.columns import Splits
from labelaudit.inputs.labels import Conflicts
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.inputs.texts import ReadText
from labelaudit.measures import Findings, Ranking, measure
from labelaudit.measures.rankings import grouped
from labelaudit.report import Scalar
from labelaudit.statistics.groups import Groups, groups_of
from labelaudit.statistics.shingles import MOST_CHARACTERS, N_CHARACTERS, jaccard, shingles
from labelaudit.tabulate import Specification, exact_values

N_CANDIDATES = 5
MAX_DIFFERENCE = 0.15
MIN_JACCARD = 0.8
N_KEPT = 4096  # texts whose shingles are kept for their neighbors
SPECIFICATIONS: tuple[Specification, ...] = (
    ("near_duplicates_count", "Items in groups of near duplicates", "count", "lower"),
    (
        "contradictory_near_duplicates_count",
        "of these, in groups with different labels",
        "count",
        "lower",
    ),
    ("near_duplicates_across_splits_count", "of these, in groups across splits", "count", "lower"),
)


@measure(family="integrity", title="Near duplicates")
def near_duplicates(
    content: Content,
    neighbors: Neighbors,
    file_copies: NDArray[np.int64],
    label_conflicts: Conflicts,
    splits: Splits,
    texts: ReadText | None = None,
) -> Findings:
    """Find items that are copies of each other but for compression, size or small edits.

    Candidates are an item's five nearest neighbors in the embedding. An image is confirmed
    by the pixels: a 16 x 16 gray copy of each is brought to mean 0 and length 1, and the two
    must nearly coincide. A text is confirmed by its characters: the two must share nearly all
    runs of five, whatever their case and white space. Confirmed pairs join into groups. Exact
    copies are left to *integrity*: a group of which all files are equal is none here.

    Formula
    -------
    Images: || g_i / |g_i| - g_j / |g_j| || <= 0.15 for gray copies g less their mean, which is a
    correlation of at least 0.989. Texts: the Jaccard index |s_i and s_j| / |s_i or s_j| of their
    sets s of five-character shingles is at least 0.8; of a text the first 10,000 characters
    count. An item of a confirmed pair counts, once.

    Range
    -----
    Counts of items from 0; lower is better.

    Undefined
    ---------
    Without items that can be read, or embeddings; across splits, without splits. A flat image,
    of one gray, has no direction and is left out.

    Not comparable
    --------------
    Between tolerances, or between images and texts. Cropped, mirrored or rotated copies are
    mostly not found, and different images of very plain content may be taken for copies, as may
    texts of one template: the groups are to be looked at.

    Parameters
    ----------
    content
        What the files say, gray copies among it.
    neighbors
        Nearest neighbors of each item in the embedding.
    file_copies
        A number an item that items of equal files share.
    label_conflicts
        Tells in which groups of items labels contradict each other.
    splits
        The split of each item.
    texts
        Reads the text of an item; None when the items are images.

    Returns
    -------
    Counts, and the groups.

    Raises
    ------
    MissingInputError
        By its inputs: without items that can be read, or embeddings.

    References
    ----------
    Shingles: A. Broder (1997), "On the resemblance and containment of documents".
    """
    if texts is None:
        pairs = confirmed_pairs(content, neighbors)
        parameters: dict[str, Scalar] = {"max_difference": MAX_DIFFERENCE}
    else:
        pairs = confirmed_texts(texts, content, neighbors)
        parameters = {
            "min_jaccard": MIN_JACCARD,
            "shingle_characters": N_CHARACTERS,
            "most_characters": MOST_CHARACTERS,
        }
    groups = joined(pairs, len(file_copies))
    groups = groups.only(groups.disagree(file_copies))
    contradictory = groups.only(label_conflicts(groups))
    leaked = groups.only(groups.disagree(splits.codes))
    numbers = {
        "near_duplicates_count": len(groups.items),
        "contradictory_near_duplicates_count": len(contradictory.items),
        "near_duplicates_across_splits_count": len(leaked.items) if splits.names else None,
    }
    missing = "" if splits.names else "There are no splits."
    return Findings(
        values=exact_values(
            SPECIFICATIONS, numbers, {"near_duplicates_across_splits_count": missing}
        ),
        rankings=_rankings(groups, contradictory),
        parameters=parameters | {"candidates": N_CANDIDATES},
        columns={"is_near_duplicate": groups.marked(len(file_copies))},
    )


def confirmed_pairs(content: Content, neighbors: Neighbors) -> NDArray[np.int64]:
    """Return the pairs of near neighbors whose gray copies nearly coincide, shape ``(n, 2)``."""
    found = [np.empty((0, 2), dtype=np.int64)]
    width = min(N_CANDIDATES, neighbors.indices.shape[1])
    for block in row_blocks(len(content.status)):
        rows = np.arange(block.start, block.stop)
        own, flat = _directions(content.signatures[rows])
        for slot in range(width):
            other = neighbors.indices[rows, slot]
            usable = (other >= 0) & ~flat
            theirs, their_flat = _directions(content.signatures[np.maximum(other, 0)])
            close = usable & ~their_flat
            close &= np.linalg.norm(own - theirs, axis=1) <= MAX_DIFFERENCE
            found.append(np.stack([rows[close], other[close].astype(np.int64)], axis=1))
    return np.concatenate(found)


def confirmed_texts(texts: ReadText, content: Content, neighbors: Neighbors) -> NDArray[np.int64]:
    """Return the pairs of near neighbors that share nearly all shingles, shape ``(n, 2)``."""
    width = min(N_CANDIDATES, neighbors.indices.shape[1])
    readable = content.readable
    candidates = {
        (min(item, other), max(item, other))
        for item in np.flatnonzero(readable).tolist()
        for other in neighbors.indices[item, :width].tolist()
        if other >= 0 and readable[other]
    }
    of_item = lru_cache(N_KEPT)(lambda item: shingles(texts(item)))
    found = [
        (one, other)
        for one, other in sorted(candidates)
        if jaccard(of_item(one), of_item(other)) >= MIN_JACCARD
    ]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def joined(pairs: NDArray[np.int64], n: int) -> Groups:
    """Return the groups that pairs join their items into.

    Examples
    --------
    >>> joined(np.array([[0, 2], [2, 4], [3, 5]]), 6).items.tolist()
    [0, 2, 4, 3, 5]
    """
    links = coo_array((np.ones(len(pairs), dtype=bool), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    _, codes = connected_components(links, directed=False)
    return groups_of(codes.astype(np.int64))


def _directions(
    signatures: NDArray[np.uint8],
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return gray copies of mean 0 and length 1, and which were of one gray."""
    gray = signatures.astype(np.float32)
    gray -= gray.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(gray, axis=1)
    flat = lengths < signatures.shape[1] ** 0.5
    gray /= np.where(flat, np.float32(1), lengths)[:, None]
    return gray, flat


def _rankings(groups: Groups, contradictory: Groups) -> tuple[Ranking, ...]:
    shown = (
        ("contradictory_near_duplicates", "Near duplicates with different labels", contradictory),
        ("near_duplicates", "Near duplicates", groups),
    )
    return tuple(grouped(*each) for each in shown if len(each[2].items))
