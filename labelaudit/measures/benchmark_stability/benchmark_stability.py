"""Whether the wrong labels of a test set can change the order of the models scored on it."""

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.content import Content
from labelaudit.errors import MissingInputError, some
from labelaudit.inputs.label_judgement import Judgement, check_informed
from labelaudit.inputs.predictions import Predictions
from labelaudit.inputs.screening import Screening
from labelaudit.inputs.verdicts import JudgedLabels
from labelaudit.measures import Findings, Ranking, measure
from labelaudit.measures.benchmark_stability.doubtful_labels import (
    WrongLabels,
    audited,
    doubted,
    known_wrong,
    usable_verdicts,
)
from labelaudit.measures.benchmark_stability.error_rate import error_rate
from labelaudit.measures.benchmark_stability.model_pairs import pairs
from labelaudit.measures.benchmark_stability.model_scores import (
    Drawn,
    Scored,
    drawn_verdicts,
    scored_models,
)
from labelaudit.measures.benchmark_stability.stability_tables import (
    accuracies,
    accuracy_table,
    gap_table,
    subset_table,
    swap_table,
)
from labelaudit.measures.benchmark_stability.stability_values import (
    group_notes,
    stability_notes,
    stability_values,
)


@measure(family="benchmark_stability", title="Benchmark stability")
def benchmark_stability(
    predictions: Predictions,
    labels: NDArray[np.int32],
    class_names: tuple[str, ...],
    verdicts: JudgedLabels | None = None,
    content: Content | None = None,
    screening: Screening | None = None,
    label_judgement: Judgement | None = None,
    item_groups: NDArray[np.int32] | None = None,
) -> Findings:
    """Say which gaps between models the labels of their test set can decide, and where they swap.

    Models are compared by their accuracy on the *given* labels, and once people judged labels, on
    *corrected* ones: where they found the given label wrong, a prediction is right if it is a
    class that they found right, and none is where they found none. With *multi-label aware*
    scoring, a prediction is also right if people found its class right beside the given label.
    From a drawn sample these are estimates for all items, by the strata of the draw; from a list
    of suspects alone they are the accuracies on the labels as corrected so far, which leave every
    error that nobody looked at.

    Where a share nu of the labels is wrong, accuracy on the given labels is a mixture of that on
    right and on wrong labels. Two models *swap* at the share nu* at which the one that is ahead on
    right labels is caught up because it follows the wrong ones less. The wrong labels are those
    that people found in a drawn sample, weighted by what each stands for; else those of a list of
    suspects that people found wrong; else, as a screening and named so, those that a model
    suspects. The latter two need not be like the errors that were not found, and a model that is
    akin to the one that suspects follows fewer of them than of others.

    The *resolution* is the upper end of what is known of the error rate: of its interval where
    people judged a drawn sample, else of the model's range. A gap on the given labels decides
    (*yes*) when even the lower end of its interval is above twice the resolution: were every wrong
    label followed by one model alone, while the other predicts the right class, the gap could be
    turned up to there, and no further. Between once and twice it is *likely*, as wrong labels
    seldom favor one model in so many cases; and *likely* at most where the range is a model's, as
    that model may have missed more. Below it does not decide, for *noise* where the interval
    holds 0, or for the *labels*.

    Formula
    -------
    - a(nu) = (1 - nu) a_c + nu a_m, with the accuracies a_c and a_m on right and wrong labels;
    - nu* = dc / (dc - dm), with dc and dm the first model's lead in a_c and a_m. It is in [0, 1]
      when these are of opposite signs or one is 0; with equal signs no share makes them swap;
    - gap on the given labels: (b - c) / n, with b and c the items that one model alone gets right;
      the interval is Bonett and Price's for paired data, p is of the exact test of McNemar, not
      adjusted for the number of pairs;
    - interval of nu*: Fieller's, of all shares at which the lead is within 1.96 standard errors
      of 0; it is within [0, 1], and can be all of it.

    The accuracies on given labels have Wilson intervals, for test sets drawn alike. Those on
    corrected labels are the given ones plus the share of items that change; their bounds join
    the interval of the draw of judged items (MOVER) with Wilson's.

    Range
    -----
    Shares in ``[0, 1]``, gaps in ``[-1, 1]``. A lower error rate and resolution are better, and so
    is a higher share at which models swap.

    Undefined
    ---------
    With fewer than two models. The error rate and the resolution, without verdicts on a drawn
    sample or a model's estimate. A swap, without a label that is known or suspected to be wrong,
    and where no share makes the two models swap.

    Not comparable
    --------------
    Between test sets, and between wrong labels that were found in different ways.

    Parameters
    ----------
    predictions
        Predicted class of each item by each model.
    labels
        Class of each item, ``-1`` when unlabelled, shape ``(n_samples,)``.
    class_names
        Names of all declared classes.
    verdicts
        What people judged.
    content
        Which items can be opened; only these can have been drawn.
    screening
        What an earlier scan suspected.
    label_judgement
        What this scan says of each label; where an earlier scan was named, that counts.
    item_groups
        Group of each item (patient, source, video), ``-1`` for none. Intervals take items as drawn
        apart; where groups make the gap of the leaders spread more, it is said by how much.

    Returns
    -------
    Values of the two models ahead, tables of accuracies by scoring, of pairs and of accuracies
    on right and wrong labels, and the doubtful labels on which the models differ.

    Raises
    ------
    MissingInputError
        Without predictions, or with several labels an item.

    References
    ----------
    Northcutt, Athalye and Mueller, Pervasive label errors in test sets destabilize machine
    learning benchmarks, 2021: they score the mislabelled items by corrected labels, the column
    *swap if corrected*. Bonett and Price, Journal of Educational and Behavioral Statistics 37,
    2012. Fieller, Journal of the Royal Statistical Society B 16, 1954.
    """
    if not ((labels >= 0) & (predictions.classes >= 0).all(axis=0)).any():
        raise MissingInputError("no item that has a label has predictions")
    there = labels >= 0
    if content is not None:
        there = there & content.readable
    verdicts, reason = usable_verdicts(verdicts, int(there.sum()))
    scored = scored_models(predictions, labels, verdicts)
    drawn = None if verdicts is None or reason else drawn_verdicts(verdicts, scored, there)
    if screening is None and label_judgement is not None:
        screening = _screened(labels, label_judgement)
    rate = error_rate(scored, drawn, screening, reason)
    wrong = _wrong_labels(scored, verdicts, drawn, screening)
    compared = pairs(scored, wrong, drawn, rate)
    n_judged = 0 if scored.judged is None else int(scored.scored[scored.judged.rows].sum())
    tables = [
        accuracy_table(accuracies(scored, drawn, n_judged)),
        gap_table(compared),
    ]
    if wrong is not None:
        tables += [swap_table(compared, rate.high), subset_table(scored, wrong)]
    return Findings(
        values=stability_values(scored, compared, rate, wrong),
        tables=tuple(tables),
        rankings=(_deciding(scored, verdicts, screening, class_names),),
        notes=(
            *stability_notes(scored, compared, rate, wrong),
            *group_notes(scored, item_groups),
        ),
        parameters={
            "models": ", ".join(scored.models),
            "predictions": "; ".join(predictions.sources),
            "wrong_labels": "none" if wrong is None else wrong.basis,
            "screening": None if screening is None else screening.source,
        },
    )


