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
N_SEARCHED, N_FITTED = 4000, 20_000
LOG_SHARPNESSES = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0)  # to base 2
CLOSE = 0.02
PSEUDO_COUNT = 10.0
FIRST_RATE = 0.05
MOST_ROUNDS = 200
TOLERANCE = 1e-6
TINY = 1e-12

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidates:
    """Each item's given class and the most probable others; the rest is taken to be even.

    Attributes
    ----------
    classes
        The given class first, then the others, most probable first, shape ``(n, m)``.
    log_probs
        Their log probabilities, float32 ``(n, m)``.
    n_classes
        Number of classes.
    """

    classes: NDArray[np.int32]
    log_probs: NDArray[np.float32]
    n_classes: int

    def __getitem__(self, rows: NDArray[np.int64]) -> "Candidates":
        return Candidates(
            classes=self.classes[rows], log_probs=self.log_probs[rows], n_classes=self.n_classes
        )

    def sharpened(self, factor: float) -> tuple[Floats, Floats]:
        """Return probabilities in proportion to powers of the probabilities.

        Returns
        -------
        Those of the candidates, ``(n, m)``, and of all other classes together, ``(n,)``.
        """
        logs = self.log_probs.astype(np.float64)
        top = logs.max(axis=1, keepdims=True)
        powers = np.exp(factor * (logs - top))
        n_rest = self.n_classes - logs.shape[1]
        rest = np.zeros(len(logs))
        if n_rest:
            left = np.clip(1 - np.exp(logs).sum(axis=1), TINY, None)
            each = np.minimum(np.log(left / n_rest), logs[:, -1])
            rest = n_rest * np.exp(factor * (each - top[:, 0]))
        total = powers.sum(axis=1) + rest
        return powers / total[:, None], rest / total

    def pairs(self) -> NDArray[np.int64]:
        """Return ``true * n_classes + given`` with each candidate as the true class."""
        classes = self.classes.astype(np.int64)
        return classes * self.n_classes + classes[:, :1]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NoiseChannel:
    """A fitted channel; a pair of classes that never met has its prior alone.

    Attributes
    ----------
    sharpness
        Factor of the log probabilities.
    error_rate
        Mean probability that a label is wrong, in ``[0, 1]``; lower is better.
    pairs
        ``true * n_classes + given`` of the pairs that met, ascending.
    counts
        Expected items of each pair.
    totals
        Expected items of each true class, shape ``(n_classes,)``.
    log_likelihood
        Mean over the labels it was fitted on.
    """

    sharpness: float
    error_rate: float
    pairs: NDArray[np.int64]
    counts: Floats
    totals: Floats
    log_likelihood: float

    def error_probs(self, candidates: Candidates) -> Floats:
        """Return the probability that each item's label is wrong, shape ``(n,)``.

        In ``[0, 1]``; higher is worse.
        """
        wanted = candidates.pairs()
        at = np.minimum(np.searchsorted(self.pairs, wanted), len(self.pairs) - 1)
        met = np.where(self.pairs[at] == wanted, self.counts[at], 0)
        joint, total = self.joint(candidates, met, candidates.sharpened(self.sharpness))
        return np.clip(1 - joint[:, 0] / total, 0, 1)

    def joint(
        self, candidates: Candidates, met: Floats, probs: tuple[Floats, Floats]
    ) -> tuple[Floats, Floats]:
        """Return P(true, given) with each candidate as the true class, and P(given).

        Parameters
        ----------
        candidates
            Of the items.
        met
            Expected items of each candidate's pair with the given class, ``(n, m)``.
        probs
            Sharpened probabilities of the candidates, and of the rest.
        """
        elsewhere = self.error_rate / max(candidates.n_classes - 1, 1)
        prior = np.full(met.shape, elsewhere)
        prior[:, 0] = 1 - self.error_rate
        given = met + PSEUDO_COUNT * prior
        given /= self.totals[candidates.classes] + PSEUDO_COUNT
        joint = probs[0] * given
        return joint, joint.sum(axis=1) + elsewhere * probs[1]


def fit_noise_channel(candidates: Candidates) -> NoiseChannel:
    """Fit factor and noise matrix by maximum likelihood.

    The factor is looked for on a grid with 4,000 evenly spaced items, then about the best of the
    grid with 20,000, or as many as there are.

    Parameters
    ----------
    candidates
        Of the items.
    """
    from scipy.optimize import minimize_scalar

    few, many = (_spaced(candidates, most) for most in (N_SEARCHED, N_FITTED))
    best = max(LOG_SHARPNESSES, key=lambda power: _fit(few, 2**power).log_likelihood)
    found = minimize_scalar(
        lambda power: -_fit(many, 2**power).log_likelihood,
        bounds=(best - 0.75, best + 0.75),
        options={"xatol": CLOSE},
    )
    return _fit(many, float(2**found.x))


def likely_errors(error_probs: Floats) -> NDArray[np.bool_]:
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


def _spaced(candidates: Candidates, most: int) -> Candidates:
    """Return at most so many items, evenly spaced in the order of their probabilities."""
    n = len(candidates.classes)
    if n <= most:
        return candidates
    given, other = candidates.log_probs[:, 0], candidates.log_probs[:, 1]
    order = np.lexsort((*candidates.classes[:, :2].T, other, given))
    return candidates[order[np.linspace(0, n - 1, most).astype(np.int64)]]


def _fit(candidates: Candidates, sharpness: float) -> NoiseChannel:
    """Fit the noise matrix to the labels, with probabilities of a given sharpness."""
    probs = candidates.sharpened(sharpness)
    pairs, at = np.unique(candidates.pairs(), return_inverse=True)
    at = at.reshape(candidates.classes.shape)
    n_classes = candidates.n_classes
    channel = NoiseChannel(
        sharpness=sharpness,
        error_rate=FIRST_RATE,
        pairs=pairs,
        counts=np.zeros(len(pairs)),
        totals=np.zeros(n_classes),
        log_likelihood=-np.inf,
    )
    for _ in range(MOST_ROUNDS):
        before = channel.log_likelihood
        joint, total = channel.joint(candidates, channel.counts[at], probs)
        shares = joint / total[:, None]
        counts = np.bincount(at.ravel(), shares.ravel(), minlength=len(pairs)).astype(float)
        channel = NoiseChannel(
            sharpness=sharpness,
            error_rate=float(1 - shares[:, 0].mean()),
            pairs=pairs,
            counts=counts,
            totals=np.bincount(pairs // n_classes, counts, minlength=n_classes).astype(float),
            log_likelihood=float(np.log(total).mean()),
        )
        if channel.log_likelihood - before < TOLERANCE:
            break
    return channel
