"""Small tables of judgements, one column an annotator, and their consensus."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labelaudit.inputs.annotator_panel import AnnotatorPanel
from labelaudit.inputs.annotator_panel import annotator_panel as panel_of
from labelaudit.inputs.item_consensus import ItemConsensus, item_consensus
from labelaudit.inputs.judgements import judgements as judgements_of
from labelaudit.inputs.pred_probs import PredProbs, user_probs

NAMES = ("cat", "dog", "emu")


def judgements(table: NDArray[np.int64], *, named: bool = True) -> pa.Table:
    """Return the judgements of a table with one column an annotator, negative for none."""
    items, annotators = np.nonzero(table >= 0)
    names = [f"ann {at}" for at in annotators] if named else [None] * len(items)
    return pa.table(
        {
            "item": items,
            "annotator": pa.array(names, type=pa.string()),
            "label": table[items, annotators].astype(np.int32),
        }
    )


def annotator_panel(annotations: pa.Table, names: tuple[str, ...]) -> AnnotatorPanel:
    return panel_of(judgements_of(annotations), names)


def consensus_of(
    table: NDArray[np.int64],
    labels: NDArray[np.int32] | None = None,
    pred_probs: PredProbs | None = None,
    *,
    named: bool = True,
    names: tuple[str, ...] = NAMES,
) -> ItemConsensus:
    labelled = np.zeros(len(table), dtype=bool) if labels is None else labels >= 0
    panel = annotator_panel(judgements(table, named=named), names)
    return item_consensus(panel, labelled, labels, pred_probs)


def three_annotators(n_items: int = 90) -> NDArray[np.int64]:
    """Return three who agree, but for two items that one of them gets wrong."""
    table = np.repeat(np.arange(n_items)[:, None] % 3, 3, axis=1)
    table[0, 0], table[1, 2] = 1, 0
    return table


def truth(n_items: int = 90) -> NDArray[np.int32]:
    return (np.arange(n_items) % 3).astype(np.int32)


def probs_of(labels: NDArray[np.int32], given: NDArray[np.int32]) -> PredProbs:
    """Return the probabilities of a classifier that gives some labels .8."""
    return user_probs(0.1 + 0.7 * np.eye(3)[labels], given, "mine")
