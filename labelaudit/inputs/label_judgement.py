"""What out-of-sample probabilities say of each label, and which labels that makes suspect."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from labelaudit.blocks import row_blocks
from labelaudit.errors import MissingInputError
from labelaudit.inputs import provider
from labelaudit.inputs.pred_probs import PredProbs
from labelaudit.inputs.verdicts import JudgedLabels
from labelaudit.statistics.label_issues.blocks import from_logs
from labelaudit.statistics.label_issues.evidence import Evidence, weigh_labels
from labelaudit.statistics.label_issues.filters import Filter, flag_labels, flag_lowest
from labelaudit.statistics.noise_channel import (
    N_CANDIDATES,
    Candidates,
    NoiseChannel,
    fit_noise_channel,
    likely_errors,
)

LabelFilter = Literal["adaptive"] | Filter
POSSIBLE = 0.1
CLEAR_LEAD = 0.7
FEWEST_TESTED = 30
LEAST_DEVIATIONS = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judgement:
    """What the probabilities say of each item; items without probabilities hold NaN or -1.

    Attributes
    ----------
    margin
        Log probability of the given class less the largest of the others, ``(n_samples,)``.
    suggested
        The most probable class other than the given one.
    evidence
        What confident learning finds.
    self_confidence
        Probability of the given class, in ``[0, 1]``.
    suggestion_confidence
        Probability of the suggested class, in ``[0, 1]``.
    error_probability
        Probability that the label is wrong, by the noise channel, in ``[0, 1]``.
    likely
        Whether the label is among the likely errors; none is where the model disagrees with more
        than half of the labels.
    suspected
        What the label filter flags. The adaptive one flags the likely errors, and the possible
        ones: of the lowest normalized margins, as many as are off the diagonal of the confident
        joint, those that are wrong with a probability above .1, or whose suggested class leads by
        more than .7 of the probability.
    channel
        The noise channel; None when no item was judged.
    """

    margin: NDArray[np.float32]
    suggested: NDArray[np.int32]
    evidence: Evidence
    self_confidence: NDArray[np.float32]
    suggestion_confidence: NDArray[np.float32]
    error_probability: NDArray[np.float32]
    likely: NDArray[np.bool_]
    suspected: NDArray[np.bool_]
    channel: NoiseChannel | None

    @property
    def judged(self) -> NDArray[np.bool_]:
        """Whether each item has probabilities."""
        return self.suggested >= 0

    @property
    def tells_errors(self) -> bool:
        """Whether the model prefers at least half of the labels.

        Else its own mistakes outnumber those of the labels, and the noise channel takes them for
        errors: probabilities of an error order the labels, but are none.
        """
        return _prefers_half(self.margin, int(self.judged.sum()))


@provider
def label_judgement(
    labels: NDArray[np.int32],
    class_names: tuple[str, ...],
    pred_probs: PredProbs,
    label_filter: LabelFilter,
) -> Judgement:
    """Return what the probabilities say of each label, whatever people judged."""
    return judge(labels, len(class_names), pred_probs, label_filter)


def judge(
    labels: NDArray[np.int32],
    n_classes: int,
    pred_probs: PredProbs,
    label_filter: LabelFilter = "adaptive",
) -> Judgement:
    """Compare every label with its out-of-sample probabilities, in three passes over the blocks.

    Parameters
    ----------
    labels
        Given classes, ``-1`` when unlabelled, shape ``(n_samples,)``.
    n_classes
        Number of classes.
    pred_probs
        The probabilities.
    label_filter
        The rule by which labels are suspected.

    Returns
    -------
    Margin, suggestion, probability of an error and flags of each item.
    """
    n, width = len(labels), min(N_CANDIDATES, n_classes)
    blocks = from_logs(pred_probs.blocks)
    evidence = weigh_labels(labels, n_classes, blocks)
    classes = np.full((n, width), -1, dtype=np.int32)
    logs = np.full((n, width), np.nan, dtype=np.float32)
    for items, block in pred_probs.blocks():
        classes[items], logs[items] = _candidates(block, labels[items], width)
    judged = np.flatnonzero(classes[:, 0] >= 0)
    margin = logs[:, 0] - logs[:, 1]
    own, other = np.exp(logs[:, 0]), np.exp(logs[:, 1])
    error_probability = np.full(n, np.nan, dtype=np.float32)
    likely, channel = np.zeros(n, dtype=bool), None
    if len(judged):
        every = Candidates(classes=classes, log_probs=logs, n_classes=n_classes)
        channel, error_probability[judged] = _error_probs(every, judged)
        likely[judged] = likely_errors(error_probability[judged].astype(np.float64))
        likely &= (margin < 0) & (error_probability > POSSIBLE)
    tells_errors = _prefers_half(margin, len(judged))
    likely &= tells_errors
    if label_filter == "adaptive":
        n_lowest = int(evidence.off_diagonal.sum())
        lowest = flag_lowest((own - other + 1) / 2, n_lowest, evidence)
        clear = tells_errors & (error_probability > POSSIBLE) | (other - own > CLEAR_LEAD)
        suspected = likely | (lowest & clear & (margin < 0))
    else:
        suspected = flag_labels(evidence, blocks, filter_by=label_filter)
    return Judgement(
        margin=margin,
        suggested=classes[:, 1],
        evidence=evidence,
        self_confidence=own,
        suggestion_confidence=other,
        error_probability=error_probability,
        likely=likely,
        suspected=suspected,
        channel=channel,
    )


def _prefers_half(margin: NDArray[np.float32], n_judged: int) -> bool:
    return 2 * int((margin > 0).sum()) >= n_judged


def _candidates(
    logs: NDArray[np.float32], given: NDArray[np.int32], width: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the given class and the most probable others of each row, and their logs."""
    rows = np.arange(len(logs))
    first = logs.copy()
    first[rows, given] = np.inf
    if width < logs.shape[1]:
        classes = np.argpartition(-first, width - 1, axis=1)[:, :width]
    else:
        classes = np.broadcast_to(np.arange(width), first.shape)
    order = np.argsort(-np.take_along_axis(first, classes, axis=1), axis=1, kind="stable")
    classes = np.take_along_axis(classes, order, axis=1)
    return classes, np.take_along_axis(logs, classes, axis=1)


