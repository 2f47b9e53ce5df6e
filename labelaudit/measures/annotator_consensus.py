"""What the annotators of an item agree on, and which labels differ from it."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.inputs.annotator_panel import MIN_JUDGEMENTS, AnnotatorPanel, min_rated
from labelaudit.inputs.pred_probs import PredProbs
from labelaudit.measures import Findings, Ranking, measure
from labelaudit.report import Table, Value
from labelaudit.statistics.consensus import Consensus, annotators_consensus, joint_consensus
from labelaudit.statistics.crowdlab import Crowdlab
from labelaudit.statistics.dawid_skene import DawidSkene, dawid_skene
from labelaudit.statistics.votes import majority, votes_for
from labelaudit.tabulate import Specification, exact_values, ranked_table

SPECIFICATIONS: Final[tuple[Specification, ...]] = (
    ("consensus_differs_share", "Labels that differ from the consensus", "share", "lower"),
    ("consensus_differs_count", "Labels that differ from the consensus", "count", "lower"),
    ("compared_item_count", "Items whose label is compared", "count", "neither"),
    ("majority_differs_share", "Majorities that differ from the consensus", "share", "neither"),
    ("tied_vote_share", "Items without a majority", "share", "lower"),
    ("methods_differ_share", "Items on which the two methods differ", "share", "lower"),
)


@measure(family="annotators", title="Annotator consensus")
def annotator_consensus(
    annotator_panel: AnnotatorPanel,
    class_names: tuple[str, ...],
    labelled: NDArray[np.bool_],
    labels: NDArray[np.int32] | None = None,
    pred_probs: PredProbs | None = None,
) -> Findings:
    """Find the consensus of the annotators of each item, and labels that differ from it.

    The consensus is that of CROWDLAB where an item has out-of-sample probabilities: annotators
    and classifier vote with weights by what each adds to guessing. Elsewhere it is that of Dawid
    and Skene: the most probable class under annotators who err by the class alone, each at rates
    of their own. The *quality* is its probability under the method. It ranks items well but is
    no frequency: CROWDLAB's is too low as a rule, that of Dawid and Skene too high, as
    annotators repeat each other's mistakes.

    What is compared with the consensus is the manifest's label; where the manifest labels no
    item, the majority of the judgements, items with a tie left out. Labels are ranked by the
    quality of the given label less that of the consensus.

    Rates of errors are estimated for annotators with ten judgements a class, 30 at least, of items
    that another judged, too; those with fewer share one set of rates, as alone theirs would fit
    anything. Weights are estimated from 30 such judgements on.

    Formula
    -------
    - Dawid and Skene: shares p_k of the classes and rates r_jkl at which annotator j calls
      items of class k l, of greatest likelihood, by expectation maximization from the shares of
      votes until the log likelihood changes by less than 1e-9 of itself, unsmoothed;
    - accuracy of an annotator: sum_k p_k r_jkk;
    - CROWDLAB: of class k, (w q_ik + sum_j w_j [P if j names k, else (1 - P) / (K - 1)]) /
      (w + sum_j w_j) with the classifier's probability q_ik; P, the mean agreement with the
      consensus, and the weights come from items with two or more judgements;
    - quality of an annotator: u times the mean quality of that one's labels, and 1 - u times
      their agreement with the consensus, u being the classifier's share of the weight.

    Range
    -----
    Shares, accuracies and qualities in ``[0, 1]``; a lower share that differs is better, a higher
    quality is. Scores of the ranking in ``[-1, 0]``, the most doubtful label first.

    Undefined
    ---------
    The accuracy and the quality of an annotator, with fewer judgements than that; every quality
    of an annotator, without probabilities. With fewer than 50 shared items nothing is measured.

    Not comparable
    --------------
    Qualities of the two methods, or of CROWDLAB with other probabilities. Probabilities from
    embeddings have learned the manifest's labels, so they lean to its systematic mistakes.

    Parameters
    ----------
    annotator_panel
        The judgements, by item and annotator.
    class_names
        Names of all declared classes.
    labelled
        Whether each item has a label.
    labels
        The manifest's labels; None when there is none, or an item has several.
    pred_probs
        Out-of-sample class probabilities; None when there are none.

    Returns
    -------
    Values; a table of annotators, the worst first; a ranking of labels that differ; the
    consensus and its quality of each item.

    Raises
    ------
    MissingInputError
        When fewer than 50 items have two or more judgements, or annotators and classes are so
        many that their error rates do not fit into memory.

    References
    ----------
    Dawid and Skene, Maximum likelihood estimation of observer error-rates using the EM
    algorithm, Applied Statistics 28, 1979. Goh, Tkachenko and Mueller, CROWDLAB: Supervised
    learning to infer consensus labels and quality scores for data with multiple annotators,
    arXiv 2210.06812, 2022.

    Examples
    --------
    Three annotators of 60 items, who agree; the manifest calls one of the cats a dog:

    >>> import pyarrow as pa
    >>> from labelaudit.inputs.annotator_panel import annotator_panel
    >>> table = pa.table(
    ...     {
    ...         "item": np.tile(np.arange(60), 3),
    ...         "annotator": np.repeat(["ann", "bob", "cid"], 60),
    ...         "label": np.tile(np.arange(60) % 2, 3).astype(np.int32),
    ...     }
    ... )
    >>> labels = (np.arange(60) % 2).astype(np.int32)
    >>> labels[8] = 1
    >>> panel = annotator_panel(table, ("cat", "dog"))
    >>> found = annotator_consensus(panel, ("cat", "dog"), labels >= 0, labels)
    >>> found.rankings[0].items.tolist(), found.rankings[0].details[0]
    ([8], '3 of 3 annotators say cat, 0 dog; consensus cat (Dawid-Skene, quality 1.00; dog 0.00)')
    """
    panel, by_class = annotator_panel, annotator_panel.weighed.votes.by_class
    most_named = majority(by_class)
    given = most_named if labels is None else labels[panel.items]
    model = dawid_skene(panel.rated.votes)
    plain = annotators_consensus(model, panel.rated.votes, given)
    consensus, crowd = plain, None
    if pred_probs is not None:
        blocks = partial(_blocks, pred_probs, panel.items, len(labelled))
        consensus, crowd = joint_consensus(plain, panel.weighed.votes, blocks, given)
    differs = (given >= 0) & (consensus.labels != given)
    against = np.zeros(len(labelled), dtype=bool)
    against[panel.items] = differs
    codes = np.full(len(labelled), -1, dtype=np.int32)
    codes[panel.items] = consensus.labels
    quality = np.full(len(labelled), np.nan)
    quality[panel.items] = consensus.quality
    return Findings(
        values=_values(given, differs, most_named, plain, consensus, crowd),
        tables=(_annotator_table(panel, model, crowd),),
        rankings=(_ranking(panel, by_class, given, differs, consensus, class_names),),
        notes=_notes(panel, model, given, majority_given=labels is None),
        parameters={
            "probabilities": None if crowd is None or pred_probs is None else pred_probs.source,
            "min_judgements_weighed": MIN_JUDGEMENTS,
            "min_judgements_rated": min_rated(len(class_names)),
            "iterations": model.n_iterations,
        },
        columns={
            "consensus_label": codes,
            "consensus_quality": quality,
            "is_label_against_consensus": against,
        },
    )


def _blocks(
    pred_probs: PredProbs, judged: NDArray[np.int64], n_samples: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Yield the probabilities of the judged items, numbered among themselves."""
    position = np.full(n_samples, -1, dtype=np.int64)
    position[judged] = np.arange(len(judged))
    for items, logs in pred_probs.blocks():
        rows = position[items]
        yield rows[rows >= 0], np.exp(logs[rows >= 0])


