"""Find the labels that predicted probabilities contradict, in one call."""

from collections.abc import Sequence
from typing import get_args, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labelaudit.errors import InputError
from labelaudit.statistics.label_issues.blocks import array_blocks
from labelaudit.statistics.label_issues.checks import (
    as_class_numbers,
    as_probabilities,
    check_rows,
)
from labelaudit.statistics.label_issues.evidence import Rule, weigh_labels
from labelaudit.statistics.label_issues.filters import Count, Filter, flag_labels
from labelaudit.statistics.label_issues.scores import Score, label_scores

PRUNING = ("prune_by_noise_rate", "prune_by_class", "both")
LOWEST = ("low_self_confidence", "low_normalized_margin")


@overload
def find_label_issues(
    labels: ArrayLike,
    pred_probs: ArrayLike,
    *,
    filter_by: Filter = ...,
    rule: Rule = ...,
    return_indices_ranked_by: None = ...,
    classes: Sequence[str] | None = ...,
    frac_noise: float = ...,
    min_examples_per_class: int = ...,
    n_issues: Count | int = ...,
) -> NDArray[np.bool_]: ...
@overload
def find_label_issues(
    labels: ArrayLike,
    pred_probs: ArrayLike,
    *,
    filter_by: Filter = ...,
    rule: Rule = ...,
    return_indices_ranked_by: Score,
    classes: Sequence[str] | None = ...,
    frac_noise: float = ...,
    min_examples_per_class: int = ...,
    n_issues: Count | int = ...,
) -> NDArray[np.int64]: ...
def find_label_issues(
    labels: ArrayLike,
    pred_probs: ArrayLike,
    *,
    filter_by: Filter = "prune_by_noise_rate",
    rule: Rule = "paper",
    return_indices_ranked_by: Score | None = None,
    classes: Sequence[str] | None = None,
    frac_noise: float = 1.0,
    min_examples_per_class: int = 1,
    n_issues: Count | int = "off_diagonal",
) -> NDArray[np.bool_] | NDArray[np.int64]:
    """Find labels that out-of-sample probabilities contradict, by confident learning.

    The probabilities are read in blocks of rows, a few times over: a memory map of any size is
    welcome. With ``rule="argmax"`` the flags are those of cleanlab 2.9.0.

    Parameters
    ----------
    labels
        Given class of each item, shape ``(n_samples,)``: column numbers, or names. ``-1``, None,
        NaN and empty text are unlabelled, and never flagged.
    pred_probs
        Predicted probabilities of models that have not seen the item, shape
        ``(n_samples, n_classes)``; an array or a memory map. Columns without any item are fine.
    filter_by
        The rule that flags: ``prune_by_noise_rate``, ``prune_by_class``, ``both``,
        ``confident_learning``, ``predicted_neq_given``, ``low_self_confidence`` or
        ``low_normalized_margin``; see ``flag_labels``.
    rule
        What an item that passes the thresholds of several classes is taken for: the most probable
        of them (``"paper"``), or the most probable class of all (``"argmax"``, as cleanlab does).
        Among equal probabilities the first item is flagged with ``"paper"``; with ``"argmax"``
        the one that NumPy's fastest sort puts first, which can differ between processors.
    return_indices_ranked_by
        Return the indices of the flagged items instead, the most doubtful first, by
        ``logit_margin``, ``self_confidence``, ``normalized_margin`` or
        ``confidence_weighted_entropy``; see ``label_scores``.
    classes
        Names of the columns, in their order, where labels are names; by default the sorted names.
    frac_noise
        The part of the estimated label errors to flag, in ``[0, 1]``; the first three rules only.
    min_examples_per_class
        How many items to leave unflagged in each class; the first three rules only.
    n_issues
        How many to flag by the two ``low_`` rules: ``"off_diagonal"``,
        ``"off_diagonal_calibrated"``, or a number.

    Returns
    -------
    Whether each item is flagged, shape ``(n_samples,)``; or the ranked indices.

    Raises
    ------
    InputError
        When a label is of no column, there is only one class, a labelled row holds NaN, leaves
        [0, 1] or does not sum to 1, or an option is not one of those above.

    References
    ----------
    Northcutt, Jiang and Chuang, Confident Learning, JAIR 70, 2021.

    Examples
    --------
    >>> from labelaudit import find_label_issues
    >>> labels = ["cat", "cat", "cat", "dog", "dog", None]
    >>> cat = np.array([0.9, 0.8, 0.1, 0.2, 0.1, 0.5])
    >>> find_label_issues(labels, np.stack([cat, 1 - cat], axis=1)).tolist()
    [False, False, True, False, False, False]
    """
    _check_options(filter_by, rule, return_indices_ranked_by)
    _check_numbers(filter_by, frac_noise, min_examples_per_class, n_issues)
    probs = as_probabilities(pred_probs)
    given = as_class_numbers(labels, probs.shape, classes)
    blocks = array_blocks(probs, given)
    check_rows(blocks)
    flagged = flag_labels(
        weigh_labels(given, probs.shape[1], blocks, rule=rule),
        blocks,
        filter_by=filter_by,
        frac_noise=frac_noise,
        min_examples_per_class=min_examples_per_class,
        n_issues=n_issues,
    )
    if return_indices_ranked_by is None:
        return flagged
    scores = label_scores(given, blocks, return_indices_ranked_by)
    found = np.flatnonzero(flagged)
    return found[np.argsort(scores[found], kind="stable")]


def _check_options(filter_by: str, rule: str, score: str | None) -> None:
    scores = (None, *get_args(Score))
    for name, value, choices in (
        ("filter_by", filter_by, get_args(Filter)),
        ("rule", rule, get_args(Rule)),
        ("return_indices_ranked_by", score, scores),
    ):
        if value not in choices:
            known = ", ".join(str(choice) for choice in choices)
            raise InputError(f"{name}: there is no {value!r}", hint=f"one of {known}")


def _check_numbers(
    filter_by: str, frac_noise: float, min_examples_per_class: int, n_issues: Count | int
) -> None:
    if not 0 <= frac_noise <= 1:
        raise InputError(f"frac_noise: {frac_noise} is not within [0, 1]")
    if min_examples_per_class < 0:
        raise InputError(f"min_examples_per_class: {min_examples_per_class} is below 0")
    if n_issues not in get_args(Count) and not (isinstance(n_issues, int) and n_issues >= 0):
        raise InputError(
            f"n_issues: found {n_issues!r}",
            hint=f"a number, or one of {', '.join(get_args(Count))}",
        )
    if filter_by not in PRUNING and (frac_noise, min_examples_per_class) != (1, 1):
        raise InputError(
            f"frac_noise and min_examples_per_class say nothing to {filter_by}",
            hint=f"they are of {', '.join(PRUNING)}",
        )
    if filter_by not in LOWEST and n_issues != "off_diagonal":
        raise InputError(
            f"n_issues says nothing to {filter_by}", hint=f"it is of {', '.join(LOWEST)}"
        )