def _error_probs(
    every: Candidates, judged: NDArray[np.int64]
) -> tuple[NoiseChannel, NDArray[np.float64]]:
    """Fit the noise channel, and return the probability of an error of each judged item."""
    channel = fit_noise_channel(every[judged])
    found = [channel.error_probs(every[judged[block]]) for block in row_blocks(len(judged))]
    return channel, np.concatenate(found)


def with_verdicts(judgement: Judgement, verdicts: JudgedLabels) -> Judgement:
    """Return the judgement with what people found in place of what the model says."""
    fine, wrong = verdicts.fine & judgement.judged, verdicts.wrong & judgement.judged
    known = np.where(wrong, np.float32(1), judgement.error_probability)
    return replace(
        judgement,
        error_probability=np.where(fine, np.float32(0), known),
        likely=judgement.likely & ~fine,
        suspected=judgement.suspected & ~fine,
    )


def check_informed(labels: NDArray[np.int32], judgement: Judgement) -> None:
    """Raise where the probabilities prefer the given classes no more often than by chance.

    Chance is what a preferred class drawn anew for each item would reach. Fewer than 30 items are
    not tested; a tie prefers no class.

    Raises
    ------
    MissingInputError
        When Cohen's kappa is not two standard deviations above 0.

    References
    ----------
    Fleiss, Cohen and Everitt, Large sample standard errors of kappa and weighted kappa,
    Psychological Bulletin 72, 1969, for its variance by chance.
    """
    agrees = judgement.margin > 0
    items = np.flatnonzero(judgement.judged)
    n, n_classes = len(items), len(judgement.evidence.counts)
    if n < FEWEST_TESTED:
        return
    given = labels[items]
    preferred = np.where(agrees, labels, judgement.suggested)[items]
    p, q = (np.bincount(codes, minlength=n_classes) / n for codes in (given, preferred))
    chance = float(p @ q)
    variance = (chance + chance**2 - float((p * q) @ (p + q))) / n
    agreement = float(agrees[items].mean())
    if agreement - chance <= LEAST_DEVIATIONS * max(variance, 0) ** 0.5:
        raise MissingInputError(
            f"the probabilities prefer the given class for {agreement:.0%} of the items, no more "
            "than by chance"
        )
