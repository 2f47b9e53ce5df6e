"""Change labels on purpose, and judge them anew with all that was learned from them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.blocks import BLOCK, row_blocks
from labelaudit.inputs.label_judgement import Judgement, LabelFilter, check_informed, judge
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.inputs.pred_probs import PredProbs, vote_strengths
from labelaudit.statistics.label_flips import (
    MOST_CELLS,
    chosen_items,
    class_order,
    commonest_others,
    drawn_classes,
    mixed_keys,
)

SHARE: Final = 0.05
FEWEST: Final = 10


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What became of labels that were changed.

    Attributes
    ----------
    flipped
        Which items had their label changed, shape ``(n_samples,)``.
    weights
        1 for these; for the others the probability that their label was right before, or 1 where
        the model is too weak to say; 0 for items that were not judged.
    judgement
        What was said of all labels after the change.
    """

    flipped: NDArray[np.bool_]
    weights: NDArray[np.float64]
    judgement: Judgement

    @property
    def average_precision(self) -> float:
        """Average precision of the changed labels by margin, in ``[0, 1]``."""
        from sklearn.metrics import average_precision_score

        rows = np.flatnonzero(self.judgement.judged)
        doubt = np.nan_to_num(-self.judgement.margin[rows])
        return float(
            average_precision_score(self.flipped[rows], doubt, sample_weight=self.weights[rows])
        )

    def counts(self, flags: NDArray[np.bool_]) -> tuple[int, float]:
        """Return how many changed labels are flagged, and the weight of the other flagged."""
        found = int((flags & self.flipped).sum())
        return found, float(self.weights[flags].sum()) - found


def flip_trials(
    labels: NDArray[np.int32],
    n_classes: int,
    pred_probs: PredProbs,
    random_state: int,
    neighbors: Neighbors | None,
    copies: NDArray[np.int64] | None,
    hashes: NDArray[np.uint64] | None,
    label_filter: LabelFilter = "adaptive",
    before: Judgement | None = None,
) -> dict[str, Trial | None]:
    """Change some labels by class, then others to their neighbors', and judge all of them.

    Parameters
    ----------
    labels
        Class of each item, ``-1`` when unlabelled.
    n_classes
        Number of classes.
    pred_probs
        Out-of-sample probabilities, made again from the changed labels where they can be.
    random_state
        Seed of the draw.
    neighbors, copies, hashes
        Of the embeddings, where there are any.
    label_filter
        The rule by which labels are suspected.
    before
        What is said of the labels as they are; None to work it out.

    Returns
    -------
    By kind of flips; None where fewer than ten labels can be changed.

    Raises
    ------
    MissingInputError
        When the probabilities are as good as chance.
    """
    before = before or judge(labels, n_classes, pred_probs, label_filter)
    check_informed(labels, before)
    known = np.where(before.judged, labels, np.int32(-1))
    if hashes is None:
        draws = np.random.default_rng(random_state)
        hashes = draws.integers(2**64, size=len(labels), dtype=np.uint64)
    order = class_order(hashes, known, n_classes)
    draw, *keys = (mixed_keys(hashes, 3 * random_state + at) for at in range(3))
    targets = {"class_flips": _class_targets(known, before, draw, order)}
    if neighbors is not None and copies is not None:
        targets["neighbor_flips"] = _neighbor_targets(known, labels, neighbors, copies, order)
    wanted = max(FEWEST, round(SHARE * int(before.judged.sum())))
    trials: dict[str, Trial | None] = {"class_flips": None, "neighbor_flips": None}
    for (kind, classes), own in zip(targets.items(), keys, strict=False):
        items = chosen_items(classes >= 0, known, own, wanted)
        if len(items) < FEWEST:
            continue
        changed = labels.copy()
        changed[items] = classes[items]
        probs = pred_probs.refit(changed) if pred_probs.refit else pred_probs
        flipped = np.zeros(len(labels), dtype=bool)
        flipped[items] = True
        after = judge(changed, n_classes, probs, label_filter)
        trials[kind] = Trial(flipped, np.where(flipped, 1.0, _rightness(before)), after)
    return trials


def _rightness(before: Judgement) -> NDArray[np.float64]:
    """Return the probability that each label was right; 1 where that is not known, 0 unjudged."""
    if not before.tells_errors:
        return before.judged.astype(np.float64)
    return 1 - np.nan_to_num(before.error_probability.astype(np.float64), nan=1.0)


def _class_targets(
    known: NDArray[np.int32],
    before: Judgement,
    keys: NDArray[np.uint64],
    order: NDArray[np.int64],
) -> NDArray[np.int32]:
    """Return another class for each item, drawn by the estimated transitions; -1 for none.

    The transitions from a class to another are the expected errors among the items that are given
    the other and are most probably of the class.
    """
    n_classes, items = len(order), np.flatnonzero(known >= 0)
    found = np.full(len(known), -1, dtype=np.int32)
    present = np.bincount(known[items], minlength=n_classes) > 0
    if present.sum() < 2:  # noqa: PLR2004 - no other class
        return found
    errors = before.error_probability[items].astype(np.float64)
    pairs = before.suggested[items], known[items]
    transitions = csr_array((errors, pairs), shape=(n_classes, n_classes))
    found[items] = drawn_classes(known[items], keys[items], transitions, present, order)
    return found


def _neighbor_targets(
    known: NDArray[np.int32],
    labels: NDArray[np.int32],
    neighbors: Neighbors,
    copies: NDArray[np.int64],
    order: NDArray[np.int64],
) -> NDArray[np.int32]:
    """Return the commonest other class among each item's neighbors; -1 for none."""
    found = np.full(len(known), -1, dtype=np.int32)
    items = np.flatnonzero(known >= 0)
    for block in row_blocks(len(items), max(1, min(BLOCK, MOST_CELLS // len(order)))):
        rows = items[block]
        around, strength = vote_strengths(neighbors, copies, labels, rows)
        found[rows] = commonest_others(around, strength, known[rows], labels, order)
    return found
