"""How good each annotator is, and what they confuse."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.inputs.annotator_panel import MIN_JUDGEMENTS, NOBODY, AnnotatorPanel, min_rated
from labelaudit.inputs.item_consensus import ItemConsensus
from labelaudit.measures import Findings, measure
from labelaudit.report import EXACT, Table
from labelaudit.statistics.confusions import confusions
from labelaudit.statistics.intervals import wilson
from labelaudit.statistics.others_majority import agreement_with_others
from labelaudit.tabulate import Specification, exact_values, ranked_table

N_WORST: Final = 3
COUNTS: Final[tuple[Specification, ...]] = (
    ("annotator_count", "Annotators", "count", "neither"),
    ("rated_annotator_count", "Annotators with enough judgements to be rated", "count", "neither"),
    ("outvoted_annotator_count", "Annotators who differ from most others", "count", "lower"),
)
MEANS: Final[tuple[Specification, ...]] = (
    ("mean_accuracy_share", "Accuracy of a judgement, as modelled", "share", "higher"),
)
OF_THE_MODEL: Final = (
    "it rests on the model of Dawid and Skene, whose error no draw of the items shows"
)


@measure(family="annotators", title="Annotator quality")
def annotator_quality(item_consensus: ItemConsensus, class_names: tuple[str, ...]) -> Findings:
    """Rate each annotator, and list what annotators confuse.

    An annotator's *agreement* is with the majority of the others; a label that ties with another
    among them is not compared. Its interval covers which items were drawn, not that the others
    err: they lower the agreement where they do, and what is left out is harder than the rest. The
    *accuracy* is that of the model of Dawid and Skene, too high as a rule, as annotators repeat
    each other's mistakes. Of CIFAR-10N's three columns of labels, whose true accuracies are 0.82
    to 0.83, the agreements are 0.77 to 0.78, and the modelled accuracies 0.83 to 0.84 (10,000
    images, ``tests/benchmarks/agreement.py``). The *quality* is that of CROWDLAB, where there are
    probabilities. Whoever gave fewer than 30 judgements of items that others judged, too, is not
    rated.

    Differing from most others is not being wrong: an expert among laymen does.

    Formula
    -------
    - agreement: judgements whose class more of the other judgements of the item name than any
      other class, of all that do not tie with another; Wilson's interval of 95 %;
    - accuracy: sum_k p_k r_jkk with the shares p_k of the classes and the rates r_jkk at which
      annotator j calls items of class k so; its mean is over the judgements of those rated;
    - quality: u times the mean probability of one's labels by CROWDLAB, and 1 - u times their
      agreement with its consensus, u being the classifier's share of the weight;
    - annotators who differ from most others: those whose interval lies below one half;
    - confusions: judgements other than the consensus of the item, which they are a part of, so
      that they are too few; the share is of all judgements of items of that consensus.

    Range
    -----
    Shares in ``[0, 1]``; higher is better.

    Undefined
    ---------
    Agreement and quality, with fewer than 30 judgements of items that another judged, too;
    accuracy, with fewer than ten of these a class; every quality, without probabilities.
    Nothing is measured where the judgements are anonymous, or fewer than 50 items have two.

    Not comparable
    --------------
    Annotators who judged items of different difficulty, or beside different others.

    Parameters
    ----------
    item_consensus
        The judgements and their consensus.
    class_names
        Names of all declared classes.

    Returns
    -------
    Values; a table of annotators, those who agree least first; tables of confusions, of all
    annotators and of the three least accurate.

    Raises
    ------
    MissingInputError
        When all judgements are anonymous.

    References
    ----------
    Dawid and Skene, Maximum likelihood estimation of observer error-rates using the EM
    algorithm, Applied Statistics 28, 1979. Goh, Tkachenko and Mueller, CROWDLAB: Supervised
    learning to infer consensus labels and quality scores for data with multiple annotators,
    arXiv 2210.06812, 2022. Wilson, Probable inference, the law of succession, and statistical
    inference, JASA 22, 1927.
    """
    panel = item_consensus.panel
    if panel.unrated == NOBODY:
        raise MissingInputError("the judgements are anonymous: no annotator can be told apart")
    rated = panel.n_shared >= MIN_JUDGEMENTS
    compared, alike = (
        np.where(rated, panel.weighed.of_annotators(counts), np.nan)
        for counts in agreement_with_others(panel.weighed.votes)
    )
    low, high = wilson(np.nan_to_num(alike), np.nan_to_num(compared))
    accuracy = _accuracy(item_consensus)
    numbers = {
        "annotator_count": len(panel.names),
        "rated_annotator_count": int(rated.sum()),
        "outvoted_annotator_count": int((high < 0.5).sum()),  # noqa: PLR2004 - one half
        "mean_accuracy_share": _mean(accuracy, panel.n_judged),
    }
    why = {"mean_accuracy_share": f"undefined: {panel.unrated}" if panel.unrated else ""}
    return Findings(
        values=(
            *exact_values(MEANS, numbers, why, OF_THE_MODEL),
            *exact_values(COUNTS, numbers, {}, EXACT),
        ),
        tables=(
            _annotators(item_consensus, (compared, alike, low, high), accuracy),
            *_confused(item_consensus, accuracy, class_names),
        ),
        notes=_notes(panel, high),
        parameters={
            "min_judgements": MIN_JUDGEMENTS,
            "min_judgements_accuracy": min_rated(len(class_names)),
        },
    )


def _accuracy(item_consensus: ItemConsensus) -> NDArray[np.float64]:
    """Return the accuracy of each annotator; NaN where it is not estimated."""
    panel, model = item_consensus.panel, item_consensus.model
    if model is None:
        return np.full(len(panel.names), np.nan)
    return np.round(panel.rated.of_annotators(model.accuracy), 9)


def _mean(accuracy: NDArray[np.float64], n_judged: NDArray[np.int64]) -> float | None:
    known = ~np.isnan(accuracy)
    return float(np.average(accuracy[known], weights=n_judged[known])) if known.any() else None


def _annotators(
    item_consensus: ItemConsensus,
    compared: tuple[NDArray[np.float64], ...],
    accuracy: NDArray[np.float64],
) -> Table:
    """Return one row an annotator, those who agree least with the others first."""
    panel, crowd = item_consensus.panel, item_consensus.crowd
    n_compared, alike, low, high = compared
    quality = np.full(len(panel.names), np.nan)
    if crowd is not None:
        quality = panel.weighed.of_annotators(crowd.annotator_quality)
    agreement = np.full(len(panel.names), np.nan)
    np.divide(alike, n_compared, out=agreement, where=n_compared > 0)
    return ranked_table(
        "annotators",
        "Annotators, by agreement with the majority of the others",
        (
            ("annotator", "", panel.names),
            ("judgements", "count", panel.n_judged),
            ("shared", "count", panel.n_shared),
            ("compared", "count", n_compared),
            ("agreement", "share", agreement),
            ("low", "share", low),
            ("high", "share", high),
            ("accuracy", "share", accuracy),
            ("quality", "share", quality),
        ),
        np.lexsort((np.array(panel.names), accuracy, agreement)),
    )


def _confused(
    item_consensus: ItemConsensus, accuracy: NDArray[np.float64], class_names: tuple[str, ...]
) -> tuple[Table, ...]:
    """Return what all annotators confuse, and what the least accurate do."""
    panel, consensus = item_consensus.panel, item_consensus.joint.labels
    votes, names = panel.rated.votes, np.array(panel.names)
    worst = np.lexsort((names, accuracy))[: min(N_WORST, int((~np.isnan(accuracy)).sum()) // 2)]
    shown = [("confusions", "What annotators say where the consensus is another class", None)]
    shown += [
        (f"confusions_of_{at}", f"What {panel.names[who]} says instead", panel.rated.numbers[who])
        for at, who in enumerate(worst, 1)
    ]
    tables = []
    for name, title, who in shown:
        found = confusions(votes, consensus, who)
        tables.append(
            ranked_table(
                name,
                title,
                (
                    ("agreed", "", [class_names[at] for at in found.consensus]),
                    ("judged", "", [class_names[at] for at in found.judged]),
                    ("judgements", "count", found.judgements),
                    ("share", "share", found.share),
                ),
                np.arange(len(found.judged)),
            )
        )
    return tuple(tables)


def _notes(panel: AnnotatorPanel, high: NDArray[np.float64]) -> tuple[str, ...]:
    """Return who could not be rated, and who differs from most others."""
    notes = []
    few = int((panel.n_shared < MIN_JUDGEMENTS).sum())
    if few:
        notes.append(
            f"Annotators who are not rated, with fewer than {MIN_JUDGEMENTS} judgements of items "
            f"that another judged, too: {few:,} of {len(panel.names):,}."
        )
    outvoted = [panel.names[at] for at in np.flatnonzero(high < 0.5)]  # noqa: PLR2004
    if outvoted:
        more = f" and {len(outvoted) - 5:,} more" if len(outvoted) > 5 else ""  # noqa: PLR2004
        notes.append(
            f"Annotators who differ from most others, as a rule: {', '.join(outvoted[:5])}{more}."
        )
    return tuple(notes)
