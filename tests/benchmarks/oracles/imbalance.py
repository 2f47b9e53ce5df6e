"""Class imbalance and the distribution of numbers, beside numpy, scipy and scikit-learn."""

from collections.abc import Iterator

import numpy as np
from scipy import ndimage, stats
from scipy.spatial.distance import cityblock
from sklearn.utils.class_weight import compute_class_weight

from labelaudit.inputs.columns import Splits
from labelaudit.measures.class_imbalance.target_distribution import target_distribution
from labelaudit.statistics.imbalance import class_balanced_weights, imbalance_statistics
from labelaudit.statistics.label_distribution_smoothing import lds_density, lds_window
from labelaudit.statistics.target_bins import wanted_width

Row = tuple[str, str, float, float, float]

CIFAR10_LT = [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50]


def rows() -> Iterator[Row]:
    """Yield each quantity of the class counts of CIFAR-10-LT, then of generated ages."""
    yield from _of_classes(np.array(CIFAR10_LT))
    ages = np.clip(np.round(np.random.default_rng(0).gamma(9, 4.6, 5000)), 1, 90)
    yield from _of_bins(np.bincount(ages.astype(int)))
    yield from _of_numbers(ages)


def _of_classes(counts: np.ndarray) -> Iterator[Row]:
    found = {name: number or 0.0 for name, number in imbalance_statistics(counts).items()}
    n, c = counts.sum(), len(counts)
    test = stats.power_divergence(counts, lambda_="log-likelihood")
    uniform = np.full(c, 1 / c)
    yield "entropy", "scipy.stats.entropy", found["entropy"], stats.entropy(counts), 1e-12
    yield (
        "LRID / 2N",
        "scipy.stats.entropy, to uniform",
        found["lrid_per_sample"],
        stats.entropy(counts, uniform),
        1e-12,
    )
    yield "LRID", "scipy.stats.power_divergence", found["lrid"], test.statistic, 1e-6
    mild = np.array([50, 30, 20])
    yield (
        "p-value of balance (50, 30, 20)",
        "scipy.stats.chisquare",
        imbalance_statistics(mild)["balance_p_value"] or 0.0,
        stats.chisquare(mild).pvalue,
        1e-12,
    )
    yield (
        "distance from balance",
        "scipy cityblock / 2",
        found["uniform_distance"],
        cityblock(counts / n, uniform) / 2,
        1e-12,
    )
    ours = class_balanced_weights(counts, 1 - 1e-10)
    theirs = compute_class_weight(
        "balanced", classes=np.arange(c), y=np.repeat(np.arange(c), counts)
    )
    for at in (0, c - 1):
        yield (
            f"weight of class {at}, beta to 1",
            "sklearn compute_class_weight",
            ours[at],
            theirs[at] / theirs.mean(),
            1e-5,
        )


def _of_bins(counts: np.ndarray) -> Iterator[Row]:
    window = ndimage.gaussian_filter1d([0.0, 0, 1, 0, 0], 2)
    for at, weight in enumerate(window / window.max()):
        yield f"LDS window, {at}", "scipy gaussian_filter1d", lds_window()[at], weight, 1e-12
    theirs = np.convolve(counts, window / window.max(), mode="same")
    yield "LDS density, highest", "numpy.convolve", lds_density(counts).max(), theirs.max(), 1e-9
    yield "LDS density, sum", "numpy.convolve", lds_density(counts).sum(), theirs.sum(), 1e-6


def _of_numbers(ages: np.ndarray) -> Iterator[Row]:
    no_splits = Splits((), np.full(len(ages), -1, dtype=np.int32))
    found = {
        value.name: value.value or 0.0 for value in target_distribution(ages, no_splits).values
    }
    yield "skewness", "scipy.stats.skew", found["skewness"], stats.skew(ages), 1e-12
    yield "standard deviation", "numpy.std", found["standard_deviation"], ages.std(), 1e-9
    width = 2 * stats.iqr(ages) / len(ages) ** (1 / 3)
    yield "width of Freedman and Diaconis", "scipy.stats.iqr", wanted_width(ages), width, 1e-12
    counts = np.bincount(ages.astype(int))[int(ages.min()) :]
    evenness = stats.entropy(counts) / np.log(len(counts))
    yield "evenness over bins", "scipy.stats.entropy", found["bin_evenness"], evenness, 1e-12
