"""Shifts between splits beside scipy, statsmodels and scikit-learn."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import jensenshannon
from scipy.stats import binomtest, chi2_contingency, fisher_exact, ks_2samp
from scipy.stats.contingency import association
from sklearn.cluster import KMeans
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_rand_score, roc_auc_score
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportions_ztest,
)

from labelaudit.embeddings import Embeddings
from labelaudit.inputs.clusters import clusters
from labelaudit.inputs.columns import Splits
from labelaudit.inputs.copies import embedding_hashes
from labelaudit.measures.integrity.target_shift import target_shift
from labelaudit.statistics.distributions import distance
from labelaudit.statistics.proportions import adjusted, share_difference
from labelaudit.statistics.two_samples import accuracy_test, auc_interval, cross_scores

Row = tuple[str, str, float, float, float]
EXACT = 1e-9


def rows() -> Iterator[Row]:
    """Yield every quantity beside the packages' own."""
    yield from _distances()
    yield from _proportions()
    yield from _targets()
    yield from _two_samples()
    yield from _clusters()


def _distances() -> Iterator[Row]:
    for name, one, other in (
        ("3 classes", [50, 30, 20], [30, 30, 40]),
        ("10 classes", list(range(60, 160, 10)), list(range(200, 100, -10))),
    ):
        first, second = np.array(one), np.array(other)
        found = distance(first, second)
        theirs = jensenshannon(first, second, base=2) ** 2
        test = chi2_contingency([one, other], correction=False)
        v = association(np.array([one, other]), method="cramer")
        yield (f"Jensen-Shannon, {name}", "scipy", found.jensen_shannon, theirs, EXACT)
        yield (f"chi-squared, {name}", "scipy", found.chi_squared, test.statistic, EXACT)
        yield (f"its p-value, {name}", "scipy", found.p_value, test.pvalue, EXACT)
        yield (f"Cramer's V, {name}", "scipy", found.cramers_v, v, EXACT)


def _proportions() -> Iterator[Row]:
    for a, n, b, m in ((56, 70, 48, 80), (300, 2000, 260, 2400)):
        found = share_difference(a, n, b, m)
        name = f"{a}/{n} and {b}/{m}"
        p_value = proportions_ztest([a, b], [n, m])[1]
        low, high = confint_proportions_2indep(a, n, b, m, method="newcomb")
        yield (f"p-value, {name}", "statsmodels", float(found.p_value), p_value, EXACT)
        yield (f"low, {name}", "statsmodels", float(found.low), low, EXACT)
        yield (f"high, {name}", "statsmodels", float(found.high), high, EXACT)
    tails = [fisher_exact([[3, 17], [0, 30]], alternative=side)[1] for side in ("less", "greater")]
    ours = float(share_difference(3, 20, 0, 30).p_value)
    yield ("p-value, 3/20 and 0/30", "scipy, twice the tail", ours, 2 * min(tails), EXACT)
    p_values = np.random.default_rng(0).random(50) ** 3
    theirs = multipletests(p_values, method="fdr_bh")[1]
    difference = float(np.abs(adjusted(p_values) - theirs).max())
    yield ("adjusted p-values, largest difference", "statsmodels", difference, 0.0, EXACT)


def _targets() -> Iterator[Row]:
    rng = np.random.default_rng(1)
    one, other = rng.gamma(2, 10, 700), rng.gamma(2, 11, 500)
    splits = Splits(("a", "b"), np.repeat(np.array([0, 1], dtype=np.int32), [700, 500]))
    values = {
        value.name: value.value or 0.0
        for value in target_shift(np.concatenate([one, other]), splits).values
    }
    test = ks_2samp(one, other)
    yield ("Kolmogorov-Smirnov", "scipy", values["ks_statistic"], test.statistic, EXACT)
    yield ("its p-value", "scipy", values["target_shift_p_value"], test.pvalue, EXACT)


def _two_samples() -> Iterator[Row]:
    exact = accuracy_test(540, 1000)[2]
    theirs = binomtest(540, 1000, alternative="greater").pvalue
    yield ("540 of 1,000, exact p-value", "scipy", exact, theirs, EXACT)
    rng = np.random.default_rng(2)
    is_other = np.arange(8000) % 2 == 1
    vectors = rng.normal(size=(8000, 32)) @ rng.normal(size=(32, 32)) + 0.6 * is_other[:, None]
    fold = np.arange(8000) % 4 < 2
    scores = cross_scores(vectors, is_other, fold)[fold]
    ours = auc_interval(scores[~is_other[fold]], scores[is_other[fold]])[0]
    same = roc_auc_score(is_other[fold], scores)
    yield ("AUC of our scores", "scikit-learn", ours, same, EXACT)
    for name, model in (
        ("LogisticRegression", LogisticRegression(max_iter=1000)),
        ("LinearDiscriminantAnalysis", LinearDiscriminantAnalysis()),
    ):
        fitted = model.fit(vectors[~fold], is_other[~fold])
        auc = roc_auc_score(is_other[fold], fitted.decision_function(vectors[fold]))
        yield ("AUC of two splits", f"scikit-learn, {name}", ours, auc, 0.01)


def _clusters() -> Iterator[Row]:
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 3, 700)
    vectors: NDArray[np.float32] = (10 * np.eye(3, 8)[truth] + rng.normal(size=(700, 8))).astype(
        np.float32
    )
    embeddings = Embeddings(
        vectors=vectors,
        present=np.ones(700, dtype=bool),
        model="made",
        model_sha256="0" * 64,
        preprocessing="none",
    )
    centered = vectors - vectors.mean(axis=0)
    units = centered / np.linalg.norm(centered, axis=1, keepdims=True)
    theirs = KMeans(3, n_init=10, random_state=0).fit_predict(units)
    ours = clusters(embeddings, embedding_hashes(embeddings), 0)
    yield ("clusters, adjusted Rand", "scikit-learn", adjusted_rand_score(theirs, ours), 1.0, 0.0)
