"""Known wrong labels: which labels to change, and into what.

Every choice follows from a key of each item, which is as good as drawn. Where keys come from the
items' content, the same items are changed in whatever order they, or their classes, come.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.blocks import row_blocks

LARGEST_PART = 4  # at most one in so many labels of a class is changed
MOST_CELLS = 1 << 22

Keys = NDArray[np.uint64]


def mixed_keys(keys: Keys, seed: int) -> Keys:
    """Return other keys that follow from some keys and a seed, each as good as drawn anew.

    References
    ----------
    Steele, Lea and Flood, Fast splittable pseudorandom number generators, OOPSLA 2014, for the
    finalizer.
    """
    z = keys + np.uint64((seed + 1) * 0x9E3779B97F4A7C15 % 2**64)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def class_order(keys: Keys, labels: NDArray[np.int32], n_classes: int) -> NDArray[np.int64]:
    """Return the classes in an order that depends on their items alone.

    Parameters
    ----------
    keys
        Key of each item.
    labels
        Class of each item, ``-1`` for none.
    n_classes
        Number of classes.
    """
    sums = np.zeros(n_classes, dtype=np.uint64)
    np.add.at(sums, labels[labels >= 0], keys[labels >= 0])
    return np.argsort(sums, kind="stable")


def chosen_items(
    eligible: NDArray[np.bool_],
    labels: NDArray[np.int32],
    keys: Keys,
    n_wanted: int,
) -> NDArray[np.int64]:
    """Return the items to change: those of smallest key, but no more than a quarter of a class.

    Parameters
    ----------
    eligible
        Which items may be changed; all of them have a label.
    labels, keys
        Class and key of each item.
    n_wanted
        How many to change if there are enough.

    Examples
    --------
    >>> keys = np.arange(8, dtype=np.uint64)
    >>> labels = np.int32([0, 0, 0, 0, 1, 1, 1, 1])
    >>> chosen_items(np.ones(8, dtype=bool), labels, keys, 3).tolist()
    [0, 4]
    """
    items = np.flatnonzero(eligible)
    items = items[np.argsort(keys[items], kind="stable")]
    by_class = np.argsort(labels[items], kind="stable")
    sizes = np.bincount(labels[items])
    ranks = np.empty(len(items), dtype=np.int64)
    starts = np.repeat(np.cumsum(sizes) - sizes, sizes)
    ranks[by_class] = np.arange(len(items)) - starts
    within = ranks < np.bincount(labels[labels >= 0])[labels[items]] // LARGEST_PART
    return items[within][:n_wanted]


def drawn_classes(
    labels: NDArray[np.int32],
    keys: Keys,
    transitions: csr_array,
    present: NDArray[np.bool_],
    order: NDArray[np.int64],
) -> NDArray[np.int32]:
    """Return another class for each label, drawn in proportion to the transitions of its class.

    Parameters
    ----------
    labels, keys
        Class and key of each item to change.
    transitions
        Weight of each other class for each class, shape ``(n_classes, n_classes)``; a class
        without any goes to each other class alike.
    present
        Which classes have items; two at least.
    order
        The classes in the order in which shares are laid end to end.
    """
    found = np.empty(len(labels), dtype=np.int32)
    shares = (keys >> np.uint64(11)).astype(np.float64) / 2.0**53
    for block in row_blocks(len(labels), max(1, MOST_CELLS // len(order))):
        rows = labels[block]
        weights = transitions[rows].toarray()
        weights[np.arange(len(rows)), rows] = 0
        weights = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, present)
        weights[np.arange(len(rows)), rows] = 0
        ends = np.cumsum(weights[:, order], axis=1)
        drawn = (ends > (shares[block] * ends[:, -1])[:, None]).argmax(axis=1)
        found[block] = order[drawn]
    return found


def commonest_others(
    around: NDArray[np.int32],
    strength: NDArray[np.float32],
    own: NDArray[np.int32],
    labels: NDArray[np.int32],
    order: NDArray[np.int64],
) -> NDArray[np.int32]:
    """Return the class that most votes of neighbors name beside an item's own; -1 for none.

    Parameters
    ----------
    around, strength
        Neighbors of each item and the strength of their votes, shape ``(n, n_neighbors)``.
    own
        Class of each item, shape ``(n,)``.
    labels
        Class of every item that may be a neighbor.
    order
        The classes in the order in which ties are decided.
    """
    named = labels[around]
    others = np.where(named != own[:, None], strength, 0)
    rank = np.argsort(order)
    votes = np.zeros((len(own), len(order)))
    np.add.at(votes, (np.arange(len(own))[:, None], rank[named]), others)
    best: NDArray[np.int32] = order[votes.argmax(axis=1)].astype(np.int32)
    return np.where(votes.max(axis=1) > 0, best, np.int32(-1))
