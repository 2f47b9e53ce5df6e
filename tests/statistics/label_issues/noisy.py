"""Labels and probabilities at random, as bad as they come."""

import numpy as np
from numpy.typing import NDArray

Case = tuple[NDArray[np.int64], NDArray[np.floating]]


def noisy_case(seed: int) -> Case:
    """Return labels and probabilities of 2 to 30 classes, in single or double precision.

    Some classes are missing or tiny, some labels wrong; probabilities may be smooth, rounded
    logits, votes of ten neighbors or nearly all 0 and 1, so that many are equal.
    """
    rng = np.random.default_rng(seed)
    n_classes, n = int(rng.integers(2, 31)), int(rng.integers(5, 700))
    true = rng.choice(n_classes, n, p=rng.dirichlet(np.full(n_classes, rng.choice([0.1, 0.5, 5]))))
    labels = np.where(
        rng.random(n) < rng.choice([0, 0.1, 0.4]), rng.integers(0, n_classes, n), true
    )
    labels[:2] = 0, 1
    logits = rng.normal(size=(n, n_classes)) * rng.choice([0.3, 1, 3])
    logits[np.arange(n), true] += rng.choice([0, 1, 3, 8])
    style = rng.choice(["smooth", "rounded", "votes", "sure"])
    if style == "rounded":
        logits = np.round(logits)
    probs = softmax(logits * (20 if style == "sure" else 1))
    if style == "votes":
        probs = np.stack([rng.multinomial(10, row) for row in probs]) / 10
    return labels, probs.astype(rng.choice(["float32", "float64"]))


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities whose rows sum to 1."""
    raised: NDArray[np.float64] = np.exp(logits - logits.max(axis=1, keepdims=True))
    raised /= raised.sum(axis=1, keepdims=True)
    return raised