def _values(
    given: NDArray[np.int32],
    differs: NDArray[np.bool_],
    most_named: NDArray[np.int32],
    plain: Consensus,
    consensus: Consensus,
    crowd: Crowdlab | None,
) -> tuple[Value, ...]:
    compared, untied = given >= 0, most_named >= 0
    both = consensus.has_classifier
    numbers: dict[str, float | None] = {
        "consensus_differs_share": _share(differs, compared),
        "consensus_differs_count": int(differs.sum()),
        "compared_item_count": int(compared.sum()),
        "majority_differs_share": _share(consensus.labels != most_named, untied),
        "tied_vote_share": _share(~untied, np.ones(len(untied), dtype=bool)),
        "methods_differ_share": _share(plain.labels != consensus.labels, both),
    }
    notes = {
        "consensus_differs_share": "" if compared.any() else "No judged item has a label.",
        "majority_differs_share": "" if untied.any() else "No item has a majority.",
        "methods_differ_share": "" if crowd else "There are no probabilities, so one method.",
    }
    return exact_values(SPECIFICATIONS, numbers, notes)


def _share(some: NDArray[np.bool_], of: NDArray[np.bool_]) -> float | None:
    return float((some & of).sum() / of.sum()) if of.any() else None


def _annotator_table(panel: AnnotatorPanel, model: DawidSkene, crowd: Crowdlab | None) -> Table:
    """Return one row an annotator, the least accurate first."""
    accuracy = np.round(panel.rated.of_annotators(model.accuracy), 9)
    quality = np.full(len(panel.names), np.nan)
    if crowd is not None:
        quality = panel.weighed.of_annotators(crowd.annotator_quality)
    return ranked_table(
        "annotators",
        "Annotators, by accuracy",
        (
            ("annotator", "", panel.names),
            ("judgements", "count", panel.n_judged),
            ("of_shared_items", "count", panel.n_shared),
            ("accuracy", "share", accuracy),
            ("quality", "share", quality),
        ),
        np.lexsort((np.array(panel.names), accuracy)),
    )


