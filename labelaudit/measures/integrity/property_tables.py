"""What properties of images say of classes or numbers, as values and tables."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.errors import MissingInputError
from labelaudit.measures import Findings
from labelaudit.measures.integrity.image_properties import Properties
from labelaudit.report import Scalar, Table, Value
from labelaudit.statistics.class_separation import Separation, separation
from labelaudit.statistics.proportions import adjusted
from labelaudit.tabulate import Specification, bounded, exact_values, ranked_table

MIN_ITEMS = 40
TOLD_FROM = 0.3
SIGNIFICANT = 0.05
COVERS = "95 %, normal, over all properties together (Bonferroni)"
BEST: Specification = (
    "best_property_score",
    "How well the most telling property alone separates the labels",
    "",
    "lower",
)
TOLD: tuple[Specification, ...] = (
    ("telling_properties_count", "Properties that tell a label", "count", "lower"),
    ("told_pairs_count", "Pairs of a property and a class that it tells", "count", "lower"),
)
NO_INTERVAL = "it counts what is beyond a limit, and most likely no chance"
ASSOCIATION = (
    "An association is no proof that a model would use it, nor that the labels are wrong: look at "
    "the classes, and ask whether it holds where a model will be used."
)


def of_classes(
    properties: Properties,
    members: csr_array,
    class_names: tuple[str, ...],
    first_half: NDArray[np.bool_],
    parameters: Mapping[str, Scalar],
) -> Findings:
    """Return how well properties tell classes."""
    counts = members.sum(axis=0)
    enough = np.flatnonzero((counts >= MIN_ITEMS) & (members.shape[0] - counts >= MIN_ITEMS))
    if not len(enough):
        raise MissingInputError(
            f"no class has {MIN_ITEMS} images, and {MIN_ITEMS} others to tell it from; the largest "
            f"has {max(counts, default=0):,} of {members.shape[0]:,}"
        )
    found = separation(properties.values, members[:, enough], first_half)
    p_values = adjusted(found.p_value)
    told = (found.held_out >= TOLD_FROM) & (p_values < SIGNIFICANT)
    mean = found.held_out.mean(axis=1)
    best = int(mean.argmax())
    score = float(mean[best])
    error = _reach(properties) * float(found.error[best].mean())  # as if all classes went together
    left_out = len(class_names) - len(enough)
    notes = [
        f"Classes with too few images to be looked at: {left_out:,} of {len(class_names):,}."
    ] * (left_out > 0)
    names = [class_names[at] for at in enough]
    return Findings(
        values=(
            _best(score, (score - error, score + error), properties.names[best]),
            *exact_values(
                TOLD,
                {
                    "telling_properties_count": int(told.any(axis=1).sum()),
                    "told_pairs_count": int(told.sum()),
                },
                {},
                NO_INTERVAL,
            ),
        ),
        tables=(
            ranked_table(
                "properties",
                "How well each property separates the classes",
                (
                    ("property", "", properties.names),
                    ("mean_separation", "", mean),
                    ("classes_told", "count", told.sum(axis=1)),
                    ("class_best_told", "", [names[at] for at in found.held_out.argmax(axis=1)]),
                    ("its_separation", "", found.held_out.max(axis=1)),
                ),
                np.argsort(-mean, kind="stable"),
            ),
            _pairs(found, properties, names, p_values, told),
        ),
        notes=(*notes, *([ASSOCIATION] if told.any() else [])),
        parameters=parameters,
    )


def _best(score: float, ends: tuple[float, float], name: str) -> Value:
    """Return the headline with its interval."""
    value = exact_values((BEST,), {BEST[0]: min(max(score, 0), 1)}, {BEST[0]: f"by {name}"})
    low, high = (min(max(end, 0), 1) for end in ends)
    return bounded(value[0], low, high, COVERS)


def _reach(properties: Properties) -> float:
    """Return how many errors an interval reaches that is one of as many as there are properties."""
    from scipy.stats import norm

    return float(norm.isf(SIGNIFICANT / 2 / len(properties.names)))


def _pairs(
    found: Separation,
    properties: Properties,
    names: list[str],
    p_values: NDArray[np.float64],
    told: NDArray[np.bool_],
) -> Table:
    """Return one row a property and class, the best separated first."""
    shape = found.held_out.shape
    rows, columns = (each.ravel() for each in np.indices(shape))
    return ranked_table(
        "properties_by_class",
        "How well each property tells each class from the rest",
        (
            ("property", "", [properties.names[at] for at in rows]),
            ("class", "", [names[at] for at in columns]),
            ("separation", "", found.held_out.ravel()),
            ("auc", "", found.auc.ravel()),
            ("adjusted_p_value", "", p_values.ravel()),
            ("told", "", told.ravel()),
        ),
        np.argsort(-found.held_out.ravel(), kind="stable"),
    )


def of_numbers(
    properties: Properties, targets: NDArray[np.float64], parameters: Mapping[str, Scalar]
) -> Findings:
    """Return how properties are correlated with numbers."""
    from scipy.stats import spearmanr

    if targets.min() == targets.max():
        raise MissingInputError("all labels are the same number")
    tests = [spearmanr(column, targets) for column in properties.values.T]
    correlation = np.array([test.statistic for test in tests])
    p_values = adjusted(np.array([test.pvalue for test in tests]))
    told = (np.abs(correlation) >= TOLD_FROM) & (p_values < SIGNIFICANT)
    best = int(np.abs(correlation).argmax())
    score = float(abs(correlation[best]))
    error = _reach(properties) * math.sqrt((1 + score**2 / 2) / (len(targets) - 3))
    angle = math.atanh(min(score, 1 - 1e-12))
    return Findings(
        values=(
            _best(
                score, (math.tanh(angle - error), math.tanh(angle + error)), properties.names[best]
            ),
            *exact_values(TOLD[:1], {"telling_properties_count": int(told.sum())}, {}, NO_INTERVAL),
        ),
        tables=(
            ranked_table(
                "properties",
                "How each property is correlated with the label",
                (
                    ("property", "", properties.names),
                    ("rank_correlation", "", correlation),
                    ("adjusted_p_value", "", p_values),
                    ("told", "", told),
                ),
                np.argsort(-np.abs(correlation), kind="stable"),
            ),
        ),
        notes=(ASSOCIATION,) if told.any() else (),
        parameters=parameters,
    )
