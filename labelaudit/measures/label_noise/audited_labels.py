"""What share of the labels is wrong, by what people judged of a drawn sample."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.content import Content
from labelaudit.inputs.columns import Splits
from labelaudit.inputs.verdicts import JudgedLabels
from labelaudit.measures import Findings, Ranking, measure
from labelaudit.measures.label_noise.audited_rates import audits_of, of_usable_samples, rates
from labelaudit.measures.label_noise.audited_tables import rate_table, rates_by, tail_note
from labelaudit.measures.label_noise.reviewer_agreement import reviewer_agreement
from labelaudit.report import Table
from labelaudit.statistics.label_fit import WRONG, Fit
from labelaudit.statistics.stratified_rate import Audit, to_halve
from labelaudit.tabulate import Specification, exact_values

FEW_UNFLAGGED: Final = 100
COUNTS: Final[tuple[Specification, ...]] = (
    ("judged_wrong_count", "Labels judged wrong that are still there", "count", "lower"),
    ("drawn_judged_count", "Judged items of drawn samples", "count", "neither"),
    ("undecided_count", "Judged items of which nothing is known", "count", "neither"),
    ("more_judgements_count", "More judgements to halve the interval", "count", "neither"),
    ("reviewer_count", "Reviewers", "count", "neither"),
)


@measure(family="label_noise", title="Audited labels")
def audited_labels(
    labels: NDArray[np.int32],
    class_names: tuple[str, ...],
    verdicts: JudgedLabels,
    content: Content,
    splits: Splits,
    random_state: int,
) -> Findings:
    """Estimate the rate of label errors from what people judged of drawn samples.

    A label is an error when the reviewers found another right in its place, or none of the two
    that they were asked about. A label that is right beside another is no error: it breaks the
    assumption of one label an item, and has a share of its own. Verdicts are held against the
    labels of today, so a corrected label no longer counts.

    Of several reviewers the majority decides; on a tie, or where all are unsure, nothing is known
    of the item, and it is left out as if it had not been drawn. The reviewers are taken at their
    word: their own mistakes are in no interval, but where several judged the same items, their
    agreement says how far they can be relied on.

    Formula
    -------
    A sample a has strata of N_h items, of which n_h were judged and x_h found wrong. The errors
    that there were are ``E_a = (wrong among those judged before) + sum_h N_h x_h / n_h``. Without
    the judged items, ``r_a = (E_a - wrong among all judged) / (N - judged)`` is the rate of the
    rest; of several samples it is their mean, weighted by judgements. The rate today is
    ``(wrong today among the judged + r (rest today)) / (items today)``; the four shares likewise.

    Either end of an interval is made to be wrong in 2.5 % of samples: below, it is Korn and
    Graubard's for as many judgements as the strata leave effective, above Fay and Feuer's for a
    weighted sum of counts, with the correction of a finite population. By class and by split they
    are Korn and Graubard's, at a level that Bonferroni makes hold for all rows of the table at
    once; they assume that a class or split has its errors where the strata have theirs.

    Range
    -----
    Shares in ``[0, 1]``; the four sum to 1. A lower rate is better. Alpha is at most 1, and a
    higher one is better.

    Undefined
    ---------
    The rate and the shares, without a drawn sample, with a stratum of which nothing was judged,
    with fewer than 10 judged items of more, and where the dataset has grown or shrunk by more
    than a tenth since the draw. The rate of a class or split with fewer than 10 judged items,
    unless all of it was judged. Agreement, with fewer than 50 items of two reviewers.

    Not comparable
    --------------
    Between reviewers with other instructions: what counts as an error is what they took for one.

    Parameters
    ----------
    labels
        Class of each item, ``-1`` when unlabelled, shape ``(n_samples,)``.
    class_names
        Names of all declared classes.
    verdicts
        What was judged, matched to the items.
    content
        Which items can be opened; the others cannot be judged, and are not in the rate.
    splits
        The split of each item.
    random_state
        Seed of the bootstrap of the agreement.

    Returns
    -------
    Values with intervals, tables by class and by split, and the labels that were judged wrong.

    Raises
    ------
    MissingInputError
        By its inputs: without verdicts, without images or texts, or with several labels an item.

    References
    ----------
    Fay and Feuer, Statistics in Medicine 16, 1997. Korn and Graubard, Survey Methodology 24,
    1998. Northcutt, Athalye and Mueller, Pervasive label errors in test sets, 2021, for what
    counts as an error. Beyer et al., Are we done with ImageNet?, 2020, for the four shares.
    """
    there = (labels >= 0) & content.readable
    n_items = int(there.sum())
    n_samples = len(verdicts.samples)
    verdicts, reason = of_usable_samples(verdicts, n_items)
    audits = audits_of(verdicts, WRONG)
    n_judged = sum(int(audit.judged.sum()) for audit in audits)
    counts = {
        "judged_wrong_count": int(verdicts.wrong.sum()),
        "drawn_judged_count": n_judged,
        "undecided_count": int((verdicts.items.then == Fit.UNKNOWN).sum()),
        "more_judgements_count": None if reason else to_halve(n_judged, n_items),
        "reviewer_count": verdicts.n_reviewers,
    }
    tables, tail = ((), "") if reason else _tables(verdicts, labels, class_names, there, splits)
    return Findings(
        values=(
            *rates(verdicts, n_items, reason),
            *exact_values(COUNTS, counts, {"more_judgements_count": reason}),
            *reviewer_agreement(verdicts, random_state),
        ),
        tables=tables,
        rankings=(_judged_wrong(verdicts, labels, class_names),),
        notes=(*_notes(verdicts, audits, n_items, n_samples), *filter(None, [tail])),
        parameters={
            "verdicts": verdicts.n_verdicts,
            "reviewers": verdicts.n_reviewers,
            "samples": len(verdicts.samples),
            "interval": "Korn-Graubard below, Fay-Feuer above",
        },
        columns={"is_judged_fine": verdicts.fine, "is_judged_wrong": verdicts.wrong},
    )


def _tables(
    verdicts: JudgedLabels,
    labels: NDArray[np.int32],
    class_names: tuple[str, ...],
    there: NDArray[np.bool_],
    splits: Splits,
) -> tuple[tuple[Table, ...], str]:
    """Return the rates by class and by split, and which classes have none."""
    drawn = [sample.items for sample in verdicts.samples]
    today = np.where(there, labels, -1)
    classes = [items.labels for items in drawn]
    found = rates_by(verdicts, classes, verdicts.items.labels, today, len(class_names))
    tables = [rate_table("class", class_names, found)]
    if splits.names:
        codes = np.append(splits.codes, -1)
        of_drawn = [codes[items.rows] for items in drawn]
        today = np.where(there, splits.codes, -1)
        by_split = rates_by(
            verdicts, of_drawn, codes[verdicts.items.rows], today, len(splits.names)
        )
        tables.append(rate_table("split", splits.names, by_split))
    return tuple(tables), tail_note(class_names, *found[:2])


def _judged_wrong(
    verdicts: JudgedLabels, labels: NDArray[np.int32], class_names: tuple[str, ...]
) -> Ranking:
    """Return the labels that people found wrong, those first for which they found a right one."""
    wrong = np.flatnonzero(verdicts.wrong)
    wrong = wrong[np.argsort(verdicts.right[wrong] < 0, kind="stable")]
    details = [
        f"people judged that {class_names[labels[item]]} is wrong"
        + (f", and {class_names[right]} right" if right >= 0 else "")
        for item, right in zip(wrong, verdicts.right[wrong], strict=True)
    ]
    return Ranking(
        name="judged_wrong",
        title="Labels that people judged wrong",
        items=wrong,
        suggested=verdicts.right[wrong],
        details=tuple(details),
    )


def _notes(verdicts: JudgedLabels, audits: list[Audit], n_items: int, n_samples: int) -> list[str]:
    """Return what makes the rate less sure than its interval says."""
    notes = []
    mostly_right = [(audit, 2 * audit.wrong < audit.judged) for audit in audits]
    unflagged = sum(int(audit.judged[right].sum()) for audit, right in mostly_right)
    not_judged = sum(
        int((audit.sizes - audit.judged)[right].sum()) for audit, right in mostly_right
    )
    if audits and unflagged < FEW_UNFLAGGED and (not_judged or not unflagged):
        notes.append(
            f"Only {unflagged:,} items were judged in strata where most labels are right; errors "
            f"that no score points to are missed with fewer than {FEW_UNFLAGGED}."
        )
    undecided = int((verdicts.items.then == Fit.UNKNOWN).sum())
    if undecided:
        notes.append(
            f"{undecided:,} judged items are left out: the reviewers were unsure or divided. If "
            "these are the hard ones, the rate is too low."
        )
    left_out = n_samples - len(audits)
    if audits and left_out:
        notes.append(
            f"{left_out:,} of {n_samples:,} samples are left out of the rate: a stratum is not "
            "judged yet, fewer than 10 items are, the dataset has changed by more than a tenth "
            "since, or a larger sample has most of the same items."
        )
    if verdicts.n_elsewhere:
        notes.append(
            f"{verdicts.n_elsewhere:,} verdicts are left out: they are of samples of which most "
            "items are not in this dataset."
        )
    if verdicts.samples:
        last = verdicts.samples[-1]
        gone = int((verdicts.items.rows < 0).sum())
        changed = abs(n_items + gone - int(last.sizes.sum()) - last.before)
        if changed:
            notes.append(
                f"{changed:,} items came or went since the last sample was drawn; they are taken "
                "to be like the rest."
            )
    return notes
