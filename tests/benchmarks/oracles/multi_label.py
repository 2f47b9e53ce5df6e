"""Several labels an item: pairs of labels, adjusted p-values, rules, and shares in two splits.

Closed formulas are equal to 1e-9. A p-value of an adjusted test is compared by its logarithm.
"""

import math
from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import binomtest, chi2_contingency, entropy, false_discovery_control, hypergeom
from sklearn.metrics import jaccard_score, matthews_corrcoef, mutual_info_score
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint, proportions_ztest

from labelaudit.statistics.cooccurrence import adjust, dependent_share, label_pairs
from labelaudit.statistics.intervals import wilson
from labelaudit.statistics.label_rules import label_rules
from labelaudit.statistics.neighbor_entropy import label_entropy
from labelaudit.statistics.split_labels import compared_shares

Row = tuple[str, str, float, float, float]
EXACT = 1e-9
N_ITEMS, N_LABELS = 800, 5


def rows() -> Iterator[Row]:
    """Yield our numbers beside theirs, of generated labels that depend on one another."""
    dense = generated()
    yield from pairs(dense)
    yield from adjusted(dense)
    yield from rules(dense)
    yield from splits(dense)
    yield from shares(dense)


def generated() -> NDArray[np.int64]:
    """Return labels of which the second often comes with the first, and the fourth always."""
    rng = np.random.default_rng(0)
    dense = (rng.random((N_ITEMS, N_LABELS)) < [0.4, 0.3, 0.2, 0.3, 0.1]).astype(np.int64)
    dense[:, 1] |= dense[:, 0] & (rng.random(N_ITEMS) < 0.5)
    dense[:, 3] &= dense[:, 0]
    return dense


def pairs(dense: NDArray[np.int64]) -> Iterator[Row]:
    """Compare phi, Jaccard, and the mutual information that NPMI is a part of."""
    found = label_pairs(csr_array(dense.astype(bool)))
    gaps = np.zeros((3, len(found.first)))
    for at, (first, second) in enumerate(zip(found.first, found.second, strict=True)):
        one, other = dense[:, first], dense[:, second]
        gaps[:, at] = (
            found.phi[at] - matthews_corrcoef(one, other),
            found.jaccard[at] - jaccard_score(one, other),
            information(one, other) - mutual_info_score(one, other),
        )
    for name, gap in zip(("phi", "Jaccard", "mutual information by NPMI"), gaps, strict=True):
        yield f"{name} of pairs, largest gap", "scikit-learn", float(np.abs(gap).max()), 0.0, EXACT


def information(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """Return the mutual information by the NPMI of the four cells, each weighted."""
    total = 0.0
    for flip, turn in ((0, 0), (0, 1), (1, 0), (1, 1)):
        cells = np.stack([one ^ flip, other ^ turn], axis=1).astype(bool)
        found = label_pairs(csr_array(cells))
        share = float(cells.all(axis=1).mean())
        if share:
            total += share * float(found.npmi[0]) * -math.log(share)
    return total


def adjusted(dense: NDArray[np.int64]) -> Iterator[Row]:
    """Compare the tests of independence, and their adjustment for their number."""
    p_values = []
    for first, second in combinations(range(N_LABELS), 2):
        square = np.histogram2d(dense[:, first], dense[:, second], bins=2)[0]
        p_values.append(chi2_contingency(square, correction=False).pvalue)
    raw = np.array(p_values)
    ours = label_pairs(csr_array(dense.astype(bool))).p_value
    for name, theirs in (
        ("scipy", false_discovery_control(raw)),
        ("statsmodels", multipletests(raw, method="fdr_bh")[1]),
    ):
        gap = float(np.abs(np.log(ours) - np.log(theirs)).max())
        yield "log adjusted p-values of pairs, largest gap", name, gap, 0.0, EXACT
        gap = float(np.abs(adjust(raw) - theirs).max())
        yield "adjusted p-values, largest gap", name, gap, 0.0, EXACT
    share = dependent_share(csr_array(dense.astype(bool)))
    yield "rDep", "scipy chi2_contingency", share, float((raw < 0.01).mean()), EXACT


def rules(dense: NDArray[np.int64]) -> Iterator[Row]:
    """Compare the bound and the p-value of an implication."""
    none = csr_array(np.zeros(dense.shape, dtype=bool))
    found = label_rules(csr_array(dense.astype(bool)), none)
    at = int(np.flatnonzero(found.implied & (found.first == 3) & (found.second == 0))[0])
    holders = int(dense[:, 3].sum())
    bound = binomtest(0, holders, alternative="less").proportion_ci(0.95).high
    yield "bound of exceptions", "scipy binomtest", float(found.bound[at]), float(bound), EXACT
    tail = hypergeom.cdf(0, N_ITEMS, int((dense[:, 0] == 0).sum()), holders)
    # Every pair was expected to break a rule 5 times, both ways, and an exclusion once; of all
    # tests this is the only one whose rule holds.
    n_tests = N_LABELS * (N_LABELS - 1) * 3 // 2
    gap = math.log(found.p_value[at]) - math.log(n_tests * tail)
    yield "log p-value of a rule", "scipy hypergeom", gap, 0.0, EXACT


def splits(dense: NDArray[np.int64]) -> Iterator[Row]:
    """Compare the tests of shares in two splits."""
    codes = np.arange(N_ITEMS) % 4 == 0
    by_split = np.stack([dense[codes].sum(axis=0), dense[~codes].sum(axis=0)])
    sizes = np.array([codes.sum(), (~codes).sum()])
    theirs = [proportions_ztest(by_split[:, label], sizes)[1] for label in range(N_LABELS)]
    found = compared_shares(by_split, sizes, [(0, 1)])
    gap = float(np.abs(found.p_value - multipletests(theirs, method="fdr_bh")[1]).max())
    yield "adjusted p-values of shares, largest gap", "statsmodels", gap, 0.0, EXACT


def shares(dense: NDArray[np.int64]) -> Iterator[Row]:
    """Compare the interval of a share, and the entropy of labels."""
    count = int(dense[:, 4].sum())
    ours = wilson(count, N_ITEMS)
    theirs = proportion_confint(count, N_ITEMS, method="wilson")
    for end, one, other in zip(("low", "high"), ours, theirs, strict=True):
        yield f"share of a label, {end}", "statsmodels", float(one), float(other), EXACT
    labels = np.random.default_rng(1).integers(0, 4, (1, 50))
    ours_mixed = float(label_entropy(labels)[0])
    yield "entropy of labels", "scipy", ours_mixed, float(entropy(np.bincount(labels[0]))), EXACT
