"""Out-of-sample class probabilities: the user's own, or from the embeddings without a model."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from labelaudit.blocks import row_blocks
from labelaudit.embeddings import Embeddings
from labelaudit.errors import MissingInputError
from labelaudit.inputs import provider
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.statistics.linear_probe import fit_linear_probe, log_softmax

N_TUNING_ROWS = 5000
VOTE_SCALE = 0.05
VOTE_FLOOR = 0.05
VOTE_SHARES = (0.0, 0.2, 0.4, 0.6, 0.8)
SHARPNESSES = (0.7, 1.0, 1.4, 2.0, 2.8)
Block = tuple[NDArray[np.int64], NDArray[np.float32]]
View = Callable[[NDArray[np.int64]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PredProbs:
    """Out-of-sample probabilities, in blocks of rows so that they never exist all at once.

    Attributes
    ----------
    source
        Where they come from, in words.
    caveat
        What has to be so that they are out of sample; empty when they are.
    blocks
        Call it to go through them: items of the dataset, ``(n,)``, and the logarithms of their
        class probabilities, float32 ``(n, n_classes)``. Every labelled item of a class with at
        least two items that has an embedding (or a row of the user's) comes once.
    views
        What the probabilities are mixed from, by name: log probabilities of some of the items
        above, ``(n, n_classes)``; empty where there is one view alone.
    refit
        Makes them again from other labels of the same items; None where they were given, so that
        what they have seen cannot be changed.
    """

    source: str
    caveat: str = ""
    blocks: Callable[[], Iterator[Block]]
    views: Mapping[str, View] = field(default_factory=dict)
    refit: "Callable[[NDArray[np.int32]], PredProbs] | None" = None


def user_probs(probs: NDArray[np.floating], labels: NDArray[np.int32], source: str) -> PredProbs:
    """Return the user's own probabilities, shape ``(n_samples, n_classes)``, in blocks."""
    items = np.flatnonzero(labels >= 0)

    def blocks() -> Iterator[Block]:
        for block in row_blocks(len(items)):
            rows = np.asarray(probs[items[block]], dtype=np.float32)
            rows = np.maximum(rows / rows.sum(axis=1, keepdims=True), 1e-12)
            yield items[block], np.log(rows)

    return PredProbs(source=source, blocks=blocks)


@provider
def pred_probs(
    embeddings: Embeddings,
    neighbors: Neighbors,
    copies: NDArray[np.int64],
    labels: NDArray[np.int32],
    class_names: tuple[str, ...],
) -> PredProbs:
    """Mix a leave-one-out linear probe with neighbors' votes, by leave-one-out likelihood.

    The mixture is geometric, and sharpened until it is calibrated to the given labels. An item's
    own label has no part in its probabilities but through four numbers that are tuned on all.
    """
    n_classes = len(class_names)
    counts = np.bincount(labels[(labels >= 0) & embeddings.present], minlength=n_classes)
    if (counts >= 2).sum() < 2:  # noqa: PLR2004 - two classes of two items
        raise MissingInputError("fewer than two classes have two labelled items with an embedding")
    usable = (labels >= 0) & embeddings.present & (counts[np.maximum(labels, 0)] >= 2)  # noqa: PLR2004
    items = np.flatnonzero(usable)
    given = labels[items]
    tuning = np.linspace(0, len(items) - 1, min(len(items), N_TUNING_ROWS)).astype(np.int64)
    vectors = Rows(embeddings.vectors, items)
    probe = fit_linear_probe(vectors, given, n_classes, tuning_rows=tuning)

    def both(rows: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        linear = probe.log_probs(vectors[rows], given[rows])
        return linear, log_votes(neighbors, copies, labels, items[rows], counts)

    share, sharpness = _tuned(*both(tuning), given[tuning])

    def blocks() -> Iterator[Block]:
        for block in row_blocks(len(items)):
            linear, votes = both(np.arange(block.start, block.stop))
            yield items[block], _mixed(linear, votes, share, sharpness)

    return PredProbs(
        source=(
            "leave-one-out linear discriminant "
            f"(shrinkage {probe.shrinkage:g}, temperature {probe.temperature:g}) and votes of "
            f"{neighbors.indices.shape[1]} neighbors, weighted {1 - share:.1f} : {share:.1f}, "
            f"sharpened {sharpness:g} times"
        ),
        blocks=blocks,
        views={
            "linear probe": lambda wanted: probe.log_probs(
                embeddings.vectors[wanted].astype(np.float32), labels[wanted]
            ),
            "neighbors": lambda wanted: log_votes(neighbors, copies, labels, wanted, counts),
        },
        refit=lambda changed: pred_probs(embeddings, neighbors, copies, changed, class_names),
    )


def log_votes(
    neighbors: Neighbors,
    copies: NDArray[np.int64],
    labels: NDArray[np.int32],
    items: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Log class probabilities by the votes of neighbors, weighted by similarity.

    A small share of the class frequencies keeps every class possible.

    Returns
    -------
    Shape ``(len(items), n_classes)``.
    """
    around, strength = vote_strengths(neighbors, copies, labels, items)
    votes = np.zeros((len(items), len(counts)), dtype=np.float32)
    row, slot = np.nonzero(strength)
    np.add.at(votes, (row, labels[around[row, slot]]), strength[row, slot])
    total = votes.sum(axis=1, keepdims=True)
    prior = (counts / counts.sum()).astype(np.float32)
    share = np.where(total > 0, votes / np.where(total > 0, total, 1), prior)
    mixed: NDArray[np.float32] = (1 - VOTE_FLOOR) * share + VOTE_FLOOR * prior
    with np.errstate(divide="ignore"):
        return np.log(mixed)


def vote_strengths(
    neighbors: Neighbors,
    copies: NDArray[np.int64],
    labels: NDArray[np.int32],
    items: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the neighbors of items and the strength of their votes, the nearest's being 1.

    Unlabelled neighbors and copies of the item itself do not vote: a copy would vouch for its
    own mistake. Both arrays are of shape ``(len(items), n_neighbors)``.
    """
    around, similar = neighbors.indices[items], neighbors.similarities[items]
    votes = (around >= 0) & (labels[around] >= 0) & (copies[around] != copies[items, None])
    nearest = np.where(votes, similar, -np.inf).max(axis=1, keepdims=True)
    behind = np.where(votes, similar - np.where(np.isfinite(nearest), nearest, 0), -np.inf)
    return around, np.exp(behind / np.float32(VOTE_SCALE))


class Rows:
    """Rows of a memory-mapped array by their position among some items, as float32."""

    def __init__(self, vectors: NDArray[np.floating], items: NDArray[np.int64]) -> None:
        self._vectors, self._items = vectors, items
        self.shape = (len(items), vectors.shape[1])

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> NDArray[np.float32]:
        return self._vectors[self._items[rows]].astype(np.float32)


def _mixed(
    linear: NDArray[np.float32], votes: NDArray[np.float32], share: float, sharpness: float
) -> NDArray[np.float32]:
    """Return the geometric mixture of two views, as log probabilities; no class is impossible."""
    least = np.float32(-60)
    mixed: NDArray[np.float32] = np.maximum(linear, least) * np.float32(sharpness * (1 - share))
    mixed += np.maximum(votes, least) * np.float32(sharpness * share)
    return log_softmax(mixed)


def _tuned(
    linear: NDArray[np.float32], votes: NDArray[np.float32], labels: NDArray[np.int32]
) -> tuple[float, float]:
    """Return the share of the votes and the sharpness under which the labels are likeliest."""
    rows = np.arange(len(labels))
    grid = list(product(VOTE_SHARES, SHARPNESSES))
    losses = [-_mixed(linear, votes, *each)[rows, labels].mean() for each in grid]
    return grid[int(np.argmin(losses))]