def _ranking(
    panel: AnnotatorPanel,
    by_class: csr_array,
    given: NDArray[np.int32],
    differs: NDArray[np.bool_],
    consensus: Consensus,
    class_names: tuple[str, ...],
) -> Ranking:
    """Return the labels that differ from the consensus, the surest first."""
    rows = np.flatnonzero(differs)
    scores = consensus.given_quality[rows] - consensus.quality[rows]
    order = np.lexsort((rows, scores))
    rows, scores = rows[order], scores[order]
    n_votes = np.asarray(by_class.sum(axis=1)).ravel()[rows].astype(np.int64)
    others = consensus.labels[rows]
    named = [votes_for(by_class, rows, of).astype(int) for of in (others, given[rows])]
    return Ranking(
        name="consensus_differs",
        title="Labels that differ from the annotators' consensus",
        items=panel.items[rows],
        scores=scores,
        suggested=others.astype(np.int32),
        details=tuple(
            f"{n_other} of {n} annotators say {class_names[other]}, {n_own} {class_names[own]}; "
            f"consensus {class_names[other]} ({'CROWDLAB' if joint else 'Dawid-Skene'}, quality "
            f"{quality:.2f}; {class_names[own]} {own_quality:.2f})"
            for n_other, n_own, n, other, own, joint, quality, own_quality in zip(
                *named,
                n_votes,
                others,
                given[rows],
                consensus.has_classifier[rows],
                consensus.quality[rows],
                consensus.given_quality[rows],
                strict=True,
            )
        ),
    )


def _notes(
    panel: AnnotatorPanel, model: DawidSkene, given: NDArray[np.int32], *, majority_given: bool
) -> tuple[str, ...]:
    notes = []
    if majority_given:
        notes.append(
            "The manifest labels no item: the majority of the judgements is compared with the "
            "consensus."
        )
    elif (given < 0).any():
        notes.append(f"Judged items without a label in the manifest: {int((given < 0).sum()):,}.")
    few = int((~panel.rated.known).sum())
    if few:
        least = min_rated(panel.rated.votes.n_classes)
        notes.append(
            f"Annotators with fewer than {least:,} judgements of shared items, who share one set "
            f"of error rates: {few:,}."
        )
    if not model.converged:
        notes.append(
            f"The model of Dawid and Skene has not converged after {model.n_iterations:,} steps."
        )
    return tuple(notes)
