"""What the annotators of an item agree on, and which labels differ from it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.inputs.annotator_panel import MIN_ITEMS, MIN_JUDGEMENTS, min_rated
from labelaudit.inputs.item_consensus import ItemConsensus
from labelaudit.measures import Findings, Ranking, measure
from labelaudit.report import Value
from labelaudit.statistics.votes import votes_for
from labelaudit.tabulate import Specification, exact_values

SPECIFICATIONS: Final[tuple[Specification, ...]] = (
    (
        "consensus_differs_share",
        "Labels that differ from the consensus, of those compared",
        "share",
        "lower",
    ),
    (
        "consensus_differs_count",
        "Labels that differ from the consensus, in number",
        "count",
        "lower",
    ),
    ("compared_item_count", "Items whose label is compared", "count", "neither"),
    ("majority_differs_share", "Majorities that differ from the consensus", "share", "neither"),
    ("tied_vote_share", "Items without a majority", "share", "lower"),
    ("methods_differ_share", "Items on which the two methods differ", "share", "lower"),
)


@measure(family="annotators", title="Annotator consensus")
def annotator_consensus(
    item_consensus: ItemConsensus, class_names: tuple[str, ...], labelled: NDArray[np.bool_]
) -> Findings:
    """Find the consensus of the annotators of each item, and labels that differ from it.

    The consensus is that of CROWDLAB where an item has out-of-sample probabilities: annotators
    and classifier vote with weights by what each adds to guessing. Elsewhere it is that of Dawid
    and Skene: the most probable class under annotators who err by the class alone, each at rates
    of their own. Where nobody can be told apart, as judgements are anonymous or everybody gave
    few, it is the majority of the votes, all equal. The *quality* is its probability under the
    method, or its share of the votes. It ranks items well but is no frequency: CROWDLAB's is too
    low as a rule, that of Dawid and Skene too high, as annotators repeat each other's mistakes.

    What is compared with the consensus is the manifest's label; where the manifest labels no
    item, the majority of the judgements, items with a tie left out. Labels are ranked by the
    quality of the given label less that of the consensus.

    Rates of errors are estimated for annotators with ten judgements a class, 30 at least, of items
    that another judged, too; those with fewer, and the anonymous, share one set of rates, as alone
    theirs would fit anything. Weights are estimated from 30 such judgements on. From two
    judgements an item alone the rates cannot be told: many fit equally well.

    Formula
    -------
    - Dawid and Skene: shares p_k of the classes and rates r_jkl at which annotator j calls
      items of class k l, of greatest likelihood, by expectation maximization from the shares of
      votes until the log likelihood changes by less than 1e-9 of itself, unsmoothed;
    - CROWDLAB: of class k, (w q_ik + sum_j w_j [P if j names k, else (1 - P) / (K - 1)]) /
      (w + sum_j w_j) with the classifier's probability q_ik; P, the mean agreement with the
      consensus, and the weights come from items with two or more judgements.

    Range
    -----
    Shares and qualities in ``[0, 1]``; a lower share that differs is better, a higher quality is.
    Scores of the ranking in ``[-1, 0]``, the most doubtful label first.

    Undefined
    ---------
    The consensus of an item whose votes tie, where all count the same. With fewer than 50 items
    of two or more judgements nothing is measured.

    Not comparable
    --------------
    Qualities of the two methods, or of CROWDLAB with other probabilities. Probabilities from
    embeddings have learned the manifest's labels, so they lean to its systematic mistakes.

    Parameters
    ----------
    item_consensus
        The consensus, and the labels to compare with it.
    class_names
        Names of all declared classes.
    labelled
        Whether each item has a label.

    Returns
    -------
    Values; a ranking of labels that differ; the consensus and its quality of each item.

    Raises
    ------
    MissingInputError
        When fewer than 50 items have two or more judgements.

    References
    ----------
    Dawid and Skene, Maximum likelihood estimation of observer error-rates using the EM
    algorithm, Applied Statistics 28, 1979. Goh, Tkachenko and Mueller, CROWDLAB: Supervised
    learning to infer consensus labels and quality scores for data with multiple annotators,
    arXiv 2210.06812, 2022.

    Examples
    --------
    Three annotators of 60 items, who agree; the manifest calls one of the cats a dog:

    >>> from labelaudit.inputs.annotator_panel import annotator_panel
    >>> from labelaudit.inputs.item_consensus import item_consensus as consensus_of
    >>> from labelaudit.inputs.judgements import Judgements
    >>> items, labels = np.arange(60), (np.arange(60) % 2).astype(np.int32)
    >>> who, said = np.repeat(np.arange(3), 60), np.tile(labels, 3)
    >>> judged = Judgements(items, np.tile(items, 3), who, said, ("ann", "bob", "cid"), 0)
    >>> labels[8] = 1
    >>> panel = annotator_panel(judged, ("cat", "dog"))
    >>> consensus = consensus_of(panel, labels >= 0, labels)
    >>> found = annotator_consensus(consensus, ("cat", "dog"), labels >= 0)
    >>> found.rankings[0].items.tolist(), found.rankings[0].details[0]
    ([8], '3 of 3 annotators say cat, 0 dog; consensus cat (Dawid-Skene, quality 1.00; dog 0.00)')
    """
    panel, found = item_consensus.panel, item_consensus.joint
    compared = (item_consensus.given >= 0) & (found.labels >= 0)
    differs = compared & (found.labels != item_consensus.given)
    against = np.zeros(len(labelled), dtype=bool)
    against[panel.items] = differs
    codes = np.full(len(labelled), -1, dtype=np.int32)
    codes[panel.items] = found.labels
    quality = np.full(len(labelled), np.nan)
    quality[panel.items] = found.quality
    model = item_consensus.model
    return Findings(
        values=_values(item_consensus, compared, differs),
        rankings=(_ranking(item_consensus, differs, class_names),),
        notes=_notes(item_consensus),
        parameters={
            "method": method_of(item_consensus),
            "probabilities": item_consensus.probabilities,
            "min_judgements_weighed": MIN_JUDGEMENTS,
            "min_judgements_rated": min_rated(len(class_names)),
            "smoothing": None if model is None else 0.0,
            "iterations": None if model is None else model.n_iterations,
        },
        columns={
            "consensus_label": codes,
            "consensus_quality": quality,
            "is_label_against_consensus": against,
        },
    )


def method_of(item_consensus: ItemConsensus) -> str:
    """Return how the consensus was found."""
    alone = "votes" if item_consensus.model is None else "Dawid-Skene"
    return alone if item_consensus.crowd is None else f"CROWDLAB, without probabilities {alone}"


def _values(
    item_consensus: ItemConsensus, compared: NDArray[np.bool_], differs: NDArray[np.bool_]
) -> tuple[Value, ...]:
    """Return how many labels, majorities and consensuses of the other method differ."""
    found, plain = item_consensus.joint, item_consensus.plain
    untied = item_consensus.most_named >= 0
    both = found.has_classifier & (plain.labels >= 0)
    numbers: dict[str, float | None] = {
        "consensus_differs_share": _share(differs, compared),
        "consensus_differs_count": int(differs.sum()),
        "compared_item_count": int(compared.sum()),
        "majority_differs_share": _share(found.labels != item_consensus.most_named, untied),
        "tied_vote_share": _share(~untied, np.ones(len(untied), dtype=bool)),
        "methods_differ_share": _share(plain.labels != found.labels, both),
    }
    notes = {
        "consensus_differs_share": "" if compared.any() else "No judged item has a label.",
        "majority_differs_share": "" if untied.any() else "No item has a majority.",
        "methods_differ_share": ""
        if item_consensus.crowd
        else "There are no probabilities, so one method.",
    }
    return exact_values(SPECIFICATIONS, numbers, notes)


def _share(some: NDArray[np.bool_], of: NDArray[np.bool_]) -> float | None:
    return float((some & of).sum() / of.sum()) if of.any() else None


def _ranking(
    item_consensus: ItemConsensus, differs: NDArray[np.bool_], class_names: tuple[str, ...]
) -> Ranking:
    """Return the labels that differ from the consensus, the surest first."""
    found, given = item_consensus.joint, item_consensus.given
    by_class = item_consensus.panel.weighed.votes.by_class
    alone = "votes" if item_consensus.model is None else "Dawid-Skene"
    rows = np.flatnonzero(differs)
    scores = found.given_quality[rows] - found.quality[rows]
    order = np.lexsort((rows, scores))
    rows, scores = rows[order], scores[order]
    n_votes = np.asarray(by_class.sum(axis=1)).ravel()[rows].astype(np.int64)
    others = found.labels[rows]
    named = [votes_for(by_class, rows, of).astype(int) for of in (others, given[rows])]
    return Ranking(
        name="consensus_differs",
        title="Labels that differ from the annotators' consensus",
        items=item_consensus.panel.items[rows],
        scores=scores,
        suggested=others.astype(np.int32),
        details=tuple(
            f"{n_other} of {n} annotators say {class_names[other]}, {n_own} {class_names[own]}; "
            f"consensus {class_names[other]} ({'CROWDLAB' if joint else alone}, quality "
            f"{quality:.2f}; {class_names[own]} {own_quality:.2f})"
            for n_other, n_own, n, other, own, joint, quality, own_quality in zip(
                *named,
                n_votes,
                others,
                given[rows],
                found.has_classifier[rows],
                found.quality[rows],
                found.given_quality[rows],
                strict=True,
            )
        ),
    )


def _notes(item_consensus: ItemConsensus) -> tuple[str, ...]:
    """Return what a reader must know of the consensus."""
    panel, model, notes = item_consensus.panel, item_consensus.model, []
    unlabelled = int((item_consensus.given < 0).sum())
    if item_consensus.is_majority_given:
        notes.append(
            "The manifest labels no item: the majority of the judgements is compared with the "
            "consensus."
        )
    elif unlabelled:
        notes.append(f"Judged items without a label in the manifest: {unlabelled:,}.")
    if model is None:
        notes.append(f"All votes count the same, as {panel.unrated}.")
        return tuple(notes)
    few = int((~panel.rated.known).sum())
    if few:
        least = min_rated(panel.rated.votes.n_classes)
        notes.append(
            f"Annotators with fewer than {least:,} judgements of shared items, who share one set "
            f"of error rates: {few:,}."
        )
    n_votes = panel.rated.votes.counts.sum(axis=1)
    n_thrice = int((n_votes > 2).sum())  # noqa: PLR2004 - rates cannot be told from two
    if n_thrice < MIN_ITEMS:
        notes.append(
            f"Items with three or more judgements: {n_thrice:,}. From two an item the error rates "
            "cannot be told: many fit equally well."
        )
    if not model.converged:
        notes.append(
            f"The model of Dawid and Skene has not converged after {model.n_iterations:,} steps."
        )
    return tuple(notes)
