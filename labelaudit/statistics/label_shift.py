"""How often each class occurs where nobody labelled it, from the predictions of a classifier.

Both estimates hold under *label shift* only: within a class, source and target look the same.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

MOST_CONDITION: Final = 100
LEAST_RECALL: Final = 0.2
N_ITERATIONS: Final = 10_000
CONVERGED: Final = 1e-9
FLOOR: Final = -60.0  # of a log probability


def refusal(joint: NDArray[np.float64]) -> str:
    """Say why no shares can be estimated with a classifier; empty where they can.

    Parameters
    ----------
    joint
        Share of the labelled items by predicted class (row) and given class (column).
    """
    given = joint.sum(axis=0)
    if (given <= 0).any():
        return "a class has no labelled items"
    recall = float((np.diag(joint) / given).min())
    if recall < LEAST_RECALL:
        return f"the classifier finds {recall:.0%} of a class, and {LEAST_RECALL:.0%} are needed"
    condition = float(np.linalg.cond(joint / given))  # a rare class is no confusion
    if not condition <= MOST_CONDITION:
        return (
            f"the classifier confuses classes: its confusion matrix has condition number "
            f"{condition:.3g}, and {MOST_CONDITION} is the most"
        )
    return ""


def bbse(joint: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much more frequent each class is in the target: black box shift estimation.

    Parameters
    ----------
    joint
        Share of held-out labelled items by predicted class (row) and given class (column), or
        with probabilities in place of predictions the *soft* kind of it.
    target
        Share of the target's items by predicted class, or their mean probabilities.

    Returns
    -------
    Target's share of each class over the source's, 0 or more.

    References
    ----------
    Lipton, Wang and Smola, Detecting and correcting for label shift with black box predictors,
    ICML 2018.

    Examples
    --------
    >>> bbse(np.array([[0.4, 0.1], [0.1, 0.4]]), np.array([0.35, 0.65])).round(6).tolist()
    [0.5, 1.5]
    """
    weights = np.linalg.solve(joint, target).astype(np.float64)
    return np.maximum(weights, 0)


def shares_from(weights: NDArray[np.float64], source: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the target's shares of the classes from weights and the source's shares."""
    shares: NDArray[np.float64] = weights * source
    return shares / max(float(shares.sum()), 1e-300)


def mlls(probs: NDArray[np.floating], source: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the class shares under which the target's items are likeliest, by EM.

    Parameters
    ----------
    probs
        *Calibrated* probabilities of the target's items, shape ``(n, n_classes)``.
    source
        Mean probabilities of the source's items, shape ``(n_classes,)``, all above 0.

    References
    ----------
    Saerens, Latinne and Decaestecker, Adjusting the outputs of a classifier to new a priori
    probabilities, Neural Computation 14, 2002. Alexandari, Kundaje and Shrikumar, Maximum
    likelihood with bias-corrected calibration is hard-to-beat at label shift adaptation, ICML
    2020, for the mean probabilities in place of the source's shares.
    """
    ratio = probs / source
    shares: NDArray[np.float64] = source / source.sum()
    for _ in range(N_ITERATIONS):
        before = shares
        weighted = ratio * shares
        weighted /= weighted.sum(axis=1, keepdims=True)
        shares = weighted.mean(axis=0, dtype=np.float64)
        if np.abs(shares - before).max() < CONVERGED:
            break
    return shares


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """How log probabilities are made to say how often they are right.

    Attributes
    ----------
    factor
        What they are multiplied by.
    bias
        What is added to each class, shape ``(n_classes,)``.
    """

    factor: float
    bias: NDArray[np.float64]

    def __call__(self, logs: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return probabilities, shape ``(n, n_classes)``."""
        return np.exp(_log_softmax(self.factor * np.maximum(logs, FLOOR) + self.bias))


def calibrate(logs: NDArray[np.float32], labels: NDArray[np.int32]) -> Calibration:
    """Fit the factor and biases under which labels are likeliest: bias-corrected temperature.

    Parameters
    ----------
    logs
        Out-of-sample log probabilities, shape ``(n, n_classes)``.
    labels
        Classes of the items, shape ``(n,)``.
    """
    from scipy.optimize import minimize

    n, n_classes = logs.shape
    floored = np.maximum(logs, FLOOR).astype(np.float64)
    rows = np.arange(n)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        found = _log_softmax(parameters[0] * floored + parameters[1:])
        value = float(-found[rows, labels].mean())
        residual = np.exp(found)
        residual[rows, labels] -= 1
        slope = np.append(np.sum(residual * floored), residual.sum(axis=0)) / n
        return value, slope

    start = np.append(1.0, np.zeros(n_classes))
    bounds = [(0.01, 100.0), *[(-10.0, 10.0)] * n_classes]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return Calibration(float(found.x[0]), found.x[1:])


def _log_softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return logs
