"""Labels that the evidence contradicts, ranked, and what share of all they may be."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from labelaudit.inputs.columns import Splits
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.inputs.pred_probs import PredProbs
from labelaudit.measures import Findings, Ranking, measure
from labelaudit.measures.confident_learning import Judgement, judge, outvoted, proven_wrong
from labelaudit.measures.noise_tables import share_table, transition_table
from labelaudit.report import Value
from labelaudit.tabulate import Specification, exact_values

GIVEN_BELOW, SUGGESTED_ABOVE = 0.05, 0.5
NOTEWORTHY, WEAK = 0.2, 0.5
SPECIFICATIONS: tuple[Specification, ...] = (
    ("suspected_errors_count", "Suspected label errors", "count", "lower"),
    ("suspected_errors_share", "Suspected, of the items judged", "share", "lower"),
    ("model_disagreement_share", "The model prefers another class", "share", "neither"),
    ("proven_wrong_count", "Labels proven wrong by copies that disagree", "count", "lower"),
)


@measure(family="label_noise", title="Label noise")
def label_noise(
    labels: NDArray[np.int32],
    class_names: tuple[str, ...],
    pred_probs: PredProbs,
    splits: Splits,
    neighbors: Neighbors | None = None,
    copies: NDArray[np.int64] | None = None,
    file_copies: NDArray[np.int64] | None = None,
) -> Findings:
    """Find labels that out-of-sample probabilities contradict, most doubtful first.

    Items are ranked by their logit margin, the log probability of the given class less the
    largest of the others. A label is *suspected* when it has a probability below 5 %, another
    class has more than 50 %, and the neighbors, where there are embeddings, vote for that class
    over the given one. Of equal files whose labels differ, all but the commonest label are
    *proven wrong*.

    The probabilities leave the item itself out: a linear discriminant in closed form, mixed with
    the votes of the 50 nearest neighbors. Predicted probabilities of the user's own take their
    place.

    The *model-estimated error rate* is that of confident learning, the share of items off the
    diagonal of the confident joint whose neighbors prefer the most probable other class, with
    the suspected ones that it leaves out. Its range is no confidence interval: it runs from the
    labels that are proven wrong to every label that the model disagrees with. A model cannot tell
    its own mistakes from those of the labels, so only judgements by people narrow it; where it
    disagrees with more than half, no estimate is given.

    Formula
    -------
    - margin of item i with given class y: m_i = log p_i(y) - max over k != y of log p_i(k);
    - threshold of class k: t_k = mean of p_i(k) over the items given k;
    - off the diagonal: among the classes with p_i(k) >= t_k the most probable is not y, and
      m_i < 0.

    Range
    -----
    Margins in ``(-inf, inf)``, shares in ``[0, 1]``; a higher margin is better, a lower share is.
    The true rate can lie above the range where the model repeats mistakes of the labels.

    Undefined
    ---------
    For items without a label; with probabilities from embeddings also for items without one,
    and for classes with a single item. The estimate, where the model disagrees with more than
    half of the labels.

    Not comparable
    --------------
    Across embedding models, or between datasets of different difficulty.

    Parameters
    ----------
    labels
        Class of each item, ``-1`` when unlabelled, shape ``(n_samples,)``.
    class_names
        Names of all declared classes.
    pred_probs
        Out-of-sample class probabilities, in blocks of rows.
    splits
        The split of each item.
    neighbors
        Nearest neighbors of each item; None when there are no embeddings.
    copies
        A number an item that items of equal embedding share; such items have no vote.
    file_copies
        A number an item that items of equal files share.

    Returns
    -------
    Values, tables by class, by split and of transitions, and the suspected items.

    Raises
    ------
    MissingInputError
        By its inputs: without probabilities or embeddings, or with several labels an item.

    References
    ----------
    Northcutt, Jiang and Chuang, Confident Learning, JAIR 70, 2021. Hastie, Tibshirani and
    Friedman, The Elements of Statistical Learning, section 4.3.

    Examples
    --------
    Three cats and a dog, of which the second cat looks like a dog:

    >>> from labelaudit.inputs.pred_probs import user_probs
    >>> labels = np.int32([0, 0, 0, 1])
    >>> probs = np.array([[0.9, 0.1], [0.02, 0.98], [0.8, 0.2], [0.1, 0.9]])
    >>> no_splits = Splits((), np.full(4, -1, dtype=np.int32))
    >>> found = label_noise(labels, ("cat", "dog"), user_probs(probs, labels, "mine"), no_splits)
    >>> found.rankings[0].items.tolist(), found.values[0].value
    ([1], 0.25)
    """
    judgement = judge(labels, len(class_names), pred_probs)
    agreed = np.ones(len(labels), dtype=bool)
    if neighbors is not None and copies is not None:
        agreed = outvoted(labels, judgement.suggested, neighbors, copies)
    suspected = agreed & (judgement.self_confidence < GIVEN_BELOW)
    suspected &= judgement.suggestion_confidence > SUGGESTED_ABOVE
    certain = None
    if file_copies is not None:
        certain = proven_wrong(np.where(judgement.judged, labels, -1), file_copies)
    tables = [
        share_table("class", class_names, labels, judgement, suspected),
        transition_table(labels, judgement.suggested, suspected, class_names),
    ]
    if splits.names:
        tables.append(share_table("split", splits.names, splits.codes, judgement, suspected))

    def detail(item: np.int64) -> str:
        voters = _voters(item, labels, neighbors, copies)
        return _detail(item, labels, judgement, class_names, voters)

    return Findings(
        values=_values(judgement, suspected, suspected | (agreed & judgement.flagged), certain),
        tables=tuple(tables),
        rankings=(_ranking(suspected, judgement, detail),),
        notes=(*filter(None, [pred_probs.caveat]), *_notes(labels, judgement, neighbors)),
        parameters={
            "probabilities": pred_probs.source,
            "n_judged": int(judgement.judged.sum()),
            "given_below": GIVEN_BELOW,
            "suggested_above": SUGGESTED_ABOVE,
        },
        columns={
            "is_label_suspected": suspected,
            "suggested_label": judgement.suggested,
            "label_margin": judgement.margin,
            "self_confidence": judgement.self_confidence,
        },
    )


def _ranking(
    suspected: NDArray[np.bool_], judgement: Judgement, detail: Callable[[np.int64], str]
) -> Ranking:
    """Return the suspected items, the smallest margin first."""
    order = np.flatnonzero(suspected)
    order = order[np.lexsort((order, judgement.margin[order]))]
    return Ranking(
        name="suspects",
        title="Suspected label errors",
        items=order,
        scores=judgement.margin[order].astype(np.float64),
        suggested=judgement.suggested[order],
        details=tuple(detail(item) for item in order),
    )


def _values(
    judgement: Judgement,
    suspected: NDArray[np.bool_],
    estimated: NDArray[np.bool_],
    certain: int | None,
) -> tuple[Value, ...]:
    n_judged, n_suspected = int(judgement.judged.sum()), int(suspected.sum())
    n_disagreed = int((judgement.margin < 0).sum())
    numbers = {
        "suspected_errors_count": n_suspected,
        "suspected_errors_share": n_suspected / n_judged if n_judged else None,
        "model_disagreement_share": n_disagreed / n_judged if n_judged else None,
        "proven_wrong_count": certain,
    }
    notes = {
        "model_disagreement_share": "Mistakes of the model and of the labels together.",
        "proven_wrong_count": "" if certain is not None else "No files, so no copies are known.",
    }
    rate = _rate(n_judged, n_disagreed, int(estimated.sum()), certain or 0)
    return (rate, *exact_values(SPECIFICATIONS, numbers, notes))


def _rate(n_judged: int, n_disagreed: int, n_estimated: int, certain: int) -> Value:
    """Return the estimate with the range that a model cannot narrow."""
    value = low = high = None
    note = "Estimated by a model, judged by no person: the range is no confidence interval."
    if n_judged:
        low = min(certain, n_judged) / n_judged
        high = max(low, n_disagreed / n_judged)
        value = max(low, n_estimated / n_judged)
        if n_disagreed > WEAK * n_judged:
            value = None
            note = f"No estimate: the model disagrees with more than {WEAK:.0%} of the labels."
    return Value(
        name="model_estimated_error_rate",
        title="Label errors, model-estimated",
        value=value,
        unit="share",
        better="lower",
        low=low,
        high=high,
        interval="from labels proven wrong by copies to all that the model disagrees with",
        note=note,
    )


def _detail(
    item: np.int64,
    labels: NDArray[np.int32],
    judgement: Judgement,
    class_names: tuple[str, ...],
    voters: NDArray[np.int32] | None,
) -> str:
    """Say in words what speaks against a label."""
    text = f"P(given) = {judgement.self_confidence[item]:.2g}"
    if voters is None:
        return text
    given, other = labels[item], judgement.suggested[item]
    return (
        f"{text}; of {len(voters)} neighbors {int((voters == other).sum())} are "
        f"{class_names[other]}, {int((voters == given).sum())} {class_names[given]}"
    )


def _voters(
    item: np.int64,
    labels: NDArray[np.int32],
    neighbors: Neighbors | None,
    copies: NDArray[np.int64] | None,
) -> NDArray[np.int32] | None:
    """Return the labels of the neighbors that vote on an item."""
    if neighbors is None or copies is None:
        return None
    around = neighbors.indices[item]
    votes: NDArray[np.int32] = labels[around[(around >= 0) & (copies[around] != copies[item])]]
    return votes[votes >= 0]


def _notes(
    labels: NDArray[np.int32], judgement: Judgement, neighbors: Neighbors | None
) -> tuple[str, ...]:
    notes = []
    left = int(((labels >= 0) & ~judgement.judged).sum())
    if left:
        notes.append(
            "Labelled items that were not judged, without embedding or alone in their class: "
            f"{left:,}."
        )
    if neighbors is None:
        notes.append("There are no embeddings, so no neighbors confirm what is suspected.")
    disagreed = float((judgement.margin < 0).sum() / max(judgement.judged.sum(), 1))
    if disagreed > NOTEWORTHY:
        notes.append(
            f"The model prefers another class for {disagreed:.0%} of the items: it is weak on this "
            "dataset, or the labels are noisy, and many of the suspected labels may be right."
        )
    return tuple(notes)
