from itertools import product

import pytest

from labelaudit.statistics.label_fit import (
    Fit,
    Verdict,
    fit_by_one,
    fit_of,
    fits_by_reviewer,
    right_instead,
)
from labelaudit.verdicts import WORDS


def said(*words: str, given: str = "cat", suggested: str = "dog") -> list[Verdict]:
    """Return one verdict a word, each by another reviewer."""
    return [Verdict(given, suggested, word, f"reviewer {at}") for at, word in enumerate(words)]


RIGHT_LABELS = {"given": {"cat"}, "suggested": {"dog"}, "both": {"cat", "dog"}, "neither": set()}


@pytest.mark.parametrize(("word", "label"), list(product(WORDS, ("cat", "dog", "fox", ""))))
def test_one_verdict_is_its_definition(word: str, label: str) -> None:
    (verdict,) = said(word)
    if word == "unsure" or label not in {"cat", "dog"}:
        expected = Fit.UNKNOWN
    elif label in RIGHT_LABELS[word]:
        expected = Fit.CONTAINED if len(RIGHT_LABELS[word]) == 2 else Fit.SOLE
    else:
        expected = Fit.NOT_CONTAINED if RIGHT_LABELS[word] else Fit.NONE_FITS
    assert fit_by_one(verdict, label) == expected


def test_no_label_is_spoken_of_where_none_was_suggested() -> None:
    assert fit_by_one(Verdict("cat", "", "given", "ann"), "") == Fit.UNKNOWN


@pytest.mark.parametrize(
    ("words", "fit"),
    [
        (("given", "given", "suggested"), Fit.SOLE),
        (("given", "both", "both"), Fit.CONTAINED),
        (("given", "both"), Fit.CONTAINED),
        (("neither", "suggested", "given"), Fit.NONE_FITS),
        (("suggested", "suggested", "neither"), Fit.NOT_CONTAINED),
        (("given", "suggested"), Fit.UNKNOWN),
        (("given", "unsure", "unsure"), Fit.SOLE),
        (("unsure",), Fit.UNKNOWN),
        ((), Fit.UNKNOWN),
        # Right and wrong are counted first: three against two, though "given" is the commonest.
        (("given", "given", "suggested", "neither", "neither"), Fit.NONE_FITS),
    ],
)
def test_the_majority_decides(words: tuple[str, ...], fit: Fit) -> None:
    assert fit_of(said(*words), "cat") == fit


def test_the_last_word_of_a_reviewer_counts() -> None:
    changed = [Verdict("cat", "dog", word, "ann") for word in ("given", "suggested", "unsure")]
    assert fits_by_reviewer(changed, "cat") == {"ann": Fit.NOT_CONTAINED}


def test_a_corrected_label_is_judged_by_what_was_said_of_it() -> None:
    assert fit_of(said("suggested", "suggested", "given"), "dog") == Fit.SOLE
    assert fit_of(said("suggested"), "fox") == Fit.UNKNOWN


def test_what_is_right_instead() -> None:
    assert right_instead(said("suggested"), "cat") == "dog"
    assert right_instead(said("suggested"), "dog") == ""
    assert right_instead(said("neither"), "cat") == ""
    assert right_instead([*said("neither"), *said("suggested", suggested="fox")], "cat") == "fox"
