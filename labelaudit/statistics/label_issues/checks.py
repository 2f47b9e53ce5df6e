"""Labels and probabilities as users have them: checked, and labels as numbers."""

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labelaudit.errors import SHOWN, InputError, some
from labelaudit.statistics.label_issues.blocks import Blocks

SUM_TOLERANCE = 1e-3
ROUNDING = 1e-6  # by which a softmax in single precision may leave [0, 1]


def as_probabilities(pred_probs: ArrayLike) -> NDArray[np.floating]:
    """Return probabilities as an array of rows, a memory map as it is.

    Raises
    ------
    InputError
        When it is no matrix of numbers with at least two columns.
    """
    probs = np.asanyarray(pred_probs)
    if probs.dtype.kind not in "fiub":
        raise InputError(f"pred_probs: an array of {probs.dtype}, not of numbers")
    if probs.ndim != 2 or probs.shape[1] < 2:  # noqa: PLR2004 - as the message says
        raise InputError(
            f"pred_probs: shape {probs.shape}; expected a row an item and a column a class, "
            "of two or more"
        )
    return probs


def as_class_numbers(
    labels: ArrayLike, shape: tuple[int, int], classes: Sequence[str] | None = None
) -> NDArray[np.signedinteger]:
    """Return the column of each label, ``-1`` for those that are missing.

    Parameters
    ----------
    labels
        Numbers or names of classes.
    shape
        How many rows and columns the probabilities have.
    classes
        Names of the columns; by default the sorted names.

    Raises
    ------
    InputError
        When there is not one label a row, a label is of no column, or there are fewer than two
        classes among them.
    """
    n_samples, n_classes = shape
    given = np.asarray(labels)
    if given.shape != (n_samples,):
        raise InputError(
            f"labels: shape {given.shape} for {n_samples:,} rows of pred_probs",
            hint="one label a row, None or -1 where there is none",
        )
    if given.dtype.kind not in "iub":
        given = _numbered(given, n_classes, classes)
    elif given.dtype.kind != "i":
        given = given.astype(np.int64)
    if len(given) and given.min() < -1:
        raise InputError(
            f"labels: found {given.min()}", hint="class numbers from 0, or -1 where there is none"
        )
    if len(given) and given.max() >= n_classes:
        raise InputError(f"pred_probs: {n_classes} columns, but a label is {given.max()}")
    known = np.flatnonzero(np.bincount(given[given >= 0]))
    if len(known) < 2:  # noqa: PLR2004 - as the message says
        found = f"only class {known[0]}" if len(known) else "none"
        raise InputError(f"labels: two classes or more are wanted, found {found}")
    return given


def _numbered(
    given: NDArray[Any], n_classes: int, classes: Sequence[str] | None
) -> NDArray[np.int64]:
    """Return the numbers of labels that are names, or numbers beside missing ones."""
    import pandas as pd

    codes, found = pd.factorize(pd.Series(given, dtype=object).replace("", None))
    values = list(found)
    if values and all(isinstance(value, str) for value in values):
        numbers = _places(values, n_classes, classes)
    elif all(isinstance(value, Real) and float(value).is_integer() for value in values):
        numbers = [int(value) for value in values]
    else:
        raise InputError(f"labels: neither names nor whole numbers: {some(map(repr, values))}")
    return np.array([*numbers, -1], dtype=np.int64)[codes]


def _places(names: Sequence[str], n_classes: int, classes: Sequence[str] | None) -> list[int]:
    """Return the column of each name."""
    if classes is None:
        classes = sorted(names)
        hint = "say the names of the columns with classes=[...]; without, they are sorted names"
    else:
        hint = "classes has the names of the columns, in their order"
    if len(classes) != n_classes or len(set(classes)) != n_classes:
        raise InputError(
            f"pred_probs: {n_classes} columns for {len(set(classes))} names of classes", hint=hint
        )
    column = {name: place for place, name in enumerate(classes)}
    unknown = [name for name in names if name not in column]
    if unknown:
        raise InputError(f"labels: not among the classes: {some(map(repr, unknown))}", hint=hint)
    return [column[name] for name in names]


def check_rows(blocks: Blocks) -> None:
    """Look through the probabilities of all labelled items.

    Raises
    ------
    InputError
        When a row holds NaN, leaves [0, 1] or does not sum to 1, with the first of those.
    """
    wrong, found = 0, list[str]()
    for items, rows in blocks():
        sums = rows @ np.ones(rows.shape[1], dtype=rows.dtype)
        sound = np.abs(sums - 1) <= SUM_TOLERANCE
        if sound.all() and rows.min() >= -ROUNDING:
            continue
        sound &= (rows >= -ROUNDING).all(axis=1)
        wrong += int((~sound).sum())
        for row in np.flatnonzero(~sound)[: SHOWN - len(found)]:
            values = ", ".join(f"{value:.4g}" for value in rows[row][:8])
            found.append(f"row {items[row]}: {values}; the sum is {sums[row]:.6g}")
    if wrong:
        raise InputError(
            f"pred_probs: {wrong:,} rows hold NaN, leave [0, 1] or do not sum to 1",
            details=found,
            hint="probabilities are wanted, not logits; leave items without them unlabelled (-1)",
        )
