"""How far statistics of agreement would differ with other annotators of the same kind.

Annotators are drawn with replacement, and two judgements of an item by different annotators
count as often as the two were drawn together: an annotator who is drawn twice does not agree
with oneself.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.statistics.agreement import N_REPLICATES, Sums, nominal_statistics
from labelaudit.statistics.distance_alpha import middle_ranks

MAX_DRAWN: Final = 500
Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """The judgements of items with two or more, one entry each.

    Attributes
    ----------
    rows, annotators, labels
        Item, annotator and class.
    """

    rows: Codes
    annotators: Codes
    labels: NDArray[np.integer]


def bootstrap_annotators(
    shared: Shared, names: Sequence[str], n_classes: int, seed: int, *, ordered: bool = False
) -> dict[str, Floats]:
    """Return 1,000 replicates of the statistics, each of as many annotators drawn anew.

    Of more than 500 annotators, 500 groups are drawn, made by a hash of their names. The
    distances between ordered classes stay those of all judgements.

    Parameters
    ----------
    shared
        The judgements; every annotator is named.
    names
        Name of each annotator.
    n_classes
        Number of classes.
    seed
        Seed of the draws.
    ordered
        Whether the classes go from the lowest to the highest.

    Returns
    -------
    Arrays of shape ``(1000,)``; NaN where one is undefined. The share of items on which all agree
    is no matter of pairs, and left out.
    """
    drawn_as = _drawn_as(names)
    groups, n_groups = drawn_as[shared.annotators], int(drawn_as.max()) + 1
    in_item = np.bincount(shared.rows)[shared.rows].astype(np.float64)
    classes = groups * n_classes + shared.labels
    by_class = _by_class(classes, np.ones(len(classes)), n_groups, n_classes)
    shares = _by_class(classes, 1 / in_item, n_groups, n_classes)
    positions = _positions(by_class.sum(axis=0)) if ordered else {}
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=N_REPLICATES)
    draws = drawn.astype(np.float64)
    pairs, agreement, judgements, disagreement, *apart = (
        np.asarray(((draws @ table) * draws).sum(axis=1))
        for table in _pairs(shared, groups, in_item, tuple(positions.values()), n_groups)
    )
    none = np.full(N_REPLICATES, np.nan)
    sums = Sums(pairs, agreement, judgements, disagreement, none, draws @ by_class, draws @ shares)
    found = nominal_statistics(sums)
    del found["full_agreement_share"]
    for (name, at), distances in zip(positions.items(), apart, strict=True):
        found[name] = _alpha(distances, sums, at)
    return found


def _drawn_as(names: Sequence[str]) -> Codes:
    """Return what each annotator is drawn as: oneself, or one of 500 groups."""
    if len(names) <= MAX_DRAWN:
        return np.arange(len(names))
    hashes = (hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.array([int.from_bytes(each, "little") % MAX_DRAWN for each in hashes])


def _positions(by_class: Floats) -> dict[str, Floats]:
    """Return where the classes are on a line, by the alpha that measures distances on it."""
    ranks = middle_ranks(by_class)
    steps = np.arange(len(by_class), dtype=np.float64)
    return {"ordinal_alpha": ranks / ranks.max(), "interval_alpha": steps / len(by_class)}


def _pairs(
    shared: Shared, groups: Codes, in_item: Floats, positions: Sequence[Floats], n_groups: int
) -> Iterator[Floats]:
    """Yield what pairs of judgements of an item add up to, by the groups of the two.

    Each pair, then each that agrees, an item's adding up to 1; each, each that differs, and the
    squared distance for each line of positions, an item's adding up to its judgements. All of
    shape ``(n_groups, n_groups)``.
    """
    order = np.argsort(shared.rows, kind="stable")
    rows, groups, labels = shared.rows[order], groups[order], shared.labels[order]
    in_item = in_item[order]
    tables = np.zeros((4 + len(positions), n_groups**2))
    for apart in range(1, int(in_item.max())):
        one = np.flatnonzero(rows[apart:] == rows[:-apart])
        other = one + apart
        differ = labels[one] != labels[other]
        a_judgement = 1 / (in_item[one] - 1)
        a_pair = a_judgement / in_item[one]
        cells = groups[one] * n_groups + groups[other]
        weights = [a_pair, a_pair * ~differ, a_judgement, a_judgement * differ]
        weights += [a_judgement * (at[labels[one]] - at[labels[other]]) ** 2 for at in positions]
        tables += [np.bincount(cells, each, minlength=n_groups**2) for each in weights]
    for table in tables:
        square = table.reshape(n_groups, n_groups)
        yield square + square.T


def _by_class(classes: Codes, weights: Floats, n_groups: int, n_classes: int) -> Floats:
    counted = np.bincount(classes, weights, minlength=n_groups * n_classes)
    return counted.astype(np.float64).reshape(n_groups, n_classes)


def _alpha(apart: Floats, sums: Sums, positions: Floats) -> Floats:
    """Return alpha from the squared distances within items and those of any two judgements."""
    total = sums.by_class.sum(axis=1)
    moments = sums.by_class @ positions, sums.by_class @ positions**2
    expected = 2 * (total * moments[1] - moments[0] ** 2) / (total * (total - 1))
    found = np.full(len(total), np.nan)
    some = (expected > 0) & (sums.judgements > 0)
    np.divide(apart, sums.judgements * expected, out=found, where=some)
    return 1 - found
