"""Items that are nearly the same: neighbors in the embedding, confirmed by what they hold."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from labelaudit.blocks import row_blocks
from labelaudit.embeddings.content import Content
from labelaudit.inputs import provider
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.inputs.texts import ReadText
from labelaudit.statistics.groups import groups_of
from labelaudit.statistics.shingles import jaccard, shingles

N_CANDIDATES = 5
MAX_DIFFERENCE = 0.15
MOST_DIFFERENCE = 0.25  # where other candidates are far away
OF_FARTHEST = 0.18
MIN_JACCARD = 0.8
N_KEPT = 4096  # texts whose shingles are kept for their neighbors


@provider
def near_copies(
    content: Content,
    neighbors: Neighbors,
    file_copies: NDArray[np.int64],
    texts: ReadText | None = None,
) -> NDArray[np.int64]:
    """Return a number an item that exact and near copies share; those without one have their own.

    Candidates are an item's five nearest neighbors in the embedding.
    """
    if texts is None:
        pairs = confirmed_pairs(content, neighbors)
    else:
        pairs = confirmed_texts(texts, content, neighbors)
    exact = groups_of(file_copies)
    following = np.diff(exact.numbers) == 0
    chains = np.stack([exact.items[:-1][following], exact.items[1:][following]], axis=1)
    return joined(np.concatenate([pairs, chains]), len(file_copies))


def confirmed_pairs(
    content: Content, neighbors: Neighbors, most: float = MOST_DIFFERENCE
) -> NDArray[np.int64]:
    """Return the pairs of near neighbors whose gray copies nearly coincide, shape ``(n, 2)``.

    They may differ by 0.15; by up to ``most`` where the item's other candidates differ by far
    more: photographs do, drawings of one kind do not.
    """
    found = [np.empty((0, 2), dtype=np.int64)]
    candidates = neighbors.indices[:, :N_CANDIDATES]
    for block in row_blocks(len(content.status)):
        apart = _differences(content.signatures, block, candidates[block])
        farthest = np.where(np.isfinite(apart), apart, 0).max(axis=1, initial=0)
        allowed = np.maximum(np.minimum(OF_FARTHEST * farthest, most), MAX_DIFFERENCE)
        rows, slots = np.nonzero(apart <= np.minimum(allowed, most)[:, None])
        others = candidates[block][rows, slots].astype(np.int64)
        found.append(np.stack([rows + block.start, others], axis=1))
    return np.concatenate(found)


def _differences(
    signatures: NDArray[np.uint8], block: slice, candidates: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Return how far some items' gray copies are from their candidates'; infinite for flat ones."""
    own, flat = _directions(signatures[block])
    apart = np.full(candidates.shape, np.inf, dtype=np.float32)
    for slot, other in enumerate(candidates.T):
        theirs, their_flat = _directions(signatures[np.maximum(other, 0)])
        usable = (other >= 0) & ~flat & ~their_flat
        apart[usable, slot] = np.linalg.norm(own - theirs, axis=1)[usable]
    return apart


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


def joined(pairs: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Return a number an item that items share which pairs join.

    Examples
    --------
    >>> joined(np.array([[0, 2], [2, 4], [3, 5]]), 6).tolist()
    [0, 1, 0, 2, 0, 2]
    """
    links = coo_array((np.ones(len(pairs), dtype=bool), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    _, codes = connected_components(links, directed=False)
    numbers: NDArray[np.int64] = codes.astype(np.int64)
    return numbers


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
