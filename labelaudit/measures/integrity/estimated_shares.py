"""Which classes the unlabelled items of a split may have, by label shift estimation."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.blocks import row_blocks, rows_at_once
from labelaudit.inputs.columns import Splits
from labelaudit.inputs.copies import some_of
from labelaudit.inputs.pred_probs import PredProbs, View
from labelaudit.report import Table
from labelaudit.statistics.label_shift import bbse, calibrate, mlls, refusal, shares_from
from labelaudit.tabulate import ranked_table

FEWEST_UNLABELLED: Final = 50
MOST_ITEMS: Final = 20_000
MOST_CELLS: Final = 2**24
N_DRAWS: Final = 200
MOST_DRAWN_CLASSES: Final = 100
NOT_HELD_OUT: Final = "linear probe"  # says nothing of items without a label
VOTES: Final = "neighbors"


def estimated_shares(
    labels: NDArray[np.int32],
    class_names: tuple[str, ...],
    splits: Splits,
    pred_probs: PredProbs,
    copies: NDArray[np.int64],
    embedding_hashes: NDArray[np.uint64],
    random_state: int,
) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    """Estimate the class shares of every split with 50 unlabelled items or more.

    The classifier is the user's or the model's own probabilities where there are any, else the
    votes of labelled neighbors: both say the same of labelled and of unlabelled items. Its
    mistakes are known from the labelled items of the other splits. At most 20,000 items of either
    are taken, fewer of many classes.

    Returns
    -------
    A table of all classes and such splits, or none; and why a split has no estimate.
    """
    view = _view(pred_probs)
    open_ = (labels < 0) & (copies >= 0) & (splits.codes >= 0)
    sizes = np.bincount(splits.codes[open_], minlength=len(splits.names))
    if view is None or not len(sizes):
        return (), ()
    most = min(MOST_ITEMS, MOST_CELLS // max(len(class_names), 1))
    parts, notes = [], []
    for split in np.flatnonzero(sizes >= FEWEST_UNLABELLED).tolist():
        target = np.flatnonzero(open_ & (splits.codes == split))
        source = np.flatnonzero((labels >= 0) & (copies >= 0) & (splits.codes != split))
        if not len(source):
            continue
        source = source[some_of(source, most, embedding_hashes, labels)]
        target = target[some_of(target, most, embedding_hashes)]
        found, reason = _estimate(view, source, labels[source], target, random_state)
        if reason:
            notes.append(
                f"The classes of the unlabelled items of {splits.names[split]!r} "
                f"({sizes[split]:,}) are not estimated: {reason}."
            )
            continue
        names = [class_names[code] for code in np.unique(labels[source])]
        parts.append((splits.names[split], names, found))
    return ((_table(parts),) if parts else ()), tuple(notes)


def _view(pred_probs: PredProbs) -> View | None:
    """Return the probabilities that know labelled and unlabelled items alike."""
    own = (name for name in pred_probs.views if name not in (NOT_HELD_OUT, VOTES))
    return pred_probs.views.get(next(own, VOTES))


def _logs(view: View, items: NDArray[np.int64], classes: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return what a view says of some classes."""
    found = np.empty((len(items), len(classes)), dtype=np.float32)
    for block in row_blocks(len(items), rows_at_once(int(classes[-1]) + 1)):
        found[block] = view(items[block])[:, classes]
    return found


def _estimate(
    view: View,
    source: NDArray[np.int64],
    given: NDArray[np.int32],
    target: NDArray[np.int64],
    random_state: int,
) -> tuple[NDArray[np.float64], str]:
    """Return six rows of shares, or why there are none.

    They are those of the source, of the predictions, of BBSE, of both ends of its interval, and
    of MLLS.
    """
    classes, codes = np.unique(given, return_inverse=True)
    n = len(classes)
    if n < 2:  # noqa: PLR2004 - shares of one class
        return np.empty(0), "the labelled items of the other splits have one class"
    logs = _logs(view, source, classes.astype(np.int64))
    joint = np.zeros((n, n))
    np.add.at(joint, (logs.argmax(axis=1), codes), 1 / len(source))
    reason = refusal(joint)
    if reason:
        return np.empty(0), reason
    probabilities = calibrate(logs, codes.astype(np.int32))
    asked = _logs(view, target, classes.astype(np.int64))
    predicted = np.bincount(asked.argmax(axis=1), minlength=n) / len(target)
    counted = joint.sum(axis=0)
    low, high = _interval(joint, len(source), predicted, len(target), random_state)
    best = shares_from(bbse(joint, predicted), counted)
    rows = (
        counted,
        predicted,
        best,
        np.minimum(low, best),
        np.maximum(high, best),
        mlls(probabilities(asked), probabilities(logs).mean(axis=0)),
    )
    return np.stack(rows), ""


def _interval(
    joint: NDArray[np.float64],
    n_source: int,
    predicted: NDArray[np.float64],
    n_target: int,
    random_state: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the middle 95 % of BBSE over samples drawn anew; NaN of very many classes."""
    n = len(joint)
    if n > MOST_DRAWN_CLASSES:
        return np.full(n, np.nan), np.full(n, np.nan)
    rng = np.random.default_rng(random_state)
    cells = rng.multinomial(n_source, joint.ravel() / joint.sum(), size=N_DRAWS) / n_source
    targets = rng.multinomial(n_target, predicted / predicted.sum(), size=N_DRAWS) / n_target
    drawn = []
    for each, target in zip(cells.reshape(N_DRAWS, n, n), targets, strict=True):
        if np.linalg.matrix_rank(each) == n:
            drawn.append(shares_from(bbse(each, target), each.sum(axis=0)))
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    return low, high


def _table(parts: list[tuple[str, list[str], NDArray[np.float64]]]) -> Table:
    """Return one row a split and class."""
    found = np.concatenate([shares for _, _, shares in parts], axis=1)
    columns = (
        ("split", "", [split for split, names, _ in parts for _ in names]),
        ("class", "", [name for _, names, _ in parts for name in names]),
        ("labelled_elsewhere_share", "share", found[0]),
        ("predicted_share", "share", found[1]),
        ("bbse_share", "share", found[2]),
        ("low", "share", found[3]),
        ("high", "share", found[4]),
        ("mlls_share", "share", found[5]),
    )
    title = "Estimated classes of unlabelled items, if every class looks as it does elsewhere"
    return ranked_table("estimated_shares", title, columns, np.arange(found.shape[1]))