def _screened(labels: NDArray[np.int32], judgement: Judgement) -> Screening | None:
    """Return what this scan suspects; None where its probabilities know nothing of the labels."""
    try:
        check_informed(labels, judgement)
    except MissingInputError:
        return None
    return Screening(
        suspected=judgement.suspected,
        suggested=judgement.suggested,
        margin=judgement.margin.astype(np.float64),
        error_probability=judgement.error_probability.astype(np.float64),
        source="this scan",
    )


def _wrong_labels(
    scored: Scored,
    verdicts: JudgedLabels | None,
    drawn: Drawn | None,
    screening: Screening | None,
) -> WrongLabels | None:
    """Return the labels that are taken to be wrong, by the best that is known; None without any."""
    found = None
    if drawn is not None:
        found = audited(drawn.verdicts, drawn.share(scored.is_wrong), scored.scored, scored.labels)
    elif verdicts is not None and (verdicts.wrong & scored.scored).any():
        found = known_wrong("proven", verdicts.wrong, scored.scored, scored.labels)
    elif screening is not None:
        suspected = doubted(verdicts, screening, scored.scored)
        found = known_wrong("suspected", suspected, scored.scored, scored.labels)
    return found if found is not None and len(found.rows) else None


def _deciding(
    scored: Scored,
    verdicts: JudgedLabels | None,
    screening: Screening | None,
    class_names: tuple[str, ...],
) -> Ranking:
    """Return the doubtful labels that some models predict and others do not."""
    right = scored.classes == scored.labels
    differ = right.any(axis=0) & ~right.all(axis=0)
    items = np.flatnonzero(doubted(verdicts, screening, scored.scored) & differ)
    none = np.full(len(scored.labels), -1, dtype=np.int32)
    chance = np.full(len(none), np.nan) if screening is None else screening.error_probability
    suggested = none if screening is None else screening.suggested
    if verdicts is not None:
        chance = np.where(verdicts.wrong, 1.0, chance)
        suggested = np.where(verdicts.wrong, verdicts.right, suggested)
    items = items[np.lexsort((items, -np.nan_to_num(chance[items])))]
    details = []
    for item in items.tolist():
        groups = (scored.models[at] for at in np.flatnonzero(right[:, item]))
        details.append(
            f"{class_names[scored.labels[item]]} is predicted by {some(groups)} of "
            f"{len(scored.models):,} models"
        )
    return Ranking(
        name="deciding_labels",
        title="Doubtful labels on which the models differ",
        items=items,
        scores=chance[items],
        suggested=suggested[items].astype(np.int32),
        details=tuple(details),
    )
