"""What seems to follow from one label for another: candidate rules of annotation."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array
from scipy.special import betaincinv

from labelaudit.statistics.cooccurrence import MIN_EXPECTED, adjust, crossed

ALPHA: Final = 0.01
MOST_EXCEPTIONS: Final = 0.05  # of the rows with the first label
MOST_OF_EXPECTED: Final = 0.2  # of the exceptions that chance would make


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Rules that all rows with a label keep, or nearly all; columns of equal length.

    Attributes
    ----------
    first, second
        The labels: rows that have the first one have the second, or lack it.
    implied
        Whether they have it.
    holders
        Rows that have the first label, and of which it is known whether they have the second.
    exceptions
        Rows of these that break the rule.
    expected
        Rows that would break it, were the two labels independent.
    bound
        Upper end of the one-sided 95 % interval of the share of exceptions (Clopper and Pearson),
        were they of the independent rows.
    p_value
        Of so few exceptions by chance (hypergeometric), adjusted over all pairs that were looked
        at (Benjamini and Hochberg).
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    implied: NDArray[np.bool_]
    holders: NDArray[np.int64]
    exceptions: NDArray[np.int64]
    expected: NDArray[np.float64]
    bound: NDArray[np.float64]
    p_value: NDArray[np.float64]

    @property
    def hard(self) -> NDArray[np.bool_]:
        """Whether a rule has no exception."""
        found: NDArray[np.bool_] = self.exceptions == 0
        return found

    def broken_by(self, at: int, positive: csc_array, open_: csc_array) -> NDArray[np.int64]:
        """Return the rows that break one rule.

        Parameters
        ----------
        at
            Position of the rule.
        positive, open_
            As of `label_rules`, in columns.
        """
        holders, having, unclear = (
            matrix.indices[matrix.indptr[label] : matrix.indptr[label + 1]]
            for matrix, label in (
                (positive, self.first[at]),
                (positive, self.second[at]),
                (open_, self.second[at]),
            )
        )
        if not self.implied[at]:
            return np.intersect1d(holders, having).astype(np.int64)
        return np.setdiff1d(holders, np.union1d(having, unclear)).astype(np.int64)


def label_rules(
    positive: csr_array, open_: csr_array, alike: NDArray[np.float64] | None = None
) -> Rules:
    """Return the rules that labels keep though chance would break them 5 times or more.

    Two labels exclude each other when no row has both, and one implies another when every row
    with it has the other. A rule with exceptions is one when they are at most 5 % of the rows,
    and at most a fifth of what chance would make. All but exclusions without exception also need
    an adjusted p-value below 0.01.

    Parameters
    ----------
    positive
        Boolean, shape ``(n, n_classes)``.
    open_
        Cells of which it is not known whether the row has the label, of the same shape.
    alike
        How alike the rows of a group are in each label, as of `likeness`: what chance may explain
        are counts of as many independent rows as all are worth.

    Returns
    -------
    In order of their labels; an exclusion once, from the side of the rarer label.
    """
    n_rows = positive.shape[0]
    counts = positive.sum(axis=0, dtype=np.int64)
    known = n_rows - open_.sum(axis=0, dtype=np.int64)
    alike = np.zeros(len(counts)) if alike is None else alike
    found, n_tests = [], 0
    blocks = zip(crossed(positive, positive), crossed(positive, open_), strict=True)
    for (start, together), (_, unclear) in blocks:
        own = np.arange(start, start + len(together))
        holders = counts[own, None] - unclear
        worth = 1 / (1 + np.outer(alike[own], alike))
        for implied in (False, True):
            exceptions = holders - together if implied else together
            breaking = known - counts if implied else counts
            expected = holders * (breaking / np.maximum(known, 1))
            tested = (expected * worth >= MIN_EXPECTED) & (own[:, None] != np.arange(len(counts)))
            if not implied:
                tested &= _is_rarer(counts, own)
            n_tests += int(tested.sum())
            few = np.minimum(MOST_EXCEPTIONS * holders, MOST_OF_EXPECTED * expected)
            first, second = np.nonzero(tested & (exceptions <= few))
            at = first, second
            found.append(
                (
                    own[first],
                    second,
                    np.full(len(first), implied),
                    holders[at],
                    exceptions[at],
                    expected[at],
                    known[second],
                    breaking[second],
                    worth[at],
                )
            )
    return _significant([np.concatenate(part) for part in zip(*found, strict=True)], n_tests)


def _is_rarer(counts: NDArray[np.int64], own: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell whether each own label is rarer than each other, or as rare and earlier."""
    earlier = own[:, None] < np.arange(len(counts))
    rarer: NDArray[np.bool_] = (counts[own, None] < counts) | (
        (counts[own, None] == counts) & earlier
    )
    return rarer


def _significant(columns: list[NDArray[Any]], n_tests: int) -> Rules:
    """Return the rules that chance does not explain."""
    from scipy.stats import hypergeom

    first, second, implied, holders, exceptions, expected, known, breaking, worth = columns
    whole = (np.rint(worth * counts) for counts in (known, breaking, holders))
    p_value = adjust(hypergeom.cdf(np.ceil(worth * exceptions), *whole), n_tests)
    kept = (p_value < ALPHA) | (~implied & (exceptions == 0))
    order = np.lexsort((implied, second, first))
    order = order[kept[order]]
    breakers, keepers = (worth * exceptions)[order], (worth * (holders - exceptions))[order]
    return Rules(
        first=first[order],
        second=second[order],
        implied=implied[order],
        holders=holders[order],
        exceptions=exceptions[order],
        expected=expected[order],
        bound=betaincinv(breakers + 1, keepers, 0.95),
        p_value=p_value[order],
    )
