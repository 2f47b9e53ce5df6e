"""Labels that the evidence contradicts, ranked, and what share of all they may be."""

import numpy as np
from numpy.typing import NDArray

from labelaudit.inputs.columns import Splits
from labelaudit.inputs.label_judgement import (
    CLEAR_LEAD,
    POSSIBLE,
    Judgement,
    LabelFilter,
    check_informed,
    judge,
    with_verdicts,
)
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.inputs.pred_probs import PredProbs
from labelaudit.inputs.verdicts import JudgedLabels
from labelaudit.measures import Findings, Ranking, measure
from labelaudit.measures.label_noise.label_evidence import (
    Witnesses,
    contradicted,
    hear_neighbors,
    proven_wrong,
    sentences,
    view_columns,
)
from labelaudit.measures.label_noise.noise_tables import (
    overlap_table,
    quality_table,
    share_table,
    transition_table,
)
from labelaudit.measures.label_noise.noise_values import noise_notes, noise_values
from labelaudit.report import Scalar


@measure(family="label_noise", title="Label noise")
def label_noise(
    labels: NDArray[np.int32],
    class_names: tuple[str, ...],
    pred_probs: PredProbs,
    splits: Splits,
    neighbors: Neighbors | None = None,
    copies: NDArray[np.int64] | None = None,
    file_copies: NDArray[np.int64] | None = None,
    verdicts: JudgedLabels | None = None,
    label_filter: LabelFilter = "adaptive",
    label_judgement: Judgement | None = None,
) -> Findings:
    """Find labels that out-of-sample probabilities contradict, most doubtful first.

    Items are ranked by their logit margin, the log probability of the given class less the
    largest of the others.

    How much a margin says depends on the dataset: in a noisy one most confident contradictions
    are errors of the labels, in a clean one they are errors of the model. So the probability that
    a label is wrong is that of a noise channel fitted to this dataset: the true class is drawn
    from the probabilities, sharpened by one factor, and the given label from the row of a noise
    matrix; factor and matrix are those under which the given labels are likeliest. As many of the
    likeliest errors as give the best expected F1 are *likely* errors. *Suspected* are those, and
    the *possible* ones: of the items of lowest normalized margin, as many as are off the diagonal
    of the confident joint, those that are wrong with a probability above .1, or whose suggested
    class leads by more than .7 of the probability (both chosen on CIFAR-10N and on made data).
    Where the model disagrees with more than half of the labels, its own mistakes outnumber theirs,
    and only such leads are suspected: probabilities of an error order the labels, but are none.
    The neighbors *confirm* a suspected error when they vote for the suggested class over the
    given one. Of equal files whose labels differ, all but the commonest label are *proven wrong*.

    The probabilities leave the item itself out: a linear discriminant in closed form, mixed with
    the votes of the nearest neighbors. Predicted probabilities of the user's own take their
    place, or join them.

    The *model-estimated error rate* is the mean of the probabilities of an error. It is too low
    where the probabilities have learnt the noise, repeat the mistakes of the labels, or waver
    where people err: all of that looks like hard items. It is often so with labels of people, and
    the rate can be near 0 with every third label wrong. It is too high where the model errs with
    confidence. Its range is no confidence interval: it runs from the labels
    that are proven wrong to every label that the model disagrees with. A model cannot tell its
    own mistakes from those of the labels, so only judgements by people narrow it; where it
    disagrees with more than half, no estimate is given.

    Formula
    -------
    - margin of item i with given class y: m_i = log p_i(y) - max over k != y of log p_i(k);
    - noise channel: q_i(k) proportional to p_i(k)^a; T(k, y) = P(given y | true k); a and T
      maximize sum_i log sum_k q_i(k) T(k, y_i), and the label is wrong with probability
      e_i = 1 - q_i(y) T(y, y) / sum_k q_i(k) T(k, y); a and T are fitted to 20,000
      items at most, and each row of T counts ten more, which err as often as all do;
    - likely: the n largest e_i, with n where 2 sum_{i <= n} e_i / (n + sum_i e_i) is largest;
    - threshold of class k: t_k = mean of p_i(k) over the items given k; off the diagonal: among
      the classes with p_i(k) >= t_k the most probable is not y;
    - an item with m_i >= 0 is never suspected, but by two of cleanlab's rules.

    Range
    -----
    Margins in ``(-inf, inf)``, shares in ``[0, 1]``; a higher margin is better, a lower share is.
    The true rate can lie above the range where the model repeats mistakes of the labels.

    Undefined
    ---------
    For items without a label; with probabilities from embeddings also for items without one,
    and for classes with a single item. All of it, where 30 items or more were judged and the
    model prefers the given class no more often than by chance: Cohen's kappa within two standard
    deviations of 0. The estimate, where the model disagrees with more than half of the labels.

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
    verdicts
        What people judged; a label that they found right is not suspected, whatever the model
        says.
    label_filter
        The rule by which labels are suspected: the one above, ``"adaptive"``, or one of seven of
        cleanlab's.
    label_judgement
        What the probabilities say of each label; None to work it out.

    Returns
    -------
    Values, tables by class, by split, of transitions, of the quality of classes and of pairs of
    classes that overlap, and the suspected items.

    Raises
    ------
    MissingInputError
        By its inputs: without probabilities or embeddings, or with several labels an item; where
        the probabilities are as good as chance.

    References
    ----------
    Northcutt, Jiang and Chuang, Confident Learning, JAIR 70, 2021. Hastie, Tibshirani and
    Friedman, The Elements of Statistical Learning, section 4.3. Dawid and Skene, Applied
    Statistics 28, 1979, for the channel of one annotator. Lipton, Elkan and Naryanaswamy,
    Optimal thresholding of classifiers to maximize F1 measure, ECML 2014. Fleiss, Cohen and
    Everitt, Large sample standard errors of kappa and weighted kappa, Psychological Bulletin 72,
    1969.

    Examples
    --------
    Three cats and a dog, of which the second cat looks like a dog:

    >>> from labelaudit.inputs.pred_probs import user_probs
    >>> labels = np.int32([0, 0, 0, 1])
    >>> probs = np.array([[0.9, 0.1], [0.02, 0.98], [0.8, 0.2], [0.1, 0.9]])
    >>> no_splits = Splits((), np.full(4, -1, dtype=np.int32))
    >>> found = label_noise(labels, ("cat", "dog"), user_probs(probs, labels, "mine"), no_splits)
    >>> found.rankings[0].items.tolist()
    [1]
    """
    judgement = label_judgement or judge(labels, len(class_names), pred_probs, label_filter)
    check_informed(labels, judgement)
    if verdicts is not None:
        judgement = with_verdicts(judgement, verdicts)
    certain, conflicting = None, None
    if file_copies is not None:
        certain = proven_wrong(np.where(judgement.judged, labels, -1), file_copies)
        conflicting = contradicted(labels, file_copies)
    order = np.flatnonzero(judgement.suspected)
    order = order[np.lexsort((order, judgement.margin[order]))]
    witnesses = None
    if neighbors is not None and copies is not None:
        witnesses = hear_neighbors(order, labels, judgement.suggested, neighbors, copies)
    tables = [
        share_table("class", class_names, labels, judgement),
        transition_table(labels, judgement, class_names),
        quality_table(judgement.evidence, class_names),
        overlap_table(judgement.evidence, class_names),
    ]
    if splits.names:
        tables.append(share_table("split", splits.names, splits.codes, judgement))
    views = view_columns(order, labels, judgement, pred_probs)
    evidence = _evidence(order, judgement, witnesses, conflicting) | views
    return Findings(
        values=noise_values(judgement, witnesses, certain),
        tables=tuple(tables),
        rankings=(
            Ranking(
                name="suspects",
                title="Suspected label errors",
                items=order,
                scores=judgement.margin[order].astype(np.float64),
                suggested=judgement.suggested[order],
                details=sentences(
                    order, labels, judgement, class_names, witnesses, conflicting, views
                ),
                evidence=evidence,
                neighbors=None if witnesses is None else witnesses.nearest,
            ),
        ),
        notes=(*filter(None, [pred_probs.caveat]), *noise_notes(labels, judgement, neighbors)),
        parameters=_parameters(judgement, pred_probs, label_filter),
        columns=_columns(judgement),
    )


