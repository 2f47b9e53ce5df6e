"""How far statistics of agreement would differ with other annotators of the same kind.

Annotators are drawn with replacement, and two judgements of an item by different annotators
count as often as the two were drawn together: an annotator who is drawn twice does not agree
with oneself.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

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
    by_item = 1 / (in_item * (in_item - 1)), 1 / (in_item - 1)
    named = np.unique(shared.rows * n_classes + shared.labels, return_inverse=True)[1]
    classes = groups * n_classes + shared.labels
    by_class = _by_class(classes, np.ones(len(classes)), n_groups, n_classes)
    shares = _by_class(classes, 1 / in_item, n_groups, n_classes)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=N_REPLICATES)
    draws = drawn.astype(np.float64)
    pairs, judgements, agreement, agreeing = (
        _quadratic(draws, _pairs(cells, groups, weights, n_groups))
        for cells in (shared.rows, named)
        for weights in by_item
    )
    sums = Sums(
        pairs=pairs,
        agreement=agreement,
        judgements=judgements,
        disagreement=judgements - agreeing,
        full=np.full(N_REPLICATES, np.nan),
        by_class=draws @ by_class,
        shares=draws @ shares,
    )
    found = nominal_statistics(sums)
    del found["full_agreement_share"]
    if ordered:
        ranks = middle_ranks(by_class.sum(axis=0))
        for name, positions in (
            ("ordinal_alpha", ranks / ranks.max()),
            ("interval_alpha", np.arange(n_classes) / n_classes),
        ):
            apart = _pairs_apart(shared, groups, positions[shared.labels], by_item[1])
            found[name] = _alpha(_quadratic(draws, apart), sums, positions)
    return found


def _drawn_as(names: Sequence[str]) -> Codes:
    """Return what each annotator is drawn as: oneself, or one of 500 groups."""
    if len(names) <= MAX_DRAWN:
        return np.arange(len(names))
    hashes = (hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.array([int.from_bytes(each, "little") % MAX_DRAWN for each in hashes])


def _pairs(cells: Codes, groups: Codes, weights: Floats, n_groups: int) -> Floats:
    """Return the weight of pairs of judgements in one cell, by the groups of the two.

    A judgement makes no pair with itself. Shape ``(n_groups, n_groups)``.
    """
    shape = (int(cells.max()) + 1, n_groups)
    each = csr_array((np.ones(len(cells)), (cells, groups)), shape=shape)
    weighted = csr_array((weights, (cells, groups)), shape=shape)
    found: Floats = (each.T @ weighted).toarray()
    found[np.diag_indices(n_groups)] -= np.bincount(groups, weights, minlength=n_groups)
    return found


def _pairs_apart(shared: Shared, groups: Codes, positions: Floats, weights: Floats) -> Floats:
    """Return the weighted squared distances of pairs of judgements of an item, by their groups."""
    n_groups = int(groups.max()) + 1
    shape = (int(shared.rows.max()) + 1, n_groups)

    def table(values: Floats) -> csr_array:
        return csr_array((values, (shared.rows, groups)), shape=shape)

    squares = (table(np.ones(len(groups))).T @ table(weights * positions**2)).toarray()
    products = (table(positions).T @ table(weights * positions)).toarray()
    found: Floats = squares + squares.T - 2 * products
    return found


def _by_class(classes: Codes, weights: Floats, n_groups: int, n_classes: int) -> Floats:
    counted: Floats = np.bincount(classes, weights, minlength=n_groups * n_classes)
    return counted.reshape(n_groups, n_classes)


def _quadratic(draws: Floats, pairs: Floats) -> Floats:
    """Return the sum over pairs of groups, each as often as the two were drawn together."""
    return np.asarray(((draws @ pairs) * draws).sum(axis=1))


def _alpha(apart: Floats, sums: Sums, positions: Floats) -> Floats:
    """Return alpha from the squared distances within items and those of any two judgements."""
    total = sums.by_class.sum(axis=1)
    moments = sums.by_class @ positions, sums.by_class @ positions**2
    expected = 2 * (total * moments[1] - moments[0] ** 2) / (total * (total - 1))
    found = np.full(len(total), np.nan)
    some = (expected > 0) & (sums.judgements > 0)
    np.divide(apart, sums.judgements * expected, out=found, where=some)
    return 1 - found
