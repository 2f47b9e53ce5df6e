"""Probabilities that were given, in place of those from the embeddings or together with them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings import Embeddings
from labelaudit.inputs import provider
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.inputs.pred_probs import Block, PredProbs, embedding_views, log_votes
from labelaudit.statistics.mixture import likeliest_mixture

Use = Literal["replace", "join"]


def provide_given(given: PredProbs, use: Use) -> Callable[..., PredProbs]:
    """Return what provides the probabilities of a scan that some were given to.

    Parameters
    ----------
    given
        The user's own probabilities, or the embedding model's own; with one view, which is them.
    use
        Whether they take the place of what the embeddings say, or are mixed with it.
    """
    return _joining(given) if use == "join" else _replacing(given)


def _replacing(given: PredProbs) -> Callable[..., PredProbs]:
    @provider
    def pred_probs(
        labels: NDArray[np.int32],
        class_names: tuple[str, ...],
        neighbors: Neighbors | None = None,
        copies: NDArray[np.int64] | None = None,
    ) -> PredProbs:
        """Return what was given; the neighbors' votes are a second view where there are any."""
        if neighbors is None or copies is None:
            return given
        counts = np.bincount(labels[labels >= 0], minlength=len(class_names))

        def votes(wanted: NDArray[np.int64]) -> NDArray[np.float32]:
            return log_votes(neighbors, copies, labels, wanted, counts)

        return replace(given, views={**given.views, "neighbors": votes})

    return pred_probs


def _joining(given: PredProbs) -> Callable[..., PredProbs]:
    @provider
    def pred_probs(
        embeddings: Embeddings,
        neighbors: Neighbors,
        copies: NDArray[np.int64],
        labels: NDArray[np.int32],
        class_names: tuple[str, ...],
        embedding_hashes: NDArray[np.uint64],
    ) -> PredProbs:
        """Mix what was given with what the embeddings say, by the likelihood of the labels.

        Items of which the embeddings say nothing keep what was given.
        """
        ours = embedding_views(embeddings, neighbors, copies, labels, class_names, embedding_hashes)
        ((_, theirs),) = given.views.items()
        known = np.zeros(len(labels), dtype=bool)
        known[ours.items] = True
        mixture = likeliest_mixture(
            ours.mixed(ours.tuning), theirs(ours.tuning), labels[ours.tuning]
        )

        def blocks() -> Iterator[Block]:
            for items, logs in given.blocks():
                both = known[items]
                logs[both] = mixture(ours.mixed(items[both]), logs[both])
                yield items, logs

        source = f"joined, {mixture}: first the {ours.source}; second {given.source}"
        return replace(given, source=source, blocks=blocks, views={**ours.views, **given.views})

    return pred_probs