def _columns(judgement: Judgement) -> dict[str, NDArray[np.generic]]:
    """Return what is known of every item."""
    return {
        "is_label_suspected": judgement.suspected,
        "is_label_likely_wrong": judgement.likely,
        "suggested_label": judgement.suggested,
        "label_margin": judgement.margin,
        "self_confidence": judgement.self_confidence,
        "error_probability": judgement.error_probability,
    }


def _evidence(
    items: NDArray[np.int64],
    judgement: Judgement,
    witnesses: Witnesses | None,
    conflicting: NDArray[np.bool_] | None,
) -> dict[str, NDArray[np.generic]]:
    """Return what is known of each suspected item, in columns."""
    columns: dict[str, NDArray[np.generic]] = {
        "error_probability": judgement.error_probability[items],
        "is_likely": judgement.likely[items],
    }
    if witnesses is not None:
        columns |= {
            "is_confirmed_by_neighbors": witnesses.outvoted,
            "neighbors": witnesses.voters,
            "neighbors_of_given": witnesses.for_given,
            "neighbors_of_suggested": witnesses.for_suggested,
        }
    if conflicting is not None:
        columns["has_contradictory_copy"] = conflicting[items]
    return columns


def _parameters(
    judgement: Judgement, pred_probs: PredProbs, label_filter: LabelFilter
) -> dict[str, Scalar]:
    channel = judgement.channel
    return {
        "probabilities": pred_probs.source,
        "n_judged": int(judgement.judged.sum()),
        "label_filter": label_filter,
        "n_off_diagonal": int(judgement.evidence.off_diagonal.sum()),
        "possible_above": POSSIBLE,
        "clear_lead": CLEAR_LEAD,
        "channel_sharpness": None if channel is None else channel.sharpness,
    }
