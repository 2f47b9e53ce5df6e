"""How well labels that are known to be wrong are found on this dataset."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.inputs.label_judgement import Judgement, LabelFilter
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.inputs.pred_probs import PredProbs
from labelaudit.measures import Findings, measure
from labelaudit.measures.label_noise.flip_trials import FEWEST, SHARE, Trial, flip_trials
from labelaudit.report import Table, Value
from labelaudit.statistics.intervals import wilson
from labelaudit.tabulate import ranked_table

KINDS: Final = {"class_flips": "by class", "neighbor_flips": "to neighbors"}
INTERVAL: Final = "95 % Wilson interval over the draw of flips, for this model"
NO_TRIAL: Final = (
    f"Undefined: no embeddings, or fewer than {FEWEST} items with neighbors of another class."
)
CAVEAT: Final = (
    "Optimistic for flips by class: mistakes that people make look like the class that they say "
    "and are harder to find. Flips to neighbors can be harder yet."
)
GIVEN: Final = (
    "The probabilities were given and have seen the labels before the flips, so this measures the "
    "rule alone, on easier terms yet."
)


@measure(family="label_noise", title="Detector skill")
def detector_skill(
    labels: NDArray[np.int32],
    class_names: tuple[str, ...],
    pred_probs: PredProbs,
    random_state: int,
    neighbors: Neighbors | None = None,
    copies: NDArray[np.int64] | None = None,
    embedding_hashes: NDArray[np.uint64] | None = None,
    label_filter: LabelFilter = "adaptive",
    label_judgement: Judgement | None = None,
) -> Findings:
    """Find known wrong labels, put into this dataset on purpose, as suspected labels are found.

    Some 5 % of the labels, at least ten and at most a quarter of a class, are changed in a copy
    of the labels; the probabilities are made again from the changed labels, so nothing has seen
    the true ones; and the changed labels are looked for with the ranking and the rule of *label
    noise*. This is done twice: with *flips by class*, to another class in proportion to the
    estimated transitions, or to any where there are none; and with *flips to neighbors*, to the
    class that an item's nearest neighbors most often have beside its own.

    It is an **optimistic check**, no promise. Mistakes that people make look like the class that
    they say, and are harder to find than flips by class. Flips to neighbors are made where this
    very detector is weak and can be harder than people's: read the two recalls as a range that
    theirs may well lie in. Precision and average precision are for one wrong label in twenty, and
    rise with the share of wrong labels. Flips are drawn among all items with probabilities, those
    with a doubtful label, too.

    An unchanged label that is suspected may be wrong in truth. It counts as a false alarm with
    the probability that it was right, by the noise channel before the flips; where noise is high
    this is too low a precision. It counts as one in full where the model disagrees with more than
    half of the labels, as that probability means nothing then. The table also has the precision
    that counts every unchanged label as right.

    Formula
    -------
    With F the changed labels, S those suspected after the change, and r_i the probability that
    label i was right before it:

    - precision: the size of F in S, divided by that and the sum of r_i over S without F;
      *of all*: divided by the size of S;
    - recall: the share of F that is in S;
    - average precision: by ascending margin, the mean over F of the precision of the labels up to
      there.

    Range
    -----
    ``[0, 1]``, higher is better. An average precision at the share of the flips is that of chance.

    Undefined
    ---------
    When fewer than ten labels can be changed, or the probabilities are as good as chance; flips to
    neighbors, without embeddings.

    Not comparable
    --------------
    With figures on human noise; across embedding models; between datasets of other
    transitions.

    Parameters
    ----------
    labels
        Class of each item, ``-1`` when unlabelled, shape ``(n_samples,)``.
    class_names
        Names of all declared classes.
    pred_probs
        Out-of-sample class probabilities; where they are given and cannot be made again, they
        have seen the labels before the flips, and the rule alone is measured.
    random_state
        Seed of the draw.
    neighbors
        Nearest neighbors of each item; None when there are no embeddings.
    copies
        A number an item that items of equal embedding share; such items have no vote.
    embedding_hashes
        Hash of each item's embedding, from which its flip follows in whatever order items come;
        None when there are no embeddings, and flips follow from the order.
    label_filter
        The rule by which labels are suspected, as in *label noise*.
    label_judgement
        What the probabilities say of each label before the flips; None to work it out.

    Returns
    -------
    Precision, recall and average precision of both kinds, and a table with both rules.

    Raises
    ------
    MissingInputError
        When fewer than ten labels can be changed, or the probabilities are as good as chance.

    References
    ----------
    Boyd, Eng and Page, Area under the precision-recall curve: point estimates and confidence
    intervals, ECML 2013: the binomial interval of average precision, its positives the trials.
    """
    trials = flip_trials(
        labels,
        len(class_names),
        pred_probs,
        random_state,
        neighbors,
        copies,
        embedding_hashes,
        label_filter,
        label_judgement,
    )
    if trials["class_flips"] is None:
        raise MissingInputError(
            f"fewer than {FEWEST} labels can be changed, at most a quarter of each class"
        )
    return Findings(
        values=tuple(value for kind, trial in trials.items() for value in _values(kind, trial)),
        tables=(_table(trials),),
        notes=(CAVEAT,) if pred_probs.refit is not None else (CAVEAT, GIVEN),
        parameters={
            "share": SHARE,
            "fewest": FEWEST,
            "refitted": pred_probs.refit is not None,
            "label_filter": label_filter,
        },
    )


def _values(kind: str, trial: Trial | None) -> tuple[Value, ...]:
    """Return what the ranking and the suspicions reached on one kind of flips."""
    if trial is None:
        names = ("average_precision", "precision", "recall")
        return tuple(_value(kind, name, 0, 0, NO_TRIAL) for name in names)
    n_flipped = int(trial.flipped.sum())
    found, false = trial.counts(trial.judgement.suspected)
    return (
        _value(kind, "average_precision", trial.average_precision * n_flipped, n_flipped),
        _value(kind, "precision", found, found + false, "Undefined: no label was suspected."),
        _value(kind, "recall", found, n_flipped),
    )


def _value(kind: str, name: str, successes: float, trials: float, why: str = "") -> Value:
    """Return a share with its interval; undefined without a trial."""
    value = low = high = None
    if trials:
        value = successes / trials
        ends = wilson(successes, trials)
        low, high = min(float(ends[0]), value), max(float(ends[1]), value)
    return Value(
        name=f"{kind}_{name}",
        title=f"{name.replace('_', ' ').capitalize()}, flips {KINDS[kind]}",
        value=value,
        unit="share",
        better="higher",
        low=low,
        high=high,
        interval=INTERVAL if trials else "",
        note="" if trials else why,
    )


def _table(trials: Mapping[str, Trial | None]) -> Table:
    """Return what the suspicions, and the likely errors among them, found of the flips."""
    names, rules, numbers = [], [], []
    for kind, trial in trials.items():
        if trial is None:
            continue
        for rule in ("suspected", "likely"):
            flags = getattr(trial.judgement, rule)
            names.append(KINDS[kind])
            rules.append(rule)
            numbers.append((trial.flipped.sum(), *trial.counts(flags), flags.sum()))
    flipped, found, false, flagged = np.array(numbers, dtype=np.float64).T
    columns = (
        ("flips", "", names),
        ("rule", "", rules),
        ("flipped", "count", flipped.astype(int)),
        ("found", "count", found.astype(int)),
        ("flagged", "count", flagged.astype(int)),
        ("precision", "share", _shares(found, found + false)),
        ("precision_of_all", "share", _shares(found, flagged)),
        ("recall", "share", _shares(found, flipped)),
    )
    return ranked_table("rules", "Flips found, by rule", columns, np.arange(len(names)))


def _shares(some: NDArray[np.float64], of: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return shares, NaN of nothing."""
    shares: NDArray[np.float64] = some / np.where(of > 0, of, np.nan)
    return shares
