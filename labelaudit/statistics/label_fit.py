"""How a label fits what people judged of an item."""

from collections import Counter
from collections.abc import Iterable
from enum import IntEnum
from typing import Final, NamedTuple


class Fit(IntEnum):
    """How a label fits its item."""

    NOT_JUDGED = -1
    UNKNOWN = 0
    SOLE = 1  # it is right, and no other that was asked about
    CONTAINED = 2  # it is right, and so is another
    NOT_CONTAINED = 3  # another is right, and it is not
    NONE_FITS = 4  # it is wrong, and so is the other that was asked about


RIGHT: Final = (Fit.SOLE, Fit.CONTAINED)
WRONG: Final = (Fit.NOT_CONTAINED, Fit.NONE_FITS)


class Verdict(NamedTuple):
    """One reviewer's word on which of two labels of an item is right."""

    given: str
    suggested: str
    word: str
    reviewer: str


def fit_by_one(verdict: Verdict, label: str) -> Fit:
    """Return how a label fits by one verdict; unknown if the verdict does not speak of it.

    Examples
    --------
    >>> fit_by_one(Verdict("cat", "dog", "suggested", "ann"), "dog").name
    'SOLE'
    >>> fit_by_one(Verdict("cat", "dog", "suggested", "ann"), "fox").name
    'UNKNOWN'
    """
    if verdict.word == "unsure" or not label or label not in verdict[:2]:
        return Fit.UNKNOWN
    if verdict.word == "both":
        return Fit.CONTAINED
    if verdict.word == "neither":
        return Fit.NONE_FITS
    right = verdict.given if verdict.word == "given" else verdict.suggested
    return Fit.SOLE if label == right else Fit.NOT_CONTAINED


def fits_by_reviewer(verdicts: Iterable[Verdict], label: str) -> dict[str, Fit]:
    """Return how a label fits by each reviewer's last verdict that speaks of it."""
    fits: dict[str, Fit] = {}
    for verdict in verdicts:
        fit = fit_by_one(verdict, label)
        if fit != Fit.UNKNOWN:
            fits[verdict.reviewer] = fit
    return fits


def fit_of(verdicts: Iterable[Verdict], label: str) -> Fit:
    """Return how a label fits by the majority of the reviewers; unknown on a tie.

    The majority is between right and wrong; within the winning side it is the commoner fit, on a
    tie the one that says less for the label.

    Examples
    --------
    >>> words = {"ann": "given", "bob": "suggested", "cyd": "neither"}
    >>> verdicts = [Verdict("cat", "dog", word, name) for name, word in words.items()]
    >>> fit_of(verdicts, "cat").name, fit_of(verdicts[:2], "cat").name
    ('NONE_FITS', 'UNKNOWN')
    """
    votes = Counter(fits_by_reviewer(verdicts, label).values())
    right, wrong = (sum(votes[fit] for fit in side) for side in (RIGHT, WRONG))
    if right == wrong:
        return Fit.UNKNOWN
    return max(RIGHT if right > wrong else WRONG, key=lambda fit: (votes[fit], fit))


def right_instead(verdicts: Iterable[Verdict], label: str) -> str:
    """Return the label that the reviewers found right in place of a wrong one, or an empty text."""
    listed = list(verdicts)
    if fit_of(listed, label) not in WRONG:
        return ""
    names = dict.fromkeys(name for verdict in listed for name in verdict[:2] if name != label)
    return next((name for name in names if fit_of(listed, name) in RIGHT), "")
