"""Leave-one-out class probabilities from embeddings by linear discriminant analysis, closed form.

Removing one item from a class changes the class mean by a multiple of the item's deviation, and
the pooled covariance by a matrix of rank one, so the discriminant without the item follows from
the one with it (Sherman and Morrison, 1950). No model is fitted twice, no fold is drawn.

Removing an item that the covariance owes a direction to divides by almost 0. Where items are few
for their features, that is every item, and single precision would decide between the classes by
its rounding: such a probe, which is small, is computed in double precision.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.blocks import row_blocks

FEW = 4  # items a feature; below it, double precision
LEAST_LEFT = {np.dtype(np.float32): 1e-3, np.dtype(np.float64): 1e-9}
SHRINKAGES = (0.01, 0.03, 0.1, 0.3, 0.6)
TEMPERATURES = (0.05, 0.1, 0.2, 0.35, 0.6, 1.0)


class Vectors(Protocol):
    """Rows of embeddings that may lie on disk; an array is one."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and features."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: slice | NDArray[np.int64], /) -> NDArray[np.floating]: ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearProbe:
    """A fitted discriminant, from which any of its own items can be left out.

    Attributes
    ----------
    center
        Mean of the embeddings, shape ``(n_features,)``.
    whitening
        Matrix whose product with a centered embedding has unit covariance within classes,
        shape ``(n_features, n_features)``.
    directions
        Matrix whose product with a centered embedding is its inner product with the class means,
        both whitened, shape ``(n_features, n_classes)``.
    means
        Class means of the centered embeddings, shape ``(n_classes, n_features)``.
    class_weights
        Sum of the weights of each class's items, their number when all weigh 1, ``(n_classes,)``.
    shrinkage
        Share of the covariance that is replaced by a multiple of the identity.
    temperature
        Factor of the log-likelihood, 1 for the Gaussian model as such.
    """

    center: NDArray[np.floating]
    whitening: NDArray[np.floating]
    directions: NDArray[np.floating]
    means: NDArray[np.floating]
    class_weights: NDArray[np.float64]
    shrinkage: float
    temperature: float = 1.0

    def squared_lengths(self, vectors: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return the squared length of each whitened embedding, shape ``(n,)``."""
        whitened = (vectors.astype(self.whitening.dtype) - self.center) @ self.whitening
        lengths: NDArray[np.floating] = np.einsum("ij,ij->i", whitened, whitened)
        return lengths

    def squared_distances(
        self,
        vectors: NDArray[np.floating],
        labels: NDArray[np.int32],
        weights: NDArray[np.float32],
        lengths: NDArray[np.floating],
    ) -> NDArray[np.floating]:
        """Squared Mahalanobis distance of each item to each class mean, itself left out.

        Parameters
        ----------
        vectors
            Embeddings of items that the probe was fitted on, shape ``(n, n_features)``.
        labels
            Their classes, shape ``(n,)``.
        weights
            What they weighed, shape ``(n,)``.
        lengths
            Their squared lengths, as above, which cost more than all the rest.

        Returns
        -------
        Shape ``(n, n_classes)``; infinite for a class that has no other item.
        """
        kind = self.whitening.dtype
        dots = (vectors.astype(kind) - self.center) @ self.directions
        means_dots = self.means[labels] @ self.directions
        norms = np.einsum("kd,dk->k", self.means, self.directions)
        distances = lengths[:, None] - 2 * dots + norms
        rows = np.arange(len(dots))
        own = np.maximum(distances[rows, labels], 0)
        rest = self.class_weights[labels] - weights
        alone = rest <= 0
        ratio = (self.class_weights[labels] / np.where(alone, 1, rest)).astype(kind)
        a = (1 - self.shrinkage) * ratio * weights / kind.type(self.class_weights.sum())
        gain = a / np.maximum(1 - a * own, LEAST_LEFT[kind])
        # u = z_i - mu_own; u.(z_i - mu_j) = own distance + u.(mu_own - mu_j)
        own_dots = dots[rows, labels] - norms[labels]
        crossed = own[:, None] + own_dots[:, None] - (dots - means_dots)
        distances = distances + gain[:, None] * crossed**2
        distances[rows, labels] = np.where(alone, np.inf, ratio**2 * (own + gain * own**2))
        distances[:, self.class_weights <= 0] = np.inf
        out: NDArray[np.floating] = distances
        return out

    def log_probs(
        self,
        vectors: NDArray[np.floating],
        labels: NDArray[np.int32],
        weights: NDArray[np.float32],
        lengths: NDArray[np.floating],
    ) -> NDArray[np.float32]:
        """Leave-one-out log probabilities, shape ``(n, n_classes)``; parameters as above."""
        distances = self.squared_distances(vectors, labels, weights, lengths)
        return _log_probs(distances, self.class_weights, self.temperature, labels, weights)


def fit_linear_probe(
    vectors: Vectors,
    labels: NDArray[np.int32],
    n_classes: int,
    *,
    weights: NDArray[np.float32],
    tuning_rows: NDArray[np.int64],
) -> LinearProbe:
    """Fit the discriminant, its shrinkage and temperature by leave-one-out likelihood.

    Parameters
    ----------
    vectors
        Embeddings, shape ``(n, n_features)``.
    labels
        Classes in ``[0, n_classes)``, shape ``(n,)``.
    n_classes
        Number of classes; some may have no item.
    weights
        What each item weighs, above 0, shape ``(n,)``.
    tuning_rows
        Rows on which shrinkage and temperature are chosen.
    """
    center, means, class_weights, scatter = _moments(vectors, labels, n_classes, weights)
    values, axes = np.linalg.eigh(scatter / class_weights.sum())
    values = np.maximum(values, 0)
    tune = vectors[tuning_rows], labels[tuning_rows], weights[tuning_rows]
    along = ((tune[0].astype(center.dtype) - center) @ axes.astype(center.dtype)) ** 2
    chosen: tuple[float, LinearProbe] | None = None
    for shrinkage in SHRINKAGES:
        spread = (1 - shrinkage) * values + shrinkage * max(values.mean(), 1e-12)
        directions = (axes / spread) @ (axes.T @ means.T)
        probe = LinearProbe(
            center=center,
            whitening=(axes / np.sqrt(spread)).astype(center.dtype),
            directions=directions.astype(center.dtype),
            means=means,
            class_weights=class_weights,
            shrinkage=shrinkage,
        )
        distances = probe.squared_distances(*tune, along @ (1 / spread).astype(center.dtype))
        for temperature in TEMPERATURES:
            loss = _loss(distances, class_weights, temperature, *tune[1:])
            if chosen is None or loss < chosen[0]:
                chosen = (loss, replace(probe, temperature=temperature))
    assert chosen is not None  # noqa: S101 - the grids are not empty
    return chosen[1]


def log_softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return log probabilities from scores; a row of ``-inf`` alone becomes uniform."""
    top = scores.max(axis=1, keepdims=True)
    shifted = np.where(np.isfinite(top), scores - np.where(np.isfinite(top), top, 0), 0)
    with np.errstate(divide="ignore"):
        out: NDArray[np.float32] = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return out


def _moments(
    vectors: Vectors,
    labels: NDArray[np.int32],
    n_classes: int,
    weights: NDArray[np.float32],
) -> tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.float64], NDArray[np.float64]]:
    """Return center, centered class means, class weights and the scatter within classes."""
    n_features = vectors.shape[1]
    kind = np.float64 if len(vectors) < FEW * n_features else np.float32
    sums = np.zeros((n_classes, n_features))
    for block in row_blocks(len(vectors)):
        at = np.arange(block.stop - block.start + 1)
        cells = (weights[block].astype(kind), labels[block], at)
        of_class = csr_array(cells, shape=(len(at) - 1, n_classes))
        sums += of_class.T @ vectors[block].astype(kind)
    class_weights = np.bincount(labels, weights, minlength=n_classes).astype(np.float64)
    center = (sums.sum(axis=0) / class_weights.sum()).astype(kind)
    seen = class_weights > 0
    centered = sums / np.where(seen, class_weights, 1)[:, None] - center
    centered[~seen] = 0
    means: NDArray[np.floating] = centered.astype(kind)
    scatter = np.zeros((n_features, n_features))
    for block in row_blocks(len(vectors)):
        deviation = vectors[block].astype(kind) - center - means[labels[block]]
        deviation *= np.sqrt(weights[block])[:, None]
        scatter += deviation.T @ deviation
    return center, means, class_weights, scatter


def _log_probs(
    distances: NDArray[np.floating],
    class_weights: NDArray[np.float64],
    temperature: float,
    labels: NDArray[np.int32],
    weights: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return log probabilities; an item is left out of the frequency of its class, too."""
    nearest = distances.min(axis=1, keepdims=True)
    behind = distances - np.where(np.isfinite(nearest), nearest, 0)
    with np.errstate(divide="ignore"):
        prior = np.log(class_weights / class_weights.sum()).astype(np.float32)
        rest = (class_weights[labels] - weights) / class_weights[labels]
        scores = prior - np.float32(0.5 * temperature) * behind.astype(np.float32)
        scores[np.arange(len(labels)), labels] += np.log(rest).astype(np.float32)
    return log_softmax(scores)


def _loss(
    distances: NDArray[np.floating],
    class_weights: NDArray[np.float64],
    temperature: float,
    labels: NDArray[np.int32],
    weights: NDArray[np.float32],
) -> float:
    """Return the mean negative log-likelihood of the labels, single-item classes left out."""
    logs = _log_probs(distances, class_weights, temperature, labels, weights)
    given = logs[np.arange(len(labels)), labels]
    return float(-given[np.isfinite(given)].mean()) if np.isfinite(given).any() else np.inf
