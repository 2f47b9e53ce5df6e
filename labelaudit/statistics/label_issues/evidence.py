"""What out-of-sample probabilities say of every label: its own, and the class to be sure of."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from labelaudit.blocks import row_blocks
from labelaudit.errors import MissingInputError
from labelaudit.statistics.label_issues.blocks import Blocks
from labelaudit.statistics.label_issues.joint import Joint, SortKind, confident_joint
from labelaudit.statistics.label_issues.per_item import by_class, by_item, strongest_other

Rule = Literal["paper", "argmax"]
CLOSE = 1e-6
LEAST_THRESHOLD = 2 * CLOSE
NEVER = 2.0  # a threshold that no probability reaches


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """What the probabilities say of each item.

    Attributes
    ----------
    rule
        How the class of an item is guessed that passes several thresholds.
    given
        Given class, ``-1`` for items that were not judged, shape ``(n_samples,)``.
    own
        Probability of the given class; NaN for items that were not judged.
    guess
        The class that the item surely is, ``-1`` when it passes no threshold.
    agrees
        Whether no other class is more probable than the given one, to within 1e-6.
    counts
        How many judged items each class has, shape ``(n_classes,)``.
    thresholds
        Mean probability of each class over the items that have it; 2 without items.
    joint
        Sure items by given and guessed class; at least one for each class with itself.
    """

    rule: Rule
    given: NDArray[np.signedinteger]
    own: NDArray[np.floating]
    guess: NDArray[np.signedinteger]
    agrees: NDArray[np.bool_]
    counts: NDArray[np.int64]
    thresholds: NDArray[np.floating]
    joint: Joint

    @property
    def sort_kind(self) -> SortKind:
        """How equals are sorted: by index, or as NumPy does it fastest on the processor at hand.

        The latter is what cleanlab does, so its choice among equals is had with its rule.
        """
        return "stable" if self.rule == "paper" else None

    @property
    def off_diagonal(self) -> NDArray[np.bool_]:
        """Whether an item surely is of another class than the given one, which is less probable."""
        off: NDArray[np.bool_] = (self.guess >= 0) & (self.guess != self.given)
        off &= ~self.agrees
        return off


def weigh_labels(
    labels: NDArray[np.integer], n_classes: int, blocks: Blocks, *, rule: Rule = "paper"
) -> Evidence:
    """Weigh every label against its probabilities, in two passes over them.

    The threshold of a class is its mean probability over the items that have it as label. An item
    *surely is* the most probable of the classes whose threshold its probability reaches.

    Parameters
    ----------
    labels
        Given classes, ``-1`` when unlabelled, shape ``(n_samples,)``.
    n_classes
        Number of classes.
    blocks
        Out-of-sample probabilities. Items that they leave out are not judged.
    rule
        What is guessed where several classes reach their thresholds: the most probable of them
        (``"paper"``), or the most probable class of all, whether it does or not (``"argmax"``).
        The latter is cleanlab's.

    Returns
    -------
    The evidence, in the precision of the probabilities.

    Raises
    ------
    MissingInputError
        When there is one class only.

    References
    ----------
    Northcutt, Jiang and Chuang, Confident Learning, JAIR 70, 2021, section 3.1.

    Examples
    --------
    >>> from labelaudit.statistics.label_issues.blocks import array_blocks
    >>> labels = np.array([0, 0, 1, 1])
    >>> probs = np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7], [0.5, 0.5]])
    >>> evidence = weigh_labels(labels, 2, array_blocks(probs, labels))
    >>> evidence.thresholds.round(2).tolist(), evidence.guess.tolist()
    ([0.55, 0.6], [0, 1, 1, -1])
    """
    if n_classes < 2:  # noqa: PLR2004 - as the message says
        raise MissingInputError("there is one class only, so no label can be taken for another")
    own = by_item(
        len(labels), blocks, lambda items, rows: rows[np.arange(len(items)), labels[items]]
    )
    given = labels.astype(np.min_scalar_type(-n_classes - 1))
    given[np.isnan(own)] = -1
    thresholds, counts = confident_thresholds(given, own, n_classes)
    bars = _in_precision(thresholds - CLOSE, own.dtype)
    guess, agrees = np.full_like(given, -1), np.zeros(len(given), dtype=bool)
    for items, rows in blocks():
        label = given[items]
        best, agrees[items] = _most_probable(rows, label, own[items])
        guess[items] = _surely(rows, best, bars, rule)
    return Evidence(
        rule=rule,
        given=given,
        own=own,
        guess=guess,
        agrees=agrees,
        counts=counts,
        thresholds=thresholds,
        joint=confident_joint(n_classes, _sure_pairs(given, guess)),
    )


def confident_thresholds(
    given: NDArray[np.signedinteger], own: NDArray[np.floating], n_classes: int
) -> tuple[NDArray[np.floating], NDArray[np.int64]]:
    """Return the mean probability of each class over the items that have it, and how many do.

    Thresholds are at least 2e-6, 2 without items, and in the precision of ``own``, or double where
    a class is missing.
    """
    order, starts = by_class(given, n_classes)
    counts = np.diff(starts)
    kind = own.dtype if counts.all() else np.float64
    thresholds: NDArray[np.floating] = np.full(n_classes, NEVER, dtype=kind)
    for k in np.flatnonzero(counts):
        members = order[starts[k] : starts[k + 1]]
        thresholds[k] = max(own[members].mean(), LEAST_THRESHOLD)
    return thresholds, counts


def _sure_pairs(
    given: NDArray[np.signedinteger], guess: NDArray[np.signedinteger]
) -> Iterator[tuple[NDArray[np.signedinteger], NDArray[np.signedinteger]]]:
    """Yield given and guessed class of the sure items, some at a time."""
    for block in row_blocks(len(given)):
        sure = guess[block] >= 0
        yield given[block][sure], guess[block][sure]


def _most_probable(
    rows: NDArray[np.floating], given: NDArray[np.signedinteger], own: NDArray[np.floating]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the most probable class, and whether the given one is it, were it 1e-6 more so."""
    other, rival = strongest_other(rows, given)
    is_first = given < other
    best = np.where((own > rival) | ((own == rival) & is_first), given, other)
    raised = own + CLOSE
    return best, (raised > rival) | ((raised == rival) & is_first)


def _surely(
    rows: NDArray[np.floating],
    best: NDArray[np.int64],
    bars: NDArray[np.floating],
    rule: Rule,
) -> NDArray[np.int64]:
    """Return the class that each row surely is, ``-1`` for none."""
    guess = np.where(rows[np.arange(len(rows)), best] >= bars[best], best, -1)
    left = np.flatnonzero(guess < 0)
    if not len(left):
        return guess
    rows = rows[left]
    passing = rows >= bars
    if rule == "paper":
        among = np.where(passing, rows, -1).argmax(axis=1)
    else:
        among = np.where(passing.sum(axis=1) == 1, passing.argmax(axis=1), best[left])
    guess[left] = np.where(passing.any(axis=1), among, -1)
    return guess


def _in_precision(bars: NDArray[np.floating], kind: np.dtype[np.floating]) -> NDArray[np.floating]:
    """Return the smallest numbers of a precision that are not below some of a higher one."""
    near = bars.astype(kind)
    return np.where(near < bars, np.nextafter(near, np.array(np.inf, dtype=kind)), near)
