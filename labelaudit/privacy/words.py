"""Which sentences of measures a public report prints: those that are listed, numbers aside."""

import re
from functools import cache
from importlib.resources import files
from typing import Final

NUMBER: Final = re.compile(r"\d[\d,.]*\d(?:e-?\d+)?|\d")
BETWEEN: Final = re.compile(r"([.;:] +)")
FILE: Final = "sentences.txt"
ONE_OF_FEW: Final = "class not named"
LEFT_OUT: Final = "left out of a public report"


def public_words(words: str) -> str:
    """Return what of some sentences is listed; what is not may name an item, class or person.

    A sentence ends at its first part that is not listed, so that *1 of 9 classes with fewer than
    20 items: nine* becomes *1 of 9 classes with fewer than 20 items*.

    Parameters
    ----------
    words
        Sentences as a measure wrote them.
    """
    if plain(words) in sentences():
        return words
    kept, between, is_cut = "", "", False
    for at, part in enumerate(BETWEEN.split(words)):
        if at % 2:
            between = part
            is_cut = is_cut and not part.startswith(".")
        elif not is_cut:
            is_cut = plain(part) not in sentences()
            kept += "" if is_cut else (between if kept else "") + part
    return kept


def plain(part: str) -> str:
    """Return a part of a sentence with ``#`` for each number and no full stop."""
    return NUMBER.sub("#", part).rstrip(". ")


@cache
def sentences() -> frozenset[str]:
    """Return the parts of sentences that name nothing, with ``#`` for each number."""
    lines = files(__package__).joinpath(FILE).read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line)
