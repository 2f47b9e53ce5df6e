"""How likely each label is to be wrong, by a model of how the labels came to be.

An item's true class is drawn from its out-of-sample probabilities, made sharper or softer by one
factor; what was written down is then drawn from the row of a noise matrix that belongs to the
true class. Factor and matrix are those under which the given labels are likeliest. Labels that
contradict confident probabilities again and again make the matrix noisy; labels that contradict
them only where they waver make the probabilities softer. So the same margin counts for much where
noise is high, and for little where it is low.

The matrix is fitted by expectation and maximization (Dempster, Laird and Rubin, 1977; Dawid and
Skene, 1979, for annotators), with fixed probabilities in place of the latent classes' prior.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

N_CANDIDATES = 8
N_FITTED = 50_000
SHARPNESSES = tuple(2 ** (step / 4) for step in range(-6, 11))
PSEUDO_COUNT = 10.0
MOST_ROUNDS = 200
TOLERANCE = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidates:
    """Each item's given class and the most probable others, where all probability is.

    Attributes
    ----------
    classes
        The given class first, then the others, most probable first, shape ``(n, m)``.
    log_probs
        Their log probabilities, float32 ``(n, m)``; ``-inf`` where there are fewer.
    """

    classes: NDArray[np.int32]
    log_probs: NDArray[np.float32]

    def __getitem__(self, rows: NDArray[np.int64]) -> "Candidates":
        return Candidates(classes=self.classes[rows], log_probs=self.log_probs[rows])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NoiseChannel:
    """A fitted noise matrix; a pair of classes that never met has its prior alone.

    Attributes
    ----------
    sharpness
        Factor of the log probabilities.
    n_classes
        Number of classes.
    error_rate
        Mean probability that a label is wrong, in ``[0, 1]``; lower is better.
    pairs
        ``true * n_classes + given`` of the pairs that met, ascending.
    counts
        Expected items of each pair.
    totals
        Expected items of each true class, shape ``(n_classes,)``.
    log_likelihood
        Of the labels it was fitted on.
    """

    sharpness: float
    n_classes: int
    error_rate: float
    pairs: NDArray[np.int64]
    counts: NDArray[np.float64]
    totals: NDArray[np.float64]
    log_likelihood: float

    def noise_probs(self, candidates: Candidates) -> NDArray[np.float64]:
        """Return P(given | true) for each candidate as the true class, shape ``(n, m)``."""
        wanted = _pairs(candidates, self.n_classes)
        at = np.minimum(np.searchsorted(self.pairs, wanted), len(self.pairs) - 1)
        met = np.where(self.pairs[at] == wanted, self.counts[at], 0)
        return self.smoothed(met, candidates.classes)

    def smoothed(self, met: NDArray[np.float64], true: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return P(given | true) from the expected items of each pair; the first is no error."""
        prior = np.full(true.shape, self.error_rate / max(self.n_classes - 1, 1))
        prior[:, 0] = 1 - self.error_rate
        found: NDArray[np.float64] = met + PSEUDO_COUNT * prior
        return found / (self.totals[true] + PSEUDO_COUNT)

    def error_probs(self, candidates: Candidates) -> NDArray[np.float64]:
        """Return the probability that each item's label is wrong, shape ``(n,)``.

        In ``[0, 1]``; higher is worse.
        """
        joint = _sharpened(candidates, self.sharpness) * self.noise_probs(candidates)
        wrong: NDArray[np.float64] = 1 - joint[:, 0] / joint.sum(axis=1)
        return np.clip(wrong, 0, 1)


def fit_noise_channel(candidates: Candidates, n_classes: int) -> NoiseChannel:
    """Fit factor and noise matrix by maximum likelihood.

    Parameters
    ----------
    candidates
        Of the items; some 50,000 evenly spaced ones are used where there are more.
    n_classes
        Number of classes.
    """
    n = len(candidates.classes)
    if n > N_FITTED:
        candidates = candidates[np.linspace(0, n - 1, N_FITTED).astype(np.int64)]
    fitted = [_fit(candidates, n_classes, sharpness) for sharpness in SHARPNESSES]
    return max(fitted, key=lambda channel: channel.log_likelihood)


def likely_errors(error_probs: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return the items to flag: as many of the likeliest errors as give the best expected F1.

    With expected errors ``E = sum e_i``, flagging the n largest has the expected F1 of about
    ``2 sum_{i <= n} e_i / (n + E)``.

    Examples
    --------
    >>> likely_errors(np.array([0.9, 0.1, 0.8, 0.05])).tolist()
    [True, False, True, False]
    """
    flagged = np.zeros(len(error_probs), dtype=bool)
    order = np.argsort(-error_probs, kind="stable")
    found = np.cumsum(error_probs[order])
    if not len(order) or found[-1] <= 0:
        return flagged
    expected = 2 * found / (np.arange(1, len(order) + 1) + found[-1])
    flagged[order[: int(expected.argmax()) + 1]] = True
    return flagged


def _fit(candidates: Candidates, n_classes: int, sharpness: float) -> NoiseChannel:
    """Fit the noise matrix to the labels, with probabilities of a given sharpness."""
    probs = _sharpened(candidates, sharpness)
    pairs, at = np.unique(_pairs(candidates, n_classes), return_inverse=True)
    at = at.reshape(probs.shape)
    true = pairs // n_classes
    channel = NoiseChannel(
        sharpness=sharpness,
        n_classes=n_classes,
        error_rate=0.05,
        pairs=pairs,
        counts=np.zeros(len(pairs)),
        totals=np.zeros(n_classes),
        log_likelihood=-np.inf,
    )
    for _ in range(MOST_ROUNDS):
        joint = probs * channel.smoothed(channel.counts[at], candidates.classes)
        likelihood = joint.sum(axis=1)
        shares = joint / likelihood[:, None]
        counts = np.bincount(at.ravel(), shares.ravel(), minlength=len(pairs)).astype(float)
        before = channel.log_likelihood
        channel = NoiseChannel(
            sharpness=sharpness,
            n_classes=n_classes,
            error_rate=float(1 - shares[:, 0].mean()),
            pairs=pairs,
            counts=counts,
            totals=np.bincount(true, counts, minlength=n_classes).astype(float),
            log_likelihood=float(np.log(likelihood).mean()),
        )
        if channel.log_likelihood - before < TOLERANCE:
            break
    return channel


def _sharpened(candidates: Candidates, sharpness: float) -> NDArray[np.float64]:
    """Return probabilities from log probabilities times a factor, shape ``(n, m)``."""
    scaled = sharpness * candidates.log_probs.astype(np.float64)
    probs = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    out: NDArray[np.float64] = probs / probs.sum(axis=1, keepdims=True)
    return out


def _pairs(candidates: Candidates, n_classes: int) -> NDArray[np.int64]:
    """Return a number for each candidate as the true class beside the class that was given."""
    given = candidates.classes[:, :1].astype(np.int64)
    return candidates.classes.astype(np.int64) * n_classes + given
