"""Which labels occur together, or never do."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.report import Table
from labelaudit.tabulate import ranked_table

MIN_EXPECTED: Final = 5
BLOCK: Final = 256


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
        as one of the four expected counts is below 5.
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

    @property
    def excluded(self) -> NDArray[np.int64]:
        """Positions of the pairs that never occur together, though expected to 5 times."""
        never = (self.together == 0) & (self.expected >= MIN_EXPECTED)
        return np.flatnonzero(never)


def label_pairs(label_matrix: csr_array) -> Pairs:
    """Return the statistics of all pairs of labels that have something to say.

    Parameters
    ----------
    label_matrix
        Boolean, shape ``(n, n_classes)``.

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
    tested = smallest >= MIN_EXPECTED
    p_value = np.full(len(one), np.nan)
    p_value[tested] = adjust(chi2.sf(n_rows * phi[tested] ** 2, 1))
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


def pair_table(pairs: Pairs, class_names: tuple[str, ...]) -> Table:
    """Return the pairs of labels with the strongest correlation, of either sign."""
    defined = np.flatnonzero(~np.isnan(pairs.phi))
    order = defined[np.argsort(-np.abs(pairs.phi[defined]), kind="stable")]
    return ranked_table(
        "pairs",
        "Labels that go together, or apart",
        (
            ("label", "", np.array(class_names, dtype=object)[pairs.first]),
            ("other_label", "", np.array(class_names, dtype=object)[pairs.second]),
            ("together", "count", pairs.together),
            ("expected", "", pairs.expected),
            ("lift", "ratio", pairs.lift),
            ("phi", "", pairs.phi),
            ("npmi", "", pairs.npmi),
            ("jaccard", "share", pairs.jaccard),
            ("adjusted_p_value", "", pairs.p_value),
        ),
        order,
    )


def exclusion_table(pairs: Pairs, counts: NDArray[np.int64], class_names: tuple[str, ...]) -> Table:
    """Return the pairs that never occur together, the most surprising first."""
    return ranked_table(
        "exclusions",
        "Labels that never occur together, though chance would have it",
        (
            ("label", "", np.array(class_names, dtype=object)[pairs.first]),
            ("other_label", "", np.array(class_names, dtype=object)[pairs.second]),
            ("count", "count", counts[pairs.first]),
            ("other_count", "count", counts[pairs.second]),
            ("expected_together", "", pairs.expected),
        ),
        pairs.excluded[np.argsort(-pairs.expected[pairs.excluded], kind="stable")],
    )


def adjust(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return p-values adjusted for their number (Benjamini and Hochberg, 1995)."""
    order = np.argsort(p_values)[::-1]
    ranks = np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum.accumulate(p_values[order] * len(p_values) / ranks)
    return adjusted


def _candidates(
    label_matrix: csr_array,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs that occur together or were expected to 5 times, and how often they do."""
    n_rows, n_classes = label_matrix.shape
    numbers = label_matrix.astype(np.int64)
    crossed = (numbers.T @ numbers).tocsr()
    counts = crossed.diagonal()
    found = []
    for start in range(0, n_classes, BLOCK):
        block = crossed[start : start + BLOCK].toarray()
        expected_rows = np.outer(counts[start : start + BLOCK], counts)
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
