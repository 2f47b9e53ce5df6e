"""Which labels occur together more or less often than chance would have it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

MIN_EXPECTED: Final = 5
BLOCK: Final = 256
RDEP_ALPHA: Final = 0.01
SMALLEST_P: Final = 1e-300  # what a tail is below is not known in double precision


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of labels that occur together, or were expected to at least 5 times.

    Attributes
    ----------
    first, second
        The labels, ``first < second``.
    together
        Rows that have both.
    expected
        Rows that would have both, were the two independent.
    lift
        ``together / expected``.
    phi
        Correlation of the two, -1 to 1; NaN when every row has one of the labels.
    npmi
        Normalized pointwise mutual information, -1 to 1.
    jaccard
        Rows that have both, of those that have either.
    p_value
        Of independence (chi-squared, adjusted by Benjamini and Hochberg); NaN when untested,
        as one of the four expected counts, of independent rows, is below 5.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    together: NDArray[np.int64]
    expected: NDArray[np.float64]
    lift: NDArray[np.float64]
    phi: NDArray[np.float64]
    npmi: NDArray[np.float64]
    jaccard: NDArray[np.float64]
    p_value: NDArray[np.float64]


def label_pairs(label_matrix: csr_array, alike: NDArray[np.float64] | None = None) -> Pairs:
    """Return the statistics of all pairs of labels that have something to say.

    Parameters
    ----------
    label_matrix
        Boolean, shape ``(n, n_classes)``.
    alike
        How alike the rows of a group are in each label, as of `likeness`, for the test.

    Returns
    -------
    Pairs in order of their labels. A pair of labels that never occur together, and were not
    expected to at least 5 times, is left out.
    """
    from scipy.stats import chi2

    n_rows = label_matrix.shape[0]
    first, second, together = _candidates(label_matrix)
    counts = label_matrix.sum(axis=0, dtype=np.int64)
    one, other = counts[first].astype(np.float64), counts[second].astype(np.float64)
    expected = one * other / max(n_rows, 1)
    lift = together / expected
    spread = np.sqrt(one * (n_rows - one) * other * (n_rows - other))
    phi = np.divide(
        n_rows * together - one * other, spread, out=np.full(len(one), np.nan), where=spread > 0
    )
    # The smallest of the four expected counts: present or absent, by present or absent.
    smallest = np.minimum(one, n_rows - one) * np.minimum(other, n_rows - other) / max(n_rows, 1)
    worth = np.ones(len(one)) if alike is None else 1 / (1 + alike[first] * alike[second])
    tested = smallest * worth >= MIN_EXPECTED
    p_value = np.full(len(one), np.nan)
    p_value[tested] = adjust(chi2.sf(n_rows * worth[tested] * phi[tested] ** 2, 1))
    return Pairs(
        first=first,
        second=second,
        together=together,
        expected=expected,
        lift=lift,
        phi=phi,
        npmi=_npmi(together, lift, n_rows),
        jaccard=together / (one + other - together),
        p_value=p_value,
    )


def dependent_share(label_matrix: csr_array) -> float:
    """Return the share of all pairs of labels that are dependent at 99 % (rDep).

    As published: chi-squared for every pair, however few items were expected, and without
    adjustment for their number, so that 1 % of independent pairs count, too. A label that no row
    or every row has depends on nothing. NaN for fewer than two labels.

    Parameters
    ----------
    label_matrix
        Boolean, shape ``(n, n_classes)``.

    References
    ----------
    Chekina et al., Identification of label dependencies for multi-label classification, MLD 2010.
    """
    from scipy.stats import chi2

    n_rows, n_classes = label_matrix.shape
    counts = label_matrix.sum(axis=0, dtype=np.int64).astype(np.float64)
    found = 0
    for start, together in crossed(label_matrix, label_matrix):
        one = counts[start : start + len(together), None]
        spread = one * (n_rows - one) * counts * (n_rows - counts)
        squared = n_rows * (n_rows * together - one * counts) ** 2
        critical = chi2.isf(RDEP_ALPHA, 1) * spread
        found += int(np.triu((spread > 0) & (squared > critical), start + 1).sum())
    n_pairs = n_classes * (n_classes - 1) // 2
    return found / n_pairs if n_pairs else np.nan


def crossed(one: csr_array, other: csr_array) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield how many rows have each column of one matrix and each of another, in blocks.

    Parameters
    ----------
    one, other
        Boolean, of one shape ``(n, n_classes)``.

    Yields
    ------
    The first column of a block, and counts of shape ``(len(block), n_classes)``.
    """
    counts = (one.astype(np.int64).T @ other.astype(np.int64)).tocsr()
    for start in range(0, counts.shape[0], BLOCK):
        yield start, counts[start : start + BLOCK].toarray()


def adjust(p_values: NDArray[np.float64], n_tests: int | None = None) -> NDArray[np.float64]:
    """Return p-values adjusted for their number (Benjamini and Hochberg, 1995), never 0.

    Parameters
    ----------
    p_values
        Of all tests, or of the smallest of them.
    n_tests
        How many tests there were, where some are left out.
    """
    order = np.argsort(p_values)[::-1]
    ranks = np.arange(len(p_values), 0, -1)
    scaled = p_values[order] * (len(p_values) if n_tests is None else n_tests) / ranks
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.clip(np.minimum.accumulate(scaled), SMALLEST_P, 1)
    return adjusted


def _candidates(
    label_matrix: csr_array,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs that occur together or were expected to 5 times, and how often they do."""
    n_rows = label_matrix.shape[0]
    counts = label_matrix.sum(axis=0, dtype=np.int64)
    found = []
    for start, block in crossed(label_matrix, label_matrix):
        expected_rows = np.outer(counts[start : start + len(block)], counts)
        kept = np.triu((block > 0) | (expected_rows >= MIN_EXPECTED * n_rows), start + 1)
        kept &= expected_rows > 0
        first, second = np.nonzero(kept)
        found.append((first + start, second, block[first, second]))
    first, second, together = (np.concatenate(part) for part in zip(*found, strict=True))
    return first, second, together


def _npmi(
    together: NDArray[np.int64], lift: NDArray[np.float64], n_rows: int
) -> NDArray[np.float64]:
    """Return ln lift / -ln share together; -1 for pairs never together, 1 for always."""
    found = np.where(together == 0, -1.0, 1.0)
    between = (together > 0) & (together < n_rows)
    found[between] = np.log(lift[between]) / -np.log(together[between] / n_rows)
    return found
