"""Out-of-sample class probabilities: the user's own, or from the embeddings without a model."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from labelaudit.blocks import row_blocks, rows_at_once
from labelaudit.embeddings import Embeddings
from labelaudit.errors import MissingInputError
from labelaudit.inputs import provider
from labelaudit.inputs.copies import some_of
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.statistics.mixture import likeliest_mixture
from labelaudit.statistics.refitted_probe import fit_refitted_probe

N_TUNING_ROWS, N_LEAST_ROWS = 5000, 1000
TUNING_CELLS = 2**21
VOTE_SCALE = 0.05
VOTE_FLOOR = 0.05
OWN_VIEW = "your probabilities"
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
        What the probabilities are mixed from, or can be compared with, by name: log probabilities
        of some of the items above, ``(n, n_classes)``; equal for all classes, or the classes'
        frequencies, where a view knows nothing of an item.
    refit
        Makes them again from other labels of the same items; None where they were given, so that
        what they have seen cannot be changed.
    """

    source: str
    caveat: str = ""
    blocks: Callable[[], Iterator[Block]]
    views: Mapping[str, View] = field(default_factory=dict)
    refit: "Callable[[NDArray[np.int32]], PredProbs] | None" = None


def user_probs(
    probs: NDArray[np.floating],
    labels: NDArray[np.int32],
    source: str,
) -> PredProbs:
    """Return the user's own probabilities, shape ``(n_samples, n_classes)``, in blocks."""
    items = np.flatnonzero(labels >= 0)

    def view(wanted: NDArray[np.int64]) -> NDArray[np.float32]:
        rows = np.asarray(probs[wanted], dtype=np.float32)
        logs: NDArray[np.float32] = np.log(
            np.maximum(rows / rows.sum(axis=1, keepdims=True), 1e-12)
        )
        return logs

    return PredProbs(
        source=source, blocks=blocks_of(items, probs.shape[1], view), views={OWN_VIEW: view}
    )


def blocks_of(
    items: NDArray[np.int64], n_classes: int, view: View
) -> Callable[[], Iterator[Block]]:
    """Return what goes through some items in blocks that many classes do not blow up."""

    def blocks() -> Iterator[Block]:
        for block in row_blocks(len(items), rows_at_once(n_classes)):
            yield items[block], view(items[block])

    return blocks


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EmbeddingViews:
    """What the embeddings say of the classes of items.

    Attributes
    ----------
    items
        Those that have it: labelled, embedded, and not alone in their class.
    tuning
        Some of them, to choose a mixture on.
    views
        The views by name.
    mixed
        Both together.
    source
        How they were made, in words.
    """

    items: NDArray[np.int64]
    tuning: NDArray[np.int64]
    views: Mapping[str, View]
    mixed: View
    source: str


@provider
def pred_probs(
    embeddings: Embeddings,
    neighbors: Neighbors,
    copies: NDArray[np.int64],
    labels: NDArray[np.int32],
    class_names: tuple[str, ...],
    embedding_hashes: NDArray[np.uint64],
) -> PredProbs:
    """Mix a leave-one-out linear probe with neighbors' votes, by leave-one-out likelihood.

    The mixture is geometric, and sharpened until it is calibrated to the given labels. An item's
    own label has no part in its probabilities but through a few numbers that are tuned on all, and
    the weights of the others in the probe.
    """
    made = embedding_views(embeddings, neighbors, copies, labels, class_names, embedding_hashes)
    return PredProbs(
        source=made.source,
        blocks=blocks_of(made.items, len(class_names), made.mixed),
        views=made.views,
        refit=lambda changed: pred_probs(
            embeddings, neighbors, copies, changed, class_names, embedding_hashes
        ),
    )


def embedding_views(
    embeddings: Embeddings,
    neighbors: Neighbors,
    copies: NDArray[np.int64],
    labels: NDArray[np.int32],
    class_names: tuple[str, ...],
    embedding_hashes: NDArray[np.uint64],
) -> EmbeddingViews:
    """Fit the linear probe, and choose how it is mixed with the votes.

    Raises
    ------
    MissingInputError
        When fewer than two classes have two labelled items with an embedding.
    """
    n_classes = len(class_names)
    counts = np.bincount(labels[(labels >= 0) & embeddings.present], minlength=n_classes)
    if (counts >= 2).sum() < 2:  # noqa: PLR2004 - two classes of two items
        raise MissingInputError("fewer than two classes have two labelled items with an embedding")
    usable = (labels >= 0) & embeddings.present & (counts[np.maximum(labels, 0)] >= 2)  # noqa: PLR2004
    items = np.flatnonzero(usable)
    n_tuning = min(len(items), N_TUNING_ROWS, max(N_LEAST_ROWS, TUNING_CELLS // n_classes))
    tuning = some_of(items, n_tuning, embedding_hashes, labels)
    probe = fit_refitted_probe(
        Rows(embeddings.vectors, items), labels[items], n_classes, tuning_rows=tuning
    )

    def linear(wanted: NDArray[np.int64]) -> NDArray[np.float32]:
        logs = np.full((len(wanted), n_classes), -np.log(n_classes), dtype=np.float32)
        fitted = usable[wanted]
        logs[fitted] = probe.log_probs(np.searchsorted(items, wanted[fitted]))
        return logs

    def votes(wanted: NDArray[np.int64]) -> NDArray[np.float32]:
        return log_votes(neighbors, copies, labels, wanted, counts)

    tuned = items[tuning]
    mixture = likeliest_mixture(linear(tuned), votes(tuned), labels[tuned])
    return EmbeddingViews(
        items=items,
        tuning=tuned,
        views={"linear probe": linear, "neighbors": votes},
        mixed=lambda wanted: mixture(linear(wanted), votes(wanted)),
        source=(
            "leave-one-out linear discriminant (fitted twice, "
            f"shrinkage {probe.probe.shrinkage:g}, temperature {probe.probe.temperature:g}) and "
            f"votes of {neighbors.indices.shape[1]} neighbors, weighted {mixture}"
        ),
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
    n_rows, n_classes = len(items), len(counts)
    cell = np.arange(n_rows)[:, None] * n_classes + np.maximum(labels[around], 0)
    summed = np.bincount(cell.ravel(), strength.ravel(), minlength=n_rows * n_classes)
    votes = summed.astype(np.float32).reshape(n_rows, n_classes)
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
