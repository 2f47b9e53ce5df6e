"""How much of the vocabulary of one dataset's labels another has, by name and by meaning."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Weighting = Literal["zipf", "linear", "unweighted"]
MOST: Final = 1000  # mentions of train labels that a test label is held against
BETWEEN: Final = re.compile(r"[\s_\-]+")


def plain_name(name: str) -> str:
    """Return a class name as it is compared: in lower case, underscores and hyphens as spaces.

    Examples
    --------
    >>> plain_name("Golden_Retriever "), plain_name("T-shirt")
    ('golden retriever', 't shirt')
    """
    return BETWEEN.sub(" ", name).strip().casefold()


@dataclass(frozen=True, slots=True)
class Overlap:
    """How two vocabularies of labels overlap, by equal names; shares in ``[0, 1]``.

    Attributes
    ----------
    shared
        Names that both have, as they are compared, in order.
    test_classes, train_classes
        Shares of the test and of the train classes that are in the other.
    jaccard
        Shared names of all names.
    test_items
        Share of the test labels whose class is a train class.
    """

    shared: tuple[str, ...]
    test_classes: float
    train_classes: float
    jaccard: float
    test_items: float


def overlap(train: Mapping[str, int], test: Mapping[str, int]) -> Overlap:
    """Compare two vocabularies by their names alone.

    Parameters
    ----------
    train, test
        Labels of each class by its plain name, above 0; neither is empty.

    Examples
    --------
    >>> overlap({"cat": 5, "dog": 5}, {"dog": 1, "eel": 3}).test_items
    0.25
    """
    shared = tuple(sorted(set(train) & set(test)))
    return Overlap(
        shared=shared,
        test_classes=len(shared) / len(test),
        train_classes=len(shared) / len(train),
        jaccard=len(shared) / len(set(train) | set(test)),
        test_items=sum(test[name] for name in shared) / sum(test.values()),
    )


def clipped_cosines(test: NDArray[np.floating], train: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the cosine of every test vector with every train vector, 0 where it is below 0.

    Parameters
    ----------
    test, train
        Vectors, shape ``(n_test, n_features)`` and ``(n_train, n_features)``; one of length 0
        has a cosine of 0 with all.

    Returns
    -------
    Shape ``(n_test, n_train)``, in ``[0, 1]``.
    """
    units = []
    for vectors in (test, train):
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        units.append(vectors.astype(np.float64) / np.where(lengths > 0, lengths, 1))
    return np.clip(units[0] @ units[1].T, 0, 1)


def familiarity(
    similarities: NDArray[np.floating],
    mentions: NDArray[np.integer],
    most: int = MOST,
    weighting: Weighting = "zipf",
) -> NDArray[np.float64]:
    """Return how familiar each test label is after training on other labels.

    For a test label, the train labels are sorted by similarity and repeated as often as they are
    mentioned; of the first k mentions, ``F = sum_r w_r sim_r / sum_r w_r`` with weights
    ``w_r = 1 / r``, ``(k - r + 1) / k`` (linear) or 1.

    Where there are fewer than k mentions, k is their number. The authors' code takes k weights
    all the same: it breaks with the first two weightings, and counts what is not there as of
    similarity 0 with the third.

    Parameters
    ----------
    similarities
        Of each test label with each train label, in ``[0, 1]``, shape ``(n_test, n_train)``.
    mentions
        How often each train label is mentioned, shape ``(n_train,)``.
    most
        k, above 0.
    weighting
        How much the r-th most similar mention counts.

    Returns
    -------
    One a test label, in ``[0, 1]``, higher for more familiar; NaN without a train label.

    References
    ----------
    Golde et al., Familiarity: better evaluation of zero-shot named entity recognition by
    quantifying label shifts in synthetic training data, NAACL 2025 (arXiv 2412.10121).

    Examples
    --------
    >>> round(float(familiarity(np.array([[0.95, 0.8]]), np.array([200, 200]), 400)[0]), 4)
    0.9342
    """
    k = min(most, int(mentions.sum()))
    if k == 0:
        return np.full(len(similarities), np.nan)
    ranks = np.arange(1, k + 1)
    weights = {
        "zipf": 1 / ranks,
        "linear": (k - ranks + 1) / k,
        "unweighted": np.ones(k),
    }[weighting]
    summed = np.concatenate([[0.0], np.cumsum(weights)])
    order = np.argsort(-similarities, axis=1, kind="stable")
    ends = np.minimum(np.cumsum(mentions[order], axis=1), k)
    each = np.diff(summed[ends], axis=1, prepend=0)
    found: NDArray[np.float64] = (np.take_along_axis(similarities, order, axis=1) * each).sum(
        axis=1
    )
    found /= summed[-1]
    return found
